package labelstudio

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// baseURL is the address that all paths are relative to.
type baseURL struct {
	url    url.URL // without path
	path   string  // without trailing slash; may be empty
	prefix string  // path, escaped
	origin string  // see originOf
}

// String returns the URL. It holds no credentials: parseBaseURL refuses them.
func (b *baseURL) String() string { return b.url.String() + b.prefix }

// parseBaseURL never echoes what may hold a password.
func parseBaseURL(raw string) (*baseURL, error) {
	const like = "write it like https://labels.example.com"
	if raw == "" {
		return nil, errors.New("the base URL is empty: " + like)
	}
	u, err := url.Parse(raw)
	switch {
	case (strings.Contains(raw, "@") || strings.Contains(raw, "%40")) && (err != nil || u.User != nil || u.Host == ""):
		return nil, errors.New("the base URL holds a user name or password: leave it out and give a token with WithToken; for a proxy that asks for them, set the header in WithTransport")
	case strings.ContainsAny(raw, "?#"):
		return nil, errors.New("the base URL has a query or a fragment: leave out what follows the path; " + like)
	case !strings.Contains(raw, "://"):
		return nil, fmt.Errorf("the base URL %q has no scheme: write https://%[1]s, or http:// for a server without TLS", strings.TrimLeft(raw, "/"))
	case err != nil:
		return nil, fmt.Errorf("the base URL can't be parsed (%w): %s", withoutURL(err), like)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("the base URL has the scheme %q: only http and https are supported", u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("the base URL has no host: " + like)
	case hasDotSegment(u.Path):
		return nil, errors.New("the path of the base URL has a segment . or ..: write it without")
	case partlyEscaped(u):
		return nil, errPartlyEscaped
	}
	b := &baseURL{
		url:    url.URL{Scheme: u.Scheme, Host: u.Host},
		path:   strings.TrimRight(u.Path, "/"),
		prefix: strings.TrimRight(u.EscapedPath(), "/"),
		origin: originOf(u),
	}
	return b, nil
}

// resolve returns the absolute URL of ref, a path with an optional query. The
// path is appended to the prefix, its escapes kept.
func (b *baseURL) resolve(ref *url.URL) (*url.URL, error) {
	if ref.Scheme != "" || ref.Host != "" || ref.User != nil || ref.Opaque != "" || !strings.HasPrefix(ref.Path, "/") {
		return nil, errors.New("the path must begin with a single slash and have no scheme or host")
	}
	if hasDotSegment(ref.Path) {
		return nil, errors.New("the path has a segment . or .., which would lead elsewhere")
	}
	if partlyEscaped(ref) {
		return nil, errPartlyEscaped
	}
	u := b.url
	u.Path = b.path + ref.Path
	u.RawPath = b.prefix + ref.EscapedPath()
	u.RawQuery = ref.RawQuery
	return &u, nil
}

var errPartlyEscaped = errors.New("a part of the path is escaped and another is not: escape all of it or nothing")

// partlyEscaped reports whether u would lose escapes such as %2F, because
// net/url escapes a path anew that is not escaped well.
func partlyEscaped(u *url.URL) bool {
	return strings.Contains(u.RawPath, "%") && u.RawPath != u.EscapedPath()
}

// hasDotSegment reports whether servers or proxies may take a part of the
// unescaped path for "here" or "one up". Some take a backslash for a slash, and
// some what follows a semicolon for no part of the name.
func hasDotSegment(path string) bool {
	for segment := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		if name, _, _ := strings.Cut(segment, ";"); name == "." || name == ".." {
			return true
		}
	}
	return false
}

// originOf returns scheme, host and port in a form that can be compared.
func originOf(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		switch scheme {
		case "http":
			port = "80"
		case "https":
			port = "443"
		}
	}
	return scheme + "://" + foldHost(u.Hostname()) + ":" + port
}

// foldHost returns host in lower case, as it may be written in either. Where that
// could change which host it is, it stays as it is: net/http makes another domain
// of an İ than of an i, and the zone of an IPv6 address has a case.
func foldHost(host string) string {
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf || r == '%' }) {
		return host
	}
	return strings.ToLower(host)
}
