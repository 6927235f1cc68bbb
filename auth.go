package labelstudio

import (
	"context"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

// credential authorizes requests. It is safe for concurrent use.
type credential interface {
	// kind names it in messages.
	kind() string
	// secrets returns what must not appear in messages.
	secrets() []string
}

// authorizer is a credential that sets the Authorization header.
type authorizer interface {
	credential
	// authorize returns the header's value.
	authorize(ctx context.Context) (string, error)
}

// renewer is an authorizer that can replace a value that the server refused.
type renewer interface {
	authorizer
	// forget makes the next call of authorize get a new value, unless there is
	// one already in place of refused.
	forget(refused string)
}

// anonymous leaves requests as they are.
type anonymous struct{}

func (anonymous) kind() string      { return "no token" }
func (anonymous) secrets() []string { return nil }

// legacyToken returns a token that is sent as it is. A string would show where
// something that holds the client is printed.
type legacyToken func() string

func newLegacyToken(token string) legacyToken { return func() string { return token } }

func (t legacyToken) kind() string      { return "legacy token" }
func (t legacyToken) secrets() []string { return []string{t()} }

func (t legacyToken) authorize(context.Context) (string, error) { return "Token " + t(), nil }

func (t patToken) kind() string      { return "personal access token" }
func (t patToken) secrets() []string { return []string{string(t)} }

// authTransport adds the credentials to requests that go to the origin of the
// base URL, and keeps them from all others. As a redirect is a request of its
// own here, and the caller's request is never changed, there is nothing that
// net/http could carry along to another origin.
type authTransport struct {
	next   http.RoundTripper
	origin string
	host   string // of origin, without its port
	cred   credential
	jar    http.CookieJar // of the http.Client; may be nil
}

func (t *authTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if originOf(req.URL) != t.origin {
		return t.send(req, req.Body, t.foreignHeader(req))
	}
	auth, ok := t.cred.(authorizer)
	if !ok {
		return t.send(req, req.Body, req.Header.Clone())
	}
	value, err := auth.authorize(req.Context())
	if err != nil {
		closeBody(req)
		return nil, err
	}
	res, err := t.send(req, req.Body, authHeader(req.Header, value))
	if err != nil || res.StatusCode != http.StatusUnauthorized {
		return res, err
	}
	renew, ok := auth.(renewer)
	if !ok {
		return res, nil
	}
	renew.forget(value)
	if !canRepeat(req) {
		return res, nil
	}
	closeDrained(res.Body)
	if value, err = auth.authorize(req.Context()); err != nil {
		return nil, err
	}
	body := req.Body
	if req.GetBody != nil {
		if body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
	return t.send(req, body, authHeader(req.Header, value))
}

// send sends a copy of req. The answer names req itself as its request, so that
// whoever looks at the answer sees no credentials.
func (t *authTransport) send(req *http.Request, body io.ReadCloser, header http.Header) (*http.Response, error) {
	out := req.WithContext(req.Context())
	out.Header, out.Body = header, body
	if secret, _ := req.Context().Value(secretKey{}).(bool); secret { // also after a redirect
		out.Close = true
	}
	res, err := t.next.RoundTrip(out)
	if res != nil {
		res.Request = req
	}
	return res, err
}

// authHeader returns a copy of h with the given authorization and no other:
// the server prefers X-Api-Key where both are there.
func authHeader(h http.Header, value string) http.Header {
	if h = h.Clone(); h == nil {
		h = make(http.Header)
	}
	h.Del("X-Api-Key")
	h.Set("Authorization", value)
	return h
}

// foreignHeaders are the headers that a request to another origin needs. A list
// of what to remove would miss the header that some proxy in front of the
// configured origin takes its credentials from.
var foreignHeaders = []string{
	"Accept", "Accept-Encoding", "Accept-Language", "Content-Length", "Content-Type",
	"If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since",
	"Range", "User-Agent",
}

// foreignHeader returns what of the header another origin gets, and the cookies
// that the jar has for it. Those in the header may be the caller's own: net/http
// takes them along to a subdomain.
func (t *authTransport) foreignHeader(req *http.Request) http.Header {
	out := http.Request{Header: make(http.Header)}
	for _, key := range foreignHeaders {
		if values, ok := req.Header[key]; ok {
			out.Header[key] = values
		}
	}
	if t.jar != nil && otherHosts(req.URL.Hostname(), t.host) {
		for _, cookie := range t.jar.Cookies(req.URL) {
			out.AddCookie(cookie)
		}
	}
	return out.Header
}

// otherHosts reports whether two hosts have no cookie of a jar in common, which
// picks by host, whatever the port and the scheme, and takes several spellings for
// one. Those of an international name are too many to tell.
func otherHosts(a, b string) bool {
	international := strings.ContainsFunc(a+b, func(r rune) bool { return r >= utf8.RuneSelf })
	return !international && !strings.EqualFold(strings.TrimRight(a, "."), strings.TrimRight(b, "."))
}

// canRepeat reports whether the body of req can be had again.
func canRepeat(req *http.Request) bool {
	return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // the error that kept it from being sent matters more
	}
}
