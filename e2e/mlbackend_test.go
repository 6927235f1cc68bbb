package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
)

// mlBackend is a machine learning backend that says what a test wants. It asks
// for a user and password when it has some.
type mlBackend struct {
	URL            string
	user, password string

	mu       sync.Mutex
	answers  map[string]string // by the last part of the path
	failures map[string]int    // likewise
	requests map[string][]byte // the body of the last one, likewise
	stop     func()
}

func newMLBackend(t *testing.T) *mlBackend {
	t.Helper()
	b := &mlBackend{
		answers: map[string]string{
			"health":   `{"status":"UP"}`,
			"setup":    `{"model_version":"one"}`,
			"predict":  `{"results":[{"model_version":"one","score":0.5,"result":` + regions + `}]}`,
			"train":    `{"job":"training"}`,
			"webhook":  `{"job":"training"}`,
			"versions": `{"versions":["one","two"]}`,
		},
		failures: map[string]int{}, requests: map[string][]byte{},
	}
	s := httptest.NewServer(b)
	t.Cleanup(s.Close)
	b.URL, b.stop = s.URL, s.Close
	return b
}

func (b *mlBackend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	what := path.Base(r.URL.Path)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the server has gone away
	}
	b.requests[what] = body
	user, password, _ := r.BasicAuth()
	status := http.StatusNotFound
	switch answer, known := b.answers[what]; {
	case user != b.user || password != b.password:
		status = http.StatusUnauthorized
	case b.failures[what] != 0:
		status = b.failures[what]
	case known:
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer) // as above
		return
	}
	w.WriteHeader(status)
}

// say makes the backend answer something else from now on.
func (b *mlBackend) say(what, answer string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[what] = answer
	delete(b.failures, what)
}

// fail makes the backend fail from now on.
func (b *mlBackend) fail(what string, status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures[what] = status
}

// asked returns the body of the last request of a kind.
func (b *mlBackend) asked(t *testing.T, what string) map[string]json.RawMessage {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if strings.TrimSpace(string(b.requests[what])) == "" {
		t.Fatalf("the ML backend was not asked for %s", what)
	}
	return keys(t, b.requests[what])
}
