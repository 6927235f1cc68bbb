package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
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

// A proxy breaks the connections of three imports: one that never reaches the
// server, one whose answer is lost, and one that the server commits five seconds
// after the client has gone. Each task is there once.
func TestImportOverABadConnection(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	target, err := url.Parse(withLegacy.URL)
	ok(t, err)
	transport := newTransport(t)
	forward := &httputil.ReverseProxy{
		ErrorLog: log.New(io.Discard, "", 0), Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
	}
	var late sync.WaitGroup
	t.Cleanup(late.Wait)
	var mu sync.Mutex
	imports := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost {
			forward.ServeHTTP(w, req)
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		imports++
		number := imports
		mu.Unlock()
		again := func(ctx context.Context) *http.Request {
			out := req.Clone(ctx)
			out.Body = io.NopCloser(bytes.NewReader(body))
			return out
		}
		switch number {
		case 1: // before any task has the key
			panic(http.ErrAbortHandler)
		case 4:
			forward.ServeHTTP(httptest.NewRecorder(), again(req.Context()))
			panic(http.ErrAbortHandler)
		case 6:
			late.Add(1)
			time.AfterFunc(5*time.Second, func() {
				defer late.Done()
				forward.ServeHTTP(httptest.NewRecorder(), again(context.WithoutCancel(req.Context())))
			})
			panic(http.ErrAbortHandler)
		default:
			forward.ServeHTTP(w, again(req.Context()))
		}
	}))
	proxy.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(proxy.Close)

	const tasks = 800
	texts := make([]string, tasks)
	for i := range texts {
		texts[i] = fmt.Sprint("text ", i)
	}
	through := unrecorded(t, proxy.URL, labelstudio.WithToken(server.LegacyToken))
	list, err := json.Marshal(inputs(t, texts...))
	ok(t, err)
	report, err := through.Projects.ImportReader(ctx, project, bytes.NewReader(list), labelstudio.TaskFormatJSON, labelstudio.BatchOptions{
		Tasks: 100, Key: "import_key", Settle: 8 * time.Second, Checkpoint: filepath.Join(t.TempDir(), "checkpoint"),
	})
	ok(t, err)
	late.Wait()
	if report.Committed != tasks || imports != 9 {
		t.Errorf("%d imports reached the proxy, the report is %+v", imports, report)
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
