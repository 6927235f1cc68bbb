package labelstudio

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// ErrCorruptDownload is a file whose MD5 is not the one that the server took of
// it: download it again.
var ErrCorruptDownload error = &sentinel{text: "corrupt download"}

// resumed is a body that goes on where its connection broke, by asking for the
// rest. Only what the server keeps as a file can be read in this way: what it
// makes anew for each request may differ.
type resumed struct {
	ctx     context.Context
	open    func(from int64) (io.ReadCloser, error) // the same file from a byte on
	size    int64
	retries int // without a byte between them

	read   int64
	failed int
	broken error // why body has ended before its end

	mu     sync.Mutex // Close may be called during Read
	body   io.ReadCloser
	closed bool
}

func (r *resumed) Read(p []byte) (int, error) {
	for {
		if r.broken != nil {
			if err := r.resume(); err != nil {
				return 0, err
			}
		}
		body, closed := r.current()
		n, err := body.Read(p)
		r.read += int64(n)
		if n > 0 {
			r.failed = 0
		}
		switch {
		case err == nil, closed:
			return n, err
		case r.read >= r.size: // whatever happens to the connection now
			return n, io.EOF
		case errors.Is(err, io.EOF):
			err = io.ErrUnexpectedEOF
		}
		r.broken = err
		if n > 0 {
			return n, nil
		}
	}
}

// resume replaces the body by the rest of the file.
func (r *resumed) resume() error {
	for {
		r.failed++
		if _, closed := r.current(); closed || r.failed > r.retries || r.ctx.Err() != nil {
			return r.gaveUp()
		}
		if err := sleep(r.ctx, backoff(r.failed)); err != nil {
			return r.gaveUp()
		}
		body, err := r.open(r.read)
		if err == nil {
			return r.replace(body)
		}
		r.broken = err
		var refused *Error
		if errors.As(err, &refused) && !errors.Is(err, ErrServer) || errors.Is(err, errOtherFile) {
			return r.gaveUp()
		}
	}
}

func (r *resumed) gaveUp() error {
	err := fmt.Errorf("labelstudio: the download broke off after %d of %d bytes: %w", r.read, r.size, r.broken)
	if ended := r.ctx.Err(); ended != nil && !errors.Is(err, ended) {
		err = fmt.Errorf("%w: %w", err, ended)
	}
	return err
}

func (r *resumed) current() (body io.ReadCloser, closed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body, r.closed
}

// replace goes on with another body.
func (r *resumed) replace(body io.ReadCloser) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		_ = body.Close() // nobody wants it any more
		return r.gaveUp()
	}
	_ = r.body.Close() // it has failed already
	r.body, r.broken = body, nil
	return nil
}

func (r *resumed) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.body.Close()
}

var errOtherFile = errors.New("the file has changed")

// rest checks that an answer is what is left of a file of some size from a byte
// on, and returns it.
func rest(body io.ReadCloser, res *http.Response, from, size int64) (io.ReadCloser, error) {
	want := fmt.Sprintf("bytes %d-%d/%d", from, size-1, size)
	if got := res.Header.Get("Content-Range"); res.StatusCode != http.StatusPartialContent || got != want {
		_ = body.Close() // nothing of it is wanted
		return nil, fmt.Errorf("%w: %q was asked for and %d %q came", errOtherFile, want, res.StatusCode, got)
	}
	return body, nil
}

// md5Body ends with [ErrCorruptDownload] if what was read is not what the
// server has taken the MD5 of. The sum is taken beside the reading, as it is
// slower than a good connection.
type md5Body struct {
	io.ReadCloser
	want string // hexadecimal
	free chan []byte
	sum  chan string

	mu     sync.Mutex  // Close may be called during Read
	chunks chan []byte // nil when all has been handed over
}

// md5Ahead is how many chunks may wait for their sum to be taken.
const md5Ahead = 8

func newMD5Body(body io.ReadCloser, want string) *md5Body {
	b := &md5Body{
		ReadCloser: body, want: want,
		chunks: make(chan []byte, md5Ahead), free: make(chan []byte, md5Ahead+2), sum: make(chan string, 1),
	}
	go func(chunks <-chan []byte) {
		hash := md5.New()
		for chunk := range chunks {
			hash.Write(chunk)
			b.free <- chunk
		}
		b.sum <- hex.EncodeToString(hash.Sum(nil))
	}(b.chunks)
	return b
}

func (b *md5Body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.hand(p[:n], errors.Is(err, io.EOF)) {
		if got := <-b.sum; got != b.want {
			return n, textError{
				fmt.Sprintf("labelstudio: the download has the MD5 %s, the server's file %s: download it again", got, b.want),
				ErrCorruptDownload,
			}
		}
	}
	return n, err
}

// hand gives what was read to the sum, and reports whether that was all of it.
func (b *md5Body) hand(p []byte, last bool) (all bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.chunks == nil {
		return false
	}
	if len(p) > 0 {
		var chunk []byte
		select {
		case chunk = <-b.free:
		default: // there is one for each place in chunks, one in the sum and this one
		}
		b.chunks <- append(chunk[:0], p...)
	}
	if last {
		close(b.chunks)
		b.chunks = nil
	}
	return last
}

func (b *md5Body) Close() error {
	b.hand(nil, true)
	return b.ReadCloser.Close()
}
