package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// importer is a server of one project that keeps what is imported, and fails as
// it is told to.
type importer struct {
	mu     sync.Mutex
	sent   [][]string        // the data of the tasks of each POST
	tasks  []string          // that are there
	fails  map[int]importing // by the number of the POST, from 0
	refuse string            // a text that no data may hold
	looks  int               // searches for a key
	worked map[int]string    // what the list tells of tasks besides, by their ids, which count from 1
}

// importing is what goes wrong with an import.
type importing struct {
	commits bool          // before the answer
	later   time.Duration // after which it commits
	half    bool          // of the tasks
	twice   bool          // it commits twice, and answers unless it commits besides
	answer  *reply        // none for a broken connection
	dial    bool          // it was not sent
}

func (s *importer) handle(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch req.Method + " " + req.URL.Path {
	case "GET /api/dm/columns/":
		return answer(200, keyColumns), nil
	case "GET /api/tasks/":
		return s.search(req)
	case "POST /api/dm/actions/":
		return s.remove(req)
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	var items []struct{ Data json.RawMessage }
	if err := json.Unmarshal(body, &items); err != nil {
		return nil, err
	}
	number, datas, bad := len(s.sent), []string{}, []string{}
	for i, item := range items {
		datas = append(datas, string(item.Data))
		if s.refuse != "" && strings.Contains(string(item.Data), s.refuse) {
			bad = append(bad, fmt.Sprintf("%q", fmt.Sprintf("Error at item %d: bad :: {}", i)))
		}
	}
	s.sent = append(s.sent, datas)
	fault, ok := s.fails[number]
	switch {
	case fault.dial:
		return nil, errRefused
	case len(bad) > 0:
		return answer(400, fmt.Sprintf(`{"status_code":400,"detail":"","validation_errors":{"non_field_errors":[%s]}}`, strings.Join(bad, ","))), nil
	case fault.half:
		s.tasks = append(s.tasks, datas[:len(datas)/2]...)
	case fault.later > 0:
		time.AfterFunc(fault.later, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.tasks = append(s.tasks, datas...)
		})
	case fault.twice:
		s.tasks = slices.Concat(s.tasks, datas, datas)
	case !ok || fault.commits:
		s.tasks = append(s.tasks, datas...)
	}
	if !ok || fault.twice && !fault.commits {
		return answer(201, fmt.Sprintf(`{"task_count":%d,"annotation_count":0,"task_ids":[%d]}`, len(items), number)), nil
	}
	if fault.answer != nil {
		return answer(fault.answer.status, fault.answer.body), nil
	}
	return nil, errReset
}

// keyColumns are the columns of tasks that have a key of the tests.
const keyColumns = `{"columns":[{"id":"id","title":"","type":"Number","target":"tasks","project_defined":false},` +
	`{"id":"key","title":"","type":"String","target":"tasks","parent":"data","project_defined":true},` +
	`{"id":"k","title":"","type":"String","target":"tasks","parent":"data","project_defined":true}]}`

// search answers with the number of tasks whose data has a text, and with the
// tasks unless it is asked for a page of one.
func (s *importer) search(req *http.Request) (*http.Response, error) {
	s.looks++
	var query struct {
		Filters struct {
			Items []struct {
				Filter, Operator string
				Value            any // a text, or the id that a page begins after
			}
		}
	}
	if err := json.Unmarshal([]byte(req.URL.Query().Get("query")), &query); err != nil {
		return nil, err
	}
	condition, found := query.Filters.Items[0], []string{}
	for i, task := range s.tasks {
		var data map[string]string
		if task == "" { // it was deleted
			continue
		}
		if err := json.Unmarshal([]byte(task), &data); err != nil {
			return nil, err
		}
		key := strings.TrimPrefix(condition.Filter, "filter:tasks:data.")
		if condition.Operator == "contains" && strings.Contains(data[key], fmt.Sprint(condition.Value)) {
			found = append(found, fmt.Sprintf(`{"id":%d,"data":%s,"total_annotations":0,"cancelled_annotations":0,"draft_exists":false,"updated_by":[]%s}`, i+1, task, s.worked[i+1]))
		}
	}
	list := ""
	if req.URL.Query().Get("include") == "" {
		list = strings.Join(found, ",")
	}
	return answer(200, fmt.Sprintf(`{"tasks":[%s],"total":%d,"total_annotations":0,"total_predictions":0}`, list, len(found))), nil
}

