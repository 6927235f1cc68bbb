package labelstudio

import (
	"context"
	"errors"
	"net/http"
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
		{"a deletion that was done before", func(ctx context.Context, c *Client) error { return c.Projects.Delete(ctx, 1) }, []reply{say(504, ""), say(404, `{"detail":"Not found."}`)}, 2, false},
		{"a deletion of what never was", func(ctx context.Context, c *Client) error { return c.Projects.Delete(ctx, 1) }, []reply{say(404, `{"detail":"Not found."}`)}, 1, true},
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
					return answer(r.status, r.body), nil
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

// A deletion that waited for an access token has not been sent before: that
// there is nothing to delete is no success of it.
func TestDeletionAfterAFailedExchange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		exchanges := 0
		client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			switch {
			case req.URL.Path != exchangePath:
				return answer(404, `{"detail":"Not found."}`), nil
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
