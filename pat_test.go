package labelstudio

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// tokenServer is a transport that plays the server's part in authorization: it
// hands out access tokens that are numbered and accepts the newest only.
type tokenServer struct {
	t        testing.TB
	lifetime int                // of access tokens, in seconds
	hold     func(path string)  // called before each answer, without a lock
	exchange func(n int) string // the whole answer of the nth exchange; makeAccess by default

	mu        sync.Mutex
	exchanges int
	calls     int
	accepted  string // the only access token that is good
	bodies    []*closeRecorder
}

func (s *tokenServer) RoundTrip(req *http.Request) (*http.Response, error) {
	return roundTripFunc(s.serve).RoundTrip(req)
}

func (s *tokenServer) serve(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	if s.hold != nil {
		s.hold(req.URL.Path)
	}
	if err := req.Context().Err(); err != nil { // as a connection would
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	res, watched := s.answer(req, string(body)).response()
	s.bodies = append(s.bodies, watched)
	return res, nil
}

func (s *tokenServer) answer(req *http.Request, body string) reply {
	if !strings.HasSuffix(req.URL.Path, exchangePath) {
		s.calls++
		if req.Header.Get("Authorization") != "Bearer "+s.accepted {
			return say(401, errorBody(401, "Authentication credentials were not provided."), "WWW-Authenticate", "Token")
		}
		return say(200, `{"got":`+quote(body)+`}`)
	}
	s.exchanges++
	if body != `{"refresh":"`+testPAT+`"}` || req.Method != http.MethodPost || req.Header.Get("Content-Type") != "application/json" {
		s.t.Errorf("exchange %s %s %s", req.Method, req.Header, body)
	}
	if s.exchange != nil {
		return say(200, s.exchange(s.exchanges))
	}
	s.accepted = makeAccess(s.exchanges, s.lifetime)
	return say(200, `{"access":`+quote(s.accepted)+`}`)
}

// revoke makes the current access token bad, as when the server's key changes.
func (s *tokenServer) revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted = "nothing"
}

func quote(s string) string {
	raw, err := Raw(s)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func patClient(t testing.TB, server *tokenServer) *Client {
	t.Helper()
	server.t = t
	if server.lifetime == 0 {
		server.lifetime = 300
	}
	return mustClient(t, testBase, WithToken(testPAT), WithTransport(server))
}

// reportTo returns what fails a test for an error.
func reportTo(t *testing.T) func(error) {
	return func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
}

// parallel runs n calls at once and hands their errors to check.
func parallel(n int, call func() error, check func(error)) *sync.WaitGroup {
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { check(call()) })
	}
	return &wg
}

// want checks the counts, and that no answer was left open.
func (s *tokenServer) want(exchanges, calls int) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.exchanges != exchanges || s.calls != calls {
		s.t.Errorf("%d exchanges and %d calls, want %d and %d", s.exchanges, s.calls, exchanges, calls)
	}
	for i, body := range s.bodies {
		if !body.closed {
			s.t.Errorf("answer %d was not closed", i)
		}
	}
}

func TestExpiredTokenIsExchangedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{}
		c := patClient(t, server)
		if err := get(t, c, "/api/x/"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(301 * time.Second) // of the bubble: the token is expired
		server.revoke()

		release := make(chan struct{})
		server.hold = func(path string) {
			if path == exchangePath {
				<-release
			}
		}
		wg := parallel(50, func() error { return get(t, c, "/api/x/") }, reportTo(t))
		synctest.Wait() // all 50 wait, and the exchange is held
		server.want(1, 1)
		close(release)
		wg.Wait()
		server.want(2, 51)
	})
}

func TestRefusedTokenIsExchangedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{}
		c := patClient(t, server)
		if err := get(t, c, "/api/x/"); err != nil {
			t.Fatal(err)
		}
		server.revoke()

		// All 50 are sent with the old token before the first gets its 401.
		arrived := make(chan struct{})
		server.hold = func(path string) {
			if path != exchangePath {
				<-arrived
			}
		}
		wg := parallel(50, func() error { return get(t, c, "/api/x/") }, reportTo(t))
		synctest.Wait()
		close(arrived)
		wg.Wait()
		server.want(2, 1+50+50)
	})
}

func TestLateRefusalUsesTheNewToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{}
		c := patClient(t, server)
		late := make(chan struct{})
		server.hold = func(path string) {
			if path == "/api/late/" {
				<-late
			}
		}
		wg := parallel(1, func() error { return get(t, c, "/api/late/") }, reportTo(t))
		synctest.Wait() // sent with the first token
		server.revoke()
		if err := get(t, c, "/api/x/"); err != nil { // which brings the second
			t.Fatal(err)
		}
		close(late)
		wg.Wait()
		server.want(2, 4)
	})
}

func TestTokenIsReusedUntilShortlyBeforeItsEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		lifetime int // seconds
		wait     time.Duration
		exchange bool
	}{
		{"long, in time", 300, 269 * time.Second, false},
		{"long, shortly before", 300, 271 * time.Second, true},
		{"short, in time", 10, 7 * time.Second, false},
		{"short, shortly before", 10, 9 * time.Second, true},
		{"very short", 1, 700 * time.Millisecond, false},
		{"longer than believed", 10_000_000, 23 * time.Hour, false},
		{"longer than believed, a day later", 10_000_000, 24 * time.Hour, true},
		{"no lifetime", 0, 1000 * time.Hour, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &tokenServer{lifetime: tt.lifetime}
				if tt.lifetime == 0 {
					server.accepted = "opaque"
					server.exchange = func(int) string { return `{"access":"opaque"}` }
				}
				c := patClient(t, server)
				if err := get(t, c, "/api/x/"); err != nil {
					t.Fatal(err)
				}
				time.Sleep(tt.wait)
				if err := get(t, c, "/api/x/"); err != nil {
					t.Fatal(err)
				}
				want := 1
				if tt.exchange {
					want = 2
				}
				server.want(want, 2)
			})
		})
	}
}

func TestRefusedRequestIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	body := func() io.Reader { return io.MultiReader(strings.NewReader("a"), strings.NewReader("b")) }
	tests := []struct {
		name      string
		in        any
		repeated  bool
		exchanges int
	}{
		{"no body", nil, true, 2},
		{"JSON", map[string]int{"a": 1}, true, 2},
		{"strings.Reader", strings.NewReader("text"), true, 2},
		{"empty reader", strings.NewReader(""), true, 2},
		{"stream", body(), false, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := &tokenServer{}
			c := patClient(t, server)
			if err := get(t, c, "/api/x/"); err != nil {
				t.Fatal(err)
			}
			server.revoke()
			var out struct{ Got string }
			err := c.Do(t.Context(), http.MethodPost, "/api/x/", nil, tt.in, &out)
			if tt.repeated {
				if err != nil {
					t.Fatal(err)
				}
				server.want(2, 3)
				if want := map[string]string{"JSON": `{"a":1}`, "strings.Reader": "text"}[tt.name]; out.Got != want {
					t.Errorf("the body was %q the second time, want %q", out.Got, want)
				}
				return
			}
			if !errors.Is(err, ErrUnauthorized) || !strings.Contains(err.Error(), "the body can't be sent again: repeat the call") {
				t.Errorf("error %v", err)
			}
			server.want(1, 2)
			// The token is known to be bad, so the next call gets a new one.
			if err := c.Do(t.Context(), http.MethodPost, "/api/x/", nil, body(), &out); err != nil || out.Got != "ab" {
				t.Errorf("%q, %v", out.Got, err)
			}
			server.want(2, 3)
		})
	}
}

func TestRefusedTwiceIsAnError(t *testing.T) {
	t.Parallel()
	server := &tokenServer{}
	server.exchange = func(n int) string { return `{"access":"` + makeAccess(n, 300) + `"}` } // none of them good
	c := patClient(t, server)
	err := get(t, c, "/api/x/")
	if !errors.Is(err, ErrUnauthorized) || !strings.Contains(err.Error(), "personal access tokens may be turned off") {
		t.Errorf("error %v", err)
	}
	server.want(2, 2)
}

