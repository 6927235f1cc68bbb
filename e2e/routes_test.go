package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/record"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func TestNextTask(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx, project := t.Context(), newProject(t, client).ID
		_, err := client.Tasks.Next(ctx, project, nil)
		wantError(t, err, labelstudio.ErrNotFound)
		history, err := client.Projects.LabelStreamHistory(ctx, project)
		ok(t, err)
		if len(history) != 0 {
			t.Errorf("the history is %+v before anything was labelled", history)
		}

		ids := newTasks(t, client, project, 3)
		next, err := client.Tasks.Next(ctx, project, nil)
		ok(t, err)
		if next.ID != ids[0] || next.Project != project || next.UniqueLockID == nil || next.Queue != "Sequence queue" ||
			len(next.Annotations)+len(next.Drafts)+len(next.Predictions)+len(next.UpdatedBy) != 0 {
			t.Errorf("the first task is %+v", next)
		}
		again, err := client.Tasks.Next(ctx, project, nil)
		ok(t, err)
		if again.ID != ids[0] || again.Queue != "Task lock" || *again.UniqueLockID != *next.UniqueLockID {
			t.Errorf("asked again, it is %+v", again)
		}

		made := annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
		next, err = client.Tasks.Next(ctx, project, nil)
		ok(t, err)
		if next.ID != ids[1] {
			t.Errorf("after the first task comes %d, want %d", next.ID, ids[1])
		}
		history, err = client.Projects.LabelStreamHistory(ctx, project)
		ok(t, err)
		if len(history) != 2 || history[0].TaskID != ids[0] || history[0].AnnotationID == nil || *history[0].AnnotationID != made ||
			history[1].TaskID != ids[1] || history[1].AnnotationID != nil {
			t.Errorf("the history is %+v", history)
		}
	})
}

// A task is given to one user at a time, and what is deleted leaves the history.
func TestNextTaskLocked(t *testing.T) {
	t.Parallel()
	ctx, owner, member := t.Context(), admin(t), newUser(t).client(t)
	project := newProject(t, owner).ID
	ids := newTasks(t, owner, project, 2)
	next := func(client *labelstudio.Client, want int64) {
		t.Helper()
		task, err := client.Tasks.Next(ctx, project, nil)
		ok(t, err)
		if task.ID != want {
			t.Errorf("the next task is %d, want %d", task.ID, want)
		}
	}
	next(owner, ids[0])
	next(member, ids[1])
	made := annotate(t, owner, ids[0], object{"result": json.RawMessage(regions)})
	_, err := owner.Tasks.Next(ctx, project, nil)
	wantError(t, err, labelstudio.ErrNotFound) // the other one is locked

	ok(t, owner.Annotations.Delete(ctx, made))
	history, err := owner.Projects.LabelStreamHistory(ctx, project)
	ok(t, err)
	if len(history) != 1 || history[0].TaskID != ids[0] || history[0].AnnotationID != nil {
		t.Errorf("without its annotation the history is %+v", history)
	}
	ok(t, owner.Tasks.Delete(ctx, ids[0]))
	history, err = owner.Projects.LabelStreamHistory(ctx, project)
	ok(t, err)
	if len(history) != 0 {
		t.Errorf("without its task the history is %+v", history)
	}
}

