package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
)

// An answer that holds a new secret, and that a proxy has given another status or
// type, is told of without it. So are tokens that the client doesn't have, or has
// no more, wherever they come up.
func TestSecretAnswers(t *testing.T) {
	t.Parallel()
	const newLegacy = "0123456789abcdef0123456789abcdef01234567"
	theirs := makeJWT(map[string]any{"token_type": "refresh", "jti": "of another user"})
	calls := map[string]struct {
		body string
		call func(context.Context, *Client) error
	}{
		"exchange": {`{"access":"` + theirs + `"}`, func(ctx context.Context, c *Client) error {
			_, err := c.Projects.Get(ctx, 1)
			return err
		}},
		"Tokens.Create": {`{"id":1,"token":"` + theirs + `"}`, func(ctx context.Context, c *Client) error {
			_, err := c.Tokens.Create(ctx)
			return err
		}},
		"Tokens.Rotate": {`{"refresh":"` + theirs + `"}`, func(ctx context.Context, c *Client) error {
			_, err := c.Tokens.Rotate(ctx, TokenRotateRequest{Refresh: theirs})
			return err
		}},
		"Users.LegacyToken": {`{"token":"` + newLegacy + `"}`, func(ctx context.Context, c *Client) error {
			_, err := c.Users.LegacyToken(ctx)
			return err
		}},
		"Webhooks.Get": {`{"id":1,"headers":{"X-Webhook-Secret":"` + newLegacy + `"}}`, func(ctx context.Context, c *Client) error {
			_, err := c.Webhooks.Get(ctx, 1)
			return err
		}},
	}
	answers := []struct {
		status int
		kind   string
	}{
		{202, "application/json"}, {206, "application/json"}, {200, "text/plain"}, {200, "text/html"}, {200, ""},
		{400, "application/json"}, {500, "application/json"}, {500, "text/plain"},
	}
	for name, tt := range calls {
		for _, a := range answers {
			if a.status >= 400 && (name == "Users.LegacyToken" || name == "Webhooks.Get") {
				continue // a server that prints a secret among its reasons
			}
			t.Run(fmt.Sprint(name, a.status, a.kind), func(t *testing.T) {
				t.Parallel()
				option := WithToken(testLegacy)
				if name == "exchange" {
					option = WithToken(testPAT)
				}
				c := fakeServer(t, func(*http.Request) (*http.Response, error) {
					return answer(a.status, tt.body, "Content-Type", a.kind), nil
				}, option)
				err := tt.call(t.Context(), c)
				if err == nil {
					t.Fatal("no error")
				}
				var e *Error
				if !errors.As(err, &e) {
					t.Fatal(err)
				}
				checkNoSecret(t, "the error", fmt.Sprintf("%v %s %s %v", err, e.Body, e.Detail, e.Fields), theirs, newLegacy)
			})
		}
	}
}
