package labelstudio

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		url  string
		opts []Option
		want string
	}{
		{"base URL", "", nil, "the base URL is empty"},
		{"token", testBase, []Option{WithToken("")}, "the token is empty"},
		{"nil option", testBase, []Option{nil}, "an option is nil"},
		{"middleware that returns nil", testBase,
			[]Option{WithMiddleware(func(http.RoundTripper) http.RoundTripper { return nil })}, "a middleware returned nil"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := NewClient(tt.url, tt.opts...)
			if err == nil || c != nil {
				t.Fatalf("client %v, error %v", c, err)
			}
			if want := "labelstudio: " + tt.want; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("error %q, want %q…", err, want)
			}
		})
	}
}

func TestNewClientFromEnv(t *testing.T) {
	tests := []struct {
		name       string
		url, token string
		want       string // of the error, or else of the client's text
	}{
		{"both", testBase + "/ls/", testLegacy, "labelstudio.Client(" + testBase + "/ls, legacy token)"},
		{"personal access token", testBase, testPAT, "labelstudio.Client(" + testBase + ", personal access token)"},
		{"no URL", "", testLegacy, "the environment variable LABEL_STUDIO_URL is not set"},
		{"no token", testBase, "", "the environment variable LABEL_STUDIO_API_KEY is not set"},
		{"bad token", testBase, testLegacy + "\n", "environment variable LABEL_STUDIO_API_KEY: the token has a line break"},
		{"bad URL", "labels.test", testLegacy, "has no scheme"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("LABEL_STUDIO_URL", tt.url)
			t.Setenv("LABEL_STUDIO_API_KEY", tt.token)
			c, err := NewClientFromEnv()
			got := fmt.Sprint(c)
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			checkNoSecret(t, "the result", got)
		})
	}
}

func TestNewClientFromEnvOptionsComeLast(t *testing.T) {
	t.Setenv("LABEL_STUDIO_URL", testBase)
	t.Setenv("LABEL_STUDIO_API_KEY", testPAT)
	c, err := NewClientFromEnv(WithToken(testLegacy))
	if err != nil {
		t.Fatal(err)
	}
	if want := "labelstudio.Client(" + testBase + ", legacy token)"; c.String() != want {
		t.Errorf("client %s, want %s", c, want)
	}
}

func TestClientTextHasNoToken(t *testing.T) {
	t.Parallel()
	access := makeAccess(1, 300)
	for name, opts := range map[string][]Option{
		"legacy token":          {WithToken(testLegacy)},
		"personal access token": {WithToken(testPAT)},
		"no token":              nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := exchangingClient(t, access, opts...)
			if err := get(t, c, "/api/x/"); err != nil {
				t.Fatal(err)
			}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
				text := fmt.Sprintf(verb, c)
				checkNoSecret(t, verb, text, access)
				if !strings.Contains(text, testBase) || !strings.Contains(text, name) {
					t.Errorf("%s shows %s", verb, text)
				}
			}
			// Whoever prints the struct behind the pointer gets no text, but no
			// token either.
			checkNoSecret(t, "the struct", fmt.Sprintf("%+v %#v", *c, *c), access)
		})
	}
	var none *Client
	if got := none.String() + (&Client{}).String(); !strings.Contains(got, "NewClient") {
		t.Errorf("clients that nobody made show as %s", got)
	}
}

func TestClientIsConcurrent(t *testing.T) {
	t.Parallel()
	access := makeAccess(1, 300)
	server := newServer(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case req.URL.Path == exchangePath:
			_, _ = fmt.Fprintf(w, `{"access":%q}`, access)
		case req.Header.Get("Authorization") != "Bearer "+access:
			w.WriteHeader(http.StatusUnauthorized)
		case strings.HasSuffix(req.URL.Path, "/missing/"):
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, errorBody(404, "Bearer "+access))
		case req.URL.Path == "/api/tasks/":
			_, _ = fmt.Fprintf(w, `{"total":1,"tasks":[{"id":%s}]}`, req.URL.Query().Get("project"))
		default:
			_, _ = fmt.Fprintf(w, `{"path":%q}`, req.URL.Path)
		}
	})
	c := mustClient(t, server.URL, WithToken(testPAT))
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			var got struct{ Path string }
			path := fmt.Sprintf("/api/%d/", i)
			if err := c.Do(t.Context(), http.MethodPost, path, nil, map[string]int{"n": i}, &got); err != nil || got.Path != path {
				t.Errorf("path %s, error %v", got.Path, err)
			}
			if err := get(t, c, "/api/missing/"); !errors.Is(err, ErrNotFound) {
				t.Errorf("error %v, want not found", err)
			}
			for task, err := range c.Tasks.All(t.Context(), TaskFilter{Project: int64(i + 1)}) {
				if err != nil || task.ID != int64(i+1) {
					t.Errorf("task %v, error %v", task, err)
				}
			}
			_ = c.String()
		})
	}
	wg.Wait()
}

func TestCloseIdleConnections(t *testing.T) {
	t.Parallel()
	transport := &idleCloser{}
	mustClient(t, testBase, WithTransport(transport)).CloseIdleConnections()
	if !transport.closed {
		t.Error("the transport was not asked to")
	}
	fakeServer(t, nil).CloseIdleConnections() // whose transport can't
}

type idleCloser struct {
	http.Transport
	closed bool
}

func (c *idleCloser) CloseIdleConnections() { c.closed = true }