// What is chosen from is a view, or a query.
func TestNextTaskOf(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	files := []labelstudio.File{labelstudio.FileOf("a.csv", []byte("text\nfrom a file\n"))}
	_, err := client.Projects.ImportFiles(ctx, project, files, labelstudio.ImportOptions{})
	ok(t, err)
	newTasks(t, client, project, 1)
	odd, err := client.Tasks.CreateByProject(ctx, project, labelstudio.ProjectTaskRequest{
		Data: textData(t, "odd"), InnerID: labelstudio.Null[int64](),
	})
	ok(t, err)
	ok(t, client.Do(ctx, http.MethodPatch, fmt.Sprintf("/api/tasks/%d/", odd.ID), nil, object{"meta": nil}, nil))
	// Of the predictions come those of the project's version.
	post(t, client, "/api/predictions/", object{"task": odd.ID, "result": json.RawMessage(regions), "model_version": "v1"})
	post(t, client, "/api/predictions/", object{"task": odd.ID, "result": json.RawMessage(regions), "model_version": "v2"})
	_, err = client.Projects.Update(ctx, project, labelstudio.ProjectUpdateRequest{ModelVersion: new("v1")})
	ok(t, err)
	plain := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	draft := post(t, plain, fmt.Sprintf("/api/tasks/%d/drafts", odd.ID), object{"result": json.RawMessage(regions), "lead_time": 1})

	query := fmt.Sprintf(`{"selectedItems":{"all":false,"included":[%d]}}`, odd.ID)
	next, err := client.Tasks.Next(ctx, project, &labelstudio.TasksNextParams{Query: &query})
	ok(t, err)
	if next.ID != odd.ID || next.InnerID != nil || string(next.Meta) != "null" || next.FileUpload != nil ||
		len(next.Drafts) != 1 || next.Drafts[0].ID != draft || len(next.Predictions) != 1 || len(next.UpdatedBy) != 1 {
		t.Errorf("the selected task is %+v", next)
	}
	query = `{"ordering":["-tasks:id"]}`
	next, err = client.Tasks.Next(ctx, project, &labelstudio.TasksNextParams{Query: &query})
	ok(t, err)
	if next.ID != odd.ID || next.Queue != "Data manager queue" && next.Queue != "Task lock" {
		t.Errorf("in another order it is %+v", next)
	}
	view := post(t, client, "/api/dm/views/", object{"project": project, "data": object{
		"filters": object{"conjunction": "and", "items": []object{{
			"filter": "filter:tasks:file_upload", "operator": "contains", "type": "String", "value": "a.csv",
		}}},
	}})
	next, err = client.Tasks.Next(ctx, project, &labelstudio.TasksNextParams{View: &view})
	ok(t, err)
	if next.FileUpload == nil || string(next.Data) != `{"text":"from a file"}` {
		t.Errorf("of the view it is %+v", next)
	}

	_, err = client.Tasks.Next(ctx, project, &labelstudio.TasksNextParams{View: new(int64(missing))})
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = client.Tasks.Next(ctx, project, &labelstudio.TasksNextParams{Query: new("{")})
	wantError(t, err, labelstudio.ErrServer)
	err = client.Do(ctx, http.MethodGet, fmt.Sprintf("/api/projects/%d/next/", project), url.Values{"view": {"x"}}, nil, nil)
	wantError(t, err, labelstudio.ErrValidation)
}

func TestProjectSummary(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	empty, err := client.Projects.Summary(ctx, project)
	ok(t, err)
	if empty.Project != project || empty.CreatedAt.IsZero() || len(empty.AllDataColumns)+len(empty.CommonDataColumns) != 0 {
		t.Errorf("at first the summary is %+v", empty)
	}
	more, err := labelstudio.NewTaskInput(map[string]string{"text": "x", "extra": "y"})
	ok(t, err)
	_, err = client.Projects.Import(ctx, project, append(inputs(t, "one"), more), labelstudio.ImportOptions{TaskIDs: true})
	ok(t, err)
	task := newTask(t, client, project, "three").ID
	annotate(t, client, task, object{"result": json.RawMessage(regions)})
	plain := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	post(t, plain, fmt.Sprintf("/api/tasks/%d/drafts", task), object{"result": json.RawMessage(regions), "lead_time": 1})

	check := func(when string) *labelstudio.ProjectSummary {
		t.Helper()
		summary, err := client.Projects.Summary(ctx, project)
		ok(t, err)
		if summary.AllDataColumns["extra"] != 1 || !slices.Equal(summary.CommonDataColumns, []string{"text"}) ||
			summary.CreatedLabels["label"]["good"] != 1 || summary.CreatedLabelsDrafts["label"]["good"] != 1 ||
			!maps.Equal(summary.CreatedAnnotations, map[string]int64{"label|text|choices": 1, "stars|text|rating": 1}) {
			t.Errorf("%s the summary is %+v", when, summary)
		}
		return summary
	}
	check("kept,") // the text may be counted once too often
	ok(t, client.Projects.ResetSummary(ctx, project))
	if counted := check("reset,"); counted.AllDataColumns["text"] != 3 {
		t.Errorf("reset, the columns are %v", counted.AllDataColumns)
	}
}

