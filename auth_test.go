package labelstudio

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestAuthorizationHeader(t *testing.T) {
	t.Parallel()
	access := makeAccess(1, 300)
	tests := []struct {
		name  string
		token Option
		want  []string
	}{
		{"legacy", WithToken(testLegacy), []string{"Token " + testLegacy}},
		{"personal access token", WithToken(testPAT), []string{"Bearer " + access}},
		{"none", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var calls recorder
			var opts []Option
			if tt.token != nil {
				opts = append(opts, tt.token)
			}
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.URL.Path == exchangePath {
					if got := req.Header["Authorization"]; got != nil {
						t.Errorf("the exchange is authorized by %v", got)
					}
					return answer(200, `{"access":"`+access+`"}`), nil
				}
				calls.add(t, req)
				return answer(200, `{}`), nil
			}, opts...)
			var res *http.Response
			if err := get(t, c, "/api/x/", CaptureResponse(&res)); err != nil {
				t.Fatal(err)
			}
			requests, _ := calls.all()
			if len(requests) != 1 || !slices.Equal(requests[0].Header["Authorization"], tt.want) {
				t.Errorf("%d requests, authorization %v, want %v", len(requests), requests[0].Header["Authorization"], tt.want)
			}
			if got := res.Request.Header["Authorization"]; got != nil {
				t.Errorf("the captured answer shows %v", got)
			}
		})
	}
}

// The server prefers X-Api-Key, so a middleware's must not get past a token.
func TestOtherCredentialsAreReplaced(t *testing.T) {
	t.Parallel()
	sneak := WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripFunc(func(req *http.Request) (*http.Response, error) {
			req = req.Clone(req.Context())
			req.Header.Set("X-Api-Key", "other")
			req.Header.Set("Authorization", "Token other")
			return next.RoundTrip(req)
		})
	})
	var got http.Header
	serve := func(req *http.Request) (*http.Response, error) {
		got = req.Header
		return answer(200, `{}`), nil
	}
	if err := get(t, fakeServer(t, serve, sneak, WithToken(testLegacy)), "/"); err != nil {
		t.Fatal(err)
	}
	if got.Get("X-Api-Key") != "" || got.Get("Authorization") != "Token "+testLegacy {
		t.Errorf("sent %v", got)
	}
	// Without a token the middleware may be what authorizes.
	if err := get(t, fakeServer(t, serve, sneak), "/"); err != nil {
		t.Fatal(err)
	}
	if got.Get("X-Api-Key") != "other" || got.Get("Authorization") != "Token other" {
		t.Errorf("sent %v", got)
	}
}

func TestAuthTransportLeavesRequestAlone(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{
		"headers": {"Accept": {"x"}, "X-Api-Key": {"y"}}, "none": nil,
	} {
		for _, target := range []string{testBase + "/x", "http://other.test/x"} {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader("body"))
			req.Header = header.Clone()
			rt := &authTransport{
				origin: originOf(&url.URL{Scheme: "http", Host: "labels.test"}),
				cred:   newLegacyToken(testLegacy),
				next: roundTripFunc(func(sent *http.Request) (*http.Response, error) {
					if sent == req {
						t.Error("the request itself was passed on")
					}
					sent.Header.Set("Late", "change")
					return answer(200, ""), nil
				}),
			}
			res, err := rt.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			if err := res.Body.Close(); err != nil {
				t.Error(err)
			}
			if len(req.Header) != len(header) || res.Request != req {
				t.Errorf("%s: the request became %v", name, req.Header)
			}
		}
	}
}

