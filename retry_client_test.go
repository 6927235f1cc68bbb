package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// What the policy means for the calls of a client.
func TestRetriesOfCalls(t *testing.T) {
	t.Parallel()
	page := `{"count":0,"next":null,"previous":null,"results":[]}`
	tests := []struct {
		name     string
		call     func(context.Context, *Client) error
		answers  []reply
		requests int
		fails    bool
	}{
		{"a list", func(ctx context.Context, c *Client) error { _, err := c.Projects.List(ctx, nil); return err }, []reply{say(503, ""), say(200, page)}, 2, false},
		{"a creation", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.Create(ctx, ProjectRequest{})
			return err
		}, []reply{say(503, "")}, 1, true},
		{"a creation that may repeat", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.Create(ctx, ProjectRequest{}, Repeatable())
			return err
		}, []reply{say(503, ""), say(503, ""), say(503, ""), say(503, "")}, 4, true},
		{"a deletion that was done before", deleteProject, []reply{say(504, ""), gone}, 2, false},
		{"a deletion that was done long before", deleteProject, []reply{say(504, ""), say(503, ""), gone}, 3, false},
		{"a deletion that was done before, where the server says so with a page", deleteProject, []reply{say(504, ""), gonePage}, 2, false},
		{"a deletion of what never was", deleteProject, []reply{gone}, 1, true},
		{"a deletion that was put off", deleteProject, []reply{say(429, ""), gone}, 2, true},
		{"a deletion that a proxy can't send on", deleteProject, []reply{say(502, ""), say(404, "default backend - 404", "Content-Type", "text/plain")}, 2, true},
		{"the same, in JSON", deleteProject, []reply{say(502, ""), say(404, `{"message":"no Route matched with those values"}`)}, 2, true},
		{"the same, with a page", deleteProject, []reply{say(502, ""), say(404, "<html><title>404 Not Found</title>", "Content-Type", "text/html")}, 2, true},
		{"a deletion with an answer that must be there", func(ctx context.Context, c *Client) error {
			return c.Do(ctx, http.MethodDelete, "/x", nil, nil, new(any))
		}, []reply{say(504, ""), gone}, 2, true},
		{"a file that is not there", func(ctx context.Context, c *Client) error {
			return c.Do(ctx, http.MethodGet, "/x", nil, nil, new(io.ReadCloser))
		}, []reply{say(504, ""), gone}, 2, true},
		{"an update", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.Update(ctx, 1, ProjectUpdateRequest{})
			return err
		}, []reply{say(502, "")}, 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				client := fakeServer(t, func(*http.Request) (*http.Response, error) {
					requests++
					r := tt.answers[min(requests, len(tt.answers))-1]
					res, _ := r.response()
					return res, nil
				}, WithRetries(defaultRetries))
				if err := tt.call(t.Context(), client); (err != nil) != tt.fails {
					t.Errorf("error %v", err)
				}
				if requests != tt.requests {
					t.Errorf("%d requests, want %d", requests, tt.requests)
				}
			})
		})
	}
}

// net/http sends a request with these headers again by itself, where a connection
// that was in use before ends, whatever its method.
func TestHeadersThatMakeRepeats(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"idempotency-key", "X-Idempotency-Key"} {
		for _, tt := range []struct {
			name  string
			opts  []CallOption
			posts int32
		}{
			{"a call that may not repeat", nil, 0},
			{"one that may", []CallOption{Repeatable()}, 2},
		} {
			t.Run(key+" of "+tt.name, func(t *testing.T) {
				t.Parallel()
				var posts atomic.Int32
				server := newServer(t, func(w http.ResponseWriter, req *http.Request) {
					if req.Method == http.MethodPost && posts.Add(1) == 1 {
						panic(http.ErrAbortHandler) // ends the connection
					}
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(http.StatusCreated)
					_, _ = io.WriteString(w, `{"task_count":1}`)
				})
				c := mustClient(t, server.URL)
				if err := get(t, c, "/"); err != nil {
					t.Fatal(err)
				}
				_, err := c.Projects.Import(t.Context(), 1, []TaskInput{{Data: json.RawMessage(`{}`)}}, ImportOptions{},
					append(tt.opts, WithHeader(key, "1"))...)
				if tt.posts > 0 && err != nil ||
					tt.posts == 0 && (err == nil || !strings.Contains(err.Error(), "Idempotency-Key makes net/http send a request again")) {
					t.Errorf("error %v", err)
				}
				if got := posts.Load(); got != tt.posts {
					t.Errorf("%d requests, want %d", got, tt.posts)
				}
			})
		}
	}
}

