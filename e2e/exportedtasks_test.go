package e2e

import (
	"encoding/json"
	"io"
	"iter"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/internal/jsondiff"
)

// Tasks of an export are decoded as they come, and encode to what came.
func TestExportedTasks(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	file := labelstudio.FileOf("a.json", []byte(`[{"data":{"text":"<&>","n":9007199254740993},"meta":{"x":1.5}},{"data":{"text":"y"},"allow_skip":null}]`))
	summary, err := client.Projects.ImportFiles(ctx, project, []labelstudio.File{file}, labelstudio.ImportOptions{TaskIDs: true})
	ok(t, err)
	task := summary.TaskIDs[0]
	annotate(t, client, task, object{"result": json.RawMessage(regions), "lead_time": 1.5, "ground_truth": true})
	annotate(t, client, task, object{"result": json.RawMessage(regions), "was_cancelled": true})
	predictAs(t, client, task, "v1")
	_, err = client.Drafts.Create(ctx, task, labelstudio.AnnotationDraftRequest{Result: json.RawMessage(regions)})
	ok(t, err)
	full := &labelstudio.SerializationOptionInput{OnlyID: new(false)}
	lean := snapshot(t, client, project, labelstudio.SnapshotRequest{})
	rich := snapshot(t, client, project, labelstudio.SnapshotRequest{SerializationOptions: &labelstudio.SerializationOptionsInput{
		AnnotationsCompletedBy: full, Drafts: full, Predictions: full,
	}})

	direct := labelstudio.ExportOptions{AllTasks: true}
	raw := func(id int64) func() (*labelstudio.Download, error) {
		return func() (*labelstudio.Download, error) { return client.Snapshots.Open(ctx, project, id, "") }
	}
	tests := []struct {
		name         string
		tasks        iter.Seq2[*labelstudio.ExportedTask, error]
		open         func() (*labelstudio.Download, error)
		drafts, more bool // more than ids
	}{
		{"direct", client.Exports.Tasks(ctx, project, direct), func() (*labelstudio.Download, error) {
			return client.Exports.Open(ctx, project, labelstudio.ExportOptions{Format: "JSON", AllTasks: true})
		}, true, false},
		{"snapshot", client.Snapshots.Tasks(ctx, project, lean), raw(lean), false, false},
		{"snapshot with all that belongs to a task", client.Snapshots.Tasks(ctx, project, rich), raw(rich), true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var tasks []*labelstudio.ExportedTask
			for task, err := range tt.tasks {
				ok(t, err)
				tasks = append(tasks, task)
			}
			download, err := tt.open()
			ok(t, err)
			defer func() { ok(t, download.Close()) }()
			content, err := io.ReadAll(download)
			ok(t, err)
			again, err := labelstudio.Raw(tasks)
			ok(t, err)
			differences, err := jsondiff.Differences(content, again)
			ok(t, err)
			for _, difference := range differences {
				t.Error(difference)
			}

			if len(tasks) != 2 || len(tasks[0].Annotations) != 2 || len(tasks[0].Drafts) != 1 || len(tasks[0].Predictions) != 1 {
				t.Fatalf("the tasks are %+v", tasks)
			}
			first := tasks[0]
			if first.ID != task || first.Annotations[0].CompletedBy.ID == 0 || first.Drafts[0].ID == 0 || first.Predictions[0].ID == 0 {
				t.Errorf("the task is %+v", first)
			}
			draft, prediction, person := first.Drafts[0].Draft, first.Predictions[0].Prediction, first.Annotations[0].CompletedBy.Person
			if tt.drafts != (draft != nil) || tt.more != (prediction != nil) || tt.more != (person != nil) {
				t.Errorf("draft %v, prediction %v, user %v", draft, prediction, person)
			}
		})
	}
}
