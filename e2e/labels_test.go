package e2e

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

// car is the value of a label as a region has it.
var car = json.RawMessage(`["car"]`)

// newLabel makes a label that is deleted when the test ends.
func newLabel(t *testing.T, client *labelstudio.Client, project int64, value json.RawMessage) labelstudio.CreatedLabel {
	t.Helper()
	made, err := client.Labels.Create(t.Context(), []labelstudio.LabelRequest{
		{Project: project, FromName: "label", Title: unique(t), Value: value},
	})
	ok(t, err)
	if len(made) != 1 {
		t.Fatalf("made %d labels, want 1", len(made))
	}
	deleteLabels(t, client, made)
	return made[0]
}

func deleteLabels(t *testing.T, client *labelstudio.Client, labels []labelstudio.CreatedLabel) {
	t.Helper()
	t.Cleanup(func() {
		for _, label := range labels {
			err := client.Labels.Delete(cleanup(t), label.ID)
			if err != nil && !errors.Is(err, labelstudio.ErrNotFound) {
				t.Error(err)
			}
		}
	})
}

// linksOf returns the links of a project, which fit on one page.
func linksOf(t *testing.T, client *labelstudio.Client, project int64) []labelstudio.LabelLink {
	t.Helper()
	page, err := client.LabelLinks.List(t.Context(), &labelstudio.LabelLinksListParams{Project: &project})
	ok(t, err)
	if int(page.Count) != len(page.Results) {
		t.Fatalf("%d links on the first page of %d", len(page.Results), page.Count)
	}
	return page.Results
}

func TestLabels(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project, other := newProject(t, client).ID, newProject(t, client).ID
		plain, full := unique(t), unique(t)
		made, err := client.Labels.Create(ctx, []labelstudio.LabelRequest{
			{Project: project, FromName: "label", Title: plain, Value: car},
			{
				Project: project, FromName: "none", Title: full, Value: json.RawMessage(`{"a":1}`), Approved: new(true),
				ApprovedBy: labelstudio.Value[int64](1), Description: labelstudio.Value("of a test"),
			},
		})
		ok(t, err)
		deleteLabels(t, client, made)
		if len(made) != 2 {
			t.Fatalf("made %d labels, want 2", len(made))
		}
		first, second := made[0], made[1]
		if first.Title != plain || string(first.Value) != string(car) || first.Project != project || first.FromName != "label" ||
			!slices.Equal(first.Projects, []int64{project}) || first.Approved || first.ApprovedBy != nil || first.Description != nil ||
			first.Organization != 1 || first.CreatedBy != 1 || first.CreatedAt.IsZero() || first.UpdatedAt.Before(first.CreatedAt) {
			t.Errorf("the first label is %+v", first)
		}
		if second.Title != full || string(second.Value) != `{"a":1}` || !second.Approved || second.ApprovedBy == nil ||
			*second.ApprovedBy != 1 || second.Description == nil || *second.Description != "of a test" || second.FromName != "none" {
			t.Errorf("the second label is %+v", second)
		}

		// Made again, a label is linked to another project and stays what it is.
		again, err := client.Labels.Create(ctx, []labelstudio.LabelRequest{
			{Project: other, FromName: "stars", Title: plain, Value: json.RawMessage(`["bus"]`)},
		})
		ok(t, err)
		if len(again) != 1 || again[0].ID != first.ID || string(again[0].Value) != string(car) || again[0].Project != other ||
			again[0].FromName != "stars" || !slices.Equal(again[0].Projects, []int64{project, other}) {
			t.Errorf("the label made again is %+v", again)
		}
		// A link that exists keeps its tag, whatever is answered.
		again, err = client.Labels.Create(ctx, []labelstudio.LabelRequest{
			{
				Project: other, FromName: "label", Title: plain, Value: car, ApprovedBy: labelstudio.Null[int64](),
				Description: labelstudio.Null[string](),
			},
		})
		ok(t, err)
		links := linksOf(t, client, other)
		if again[0].FromName != "label" || len(links) != 1 || links[0].FromName != "stars" {
			t.Errorf("the label has the tag %q, and the links are %+v", again[0].FromName, links)
		}

		label, err := client.Labels.Get(ctx, first.ID)
		ok(t, err)
		if label.ID != first.ID || label.Title != plain || len(label.Links) != 2 || !slices.Contains(label.Links, links[0].ID) ||
			!slices.Equal(label.Projects, []int64{project, other}) || label.CreatedBy != 1 || label.Organization != 1 ||
			label.Approved || label.ApprovedBy != nil || label.Description != nil || !label.CreatedAt.Equal(first.CreatedAt) {
			t.Errorf("the label is %+v", label)
		}
		changed, err := client.Labels.Update(ctx, first.ID, labelstudio.LabelUpdateRequest{
			Title: new(plain + " b"), Value: json.RawMessage(`"bus"`), Approved: new(true), ApprovedBy: labelstudio.Value[int64](1),
			Description: labelstudio.Value(""), CreatedBy: new(int64(1)), Organization: new(int64(1)),
		})
		ok(t, err)
		if changed.Title != plain+" b" || string(changed.Value) != `"bus"` || !changed.Approved || changed.ApprovedBy == nil ||
			changed.Description == nil || *changed.Description != "" || !changed.UpdatedAt.After(label.UpdatedAt) {
			t.Errorf("the changed label is %+v", changed)
		}
		changed, err = client.Labels.Update(ctx, first.ID, labelstudio.LabelUpdateRequest{
			ApprovedBy: labelstudio.Null[int64](), Description: labelstudio.Null[string](),
		})
		ok(t, err)
		if changed.ApprovedBy != nil || changed.Description != nil || !changed.Approved || changed.Title != plain+" b" {
			t.Errorf("the changed label is %+v", changed)
		}

		ok(t, client.Labels.Delete(ctx, first.ID))
		_, err = client.Labels.Get(ctx, first.ID)
		wantError(t, err, labelstudio.ErrNotFound)
		if left := linksOf(t, client, other); len(left) != 0 {
			t.Errorf("without its label a link is left: %+v", left)
		}
	})
}

