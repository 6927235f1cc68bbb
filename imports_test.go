package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// importAnswer is what the server says to an import of two tasks.
const importAnswer = `{"task_count":2,"annotation_count":0,"prediction_count":0,"duration":0.1,"file_upload_ids":[],` +
	`"could_be_tasks_list":false,"found_formats":[],"data_columns":[],"task_ids":[7,8]}`

func twoTasks(t *testing.T) []TaskInput {
	t.Helper()
	tasks, err := NewTaskInputs([]map[string]string{{"text": "<a>"}, {"text": "b"}})
	if err != nil {
		t.Fatal(err)
	}
	return tasks
}

func TestImportSends(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options ImportOptions
		query   string
	}{
		{"nothing said", ImportOptions{}, ""},
		{"ids", ImportOptions{TaskIDs: true}, "return_task_ids=true"},
		{"upload only", ImportOptions{UploadOnly: true}, "commit_to_project=false"},
		{"fields in one value", ImportOptions{PreannotatedFrom: []string{"a", "b"}}, "preannotated_from_fields=a,b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sent recorder
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				sent.add(t, req)
				return answer(http.StatusCreated, importAnswer), nil
			})
			summary, err := client.Projects.Import(t.Context(), 1, twoTasks(t), tt.options)
			if err != nil {
				t.Fatal(err)
			}
			if summary.TaskCount != 2 || len(summary.TaskIDs) != 2 {
				t.Errorf("the summary is %+v", summary)
			}
			requests, bodies := sent.all()
			if got := requests[0].URL.RawQuery; got != tt.query {
				t.Errorf("query %q, want %q", got, tt.query)
			}
			if want := `[{"data":{"text":"<a>"}},{"data":{"text":"b"}}]`; bodies[0] != want {
				t.Errorf("sent %s, want %s", bodies[0], want)
			}
		})
	}
}

// An import may have been committed whatever its answer says, so it is sent once.
func TestImportIsSentOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		send func() (*http.Response, error)
	}{
		{"502", func() (*http.Response, error) { return answer(502, ""), nil }},
		{"503", func() (*http.Response, error) { return answer(503, "", "Retry-After", "0"), nil }},
		{"504", func() (*http.Response, error) { return answer(504, ""), nil }},
		{"cut off", func() (*http.Response, error) { return nil, errReset }},
		{"cut off in its answer", func() (*http.Response, error) { return answer(201, `{"task_count":`), nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			client := fakeServer(t, func(*http.Request) (*http.Response, error) {
				requests++
				return tt.send()
			}, WithRetries(defaultRetries))
			if _, err := client.Projects.Import(t.Context(), 1, twoTasks(t), ImportOptions{}); err == nil {
				t.Error("no error")
			}
			if requests != 1 {
				t.Errorf("sent %d times", requests)
			}
		})
	}
}