func TestSampleTask(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	simple, err := client.Projects.SampleTask(ctx, project, labelstudio.SampleTaskRequest{LabelConfig: config})
	ok(t, err)
	if data := keys(t, simple.Sample); len(data) != 1 || data["text"] == nil {
		t.Errorf("the sample is %s", simple.Sample)
	}
	whole, err := client.Projects.SampleTask(ctx, project, labelstudio.SampleTaskRequest{
		LabelConfig: config, IncludeAnnotationAndPrediction: new(true),
	})
	ok(t, err)
	if task := keys(t, whole.Sample); keys(t, task["data"])["text"] == nil || task["annotations"] == nil || task["predictions"] == nil {
		t.Errorf("the whole sample is %s", whole.Sample)
	}
	_, err = client.Projects.SampleTask(ctx, project, labelstudio.SampleTaskRequest{})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Projects.SampleTask(ctx, project, labelstudio.SampleTaskRequest{LabelConfig: "<View"})
	wantError(t, err, labelstudio.ErrServer)
}

func TestTaskByProject(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	files := []labelstudio.File{labelstudio.FileOf("a.csv", []byte("text\nx\n"))}
	uploaded, err := client.Projects.ImportFiles(ctx, project, files, labelstudio.ImportOptions{UploadOnly: true})
	ok(t, err)
	task, err := client.Tasks.CreateByProject(ctx, project, labelstudio.ProjectTaskRequest{
		Data: textData(t, "x"), Meta: json.RawMessage(`{"a":1}`), Overlap: new(int64(3)), IsLabeled: new(true),
		InnerID: labelstudio.Value(int64(77)), FileUpload: labelstudio.Value(uploaded.FileUploadIDs[0]),
	})
	ok(t, err)
	if task.Project != project || task.Overlap != 3 || !task.IsLabeled || task.InnerID == nil || *task.InnerID != 77 ||
		task.FileUpload == nil || *task.FileUpload != uploaded.FileUploadIDs[0] || string(task.Meta) != `{"a":1}` {
		t.Errorf("the task is %+v", task)
	}
	bare, err := client.Tasks.CreateByProject(ctx, project, labelstudio.ProjectTaskRequest{
		Data: textData(t, "y"), FileUpload: labelstudio.Null[int64](),
	})
	ok(t, err)
	if bare.FileUpload != nil || bare.Overlap != 1 || *bare.InnerID != 78 {
		t.Errorf("the bare task is %+v", bare)
	}
	_, err = client.Tasks.CreateByProject(ctx, project, labelstudio.ProjectTaskRequest{Data: json.RawMessage(`{"other":1}`)})
	wantError(t, err, labelstudio.ErrValidation)
}

func TestTasksCreateMany(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	none, err := client.Tasks.CreateMany(ctx, project, &labelstudio.TasksCreateManyParams{CommitToProject: new(false)}, inputs(t, "x"))
	ok(t, err)
	if none.TaskCount != 1 || !none.AnnotationCount.IsNull() {
		t.Errorf("a trial says %+v", none)
	}
	labelled, err := labelstudio.NewTaskInput(map[string]string{"text": "x", "label": "good"})
	ok(t, err)
	made, err := client.Tasks.CreateMany(ctx, project, &labelstudio.TasksCreateManyParams{
		ReturnTaskIDs: new(true), PreannotatedFromFields: []string{"label"},
	}, []labelstudio.TaskInput{labelled, labelled})
	ok(t, err)
	predictions, err := made.PredictionCount.Get()
	ok(t, err)
	if made.TaskCount != 2 || len(made.TaskIDs) != 2 || predictions != 2 {
		t.Errorf("the summary is %+v", made)
	}

	// All or nothing.
	bad := inputs(t, "good", "bad")
	bad[1].Data = json.RawMessage(`{"other":1}`)
	_, err = client.Tasks.CreateMany(ctx, project, nil, bad)
	wantError(t, err, labelstudio.ErrValidation)
	now, err := client.Projects.Get(ctx, project)
	ok(t, err)
	if now.TaskNumber == nil || *now.TaskNumber != 2 {
		t.Errorf("%v tasks are left, want 2", now.TaskNumber)
	}
	err = client.Do(ctx, http.MethodPost, fmt.Sprintf("/api/projects/%d/tasks/bulk/", project), nil, []int{1}, nil)
	wantError(t, err, labelstudio.ErrServer)
}