func (s *importer) remove(req *http.Request) (*http.Response, error) {
	var body struct {
		SelectedItems struct{ Included []int }
	}
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
		return nil, err
	}
	for _, id := range body.SelectedItems.Included {
		s.tasks[id-1] = ""
	}
	return answer(200, fmt.Sprintf(`{"processed_items":%d,"detail":""}`, len(body.SelectedItems.Included))), nil
}

// numbered is a sequence of n tasks whose data is {"n":"0"} and so on.
func numbered(n int) iter.Seq2[TaskInput, error] {
	return func(yield func(TaskInput, error) bool) {
		for i := range n {
			if !yield(TaskInput{Data: json.RawMessage(fmt.Sprintf(`{"n":"%d"}`, i))}, nil) {
				return
			}
		}
	}
}

// numbers returns the numbers of tasks, without their keys.
func numbers(t *testing.T, datas []string) string {
	t.Helper()
	var all []string
	for _, text := range datas {
		if text == "" { // it was deleted
			continue
		}
		var data struct{ N string }
		if err := json.Unmarshal([]byte(text), &data); err != nil {
			t.Fatal(err)
		}
		all = append(all, data.N)
	}
	return strings.Join(all, " ")
}

func (s *importer) check(t *testing.T, there string, sent ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := numbers(t, s.tasks); got != there {
		t.Errorf("the server has %q, want %q", got, there)
	}
	var bodies []string
	for _, datas := range s.sent {
		bodies = append(bodies, numbers(t, datas))
	}
	if !slices.Equal(bodies, sent) {
		t.Errorf("sent were %q, want %q", bodies, sent)
	}
}

// outline is a report in a line, for comparing.
func outline(report *ImportReport) string {
	text := fmt.Sprintf("%d committed, %d refused, next %d:", report.Committed, report.Refused, report.Next)
	for _, batch := range report.Batches {
		text += fmt.Sprintf(" %d+%d %s", batch.First, batch.Count, batch.Outcome)
		for _, item := range batch.Refused {
			text += fmt.Sprintf(" (%d %s)", item.Index, item.Reason)
		}
	}
	return text
}

