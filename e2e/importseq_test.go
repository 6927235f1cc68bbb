package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func TestImportFileInBatches(t *testing.T) {
	t.Parallel()
	client := admin(t)
	const tasks = 120
	var lines, list, table strings.Builder
	list.WriteString("[")
	table.WriteString("text,n\n")
	for i := range tasks {
		task := fmt.Sprintf(`{"data":{"text":"<task> %d","n":"%d"},"meta":{"n":%d},"predictions":[{"model_version":"v","result":%s}]}`, i, i, i, regions)
		fmt.Fprintln(&lines, task)
		if i > 0 {
			list.WriteString(",\n")
		}
		list.WriteString(task)
		fmt.Fprintf(&table, "\"<task> %d\",%d\n", i, i)
	}
	list.WriteString("]")
	files := map[string]string{"a.jsonl": lines.String(), "a.json": list.String(), "a.csv": table.String(), "a.tsv": strings.ReplaceAll(table.String(), ",", "\t")}
	for name, content := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, project := t.Context(), newProject(t, client).ID
			path := filepath.Join(t.TempDir(), name)
			ok(t, os.WriteFile(path, []byte(content), 0o600))
			report, err := client.Projects.ImportTaskFile(ctx, project, path, labelstudio.BatchOptions{Tasks: 50, TaskIDs: true})
			ok(t, err)
			if report.Committed != tasks || report.Next != tasks || len(report.Batches) != 3 || len(report.Batches[2].TaskIDs) != 20 {
				t.Errorf("the report is %+v", report)
			}
			seen := map[string]bool{}
			for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project}) {
				ok(t, err)
				var data struct{ Text, N string }
				ok(t, labelstudio.RawInto(task.Data, &data))
				if data.Text != "<task> "+data.N {
					t.Errorf("a task has %s", task.Data)
				}
				seen[data.N] = true
				if predictions := *task.TotalPredictions; (predictions == 1) != strings.Contains(name, "json") {
					t.Errorf("task %s has %d predictions", data.N, predictions)
				}
			}
			if len(seen) != tasks {
				t.Errorf("%d different tasks are there, want %d", len(seen), tasks)
			}
		})
	}
}

// What the server refuses is named by its place in the whole input.
func TestImportInBatchesRefused(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	file := `{"text":"0"}` + "\n" + `{"text":"1"}` + "\n" + `{"text":"2"}` + "\n" + `{"other":"3"}` + "\n" + `{"text":"4"}` + "\n"
	report, err := client.Projects.ImportReader(ctx, project, strings.NewReader(file), labelstudio.TaskFormatJSONLines, labelstudio.BatchOptions{Tasks: 2})
	wantError(t, err, labelstudio.ErrValidation)
	if report.Committed != 2 || report.Next != 2 || len(report.Batches) != 2 || report.Batches[1].Refused[0].Index != 3 {
		t.Errorf("the report is %+v", report)
	}
	again := newProject(t, client).ID
	report, err = client.Projects.ImportReader(ctx, again, strings.NewReader(file), labelstudio.TaskFormatJSONLines, labelstudio.BatchOptions{Tasks: 2, SkipRefused: true})
	ok(t, err)
	if report.Committed != 4 || report.Refused != 1 || report.Next != 5 {
		t.Errorf("the report is %+v", report)
	}
}

// importProxy is a proxy before a server, which lets a test decide what becomes
// of each POST, counted from 1. forward carries it out, as often as it is called
// and also when the client has gone. It returns its address.
func importProxy(t *testing.T, handle func(number int, w http.ResponseWriter, forward func(http.ResponseWriter))) string {
	t.Helper()
	target, err := url.Parse(withLegacy.URL)
	ok(t, err)
	transport := newTransport(t)
	forward := &httputil.ReverseProxy{
		ErrorLog: log.New(io.Discard, "", 0), Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
	}
	var posts atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost || !strings.HasSuffix(req.URL.Path, "/import") {
			forward.ServeHTTP(w, req)
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		handle(int(posts.Add(1)), w, func(w http.ResponseWriter) {
			out := req.Clone(context.WithoutCancel(req.Context()))
			out.Body = io.NopCloser(bytes.NewReader(body))
			forward.ServeHTTP(w, out)
		})
	}))
	proxy.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// A proxy breaks the connections of three imports: one that never reaches the
