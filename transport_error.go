package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// requestError is a request that got no answer, or only a part of one.
type requestError struct {
	method, path string
	text         string // of err, with nothing secret
	err          error
}

func (e *requestError) Error() string {
	return "labelstudio: " + e.method + " " + e.path + ": " + e.text
}

func (e *requestError) Unwrap() error { return e.err }

// maxErrorText is how much of an error is shown that may hold what the server sent,
// in bytes.
const maxErrorText = 4 << 10

// newRequestError wraps what http.Client or a body returned. A url.Error stays
// one, but its URL loses the query. ctx is the caller's: if it has ended, the
// error matches its [context.Context.Err], also where net/http returns its
// cause instead.
func newRequestError(ctx context.Context, req *http.Request, scrub scrubber, err error) error {
	cause := withoutURL(err)
	if answered, ok := cause.(*Error); ok { //nolint:errorlint // one that a middleware wrapped stays wrapped
		own := *answered // from the exchange of a token: it says all by itself
		own.before = attemptsBefore(req)
		return &own
	}
	if ended := ctx.Err(); ended != nil && !errors.Is(cause, ended) {
		cause = fmt.Errorf("%w: %w", ended, cause)
	}
	cause = withLimit(cause)
	text := cut(maskURLs(scrub.text(cause.Error())), maxErrorText)
	if text != cause.Error() {
		cause = textError{text, cause}
	}
	wrapped := cause
	var outer *url.Error
	if errors.As(err, &outer) {
		wrapped = &url.Error{Op: outer.Op, URL: scrub.path(bareURL(req.URL)), Err: cause}
	}
	if before := attemptsBefore(req); before != "" {
		text += ": " + before
	}
	return &requestError{method: req.Method, path: scrub.path(req.URL.EscapedPath()), text: text, err: wrapped}
}

// withoutURL takes the outermost url.Error off: it repeats method and URL.
func withoutURL(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

// textError is an error under another text. It matches what the error matches,
// but doesn't hand it out to be printed.
type textError struct {
	text string
	err  error
}

func (e textError) Error() string        { return e.text }
func (e textError) Is(target error) bool { return errors.Is(e.err, target) }

func (e textError) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.As(e.err, &t) && t.Timeout()
}
