package labelstudio

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// The retry policy of a client; see the package documentation.
const (
	defaultRetries = 3
	firstWait      = 500 * time.Millisecond
	longestWait    = 30 * time.Second
	maxRetryAfter  = 2 * time.Minute
)

// WithRetries sets how often a request is sent again, at most, when a repeat is
// safe; the default is 3, and 0 turns retries off. The package documentation
// says what is repeated, when, and after how long.
func WithRetries(n int) Option {
	return func(c *config) error {
		if n < 0 {
			return fmt.Errorf("WithRetries(%d): give 0 for none, or a positive number", n)
		}
		c.retries = n
		return nil
	}
}

// Repeatable says that it does no harm if this call reaches the server twice.
// It lets a POST or PATCH be retried as a GET is. An import is not repeatable:
// it would import twice.
func Repeatable() CallOption {
	return func(o *wire.Options) { o.Repeatable = true }
}

// retryTransport sends a request again when that is safe and may help.
type retryTransport struct {
	next    http.RoundTripper
	retries int
}

type repeatableKey struct{}

func (t *retryTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := checkRepeats(req); err != nil {
		closeBody(req)
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		out, err := t.attempt(req, attempt)
		if err != nil {
			return nil, err
		}
		res, err := t.next.RoundTrip(out)
		wait, again := t.plan(req, res, err, attempt)
		if !again {
			return res, err
		}
		if earlier, ok := req.Context().Value(earlierKey{}).(*earlier); ok && mayBeDone(res, err) {
			earlier.mayBeDone.Store(true)
		}
		if deadline, ok := req.Context().Deadline(); ok && time.Until(deadline) <= wait {
			return res, err // the wait would end in a time-out that hides the reason
		}
		if res != nil {
			closeDrained(res.Body)
		}
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// attempt returns the request to send: req itself first, then copies of it
// with a new body.
func (t *retryTransport) attempt(req *http.Request, attempt int) (*http.Request, error) {
	out := req.WithContext(context.WithValue(req.Context(), attemptKey{}, attempt))
	if attempt > 1 && req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		out.Body = body
	}
	return out, nil
}

// plan says whether to send the request again after this outcome of an
// attempt, and how long to wait before.
func (t *retryTransport) plan(req *http.Request, res *http.Response, err error, attempt int) (wait time.Duration, again bool) {
	if attempt > t.retries || !canRepeat(req) || req.Context().Err() != nil {
		return 0, false
	}
	if err != nil {
		var refused *Error // the exchange of a token was answered, and the request not sent
		if errors.As(err, &refused) {
			return waitAfter(refused.StatusCode, refused.RetryAfter, attempt)
		}
		if !safe(req) && !neverSent(err) || permanent(err) {
			return 0, false
		}
		return backoff(attempt), true
	}
	if !safe(req) {
		return 0, false
	}
	return waitAfter(res.StatusCode, retryAfter(res.Header, time.Now()), attempt)
}

// waitAfter says whether another attempt may help after this status, and when.
func waitAfter(status int, asked time.Duration, attempt int) (wait time.Duration, again bool) {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	case http.StatusInternalServerError:
		if attempt > 1 { // the server answers mistakes of the caller with 500, too
			return 0, false
		}
	default:
		return 0, false
	}
	if asked > 0 {
		return asked, asked <= maxRetryAfter
	}
	return backoff(attempt), true
}

// checkRepeats refuses headers that make net/http send any request again, where a
// connection that was in use before ends. Label Studio doesn't know them.
func checkRepeats(req *http.Request) error {
	for _, key := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if _, ok := req.Header[key]; ok && !safe(req) {
			return fmt.Errorf("the header %s makes net/http send a request again, which Label Studio would carry out twice: "+
				"leave it out, or add Repeatable if that does no harm", key)
		}
	}
	return nil
}

// safe reports whether the request may reach the server twice.
func safe(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	repeatable, _ := req.Context().Value(repeatableKey{}).(bool)
	return repeatable
}

// neverSent reports whether err shows that the request was not carried out: no
// connection came about, or there was no access token to send it with.
func neverSent(err error) bool {
	var dial *net.OpError
	var exchange *exchangeError
	var refused *Error // maybe of the exchange
	return errors.As(err, &dial) && dial.Op == "dial" || errors.As(err, &exchange) ||
		errors.As(err, &refused) && refused.exchange
}

// permanent reports whether err will be the same the next time.
func permanent(err error) bool {
	var host *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &host) && host.IsNotFound || errors.As(err, &certificate) || headerTooLarge(err)
}

// backoff doubles with each attempt, less a random part of up to a half, so
// that clients that failed together don't come back together.
func backoff(attempt int) time.Duration {
	wait := min(firstWait<<min(attempt-1, 10), longestWait)
	return wait - rand.N(wait/2)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// mayBeDone reports whether an attempt that is followed by another may have been
// carried out.
func mayBeDone(res *http.Response, err error) bool {
	return !neverSent(err) && (res == nil || res.StatusCode != http.StatusTooManyRequests)
}

// earlier is what a call knows of the attempts before its last.
type earlier struct{ mayBeDone atomic.Bool }

type earlierKey struct{}

// attemptsBefore tells of a request that changes something, and whose last attempt
// has failed, if one before it may have done what it is for.
func attemptsBefore(req *http.Request) string {
	before, ok := req.Context().Value(earlierKey{}).(*earlier)
	if !ok || !before.mayBeDone.Load() || req.Method == http.MethodGet || req.Method == http.MethodHead {
		return ""
	}
	return "an attempt before this one may have been carried out"
}

// deletedBefore reports whether a 404 means that an earlier attempt has deleted
// what was to be deleted. Only the server knows: a proxy in front of it answers
// 404 as well, when it has nowhere to send a request.
func deletedBefore(req *http.Request, e *Error) bool {
	before, ok := req.Context().Value(earlierKey{}).(*earlier)
	return ok && before.mayBeDone.Load() && req.Method == http.MethodDelete && e.isGone()
}
