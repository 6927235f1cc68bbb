package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// organization is the one that every user is in.
const organization = 1

func newAddress() string { return strings.ToLower(rand.Text()) + "@example.com" }

// createUser makes a user who can't log in, and is deleted when the test ends.
func createUser(t *testing.T, owner *labelstudio.Client, req labelstudio.UserRequest) *labelstudio.User {
	t.Helper()
	made, err := owner.Users.Create(t.Context(), req)
	ok(t, err)
	t.Cleanup(func() {
		err := owner.Users.Delete(cleanup(t), made.ID)
		if err != nil && !errors.Is(err, labelstudio.ErrNotFound) {
			t.Error(err)
		}
	})
	return made
}

// avatar is a form with a picture, and its content type.
func avatar(t *testing.T, pictureType string, picture []byte) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = new(bytes.Buffer)
	w := multipart.NewWriter(body)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="avatar"; filename="a.png"`}, "Content-Type": {pictureType},
	})
	ok(t, err)
	_, err = part.Write(picture)
	ok(t, errors.Join(err, w.Close()))
	return body, w.FormDataContentType()
}

func TestUsers(t *testing.T) {
	t.Parallel()
	ctx, owner := t.Context(), admin(t)
	address := newAddress()
	made := createUser(t, owner, labelstudio.UserRequest{
		Username: "ann", Email: address, FirstName: new("Ann"), LastName: new("Other"), Phone: new("123"),
		AllowNewsletters: labelstudio.Value(true), CustomHotkeys: json.RawMessage(`{"a:b":{"key":"x"}}`),
	})
	if made.Username != "ann" || made.Email != address || made.FirstName != "Ann" || made.LastName != "Other" || made.Phone != "123" ||
		made.AllowNewsletters == nil || !*made.AllowNewsletters || made.Initials != "AO" || made.Avatar != nil ||
		string(made.CustomHotkeys) != `{"a:b":{"key":"x"}}` {
		t.Errorf("made %+v", made)
	}
	other := createUser(t, owner, labelstudio.UserRequest{
		Username: "plain", Email: newAddress(), AllowNewsletters: labelstudio.Null[bool](), CustomHotkeys: json.RawMessage(`null`),
	})
	if other.AllowNewsletters != nil || string(other.CustomHotkeys) != "null" {
		t.Errorf("made %+v", other)
	}

	got, err := owner.Users.Get(ctx, made.ID)
	ok(t, err)
	list, err := owner.Users.List(ctx)
	ok(t, err)
	listed := slices.IndexFunc(list, func(u labelstudio.User) bool { return u.ID == made.ID })
	if got.Email != address || listed < 0 || list[listed].Email != address {
		t.Errorf("got %+v, at %d of the list", got, listed)
	}

	changed, err := owner.Users.Update(ctx, made.ID, labelstudio.UserUpdateRequest{
		Username: new("bob"), FirstName: new(""), LastName: new("Name"), Phone: new("4"),
		AllowNewsletters: labelstudio.Null[bool](), CustomHotkeys: json.RawMessage(`[1]`),
	})
	ok(t, err)
	if changed.Username != "bob" || changed.FirstName != "" || changed.LastName != "Name" || changed.Phone != "4" ||
		changed.AllowNewsletters != nil || string(changed.CustomHotkeys) != "[1]" || changed.Email != address {
		t.Errorf("changed to %+v", changed)
	}
	_, err = owner.Users.Update(ctx, made.ID, labelstudio.UserUpdateRequest{AllowNewsletters: labelstudio.Value(false)})
	ok(t, err)

	ok(t, owner.Users.Delete(ctx, made.ID))
	_, err = owner.Users.Get(ctx, made.ID)
	wantError(t, err, labelstudio.ErrNotFound)
}

// Since when somebody is there, and in which organization, is told by who makes them.
func TestUsersJoined(t *testing.T) {
	t.Parallel()
	ctx, owner := t.Context(), admin(t)
	joined := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	made := createUser(t, owner, labelstudio.UserRequest{
		Username: "ann", Email: newAddress(), DateJoined: &joined, ActiveOrganization: labelstudio.Value[int64](organization),
	})
	if !made.DateJoined.Equal(joined) || made.ActiveOrganization == nil || *made.ActiveOrganization != organization ||
		made.ActiveOrganizationMeta.Email == "" {
		t.Errorf("made %+v", made)
	}
	other := createUser(t, owner, labelstudio.UserRequest{
		Username: "plain", Email: newAddress(), ActiveOrganization: labelstudio.Null[int64](),
	})
	if other.ActiveOrganization != nil || other.ActiveOrganizationMeta.Title != "" {
		t.Errorf("made %+v", other)
	}
	changed, err := owner.Users.Update(ctx, made.ID, labelstudio.UserUpdateRequest{
		DateJoined: new(joined.Add(time.Hour)), ActiveOrganization: labelstudio.Null[int64](),
	})
	ok(t, err)
	if !changed.DateJoined.Equal(joined.Add(time.Hour)) || changed.ActiveOrganization != nil {
		t.Errorf("changed to %+v", changed)
	}
	_, err = owner.Users.Update(ctx, made.ID, labelstudio.UserUpdateRequest{ActiveOrganization: labelstudio.Value[int64](organization)})
	ok(t, err)
}

func TestUsersRefused(t *testing.T) {
	t.Parallel()
	ctx, owner, nobody := t.Context(), admin(t), newClient(t, withLegacy)
	member, other := newUser(t), createUser(t, owner, labelstudio.UserRequest{Username: "x", Email: newAddress()})
	calls := []struct {
		name string
		call func(c *labelstudio.Client, id int64) error
	}{
		{"get", func(c *labelstudio.Client, id int64) error { _, err := c.Users.Get(ctx, id); return err }},
		{"delete", func(c *labelstudio.Client, id int64) error { return c.Users.Delete(ctx, id) }},
		{"update", func(c *labelstudio.Client, id int64) error {
			_, err := c.Users.Update(ctx, id, labelstudio.UserUpdateRequest{})
			return err
		}},
		{"member", func(c *labelstudio.Client, id int64) error {
			_, err := c.Members.Get(ctx, organization, id, nil)
			return err
		}},
		{"delete member", func(c *labelstudio.Client, id int64) error { return c.Members.Delete(ctx, organization, id) }},
		{"members", func(c *labelstudio.Client, id int64) error { _, err := c.Members.List(ctx, id, nil); return err }},
		{"organization", func(c *labelstudio.Client, id int64) error { _, err := c.Organizations.Get(ctx, id); return err }},
		{"update organization", func(c *labelstudio.Client, id int64) error {
			_, err := c.Organizations.Update(ctx, id, labelstudio.OrganizationUpdateRequest{})
			return err
		}},
	}
	for _, tt := range calls {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, tt.call(nobody, missing), labelstudio.ErrUnauthorized)
			wantError(t, tt.call(owner, missing), labelstudio.ErrNotFound)
			wantError(t, tt.call(owner, -1), labelstudio.ErrNotFound)
		})
	}

	create := func(c *labelstudio.Client, username, email string) error {
		_, err := c.Users.Create(ctx, labelstudio.UserRequest{Username: username, Email: email})
		return err
	}
	wantError(t, create(nobody, "x", newAddress()), labelstudio.ErrUnauthorized)
	wantError(t, create(owner, "", newAddress()), labelstudio.ErrValidation)
	wantError(t, create(owner, "x", other.Email), labelstudio.ErrValidation)
	_, err := owner.Users.Update(ctx, other.ID, labelstudio.UserUpdateRequest{Username: new("")})
	wantError(t, err, labelstudio.ErrValidation)
	t.Run("no title", func(t *testing.T) {
		_, err := owner.Organizations.Update(ctx, organization, labelstudio.OrganizationUpdateRequest{Title: new("")})
		wantError(t, err, labelstudio.ErrValidation)
	})

	// Only the owner takes others away, and nobody the owner.
	wantError(t, owner.Users.Delete(ctx, 1), labelstudio.ErrForbidden)
	wantError(t, member.client(t).Users.Delete(ctx, other.ID), labelstudio.ErrForbidden)
	wantError(t, member.client(t).Members.Delete(ctx, organization, other.ID), labelstudio.ErrForbidden)
	if self := wantAnswer(t, owner.Members.Delete(ctx, organization, 1)); self.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("to leave is answered %d", self.StatusCode)
	}
}

// What is about the user who asks, or their organization, has no id.
func TestCurrentUserRefused(t *testing.T) {
	t.Parallel()
	ctx, client, nobody := t.Context(), newUser(t).client(t), newClient(t, withLegacy)
	tour := "show_ask_ai"
	calls := []struct {
		name string
		call func(c *labelstudio.Client) error
	}{
		{"users", func(c *labelstudio.Client) error { _, err := c.Users.List(ctx); return err }},
		{"who am I", func(c *labelstudio.Client) error { _, err := c.Users.WhoAmI(ctx); return err }},
		{"legacy token", func(c *labelstudio.Client) error { _, err := c.Users.LegacyToken(ctx); return err }},
		{"reset legacy token", func(c *labelstudio.Client) error { _, err := c.Users.ResetLegacyToken(ctx); return err }},
		{"hotkeys", func(c *labelstudio.Client) error { _, err := c.Users.Hotkeys(ctx); return err }},
		{"update hotkeys", func(c *labelstudio.Client) error {
			_, err := c.Users.UpdateHotkeys(ctx, labelstudio.HotkeysUpdateRequest{CustomHotkeys: map[string]labelstudio.HotkeyInput{}})
			return err
		}},
		{"tour", func(c *labelstudio.Client) error {
			_, err := c.Users.ProductTour(ctx, &labelstudio.UsersProductTourParams{Name: tour})
			return err
		}},
		{"update tour", func(c *labelstudio.Client) error {
			_, err := c.Users.UpdateProductTour(ctx, &labelstudio.UsersUpdateProductTourParams{Name: tour}, labelstudio.ProductTourUpdateRequest{})
			return err
		}},
		{"avatar", func(c *labelstudio.Client) error {
			body, contentType := avatar(t, "image/png", pixel)
			_, err := c.Users.SetAvatar(ctx, missing, contentType, body)
			return err
		}},
		{"delete avatar", func(c *labelstudio.Client) error { return c.Users.DeleteAvatar(ctx, missing) }},
		{"organizations", func(c *labelstudio.Client) error { _, err := c.Organizations.List(ctx); return err }},
		{"invite", func(c *labelstudio.Client) error { _, err := c.Invites.Get(ctx); return err }},
		{"reset invite", func(c *labelstudio.Client) error { _, err := c.Invites.ResetToken(ctx); return err }},
		{"settings", func(c *labelstudio.Client) error { _, err := c.JWTSettings.Get(ctx); return err }},
		{"update settings", func(c *labelstudio.Client) error {
			_, err := c.JWTSettings.Update(ctx, labelstudio.JWTSettingsUpdateRequest{})
			return err
		}},
		{"policy", func(c *labelstudio.Client) error { _, err := c.SessionPolicy.Get(ctx); return err }},
		{"update policy", func(c *labelstudio.Client) error {
			_, err := c.SessionPolicy.Update(ctx, labelstudio.SessionPolicyUpdateRequest{})
			return err
		}},
	}
	for _, tt := range calls {
		t.Run(tt.name, func(t *testing.T) { wantError(t, tt.call(nobody), labelstudio.ErrUnauthorized) })
	}

	err := client.Do(ctx, http.MethodPost, "/api/jwt/settings", nil, object{"api_tokens_enabled": nil}, nil)
	wantError(t, err, labelstudio.ErrValidation)
	t.Run("no session", func(t *testing.T) {
		_, err := client.SessionPolicy.Update(ctx, labelstudio.SessionPolicyUpdateRequest{MaxSessionAge: new(int64(0))})
		wantError(t, err, labelstudio.ErrValidation)
	})
	t.Run("no such tour", func(t *testing.T) {
		_, err := client.Users.ProductTour(ctx, &labelstudio.UsersProductTourParams{Name: "nope"})
		wantError(t, err, labelstudio.ErrValidation)
		_, err = client.Users.UpdateProductTour(ctx, &labelstudio.UsersUpdateProductTourParams{Name: tour},
			labelstudio.ProductTourUpdateRequest{State: new(labelstudio.ProductTourState("nope"))})
		wantError(t, err, labelstudio.ErrValidation)
	})
}

func TestWhoAmI(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		me, err := client.Users.WhoAmI(ctx)
		ok(t, err)
		if me.ID != 1 || me.Email == "" || !slices.Contains(me.Permissions, "projects.create") {
			t.Errorf("I am %+v", me)
		}
		token, err := client.Users.LegacyToken(ctx)
		ok(t, err)
		if token.Token != server.LegacyToken {
			t.Error("the legacy token is another")
		}
		settings, err := client.JWTSettings.Get(ctx)
		ok(t, err)
		if !settings.APITokensEnabled || settings.LegacyAPITokensEnabled == strings.HasSuffix(t.Name(), "off") {
			t.Errorf("the settings are %+v", settings)
		}
		member, err := client.Members.Get(ctx, organization, 1, nil)
		ok(t, err)
		if member.User != 1 || member.Organization != organization || member.CreatedProjects != nil {
			t.Errorf("the member is %+v", member)
		}
	})
}

func TestMyOrganization(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		organizations, err := client.Organizations.List(ctx)
		ok(t, err)
		if len(organizations) != 1 || organizations[0].ID != organization || organizations[0].Title == "" {
			t.Errorf("the organizations are %+v", organizations)
		}
		whole, err := client.Organizations.Get(ctx, organization)
		ok(t, err)
		if whole.CreatedBy == nil || *whole.CreatedBy != 1 || !slices.Contains(whole.Users, 1) {
			t.Errorf("the organization is %+v", whole)
		}
		invite, err := client.Invites.Get(ctx)
		ok(t, err)
		if invite.Token == nil || invite.InviteURL != "/user/signup/?token="+*invite.Token {
			t.Errorf("the invite is %+v", invite)
		}
		policy, err := client.SessionPolicy.Get(ctx)
		ok(t, err)
		if policy.MaxSessionAge != 8*24*60 || policy.MaxTimeBetweenActivity != 3*24*60 {
			t.Errorf("the policy is %+v", policy)
		}
	})
}

func TestLegacyToken(t *testing.T) {
	t.Parallel()
	ctx, u := t.Context(), newUser(t)
	client := u.client(t)
	had, err := client.Users.LegacyToken(ctx)
	ok(t, err)
	got, err := client.Users.ResetLegacyToken(ctx)
	ok(t, err)
	if had.Token != u.token || len(got.Token) != 40 || got.Token == u.token {
		t.Error("the token is not replaced by another")
	}
	_, err = client.Users.LegacyToken(ctx)
	wantError(t, err, labelstudio.ErrUnauthorized)
	_, err = newClient(t, withLegacy, labelstudio.WithToken(got.Token)).Users.WhoAmI(ctx)
	ok(t, err)
}

func TestHotkeys(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), newUser(t).client(t)
	set, err := client.Users.UpdateHotkeys(ctx, labelstudio.HotkeysUpdateRequest{CustomHotkeys: map[string]labelstudio.HotkeyInput{
		"annotation:submit": {Key: "ctrl+enter", Active: new(false)}, "annotation:skip": {Key: "x"},
	}})
	ok(t, err)
	got, err := client.Users.Hotkeys(ctx)
	ok(t, err)
	for _, keys := range []map[string]labelstudio.Hotkey{set.CustomHotkeys, got.CustomHotkeys} {
		submit, skip := keys["annotation:submit"], keys["annotation:skip"]
		if len(keys) != 2 || submit.Key != "ctrl+enter" || submit.Active == nil || *submit.Active || skip.Key != "x" || skip.Active != nil {
			t.Errorf("the hotkeys are %+v", keys)
		}
	}
	for _, bad := range []map[string]labelstudio.HotkeyInput{nil, {"skip": {Key: "x"}}, {"annotation:skip": {}}, {"a:b": {Key: "alt+f4"}}} {
		_, err = client.Users.UpdateHotkeys(ctx, labelstudio.HotkeysUpdateRequest{CustomHotkeys: bad})
		wantError(t, err, labelstudio.ErrValidation)
	}
	err = client.Do(ctx, http.MethodPatch, "/api/current-user/hotkeys/", nil, strings.NewReader("{"), nil,
		labelstudio.WithHeader("Content-Type", "application/json"))
	wantError(t, err, labelstudio.ErrServer)

	// Users.Update stores anything, which the hotkeys then leave out.
	me, err := client.Users.WhoAmI(ctx)
	ok(t, err)
	_, err = client.Users.Update(ctx, me.ID, labelstudio.UserUpdateRequest{CustomHotkeys: json.RawMessage(`[1]`)})
	ok(t, err)
	got, err = client.Users.Hotkeys(ctx)
	ok(t, err)
	if len(got.CustomHotkeys) != 0 {
		t.Errorf("the hotkeys are %+v", got)
	}
	_, err = client.Users.Update(ctx, me.ID, labelstudio.UserUpdateRequest{CustomHotkeys: json.RawMessage(`null`)})
	ok(t, err)
	me, err = client.Users.WhoAmI(ctx)
	ok(t, err)
	if string(me.CustomHotkeys) != "null" {
		t.Errorf("the hotkeys are %s", me.CustomHotkeys)
	}
}

func TestProductTours(t *testing.T) {
	t.Parallel()
	ctx, u := t.Context(), newUser(t)
	client := u.client(t)
	for _, name := range []string{"create_prompt", "prompts-page", "show_ask_ai", "show_autolabel_button"} {
		tour, err := client.Users.ProductTour(ctx, &labelstudio.UsersProductTourParams{Name: name})
		ok(t, err)
		if tour.Name != strings.ReplaceAll(name, "-", "_") || tour.State != labelstudio.ProductTourStateReady || tour.User != u.id ||
			len(tour.Steps) == 0 || tour.Awaiting {
			t.Errorf("the tour is %+v", tour)
		}
	}
	update := func(name string, state labelstudio.ProductTourState, data *labelstudio.ProductTourInteractionInput) *labelstudio.ProductTour {
		t.Helper()
		tour, err := client.Users.UpdateProductTour(ctx, &labelstudio.UsersUpdateProductTourParams{Name: name},
			labelstudio.ProductTourUpdateRequest{State: &state, InteractionData: data})
		ok(t, err)
		if tour.State != state {
			t.Errorf("the tour is %+v", tour)
		}
		return tour
	}
	sent := labelstudio.ProductTourInteractionInput{
		Index: labelstudio.Value[int64](1), Action: labelstudio.Value("next"), Type: labelstudio.Value("step:after"),
		Status: labelstudio.Value("finished"), AdditionalData: json.RawMessage(`{"a":1}`),
	}
	got := update("show_ask_ai", labelstudio.ProductTourStateCompleted, &sent).InteractionData
	if !reflect.DeepEqual(labelstudio.ProductTourInteractionInput(got), sent) {
		t.Errorf("the interaction is %+v", got)
	}
	none := update("create_prompt", labelstudio.ProductTourStateSkipped, &labelstudio.ProductTourInteractionInput{
		Index: labelstudio.Null[int64](), Action: labelstudio.Null[string](), Type: labelstudio.Null[string](),
		Status: labelstudio.Null[string](), AdditionalData: json.RawMessage(`null`),
	}).InteractionData
	if !none.Index.IsNull() || !none.Status.IsNull() {
		t.Errorf("the interaction is %+v", none)
	}
	update("create_prompt", labelstudio.ProductTourStateReady, nil)
}

// The picture is that of the user who asks, whatever the id is.
func TestAvatar(t *testing.T) {
	t.Parallel()
	ctx, u := t.Context(), newUser(t)
	client := u.client(t)
	body, contentType := avatar(t, "image/png", pixel)
	saved, err := client.Users.SetAvatar(ctx, missing, contentType, body)
	ok(t, err)
	me, err := client.Users.WhoAmI(ctx)
	ok(t, err)
	if saved.Detail != "avatar saved" || me.Avatar == nil || !strings.HasSuffix(*me.Avatar, "-a.png") {
		t.Fatalf("%q, and the avatar is %v", saved.Detail, me.Avatar)
	}
	one, err := admin(t).Users.Get(ctx, u.id)
	ok(t, err)
	if one.Avatar == nil || *one.Avatar != *me.Avatar {
		t.Errorf("the avatar is %v", one.Avatar)
	}
	bad := []struct {
		pictureType string
		picture     []byte
	}{{"image/png", []byte("none")}, {"application/octet-stream", pixel}}
	for _, b := range bad {
		body, contentType := avatar(t, b.pictureType, b.picture)
		_, err = client.Users.SetAvatar(ctx, u.id, contentType, body)
		wantError(t, err, labelstudio.ErrServer)
	}
	ok(t, client.Users.DeleteAvatar(ctx, u.id))
	ok(t, client.Users.DeleteAvatar(ctx, u.id)) // there need be none
	me, err = client.Users.WhoAmI(ctx)
	ok(t, err)
	if me.Avatar != nil {
		t.Errorf("the avatar is still %s", *me.Avatar)
	}
}

func TestMemberProjects(t *testing.T) {
	t.Parallel()
	ctx, owner, u := t.Context(), admin(t), newUser(t)
	theirs := newProject(t, u.client(t))
	annotate(t, u.client(t), newTask(t, owner, theirs.ID, "x").ID, object{"result": json.RawMessage(regions)})

	member, err := owner.Members.Get(ctx, organization, u.id, &labelstudio.MembersGetParams{ContributedToProjects: new(true)})
	ok(t, err)
	if member.AnnotationsCount != 1 || member.ContributedProjectsCount != 1 || member.CreatedAt.IsZero() {
		t.Errorf("the member is %+v", member)
	}
	page, err := owner.Members.List(ctx, organization, &labelstudio.MembersListParams{
		ContributedToProjects: new(true), PageSize: new(int64(-1)),
	})
	ok(t, err)
	at := slices.IndexFunc(page.Results, func(m labelstudio.MemberListItem) bool { return m.User.ID == u.id })
	if at < 0 || page.Next != nil || page.Results[at].Organization != organization {
		t.Fatalf("the member is at %d of %d", at, len(page.Results))
	}
	listed := page.Results[at]
	for _, references := range [][]labelstudio.ProjectReference{
		member.CreatedProjects, member.ContributedToProjects, listed.CreatedProjects, listed.ContributedToProjects,
		listed.User.CreatedProjects, listed.User.ContributedToProjects, //nolint:staticcheck // deprecated, but there
	} {
		if len(references) != 1 || references[0].ID != theirs.ID || references[0].Title != *theirs.Title {
			t.Errorf("the projects are %+v", references)
		}
	}

	for _, path := range []string{"/api/organizations/1/memberships", "/api/organizations/1/memberships/1/"} {
		err := owner.Do(ctx, http.MethodGet, path, map[string][]string{"contributed_to_projects": {"maybe"}}, nil, nil)
		wantError(t, err, labelstudio.ErrValidation)
	}
}

// Who is taken out of the organization is refused in as many ways as there are
// views, and keeps the legacy token.
func TestFormerMemberOfOrganization(t *testing.T) {
	t.Parallel()
	ctx, owner, u := t.Context(), admin(t), newUser(t)
	legacy := u.client(t)
	access := u.access(t)

	ok(t, owner.Members.Delete(ctx, organization, u.id))
	wantError(t, owner.Members.Delete(ctx, organization, u.id), labelstudio.ErrNotFound)
	_, err := owner.Members.Get(ctx, organization, u.id, nil)
	ok(t, err) // still there
	gone, err := owner.Users.Get(ctx, u.id)
	ok(t, err)
	if gone.FirstName != "Deleted" || gone.LastName != "User" || gone.Username != "Deleted" || gone.Email != "Deleted" ||
		gone.Initials != "DU" || gone.ActiveOrganization != nil {
		t.Errorf("the former member is %+v", gone)
	}

	for _, op := range operations(t) {
		for _, part := range []string{"/users/", "/current-user/", "/organizations/", "/invite", "/jwt/", "/session-policy/"} {
			if !strings.Contains(op.path, part) {
				continue
			}
			if status := op.status(t, access); status != http.StatusInternalServerError {
				t.Errorf("%s %s: answered %d with the access token", op.method, op.path, status)
			}
		}
	}

	// A user comes of it all the same, whom only those see who are in no
	// organization either, and whom nobody can delete.
	address := newAddress()
	_, err = legacy.Users.Create(ctx, labelstudio.UserRequest{Username: "stray", Email: address})
	wantError(t, err, labelstudio.ErrServer)
	list, err := legacy.Users.List(ctx)
	ok(t, err)
	at := slices.IndexFunc(list, func(other labelstudio.User) bool { return other.Email == address })
	if at < 0 {
		t.Fatal("there is no such user")
	}
	_, err = legacy.Users.Get(ctx, list[at].ID)
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Users.Update(ctx, list[at].ID, labelstudio.UserUpdateRequest{})
	wantError(t, err, labelstudio.ErrForbidden)
	wantError(t, legacy.Users.Delete(ctx, list[at].ID), labelstudio.ErrForbidden)

	me, err := legacy.Users.WhoAmI(ctx)
	ok(t, err)
	organizations, err := legacy.Organizations.List(ctx)
	ok(t, err)
	if me.ActiveOrganization != nil || len(organizations) != 0 {
		t.Errorf("I am %+v, of %+v", me, organizations)
	}
	_, err = legacy.Members.List(ctx, organization, nil)
	ok(t, err)
	_, err = legacy.Members.Get(ctx, organization, 1, nil)
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Organizations.Get(ctx, organization)
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Organizations.Update(ctx, organization, labelstudio.OrganizationUpdateRequest{})
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Invites.Get(ctx)
	wantError(t, err, labelstudio.ErrServer)
	_, err = legacy.Invites.ResetToken(ctx)
	wantError(t, err, labelstudio.ErrServer)
	_, err = legacy.SessionPolicy.Get(ctx)
	wantError(t, err, labelstudio.ErrServer)
	_, err = legacy.SessionPolicy.Update(ctx, labelstudio.SessionPolicyUpdateRequest{})
	wantError(t, err, labelstudio.ErrServer)
	wantSettings := func(want error) {
		t.Helper()
		_, err := legacy.JWTSettings.Get(ctx)
		wantError(t, err, want)
		_, err = legacy.JWTSettings.Update(ctx, labelstudio.JWTSettingsUpdateRequest{})
		wantError(t, err, want)
	}
	wantSettings(labelstudio.ErrServer)
	_, err = owner.Users.Update(ctx, u.id, labelstudio.UserUpdateRequest{ActiveOrganization: labelstudio.Value[int64](organization)})
	ok(t, err)
	wantSettings(labelstudio.ErrForbidden)
}

// What is true of all members is changed where no other test runs.
func TestOrganization(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	own := startServer(t)
	legacy := newClient(t, own, labelstudio.WithToken(server.LegacyToken))
	client := newClient(t, own, labelstudio.WithToken(pat(t, own)))

	t.Run("settings", func(t *testing.T) {
		settings, err := client.JWTSettings.Update(ctx, labelstudio.JWTSettingsUpdateRequest{LegacyAPITokensEnabled: new(false)})
		ok(t, err)
		if settings.LegacyAPITokensEnabled || !settings.APITokensEnabled {
			t.Errorf("the settings are %+v", settings)
		}
		_, err = legacy.JWTSettings.Get(ctx)
		wantError(t, err, labelstudio.ErrUnauthorized)
		settings, err = client.JWTSettings.Update(ctx, labelstudio.JWTSettingsUpdateRequest{
			APITokensEnabled: new(true), LegacyAPITokensEnabled: new(true),
		})
		ok(t, err)
		if !settings.LegacyAPITokensEnabled {
			t.Errorf("the settings are %+v", settings)
		}
	})

	t.Run("no access tokens", func(t *testing.T) {
		_, err := legacy.JWTSettings.Update(ctx, labelstudio.JWTSettingsUpdateRequest{APITokensEnabled: new(false)})
		ok(t, err)
		_, err = client.JWTSettings.Get(ctx)
		wantError(t, err, labelstudio.ErrUnauthorized)
		_, err = legacy.JWTSettings.Update(ctx, labelstudio.JWTSettingsUpdateRequest{APITokensEnabled: new(true)})
		ok(t, err)
		_, err = client.JWTSettings.Get(ctx)
		ok(t, err)
	})

	t.Run("policy", func(t *testing.T) {
		const longest = 1<<63 - 1
		changed, err := client.SessionPolicy.Update(ctx, labelstudio.SessionPolicyUpdateRequest{
			MaxSessionAge: new(int64(longest)), MaxTimeBetweenActivity: new(int64(1)),
		})
		ok(t, err)
		if changed.MaxSessionAge != longest || changed.MaxTimeBetweenActivity != 1 || changed.UpdatedAt.Before(changed.CreatedAt) {
			t.Errorf("the policy is %+v", changed)
		}
	})

	t.Run("invite", func(t *testing.T) {
		had, err := client.Invites.Get(ctx)
		ok(t, err)
		got, err := client.Invites.ResetToken(ctx)
		ok(t, err)
		if got.Token == nil || *got.Token == *had.Token || got.InviteURL != "/user/signup/?token="+*got.Token {
			t.Errorf("the invite is %+v", got)
		}
	})

	t.Run("organization", func(t *testing.T) {
		changed, err := client.Organizations.Update(ctx, organization, labelstudio.OrganizationUpdateRequest{
			Title: new("Ours"), ContactInfo: labelstudio.Value("us@example.com"), Token: labelstudio.Value("mine"),
		})
		ok(t, err)
		if changed.Title != "Ours" || *changed.ContactInfo != "us@example.com" || *changed.Token != "mine" {
			t.Errorf("changed to %+v", changed)
		}
		list, err := client.Organizations.List(ctx)
		ok(t, err)
		if len(list) != 1 || list[0].ContactInfo == nil || *list[0].ContactInfo != "us@example.com" {
			t.Errorf("the organizations are %+v", list)
		}
		changed, err = client.Organizations.Update(ctx, organization, labelstudio.OrganizationUpdateRequest{
			ContactInfo: labelstudio.Value(""), Token: labelstudio.Null[string](),
		})
		ok(t, err)
		if *changed.ContactInfo != "" || changed.Token != nil {
			t.Errorf("changed to %+v", changed)
		}
		invite, err := client.Invites.Get(ctx)
		ok(t, err)
		if invite.Token != nil || invite.InviteURL != "/user/signup/?token=None" {
			t.Errorf("the invite is %+v", invite)
		}
		reset, err := client.Invites.ResetToken(ctx)
		ok(t, err)
		if reset.Token == nil {
			t.Error("there is no new token")
		}
		changed, err = client.Organizations.Update(ctx, organization, labelstudio.OrganizationUpdateRequest{
			ContactInfo: labelstudio.Null[string](),
		})
		ok(t, err)
		if changed.ContactInfo != nil || changed.Token == nil || *changed.Token != *reset.Token {
			t.Errorf("changed to %+v", changed)
		}
	})

	// Without an address: nobody else may be, and an e-mail can't be sent.
	t.Run("members", func(t *testing.T) {
		var ids []int64
		for _, address := range []string{"", newAddress()} {
			made, err := client.Users.Create(ctx, labelstudio.UserRequest{
				Username: "member", Email: address, CustomHotkeys: json.RawMessage(`null`),
			})
			ok(t, err)
			ids = append(ids, made.ID)
		}
		_, err := client.Users.Create(ctx, labelstudio.UserRequest{Username: "member"})
		wantError(t, err, labelstudio.ErrServer)

		var seen []int64
		for number := int64(1); number <= 2; number++ {
			page, err := client.Members.List(ctx, organization, &labelstudio.MembersListParams{Page: &number, PageSize: new(int64(2))})
			ok(t, err)
			if page.Count != 3 || (page.Next == nil) != (number == 2) || (page.Previous == nil) != (number == 1) {
				t.Errorf("page %d is %+v", number, page)
			}
			for _, member := range page.Results {
				seen = append(seen, member.User.ID)
			}
		}
		all, err := client.Members.List(ctx, organization, &labelstudio.MembersListParams{PageSize: new(int64(-1))})
		ok(t, err)
		if all.Count != 3 || len(all.Results) != 3 {
			t.Errorf("%d of %d members are on one page", len(all.Results), all.Count)
		}
		slices.Sort(seen)
		if !slices.Equal(seen, append([]int64{1}, ids...)) {
			t.Errorf("the members are %v", seen)
		}
		_, err = client.Members.List(ctx, organization, &labelstudio.MembersListParams{Page: new(int64(3)), PageSize: new(int64(2))})
		wantError(t, err, labelstudio.ErrNotFound)
	})
}