func TestImportSeq(t *testing.T) {
	t.Parallel()
	broken, page := importing{}, importing{commits: true, answer: &reply{status: 200, body: "<html>"}}
	tests := []struct {
		name    string
		tasks   int
		options BatchOptions
		fails   map[int]importing
		refuse  string
		there   string
		sent    []string
		report  string
		is      error
	}{
		{
			"batches of a number", 5, BatchOptions{Tasks: 2}, nil, "", "0 1 2 3 4", []string{"0 1", "2 3", "4"},
			"5 committed, 0 refused, next 5: 0+2 committed 2+2 committed 4+1 committed", nil,
		},
		{
			"batches of a size", 4, BatchOptions{Bytes: 2 * len(`{"data":{"n":"0"}},`)}, nil, "", "0 1 2 3", []string{"0 1", "2 3"},
			"4 committed, 0 refused, next 4: 0+2 committed 2+2 committed", nil,
		},
		{
			"tasks that are larger than a batch", 2, BatchOptions{Bytes: 1}, nil, "", "0 1", []string{"0", "1"},
			"2 committed, 0 refused, next 2: 0+1 committed 1+1 committed", nil,
		},
		{"nothing", 0, BatchOptions{}, nil, "", "", nil, "0 committed, 0 refused, next 0:", nil},
		{
			"refused", 6, BatchOptions{Tasks: 2}, nil, `"3"`, "0 1", []string{"0 1", "2 3"},
			"2 committed, 0 refused, next 2: 0+2 committed 2+2 refused (3 bad)", ErrValidation,
		},
		{
			"refused and passed over", 6, BatchOptions{Tasks: 2, SkipRefused: true}, nil, `"3"`, "0 1 2 4 5", []string{"0 1", "2 3", "2", "4 5"},
			"5 committed, 1 refused, next 6: 0+2 committed 2+2 committed (3 bad) 4+2 committed", nil,
		},
		{
			"all refused and passed over", 2, BatchOptions{Tasks: 1, SkipRefused: true}, nil, `"0"`, "1", []string{"0", "1"},
			"1 committed, 1 refused, next 2: 0+1 refused (0 bad) 1+1 committed", nil,
		},
		{
			"not sent", 4, BatchOptions{Tasks: 2}, map[int]importing{1: {dial: true}}, "", "0 1", []string{"0 1", "2 3"},
			"2 committed, 0 refused, next 2: 0+2 committed 2+2 unsent", errRefused,
		},
		{
			"unknown", 6, BatchOptions{Tasks: 2}, map[int]importing{1: broken}, "", "0 1", []string{"0 1", "2 3"},
			"2 committed, 0 refused, next 2: 0+2 committed 2+2 unknown", ErrImportUnknown,
		},
		{
			"unknown behind a page", 2, BatchOptions{}, map[int]importing{0: page}, "", "0 1", []string{"0 1"},
			"0 committed, 0 refused, next 0: 0+2 unknown", ErrImportUnknown,
		},
		{
			"unknown after a 500", 2, BatchOptions{}, map[int]importing{0: {answer: &reply{status: 500, body: errorBody(500, "oops")}}}, "", "", []string{"0 1"},
			"0 committed, 0 refused, next 0: 0+2 unknown", ErrServer,
		},
		{
			"unknown after a proxy gave up", 2, BatchOptions{}, map[int]importing{0: {answer: &reply{status: 408, body: "stream timeout"}}}, "", "", []string{"0 1"},
			"0 committed, 0 refused, next 0: 0+2 unknown", ErrImportUnknown,
		},
		{
			"found by its key", 4, BatchOptions{Tasks: 2, Key: "key"}, map[int]importing{0: {commits: true}}, "", "0 1 2 3", []string{"0 1", "2 3"},
			"4 committed, 0 refused, next 4: 0+2 committed 2+2 committed", nil,
		},
		{
			"found by its key behind a page", 2, BatchOptions{Key: "key"}, map[int]importing{0: page}, "", "0 1", []string{"0 1"},
			"2 committed, 0 refused, next 2: 0+2 committed", nil,
		},
		{
			"committed while it is looked for", 2, BatchOptions{Key: "key"}, map[int]importing{0: {later: time.Minute}}, "", "0 1", []string{"0 1"},
			"2 committed, 0 refused, next 2: 0+2 committed", nil,
		},
		{
			"not there, and sent again", 4, BatchOptions{Tasks: 2, Key: "key"}, map[int]importing{0: broken}, "", "0 1 2 3", []string{"0 1", "0 1", "2 3"},
			"4 committed, 0 refused, next 4: 0+2 committed 2+2 committed", nil,
		},
		{
			"never there", 2, BatchOptions{Key: "key"}, map[int]importing{0: broken, 1: broken, 2: broken}, "", "", []string{"0 1", "0 1", "0 1"},
			"0 committed, 0 refused, next 0: 0+2 unknown", ErrImportUnknown,
		},
		{
			"half there", 4, BatchOptions{Key: "key"}, map[int]importing{0: {half: true}}, "", "0 1", []string{"0 1 2 3"},
			"0 committed, 0 refused, next 0: 0+4 unknown", ErrImportUnknown,
		},
		{
			"refused, then unknown", 3, BatchOptions{Key: "key", SkipRefused: true}, map[int]importing{1: {commits: true}}, `"1"`, "0 2", []string{"0 1 2", "0 2"},
			"2 committed, 1 refused, next 3: 0+3 committed (1 bad)", nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &importer{fails: tt.fails, refuse: tt.refuse}
				report, err := fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, numbered(tt.tasks), tt.options)
				if !errors.Is(err, tt.is) {
					t.Errorf("error %v, want %v", err, tt.is)
				}
				server.check(t, tt.there, tt.sent...)
				if got := outline(report); got != tt.report {
					t.Errorf("the report is %q, want %q", got, tt.report)
				}
			})
		})
	}
}

func TestImportSeqTellsWhere(t *testing.T) {
	t.Parallel()
	server := &importer{refuse: `"3"`}
	var told []string
	options := BatchOptions{Tasks: 2, TaskIDs: true, Progress: func(r ImportReport) { told = append(told, outline(&r)) }}
	report, err := fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, numbered(6), options)
	var refused *ImportError
	if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), "labelstudio: tasks 2 to 3 are refused: ") {
		t.Errorf("error %v", err)
	}
	if want := []string{
		"2 committed, 0 refused, next 2: 0+2 committed",
		"2 committed, 0 refused, next 2: 0+2 committed 2+2 refused (3 bad)",
	}; !slices.Equal(told, want) {
		t.Errorf("told was %q, want %q", told, want)
	}
	if ids := report.Batches[0].TaskIDs; len(ids) != 1 || ids[0] != 0 {
		t.Errorf("the ids are %v", ids)
	}
}

