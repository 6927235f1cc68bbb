package labelstudio

import (
	"errors"
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

// newRequestError wraps what http.Client or a body returned. A url.Error stays
// one, but its URL loses the query.
func newRequestError(req *http.Request, scrub scrubber, err error) error {
	var inner *Error
	var outer *url.Error
	if errors.As(err, &outer) {
		if errors.As(outer.Err, &inner) && error(inner) == outer.Err { //nolint:errorlint // whether it is wrapped matters
			return inner // of the exchange of a token: says all by itself
		}
	}
	cause := withoutURL(err)
	raw := cause.Error()
	text := maskURLs(scrub.text(raw))
	if text != raw {
		cause = maskedError{text, cause}
	}
	wrapped := cause
	if outer != nil {
		wrapped = &url.Error{Op: outer.Op, URL: bareURL(req.URL), Err: cause}
	}
	return &requestError{method: req.Method, path: scrub.text(req.URL.EscapedPath()), text: text, err: wrapped}
}

// withoutURL takes the outermost url.Error off: it repeats method and URL.
func withoutURL(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

// maskedError stands for an error whose text must not be shown. It matches what
// the error matches, but doesn't hand it out to be printed.
type maskedError struct {
	text string
	err  error
}

func (e maskedError) Error() string        { return e.text }
func (e maskedError) Is(target error) bool { return errors.Is(e.err, target) }
func (e maskedError) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.As(e.err, &t) && t.Timeout()
}