// server, one whose answer is lost, and one that the server commits five seconds
// after the client has gone. Each task is there once.
func TestImportOverABadConnection(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	var late sync.WaitGroup
	t.Cleanup(late.Wait)
	var imports atomic.Int64
	proxy := importProxy(t, func(number int, w http.ResponseWriter, forward func(http.ResponseWriter)) {
		imports.Store(int64(number))
		switch number {
		case 1: // before any task has the key
			panic(http.ErrAbortHandler)
		case 4:
			forward(httptest.NewRecorder())
			panic(http.ErrAbortHandler)
		case 6:
			late.Add(1)
			time.AfterFunc(5*time.Second, func() {
				defer late.Done()
				forward(httptest.NewRecorder())
			})
			panic(http.ErrAbortHandler)
		default:
			forward(w)
		}
	})

	const tasks = 800
	texts := make([]string, tasks)
	for i := range texts {
		texts[i] = fmt.Sprint("text ", i)
	}
	through := unrecorded(t, proxy, labelstudio.WithToken(server.LegacyToken))
	list, err := json.Marshal(inputs(t, texts...))
	ok(t, err)
	report, err := through.Projects.ImportReader(ctx, project, bytes.NewReader(list), labelstudio.TaskFormatJSON, labelstudio.BatchOptions{
		Tasks: 100, Key: "import_key", Settle: 8 * time.Second, Checkpoint: filepath.Join(t.TempDir(), "checkpoint"),
	})
	ok(t, err)
	late.Wait()
	if report.Committed != tasks || imports.Load() != 9 {
		t.Errorf("%d imports reached the proxy, the report is %+v", imports.Load(), report)
	}
	seen := map[string]int{}
	for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project, PageSize: 1000}) {
		ok(t, err)
		var data struct {
			Text string
			Key  string `json:"import_key"`
		}
		ok(t, labelstudio.RawInto(task.Data, &data))
		if data.Key == "" {
			t.Errorf("a task has no key: %s", task.Data)
		}
		seen[data.Text]++
	}
	for _, text := range texts {
		if seen[text] != 1 {
			t.Errorf("%q is there %d times", text, seen[text])
		}
	}
}

// A proxy carries out an import twice. It is reported, and mended by another
// call, which leaves the copy that somebody has annotated.
func TestImportTwiceInOne(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	proxy := importProxy(t, func(number int, w http.ResponseWriter, forward func(http.ResponseWriter)) {
		if number == 2 {
			forward(httptest.NewRecorder())
		}
		forward(w)
	})
	through := unrecorded(t, proxy, labelstudio.WithToken(server.LegacyToken))
	tasks := func(yield func(labelstudio.TaskInput, error) bool) {
		for _, task := range inputs(t, "0", "1", "2", "3", "4", "5") {
			if !yield(task, nil) {
				return
			}
		}
	}
	options := labelstudio.BatchOptions{Tasks: 2, Key: "import_key", Checkpoint: filepath.Join(t.TempDir(), "checkpoint")}
	report, err := through.Projects.ImportSeq(ctx, project, tasks, options)
	if !errors.Is(err, labelstudio.ErrDuplicateTasks) || report.Committed != 6 || len(report.Duplicates) != 2 || report.Duplicates[1].Index != 3 || len(report.Duplicates[1].TaskIDs) != 2 {
		t.Fatalf("error %v, the report is %+v", err, report)
	}
	annotated := report.Duplicates[1].TaskIDs[1]
	annotate(t, client, annotated, object{"result": []any{}})

	options.DeleteDuplicates = true
	report, err = through.Projects.ImportSeq(ctx, project, tasks, options)
	ok(t, err)
	if got, want := report.Duplicates[1].Deleted, report.Duplicates[1].TaskIDs[:1]; !slices.Equal(got, want) {
		t.Errorf("deleted were %v, want %v", got, want)
	}
	seen := map[string]int{}
	for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project}) {
		ok(t, err)
		var data struct{ Text string }
		ok(t, labelstudio.RawInto(task.Data, &data))
		seen[data.Text]++
		if data.Text == "3" && task.ID != annotated {
			t.Errorf("the copy %d is left, want %d, which is annotated", task.ID, annotated)
		}
	}
	if len(seen) != 6 || len(report.Duplicates) != 2 {
		t.Errorf("the tasks are %v, the report is %+v", seen, report)
	}
}