func TestLabelPages(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	var reqs []labelstudio.LabelRequest
	for range 101 { // one more than a page has; they are left to the server, as deleting them takes its time
		reqs = append(reqs, labelstudio.LabelRequest{Project: project, FromName: "label", Title: unique(t), Value: car})
	}
	made, err := client.Labels.Create(ctx, reqs)
	ok(t, err)
	if len(made) != len(reqs) {
		t.Errorf("made %d labels, want %d", len(made), len(reqs))
	}
	for i, label := range made {
		if label.Title != reqs[i].Title {
			t.Fatalf("label %d is %q, want %q", i, label.Title, reqs[i].Title)
		}
	}

	labels, err := client.Labels.List(ctx, nil)
	ok(t, err)
	if len(labels.Results) != 100 || labels.Count < 101 || labels.Next == nil || labels.Previous != nil {
		t.Errorf("the first page has %d of %d labels, next %v, previous %v", len(labels.Results), labels.Count, labels.Next,
			labels.Previous)
	}
	labels, err = client.Labels.List(ctx, &labelstudio.LabelsListParams{Page: new(int64(2))})
	ok(t, err)
	if len(labels.Results) == 0 || labels.Previous == nil {
		t.Errorf("the second page has %d labels, previous %v", len(labels.Results), labels.Previous)
	}
	_, err = client.Labels.List(ctx, &labelstudio.LabelsListParams{Page: new(int64(missing))})
	wantError(t, err, labelstudio.ErrNotFound)

	links, err := client.LabelLinks.List(ctx, &labelstudio.LabelLinksListParams{Project: &project})
	ok(t, err)
	if len(links.Results) != 100 || links.Count != 101 || links.Next == nil || links.Previous != nil {
		t.Errorf("the first page has %d of %d links, next %v, previous %v", len(links.Results), links.Count, links.Next,
			links.Previous)
	}
	links, err = client.LabelLinks.List(ctx, &labelstudio.LabelLinksListParams{Project: &project, Page: new(int64(2))})
	ok(t, err)
	if len(links.Results) != 1 || links.Count != 101 || links.Next != nil || links.Previous == nil {
		t.Errorf("the second page is %+v", links)
	}
	_, err = client.LabelLinks.List(ctx, &labelstudio.LabelLinksListParams{Project: &project, Page: new(int64(3))})
	wantError(t, err, labelstudio.ErrNotFound)

	linked, all := map[int64]bool{}, map[int64]bool{}
	for link, err := range client.LabelLinks.All(ctx, &labelstudio.LabelLinksListParams{Project: &project}) {
		ok(t, err)
		linked[link.Label] = true
	}
	for range 3 { // other tests delete labels: those after them move up a page that is read already
		for label, err := range client.Labels.All(ctx) {
			ok(t, err)
			all[label.ID] = true
		}
	}
	for _, label := range made {
		if !linked[label.ID] || !all[label.ID] {
			t.Errorf("label %d: among the links %v, among the labels %v", label.ID, linked[label.ID], all[label.ID])
		}
	}
	if len(linked) != len(made) {
		t.Errorf("walked through %d links, want %d", len(linked), len(made))
	}
}