// A task that can't be read takes those before it in its batch with it, and
// none of the batches before.
func TestImportSeqOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, want string
		format           TaskFormat
	}{
		{"table", "n\n0\n1\n2\n3,x\n", "line 5 (item 3)", TaskFormatCSV},
		{"lines", `{"n":"0"}` + "\n" + `{"n":"1"}` + "\n" + `{"n":"2"}` + "\n[]\n", "line 4 (item 3)", TaskFormatJSONLines},
		{"list", `[{"n":"0"},{"n":"1"},{"n":"2"},3]`, "item 3, at byte 32", TaskFormatJSON},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := &importer{}
			report, err := fakeServer(t, server.handle).Projects.ImportReader(t.Context(), 1, strings.NewReader(tt.file), tt.format, BatchOptions{Tasks: 2})
			if !errors.Is(err, ErrTaskFile) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			server.check(t, "0 1", "0 1")
			if report.Next != 2 {
				t.Errorf("the report is %s", outline(report))
			}
		})
	}
}

func TestImportSeqRefuses(t *testing.T) {
	t.Parallel()
	failing := func(yield func(TaskInput, error) bool) { yield(TaskInput{}, errReset) }
	tests := []struct {
		name    string
		tasks   iter.Seq2[TaskInput, error]
		options BatchOptions
		want    string
	}{
		{"a negative number", numbered(1), BatchOptions{Tasks: -1}, "is negative"},
		{"a settle time for nothing", numbered(1), BatchOptions{Settle: time.Minute}, "does nothing without BatchOptions.Key"},
		{"a key that can't be looked for", numbered(1), BatchOptions{Key: "a__b"}, `BatchOptions.Key "a__b" can't be looked for`},
		{"a key that is there", numbered(1), BatchOptions{Key: "n"}, `task 0: its data has the key "n" of the import already`},
		{"a field that is split", numbered(1), BatchOptions{PreannotatedFrom: []string{"a,b"}}, "splits names"},
		{"tasks that fail", failing, BatchOptions{}, "labelstudio: task 0: "},
		{"a folder for the checkpoint", numbered(1), BatchOptions{Checkpoint: os.TempDir()}, "labelstudio: the checkpoint: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := &importer{}
			_, err := fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, tt.tasks, tt.options)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			server.check(t, "")
		})
	}
}

func TestImportSeqStopsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := &importer{}
	report, err := fakeServer(t, server.handle).Projects.ImportSeq(ctx, 1, numbered(9), BatchOptions{
		Tasks: 2, Progress: func(r ImportReport) {
			if r.Next == 4 {
				cancel()
			}
		},
	})
	if !errors.Is(err, context.Canceled) || report.Next != 4 {
		t.Errorf("error %v, %s", err, outline(report))
	}
	server.check(t, "0 1 2 3", "0 1", "2 3")
}

func TestImportSeqSeveralAtATime(t *testing.T) {
	t.Parallel()
	server := &importer{}
	var together sync.WaitGroup // the first four are answered when all of them are there
	together.Add(4)
	var posts atomic.Int64
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if posts.Add(1) <= 4 {
			together.Done()
			together.Wait()
		}
		return server.handle(req)
	})
	report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(100), BatchOptions{Tasks: 3, Concurrency: 4})
	if err != nil || report.Committed != 100 || report.Next != 100 || len(report.Batches) != 34 {
		t.Errorf("%s, %v", outline(report), err)
	}
	seen := map[string]bool{}
	for _, task := range server.tasks {
		seen[task] = true
	}
	if len(server.tasks) != 100 || len(seen) != 100 {
		t.Errorf("the server has %d tasks, %d different", len(server.tasks), len(seen))
	}
}

// An import that was accepted and goes on in the background may come to be,
// whatever becomes of the wait.
func TestImportSeqInTheBackground(t *testing.T) {
	t.Parallel()
	for name, state := range map[string]func() (*http.Response, error){
		"broken": func() (*http.Response, error) { return nil, errRefused },
		"gone":   func() (*http.Response, error) { return answer(404, `{"detail":"Not found."}`), nil },
		"failed": func() (*http.Response, error) { return answer(200, importState("failed", "oops")), nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			posts := 0
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodGet {
					return state()
				}
				posts++
				return answer(201, `{"import":7}`), nil
			})
			options := BatchOptions{Checkpoint: filepath.Join(t.TempDir(), "checkpoint")}
			for range 2 {
				report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(2), options)
				if !errors.Is(err, ErrImportUnknown) || posts != 1 {
					t.Errorf("%d were sent, %s, error %v", posts, outline(report), err)
				}
			}
		})
	}
}

