package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labelstudio-go/labelstudio/filter"
)

func snapshotState(status string, conversions ...string) string {
	return fmt.Sprintf(`{"id":3,"title":"","created_at":"2026-01-02T03:04:05Z","finished_at":null,"md5":"","status":%q,"counters":{},`+
		`"created_by":null,"converted_formats":[%s]}`, status, strings.Join(conversions, ","))
}

func conversion(status string) string { return conversionAs(1, status) }

func conversionAs(id int, status string) string {
	return fmt.Sprintf(`{"id":%d,"export_type":"CSV","status":%q}`, id, status)
}

// polled returns a client whose GETs answer with one state after another and
// whose POSTs answer with post.
func polled(t *testing.T, post reply, states ...string) *Client {
	t.Helper()
	asked := 0
	return fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodPost {
			return answer(post.status, post.body), nil
		}
		asked++
		return answer(200, states[min(asked, len(states))-1]), nil
	})
}

func TestSnapshotWaits(t *testing.T) {
	t.Parallel()
	started := say(200, `{"export_type":"CSV","converted_format":1}`)
	again := say(400, `{"detail":"Conversion to CSV already started"}`)
	wait := func(ctx context.Context, c *Client, seen func(*Snapshot)) error {
		_, err := c.Snapshots.Wait(ctx, 1, 3, seen)
		return err
	}
	convert := func(ctx context.Context, c *Client, seen func(*Snapshot)) error {
		_, err := c.Snapshots.ConvertAndWait(ctx, 1, 3, "CSV", seen)
		return err
	}
	tests := []struct {
		name   string
		call   func(context.Context, *Client, func(*Snapshot)) error
		post   reply
		states []string
		is     error
		seen   int
	}{
		{"completes", wait, reply{}, []string{snapshotState("created"), snapshotState("in_progress"), snapshotState("completed")}, nil, 3},
		{"fails", wait, reply{}, []string{snapshotState("in_progress"), snapshotState("failed")}, ErrSnapshotFailed, 2},
		{"outlives the context", wait, reply{}, []string{snapshotState("in_progress")}, context.DeadlineExceeded, -1},
		{"conversion completes", convert, started, []string{snapshotState("completed", conversion("in_progress")), snapshotState("completed", conversion("completed"))}, nil, 2},
		{"conversion is under way already", convert, again, []string{snapshotState("completed", conversion("in_progress")), snapshotState("completed", conversion("completed"))}, nil, 2},
		{"conversion fails", convert, started, []string{snapshotState("completed", conversion("failed"))}, ErrSnapshotFailed, 1},
		{"conversion after one that failed", convert, started, []string{
			snapshotState("completed", conversionAs(1, "failed"), conversionAs(2, "in_progress")),
			snapshotState("completed", conversionAs(2, "completed"), conversionAs(1, "failed")),
		}, nil, 2},
		{"conversion is refused", convert, say(400, `{"detail":"unknown"}`), []string{snapshotState("completed")}, ErrValidation, 0},
		{"conversion breaks the server", convert, say(500, `{"detail":"oops"}`), []string{snapshotState("completed")}, ErrServer, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				seen := 0
				err := tt.call(ctx, polled(t, tt.post, tt.states...), func(*Snapshot) { seen++ })
				if !errors.Is(err, tt.is) {
					t.Errorf("error %v, want %v", err, tt.is)
				}
				if tt.seen >= 0 && seen != tt.seen {
					t.Errorf("%d states were told, want %d", seen, tt.seen)
				}
			})
		})
	}
}

func TestSnapshotOpen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, status string
		is           error
		ok           bool
	}{
		{"completed", "completed", nil, true},
		{"failed", "failed", ErrSnapshotFailed, false},
		{"in progress", "in_progress", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if strings.HasSuffix(req.URL.Path, "/formats") {
					return answer(200, formatsAnswer), nil
				}
				if !strings.HasSuffix(req.URL.Path, "/download") {
					return answer(200, snapshotState(tt.status)), nil
				}
				if !tt.ok {
					t.Error("downloaded")
				}
				if got := req.Header.Get("Range") + " " + req.URL.RawQuery; got != "bytes=0- exportType=CSV" {
					t.Errorf("asked for %s", got)
				}
				return answer(206, "a,b\n", "Content-Type", "application/csv", "Content-Range", "bytes 0-3/4",
					"Content-Disposition", `attachment; filename="export/1/p.csv"`), nil
			})
			download, err := client.Snapshots.Open(t.Context(), 1, 3, "CSV")
			if tt.ok != (err == nil) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			if err := download.Close(); err != nil {
				t.Fatal(err)
			}
			if download.Name != "p.csv" || download.Size != 4 {
				t.Errorf("the download is %+v", download)
			}
		})
	}
}

