package opentelemetry_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/examples/opentelemetry"
)

func TestSpans(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		option func(trace.TracerProvider) labelstudio.Option
		spans  []string
	}{
		{"around, one span for a call that is retried", opentelemetry.Around, []string{"Projects.Annotators"}},
		{"inside, one span for each attempt", opentelemetry.Inside, []string{"Projects.Annotators", "Projects.Annotators"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			failed := false
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if !failed {
					failed = true
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte("[]"))
			}))
			t.Cleanup(server.Close)
			recorder := tracetest.NewSpanRecorder()
			provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
			client, err := labelstudio.NewClient(server.URL, tt.option(provider))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Projects.Annotators(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, span := range recorder.Ended() {
				names = append(names, span.Name())
			}
			if !slices.Equal(names, tt.spans) {
				t.Errorf("spans %v, want %v", names, tt.spans)
			}
		})
	}
}
