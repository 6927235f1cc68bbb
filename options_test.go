package labelstudio

import (
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOptionsRefuse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		opt  Option
		want string
	}{
		{"http client", WithHTTPClient(nil), "WithHTTPClient(nil)"},
		{"transport", WithTransport(nil), "WithTransport(nil)"},
		{"middleware", WithMiddleware(nil), "WithMiddleware(nil)"},
		{"empty user agent", WithUserAgent(""), "give a product"},
		{"user agent with a line break", WithUserAgent("a\r\nX: y"), "give a product"},
		{"user agent with a space", WithUserAgent("a "), "give a product"},
		{"negative time-out", WithIdleTimeout(-time.Second), "give a positive duration"},
		{"negative limit", WithMaxAnswer(-1), "give a positive number of bytes"},
		{"negative retries", WithRetries(-1), "give 0 for none"},
		{"no logger", WithLogger(nil), "WithLogger(nil)"},
	}
	for _, tt := range tests {
		if _, err := NewClient(testBase, tt.opt); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestWithHTTPClientIsNotChanged(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var used int
	transport := roundTripFunc(func(*http.Request) (*http.Response, error) {
		used++
		return answer(200, `{}`), nil
	})
	given := &http.Client{Transport: transport, Jar: jar, Timeout: time.Minute}
	c := mustClient(t, testBase, WithHTTPClient(given), WithToken(testLegacy), WithMiddleware(func(next http.RoundTripper) http.RoundTripper { return next }))
	if err := get(t, c, "/api/x/"); err != nil {
		t.Fatal(err)
	}
	if used != 1 {
		t.Errorf("the transport was used %d times", used)
	}
	if _, same := given.Transport.(roundTripFunc); !same || given.CheckRedirect != nil || given.Jar != jar || given.Timeout != time.Minute {
		t.Errorf("the client was changed to %+v", given)
	}
	if c.core.client.Jar != jar || c.core.client.Timeout != time.Minute {
		t.Errorf("jar and time-out were not taken over: %+v", c.core.client)
	}
}

func TestWithTransportWins(t *testing.T) {
	t.Parallel()
	var used []string
	named := func(name string) http.RoundTripper {
		return roundTripFunc(func(*http.Request) (*http.Response, error) {
			used = append(used, name)
			return answer(200, `{}`), nil
		})
	}
	c := mustClient(t, testBase, WithTransport(named("transport")), WithHTTPClient(&http.Client{Transport: named("client")}))
	if err := get(t, c, "/api/x/"); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(used, []string{"transport"}) {
		t.Errorf("used %v", used)
	}
}

func TestMiddlewareOrderAndCredentials(t *testing.T) {
	t.Parallel()
	access := makeAccess(1, 300)
	for _, token := range []string{testLegacy, testPAT} {
		var log []string
		middleware := func(name string) Option {
			return WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
				return roundTripFunc(func(req *http.Request) (*http.Response, error) {
					log = append(log, name+" "+req.URL.Path)
					res, err := next.RoundTrip(req)
					log = append(log, name+" done")
					for _, header := range []http.Header{req.Header, res.Request.Header} {
						if header.Get("Authorization") != "" {
							t.Errorf("%s sees credentials: %v", name, header)
						}
					}
					return res, err
				})
			})
		}
		c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == exchangePath {
				return answer(200, `{"access":"`+access+`"}`), nil
			}
			if req.Header.Get("Authorization") == "" {
				t.Error("no credentials within")
			}
			return answer(200, `{}`), nil
		}, middleware("outer"), middleware("inner"), WithToken(token))
		if err := get(t, c, "/api/x/"); err != nil {
			t.Fatal(err)
		}
		want := []string{"outer /api/x/", "inner /api/x/", "inner done", "outer done"}
		if !slices.Equal(log, want) {
			t.Errorf("log %v, want %v", log, want)
		}
	}
}

func TestDefaultTransport(t *testing.T) {
	t.Parallel()
	a, b := defaultTransport(), defaultTransport()
	if a == b || a == http.DefaultTransport {
		t.Error("the transport is shared")
	}
	got := a.(*http.Transport)
	if got.ResponseHeaderTimeout != 0 {
		t.Errorf("the first byte has %s only", got.ResponseHeaderTimeout)
	}
	if got.TLSHandshakeTimeout == 0 || got.IdleConnTimeout == 0 || got.DialContext == nil || got.HTTP2.SendPingTimeout == 0 {
		t.Errorf("a time-out is missing: %+v", got)
	}
	if got.MaxResponseHeaderBytes != maxHeader {
		t.Errorf("a header may have %d bytes", got.MaxResponseHeaderBytes)
	}
	if other := http.DefaultTransport.(*http.Transport); other.HTTP2 != nil && other.HTTP2 == got.HTTP2 {
		t.Error("the settings of http.DefaultTransport are shared")
	}
}
