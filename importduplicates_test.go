package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Two batches of two tasks. The first is carried out half a minute after its
// settle time, when it has been sent again, and the second is only found after
// that.
func TestImportDuplicates(t *testing.T) {
	t.Parallel()
	late := map[int]importing{0: {later: 150 * time.Second}, 2: {later: time.Minute}}
	annotated, drafted, untold := `,"total_annotations":1`, `,"draft_exists":true`, `,"draft_exists":null`
	tests := []struct {
		name       string
		fails      map[int]importing
		worked     map[int]string
		remove     bool
		there      string
		duplicates string
		is         error
	}{
		{"reported", late, nil, false, "0 1 0 1 2 3", "{0 [1 3] []} {1 [2 4] []}", ErrDuplicateTasks},
		{"deleted", late, nil, true, "0 1 2 3", "{0 [1 3] [3]} {1 [2 4] [4]}", nil},
		{"deleted, but for what is worked on", late, map[int]string{3: annotated, 4: drafted}, true, "0 1 2 3", "{0 [1 3] [1]} {1 [2 4] [2]}", nil},
		{"worked on both", late, map[int]string{1: drafted, 3: annotated}, true, "0 1 0 2 3", "{0 [1 3] []} {1 [2 4] [4]}", ErrDuplicateTasks},
		{"changed, with no annotation more", late, map[int]string{3: `,"updated_by":[{"user_id":7}]`}, true, "1 0 2 3", "{0 [1 3] [1]} {1 [2 4] [4]}", nil},
		{"not told whether", late, map[int]string{1: untold, 3: untold}, true, "0 1 0 2 3", "{0 [1 3] []} {1 [2 4] [4]}", ErrDuplicateTasks},
		{"carried out twice in silence", map[int]importing{1: {twice: true}}, nil, true, "0 1 2 3", "{2 [3 5] [5]} {3 [4 6] [6]}", nil},
		{"carried out twice, and no answer", map[int]importing{1: {twice: true, commits: true}}, nil, true, "0 1 2 3", "{2 [3 5] [5]} {3 [4 6] [6]}", nil},
		{"found once", map[int]importing{0: {commits: true}}, nil, true, "0 1 2 3", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &importer{fails: tt.fails, worked: tt.worked}
				options := BatchOptions{Tasks: 2, Key: "key", DeleteDuplicates: tt.remove}
				report, err := fakeServer(t, server.handle).Projects.ImportSeq(t.Context(), 1, numbered(4), options)
				if !errors.Is(err, tt.is) || report.Committed != 4 || report.Next != 4 {
					t.Errorf("error %v, want %v; the report is %s", err, tt.is, outline(report))
				}
				if got := numbers(t, server.tasks); got != tt.there {
					t.Errorf("the server has %s, want %s", got, tt.there)
				}
				if got := fmt.Sprint(report.Duplicates); got != "["+tt.duplicates+"]" {
					t.Errorf("the duplicates are %s, want %s", got, tt.duplicates)
				}
			})
		})
	}
}

// What was left is seen to by another call with the checkpoint, which sends
// nothing.
func TestImportDuplicatesLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &importer{fails: map[int]importing{0: {later: time.Hour}}}
		client := fakeServer(t, server.handle)
		options := BatchOptions{Tasks: 2, Key: "key", Checkpoint: filepath.Join(t.TempDir(), "checkpoint")}
		report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(4), options)
		if err != nil || len(report.Duplicates) > 0 {
			t.Fatal(report, err)
		}
		time.Sleep(2 * time.Hour) // of the fake clock
		options.DeleteDuplicates = true
		for _, want := range []string{"[{0 [1 5] [5]} {1 [2 6] [6]}]", "[]"} {
			report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(4), options)
			if got := fmt.Sprint(report.Duplicates); err != nil || got != want {
				t.Errorf("the duplicates are %s, want %s; error %v", got, want, err)
			}
		}
		server.check(t, "0 1 2 3", "0 1", "0 1", "2 3")
	})
}

// An import is not done when it can't be seen whether tasks are there twice.
func TestImportDuplicatesUnseen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fails string // the request
	}{{"not counted", "GET /api/tasks/"}, {"not listed", "GET /api/dm/columns/"}, {"not deleted", "POST /api/dm/actions/"}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := &importer{fails: map[int]importing{0: {twice: true}}}
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.Method+" "+req.URL.Path == tt.fails {
					return nil, errReset
				}
				return server.handle(req)
			})
			report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(2), BatchOptions{Key: "key", DeleteDuplicates: true})
			if !errors.Is(err, errReset) || report.Committed != 2 {
				t.Errorf("%s, error %v", outline(report), err)
			}
		})
	}
}