func TestProjectReimport(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	files := []labelstudio.File{labelstudio.FileOf("a.csv", []byte("text\none\ntwo\n"))}
	first, err := client.Projects.ImportFiles(ctx, project, files, labelstudio.ImportOptions{})
	ok(t, err)
	tasks := func() []labelstudio.TaskSimple {
		t.Helper()
		list, err := client.Tasks.ListByProject(ctx, project, nil)
		ok(t, err)
		return list
	}
	annotate(t, client, tasks()[0].ID, object{"result": json.RawMessage(regions)})

	again, err := client.Projects.Reimport(ctx, project, labelstudio.ReimportRequest{FileUploadIDs: first.FileUploadIDs})
	ok(t, err)
	if again.TaskCount == nil || *again.TaskCount != 2 || again.ReimportID != nil || again.FoundFormats[".csv"] != 1 ||
		!slices.Equal(again.FileUploadIDs, first.FileUploadIDs) || !slices.Equal(again.DataColumns, []string{"text"}) {
		t.Errorf("the reimport is %+v", again)
	}
	now := tasks()
	if len(now) != 2 || len(now[0].Annotations)+len(now[1].Annotations) != 0 {
		t.Errorf("after it there are %d tasks: %+v", len(now), now)
	}
	whole, err := client.Projects.Reimport(ctx, project, labelstudio.ReimportRequest{
		FileUploadIDs: first.FileUploadIDs, FilesAsTasksList: new(false),
	})
	ok(t, err)
	if *whole.TaskCount != 1 || len(tasks()) != 1 {
		t.Errorf("as one task each it is %+v", whole)
	}
	none, err := client.Projects.Reimport(ctx, project, labelstudio.ReimportRequest{FileUploadIDs: []int64{}})
	ok(t, err)
	if *none.TaskCount != 0 || len(none.FileUploadIDs) != 0 || len(none.FoundFormats) != 0 {
		t.Errorf("of no files it is %+v", none)
	}
	_, err = client.Projects.Reimport(ctx, project, labelstudio.ReimportRequest{FileUploadIDs: []int64{missing}})
	ok(t, err)

	// What does not fit is refused, and the tasks stay.
	body, contentType := form(t, "b.csv", "other\nx\n")
	_, err = client.FileUploads.Update(ctx, first.FileUploadIDs[0], contentType, body)
	ok(t, err)
	_, err = client.Projects.Reimport(ctx, project, labelstudio.ReimportRequest{FileUploadIDs: first.FileUploadIDs})
	wantError(t, err, labelstudio.ErrValidation)
	if now := tasks(); len(now) != 1 {
		t.Errorf("%d tasks are left, want 1", len(now))
	}
	err = client.Do(ctx, http.MethodPost, fmt.Sprintf("/api/projects/%d/reimport", project), nil, object{"file_upload_ids": 5}, nil)
	wantError(t, err, labelstudio.ErrServer)
}

// fileTypes are names with every type that the contract lists, but the page.
func fileTypes() map[string][]byte {
	table := []byte("image\nx.png\n")
	files := map[string][]byte{
		"a.csv": table, "a.tsv": table, "a.txt": []byte("x.png\n"), "a.svg": []byte("<svg/>"),
		"a.json": []byte(`[{"image":"x.png"}]`),
	}
	for _, suffix := range strings.Fields("bmp gif jpg mp3 mp4 pdf png wav webm") {
		files["a."+suffix] = pixel
	}
	return files
}

// wantFile checks what a stream holds and closes it.
func wantFile(t *testing.T, stream io.ReadCloser, err error, want []byte) {
	t.Helper()
	ok(t, err)
	if content := read(t, &labelstudio.Download{ReadCloser: stream}); !bytes.Equal(content, want) {
		t.Errorf("got %d bytes of %d: %.60q", len(content), len(want), content)
	}
}

// wantRanges checks the parts of a file that is the pixel.
func wantRanges(t *testing.T, get func(opts ...labelstudio.CallOption) (io.ReadCloser, error)) {
	t.Helper()
	part, err := get(labelstudio.WithHeader("Range", "bytes=0-0"))
	wantFile(t, part, err, pixel[:1])
	_, err = get(labelstudio.WithHeader("Range", "bytes=5000-6000"))
	if beyond := wantAnswer(t, err); beyond.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range past the end is answered %d", beyond.StatusCode)
	}
}