func TestImportSeqBelievesNothing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options BatchOptions
		opts    []CallOption
		reply   reply
		posts   int
		is      error
		says    string
	}{
		{"fewer tasks than were sent", BatchOptions{}, nil, say(201, `{"task_count":1}`), 1, ErrImportUnknown, "2 tasks were sent and the server says that it made 1"},
		{"more ids than tasks", BatchOptions{TaskIDs: true}, nil, say(201, `{"task_count":2,"task_ids":[1,2,3]}`), 1, ErrImportUnknown, "2 tasks were sent and the server gives 3 ids"},
		{"a task that is refused twice", BatchOptions{}, nil,
			say(400, `{"detail":"","validation_errors":{"non_field_errors":["Error at item 1: bad :: {}","Error at item 1: worse :: {}"]}}`), 1, ErrValidation, ""},
		{"refused tasks that were not sent", BatchOptions{SkipRefused: true}, nil,
			say(400, `{"detail":"","validation_errors":{"non_field_errors":["Error at item 9: bad :: {}"]}}`), 1, ErrValidation, "are refused"},
		{"repeatable", BatchOptions{}, []CallOption{Repeatable()}, reply{}, 0, nil, "is not repeatable"},
		{"one answer of several", BatchOptions{Concurrency: 2}, []CallOption{CaptureResponse(new(*http.Response))}, reply{}, 0, nil, "CaptureResponse"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			posts := 0
			client := fakeServer(t, func(*http.Request) (*http.Response, error) {
				posts++
				return answer(tt.reply.status, tt.reply.body), nil
			})
			report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(2), tt.options, tt.opts...)
			if err == nil || tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %s", err, tt.says)
			}
			if posts != tt.posts || report.Next != 0 || report.Refused > 1 || report.Committed > 0 || len(report.Batches) > 0 && len(report.Batches[0].Refused) > 1 {
				t.Errorf("%d were sent, %s", posts, outline(report))
			}
		})
	}
}

func TestImportSeqTellsTheCauseOfTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errReset)
	_, err := fakeServer(t, (&importer{}).handle).Projects.ImportSeq(ctx, 1, numbered(2), BatchOptions{})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, errReset) {
		t.Errorf("error %v", err)
	}
}