// A token that is refused is exchanged anew; that this fails is what went wrong.
func TestRefusedTokenThatIsNotRenewed(t *testing.T) {
	t.Parallel()
	server := &tokenServer{}
	c := patClient(t, server)
	if err := get(t, c, "/api/x/"); err != nil {
		t.Fatal(err)
	}
	server.revoke()
	server.exchange = func(int) string { return "no token" }
	err := get(t, c, "/api/x/", Repeatable())
	if !errors.Is(err, ErrUnexpectedAnswer) || !strings.Contains(err.Error(), exchangePath) {
		t.Errorf("error %v", err)
	}
	server.want(2, 2)
}

func TestCancelledStarterLeavesTheExchangeToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{}
		c := patClient(t, server)
		release := make(chan struct{})
		server.hold = func(path string) {
			if path == exchangePath {
				<-release
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		first := make(chan error)
		go func() { first <- c.Do(ctx, http.MethodGet, "/api/x/", nil, nil, nil) }()
		synctest.Wait() // it has begun the exchange
		others := parallel(10, func() error { return get(t, c, "/api/x/") }, reportTo(t))
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want the cancellation", err)
		}
		close(release)
		others.Wait()
		server.want(1, 10)
	})
}

func TestWaiterHasItsOwnDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &tokenServer{}
		c := patClient(t, server)
		release := make(chan struct{})
		server.hold = func(string) { <-release }
		wg := parallel(1, func() error { return get(t, c, "/api/x/") }, reportTo(t))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Do(ctx, http.MethodGet, "/api/x/", nil, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the deadline", err)
		}
		close(release)
		wg.Wait()
		server.want(1, 1)
	})
}

func TestExchangeIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done() // a server that never answers
			return nil, req.Context().Err()
		}, WithToken(testPAT))
		begin := time.Now()
		err := get(t, c, "/api/x/")
		if err == nil || !strings.Contains(err.Error(), "exchanging the personal access token") {
			t.Errorf("error %v", err)
		}
		if took := time.Since(begin); took != exchangeTimeout {
			t.Errorf("it took %s, want %s", took, exchangeTimeout)
		}
		// The failure is not kept: the next call tries again.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Do(ctx, http.MethodGet, "/api/x/", nil, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		time.Sleep(exchangeTimeout) // for the second exchange to end
	})
}

func TestFailedExchangeIsSharedAndTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var exchanges, calls int
		var mu sync.Mutex
		release := make(chan struct{})
		c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == exchangePath {
				<-release
			}
			mu.Lock()
			defer mu.Unlock()
			if req.URL.Path != exchangePath {
				calls++
				return answer(200, `{}`), nil
			}
			if exchanges++; exchanges == 1 {
				return answer(503, "upstream is away", "Content-Type", "text/plain", "Retry-After", "7"), nil
			}
			return answer(200, `{"access":"`+makeAccess(1, 300)+`"}`), nil
		}, WithToken(testPAT))
		wg := parallel(10, func() error { return get(t, c, "/api/x/") }, func(err error) {
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, ErrServer) || e.Path != exchangePath || e.RetryAfter != 7*time.Second {
				t.Errorf("error %v", err)
			}
		})
		synctest.Wait()
		close(release)
		wg.Wait()
		time.Sleep(7 * time.Second)
		if err := get(t, c, "/api/x/"); err != nil {
			t.Error(err)
		}
		if exchanges != 2 || calls != 1 {
			t.Errorf("%d exchanges, %d calls", exchanges, calls)
		}
	})
}