func TestLabelLinks(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project, other := newProject(t, client).ID, newProject(t, client).ID
	label, second := newLabel(t, client, project, json.RawMessage(`["good"]`)), newLabel(t, client, project, car)
	annotate(t, client, newTask(t, client, project, "x").ID, object{"result": json.RawMessage(regions)})

	links := linksOf(t, client, project)
	if len(links) != 2 || links[0].Label != label.ID || links[1].Label != second.ID {
		t.Fatalf("the links are %+v", links)
	}
	link, err := client.LabelLinks.Get(ctx, links[0].ID)
	ok(t, err)
	if link.Label != label.ID || link.Project != project || link.FromName != "label" || link.AnnotationsCount == nil ||
		*link.AnnotationsCount != 1 || *links[1].AnnotationsCount != 0 {
		t.Errorf("the link is %+v", link)
	}

	made, err := client.LabelLinks.Create(ctx, labelstudio.LabelLinkRequest{Project: other, Label: label.ID, FromName: "none"})
	ok(t, err)
	if made.Project != other || made.Label != label.ID || made.FromName != "none" || made.AnnotationsCount != nil {
		t.Errorf("the new link is %+v", made)
	}
	changed, err := client.LabelLinks.Update(ctx, made.ID, labelstudio.LabelLinkUpdateRequest{
		FromName: new("label"), Label: &second.ID,
	})
	ok(t, err)
	if changed.ID != made.ID || changed.Project != other || changed.Label != second.ID || changed.FromName != "label" {
		t.Errorf("the changed link is %+v", changed)
	}
	_, err = client.LabelLinks.Update(ctx, made.ID, labelstudio.LabelLinkUpdateRequest{Project: &project})
	wantError(t, err, labelstudio.ErrValidation) // it has that label already
	third := newProject(t, client).ID
	moved, err := client.LabelLinks.Update(ctx, made.ID, labelstudio.LabelLinkUpdateRequest{Project: &third})
	ok(t, err)
	if moved.Project != third {
		t.Errorf("the moved link is %+v", moved)
	}

	ok(t, client.LabelLinks.Delete(ctx, made.ID))
	_, err = client.LabelLinks.Get(ctx, made.ID)
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = client.Labels.Get(ctx, second.ID)
	ok(t, err)
}

func TestLabelLinkFilters(t *testing.T) {
	t.Parallel()
	ctx, client, member := t.Context(), admin(t), newUser(t)
	project := newProject(t, client).ID
	old, young := newLabel(t, client, project, car), newLabel(t, member.client(t), project, car)
	tests := []struct {
		name   string
		params labelstudio.LabelLinksListParams
		want   []int64
	}{
		{"by a user", labelstudio.LabelLinksListParams{LabelCreatedBy: &member.id}, []int64{young.ID}},
		{"at a time", labelstudio.LabelLinksListParams{LabelCreatedAt: &old.CreatedAt}, []int64{old.ID}},
		{"since", labelstudio.LabelLinksListParams{LabelCreatedSince: &young.CreatedAt}, []int64{young.ID}},
		{"until", labelstudio.LabelLinksListParams{LabelCreatedUntil: &old.CreatedAt}, []int64{old.ID}},
		{"all", labelstudio.LabelLinksListParams{LabelCreatedSince: &old.CreatedAt, LabelCreatedUntil: &young.CreatedAt},
			[]int64{old.ID, young.ID}},
	}
	for _, test := range tests {
		test.params.Project = &project
		page, err := client.LabelLinks.List(ctx, &test.params)
		ok(t, err)
		var got []int64
		for _, link := range page.Results {
			got = append(got, link.Label)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: labels %v, want %v", test.name, got, test.want)
		}
	}
}

