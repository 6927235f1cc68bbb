package labelstudio

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// outcome is what a scripted transport answers: a status or an error.
type outcome struct {
	status     int
	retryAfter string
	err        error
}

// script answers with one outcome after another and notes when it was asked.
type script struct {
	outcomes []outcome
	at       []time.Time
	bodies   []string
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	s.at = append(s.at, time.Now())
	if req.Body != nil {
		b, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		s.bodies = append(s.bodies, string(b))
	}
	o := s.outcomes[min(len(s.at), len(s.outcomes))-1]
	if o.err != nil {
		return nil, o.err
	}
	res := &http.Response{StatusCode: o.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: req}
	if o.retryAfter != "" {
		res.Header.Set("Retry-After", o.retryAfter)
	}
	return res, nil
}

var (
	errRefused = &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	errNoHost  = &net.DNSError{IsNotFound: true}
	errReset   = &net.OpError{Op: "read", Err: errors.New("connection reset")}
)

func TestRetry(t *testing.T) {
	t.Parallel()
	ok := outcome{status: 200}
	tests := []struct {
		name     string
		method   string
		repeat   bool // the caller says that it may
		stream   bool // the body can't be had again
		outcomes []outcome
		attempts int
		status   int
		err      error
	}{
		{name: "GET after 502", method: "GET", outcomes: []outcome{{status: 502}, ok}, attempts: 2, status: 200},
		{name: "GET after 503", method: "GET", outcomes: []outcome{{status: 503}, ok}, attempts: 2, status: 200},
		{name: "GET after 504", method: "GET", outcomes: []outcome{{status: 504}, ok}, attempts: 2, status: 200},
		{name: "GET after 429", method: "GET", outcomes: []outcome{{status: 429}, ok}, attempts: 2, status: 200},
		{name: "GET after a reset", method: "GET", outcomes: []outcome{{err: errReset}, ok}, attempts: 2, status: 200},
		{name: "GET gives up", method: "GET", outcomes: []outcome{{status: 503}}, attempts: 4, status: 503},
		{name: "GET 500 once more only", method: "GET", outcomes: []outcome{{status: 500}}, attempts: 2, status: 500},
		{name: "GET 404 at once", method: "GET", outcomes: []outcome{{status: 404}}, attempts: 1, status: 404},
		{name: "PUT after 503", method: "PUT", outcomes: []outcome{{status: 503}, ok}, attempts: 2, status: 200},
		{name: "POST 502 once", method: "POST", outcomes: []outcome{{status: 502}}, attempts: 1, status: 502},
		{name: "POST 503 once", method: "POST", outcomes: []outcome{{status: 503}}, attempts: 1, status: 503},
		{name: "POST 504 once", method: "POST", outcomes: []outcome{{status: 504}}, attempts: 1, status: 504},
		{name: "POST cut off once", method: "POST", outcomes: []outcome{{err: errReset}}, attempts: 1, err: errReset},
		{name: "POST that never left", method: "POST", outcomes: []outcome{{err: errRefused}, ok}, attempts: 2, status: 200},
		{name: "PATCH 503 once", method: "PATCH", outcomes: []outcome{{status: 503}}, attempts: 1, status: 503},
		{name: "POST that may repeat", method: "POST", repeat: true, outcomes: []outcome{{status: 503}, ok}, attempts: 2, status: 200},
		{name: "body that can't be had again", method: "PUT", stream: true, outcomes: []outcome{{status: 503}}, attempts: 1, status: 503},
		{name: "POST whose token exchange got no answer", method: "POST", outcomes: []outcome{{err: &exchangeError{errReset}}, ok}, attempts: 2, status: 200},
		{name: "POST whose token exchange was answered 503", method: "POST", outcomes: []outcome{{err: &Error{StatusCode: 503}}, ok}, attempts: 2, status: 200},
		{name: "token refused", method: "GET", outcomes: []outcome{{err: &Error{StatusCode: 401}}}, attempts: 1, err: ErrUnauthorized},
		{name: "unknown host", method: "GET", outcomes: []outcome{{err: errNoHost}}, attempts: 1, err: errNoHost},
		{name: "DELETE after 502", method: "DELETE", outcomes: []outcome{{status: 502}, {status: 404}}, attempts: 2, status: 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.repeat {
					ctx = context.WithValue(ctx, repeatableKey{}, true)
				}
				req, err := http.NewRequestWithContext(ctx, tt.method, "http://labels.test/", strings.NewReader("body"))
				if err != nil {
					t.Fatal(err)
				}
				if tt.stream {
					req.GetBody = nil
				}
				s := &script{outcomes: tt.outcomes}
				res, err := (&retryTransport{next: s, retries: 3}).RoundTrip(req)
				if len(s.at) != tt.attempts {
					t.Errorf("%d attempts, want %d", len(s.at), tt.attempts)
				}
				for _, body := range s.bodies {
					if body != "body" {
						t.Errorf("an attempt sent %q", body)
					}
				}
				if tt.err != nil {
					if !errors.Is(err, tt.err) {
						t.Errorf("error %v, want %v", err, tt.err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = res.Body.Close() }()
				if res.StatusCode != tt.status {
					t.Errorf("status %d, want %d", res.StatusCode, tt.status)
				}
			})
		})
	}
}

