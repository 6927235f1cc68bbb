package labelstudio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
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
			req, err := http.NewRequestWithContext(ctx, "GET", "http://labels.test/api/tasks/4711/?query=secret-query", strings.NewReader("secret-body"))
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
			if text := out.String(); strings.Contains(text, "secret") || strings.Contains(text, "4711") || strings.Contains(text, "refused") {
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
