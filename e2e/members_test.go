package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

// Who is taken out of the organization, and then deleted, leaves traces in what
// others see, and is refused in ways of the server's own.
func TestFormerMember(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	owner, member := admin(t), newUser(t)
	project := newProject(t, owner).ID
	task := newTask(t, owner, project, "x").ID
	legacy := member.client(t)
	made, err := legacy.Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value(unique(t))})
	ok(t, err)
	theirs := made.ID
	t.Cleanup(func() { // as the member can't any more
		if err := owner.Projects.Delete(cleanup(t), theirs); err != nil {
			t.Error(err)
		}
	})
	annotate(t, legacy, task, object{"result": json.RawMessage(regions)})
	theirSnapshot := snapshot(t, legacy, project, labelstudio.SnapshotRequest{})
	uploaded, err := owner.Projects.ImportFiles(ctx, project, []labelstudio.File{labelstudio.FileOf("a.csv", []byte("text\nx\n"))},
		labelstudio.ImportOptions{UploadOnly: true})
	ok(t, err)
	file, err := owner.FileUploads.Get(ctx, uploaded.FileUploadIDs[0])
	ok(t, err)
	token, err := legacy.Tokens.Create(ctx)
	ok(t, err)
	access := newClient(t, withLegacy, labelstudio.WithToken(token.Token))
	_, err = access.Projects.Get(ctx, theirs)
	ok(t, err)

	ok(t, owner.Members.Delete(ctx, 1, member.id))

	wantCreator(t, owner, theirs, "Deleted")
	annotators, err := owner.Projects.Annotators(ctx, project)
	ok(t, err)
	if len(annotators) != 1 || annotators[0].Username == nil || *annotators[0].Username != "Deleted" {
		t.Errorf("the annotators are %+v", annotators)
	}

	// The legacy token goes on working, for what belongs to no organization.
	orphan, err := legacy.Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value(unique(t))})
	ok(t, err)
	page, err := legacy.Projects.List(ctx, &labelstudio.ProjectsListParams{IDs: new(itoa(orphan.ID))})
	ok(t, err)
	if orphan.Organization != nil || len(page.Results) != 1 || !page.Results[0].Organization.IsNull() {
		t.Errorf("made a project of the organization %v, and sees %d projects", orphan.Organization, len(page.Results))
	}
	_, err = legacy.Projects.Annotators(ctx, project)
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Projects.ValidateConfigFor(ctx, project, config)
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Tasks.List(ctx, &labelstudio.TasksListParams{Project: &project})
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Tasks.Agreement(ctx, task)
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Projects.ImportPredictions(ctx, project, nil)
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.Snapshots.Convert(ctx, project, theirSnapshot, labelstudio.SnapshotConversionRequest{ExportType: "CSV"})
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = legacy.FileUploads.Download(ctx, strings.TrimPrefix(file.File, "upload/"))
	wantError(t, err, labelstudio.ErrForbidden)

	// The access token makes the server fail, whatever is asked for.
	wantFailures(t, access, func(path string) bool { // all of them would take their time
		return strings.Contains(path, "/project") || strings.Contains(path, "/task") || strings.Contains(path, "/token/") ||
			strings.Contains(path, "/file-upload/")
	})

	ok(t, owner.Users.Delete(ctx, member.id))

	wantCreator(t, owner, theirs, "")
	left, err := owner.Snapshots.Get(ctx, project, theirSnapshot)
	ok(t, err)
	if left.CreatedBy != nil {
		t.Errorf("the snapshot is by %+v", left.CreatedBy)
	}
	_, err = newClient(t, withLegacy, labelstudio.WithToken(token.Token)).Projects.Get(ctx, theirs)
	wantError(t, err, labelstudio.ErrServer)
}

// wantCreator checks by whose name a project was made; "" if nobody is left.
func wantCreator(t *testing.T, client *labelstudio.Client, id int64, name string) {
	t.Helper()
	project, err := client.Projects.Get(t.Context(), id)
	ok(t, err)
	page, err := client.Projects.List(t.Context(), &labelstudio.ProjectsListParams{IDs: new(itoa(id))})
	ok(t, err)
	if name == "" {
		if project.CreatedBy != nil || !page.Results[0].CreatedBy.IsNull() {
			t.Errorf("made by %+v, want nobody", project.CreatedBy)
		}
		return
	}
	listed, err := page.Results[0].CreatedBy.Get()
	ok(t, err)
	if project.CreatedBy == nil || *project.CreatedBy.Username != name || *listed.Username != name {
		t.Errorf("made by %+v, want %s", project.CreatedBy, name)
	}
}
