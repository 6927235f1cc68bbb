package labelstudio

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// WithLogger logs every attempt of every request: at the level Debug if it
// succeeded, Warn if it failed. A record holds the method, the path template,
// the operation, the status or the error, the duration and the number of the
// attempt; never a header's value, a body, a query or an id in the path.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) error {
		if logger == nil {
			return errors.New("WithLogger(nil): leave the option out")
		}
		c.logger = logger
		return nil
	}
}

// logTransport logs what passes through it. It stands inside of retries, to
// see each attempt, and outside of authorization, to see no credentials.
type logTransport struct {
	next   http.RoundTripper
	logger *slog.Logger
}

type attemptKey struct{}

func (t *logTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	res, err := t.next.RoundTrip(req)

	level := slog.LevelDebug
	op, ok := wire.OperationFrom(req.Context())
	if !ok || op.Path == "" {
		op.Path = "(undescribed)" // a path may hold ids and names
	}
	attrs := []slog.Attr{slog.String("method", req.Method), slog.String("path", op.Path)}
	if op.ID != "" {
		attrs = append(attrs, slog.String("operation", op.ID))
	}
	if err != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("error", errorKind(err)))
	} else {
		if res.StatusCode >= 400 {
			level = slog.LevelWarn
		}
		attrs = append(attrs, slog.Int("status", res.StatusCode))
	}
	attempt, _ := req.Context().Value(attemptKey{}).(int)
	attrs = append(attrs, slog.Duration("duration", time.Since(start)), slog.Int("attempt", max(attempt, 1)))
	t.logger.LogAttrs(req.Context(), level, "labelstudio request", attrs...)
	return res, err
}

// errorKind names an error without its text, which may hold an address.
func errorKind(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline exceeded"
	case errors.Is(err, ErrUnauthorized):
		return "token refused"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case neverSent(err):
		return "no connection"
	default:
		return "connection failed"
	}
}
