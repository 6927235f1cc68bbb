package labelstudio

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pressedServer hands out access tokens that live two seconds, but not each
// third time it is asked, and takes its time for everything.
type pressedServer struct {
	mu        sync.Mutex
	exchanges int
	failed    int
	under     int                  // exchanges under way
	ends      map[string]time.Time // of the tokens
	newest    time.Time            // when the last token came about
	needless  int                  // exchanges that had a token to do without
	refused   int                  // requests with a token that is over
}

const (
	pressedLife  = 2 * time.Second
	pressedReuse = pressedLife * 4 / 5 // how long the client uses a token
)

func (s *pressedServer) serve(req *http.Request) (*http.Response, error) {
	if req.URL.Path != exchangePath {
		s.mu.Lock()
		ends := s.ends[req.Header.Get("Authorization")]
		over := !time.Now().Before(ends)
		if over {
			s.refused++
		}
		s.mu.Unlock()
		time.Sleep(930 * time.Millisecond)
		if over {
			return answer(401, errorBody(401, "Token is expired")), nil
		}
		return answer(200, `{}`), nil
	}
	s.mu.Lock()
	s.exchanges++
	n := s.exchanges
	s.under++
	if s.under > 1 || !s.newest.IsZero() && time.Since(s.newest) < pressedReuse {
		s.needless++
	}
	s.mu.Unlock()
	time.Sleep(70 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.under--
	if n%3 == 0 {
		s.failed++
		return answer(503, "busy", "Content-Type", "text/plain"), nil
	}
	token := makeAccess(n, int(pressedLife.Seconds()))
	s.newest = time.Now()
	s.ends["Bearer "+token] = s.newest.Add(pressedLife)
	return answer(200, `{"access":`+quote(token)+`}`), nil
}

// 1,000 requests of 50 goroutines need as many tokens as the time they take has
// lives of a token, and no more.
func TestRefreshUnderPressure(t *testing.T) {
	t.Parallel()
	const goroutines, each = 50, 20
	for _, tt := range []struct {
		retries int
		mayFail bool
	}{{3, false}, {0, true}} {
		t.Run(fmt.Sprint(tt.retries, " retries"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &pressedServer{ends: map[string]time.Time{}}
				c := fakeServer(t, server.serve, WithToken(testPAT), WithRetries(tt.retries))
				var mu sync.Mutex
				succeeded, failed := 0, 0
				start := time.Now()
				var wg sync.WaitGroup
				for i := range goroutines {
					wg.Go(func() {
						time.Sleep(time.Duration(i) * 7 * time.Millisecond)
						for range each {
							err := get(t, c, "/api/x/")
							mu.Lock()
							if err == nil {
								succeeded++
							} else {
								failed++
							}
							mu.Unlock()
							var cause *Error
							if err != nil && (!errors.As(err, &cause) || cause.Path != exchangePath || cause.StatusCode != 503) {
								t.Errorf("the error doesn't say the cause: %v", err)
							}
						}
					})
				}
				wg.Wait()
				took := time.Since(start)
				if succeeded+failed != goroutines*each || failed > 0 && !tt.mayFail || failed == 0 && tt.mayFail {
					t.Errorf("%d succeeded, %d failed", succeeded, failed)
				}
				if server.needless > 0 || server.refused > 0 {
					t.Errorf("%d exchanges were needless, %d requests refused", server.needless, server.refused)
				}
				// Each exchange but the last was needed by the end of a token or
				// by a failure before it; so this many are the fewest.
				most := int(took/pressedReuse) + 1
				if good := server.exchanges - server.failed; good > most || server.failed != server.exchanges/3 {
					t.Errorf("%d exchanges, of which %d failed, in %s: want %d tokens at most", server.exchanges, server.failed, took, most)
				}
				t.Logf("%d succeeded, %d failed, %d exchanges, of which %d failed, in %s", succeeded, failed, server.exchanges, server.failed, took)
			})
		})
	}
}
