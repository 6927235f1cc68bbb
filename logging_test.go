package labelstudio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

func TestLog(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		outcome outcome
		op      wire.Operation
		want    map[string]any // besides duration
	}{
		{
			"success", outcome{status: 200}, wire.Operation{ID: "Tasks.Get", Method: "GET", Path: "/api/tasks/{id}/"},
			map[string]any{"level": "DEBUG", "method": "GET", "path": "/api/tasks/{id}/", "operation": "Tasks.Get", "status": 200.0, "attempt": 2.0},
		},
		{
			"refusal", outcome{status: 404}, wire.Operation{ID: "Tasks.Get", Method: "GET", Path: "/api/tasks/{id}/"},
			map[string]any{"level": "WARN", "method": "GET", "path": "/api/tasks/{id}/", "operation": "Tasks.Get", "status": 404.0, "attempt": 2.0},
		},
		{
			"no connection", outcome{err: errRefused}, wire.Operation{},
			map[string]any{"level": "WARN", "method": "GET", "path": "(undescribed)", "error": "no connection", "attempt": 2.0},
		},
		{
			"deadline", outcome{err: context.DeadlineExceeded}, wire.Operation{},
			map[string]any{"level": "WARN", "method": "GET", "path": "(undescribed)", "error": "deadline exceeded", "attempt": 2.0},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
			ctx := context.WithValue(wire.WithOperation(t.Context(), tt.op), attemptKey{}, 2)
			req, err := http.NewRequestWithContext(ctx, "GET", "http://labels.test/api/tasks/471147114711/?query=secret-query", strings.NewReader("secret-body"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Secret", "secret-header")
			transport := &logTransport{next: &script{outcomes: []outcome{tt.outcome}}, logger: logger}
			res, err := transport.RoundTrip(req)
			if !errors.Is(err, tt.outcome.err) {
				t.Fatal(err)
			}
			if err == nil {
				_ = res.Body.Close()
			}
			if text := out.String(); strings.Contains(text, "secret") || strings.Contains(text, "471147114711") || strings.Contains(text, "refused") {
				t.Errorf("the log tells too much: %s", text)
			}
			var got map[string]any
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatalf("%v in %q", err, out.String())
			}
			for key, want := range tt.want {
				if got[key] != want {
					t.Errorf("%s is %v, want %v", key, got[key], want)
				}
			}
			if allowed := len(tt.want) + 3; len(got) != allowed { // time, msg, duration
				t.Errorf("%d attributes, want %d: %v", len(got), allowed, got)
			}
		})
	}
}

// The log of a client names each attempt and its failure, and nothing secret,
// and middleware can name the operation.
func TestLogOfAClient(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	failures := []error{context.Canceled, &stalledError{}, fmt.Errorf("secret: %w", io.ErrUnexpectedEOF), textError{"secret", ErrUnauthorized}}
	var operations []string
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		if len(failures) == 0 {
			return answer(200, `{"version":"1"}`), nil
		}
		err := failures[0]
		failures = failures[1:]
		return nil, err
	}, WithToken(testLegacy), WithLogger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return roundTripFunc(func(req *http.Request) (*http.Response, error) {
				operation, ok := OperationOf(req.Context())
				if ok != (operation != "") {
					t.Errorf("%q, %t", operation, ok)
				}
				operations = append(operations, operation)
				return next.RoundTrip(req)
			})
		}))
	for range 4 {
		if _, err := c.Projects.Get(t.Context(), 4711, nil); err == nil {
			t.Error("a failure was none")
		}
	}
	if err := get(t, c, "/api/version"); err != nil {
		t.Error(err)
	}
	if want := []string{"Projects.Get", "Projects.Get", "Projects.Get", "Projects.Get", ""}; !slices.Equal(operations, want) {
		t.Errorf("operations %q", operations)
	}
	text := out.String()
	for _, want := range []string{"error=canceled", "error=timeout", `error="connection failed"`, `error="token refused"`, "status=200", "operation=Projects.Get"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %s: %s", want, text)
		}
	}
	if strings.Contains(text, "secret") || strings.Contains(text, "471147114711") {
		t.Errorf("the log tells too much: %s", text)
	}
	checkNoSecret(t, "the log", text)
}
