package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

func TestServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, client := range []*labelstudio.Client{
		admin(t), newClient(t, withLegacy), newClient(t, withLegacy, labelstudio.WithToken(strings.Repeat("0", 40))),
	} {
		version, err := client.Server.Version(ctx)
		ok(t, err)
		if version.Release != withLegacy.Version || version.Package.Version != withLegacy.Version || version.Edition != "Community" ||
			version.Editor.Date.IsZero() {
			t.Errorf("the version is %+v", version)
		}
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		templates, err := client.Projects.Templates(t.Context())
		ok(t, err)
		if len(templates.Templates) == 0 || !slices.Contains(templates.Groups, "Computer Vision") {
			t.Errorf("%d templates in the groups %q", len(templates.Templates), templates.Groups)
		}
		err = client.Projects.ValidateConfig(t.Context(), templates.Templates[0].Config)
		ok(t, err)
	})
	_, err := newClient(t, withLegacy).Projects.Templates(t.Context())
	wantError(t, err, labelstudio.ErrUnauthorized)
}

func TestModelVersions(t *testing.T) {
	t.Parallel()
	ctx, client, nobody := t.Context(), admin(t), newClient(t, withLegacy)
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	for _, version := range []string{"old", "old", "new"} {
		post(t, client, "/api/predictions/", object{"task": task, "result": json.RawMessage(regions), "model_version": version})
	}
	want := func(limit *int64, want map[string]int64) {
		t.Helper()
		got, err := client.Projects.ModelVersions(ctx, project, &labelstudio.ProjectsModelVersionsParams{Limit: limit})
		ok(t, err)
		if !maps.Equal(got, want) {
			t.Errorf("the versions are %v, want %v", got, want)
		}
	}
	want(nil, map[string]int64{"old": 2, "new": 1})
	want(new(int64(1)), map[string]int64{"new": 1})
	for _, deleted := range []int64{2, 0} {
		got, err := client.Projects.DeleteModelVersion(ctx, project, labelstudio.ModelVersionDeleteRequest{ModelVersion: "old"})
		ok(t, err)
		if got.DeletedPredictions != deleted {
			t.Errorf("%d predictions were deleted, want %d", got.DeletedPredictions, deleted)
		}
	}
	want(nil, map[string]int64{"new": 1})

	_, err := client.Projects.DeleteModelVersion(ctx, project, labelstudio.ModelVersionDeleteRequest{})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Projects.ModelVersions(ctx, project, &labelstudio.ProjectsModelVersionsParams{Limit: new(int64(-1))})
	wantError(t, err, labelstudio.ErrServer)
	for _, test := range []struct {
		client *labelstudio.Client
		id     int64
		want   error
	}{
		{client, missing, labelstudio.ErrNotFound}, {client, -1, labelstudio.ErrNotFound}, {nobody, project, labelstudio.ErrUnauthorized},
	} {
		_, err := test.client.Projects.ModelVersions(ctx, test.id, nil)
		wantError(t, err, test.want)
		_, err = test.client.Projects.DeleteModelVersion(ctx, test.id, labelstudio.ModelVersionDeleteRequest{ModelVersion: "new"})
		wantError(t, err, test.want)
	}
}

// The access token of somebody who is no longer a member makes the server fail,
// even where none is needed.
func TestServerFormerMember(t *testing.T) {
	t.Parallel()
	ctx, member := t.Context(), newUser(t)
	token, err := member.client(t).Tokens.Create(ctx)
	ok(t, err)
	former := newClient(t, withLegacy, sendAs("Bearer "+accessToken(t, withLegacy, token.Token)))
	project := newProject(t, admin(t)).ID
	ok(t, admin(t).Members.Delete(ctx, 1, member.id))
	_, err = former.Server.Version(ctx)
	wantError(t, err, labelstudio.ErrServer)
	_, err = former.MLBackends.Versions(ctx, missing)
	wantError(t, err, labelstudio.ErrServer)
	_, err = member.client(t).MLBackends.List(ctx, &labelstudio.MLBackendsListParams{Project: project})
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = former.Projects.Templates(ctx)
	wantError(t, err, labelstudio.ErrServer)
	_, err = former.Projects.DeleteModelVersion(ctx, project, labelstudio.ModelVersionDeleteRequest{ModelVersion: "x"})
	wantError(t, err, labelstudio.ErrServer)
}