// redirectTarget is a server that answers and remembers; its address has
// another origin than any other server's.
func redirectTarget(t *testing.T, listen string) (*httptest.Server, *recorder) {
	t.Helper()
	var calls recorder
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		calls.add(t, req)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"there":true}`)
	}))
	if listen != "" {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", listen)
		if err != nil {
			t.Skipf("no address of this kind here: %v", err)
		}
		_ = server.Listener.Close()
		server.Listener = l
	}
	server.Start()
	t.Cleanup(server.Close)
	return server, &calls
}

func TestRedirectsCarryNoCredentials(t *testing.T) {
	t.Parallel()
	port := func(raw string) string {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		return u.Port()
	}
	tests := []struct {
		name   string
		tls    bool // of the configured origin
		listen string
		target func(server string) string
	}{
		{"another port", false, "", func(s string) string { return s }},
		{"another host", false, "", func(s string) string { return "http://localhost:" + port(s) }},
		{"IPv6", false, "[::1]:0", func(s string) string { return s }},
		{"https to http", true, "", func(s string) string { return s }},
	}
	for _, tt := range tests {
		for kind, token := range map[string]string{"legacy": testLegacy, "pat": testPAT} {
			t.Run(tt.name+" "+kind, func(t *testing.T) {
				t.Parallel()
				other, calls := redirectTarget(t, tt.listen)
				location := tt.target(other.URL)
				access := makeAccess(1, 300)
				var authorized int
				handler := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
					if req.URL.Path == exchangePath {
						w.Header().Set("Content-Type", "application/json")
						_, _ = io.WriteString(w, `{"access":"`+access+`"}`)
						return
					}
					if req.Header.Get("Authorization") != "" {
						authorized++
					}
					http.SetCookie(w, &http.Cookie{Name: "sessionid", Value: "cookie"})
					http.Redirect(w, req, location+"/there/?X-Signature=1", http.StatusFound)
				})
				server := httptest.NewUnstartedServer(handler)
				if tt.tls {
					server.StartTLS()
				} else {
					server.Start()
				}
				t.Cleanup(server.Close)
				c := mustClient(t, server.URL, WithHTTPClient(server.Client()), WithToken(token))
				var out []byte // only a file may come from there
				err := c.Do(t.Context(), http.MethodGet, "/api/x/", nil, nil, &out,
					WithHeader("Cf-Access-Client-Secret", "s"), WithHeader("Cookie", "sessionid=s"), WithHeader("Range", "bytes=0-"))
				if err != nil || !strings.Contains(string(out), "there") {
					t.Fatalf("out %s, error %v", out, err)
				}
				requests, _ := calls.all()
				if len(requests) != 1 || authorized != 1 {
					t.Fatalf("%d requests arrived there, %d authorized ones at the origin", len(requests), authorized)
				}
				for key := range requests[0].Header {
					if !slices.Contains([]string{"Accept", "Accept-Encoding", "Range", "User-Agent"}, key) {
						t.Errorf("%s arrived there: %v", key, requests[0].Header[key])
					}
				}
				if requests[0].Header.Get("Range") == "" || requests[0].UserAgent() == "" {
					t.Errorf("what a download needs did not arrive there: %v", requests[0].Header)
				}
			})
		}
	}
}

func TestRedirectWithinOriginKeepsCredentials(t *testing.T) {
	t.Parallel()
	var got []string
	server := newServer(t, func(w http.ResponseWriter, req *http.Request) {
		got = append(got, req.Header.Get("Authorization"))
		if req.URL.Path == "/p/api/x/" {
			http.Redirect(w, req, "/elsewhere/", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{}`)
	})
	if err := get(t, mustClient(t, server.URL+"/p", WithToken(testLegacy)), "/api/x/"); err != nil {
		t.Fatal(err)
	}
	if want := "Token " + testLegacy; !slices.Equal(got, []string{want, want}) {
		t.Errorf("authorizations %q", got)
	}
}

// What another origin answers passes for nothing that the server says.
func TestAnswerOfAnotherOrigin(t *testing.T) {
	t.Parallel()
	for _, other := range []string{"http://labels.test:81/x", "https://labels.test/x", "http://elsewhere.test/x"} {
		c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			if req.URL.String() != other {
				return answer(302, "", "Location", other), nil
			}
			return answer(200, `{"id":666,"title":"theirs"}`), nil
		})
		project, err := c.Projects.Get(t.Context(), 1)
		if want := "it comes from " + other + ", where the request was redirected to: if that is Label Studio, make it the base URL"; project != nil ||
			!errors.Is(err, ErrUnexpectedAnswer) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", other, project, err)
		}
		var out any
		if err := c.Do(t.Context(), http.MethodGet, "/api/x/", nil, nil, &out); !errors.Is(err, ErrUnexpectedAnswer) {
			t.Errorf("%s, decoded by Do: %v, %v", other, out, err)
		}
	}
}