func TestImportRefused(t *testing.T) {
	t.Parallel()
	reasons := func(list ...any) string {
		text, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"status_code":400,"detail":"Validation error","validation_errors":{"non_field_errors":%s}}`, text)
	}
	good := struct{}{}
	lost := RefusedItem{99, "the server doesn't tell the reason any more"}
	before := slices.Repeat([]any{good}, 99)
	tests := []struct {
		name  string
		body  string
		items []RefusedItem
		more  bool
	}{
		{"one of three", reasons(good, `Error at item 1: "text" key is expected :: {'txt': 'b'}`, good), []RefusedItem{{1, `"text" key is expected`}}, false},
		{"two", reasons("Error at item 0: bad :: {}", "Error at item 1: worse\n:: no :: {}"), []RefusedItem{{0, "bad"}, {1, "worse\n:: no"}}, false},
		{"with a code", reasons("Error required at item 4: needed :: {}"), []RefusedItem{{4, "needed"}}, false},
		{"with codes", reasons("Errors ['invalid', 'required'] at item 5: bad, needed :: {}"), []RefusedItem{{5, "bad, needed"}}, false},
		{"it stopped at the hundredth", reasons(append(before, "...")...), []RefusedItem{lost}, true},
		{"and another is bad", reasons(append(append([]any{"Error at item 0: bad :: {}"}, before[1:]...), "...")...), []RefusedItem{{0, "bad"}, lost}, true},
		{"it stopped after the hundredth", reasons(append(before, "...", good, "Error at item 101: bad :: {}")...), []RefusedItem{{101, "bad"}}, true},
		{"no item", reasons("load_tasks: No tasks added"), nil, false},
		{"an index beyond all", reasons("Error at item 99999999999999999999: bad :: {}"), nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(400, tt.body), nil })
			_, err := client.Projects.Import(t.Context(), 1, twoTasks(t), ImportOptions{})
			if !errors.Is(err, ErrValidation) {
				t.Fatalf("error %v, want ErrValidation", err)
			}
			var refused *ImportError
			if found := errors.As(err, &refused); found != (tt.items != nil) {
				t.Fatalf("error %v: of items: %v", err, found)
			}
			if refused == nil {
				return
			}
			if fmt.Sprint(refused.Items) != fmt.Sprint(tt.items) || refused.More != tt.more {
				t.Errorf("refused %+v, more %v", refused.Items, refused.More)
			}
			if strings.Contains(err.Error(), "at least") != tt.more || strings.Contains(err.Error(), "{'txt'") {
				t.Errorf("the error reads %q", err)
			}
		})
	}
}

// The server repeats each item, so that its answer may be too long to be kept.
func TestImportRefusedLongItems(t *testing.T) {
	t.Parallel()
	for _, size := range []int{40 << 10, maxParsedBody + 1} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			var list []string
			for i := range 50 {
				list = append(list, fmt.Sprintf(`Error at item %d: "text" key is expected :: {'txt': '"\%s'}`, i, strings.Repeat("x", size)))
			}
			text, err := json.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			body := fmt.Sprintf(`{"status_code":400,"detail":"Validation error","validation_errors":{"non_field_errors":%s}}`, text)
			client := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(400, body), nil })
			_, err = client.Projects.Import(t.Context(), 1, twoTasks(t), ImportOptions{})
			var refused *ImportError
			if !errors.As(err, &refused) || !errors.Is(err, ErrValidation) {
				t.Fatalf("error %v, want an ImportError that is ErrValidation", err)
			}
			if want := (RefusedItem{0, `"text" key is expected`}); refused.Items[0] != want || !refused.More {
				t.Errorf("%v is the first, more: %v, want %v and more", refused.Items[0], refused.More, want)
			}
		})
	}
}

func TestImportErrorCounts(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*ImportError{
		"nothing was imported, 1 item was refused; item 3: n o":                     {Items: []RefusedItem{{3, "n\no"}}},
		"nothing was imported, at least 2 items were refused; item 3: a; item 4: b": {Items: []RefusedItem{{3, "a"}, {4, "b"}}, More: true},
		"4 items were refused; item 0: ; item 0: ; item 0: ; and 1 more":            {Items: make([]RefusedItem, 4)},
	} {
		e.err = &Error{}
		if got := e.Error(); !strings.HasSuffix(got, want) {
			t.Errorf("%q doesn't end with %q", got, want)
		}
	}
}

func FuzzRefusedItem(f *testing.F) {
	f.Add("Error at item 1: bad :: {}")
	f.Add("Error at item -1: ")
	f.Add("Error at item 1: :: :: ")
	f.Add("Errors ['invalid', 'required'] at item 1: bad, needed :: {}")
	f.Fuzz(func(t *testing.T, text string) {
		item, ok := refusedItem(text)
		if ok && (item.Index < 0 || !strings.Contains(text, item.Reason) || strings.Contains(item.Reason, itemFollows)) {
			t.Errorf("%q is read as %+v", text, item)
		}
		if again, ok := refusedItem("Error at item 5: why :: " + text); !ok || again != (RefusedItem{5, "why"}) {
			t.Errorf("with the item %q, it is read as %+v", text, again)
		}
	})
}

func FuzzCutStrings(f *testing.F) {
	whole := `{"validation_errors":{"non_field_errors":[{},"Error at item 1: \"text\" is missing :: {'a': '\\'}","..."]}}`
	for _, n := range []int{0, 50, 60, 90, len(whole)} {
		f.Add([]byte(whole[:n]))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, text := range cutStrings(body) {
			if _, ok := refusedItem(text); !ok && !itemReason.MatchString(text) {
				t.Errorf("%q is no reason", text)
			}
		}
	})
}

// The same over a connection that was used before, which net/http would use
// again by itself if the request were a GET.
func TestImportIsSentOnceOverAConnectionThatBreaks(t *testing.T) {
	t.Parallel()
	imports := map[string]func(*Client) error{
		"slice": func(c *Client) error {
			_, err := c.Projects.Import(t.Context(), 1, twoTasks(t), ImportOptions{})
			return err
		},
		"files": func(c *Client) error {
			_, err := c.Projects.ImportFiles(t.Context(), 1, []File{FileOf("a.csv", []byte("text\na\n"))}, ImportOptions{})
			return err
		},
		"address": func(c *Client) error {
			_, err := c.Projects.ImportURL(t.Context(), 1, "https://example.com/a.csv", ImportOptions{})
			return err
		},
	}
	for name, do := range imports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int32
			server := newServer(t, func(_ http.ResponseWriter, req *http.Request) {
				if req.Method == http.MethodGet {
					return
				}
				sent.Add(1)
				_, _ = io.Copy(io.Discard, req.Body)
				panic(http.ErrAbortHandler)
			})
			client := mustClient(t, server.URL, WithRetries(defaultRetries))
			if err := get(t, client, "/health"); err != nil {
				t.Fatal(err)
			}
			if do(client) == nil {
				t.Error("no error")
			}
			if n := sent.Load(); n != 1 {
				t.Errorf("sent %d times, want once", n)
			}
		})
	}
}

func TestImportRefusesNamesThatTheServerSplits(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, errReset
	})
	for _, name := range []string{"", "a,b", "a;b", "a|b"} {
		options := ImportOptions{PreannotatedFrom: []string{"c", name}}
		if _, err := client.Projects.Import(t.Context(), 1, twoTasks(t), options); err == nil || !strings.Contains(err.Error(), "PreannotatedFrom") {
			t.Errorf("%q: error %v, want one that names the option", name, err)
		}
	}
}

func TestImportNothing(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, errReset
	})
	calls := map[string]func() error{
		"no tasks":   func() error { _, err := client.Projects.Import(t.Context(), 1, nil, ImportOptions{}); return err },
		"no files":   func() error { _, err := client.Projects.ImportFiles(t.Context(), 1, nil, ImportOptions{}); return err },
		"no address": func() error { _, err := client.Projects.ImportURL(t.Context(), 1, "", ImportOptions{}); return err },
	}
	for name, call := range calls {
		if call() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Each attempt sends the files whole, with their length, as the server takes no
// other body.
func TestImportFilesAgainWithNewToken(t *testing.T) {
	t.Parallel()
	var uploads int
	exchanges := 0
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == exchangePath {
			exchanges++
			return answer(200, fmt.Sprintf(`{"access":%q}`, makeAccess(exchanges, 300))), nil
		}
		uploads++
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		if int64(len(body)) != req.ContentLength {
			t.Errorf("%d bytes came, said were %d", len(body), req.ContentLength)
		}
		_, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
		if err != nil {
			return nil, err
		}
		form, err := multipart.NewReader(strings.NewReader(string(body)), params["boundary"]).ReadForm(1 << 20)
		if err != nil {
			return nil, err
		}
		if len(form.File) != 2 {
			t.Errorf("%d fields with files", len(form.File))
		}
		if uploads == 1 {
			return answer(401, errorBody(401, "Authentication credentials were not provided.")), nil
		}
		return answer(201, importAnswer), nil
	}, WithToken(testPAT))
	files := []File{FileOf("a.csv", []byte("text\na\n")), FileOf("b.csv", []byte("text\nb\n"))}
	if _, err := client.Projects.ImportFiles(t.Context(), 1, files, ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	if uploads != 2 || exchanges != 2 {
		t.Errorf("uploaded %d times with %d exchanges, want 2 and 2", uploads, exchanges)
	}
}

func TestImportURLSendsAForm(t *testing.T) {
	t.Parallel()
	var sent recorder
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		sent.add(t, req)
		return answer(201, importAnswer), nil
	})
	if _, err := client.Projects.ImportURL(t.Context(), 1, "https://example.com/a.csv?x=1&y", ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	requests, bodies := sent.all()
	if got := requests[0].Header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
		t.Errorf("content type %s", got)
	}
	if want := "url=https%3A%2F%2Fexample.com%2Fa.csv%3Fx%3D1%26y"; bodies[0] != want {
		t.Errorf("sent %s, want %s", bodies[0], want)
	}
}

func importState(status, reason string) string {
	return fmt.Sprintf(`{"id":5,"commit_to_project":true,"status":%q,"error":%s,"task_count":2,"annotation_count":1,"prediction_count":0,"task_ids":[7,8]}`, status, reason)
}

func TestBackgroundImport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		states []string
		want   string // of the error
		waited time.Duration
	}{
		{"completes", []string{importState("created", "null"), importState("in_progress", "null"), importState("completed", "null")}, "", firstPoll + 2*firstPoll},
		{"fails", []string{importState("failed", `"disk full"`)}, "failed: disk full", 0},
		{"fails without a reason", []string{importState("failed", "null")}, "gives no reason", 0},
		{"outlives the context", []string{importState("in_progress", "null")}, "which is in_progress", time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					if req.Method == http.MethodPost {
						return answer(201, `{"import":5}`), nil
					}
					asked++
					return answer(200, tt.states[min(asked, len(tt.states))-1]), nil
				})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				start := time.Now()
				summary, err := client.Projects.Import(ctx, 1, twoTasks(t), ImportOptions{})
				if waited := time.Since(start); waited != tt.waited {
					t.Errorf("waited %s, want %s", waited, tt.waited)
				}
				if tt.want != "" {
					if err == nil || !strings.Contains(err.Error(), tt.want) {
						t.Errorf("error %v, want one with %q", err, tt.want)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if summary.ImportID != 5 || summary.TaskCount != 2 || len(summary.TaskIDs) != 2 {
					t.Errorf("the summary is %+v", summary)
				}
			})
		})
	}
}

// The counts are kept as 0 with the import when nothing was counted.
func TestBackgroundImportKeepsNullCounts(t *testing.T) {
	t.Parallel()
	for committed, want := range map[bool]string{
		true:  `"annotation_count":1,"prediction_count":0`,
		false: `"annotation_count":null,"prediction_count":null`,
	} {
		client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodPost {
				return answer(201, `{"import":5}`), nil
			}
			state := importState("completed", "null")
			return answer(200, strings.Replace(state, "true", fmt.Sprint(committed), 1)), nil
		})
		summary, err := client.Projects.Import(t.Context(), 1, twoTasks(t), ImportOptions{UploadOnly: !committed})
		if err != nil {
			t.Fatal(err)
		}
		counts, err := json.Marshal(ImportSummary{AnnotationCount: summary.AnnotationCount, PredictionCount: summary.PredictionCount})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(counts), want) {
			t.Errorf("committed %v: %s, want %s", committed, counts, want)
		}
	}
}

// Each request of a call is sent with the options of the call.
func TestBackgroundImportIsAskedForWithTheOptions(t *testing.T) {
	t.Parallel()
	var seen recorder
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		seen.add(t, req)
		if req.Method == http.MethodPost {
			return answer(201, `{"import":5}`), nil
		}
		return answer(200, importState("completed", "null")), nil
	})
	if _, err := client.Projects.Import(t.Context(), 1, twoTasks(t), ImportOptions{}, WithHeader("X-Tenant", "a")); err != nil {
		t.Fatal(err)
	}
	requests, _ := seen.all()
	for _, req := range requests {
		if req.Header.Get("X-Tenant") != "a" {
			t.Errorf("%s %s was sent without the header", req.Method, req.URL)
		}
	}
}