// A server that serves files of its disk, and sends uploaded files by itself.
func TestFileUploadsServed(t *testing.T) {
	t.Parallel()
	ctx, root := t.Context(), t.TempDir()
	folder := filepath.Join(root, "shared")
	ok(t, os.Mkdir(folder, 0o700))
	files := fileTypes()
	for name, content := range files {
		ok(t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	ok(t, os.WriteFile(filepath.Join(folder, "a.html"), []byte("<html>x</html>"), 0o600))
	ok(t, os.WriteFile(filepath.Join(root, "secret.txt"), []byte("x"), 0o600))
	own := startServer(t, "LOCAL_FILES_SERVING_ENABLED=true", "LOCAL_FILES_DOCUMENT_ROOT="+root, "USE_NGINX_FOR_UPLOADS=false")
	client := newClient(t, own, labelstudio.WithToken(server.LegacyToken))
	project := createProject(t, client, labelstudio.ProjectRequest{
		Title: labelstudio.Value(unique(t)), LabelConfig: new(`<View><Image name="i" value="$image"/></View>`),
	}).ID

	t.Run("local", func(t *testing.T) {
		post(t, client, "/api/storages/localfiles/", object{"project": project, "path": folder, "use_blob_urls": true})
		get := func(path string, opts ...labelstudio.CallOption) (io.ReadCloser, error) {
			return client.FileUploads.LocalFile(ctx, &labelstudio.FileUploadsLocalFileParams{Path: path}, opts...)
		}
		for name, content := range files {
			stream, err := get("shared/" + name)
			wantFile(t, stream, err, content)
		}
		wantRanges(t, func(opts ...labelstudio.CallOption) (io.ReadCloser, error) { return get("shared/a.png", opts...) })
		_, err := get("shared/a.html")
		if !errors.Is(err, labelstudio.ErrUnexpectedAnswer) {
			t.Errorf("a page: %v", err)
		}
		for path, kind := range map[string]error{
			"shared/none.png": labelstudio.ErrNotFound, "secret.txt": labelstudio.ErrNotFound, "../secret.txt": labelstudio.ErrServer,
		} {
			_, err := get(path)
			wantError(t, err, kind)
		}
		plain := unrecorded(t, own.URL, labelstudio.WithToken(server.LegacyToken)) // as this 403 has no text
		wantError(t, plain.Do(ctx, http.MethodGet, "/data/local-files/", nil, nil, nil), labelstudio.ErrForbidden)
	})
	t.Run("stored", func(t *testing.T) {
		get := func(path string, opts ...labelstudio.CallOption) (io.ReadCloser, error) {
			return client.FileUploads.DownloadStored(ctx, &labelstudio.FileUploadsDownloadStoredParams{Path: path}, opts...)
		}
		files := maps.Clone(files)
		files["a.html"] = []byte("<html>x</html>")
		var picture string
		for name, content := range files {
			uploaded, err := client.Projects.ImportFiles(ctx, project, []labelstudio.File{labelstudio.FileOf(name, content)},
				labelstudio.ImportOptions{UploadOnly: true})
			ok(t, err)
			file, err := client.FileUploads.Get(ctx, uploaded.FileUploadIDs[0])
			ok(t, err)
			stream, err := get(file.File)
			wantFile(t, stream, err, content) // even a page, as its disposition tells it from a proxy's
			if name == "a.png" {
				picture = file.File
			}
		}
		wantRanges(t, func(opts ...labelstudio.CallOption) (io.ReadCloser, error) { return get(picture, opts...) })
		_, err := get("upload/none.csv")
		wantError(t, err, labelstudio.ErrForbidden)
		wantError(t, client.Do(ctx, http.MethodGet, "/storage-data/uploaded/", nil, nil, nil), labelstudio.ErrNotFound)
		ok(t, os.Remove(filepath.Join(own.DataDir, "media", filepath.FromSlash(picture))))
		_, err = get(picture)
		wantError(t, err, labelstudio.ErrServer)
	})
}

// byHost sends what goes to a host by one way, and all else by another.
type byHost struct {
	host       string
	own, other http.RoundTripper
}

func (b byHost) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host == b.host {
		return b.own.RoundTrip(req)
	}
	return b.other.RoundTrip(req)
}

// The bucket answers by itself when URLs are signed, else through the server.
func TestTaskFiles(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	files := fileTypes()
	files["a.html"] = []byte("<html>x</html>")
	bucket := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			return
		}
		if r.Header.Get("Authorization") != "" && !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4") {
			t.Errorf("the bucket was shown %.5s…", r.Header.Get("Authorization"))
		}
		_, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		content, found := files[name]
		if !found {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "binary/octet-stream")
		http.ServeContent(w, r, "", time.Unix(0, 0), bytes.NewReader(content))
	}))
	t.Cleanup(bucket.Close)
	at, err := url.Parse(withLegacy.URL)
	ok(t, err)
	transport := newTransport(t)
	client := connect(t, withLegacy.URL, byHost{at.Host, record.Transport(t.Name(), transport), transport},
		labelstudio.WithToken(server.LegacyToken))
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	for name, presign := range map[string]bool{"signed": true, "passed": false} {
		post(t, client, "/api/storages/s3/", object{
			"project": project, "bucket": name, "presign": presign, "s3_endpoint": bucket.URL, "region_name": "us-east-1",
			"aws_access_key_id": "key", "aws_secret_access_key": "secret", "use_blob_urls": true,
		})
	}
	for _, of := range []struct {
		name string
		get  func(uri string, opts ...labelstudio.CallOption) (io.ReadCloser, error)
		path string
	}{
		{"task", func(uri string, opts ...labelstudio.CallOption) (io.ReadCloser, error) {
			return client.Tasks.ResolveFile(ctx, task, &labelstudio.TasksResolveFileParams{FileURI: uri}, opts...)
		}, fmt.Sprintf("/tasks/%d/resolve/", task)},
		{"project", func(uri string, opts ...labelstudio.CallOption) (io.ReadCloser, error) {
			return client.Projects.ResolveFile(ctx, project, &labelstudio.ProjectsResolveFileParams{FileURI: uri}, opts...)
		}, fmt.Sprintf("/projects/%d/resolve/", project)},
	} {
		t.Run(of.name, func(t *testing.T) {
			for name, content := range files {
				stream, err := of.get("s3://passed/" + name)
				if name == "a.html" {
					if !errors.Is(err, labelstudio.ErrUnexpectedAnswer) {
						t.Errorf("a page: %v", err)
					}
					continue
				}
				wantFile(t, stream, err, content)
			}
			stream, err := of.get(base64.URLEncoding.EncodeToString([]byte("s3://signed/a.png")))
			wantFile(t, stream, err, pixel)
			part, err := of.get("s3://passed/a.png", labelstudio.WithHeader("Range", "bytes=0-3"))
			wantFile(t, part, err, pixel[:4])

			_, err = of.get("s3://other/a.png")
			wantError(t, err, labelstudio.ErrNotFound)
			_, err = of.get("s3://passed/none.png")
			if answer := wantAnswer(t, err); answer.StatusCode != http.StatusFailedDependency {
				t.Errorf("what the bucket lacks is answered %d", answer.StatusCode)
			}
			err = client.Do(ctx, http.MethodGet, of.path, nil, nil, nil)
			if answer := wantAnswer(t, err); answer.StatusCode != http.StatusBadRequest {
				t.Errorf("without a URI it is answered %d", answer.StatusCode)
			}
		})
	}
}

