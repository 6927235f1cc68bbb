package e2e

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func TestDoReachesWhatIsNotDescribed(t *testing.T) {
	t.Parallel()
	client := unrecorded(t, withoutLegacy.URL, labelstudio.WithToken(pat(t, withoutLegacy)))
	ctx := t.Context()

	var version struct{ Release string }
	ok(t, client.Do(ctx, http.MethodGet, "/api/version", nil, nil, &version))
	if version.Release != withoutLegacy.Version {
		t.Errorf("the version is %q, want %q", version.Release, withoutLegacy.Version)
	}
	var health json.RawMessage
	ok(t, client.Do(ctx, http.MethodGet, "/health", nil, nil, &health))
	if !json.Valid(health) {
		t.Errorf("the health is %q", health)
	}
	var page io.ReadCloser
	ok(t, client.Do(ctx, http.MethodGet, "/user/login/", nil, nil, &page))
	text, err := io.ReadAll(page)
	ok(t, errors.Join(err, page.Close()))
	if !strings.Contains(string(text), "<html") {
		t.Errorf("the page is %.80q", text)
	}
}

func TestDoErrors(t *testing.T) {
	t.Parallel()
	client := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	// Both are answered with a page: no such route, and a route without a
	// trailing slash that finds nothing.
	for _, path := range []string{"/api/nonesuch", "/api/import/file-upload/999999999"} {
		err := client.Do(t.Context(), http.MethodGet, path, nil, nil, nil)
		wantError(t, err, labelstudio.ErrNotFound)
		if !strings.Contains(err.Error(), "an HTML page") {
			t.Errorf("%s: got %v, want one that names the page", path, err)
		}
	}
	err := client.Do(t.Context(), http.MethodDelete, "/api/projects/", nil, nil, nil)
	if answer := wantAnswer(t, err); answer.StatusCode != http.StatusMethodNotAllowed || answer.Detail == "" {
		t.Errorf("got %v, want 405 with a detail", err)
	}
	var version struct{ Release string }
	err = client.Do(t.Context(), http.MethodGet, "/user/login/", nil, nil, &version)
	wantError(t, err, labelstudio.ErrUnexpectedAnswer)
}

// The server takes a path without its trailing slash as well, with the body.
func TestDoWithoutTrailingSlash(t *testing.T) {
	t.Parallel()
	client := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	ok(t, client.Do(t.Context(), http.MethodPost, "/api/projects/validate", nil, object{"label_config": config}, nil))
}