func TestImportCheckpoint(t *testing.T) {
	t.Parallel()
	broken, late := map[int]importing{1: {}}, map[int]importing{1: {commits: true}}
	big := func(o BatchOptions) BatchOptions { o.Tasks = 3; return o }
	same := func(o BatchOptions) BatchOptions { return o }
	tests := []struct {
		name    string
		options BatchOptions
		fails   map[int]importing // of the first call
		refuse  string
		stop    int                             // the first call, when so many are done
		then    func(BatchOptions) BatchOptions // of the second call
		tasks   int                             // of the second call
		there   string
		again   []string // sent by the second call
		is      error
	}{
		{"all is done", BatchOptions{Tasks: 2}, nil, "", 0, same, 6, "0 1 2 3 4 5", nil, nil},
		{"stopped between", BatchOptions{Tasks: 2}, nil, "", 2, same, 6, "0 1 2 3 4 5", []string{"2 3", "4 5"}, nil},
		{"stopped between, then in other batches", BatchOptions{Tasks: 2}, nil, "", 2, big, 6, "0 1 2 3 4 5", []string{"2 3 4", "5"}, nil},
		{"refused, and now taken", BatchOptions{Tasks: 2}, nil, `"3"`, 0, same, 6, "0 1 2 3 4 5", []string{"2 3", "4 5"}, nil},
		{"refused and passed over", BatchOptions{Tasks: 2, SkipRefused: true}, nil, `"3"`, 0, same, 6, "0 1 2 4 5", nil, nil},
		{"unknown", BatchOptions{Tasks: 2}, broken, "", 0, same, 6, "0 1", nil, ErrImportUnknown},
		{"unknown, now with other batches", BatchOptions{Tasks: 2}, broken, "", 0, big, 6, "0 1", nil, ErrImportUnknown},
		{"more tasks", BatchOptions{Tasks: 2}, nil, "", 0, same, 7, "0 1 2 3 4 5 6", []string{"6"}, nil},
		{"fewer tasks", BatchOptions{Tasks: 2}, nil, "", 0, same, 5, "0 1 2 3 4 5", nil, ErrCheckpoint},
		{"fewer tasks, up to the end of a batch", BatchOptions{Tasks: 2}, nil, "", 0, same, 4, "0 1 2 3 4 5", nil, ErrCheckpoint},
		{"another key", BatchOptions{Tasks: 2}, nil, "", 0, func(o BatchOptions) BatchOptions { o.Key = "k"; return o }, 6, "0 1 2 3 4 5", nil, ErrCheckpoint},
		{"stopped while it was looked for", BatchOptions{Tasks: 2, Key: "k"}, late, "", -1, same, 6, "0 1 2 3 4 5", []string{"4 5"}, nil},
		{"stopped while it was looked for, and not there", BatchOptions{Tasks: 2, Key: "k"}, broken, "", -1, same, 6, "0 1 2 3 4 5", []string{"2 3", "4 5"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				options := tt.options
				options.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
				server := &importer{fails: tt.fails, refuse: tt.refuse}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					if req.Method == http.MethodGet && tt.stop < 0 { // it looks for a batch
						cancel()
						return nil, errReset
					}
					return server.handle(req)
				})
				options.Progress = func(r ImportReport) {
					if r.Next == tt.stop && tt.stop > 0 {
						cancel()
					}
				}
				_, first := client.Projects.ImportSeq(ctx, 1, numbered(6), options)

				server.fails, server.refuse = nil, ""
				sent := len(server.sent)
				options = tt.then(options)
				options.Progress = nil
				report, err := fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, numbered(tt.tasks), options)
				if !errors.Is(err, tt.is) {
					t.Errorf("error %v after %v, want %v", err, first, tt.is)
				}
				server.sent = server.sent[sent:]
				server.check(t, tt.there, tt.again...)
				if tt.is == nil && report.Next != tt.tasks {
					t.Errorf("the report is %s", outline(report))
				}
				later := 0
				for _, batch := range report.Batches {
					if !batch.Earlier && batch.Outcome == BatchCommitted {
						later++
					}
				}
				if tt.is == nil && tt.options.Key == "" && later != len(tt.again) {
					t.Errorf("%d batches are said to be of this call, %d were sent", later, len(tt.again))
				}
			})
		})
	}
}

func TestImportCheckpointOfAnother(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoint")
	server := &importer{}
	client := fakeServer(t, server.handle)
	options := BatchOptions{Tasks: 2, Checkpoint: path}
	if _, err := client.Projects.ImportSeq(t.Context(), 1, numbered(4), options); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Projects.ImportSeq(t.Context(), 2, numbered(4), options); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("another project: %v", err)
	}
	other := func(yield func(TaskInput, error) bool) {
		_ = yield(TaskInput{Data: []byte(`{"n":"0"}`)}, nil) && yield(TaskInput{Data: []byte(`{"n":"9"}`)}, nil)
	}
	if _, err := client.Projects.ImportSeq(t.Context(), 1, other, options); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("another task: %v", err)
	}
	server.check(t, "0 1 2 3", "0 1", "2 3")
}

// A server is part of what a checkpoint is of, and so is every task before one
// that is to be sent.
func TestImportCheckpointOfAnotherServer(t *testing.T) {
	t.Parallel()
	options := BatchOptions{Tasks: 2, Checkpoint: filepath.Join(t.TempDir(), "checkpoint")}
	if _, err := fakeServer(t, (&importer{}).handle).Projects.ImportSeq(t.Context(), 1, numbered(2), options); err != nil {
		t.Fatal(err)
	}
	other := &importer{}
	client := mustClient(t, "https://other.test", WithTransport(roundTripFunc(other.handle)))
	if _, err := client.Projects.ImportSeq(t.Context(), 1, numbered(2), options); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("error %v", err)
	}
	other.check(t, "")

	shifted := func(yield func(TaskInput, error) bool) {
		if yield(TaskInput{Data: []byte(`{"n":"new"}`)}, nil) {
			numbered(5)(yield)
		}
	}
	server := &importer{}
	options.Concurrency = 3
	if _, err := fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, shifted, options); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("error %v", err)
	}
	server.check(t, "")
}

