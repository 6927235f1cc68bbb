package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

const defaultIdleTimeout = 2 * time.Minute

// paceBytes is how much of an answer that the client reads itself must come, on
// average, in each idle time-out. Without it, a byte now and then would hold a call
// up for years.
const paceBytes = 16 << 10

// stalledError ends an answer of which nothing more came, or too little.
type stalledError struct {
	after time.Duration
	slow  bool
}

func (e *stalledError) Error() string {
	if e.slow {
		return fmt.Sprintf("the answer comes at less than %d bytes in %s: see WithIdleTimeout", paceBytes, e.after)
	}
	return fmt.Sprintf("no byte of the answer came for %s: see WithIdleTimeout", e.after)
}

func (e *stalledError) Timeout() bool { return true }

// body is the body of an answer. Each Read is limited in time; time that its
// reader spends elsewhere doesn't count. Closing it releases what belongs to
// the call.
type body struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	idle   time.Duration
	timer  *time.Timer

	paced bool      // read by the client itself, which takes no time
	begun time.Time // with the first Read
	bytes int64

	handedOver func(error) error // makes of an error one for the caller who reads; nil while the client does

	err       error // of the last Read, except io.EOF
	closeOnce sync.Once
	closeErr  error
}

// newBody wraps rc, whose reads must end when ctx does. cancel ends ctx.
func newBody(ctx context.Context, cancel context.CancelCauseFunc, rc io.ReadCloser, idle time.Duration) *body {
	b := &body{ReadCloser: rc, ctx: ctx, cancel: cancel, idle: idle}
	if idle > 0 {
		b.timer = time.AfterFunc(idle, func() { cancel(&stalledError{after: idle}) })
		b.timer.Stop()
	}
	return b
}

func (b *body) Read(p []byte) (int, error) {
	if b.timer != nil {
		b.timer.Reset(min(b.idle, b.leftForPace()))
		defer b.timer.Stop()
	}
	n, err := b.ReadCloser.Read(p)
	b.bytes += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		var stalled *stalledError
		if errors.As(context.Cause(b.ctx), &stalled) {
			err = &stalledError{b.idle, b.bytes > 0 && b.leftForPace() <= 0}
		}
		if b.handedOver != nil {
			err = b.handedOver(err)
		}
		b.err = err
	}
	return n, err
}

// leftForPace returns when an answer that is read at a stretch will be too slow.
func (b *body) leftForPace() time.Duration {
	if !b.paced {
		return b.idle
	}
	if b.begun.IsZero() {
		b.begun = time.Now()
	}
	took := time.Since(b.begun)
	switch ahead := b.bytes/paceBytes - int64(took/b.idle); {
	case ahead < 0:
		return 0
	case ahead > 0:
		return b.idle
	}
	return b.idle - took%b.idle
}

// Close closes the body and releases the connection. A second Close does
// nothing.
func (b *body) Close() error {
	b.closeOnce.Do(func() {
		b.closeErr = b.ReadCloser.Close()
		b.cancel(context.Canceled)
	})
	return b.closeErr
}

// discardLimit is how much of an unwanted body is read for the sake of the
// connection; beyond it a new connection is cheaper.
const discardLimit = 256 << 10

// drain reads what little may be left of a body, so that its connection can be
// used again.
func drain(body io.Reader) {
	_, _ = io.CopyN(io.Discard, body, discardLimit) // nothing of it is wanted
}

// drainTime is how long the rest of an unwanted body may take, for the same
// reason.
const drainTime = time.Second

// closeDrained drains a body and closes it. If that takes too long it goes on by
// itself, until the context of the call ends.
func closeDrained(body io.ReadCloser) {
	if body == nil { // from a middleware
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		drain(body)
		_ = body.Close() // nothing of it is wanted
	}()
	timer := time.NewTimer(drainTime)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}