// A server may say that it has tasks of an import without end.
func TestImportDuplicatesWithoutEnd(t *testing.T) {
	t.Parallel()
	server, last, pages := &importer{}, 0, 0
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if req.URL.Path != "/api/tasks/" {
			return server.handle(req)
		}
		list := []string{}
		for range 100 {
			last++
			list = append(list, fmt.Sprintf(`{"id":%d,"data":{}}`, last))
		}
		if pages++; pages > 50 {
			return nil, errors.New("it goes on for ever")
		}
		return answer(200, fmt.Sprintf(`{"tasks":[%s],"total":1000000000,"total_annotations":0,"total_predictions":0}`, strings.Join(list, ","))), nil
	})
	report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(2), BatchOptions{Key: "key", DeleteDuplicates: true})
	if !errors.Is(err, ErrUnexpectedAnswer) || !strings.Contains(err.Error(), "more than 200 tasks have come of 2 that were imported") || report.Committed != 2 {
		t.Errorf("after %d pages: error %v, the report is %s", pages, err, outline(report))
	}
}

// Half of a batch, twice, is not the whole: nothing is deleted.
func TestImportOfTwoHalves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &importer{}
		waits := []time.Duration{150 * time.Second, time.Minute} // of the first task, which alone is carried out
		client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(req.URL.Path, "/import") {
				return server.handle(req)
			}
			var items []struct{ Data json.RawMessage }
			if err := json.NewDecoder(req.Body).Decode(&items); err != nil {
				return nil, err
			}
			time.AfterFunc(waits[0], func() {
				server.mu.Lock()
				defer server.mu.Unlock()
				server.tasks = append(server.tasks, string(items[0].Data))
			})
			waits = waits[1:]
			return nil, errReset
		})
		report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(2), BatchOptions{Key: "key", DeleteDuplicates: true})
		if got := numbers(t, server.tasks); err == nil || got != "0 0" {
			t.Errorf("the server has %q, error %v, the report is %s", got, err, outline(report))
		}
	})
}

// A caller that stops when all is committed has not seen whether it is there
// twice.
func TestImportStoppedBeforeItsLastLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &importer{fails: map[int]importing{0: {twice: true, commits: true}}}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		options := BatchOptions{Key: "key", Progress: func(ImportReport) { cancel() }}
		report, err := fakeServer(t, server.handle).Projects.ImportSeq(ctx, 1, numbered(2), options)
		if !errors.Is(err, context.Canceled) || report.Committed != 2 {
			t.Errorf("error %v, the report is %s", err, outline(report))
		}
	})
}

// A batch of which one request may still be carried out is not unsent because
// the next was not sent: it keeps its bounds and its key.
func TestImportUnsentAfterUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &importer{fails: map[int]importing{0: {later: time.Hour}, 1: {dial: true}}}
		client := fakeServer(t, server.handle)
		options := BatchOptions{Tasks: 4, Key: "key", DeleteDuplicates: true, Checkpoint: filepath.Join(t.TempDir(), "checkpoint")}
		if report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(4), options); !errors.Is(err, ErrImportUnknown) {
			t.Errorf("error %v, the report is %s", err, outline(report))
		}
		options.Tasks = 2
		for range 2 {
			if report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(4), options); err != nil || report.Committed != 4 {
				t.Errorf("error %v, the report is %s", err, outline(report))
			}
			time.Sleep(2 * time.Hour) // of the fake clock
		}
		if got := numbers(t, server.tasks); got != "0 1 2 3" {
			t.Errorf("the server has %q", got)
		}
	})
}

// Nothing is sent while there is no access token to send it with.
func TestImportWithoutAnAccessToken(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(503, `{"detail":"busy"}`), nil }, WithToken(testPAT))
	report, err := client.Projects.ImportSeq(t.Context(), 1, numbered(1), BatchOptions{})
	if report.Batches[0].Outcome != BatchUnsent || errors.Is(err, ErrImportUnknown) {
		t.Errorf("error %v, the report is %s", err, outline(report))
	}
}
