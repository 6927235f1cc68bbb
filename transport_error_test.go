package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTransportErrors(t *testing.T) {
	t.Parallel()
	errOwn := errors.New("own")
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	tests := []struct {
		name string
		err  error
		want string
		is   error
	}{
		{"plain", errOwn, "own", errOwn},
		{"connection", refused, "dial tcp: connection refused", refused},
		{"own token", fmt.Errorf("bad header %s: %w", testLegacy, errOwn), "bad header [redacted]: own", errOwn},
		{"signed address", fmt.Errorf("failed to parse Location header %q: %w", "http://s3/x?X-Signature=abc", errOwn),
			`failed to parse Location header "http://s3/x?[redacted]": own`, errOwn},
		{"proxy", fmt.Errorf("invalid proxy address %q: %w", "http://user:pass@proxy", errOwn),
			`invalid proxy address "http://[redacted]@proxy": own`, errOwn},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := fakeServer(t, func(*http.Request) (*http.Response, error) { return nil, tt.err }, WithToken(testLegacy))
			err := c.Do(t.Context(), http.MethodGet, "/api/x/", url.Values{"token": {"secret-query"}}, nil, nil)
			if want := "labelstudio: GET /api/x/: " + tt.want; err == nil || err.Error() != want {
				t.Errorf("error %v\nwant  %s", err, want)
			}
			if !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
			var asURL *url.Error
			if !errors.As(err, &asURL) || asURL.URL != testBase+"/api/x/" || asURL.Op != "Get" {
				t.Errorf("url.Error %+v", asURL)
			}
			// Whatever can be unwrapped is as clean as the message.
			for e := err; e != nil; e = errors.Unwrap(e) {
				checkNoSecret(t, "an inner error", e.Error(), "secret-query", "X-Signature", "user:pass")
			}
		})
	}
}

func TestContextErrorsMatch(t *testing.T) {
	t.Parallel()
	hang := newServer(t, func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() })
	c := mustClient(t, hang.URL)

	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := c.Do(ctx, http.MethodGet, "/", nil, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the cancellation", err)
	}

	ctx, cancel = context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	err := c.Do(ctx, http.MethodGet, "/", nil, nil, nil)
	var timeout net.Error
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("error %v, want the deadline", err)
	}

	errOwn := errors.New("own")
	caused, stop := context.WithCancelCause(t.Context())
	time.AfterFunc(10*time.Millisecond, func() { stop(errOwn) })
	if err := c.Do(caused, http.MethodGet, "/", nil, nil, nil); !errors.Is(err, context.Canceled) || !errors.Is(err, errOwn) {
		t.Errorf("error %v, want the cancellation and its cause", err)
	}

	c = mustClient(t, hang.URL, WithHTTPClient(&http.Client{Timeout: 10 * time.Millisecond}))
	if err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the client's time-out", err)
	}
}

func TestTextError(t *testing.T) {
	t.Parallel()
	var err error = textError{"shown", fmt.Errorf("hidden: %w", context.DeadlineExceeded)}
	var timeout interface{ Timeout() bool }
	if err.Error() != "shown" || !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("error %v", err)
	}
	if errors.Unwrap(err) != nil || strings.Contains(fmt.Sprintf("%v %s", err, err), "hidden") {
		t.Error("it hands out what it hides")
	}
	if (textError{"", errors.New("x")}).Timeout() {
		t.Error("any error is a time-out")
	}
}
