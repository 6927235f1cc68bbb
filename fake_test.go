package labelstudio

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// What tests use for tokens. None of them is of any server.
const (
	testLegacy = "abcdef0123456789abcdef0123456789abcdef01"
	testBase   = "http://labels.test"
)

var testPAT = makeJWT(map[string]any{"token_type": "refresh", "exp": 8_000_000_000, "iat": 1_700_000_000, "jti": "pat"})

// makeJWT returns a token with these claims, whose signature is made up.
func makeJWT(claims map[string]any) string {
	encode := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return encode(map[string]string{"alg": "HS256", "typ": "JWT"}) + "." + encode(claims) + "." +
		base64.RawURLEncoding.EncodeToString([]byte("made-up signature"))
}

// makeAccess returns the nth access token, which lives for some seconds by the
// clock of a server that is years behind.
func makeAccess(n, seconds int) string {
	return makeJWT(map[string]any{"token_type": "access", "exp": 1_000_000 + seconds, "iat": 1_000_000, "jti": fmt.Sprint("access", n)})
}

// roundTripFunc is a transport that a test writes on the spot. It keeps the
// promises of http.RoundTripper about the body of the request.
type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := f(req)
	if req.Body != nil {
		_ = req.Body.Close()
	}
	if res != nil && res.Request == nil {
		res.Request = req
	}
	return res, err
}

// reply is an answer that is yet to be made.
type reply struct {
	status  int
	body    string
	headers []string // name, value, name, value
}

func say(status int, body string, headers ...string) reply { return reply{status, body, headers} }

// response makes the answer. What its body does can be watched.
func (r reply) response() (*http.Response, *closeRecorder) {
	res := answer(r.status, r.body, r.headers...)
	body := &closeRecorder{Reader: res.Body}
	res.Body = body
	return res, body
}

// closeRecorder is a body that knows whether it was closed.
type closeRecorder struct {
	io.Reader
	closed bool
}

func (c *closeRecorder) Close() error {
	c.closed = true
	return nil
}

// answer makes an answer with a JSON body, or one of another type when headers
// say so.
func answer(status int, body string, headers ...string) *http.Response {
	res := &http.Response{
		Status:        fmt.Sprintf("%d %s", status, http.StatusText(status)),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
	}
	for i := 0; i < len(headers); i += 2 {
		res.Header.Set(headers[i], headers[i+1])
	}
	return res
}

// errorBody is the usual shape of an error of the server.
func errorBody(status int, detail string) string {
	return fmt.Sprintf(`{"id":"c2ddc815-f82f-4d92-a314-90bb57541e10","status_code":%d,"version":"1.23.2","detail":%q,"exc_info":null}`, status, detail)
}

// mustClient returns a client that sends nothing twice, unless opts say so.
func mustClient(t testing.TB, baseURL string, opts ...Option) *Client {
	t.Helper()
	c, err := NewClient(baseURL, append([]Option{WithRetries(0)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// fakeServer returns a client of a transport that asks handle.
func fakeServer(t testing.TB, handle func(*http.Request) (*http.Response, error), opts ...Option) *Client {
	t.Helper()
	return mustClient(t, testBase, append(opts, WithTransport(roundTripFunc(handle)))...)
}

// exchangingClient is of a server that answers an exchange with access, and all
// else with an empty object.
func exchangingClient(t testing.TB, access string, opts ...Option) *Client {
	t.Helper()
	return fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == exchangePath {
			return answer(200, `{"access":"`+access+`"}`), nil
		}
		return answer(200, `{}`), nil
	}, opts...)
}

// get sends a GET whose answer doesn't matter.
func get(t testing.TB, c *Client, path string, opts ...CallOption) error {
	t.Helper()
	return c.Do(t.Context(), http.MethodGet, path, nil, nil, nil, opts...)
}

// newServer starts a server that is stopped at the end of the test.
func newServer(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// recorder keeps the requests that reach it.
type recorder struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func (r *recorder) add(t testing.TB, req *http.Request) {
	t.Helper()
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			t.Errorf("reading the request: %v", err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests, r.bodies = append(r.requests, req), append(r.bodies, string(body))
}

func (r *recorder) all() ([]*http.Request, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests, r.bodies
}

// checkNoSecret fails the test if text holds a token of the tests or a part of
// one that is long enough to matter.
func checkNoSecret(t testing.TB, what, text string, secrets ...string) {
	t.Helper()
	for _, secret := range append(secrets, testLegacy, testPAT) {
		for _, form := range []string{secret, secret[len(secret)/2:]} {
			if strings.Contains(text, form) {
				t.Errorf("%s shows a secret: %s", what, text)
			}
		}
	}
}
