package labelstudio

import (
	"fmt"
	"net/http"
	"net/url"
)

const maxRedirects = 10

// redirectError says why a redirect was not followed.
type redirectError struct {
	to     string // without user info and query
	reason string
}

func (e *redirectError) Error() string {
	return "the server redirects to " + e.to + ", which is not followed because " + e.reason
}

// checkRedirect returns the rules of the client, after those of the caller.
func checkRedirect(origin string, callers func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		if callers != nil {
			if err := callers(req, via); err != nil {
				return err
			}
		} else if len(via) >= maxRedirects {
			return fmt.Errorf("stopped after %d redirects", maxRedirects)
		}
		first := via[0].Method
		to := bareURL(req.URL)
		if req.Method != first {
			return &redirectError{to, fmt.Sprintf("that would turn %s into %s: set the base URL to the address that needs no redirect", first, req.Method)}
		}
		if originOf(req.URL) != origin && (hasBody(req) || (first != http.MethodGet && first != http.MethodHead)) {
			return &redirectError{to, fmt.Sprintf("a %s goes to the configured origin only: if the other one is right, make it the base URL", first)}
		}
		return nil
	}
}

// redirectTransport takes the body off a redirect: http.Client reads some of it
// before it follows or refuses, and would wait for that without end.
type redirectTransport struct{ next http.RoundTripper }

func (t redirectTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.next.RoundTrip(req)
	if res == nil || err != nil || res.Header.Get("Location") == "" {
		return res, err
	}
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		closeDrained(res.Body)
		res.Body = http.NoBody
	}
	return res, nil
}

func hasBody(req *http.Request) bool { return req.Body != nil && req.Body != http.NoBody }

// bareURL is what of a URL may be shown: its query may be a signature.
func bareURL(u *url.URL) string {
	bare := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return bare.String()
}

// redirectedTo returns where an answer that was not followed points to, or
// nothing if it is no redirect.
func redirectedTo(res *http.Response) string {
	if res.StatusCode < 300 || res.StatusCode > 399 {
		return ""
	}
	u, err := res.Location()
	if err != nil {
		return ""
	}
	return bareURL(u)
}
