package labelstudio

import (
	"context"
	"net/http"
	"time"
)

// promptTransport ends a request whose answer doesn't begin in time. Label Studio
// may work on an answer for long; whatever a link leads to must not hold up the
// rest.
type promptTransport struct {
	next http.RoundTripper
	wait time.Duration // 0 for no limit
}

func (t *promptTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.wait <= 0 {
		return t.next.RoundTrip(req)
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	late := &stalledError{after: t.wait}
	timer := time.AfterFunc(t.wait, func() { cancel(late) })
	res, err := t.next.RoundTrip(req.WithContext(ctx))
	if !timer.Stop() {
		if err == nil {
			_ = res.Body.Close() // it came too late
		}
		return nil, late
	}
	if err != nil {
		cancel(nil)
		return nil, err
	}
	res.Body = newBody(ctx, cancel, res.Body, 0)
	return res, nil
}
