package labelstudio

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

func TestDoRequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		path        string
		query       url.Values
		in          any
		opts        []CallOption
		target      string
		body        string
		contentType string
	}{
		{"nothing", "/api/version", nil, nil, nil, "/p/api/version", "", ""},
		{"query", "/api/x/", url.Values{"q": {"a b&c"}, "e": {""}}, nil, nil, "/p/api/x/?e=&q=a+b%26c", "", ""},
		{"escaped path", "/data/a%2Fb%20c", nil, nil, nil, "/p/data/a%2Fb%20c", "", ""},
		{"path to be escaped", "/data/a b é", nil, nil, nil, "/p/data/a%20b%20%C3%A9", "", ""},
		{"two slashes within", "/a//b", nil, nil, nil, "/p/a//b", "", ""},
		{"JSON", "/x", nil, map[string]string{"a": "<&>"}, nil, "/p/x", `{"a":"<&>"}`, "application/json"},
		{"JSON null", "/x", nil, (*thing)(nil), nil, "/p/x", `null`, "application/json"},
		{"raw JSON", "/x", nil, json.RawMessage(`{"a" : 1.0}`), nil, "/p/x", `{"a" : 1.0}`, "application/json"},
		{"reader", "/x", nil, strings.NewReader("a,b"), []CallOption{WithHeader("Content-Type", "text/csv")}, "/p/x", "a,b", "text/csv"},
		{"reader without type", "/x", nil, bytes.NewBufferString("a,b"), nil, "/p/x", "a,b", ""},
		{"another type of JSON", "/x", nil, []int{1}, []CallOption{WithHeader("Content-Type", "application/vnd+json")}, "/p/x", "[1]", "application/vnd+json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var calls recorder
			c := mustClient(t, testBase+"/p/", WithTransport(roundTripFunc(func(req *http.Request) (*http.Response, error) {
				calls.add(t, req)
				return answer(200, `{}`), nil
			})))
			if err := c.Do(t.Context(), http.MethodPost, tt.path, tt.query, tt.in, nil, tt.opts...); err != nil {
				t.Fatal(err)
			}
			requests, bodies := calls.all()
			req := requests[0]
			if got := req.URL.String(); got != testBase+tt.target {
				t.Errorf("sent to %s, want %s", got, testBase+tt.target)
			}
			if bodies[0] != tt.body || req.Header.Get("Content-Type") != tt.contentType || req.Method != http.MethodPost {
				t.Errorf("sent %s %q of the type %s", req.Method, bodies[0], req.Header.Get("Content-Type"))
			}
			if op, ok := wire.OperationFrom(req.Context()); !ok || op != (wire.Operation{Method: http.MethodPost}) {
				t.Errorf("operation %+v", op)
			}
		})
	}
}

func TestDoRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, path string
		in                 any
		want               string
	}{
		{"relative path", "GET", "api/x", nil, "the path must begin with a single slash"},
		{"empty path", "GET", "", nil, "the path must begin with a single slash"},
		{"other host", "GET", "//evil.test/x", nil, "the path must begin with a single slash"},
		{"URL", "GET", "http://evil.test/x", nil, "the path must begin with a single slash"},
		{"query", "GET", "/x?token=secret", nil, "give a query as url.Values"},
		{"fragment", "GET", "/x#secret", nil, "give a query as url.Values"},
		{"dots", "GET", "/api/../x", nil, "a segment . or .."},
		{"escaped dots", "GET", "/api/%2e%2e/x", nil, "a segment . or .."},
		{"dots behind an escaped slash", "GET", "/api/a%2f..%2fx", nil, "a segment . or .."},
		{"bad escape", "GET", "/api/%zz", nil, "invalid URL escape"},
		{"escaped in part", "GET", "/api/a%2Fb c", nil, "escape all of it or nothing"},
		{"control character", "GET", "/api/\n", nil, "invalid control character"},
		{"bad method", "G ET", "/x", nil, "invalid method"},
		{"bytes", "POST", "/x", []byte("x"), "give bytes as a json.RawMessage or as a bytes.Reader"},
		{"bad raw JSON", "POST", "/x", json.RawMessage(`{`), "the json.RawMessage is no JSON"},
		{"what can't be encoded", "POST", "/x", func() {}, "encoding the body: json: unsupported type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				t.Errorf("sent to %s", req.URL)
				return answer(200, `{}`), nil
			})
			err := c.Do(t.Context(), tt.method, tt.path, nil, tt.in, nil)
			if err == nil || !strings.HasPrefix(err.Error(), "labelstudio: ") || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v shows the query", err)
			}
			if tt.in == nil {
				body := &closeRecorder{Reader: strings.NewReader("x")}
				if err := c.Do(t.Context(), tt.method, tt.path, nil, body, nil); err == nil || !body.closed {
					t.Errorf("error %v, body closed %v", err, body.closed)
				}
			}
		})
	}
}

func TestDoAnswer(t *testing.T) {
	t.Parallel()
	do := func(t *testing.T, r reply, out any) error {
		t.Helper()
		res, body := r.response()
		c := fakeServer(t, func(*http.Request) (*http.Response, error) { return res, nil })
		err := c.Do(t.Context(), http.MethodGet, "/x", nil, nil, out)
		if _, stream := out.(*io.ReadCloser); stream == body.closed && err == nil {
			t.Errorf("the body is closed: %v", body.closed)
		}
		return err
	}
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		for _, r := range []reply{say(200, `{}`), say(204, ``), say(202, "<html>", "Content-Type", "text/html")} {
			if err := do(t, r, nil); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("JSON", func(t *testing.T) {
		t.Parallel()
		for _, status := range []int{200, 201, 202} {
			var out thing
			if err := do(t, say(status, `{"id":3}`), &out); err != nil || out.ID != 3 {
				t.Errorf("%v, %v", out, err)
			}
		}
		var anything any
		if err := do(t, say(200, `[12345678901234567890]`), &anything); err != nil || anything.([]any)[0] != json.Number("12345678901234567890") {
			t.Errorf("%v, %v", anything, err)
		}
		if err := do(t, say(200, `null`), &anything); !errors.Is(err, ErrUnexpectedAnswer) {
			t.Errorf("null: %v", err)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		t.Parallel()
		var b []byte
		if err := do(t, say(200, "a,b", "Content-Type", "text/csv"), &b); err != nil || string(b) != "a,b" {
			t.Errorf("%q, %v", b, err)
		}
		var text json.RawMessage
		if err := do(t, say(200, `{"a" : 1.0}`), &text); err != nil || string(text) != `{"a" : 1.0}` {
			t.Errorf("%s, %v", text, err)
		}
		if err := do(t, say(200, `null`), &text); err != nil || string(text) != "null" {
			t.Errorf("%s, %v", text, err)
		}
	})
	t.Run("stream", func(t *testing.T) {
		t.Parallel()
		var body io.ReadCloser
		if err := do(t, say(200, "<html>", "Content-Type", "text/html"), &body); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(body)
		if err != nil || string(text) != "<html>" {
			t.Errorf("%q, %v", text, err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Run("error", func(t *testing.T) {
		t.Parallel()
		var body io.ReadCloser
		var e *Error
		err := do(t, say(404, errorBody(404, "No.")), &body)
		if !errors.As(err, &e) || body != nil || e.Operation != "" || e.Path != "/x" || e.Detail != "No." {
			t.Errorf("body %v, error %v", body, err)
		}
	})
}