func TestRetryWaits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		outcomes []outcome
		low      time.Duration // of the wait before the second attempt
		high     time.Duration
	}{
		{"back-off", []outcome{{status: 503}, {status: 200}}, firstWait / 2, firstWait},
		{"Retry-After in seconds", []outcome{{status: 503, retryAfter: "7"}, {status: 200}}, 7 * time.Second, 7 * time.Second},
		{"Retry-After as a date", []outcome{{status: 429, retryAfter: "Sat, 01 Jan 2000 00:00:09 GMT"}, {status: 200}}, 9 * time.Second, 9 * time.Second},
		{"Retry-After in the past", []outcome{{status: 429, retryAfter: "Fri, 31 Dec 1999 00:00:00 GMT"}, {status: 200}}, firstWait / 2, firstWait},
		{"Retry-After that is nonsense", []outcome{{status: 429, retryAfter: "soon"}, {status: 200}}, firstWait / 2, firstWait},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // its clock starts at 2000-01-01 00:00:00 UTC
				s := &script{outcomes: tt.outcomes}
				roundTrip(t, t.Context(), s)
				if len(s.at) != 2 {
					t.Fatalf("%d attempts, want 2", len(s.at))
				}
				if wait := s.at[1].Sub(s.at[0]); wait < tt.low || wait > tt.high {
					t.Errorf("waited %s, want %s to %s", wait, tt.low, tt.high)
				}
			})
		})
	}
}

func TestRetryAfterBeyondTheCap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{outcomes: []outcome{{status: 503, retryAfter: "3600"}}}
		if status := roundTrip(t, t.Context(), s); len(s.at) != 1 || status != 503 {
			t.Errorf("%d attempts, status %d: want the first answer", len(s.at), status)
		}
	})
}

func TestRetryWaitEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(3*time.Second, cancel)
		req, err := http.NewRequestWithContext(ctx, "GET", "http://labels.test/", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = (&retryTransport{next: &script{outcomes: []outcome{{status: 503, retryAfter: "60"}}}, retries: 3}).RoundTrip(req) //nolint:bodyclose // there is no answer
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
		if waited := time.Since(start); waited != 3*time.Second {
			t.Errorf("the wait ended after %s, want 3s", waited)
		}
	})
}

func TestRetryDoesNotWaitPastDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		s := &script{outcomes: []outcome{{status: 503, retryAfter: "60"}}}
		if status := roundTrip(t, ctx, s); status != 503 || time.Since(start) != 0 {
			t.Errorf("status %d after %s: want the 503 at once", status, time.Since(start))
		}
	})
}

// roundTrip sends a GET and returns the status of what comes of it.
func roundTrip(t *testing.T, ctx context.Context, next http.RoundTripper) int {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", "http://labels.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&retryTransport{next: next, retries: 3}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}

// The waits double, less up to a half, until they are long enough.
func TestBackoff(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{
		1: 500 * time.Millisecond, 2: time.Second, 3: 2 * time.Second, 6: 16 * time.Second, 7: 30 * time.Second, 8: 30 * time.Second, 1000: 30 * time.Second,
	} {
		if wait := backoff(attempt); wait <= want/2 || wait > want {
			t.Errorf("the wait after attempt %d is %s, want no more than %s", attempt, wait, want)
		}
	}
}