func TestSnapshotOpenOfAnUnknownFormat(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/formats") {
			return answer(200, formatsAnswer), nil
		}
		if strings.HasSuffix(req.URL.Path, "/download") {
			t.Error("downloaded")
		}
		return answer(200, snapshotState("completed")), nil
	})
	_, err := client.Snapshots.Open(t.Context(), 1, 3, "csv")
	if !errors.Is(err, ErrUnknownFormat) || !strings.Contains(err.Error(), "JSON, CSV") {
		t.Errorf("error %v, want ErrUnknownFormat with the formats", err)
	}
}

// The server answers with a page, which says nothing.
func TestSnapshotOpenOfAFormatWithNothingInIt(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		switch {
		case strings.HasSuffix(req.URL.Path, "/formats"):
			return answer(200, formatsAnswer), nil
		case strings.HasSuffix(req.URL.Path, "/download"):
			return answer(404, "<!DOCTYPE html><title>Label Studio</title>", "Content-Type", "text/html"), nil
		default:
			return answer(200, snapshotState("completed")), nil
		}
	})
	_, err := client.Snapshots.Open(t.Context(), 1, 3, "YOLO")
	if want := `labelstudio: snapshot 3 of project 1 has nothing in the format "YOLO"`; !errors.Is(err, ErrNotFound) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// A server may answer with less than the whole that it was asked for.
func TestSnapshotThatIsNotWhole(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/download") {
			return answer(206, "[]", "Content-Range", "bytes 0-1/20"), nil
		}
		return answer(200, snapshotState("completed")), nil
	})
	download, err := client.Snapshots.Open(t.Context(), 1, 3, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = download.Close() }()
	if _, err := io.ReadAll(download); !errors.Is(err, io.ErrUnexpectedEOF) || download.Size != 20 {
		t.Errorf("%d bytes are said to come, error %v, want 20 and io.ErrUnexpectedEOF", download.Size, err)
	}
}

func TestSnapshotOfAView(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		view    reply
		created bool
	}{
		{"of the project", say(200, `{"id":9,"project":1}`), true},
		{"of another project", say(200, `{"id":9,"project":2}`), false},
		{"that doesn't exist", say(404, `{"detail":"No View matches the given query."}`), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			created := false
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodGet {
					return answer(tt.view.status, tt.view.body), nil
				}
				created = true
				return answer(201, snapshotState("completed")), nil
			})
			_, err := client.Snapshots.Create(t.Context(), 1, SnapshotRequest{TaskFilterOptions: &TaskFilterOptionsInput{View: new(int64(9))}})
			if created != tt.created {
				t.Errorf("created: %v", created)
			}
			if tt.created != (err == nil) || err != nil && !errors.Is(err, ErrNotFound) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A server that has stopped answering doesn't hold up the clearing away for ever.
func TestSnapshotWhereEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			switch req.URL.Path {
			case "/api/dm/columns/":
				return answer(200, someColumns), nil
			case "/api/dm/views/":
				return answer(201, someView), nil
			}
			select {
			case <-req.Context().Done():
				return nil, req.Context().Err()
			case <-time.After(time.Hour):
				return nil, errors.New("the server was waited for")
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		_, err := client.Snapshots.CreateWhere(ctx, 1, filter.And(filter.ID.Equal(1)), SnapshotRequest{})
		if took := time.Since(begin); took > time.Minute {
			t.Errorf("it took %s", took)
		}
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "view 5, made for the snapshot, is still there") {
			t.Errorf("the error is %v", err)
		}
	})
}
