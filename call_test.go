package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

type thing struct {
	ID int `json:"id"`
}

// decode calls an operation with a path parameter and a query whose success is
// 200 with a thing.
func decode(t *testing.T, c *Client, opts ...CallOption) (*thing, error) {
	t.Helper()
	r := wire.New("Things.Get", http.MethodGet, "/api/things/{id}/", "a?b c")
	r.Query("fields", []string{"x", "y"})
	req, err := r.Build(t.Context())
	return wire.Decode[*thing](c.core, req, err, []int{200}, opts)
}

func TestCallSendsRequest(t *testing.T) {
	t.Parallel()
	var got *http.Request
	c := mustClient(t, testBase+"/pre%2Ffix/", WithTransport(roundTripFunc(func(req *http.Request) (*http.Response, error) {
		got = req
		return answer(200, `{"id":7}`), nil
	})))
	out, err := decode(t, c)
	if err != nil || out.ID != 7 {
		t.Fatalf("%v, %v", out, err)
	}
	if want := testBase + "/pre%2Ffix/api/things/a%3Fb%20c/?fields=x&fields=y"; got.URL.String() != want {
		t.Errorf("sent to %s, want %s", got.URL, want)
	}
	if got.Header.Get("Accept") != "application/json" || got.Header.Get("User-Agent") == "" {
		t.Errorf("headers %v", got.Header)
	}
	if op, _ := wire.OperationFrom(got.Context()); op.ID != "Things.Get" {
		t.Errorf("operation %v", op)
	}
}

func TestCallOverNetwork(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"id":%d}`, len(req.URL.EscapedPath()))
	})
	for _, base := range []string{server.URL, server.URL + "/", server.URL + "/labels", server.URL + "/labels/"} {
		out, err := decode(t, mustClient(t, base))
		want := len("/api/things/a%3Fb%20c/")
		if strings.Contains(base, "labels") {
			want += len("/labels")
		}
		if err != nil || out.ID != want {
			t.Errorf("%s: %v, %v", base, out, err)
		}
	}
}

func TestUnexpectedAnswers(t *testing.T) {
	t.Parallel()
	const jsonType = "application/json"
	tests := []struct {
		name       string
		status     int
		kind, sent string
		want       string
		is         error
	}{
		{"HTML with 200", 200, "text/html", "<!doctype html><title>Sign in</title>",
			`200 OK: unexpected answer: it is of the type text/html, JSON was expected: an HTML page ("Sign in") (is the base URL right`, nil},
		{"cut", 200, jsonType, `{"id":`, "unexpected EOF", io.ErrUnexpectedEOF},
		{"trailing garbage", 200, jsonType, `{"id":1}garbage`, "after the JSON document", nil},
		{"null", 200, jsonType, `null`, "it is the JSON null", nil},
		{"empty", 200, jsonType, ``, "it is empty, JSON was expected", nil},
		{"another shape", 200, jsonType, `{"id":"one"}`, "unmarshal JSON string", nil},
		{"another status", 202, jsonType, `{"detail":"queued"}`, "202 Accepted: unexpected answer: the described success is 200 OK", nil},
		{"no content", 204, jsonType, ``, "the described success is 200 OK", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := &closeRecorder{Reader: strings.NewReader(tt.sent)}
			c := fakeServer(t, func(*http.Request) (*http.Response, error) {
				res := answer(tt.status, "", "Content-Type", tt.kind)
				res.Body, res.ContentLength = body, -1
				return res, nil
			})
			out, err := decode(t, c)
			var e *Error
			if out != nil || !errors.As(err, &e) || !errors.Is(err, ErrUnexpectedAnswer) {
				t.Fatalf("%v, %v", out, err)
			}
			if !strings.Contains(err.Error(), tt.want) || len(e.Body) > 0 || strings.Contains(err.Error(), "queued") || e.Operation != "Things.Get" {
				t.Errorf("error %v with the body %s, want %q", err, e.Body, tt.want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %v is not %v", err, tt.is)
			}
			for _, kind := range []error{ErrServer, ErrNotFound, ErrValidation, ErrUnauthorized} {
				if errors.Is(err, kind) {
					t.Errorf("error %v is %v", err, kind)
				}
			}
			if !body.closed {
				t.Error("the body was not closed")
			}
		})
	}
}

// An answer that promises more than comes is cut, not complete.
func TestCutOverNetwork(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"id":1}`)
	})
	if out, err := decode(t, mustClient(t, server.URL)); !errors.Is(err, ErrUnexpectedAnswer) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v, %v", out, err)
	}
}

func TestCancelledWhileReading(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := newServer(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":`)
		_ = http.NewResponseController(w).Flush()
		cancel()
		<-req.Context().Done()
	})
	var out thing
	err := mustClient(t, server.URL).Do(ctx, http.MethodGet, "/", nil, nil, &out)
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnexpectedAnswer) {
		t.Errorf("error %v, want the cancellation alone", err)
	}
}