func TestImportCheckpointIsUsedByOne(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("nothing locks the file there")
	}
	options := BatchOptions{Checkpoint: filepath.Join(t.TempDir(), "checkpoint")}
	server := &importer{}
	var second error
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		_, second = fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, numbered(2), options)
		return server.handle(req)
	})
	if _, err := client.Projects.ImportSeq(t.Context(), 1, numbered(2), options); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(second, ErrCheckpoint) {
		t.Errorf("error %v", second)
	}
	server.check(t, "0 1", "0 1")
}

// What is no checkpoint is left as it is.
func TestImportCheckpointSparesOtherFiles(t *testing.T) {
	t.Parallel()
	for _, content := range []string{`[{"a":1}]`, "{\"a\":1}\n{\"a\":2}", `{"server":1}` + "\n", "{\"project\":1}\n"} {
		path := filepath.Join(t.TempDir(), "tasks.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		server := &importer{}
		_, err := fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, numbered(2), BatchOptions{Checkpoint: path})
		if got, readErr := os.ReadFile(path); !errors.Is(err, ErrCheckpoint) || readErr != nil || string(got) != content {
			t.Errorf("%q has become %q, error %v", content, got, err)
		}
		server.check(t, "")
	}
}

// What is committed counts as committed, also if it can't be noted.
func TestImportCheckpointThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	server := &importer{}
	b := &batchImport{project: 1}
	b.service = fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if len(server.sent) == 1 {
			if err := b.journal.file.Close(); err != nil {
				t.Error(err)
			}
		}
		return server.handle(req)
	}).Projects
	if err := b.prepare(BatchOptions{Tasks: 2, Checkpoint: filepath.Join(t.TempDir(), "checkpoint")}); err != nil {
		t.Fatal(err)
	}
	if err := b.run(t.Context(), encoded(numbered(6))); !errors.Is(err, os.ErrClosed) {
		t.Errorf("error %v", err)
	}
	if got, want := outline(&b.report), "4 committed, 0 refused, next 4: 0+2 committed 2+2 committed"; got != want {
		t.Errorf("the report is %q, want %q", got, want)
	}
	server.check(t, "0 1 2 3", "0 1", "2 3")
}

// A process that stops after some tasks of a batch were refused knows them again.
func TestImportCheckpointKnowsWhatWasRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		options := BatchOptions{Key: "key", SkipRefused: true, Checkpoint: filepath.Join(t.TempDir(), "checkpoint")}
		server := &importer{refuse: `"1"`, fails: map[int]importing{1: {commits: true}}}
		ctx, cancel := context.WithCancel(t.Context())
		stopped := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				cancel()
				return nil, errReset
			}
			return server.handle(req)
		})
		if _, err := stopped.Projects.ImportSeq(ctx, 1, numbered(3), options); !errors.Is(err, ErrImportUnknown) {
			t.Fatal(err)
		}
		report, err := fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, numbered(3), options)
		if got, want := outline(report), "2 committed, 1 refused, next 3: 0+3 committed (1 bad)"; err != nil || got != want {
			t.Errorf("the report is %q, %v, want %q", got, err, want)
		}
		server.check(t, "0 2", "0 1 2", "0 2")
	})
}

// A crash may cut the last line; any other that can't be read is an error.
func TestImportCheckpointIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoint")
	options := BatchOptions{Tasks: 2, Checkpoint: path}
	if _, err := fakeServer(t, (&importer{}).handle).Projects.ImportSeq(t.Context(), 1, numbered(4), options); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(whole), "\n")
	tests := []struct {
		name, content, there string
		is                   error
	}{
		{"cut after a line", strings.Join(lines[:3], ""), "2 3", nil},
		{"cut in a line that begins a batch", strings.Join(lines[:3], "") + lines[3][:9], "2 3", nil},
		{"cut in a line that ends a batch", strings.Join(lines[:4], "") + lines[4][:9], "", ErrImportUnknown},
		{"cut in the first line", lines[0][:9], "0 1 2 3", nil},
		{"broken", lines[0] + "{\n" + lines[1], "", io.ErrUnexpectedEOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "checkpoint")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			server := &importer{}
			_, err := fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, numbered(4), BatchOptions{Tasks: 2, Checkpoint: path})
			if tt.name == "broken" {
				if err == nil || !strings.Contains(err.Error(), "line 2: ") {
					t.Errorf("error %v, want one for line 2", err)
				}
			} else if !errors.Is(err, tt.is) {
				t.Errorf("error %v, want %v", err, tt.is)
			}
			if got := numbers(t, server.tasks); got != tt.there {
				t.Errorf("the server has %q, want %q", got, tt.there)
			}
		})
	}
}

