package e2e

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// inputs makes tasks to import out of texts.
func inputs(t *testing.T, texts ...string) []labelstudio.TaskInput {
	t.Helper()
	var tasks []labelstudio.TaskInput
	for _, text := range texts {
		task, err := labelstudio.NewTaskInput(map[string]string{"text": text})
		ok(t, err)
		tasks = append(tasks, task)
	}
	return tasks
}

// texts returns the texts of a project's tasks, by id.
func texts(t *testing.T, client *labelstudio.Client, project int64) map[int64]string {
	t.Helper()
	found := map[int64]string{}
	for task, err := range client.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project}) {
		ok(t, err)
		var data struct{ Text string }
		ok(t, labelstudio.RawInto(task.Data, &data))
		found[task.ID] = data.Text
	}
	return found
}

func TestImport(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		project := newProject(t, client).ID
		tasks := inputs(t, "one", "two <&> \u2028 三")
		tasks[0].Meta = json.RawMessage(`{"k":12345678901234567890,"f":1.0}`)
		tasks[0].AllowSkip = labelstudio.Null[bool]()
		tasks[0].Annotations = []labelstudio.AnnotationInput{
			{
				Result: json.RawMessage(regions), CompletedBy: json.RawMessage(`1`), GroundTruth: new(false),
				WasCancelled: new(false), LeadTime: new(1.5), ID: new(int64(4000000000000)),
			},
			{Result: json.RawMessage(`[]`), CompletedBy: json.RawMessage(`{"email":"` + server.Email + `"}`), WasCancelled: new(true)},
		}
		tasks[0].Predictions = []labelstudio.PredictionInput{
			{Result: json.RawMessage(regions), Score: new(0.5), ModelVersion: labelstudio.Value("v1")},
			{Result: json.RawMessage(regions), ModelVersion: labelstudio.Null[string]()},
		}
		tasks[1].AllowSkip = labelstudio.Value(false)
		summary, err := client.Projects.Import(t.Context(), project, tasks, labelstudio.ImportOptions{TaskIDs: true})
		ok(t, err)
		annotations, err := summary.AnnotationCount.Get()
		ok(t, err)
		predictions, err := summary.PredictionCount.Get()
		ok(t, err)
		if summary.TaskCount != 2 || annotations != 2 || predictions != 2 || len(summary.TaskIDs) != 2 {
			t.Fatalf("the summary is %+v", summary)
		}
		task, err := client.Tasks.Get(t.Context(), summary.TaskIDs[0], nil)
		ok(t, err)
		if string(task.Meta) != string(tasks[0].Meta) {
			t.Errorf("the meta came back as %s", task.Meta)
		}
		if len(task.Annotations) != 2 || len(task.Predictions) != 2 {
			t.Errorf("%d annotations and %d predictions are there", len(task.Annotations), len(task.Predictions))
		}
	})
}

func TestImportUploadOnly(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	summary, err := client.Projects.Import(t.Context(), project, inputs(t, "one"), labelstudio.ImportOptions{UploadOnly: true})
	ok(t, err)
	if !summary.AnnotationCount.IsNull() || !summary.PredictionCount.IsNull() {
		t.Errorf("counts that are null came as %v and %v", summary.AnnotationCount, summary.PredictionCount)
	}
	if found := texts(t, client, project); len(found) != 0 {
		t.Errorf("%d tasks are in the project", len(found))
	}
}

func TestImportPreannotated(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	task, err := labelstudio.NewTaskInput(map[string]string{"text": "x", "label": "good"})
	ok(t, err)
	summary, err := client.Projects.Import(t.Context(), project, []labelstudio.TaskInput{task},
		labelstudio.ImportOptions{TaskIDs: true, PreannotatedFrom: []string{"label", "text"}})
	ok(t, err)
	made, err := client.Tasks.Get(t.Context(), summary.TaskIDs[0], nil)
	ok(t, err)
	if len(made.Predictions) != 2 { // one for each field
		t.Errorf("%d predictions were made of the fields", len(made.Predictions))
	}
}

func TestImportBadItems(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	tasks := inputs(t, "fine", "bad", "fine", "bad")
	tasks[1].Data = json.RawMessage(`{"other":1}`)
	tasks[3].Annotations = []labelstudio.AnnotationInput{{Result: json.RawMessage(`"none"`)}}
	_, err := client.Projects.Import(t.Context(), project, tasks, labelstudio.ImportOptions{})
	wantError(t, err, labelstudio.ErrValidation)
	var refused *labelstudio.ImportError
	if !errors.As(err, &refused) || len(refused.Items) != 2 || refused.Items[0].Index != 1 || refused.Items[1].Index != 3 {
		t.Fatalf("refused with %v", err)
	}
	for _, item := range refused.Items {
		if item.Reason == "" {
			t.Errorf("item %d has no reason", item.Index)
		}
	}
	if found := texts(t, client, project); len(found) != 0 {
		t.Errorf("%d tasks were imported all the same", len(found))
	}
}