// When the server asks to wait with the next exchange, the calls until then get
// the same answer without one; but none waits for longer than a retry would.
func TestExchangeThatIsPutOff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		asked string
		after time.Duration // there is another exchange
		left  time.Duration // that the last answer before it says
	}{
		{"60", time.Minute, time.Second},
		{"86400", maxRetryAfter, 24*time.Hour - maxRetryAfter + time.Second},
		{"", time.Second, 0},
	} {
		t.Run("Retry-After "+tt.asked, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				exchanges := 0
				c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					if req.URL.Path != exchangePath {
						return answer(200, `{}`), nil
					}
					if exchanges++; exchanges == 1 {
						return answer(429, "busy", "Retry-After", tt.asked), nil
					}
					return answer(200, `{"access":"`+makeAccess(1, 300)+`"}`), nil
				}, WithToken(testPAT))
				start := time.Now()
				for time.Since(start) < tt.after {
					var e *Error
					err := get(t, c, "/api/x/")
					if !errors.As(err, &e) || !errors.Is(err, ErrTooManyRequests) || exchanges != 1 {
						t.Fatalf("error %v after %d exchanges and %s", err, exchanges, time.Since(start))
					}
					if time.Sleep(time.Second); time.Since(start) == tt.after && e.RetryAfter != tt.left {
						t.Errorf("asked to wait another %s, want %s", e.RetryAfter, tt.left)
					}
				}
				if err := get(t, c, "/api/x/"); err != nil || exchanges != 2 {
					t.Errorf("error %v after %d exchanges", err, exchanges)
				}
			})
		})
	}
}

// One answer that never comes holds nobody up for long, and who gave up waiting
// for it is told.
func TestExchangeThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var exchanges atomic.Int64
		ended := make(chan struct{})
		c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			if req.URL.Path != exchangePath {
				return answer(200, `{}`), nil
			}
			if exchanges.Add(1) == 1 {
				<-req.Context().Done()
				close(ended)
				return nil, req.Context().Err()
			}
			return answer(200, `{"access":"`+makeAccess(1, 300)+`"}`), nil
		}, WithToken(testPAT))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		err := c.Do(ctx, http.MethodGet, "/api/x/", nil, nil, nil)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "exchanging the personal access token: context deadline exceeded") {
			t.Errorf("error %v", err)
		}
		begun := time.Now()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if err := get(t, c, "/api/x/"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(begun); took > exchangeAgain-2*time.Second || exchanges.Load() != 2 {
			t.Errorf("after %s and %d exchanges", took, exchanges.Load())
		}
		<-ended // it is not left behind
	})
}

// Where all of them fail, the last says why.
func TestExchangesThatHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var exchanges atomic.Int64
		c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			exchanges.Add(1)
			<-req.Context().Done()
			return nil, req.Context().Err()
		}, WithToken(testPAT))
		begun := time.Now()
		err := get(t, c, "/api/x/")
		if took := time.Since(begun); took != exchangeTimeout || !strings.Contains(err.Error(), "exchanging the personal access token: ") {
			t.Errorf("after %s: %v", took, err)
		}
		if n, want := exchanges.Load(), int64(exchangeTimeout/exchangeAgain); n != want && n != want+1 { // one at the very end
			t.Errorf("%d exchanges, want %d", n, want)
		}
	})
}

func TestExchangeErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer func() *http.Response
		kinds  []error
		want   string
	}{
		{"garbage", func() *http.Response { return answer(401, errorBody(401, "Token is invalid")) },
			[]error{ErrInvalidToken, ErrUnauthorized}, "401 Unauthorized: Token is invalid (copy the token again"},
		{"older servers", func() *http.Response { return answer(401, errorBody(401, "Token is invalid or expired")) },
			[]error{ErrInvalidToken, ErrUnauthorized}, "copy the token again"},
		{"expired", func() *http.Response { return answer(401, errorBody(401, "Token is expired")) },
			[]error{ErrTokenExpired, ErrUnauthorized}, "create a new personal access token"},
		{"expired, by its claim", func() *http.Response { return answer(401, errorBody(401, "Token 'exp' claim has expired")) },
			[]error{ErrTokenExpired, ErrUnauthorized}, "create a new personal access token"},
		{"revoked", func() *http.Response { return answer(401, errorBody(401, "Token is blacklisted")) },
			[]error{ErrTokenRevoked, ErrUnauthorized}, "create a new personal access token"},
		{"access token", func() *http.Response { return answer(401, errorBody(401, "Token has wrong type")) },
			[]error{ErrAccessToken, ErrUnauthorized}, "give the personal access token that it was made from"},
		{"user who may not log in", func() *http.Response {
			return answer(401, errorBody(401, "No active account found for the given token."))
		},
			[]error{ErrUnauthorized}, "No active account found"},
		{"old server", func() *http.Response { return answer(404, "<html><title>404</title>", "Content-Type", "text/html") },
			nil, "the server doesn't know personal access tokens, or the base URL is not right"},
		{"echo", func() *http.Response { return answer(400, `{"detail":"bad `+testPAT+`"}`) },
			nil, "bad [redacted]"},
		{"token of another status", func() *http.Response { return answer(201, `{"access":"`+makeAccess(1, 300)+`"}`) },
			[]error{ErrUnexpectedAnswer}, "201 Created: unexpected answer: the described success is 200 OK"},
		{"login page", func() *http.Response {
			return answer(200, "<!DOCTYPE html><title>Sign in</title>", "Content-Type", "text/html; charset=utf-8")
		}, []error{ErrUnexpectedAnswer}, `an HTML page ("Sign in")`},
		{"redirect", func() *http.Response {
			return answer(307, "", "Location", "https://u:p@evil.test/api/token/refresh/?q=1")
		},
			nil, "the server redirects to https://evil.test/api/token/refresh/ (if that is where Label Studio is, make it the base URL)"},
		{"no token", func() *http.Response { return answer(200, `{"access":""}`) }, []error{ErrUnexpectedAnswer}, "it holds no access token"},
		{"token of two lines", func() *http.Response { return answer(200, `{"access":"a\nb"}`) }, []error{ErrUnexpectedAnswer}, "it holds no access token"},
		{"another shape", func() *http.Response { return answer(200, `[]`) }, []error{ErrUnexpectedAnswer}, "unmarshal JSON array"},
		{"null", func() *http.Response { return answer(200, `null`) }, []error{ErrUnexpectedAnswer}, "null"},
		{"cut", func() *http.Response { return answer(200, `{"access":"a`) }, []error{ErrUnexpectedAnswer, io.ErrUnexpectedEOF}, "unexpected EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			c := mustClient(t, testBase+"/p", WithToken(testPAT), WithTransport(roundTripFunc(func(*http.Request) (*http.Response, error) {
				requests++
				return tt.answer(), nil
			})))
			err := get(t, c, "/api/x/")
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if requests != 1 || e.Method != http.MethodPost || e.Path != "/p"+exchangePath {
				t.Errorf("%d requests, the error names %s %s", requests, e.Method, e.Path)
			}
			for _, kind := range tt.kinds {
				if !errors.Is(err, kind) {
					t.Errorf("it is not %v: %v", kind, err)
				}
			}
			for _, kind := range []error{ErrNotFound, ErrValidation} { // the request itself was not sent
				if errors.Is(err, kind) {
					t.Errorf("it is %v: %v", kind, err)
				}
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want %q", err, tt.want)
			}
			checkNoSecret(t, "the error", err.Error()+string(e.Body)+e.Detail)
		})
	}
}

// An answer may still echo the token before, so that one is a secret, too.
func TestSecretsOutliveTheirUse(t *testing.T) {
	t.Parallel()
	server := &tokenServer{}
	c := patClient(t, server)
	check := func(when string, secrets ...string) {
		t.Helper()
		for _, secret := range secrets {
			if !slices.Contains(c.core.cred.secrets(), secret) {
				t.Errorf("%s: a token is no secret", when)
			}
		}
	}
	if err := get(t, c, "/api/x/"); err != nil {
		t.Fatal(err)
	}
	check("at first", testPAT, makeAccess(1, 300))
	c.core.cred.(renewer).forget("Bearer " + makeAccess(1, 300))
	check("when it was refused", testPAT, makeAccess(1, 300))
	if err := get(t, c, "/api/x/"); err != nil {
		t.Fatal(err)
	}
	check("when there is a new one", testPAT, makeAccess(1, 300), makeAccess(2, 300))
}

func TestExpiredTokenStaysSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := patClient(t, &tokenServer{})
		for range 2 {
			if err := get(t, c, "/api/x/"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		if secrets := c.core.cred.secrets(); !slices.Contains(secrets, makeAccess(1, 300)) || !slices.Contains(secrets, makeAccess(2, 300)) {
			t.Errorf("%d secrets", len(secrets))
		}
	})
}

func TestExchangeWithoutAnswer(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return nil, refused }, WithToken(testPAT))
	err := get(t, c, "/api/x/")
	var exchange *exchangeError
	if !errors.As(err, &exchange) || !errors.Is(err, refused) {
		t.Errorf("error %#v", err)
	}
	if want := "labelstudio: GET /api/x/: exchanging the personal access token: dial tcp: connection refused"; err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

// A redirect of the exchange must not take the token along, whatever the
// http.Client's opinion is.
func TestExchangeFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		other, calls := redirectTarget(t, "")
		server := newServer(t, func(w http.ResponseWriter, req *http.Request) {
			http.Redirect(w, req, other.URL, status)
		})
		err := get(t, mustClient(t, server.URL, WithToken(testPAT)), "/api/x/")
		var e *Error
		if !errors.As(err, &e) || e.StatusCode != status {
			t.Errorf("error %v, want a %d", err, status)
		}
		if requests, _ := calls.all(); len(requests) != 0 {
			t.Errorf("a %d was followed", status)
		}
	}
}

// Nothing is left of an exchange that was answered, such as the timer of its context.
func TestExchangeEndsItsContext(t *testing.T) {
	t.Parallel()
	var exchange context.Context
	c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if req.URL.Path != exchangePath {
			return answer(200, `{}`), nil
		}
		exchange = req.Context()
		return answer(200, `{"access":"`+makeAccess(1, 300)+`"}`), nil
	}, WithToken(testPAT))
	if err := get(t, c, "/"); err != nil {
		t.Fatal(err)
	}
	if exchange.Err() == nil {
		t.Error("the context of the exchange lives on")
	}
}

// A server without personal access tokens says nothing of what was asked for.
func TestNothingIsGoneByAnExchange(t *testing.T) {
	t.Parallel()
	for _, token := range []string{testPAT, testLegacy} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return answer(404, errorBody(404, "Not found.")), nil
		}, WithToken(token))
		if err := get(t, c, "/"); err == nil || isGone(err) != (token == testLegacy) {
			t.Errorf("isGone is %v of %v", isGone(err), err)
		}
	}
}

func TestExchangeBelowPrefix(t *testing.T) {
	t.Parallel()
	var paths []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		paths = append(paths, req.URL.EscapedPath())
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access":"`+makeAccess(1, 300)+`"}`)
	}))
	defer server.Close()
	if err := get(t, mustClient(t, server.URL+"/a%2Fb/", WithToken(testPAT)), "/api/x/"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(paths, " "); got != "/a%2Fb/api/token/refresh/ /a%2Fb/api/x/" {
		t.Errorf("paths %s", got)
	}
}

func TestGetBodyThatFails(t *testing.T) {
	t.Parallel()
	errGone := errors.New("the file is gone")
	server := &tokenServer{t: t, lifetime: 300}
	base, err := parseBaseURL(testBase)
	if err != nil {
		t.Fatal(err)
	}
	cred := newPATCredential(testPAT, base, server, "test")
	if _, err := cred.authorize(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.revoke()
	rt := &authTransport{origin: base.origin, cred: cred, next: server}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, testBase+"/x", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	req.GetBody = func() (io.ReadCloser, error) { return nil, errGone }
	res, err := rt.RoundTrip(req)
	if !errors.Is(err, errGone) {
		t.Errorf("error %v, want that of GetBody", err)
	}
	if res != nil {
		_ = res.Body.Close()
	}
}