// A jar gives the cookies of the other origin to the other origin.
func TestRedirectKeepsCookiesOfTheJar(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(&url.URL{Scheme: "http", Host: "files.test"}, []*http.Cookie{{Name: "theirs", Value: "1"}})
	jar.SetCookies(&url.URL{Scheme: "http", Host: "labels.test"}, []*http.Cookie{{Name: "ours", Value: "1"}})
	cookies := map[string]string{}
	transport := roundTripFunc(func(req *http.Request) (*http.Response, error) {
		cookies[req.URL.Host] = req.Header.Get("Cookie")
		if req.URL.Host == "labels.test" {
			return answer(302, "", "Location", "http://files.test/x"), nil
		}
		if req.URL.Host == "files.test" {
			return answer(302, "", "Location", "http://labels.test:81/y"), nil
		}
		return answer(200, `{}`), nil
	})
	c := mustClient(t, testBase, WithHTTPClient(&http.Client{Jar: jar, Transport: transport}))
	if err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, new([]byte)); err != nil {
		t.Fatal(err)
	}
	if cookies["labels.test"] != "ours=1" || cookies["files.test"] != "theirs=1" {
		t.Errorf("cookies %v", cookies)
	}
	// A jar knows no ports.
	if sent, asked := cookies["labels.test:81"]; !asked || sent != "" {
		t.Errorf("cookies of the server are sent to another port: %q, %v", sent, asked)
	}
}

// A jar knows neither ports nor schemes, and takes many names for one.
func TestCookiesStayAtTheOrigin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ base, to string }{
		{"https://labels.test", "http://labels.test/x"},
		{"https://labels.test", "http://LABELS.TEST:81/x"},
		{"https://labels.test", "http://labels.test./x"},
		{"https://labels.test", "https://labels.test./x"},
		{"https://Labels.test", "http://labels.test:81/x"},
		{"https://labels.test.", "http://labels.test/x"},
		{"http://xn--bcher-kva.test", "http://b\u00fccher.test:81/x"},
		{"http://b\u00fccher.test", "http://xn--bcher-kva.test/x"},
	} {
		t.Run(tt.base+" "+tt.to, func(t *testing.T) {
			t.Parallel()
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			sent := map[string]string{}
			c := mustClient(t, tt.base, WithHTTPClient(&http.Client{Jar: jar, Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
				sent[req.URL.Path] = req.Header.Get("Cookie")
				if req.URL.Path == "/x" {
					return answer(200, ""), nil
				}
				return answer(302, "", "Location", tt.to, "Set-Cookie", "sessionid=s; Path=/"), nil
			})}))
			for range 2 {
				if err := get(t, c, "/"); err != nil {
					t.Fatal(err)
				}
			}
			if there, asked := sent["/x"]; sent["/"] != "sessionid=s" || !asked || there != "" {
				t.Errorf("cookies %q", sent)
			}
		})
	}
}

// What net/http would carry along to a subdomain is not the jar's.
func TestCookieHeaderStaysAtTheOrigin(t *testing.T) {
	t.Parallel()
	for name, jar := range map[string]bool{"with a jar": true, "without a jar": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := &http.Client{}
			want := ""
			if jar {
				filled, err := cookiejar.New(nil)
				if err != nil {
					t.Fatal(err)
				}
				filled.SetCookies(&url.URL{Scheme: "http", Host: "files.labels.test"}, []*http.Cookie{{Name: "theirs", Value: "1"}})
				client.Jar, want = filled, "theirs=1"
			}
			got := "nothing"
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.URL.Host == "labels.test" {
					return answer(302, "", "Location", "http://files.labels.test/x"), nil
				}
				got = req.Header.Get("Cookie")
				return answer(200, ""), nil
			}, WithHTTPClient(client))
			if err := get(t, c, "/", WithHeader("Cookie", "sessionid=s")); err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("the subdomain got %q, want %q", got, want)
			}
		})
	}
}

func TestUnauthorizedAfterRedirectSaysWhy(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if req.URL.Scheme == "http" {
			return answer(301, "", "Location", "https://labels.test/api/x/?secret=1"), nil
		}
		return answer(401, errorBody(401, "Authentication credentials were not provided.")), nil
	}, WithToken(testLegacy))
	err := get(t, c, "/api/x/")
	if !errors.Is(err, ErrUnauthorized) || !strings.Contains(err.Error(), "redirected to https://labels.test/api/x/ and the token goes to the base URL only") {
		t.Errorf("error %v", err)
	}
}

// A request that never got as far as the transport still has its body closed.
func TestBodyIsClosedWhenNotAuthorized(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		return answer(401, errorBody(401, "Token is invalid")), nil
	}, WithToken(testPAT))
	body := &closeRecorder{Reader: bytes.NewReader([]byte("x"))}
	if err := c.Do(t.Context(), http.MethodPost, "/api/x/", nil, body, nil); !errors.Is(err, ErrInvalidToken) {
		t.Errorf("error %v", err)
	}
	if !body.closed {
		t.Error("the body was not closed")
	}
}