func TestLabelBulkUpdate(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project, other := newProject(t, client).ID, newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	two := strings.Replace(regions, `[{`, `[{"id":"a0","from_name":"label","to_name":"text","type":"choices","value":{"choices":["good"]}},{`, 1)
	annotation := annotate(t, client, task, object{"result": json.RawMessage(two)})
	good, bad := json.RawMessage(`["good"]`), json.RawMessage(`["bad"]`)

	bulk := func(project int64, from, to json.RawMessage) (int64, error) {
		result, err := client.Labels.BulkUpdate(ctx, labelstudio.LabelBulkUpdateRequest{OldLabel: from, NewLabel: to, Project: &project})
		if err != nil {
			return 0, err
		}
		return result.AnnotationsUpdated, nil
	}
	for _, test := range []struct {
		name     string
		project  int64
		old, new json.RawMessage
		want     int64
	}{
		{"another project", other, good, bad, 0},
		{"a part of the label", project, json.RawMessage(`"good"`), bad, 0},
		{"two regions", project, good, bad, 2},
		{"a number", project, json.RawMessage(`4`), json.RawMessage(`5`), 1},
	} {
		count, err := bulk(test.project, test.old, test.new)
		ok(t, err)
		if count != test.want {
			t.Errorf("%s: updated %d, want %d", test.name, count, test.want)
		}
	}
	got := rawObject(t, client, "/api/annotations/"+itoa(annotation)+"/")["result"]
	if strings.Contains(string(got), "good") || strings.Count(string(got), "bad") != 2 || !strings.Contains(string(got), `"rating":5`) {
		t.Errorf("the result is %s", got)
	}

	annotate(t, client, newTask(t, client, other, "x").ID, object{}) // without a result
	_, err := bulk(other, good, bad)
	wantError(t, err, labelstudio.ErrServer)
	_, err = bulk(missing, good, bad)
	wantError(t, err, labelstudio.ErrValidation)
	_, err = bulk(project, good, json.RawMessage(`null`))
	wantError(t, err, labelstudio.ErrValidation)
}