func TestSuccessWithoutBody(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		reply  reply
		failed bool
	}{
		{"no content", say(204, ""), false},
		{"a body that was not described", say(200, `{"detail":"deleted"}`), false},
		{"a page", say(200, "<html>", "Content-Type", "text/html"), true},
		{"another success", say(202, ""), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res, body := tt.reply.response()
			c := fakeServer(t, func(*http.Request) (*http.Response, error) { return res, nil })
			req, err := wire.New("Things.Delete", http.MethodDelete, "/api/things/{id}/", 1).Build(t.Context())
			err = wire.Send(c.core, req, err, []int{200, 204}, nil)
			if failed := errors.Is(err, ErrUnexpectedAnswer); failed != tt.failed || !failed && err != nil {
				t.Errorf("error %v", err)
			}
			if rest, _ := io.ReadAll(body); !body.closed || len(rest) > 0 {
				t.Errorf("closed %v, %q left", body.closed, rest)
			}
		})
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		reply reply
		want  error
	}{
		{"file", say(200, "a,b\n", "Content-Type", "application/.csv"), nil},
		{"page", say(200, "<html>", "Content-Type", "text/html"), ErrUnexpectedAnswer},
		{"error", say(500, errorBody(500, ""), "Content-Type", "application/json"), ErrServer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res, body := tt.reply.response()
			var accept string
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				accept = req.Header.Get("Accept")
				return res, nil
			})
			req, err := wire.New("Exports.Open", http.MethodGet, "/api/projects/{id}/export", 1).Build(t.Context())
			file, err := wire.Open(c.core, req, err, []int{200}, nil)
			if accept != "*/*" {
				t.Errorf("Accept is %q", accept)
			}
			if tt.want != nil {
				if !errors.Is(err, tt.want) || file != nil || !body.closed {
					t.Errorf("error %v, file %v, closed %v", err, file, body.closed)
				}
				return
			}
			if err != nil || body.closed {
				t.Fatalf("error %v, closed %v", err, body.closed)
			}
			if text, err := io.ReadAll(file); err != nil || string(text) != "a,b\n" {
				t.Errorf("%q, %v", text, err)
			}
			if err := file.Close(); err != nil || !body.closed {
				t.Errorf("error %v, closed %v", err, body.closed)
			}
		})
	}
}

// Whoever reads a file to its end sees which one broke off.
func TestBrokenStream(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		res := answer(200, "")
		res.Body = io.NopCloser(io.MultiReader(strings.NewReader("a"), iotest.ErrReader(&net.OpError{Op: "read", Err: errReset})))
		return res, nil
	}, WithToken(testLegacy))
	file, err := c.FileUploads.Download(t.Context(), "7/a.png")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(file)
	if want := "labelstudio: GET /data/upload/7/a.png: reading the answer: read: "; string(text) != "a" || err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%q, %v", text, err)
	}
	var lost *net.OpError
	if !errors.As(err, &lost) || !errors.Is(err, errReset) {
		t.Errorf("the cause of %v is lost", err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}

func TestCallRefusesURLs(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		t.Errorf("sent to %s", req.URL)
		return answer(200, `{}`), nil
	})
	for _, target := range []string{"http://user:pass@evil.test/x", "//evil.test/x", "/api/../x", "/api/%2e%2E/x"} {
		body := &closeRecorder{Reader: strings.NewReader("x")}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, body)
		if err != nil {
			t.Fatal(err)
		}
		err = c.core.Call(req, wire.Answer{}, nil)
		if err == nil || !body.closed || strings.Contains(err.Error(), "pass") {
			t.Errorf("%s: error %v, body closed %v", target, err, body.closed)
		}
	}
}

func TestCallRefusesDestination(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, `{}`), nil })
	req, err := wire.New("X.Open", http.MethodGet, "/x").Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var wrong string
	if err := c.core.Call(req, wire.Answer{Body: wire.Stream}, &wrong); err == nil || !strings.Contains(err.Error(), "*string") {
		t.Errorf("error %v", err)
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	const notProvided = "Authentication credentials were not provided."
	for _, tt := range []struct {
		name   string
		opts   []Option
		status int
		want   string
		not    string
	}{
		{"anonymous", nil, 401, "(no token was given: use WithToken)", ""},
		{"legacy", []Option{WithToken(testLegacy)}, 401, "(a proxy may have removed the Authorization header)", ""},
		{"forbidden", []Option{WithToken(testLegacy)}, 403, notProvided, "("},
	} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return answer(tt.status, errorBody(tt.status, notProvided)), nil
		}, tt.opts...)
		err := get(t, c, "/")
		if err == nil || !strings.Contains(err.Error(), tt.want) || tt.not != "" && strings.Contains(err.Error(), tt.not) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}