func TestWithKeyLosesNothing(t *testing.T) {
	t.Parallel()
	got, err := withKey(json.RawMessage(`{"meta":{"x":1.50},"data": {"n":9007199254740993,"t":"<&>"}}`), "key", "r-0/0")
	if want := `{"data":{"key":"r-0/0","n":9007199254740993,"t":"<&>"},"meta":{"x":1.50}}`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	got, err = withKey(json.RawMessage(`{"data":{}}`), "key", "r-0/0")
	if want := `{"data":{"key":"r-0/0"}}`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

func TestImportFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tasks.csv")
	if err := os.WriteFile(path, []byte("n\n0\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := &importer{}
	report, err := fakeServer(t, server.handle).Projects.ImportTaskFile(t.Context(), 1, path, BatchOptions{})
	if err != nil || report.Committed != 2 {
		t.Errorf("%+v, %v", report, err)
	}
	server.check(t, "0 1", "0 1")
	for _, path := range []string{path + ".csv", "tasks.xlsx"} {
		if _, err := fakeServer(t, server.handle).Projects.ImportTaskFile(t.Context(), 1, path, BatchOptions{}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, want one that names %s", err, path)
		}
	}
}

// killedImport is the environment variable that makes of the test that has it a
// process that is killed while it imports: the address of the server and the
// checkpoint.
const killedImport = "LABELSTUDIO_TEST_KILLED_IMPORT"

// The process dies while the server works on a batch, and the next one goes on:
// each task is there once.
func TestImportOfAProcessThatIsKilled(t *testing.T) {
	t.Parallel()
	options := BatchOptions{Tasks: 2, Key: "key", Settle: time.Second}
	if base, checkpoint, ok := strings.Cut(os.Getenv(killedImport), " "); ok {
		options.Checkpoint = checkpoint
		report, err := mustClient(t, base).Projects.ImportSeq(t.Context(), 1, numbered(9), options)
		t.Fatal("the import came to an end: ", report, err)
	}
	tests := []struct {
		name    string
		commits bool // what it works on when the process dies
	}{{"before it is committed", false}, {"after it is committed", true}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := &importer{fails: map[int]importing{2: {commits: tt.commits}}}
			reached, killed := make(chan struct{}), make(chan struct{})
			listening := newServer(t, func(w http.ResponseWriter, req *http.Request) {
				res, err := server.handle(req) //nolint:bodyclose // it is held in memory
				if err != nil {                // the connection stays open until the client is gone
					close(reached)
					<-killed
					return
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(res.StatusCode)
				if _, err := io.Copy(w, res.Body); err != nil {
					t.Error(err)
				}
			})
			options := options
			options.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
			process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestImportOfAProcessThatIsKilled$")
			process.Env = append(os.Environ(), killedImport+"="+listening.URL+" "+options.Checkpoint)
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			<-reached
			if err := process.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := process.Wait(); err == nil {
				t.Fatal("the process was not killed")
			}
			close(killed)
			report, err := mustClient(t, listening.URL).Projects.ImportSeq(t.Context(), 1, numbered(9), options)
			if err != nil || report.Committed != 9 || report.Next != 9 {
				t.Errorf("%s, %v", outline(report), err)
			}
			if got := numbers(t, server.tasks); got != "0 1 2 3 4 5 6 7 8" {
				t.Errorf("the server has %q", got)
			}
		})
	}
}

// Nothing can interrupt a reader, but what it gives after the context has ended is
// not sent.
func TestImportWaitsForItsReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			t.Errorf("%s is asked for", req.URL)
			return answer(404, ""), nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		reader, writer := io.Pipe()
		var imported error
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, imported = client.Projects.ImportReader(ctx, 1, reader, TaskFormatJSONLines, BatchOptions{})
		}()
		synctest.Wait()
		cancel()
		synctest.Wait()
		select {
		case <-done:
			t.Error("it has left the reader alone")
		default:
		}
		_, err := io.WriteString(writer, "{\"text\":1}\n")
		if err := errors.Join(err, writer.Close()); err != nil {
			t.Error(err)
		}
		if <-done; !errors.Is(imported, context.Canceled) {
			t.Errorf("error %v", imported)
		}
	})
}