// The body of a request that is refused is closed, as that of one that is sent.
func TestRefusedRepeatClosesItsBody(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		t.Error("it was sent")
		return answer(200, ""), nil
	})
	body := &closeRecorder{Reader: strings.NewReader("x")}
	if err := c.Do(t.Context(), http.MethodPatch, "/", nil, body, nil, WithHeader("Idempotency-Key", "1")); err == nil || !body.closed {
		t.Errorf("error %v, closed %v", err, body.closed)
	}
}

// A deletion that waited for an access token has not been sent before: that
// there is nothing to delete is no success of it.
func TestDeletionAfterAFailedExchange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		exchanges := 0
		client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			switch {
			case req.URL.Path != exchangePath:
				return answer(404, errorBody(404, "Not found.")), nil
			case exchanges == 0:
				exchanges++
				return answer(503, ""), nil
			}
			exchanges++
			return answer(200, `{"access":"`+makeAccess(1, 300)+`"}`), nil
		}, WithToken(testPAT), WithRetries(defaultRetries))
		if err := client.Projects.Delete(t.Context(), 1); !errors.Is(err, ErrNotFound) || exchanges != 2 {
			t.Errorf("error %v after %d exchanges", err, exchanges)
		}
	})
}

func deleteProject(ctx context.Context, c *Client) error { return c.Projects.Delete(ctx, 1) }

// What the server answers about things that are not there.
var (
	gone     = say(404, errorBody(404, "No Project matches the given query."))
	gonePage = say(404, "<!doctype html><title>404 | Label Studio</title>", "Content-Type", "text/html; charset=utf-8")
)

// An error speaks of the last attempt; what one before it may have done is told
// besides.
func TestAttemptsBeforeAreTold(t *testing.T) {
	t.Parallel()
	replace := func(ctx context.Context, c *Client) error {
		return c.Do(ctx, http.MethodPut, "/x", nil, map[string]int{}, nil)
	}
	read := func(ctx context.Context, c *Client) error { return c.Do(ctx, http.MethodGet, "/x", nil, nil, nil) }
	tests := []struct {
		name    string
		call    func(context.Context, *Client) error
		answers []reply // the transport fails after them
		told    bool
	}{
		{"a deletion that a proxy can't send on", deleteProject, []reply{say(502, ""), say(404, "default backend - 404", "Content-Type", "text/plain")}, true},
		{"a deletion whose answer is cut", deleteProject, []reply{say(504, ""), say(404, `{"status_code":404,"det`)}, true},
		{"a replacement that is refused then", replace, []reply{say(504, ""), say(400, errorBody(400, "no"))}, true},
		{"a replacement that doesn't get there then", replace, []reply{say(504, "")}, true},
		{"a replacement that was put off", replace, []reply{say(429, ""), say(400, errorBody(400, "no"))}, false},
		{"a replacement that is refused at once", replace, []reply{say(400, errorBody(400, "no"))}, false},
		{"reading", read, []reply{say(504, ""), say(404, errorBody(404, "no"))}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answers := tt.answers
				c := fakeServer(t, func(*http.Request) (*http.Response, error) {
					if len(answers) == 0 {
						return nil, errors.New("no route to the host")
					}
					res, _ := answers[0].response()
					answers = answers[1:]
					return res, nil
				}, WithRetries(1))
				err := tt.call(t.Context(), c)
				if err == nil || strings.Contains(err.Error(), "an attempt before this one may have been carried out") != tt.told {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}
