package e2e

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/record"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// unknownToken looks like a legacy token.
const unknownToken = "0000000000000000000000000000000000000000"

// forged returns a personal access token that this server has not signed.
func forged(t *testing.T) string {
	t.Helper()
	parts := strings.Split(pat(t, withLegacy), ".")
	parts[2] = base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	return strings.Join(parts, ".")
}

// revoked returns a personal access token that was revoked, of a user who has
// no other.
func revoked(t *testing.T) string {
	t.Helper()
	client := newUser(t).client(t)
	made, err := client.Tokens.Create(t.Context())
	ok(t, err)
	ok(t, client.Tokens.Revoke(t.Context(), labelstudio.TokenRevokeRequest{Refresh: made.Token}))
	return made.Token
}

func TestRefusedTokens(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		server *server.Server
		option func(t *testing.T) labelstudio.Option
		want   error // the reason, if the server tells
	}{
		{"unknown legacy token", withLegacy, func(*testing.T) labelstudio.Option {
			return labelstudio.WithToken(unknownToken)
		}, labelstudio.ErrInvalidToken},
		{"legacy token where they are turned off", withoutLegacy, func(*testing.T) labelstudio.Option {
			return labelstudio.WithToken(server.LegacyToken)
		}, labelstudio.ErrLegacyTokensDisabled},
		{"personal access token of another server", withLegacy, func(t *testing.T) labelstudio.Option {
			return labelstudio.WithToken(forged(t))
		}, labelstudio.ErrInvalidToken},
		{"revoked personal access token", withLegacy, func(t *testing.T) labelstudio.Option {
			return labelstudio.WithToken(revoked(t))
		}, labelstudio.ErrTokenRevoked},
		{"personal access token sent as it is", withLegacy, func(t *testing.T) labelstudio.Option {
			return sendAs("Bearer " + pat(t, withLegacy))
		}, nil},
		{"access token sent as a legacy token", withLegacy, func(t *testing.T) labelstudio.Option {
			return labelstudio.WithLegacyToken(accessToken(t, withLegacy, pat(t, withLegacy)))
		}, labelstudio.ErrInvalidToken},
		{"no token", withLegacy, func(*testing.T) labelstudio.Option {
			return labelstudio.WithUserAgent("e2e/1") // anything but a token
		}, nil},
	}
	reasons := []error{
		labelstudio.ErrInvalidToken, labelstudio.ErrTokenExpired, labelstudio.ErrTokenRevoked,
		labelstudio.ErrAccessToken, labelstudio.ErrLegacyTokensDisabled,
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := newClient(t, test.server, test.option(t)).Projects.List(t.Context(), nil)
			answer := wantAnswer(t, err, labelstudio.ErrUnauthorized)
			for _, reason := range reasons {
				if got, want := errors.Is(err, reason), errors.Is(test.want, reason); got != want {
					t.Errorf("got %v; that it is %v: %v, want %v", err, reason, got, want)
				}
			}
			if answer.Detail == "" {
				t.Error("the reason in the server's words is missing")
			}
		})
	}
}

func TestAccessTokenIsNoPersonalAccessToken(t *testing.T) {
	t.Parallel()
	access := accessToken(t, withLegacy, pat(t, withLegacy))
	_, err := labelstudio.NewClient(withLegacy.URL, labelstudio.WithToken(access))
	if !errors.Is(err, labelstudio.ErrAccessToken) || !errors.Is(err, labelstudio.ErrUnauthorized) {
		t.Errorf("got %v, want ErrAccessToken", err)
	}
}

// spoiler stands between authorization and the server. It spoils the access
// token of the requests that it is told to, as if it had expired.
type spoiler struct {
	next      http.RoundTripper
	spoil     atomic.Int32 // how many requests are left to be spoiled
	exchanges atomic.Int32
}

func (s *spoiler) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == "/api/token/refresh/" {
		s.exchanges.Add(1)
	} else if s.spoil.Load() > 0 {
		s.spoil.Add(-1)
		req = req.Clone(req.Context())
		req.Header.Set("Authorization", req.Header.Get("Authorization")+"spoiled")
	}
	return s.next.RoundTrip(req)
}

func newSpoiler(t *testing.T) *spoiler {
	t.Helper()
	return &spoiler{next: record.Transport(t.Name(), newTransport(t))}
}

func TestRefusedAccessTokenIsRenewed(t *testing.T) {
	t.Parallel()
	spoiler := newSpoiler(t)
	client := connect(t, withLegacy.URL, spoiler, labelstudio.WithToken(pat(t, withLegacy)))
	_, err := client.Projects.List(t.Context(), nil)
	ok(t, err)
	spoiler.spoil.Store(1)
	project := newProject(t, client) // with its body, which is sent twice
	if project.LabelConfig != config || spoiler.exchanges.Load() != 2 {
		t.Errorf("made a project with the label config %q after %d exchanges, want 2", project.LabelConfig, spoiler.exchanges.Load())
	}
	spoiler.spoil.Store(2)
	_, err = client.Projects.Get(t.Context(), project.ID)
	wantError(t, err, labelstudio.ErrUnauthorized)
	if spoiler.exchanges.Load() != 3 {
		t.Errorf("%d exchanges, want 3: one renewal for a call", spoiler.exchanges.Load())
	}
}

// A rotated token works until its last access token expires.
func TestRotatedToken(t *testing.T) {
	t.Parallel()
	spoiler := newSpoiler(t)
	made, err := newUser(t).client(t).Tokens.Create(t.Context())
	ok(t, err)
	client := connect(t, withLegacy.URL, spoiler, labelstudio.WithToken(made.Token))
	rotated, err := client.Tokens.Rotate(t.Context(), labelstudio.TokenRotateRequest{Refresh: made.Token})
	ok(t, err)
	_, err = client.Projects.List(t.Context(), nil)
	ok(t, err)
	spoiler.spoil.Store(1)
	_, err = client.Projects.List(t.Context(), nil)
	wantError(t, err, labelstudio.ErrTokenRevoked, labelstudio.ErrUnauthorized)

	_, err = newClient(t, withLegacy, labelstudio.WithToken(rotated.Refresh)).Projects.List(t.Context(), nil)
	ok(t, err)
}

// One exchange is enough for calls that begin at once, and for those after.
func TestExchangeIsShared(t *testing.T) {
	t.Parallel()
	spoiler := newSpoiler(t)
	client := connect(t, withoutLegacy.URL, spoiler, labelstudio.WithToken(pat(t, withoutLegacy)))
	errs := make(chan error)
	for range 8 {
		go func() {
			_, err := client.Tokens.List(t.Context())
			errs <- err
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got := spoiler.exchanges.Load(); got != 1 {
		t.Errorf("%d exchanges, want 1", got)
	}
}
