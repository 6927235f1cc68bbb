// Package opentelemetry shows how to trace the client's requests, in a module
// of its own so that the client itself needs nothing of it.
package opentelemetry

import (
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/trace"

	"github.com/labelstudio-go/labelstudio"
)

// Around returns an option that makes one span of each call, retries and the
// exchange of tokens included. The span sees no credentials.
func Around(provider trace.TracerProvider) labelstudio.Option {
	return labelstudio.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return otelhttp.NewTransport(next, otelhttp.WithTracerProvider(provider), otelhttp.WithSpanNameFormatter(spanName))
	})
}

// Inside returns an option that makes one span of each request that is really
// sent: every attempt, and every exchange of a token.
func Inside(provider trace.TracerProvider) labelstudio.Option {
	return labelstudio.WithTransport(otelhttp.NewTransport(http.DefaultTransport,
		otelhttp.WithTracerProvider(provider), otelhttp.WithSpanNameFormatter(spanName)))
}

// spanName uses the operation, such as "Projects.Get", or else the method: a
// path holds ids, of which there are too many for names.
func spanName(_ string, req *http.Request) string {
	if operation, ok := labelstudio.OperationOf(req.Context()); ok {
		return operation
	}
	return req.Method
}