func TestLabelErrors(t *testing.T) {
	t.Parallel()
	ctx, client, nobody := t.Context(), admin(t), newClient(t, withLegacy)
	project, other := newProject(t, client).ID, newProject(t, client).ID
	label, second := newLabel(t, client, project, car), newLabel(t, client, project, car)
	link := linksOf(t, client, project)[0].ID

	type call = func(client *labelstudio.Client) error
	list := func(c *labelstudio.Client) error { _, err := c.Labels.List(ctx, nil); return err }
	create := func(reqs ...labelstudio.LabelRequest) call {
		return func(c *labelstudio.Client) error { _, err := c.Labels.Create(ctx, reqs); return err }
	}
	get := func(id int64) call {
		return func(c *labelstudio.Client) error { _, err := c.Labels.Get(ctx, id); return err }
	}
	update := func(id int64, req labelstudio.LabelUpdateRequest) call {
		return func(c *labelstudio.Client) error { _, err := c.Labels.Update(ctx, id, req); return err }
	}
	remove := func(id int64) call {
		return func(c *labelstudio.Client) error { return c.Labels.Delete(ctx, id) }
	}
	bulk := func(c *labelstudio.Client) error {
		_, err := c.Labels.BulkUpdate(ctx, labelstudio.LabelBulkUpdateRequest{OldLabel: car, NewLabel: car, Project: &project})
		return err
	}
	links := func(params labelstudio.LabelLinksListParams) call {
		return func(c *labelstudio.Client) error { _, err := c.LabelLinks.List(ctx, &params); return err }
	}
	createLink := func(req labelstudio.LabelLinkRequest) call {
		return func(c *labelstudio.Client) error { _, err := c.LabelLinks.Create(ctx, req); return err }
	}
	getLink := func(id int64) call {
		return func(c *labelstudio.Client) error { _, err := c.LabelLinks.Get(ctx, id); return err }
	}
	updateLink := func(id int64, req labelstudio.LabelLinkUpdateRequest) call {
		return func(c *labelstudio.Client) error { _, err := c.LabelLinks.Update(ctx, id, req); return err }
	}
	removeLink := func(id int64) call {
		return func(c *labelstudio.Client) error { return c.LabelLinks.Delete(ctx, id) }
	}
	title := unique(t)
	req := labelstudio.LabelRequest{Project: project, FromName: "label", Title: title, Value: car}
	elsewhere, nowhere, null := req, req, req
	elsewhere.Project, elsewhere.Title, nowhere.Project, null.Value = other, title+" b", missing, json.RawMessage(`null`)

	tests := []struct {
		name   string
		client *labelstudio.Client
		call   call
		want   error
	}{
		{"list: nobody", nobody, list, labelstudio.ErrUnauthorized},
		{"create: nobody", nobody, create(req), labelstudio.ErrUnauthorized},
		{"create: nothing", client, create(), labelstudio.ErrValidation},
		{"create: an empty list", client, create([]labelstudio.LabelRequest{}...), labelstudio.ErrServer},
		{"create: one title twice", client, create(req, req), labelstudio.ErrServer},
		{"create: for two projects", client, create(req, elsewhere), labelstudio.ErrValidation},
		{"create: for a missing project", client, create(nowhere), labelstudio.ErrValidation},
		{"create: a null value", client, create(null), labelstudio.ErrValidation},
		{"get: nobody", nobody, get(label.ID), labelstudio.ErrUnauthorized},
		{"get: missing", client, get(missing), labelstudio.ErrNotFound},
		{"get: negative", client, get(-1), labelstudio.ErrNotFound},
		{"update: nobody", nobody, update(label.ID, labelstudio.LabelUpdateRequest{}), labelstudio.ErrUnauthorized},
		{"update: another's title", client, update(label.ID, labelstudio.LabelUpdateRequest{Title: &second.Title}),
			labelstudio.ErrValidation},
		{"update: missing", client, update(missing, labelstudio.LabelUpdateRequest{}), labelstudio.ErrNotFound},
		{"delete: nobody", nobody, remove(label.ID), labelstudio.ErrUnauthorized},
		{"delete: missing", client, remove(missing), labelstudio.ErrNotFound},
		{"delete: negative", client, remove(-1), labelstudio.ErrNotFound},
		{"bulk: nobody", nobody, bulk, labelstudio.ErrUnauthorized},

		{"links: nobody", nobody, links(labelstudio.LabelLinksListParams{}), labelstudio.ErrUnauthorized},
		{"links: of a missing project", client, links(labelstudio.LabelLinksListParams{Project: new(int64(missing))}),
			labelstudio.ErrValidation},
		{"links: by a missing user", client, links(labelstudio.LabelLinksListParams{LabelCreatedBy: new(int64(missing))}),
			labelstudio.ErrValidation},
		{"link: nobody", nobody, createLink(labelstudio.LabelLinkRequest{Project: other, Label: label.ID, FromName: "label"}),
			labelstudio.ErrUnauthorized},
		{"link: twice", client, createLink(labelstudio.LabelLinkRequest{Project: project, Label: label.ID, FromName: "label"}),
			labelstudio.ErrValidation},
		{"link: a missing label", client, createLink(labelstudio.LabelLinkRequest{Project: other, Label: missing, FromName: "label"}),
			labelstudio.ErrValidation},
		{"get a link: nobody", nobody, getLink(link), labelstudio.ErrUnauthorized},
		{"get a link: missing", client, getLink(missing), labelstudio.ErrNotFound},
		{"get a link: negative", client, getLink(-1), labelstudio.ErrNotFound},
		{"update a link: nobody", nobody, updateLink(link, labelstudio.LabelLinkUpdateRequest{}), labelstudio.ErrUnauthorized},
		{"update a link: without a tag", client, updateLink(link, labelstudio.LabelLinkUpdateRequest{FromName: new("")}),
			labelstudio.ErrValidation},
		{"update a link: missing", client, updateLink(missing, labelstudio.LabelLinkUpdateRequest{}), labelstudio.ErrNotFound},
		{"delete a link: nobody", nobody, removeLink(link), labelstudio.ErrUnauthorized},
		{"delete a link: missing", client, removeLink(missing), labelstudio.ErrNotFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, test.call(test.client), test.want)
		})
	}
}

// Who has left the organization sees no labels; the access token makes the
// server fail.
func TestLabelsOfFormerMember(t *testing.T) {
	t.Parallel()
	ctx, owner, member := t.Context(), admin(t), newUser(t)
	project := newProject(t, owner).ID
	label := newLabel(t, owner, project, car)
	legacy := member.client(t)
	access := member.access(t)

	ok(t, owner.Members.Delete(ctx, 1, member.id))

	_, err := legacy.Labels.Get(ctx, label.ID)
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = legacy.Labels.BulkUpdate(ctx, labelstudio.LabelBulkUpdateRequest{OldLabel: car, NewLabel: car, Project: &project})
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Labels.Create(ctx, []labelstudio.LabelRequest{{Project: project, FromName: "label", Title: unique(t), Value: car}})
	wantError(t, err, labelstudio.ErrServer)
	_, err = legacy.Webhooks.Create(ctx, labelstudio.WebhookRequest{Project: project, URL: "http://127.0.0.1:1/"})
	wantError(t, err, labelstudio.ErrServer)
	wantFailures(t, access, func(path string) bool {
		return strings.HasPrefix(path, "/api/label") || strings.HasPrefix(path, "/api/webhooks/")
	})
}
