package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// backgroundSettings are Label Studio's own with another name for the edition:
// every edition but Community imports in the background.
const backgroundSettings = `import os, label_studio
root = os.path.dirname(label_studio.__file__)
path = os.path.join(root, 'core/settings/label_studio.py')
exec(compile(open(path).read().replace('# SECURITY', "VERSION_EDITION = 'Background'\n# SECURITY", 1), path, 'exec'))
FEATURE_FLAGS_FILE = os.path.join(root, 'feature_flags.json')
`

func TestBackgroundImport(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	ok(t, os.WriteFile(filepath.Join(dir, "background_settings.py"), []byte(backgroundSettings), 0o600))
	background := startServer(t, "PYTHONPATH="+dir, "DJANGO_SETTINGS_MODULE=background_settings")
	client := newClient(t, background, labelstudio.WithToken(server.LegacyToken))
	project := newProject(t, client).ID

	summary, err := client.Projects.Import(ctx, project, inputs(t, "one", "two"), labelstudio.ImportOptions{TaskIDs: true})
	ok(t, err)
	if summary.ImportID == 0 || summary.TaskCount != 2 || len(summary.TaskIDs) != 2 {
		t.Errorf("the summary is %+v", summary)
	}
	fields := labelstudio.ImportOptions{PreannotatedFrom: []string{"label"}}
	task, err := labelstudio.NewTaskInput(map[string]string{"text": "x", "label": "good"})
	ok(t, err)
	_, err = client.Projects.Import(ctx, project, []labelstudio.TaskInput{task}, fields)
	ok(t, err)
	files := []labelstudio.File{labelstudio.FileOf("a.csv", []byte("text\nthree\n"))}
	uploaded, err := client.Projects.ImportFiles(ctx, project, files, labelstudio.ImportOptions{})
	ok(t, err)
	if uploaded.TaskCount != 1 || len(uploaded.FileUploadIDs) != 1 {
		t.Errorf("the summary is %+v", uploaded)
	}

	// A URL is kept with the import; the form to give it is not described.
	plain := unrecorded(t, background.URL, labelstudio.WithToken(server.LegacyToken))
	fromURL, err := plain.Projects.ImportURL(ctx, project, `[{"text":"u"}]`, labelstudio.ImportOptions{})
	ok(t, err)
	state, err := client.Projects.GetImport(ctx, project, fromURL.ImportID)
	ok(t, err)
	if state.URL == nil {
		t.Error("the import has no URL")
	}

	// The server fails to note the failure in its answer, but keeps it.
	bad := inputs(t, "x")
	bad[0].Data = []byte(`{"other":1}`)
	_, err = client.Projects.Import(ctx, project, bad, labelstudio.ImportOptions{})
	wantError(t, err, labelstudio.ErrServer)
	state, err = client.Projects.GetImport(ctx, project, fromURL.ImportID+1)
	ok(t, err)
	if state.Status != labelstudio.JobStatusFailed || state.Error == nil {
		t.Errorf("the failed import is %+v", state)
	}

	started, err := client.Projects.Reimport(ctx, project, labelstudio.ReimportRequest{FileUploadIDs: uploaded.FileUploadIDs})
	ok(t, err)
	if started.ReimportID == nil || started.TaskCount != nil {
		t.Fatalf("the reimport starts as %+v", started)
	}
	again, err := client.Projects.GetReimport(ctx, project, *started.ReimportID)
	ok(t, err)
	if again.Status != labelstudio.JobStatusCompleted {
		t.Errorf("the reimport is %s", again.Status)
	}

	_, err = client.Projects.GetImport(ctx, project, missing)
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = client.Projects.GetReimport(ctx, project, missing)
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = client.Projects.GetImport(ctx, -1, state.ID)
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = client.Projects.GetReimport(ctx, -1, again.ID)
	wantError(t, err, labelstudio.ErrNotFound)
}