// projectCalls are the operations above that name a project.
func projectCalls(t *testing.T) map[string]func(c *labelstudio.Client, id int64) error {
	ctx := t.Context()
	return map[string]func(c *labelstudio.Client, id int64) error{
		"next": func(c *labelstudio.Client, id int64) error { _, err := c.Tasks.Next(ctx, id, nil); return err },
		"history": func(c *labelstudio.Client, id int64) error {
			_, err := c.Projects.LabelStreamHistory(ctx, id)
			return err
		},
		"summary": func(c *labelstudio.Client, id int64) error { _, err := c.Projects.Summary(ctx, id); return err },
		"reset":   func(c *labelstudio.Client, id int64) error { return c.Projects.ResetSummary(ctx, id) },
		"sample": func(c *labelstudio.Client, id int64) error {
			_, err := c.Projects.SampleTask(ctx, id, labelstudio.SampleTaskRequest{LabelConfig: config})
			return err
		},
		"create": func(c *labelstudio.Client, id int64) error {
			_, err := c.Tasks.CreateByProject(ctx, id, labelstudio.ProjectTaskRequest{Data: textData(t, "x")})
			return err
		},
		"create many": func(c *labelstudio.Client, id int64) error {
			_, err := c.Tasks.CreateMany(ctx, id, nil, inputs(t, "x"))
			return err
		},
		"reimport": func(c *labelstudio.Client, id int64) error {
			_, err := c.Projects.Reimport(ctx, id, labelstudio.ReimportRequest{FileUploadIDs: []int64{1}})
			return err
		},
		"resolve": func(c *labelstudio.Client, id int64) error {
			_, err := c.Projects.ResolveFile(ctx, id, &labelstudio.ProjectsResolveFileParams{FileURI: "s3://a/b"})
			return err
		},
		"resolve of task": func(c *labelstudio.Client, id int64) error {
			_, err := c.Tasks.ResolveFile(ctx, id, &labelstudio.TasksResolveFileParams{FileURI: "s3://a/b"})
			return err
		},
	}
}

