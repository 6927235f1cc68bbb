package labelstudio

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// An answer that is nothing, or another thing, must not pass for what was asked
// for.
func TestAnswerIsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	getProject := func(ctx context.Context, c *Client) error { _, err := c.Projects.Get(ctx, 5); return err }
	tests := []struct {
		name, body string
		call       func(context.Context, *Client) error
		want       string // of the error
	}{
		{"it", `{"id":5}`, getProject, ""},
		{"nothing", `{}`, getProject, "it has no id"},
		{"nothing with a name", `{"title":"a"}`, getProject, "it has no id"},
		{"null for an id", `{"id":null}`, getProject, "it has no id"},
		{"another", `{"id":7}`, getProject, "it has the id 7, and 5 was asked for"},
		{"created", `{"id":7}`, func(ctx context.Context, c *Client) error {
			_, err := c.Projects.Create(ctx, ProjectRequest{})
			return err
		}, ""},
		{"nothing created", `{}`, func(ctx context.Context, c *Client) error {
			_, err := c.Projects.Create(ctx, ProjectRequest{})
			return err
		}, "it has no id"},
		{"another changed", `{"id":7}`, func(ctx context.Context, c *Client) error {
			_, err := c.Tasks.Update(ctx, 5, TaskUpdateRequest{})
			return err
		}, "it has the id 7, and 5 was asked for"},
		{"of two ids in the path the last", `{"id":5}`, func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.Get(ctx, 7, 5)
			return err
		}, ""},
		{"of an id in the middle of the path", `{"id":7}`, func(ctx context.Context, c *Client) error {
			_, err := c.S3ImportStorages.Sync(ctx, 5)
			return err
		}, ""},
		{"a list", `[{"id":1},{"id":2}]`, func(ctx context.Context, c *Client) error {
			_, err := c.Annotations.List(ctx, 5)
			return err
		}, ""},
		{"an empty list", `[]`, func(ctx context.Context, c *Client) error {
			_, err := c.Annotations.List(ctx, 5)
			return err
		}, ""},
		{"a list of nothing", `[{"id":1},{}]`, func(ctx context.Context, c *Client) error {
			_, err := c.Annotations.List(ctx, 5)
			return err
		}, "item 1 of the list has no id"},
		{"nothing of an import", `{}`, func(ctx context.Context, c *Client) error {
			_, err := c.Projects.Import(ctx, 5, []TaskInput{{}}, ImportOptions{})
			return err
		}, "says nothing of what was imported"},
		{"an import of nothing", `{"task_count":0,"file_upload_ids":[]}`, func(ctx context.Context, c *Client) error {
			_, err := c.Projects.ImportURL(ctx, 5, "https://files.test/empty", ImportOptions{})
			return err
		}, ""},
		{"a token", `{"token":"x"}`, func(ctx context.Context, c *Client) error { _, err := c.Tokens.Create(ctx); return err }, ""},
		{"no token", `{}`, func(ctx context.Context, c *Client) error { _, err := c.Tokens.Create(ctx); return err }, "it has no token"},
		{"an empty token", `{"access":""}`, func(ctx context.Context, c *Client) error {
			_, err := c.Tokens.Refresh(ctx, TokenRefreshRequest{Refresh: testPAT})
			return err
		}, "it has no access"},
		{"null for a token", `{"refresh":null}`, func(ctx context.Context, c *Client) error {
			_, err := c.Tokens.Rotate(ctx, TokenRotateRequest{Refresh: testPAT})
			return err
		}, "it has no refresh"},
		{"no legacy token", `{}`, func(ctx context.Context, c *Client) error { _, err := c.Users.LegacyToken(ctx); return err }, "it has no token"},
		{"a list of no tokens", `[{}]`, func(ctx context.Context, c *Client) error { _, err := c.Tokens.List(ctx); return err }, "item 0 of the list has no token"},
		{"what has no id", `{}`, func(ctx context.Context, c *Client) error {
			_, err := c.Projects.Summary(ctx, 5)
			return err
		}, ""},
		{"what may be without", `{"total":1,"tasks":[{}]}`, func(ctx context.Context, c *Client) error {
			_, err := c.Tasks.List(ctx, nil)
			return err
		}, ""},
		{"what the caller decodes", `{}`, func(ctx context.Context, c *Client) error {
			return c.Do(ctx, http.MethodGet, "/api/projects/5/", nil, nil, new(Project))
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodPost && !strings.HasSuffix(req.URL.Path, "/sync") &&
					!strings.HasSuffix(req.URL.Path, "/refresh/") && !strings.HasSuffix(req.URL.Path, "/rotate/") {
					return answer(201, tt.body), nil
				}
				return answer(200, tt.body), nil
			})
			err := tt.call(t.Context(), c)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, ErrUnexpectedAnswer) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v", err)
			}
		})
	}
}