// The server stops looking at the first bad item from the hundredth on, and
// repeats each bad item in its answer.
func TestImportManyBadItems(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	good := slices.Repeat(inputs(t, "fine"), 150)
	short := labelstudio.TaskInput{Data: json.RawMessage(`{"other":1}`)}
	long := labelstudio.TaskInput{Data: json.RawMessage(`{"other":"` + strings.Repeat("x", 20_000) + `"}`)}
	tests := []struct {
		name  string
		tasks []labelstudio.TaskInput
		first int // index of the first refused item
		more  bool
	}{
		{"before the hundredth", slices.Concat(good[:98], []labelstudio.TaskInput{short}), 98, false},
		{"the hundredth", slices.Concat(good[:99], []labelstudio.TaskInput{short}), 99, true},
		{"after the hundredth", slices.Concat(good, []labelstudio.TaskInput{short, short}), 150, true},
		{"all, in an answer of two megabytes", slices.Repeat([]labelstudio.TaskInput{long}, 150), 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := client.Projects.Import(t.Context(), project, tt.tasks, labelstudio.ImportOptions{})
			wantError(t, err, labelstudio.ErrValidation)
			var refused *labelstudio.ImportError
			if !errors.As(err, &refused) || refused.Items[0].Index != tt.first || refused.More != tt.more {
				t.Errorf("refused with %.300v, more: %v", err, refused != nil && refused.More)
			}
		})
	}
}

func TestImportFiles(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	files := []labelstudio.File{
		labelstudio.FileOf("a.csv", []byte("text\nfrom csv\n")),
		labelstudio.FileOf("b.TSV", []byte("text\tother\nfrom tsv\t1\n")),
		labelstudio.FileOf("c.json", []byte(`[{"text":"from json"},{"data":{"text":"from json too"}}]`)),
	}
	summary, err := client.Projects.ImportFiles(t.Context(), project, files, labelstudio.ImportOptions{TaskIDs: true})
	ok(t, err)
	found := texts(t, client, project)
	var got []string
	for _, id := range summary.TaskIDs {
		got = append(got, found[id])
	}
	if want := "[from csv from tsv from json from json too]"; fmt.Sprint(got) != want {
		t.Errorf("imported %v, want %s", got, want)
	}
	if len(summary.FileUploadIDs) != 3 || summary.TaskCount != 4 {
		t.Errorf("the summary is %+v", summary)
	}
}

func TestImportTextFile(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := createProject(t, client, labelstudio.ProjectRequest{
		Title: labelstudio.Value(unique(t)), LabelConfig: new(`<View><Text name="text" value="$text"/></View>`),
	}).ID
	summary, err := client.Projects.ImportFiles(t.Context(), project,
		[]labelstudio.File{labelstudio.FileOf("lines.txt", []byte("first\nsecond\n"))}, labelstudio.ImportOptions{})
	ok(t, err)
	if summary.TaskCount != 2 {
		t.Errorf("%d tasks of 2 lines", summary.TaskCount)
	}
}

func TestImportURL(t *testing.T) {
	t.Parallel()
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		_, _ = w.Write([]byte("text\nfrom afar\n"))
	}))
	t.Cleanup(source.Close)
	client := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken)) // the form is not described
	project := newProject(t, client).ID
	_, err := client.Projects.ImportURL(t.Context(), project, source.URL+"/tasks.csv", labelstudio.ImportOptions{})
	ok(t, err)
	found := texts(t, client, project)
	for _, text := range found {
		if text != "from afar" {
			t.Errorf("imported %q", text)
		}
	}
	if len(found) != 1 {
		t.Errorf("%d tasks were imported", len(found))
	}
}

func TestImportRefused(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	tasks := inputs(t, "x")

	_, err := client.Projects.Import(t.Context(), missing, tasks, labelstudio.ImportOptions{})
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = newClient(t, withLegacy).Projects.Import(t.Context(), project, tasks, labelstudio.ImportOptions{})
	wantError(t, err, labelstudio.ErrUnauthorized)
	exe := []labelstudio.File{labelstudio.FileOf("a.exe", []byte("x"))}
	_, err = client.Projects.ImportFiles(t.Context(), project, exe, labelstudio.ImportOptions{})
	wantError(t, err, labelstudio.ErrValidation)
	// The server answers 500 to an item that is no object.
	err = client.Do(t.Context(), http.MethodPost, fmt.Sprintf("/api/projects/%d/import", project), nil, []int{1}, nil)
	wantError(t, err, labelstudio.ErrServer)
}

func TestImportPredictions(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	result := json.RawMessage(regions)
	summary, err := client.Projects.ImportPredictions(ctx, project, []labelstudio.TaskPredictionInput{
		{Task: task, Result: result, Score: new(0.25), ModelVersion: labelstudio.Value("v2")},
		{Task: task, Result: result, ModelVersion: labelstudio.Null[string]()},
		{Task: task, Result: json.RawMessage(`[{}]`)}, // fits nothing: skipped in silence
	})
	ok(t, err)
	if summary.Created != 2 {
		t.Errorf("created %d", summary.Created)
	}
	_, err = client.Projects.ImportPredictions(ctx, project, []labelstudio.TaskPredictionInput{{Task: missing, Result: result}})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Projects.ImportPredictions(ctx, missing, []labelstudio.TaskPredictionInput{{Task: task, Result: result}})
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = newClient(t, withLegacy).Projects.ImportPredictions(ctx, project, nil)
	wantError(t, err, labelstudio.ErrUnauthorized)
	err = client.Do(ctx, http.MethodPost, fmt.Sprintf("/api/projects/%d/import/predictions", project), nil, []int{1}, nil)
	wantError(t, err, labelstudio.ErrServer)
}

// pixel is a PNG of one pixel.
var pixel, _ = base64.StdEncoding.DecodeString(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
