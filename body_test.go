package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// stallingBody gives one piece after another, each after a wait, and ends with
// its context, as the body of a net/http transport does.
type stallingBody struct {
	ctx    context.Context
	wait   time.Duration
	pieces int
	size   int // of a piece; 1 by default
	left   int // of this piece
	closed int
}

func (b *stallingBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		if b.pieces == 0 {
			return 0, io.EOF
		}
		select {
		case <-time.After(b.wait):
		case <-b.ctx.Done():
			return 0, b.ctx.Err()
		}
		b.pieces--
		b.left = max(b.size, 1)
	}
	n := min(b.left, len(p))
	for i := range n {
		p[i] = '1'
	}
	b.left -= n
	return n, nil
}

func (b *stallingBody) Close() error {
	b.closed++
	return nil
}

func stallingServer(t *testing.T, wait time.Duration, pieces int, opts ...Option) *Client {
	t.Helper()
	return fakeServer(t, func(req *http.Request) (*http.Response, error) {
		res := answer(200, "")
		res.Body, res.ContentLength = &stallingBody{ctx: req.Context(), wait: wait, pieces: pieces}, -1
		return res, nil
	}, opts...)
}

func TestStalledAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		wait   time.Duration
		opts   []Option
		failed bool
	}{
		{"by default", 121 * time.Second, nil, true},
		{"slow, but not too slow", 23 * time.Second, nil, false},
		{"own limit", 2 * time.Second, []Option{WithIdleTimeout(time.Second)}, true},
		{"no limit", 100 * time.Hour, []Option{WithIdleTimeout(0)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := stallingServer(t, tt.wait, 5, tt.opts...)
				var number int
				err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, &number)
				if !tt.failed {
					if err != nil || number != 11111 {
						t.Errorf("%d, %v", number, err)
					}
					return
				}
				var timeout net.Error
				if err == nil || !strings.Contains(err.Error(), "reading the answer: no byte of the answer came for") {
					t.Errorf("error %v", err)
				}
				if errors.As(err, &timeout) || errors.Is(err, ErrUnexpectedAnswer) || errors.Is(err, context.Canceled) {
					t.Errorf("error %#v is of the wrong kind", err)
				}
				var e interface{ Timeout() bool }
				if !errors.As(err, &e) || !e.Timeout() {
					t.Errorf("error %v is no time-out", err)
				}
			})
		})
	}
}

// Bytes that keep coming don't hold up a call whose answer is decoded. A stream
// may take its time.
func TestTrickle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		size  int // that comes every 59 seconds
		after time.Duration
	}{
		{"a byte a minute", 1, 2 * time.Minute},
		{"too slow", paceBytes/2 - 1, 2 * time.Minute},
		{"just fast enough", paceBytes / 2, 0},
	} {
		for _, status := range []int{200, 404} {
			synctest.Test(t, func(t *testing.T) {
				c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					res := answer(status, "")
					res.Body = &stallingBody{ctx: req.Context(), wait: 59 * time.Second, pieces: 1000, size: tt.size}
					return res, nil
				})
				start := time.Now()
				var number json.Number
				err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, &number)
				took := time.Since(start)
				if tt.after > 0 && (took != tt.after || err == nil || !strings.Contains(err.Error(), "less than 16384 bytes in 2m0s: see WithIdleTimeout")) {
					t.Errorf("%s with %d: error %v after %s, want one after %s", tt.name, status, err, took, tt.after)
				}
				if tt.after == 0 && took < 15*time.Minute {
					t.Errorf("%s with %d: error %v after %s", tt.name, status, err, took)
				}
			})
		}
	}
	synctest.Test(t, func(t *testing.T) {
		c := stallingServer(t, time.Minute, 300)
		var body io.ReadCloser
		if err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, &body); err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, body); n != 300 || err != nil {
			t.Errorf("%d bytes of a stream, %v", n, err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A body that nobody wants holds nothing up.
func TestUnwantedBodyThatStalls(t *testing.T) {
	t.Parallel()
	for _, status := range []int{503, 401} {
		synctest.Test(t, func(t *testing.T) {
			var open []*stallingBody
			calls := 0
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.URL.Path == exchangePath {
					return answer(200, `{"access":`+quote(makeAccess(len(open), 300))+`}`), nil
				}
				if calls++; calls == 2 {
					return answer(200, `{}`), nil
				}
				res := answer(status, "")
				stalled := &stallingBody{ctx: req.Context(), wait: 100 * time.Hour, pieces: 1}
				open, res.Body = append(open, stalled), stalled
				return res, nil
			}, WithRetries(1), WithToken(testPAT))
			start := time.Now()
			if err := get(t, c, "/"); err != nil {
				t.Errorf("%d: %v", status, err)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%d: it took %s", status, took)
			}
			synctest.Wait()
			if len(open) != 1 || open[0].closed != 1 {
				t.Errorf("%d: %d bodies, the first closed %d times", status, len(open), open[0].closed)
			}
		})
	}
}

// The time that the reader of a stream takes for itself is not the server's.
func TestSlowReaderIsNoStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := stallingServer(t, time.Minute, 3)
		var body io.ReadCloser
		if err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, &body); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			time.Sleep(time.Hour)
			if _, err := body.Read(make([]byte, 10)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := body.Read(make([]byte, 10)); !errors.Is(err, io.EOF) {
			t.Errorf("error %v, want the end", err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestStreamIsReleasedByClose(t *testing.T) {
	t.Parallel()
	inner := &stallingBody{pieces: 3}
	c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		inner.ctx = req.Context()
		res := answer(200, "")
		res.Body = inner
		return res, nil
	})
	req, err := wire.New("X.Open", http.MethodGet, "/x").Build(t.Context())
	body, err := wire.Open(c.core, req, err, []int{200}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if inner.ctx.Err() != nil {
		t.Fatal("the request ended before its body")
	}
	if _, err := body.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
	if inner.closed != 1 || inner.ctx.Err() == nil {
		t.Errorf("closed %d times, context %v", inner.closed, inner.ctx.Err())
	}
}

func TestStreamFromServerIsReleasedByClose(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	server := newServer(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		_, _ = io.WriteString(w, "begin")
		_ = http.NewResponseController(w).Flush()
		<-req.Context().Done() // ends when the client hangs up
		close(gone)
	})
	c := mustClient(t, server.URL)
	var body io.ReadCloser
	if err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, &body); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 5)
	if _, err := io.ReadFull(body, buf); err != nil || string(buf) != "begin" {
		t.Errorf("%q, %v", buf, err)
	}
	if err := body.Close(); err != nil {
		t.Error(err)
	}
	<-gone
}

func TestDrainIsBounded(t *testing.T) {
	t.Parallel()
	endless := &countingReader{}
	drain(endless)
	if endless.n < discardLimit || endless.n > 2*discardLimit {
		t.Errorf("read %d bytes", endless.n)
	}
}

type countingReader struct{ n int }

func (r *countingReader) Read(p []byte) (int, error) {
	r.n += len(p)
	return len(p), nil
}
