package labelstudiotest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// Without tokens of their kind, those that exist open nothing.
func TestTokensOff(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	post := func(path, body string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(body))
		ok(t, err)
		req.Header.Set("Authorization", "Token "+s.LegacyToken)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultTransport.RoundTrip(req)
		ok(t, err)
		ok(t, resp.Body.Close())
	}
	client := s.Client()
	_, err := client.Users.WhoAmI(t.Context())
	ok(t, err)
	post("/api/jwt/settings", `{"api_tokens_enabled":false}`)
	if _, err := client.Users.WhoAmI(t.Context()); !errors.Is(err, labelstudio.ErrUnauthorized) {
		t.Errorf("without tokens: %v", err)
	}
	post("/api/jwt/settings", `{"api_tokens_enabled":true}`)
	_, err = client.Users.WhoAmI(t.Context())
	ok(t, err)
}