func TestProjectRoutesRefused(t *testing.T) {
	t.Parallel()
	client, nobody := admin(t), newClient(t, withLegacy)
	plain := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	for name, call := range projectCalls(t) {
		t.Run(name, func(t *testing.T) {
			wantError(t, call(nobody, missing), labelstudio.ErrUnauthorized)
			wantError(t, call(client, missing), labelstudio.ErrNotFound)
			negative := client
			if strings.HasPrefix(name, "resolve") {
				negative = plain // any other 404 of it has no body, and a contract cannot say both
			}
			wantError(t, call(negative, -1), labelstudio.ErrNotFound)
		})
	}
}

// Whose membership ended is refused, and by the access token makes the server fail.
func TestProjectRoutesOfFormerMember(t *testing.T) {
	t.Parallel()
	ctx, owner, member := t.Context(), admin(t), newUser(t)
	project := newProject(t, owner).ID
	task := newTask(t, owner, project, "x").ID
	uploaded, err := owner.Projects.ImportFiles(ctx, project, []labelstudio.File{labelstudio.FileOf("a.csv", []byte("text\nx\n"))},
		labelstudio.ImportOptions{UploadOnly: true})
	ok(t, err)
	file, err := owner.FileUploads.Get(ctx, uploaded.FileUploadIDs[0])
	ok(t, err)
	legacy := member.client(t)
	access := member.access(t)
	ok(t, owner.Members.Delete(ctx, 1, member.id))

	for name, call := range projectCalls(t) {
		id, want := project, labelstudio.ErrForbidden
		switch name {
		case "create many", "reimport":
			want = labelstudio.ErrNotFound // the project is looked for among those of the organization
		case "resolve of task":
			id = task
		}
		wantError(t, call(legacy, id), want)
		wantError(t, call(access, id), labelstudio.ErrServer)
	}
	local := func(c *labelstudio.Client) error {
		_, err := c.FileUploads.LocalFile(ctx, &labelstudio.FileUploadsLocalFileParams{Path: "a.png"})
		return err
	}
	stored := func(c *labelstudio.Client) error {
		_, err := c.FileUploads.DownloadStored(ctx, &labelstudio.FileUploadsDownloadStoredParams{Path: file.File})
		return err
	}
	nobody := newClient(t, withLegacy)
	wantError(t, local(access), labelstudio.ErrServer)
	wantError(t, local(nobody), labelstudio.ErrUnauthorized)
	wantError(t, local(owner), labelstudio.ErrForbidden) // as the server was not told to
	wantError(t, stored(access), labelstudio.ErrServer)
	wantError(t, stored(legacy), labelstudio.ErrForbidden)
	wantError(t, stored(nobody), labelstudio.ErrUnauthorized)
	if refused := wantAnswer(t, stored(owner)); refused.StatusCode != http.StatusBadRequest {
		t.Errorf("a server that leaves files to nginx answers %d", refused.StatusCode)
	}
}
