package labelstudio

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
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
	cancel  context.CancelFunc                                           // of ctx
	open    func(ctx context.Context, from int64) (io.ReadCloser, error) // the same file from a byte on
	size    int64
	retries int // without a byte between them

	read   int64
	failed int
	broken error // why body has ended before its end
	ended  error // what Read returns from now on

	mu     sync.Mutex // Close may be called during Read
	body   io.ReadCloser
	closed bool
}

func (r *resumed) Read(p []byte) (n int, err error) {
	if r.ended != nil {
		return 0, r.ended
	}
	for n == 0 && err == nil {
		if r.broken != nil {
			if err := r.resume(); err != nil {
				r.ended = err
				return 0, err
			}
		}
		n, err = r.current().Read(p)
		r.read += int64(n)
		if n > 0 {
			r.failed = 0
		}
		if r.read >= r.size { // whatever happens to the connection now
			r.ended = io.EOF
			return n, io.EOF
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		r.broken, err = err, nil
	}
	return n, err
}

// resume replaces the body by the rest of the file.
func (r *resumed) resume() error {
	for {
		r.failed++
		if r.failed > r.retries || sleep(r.ctx, backoff(r.failed)) != nil {
			return r.gaveUp()
		}
		body, err := r.open(r.ctx, r.read)
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
	r.mu.Lock()
	closed := r.closed
	r.mu.Unlock()
	if closed {
		return fmt.Errorf("labelstudio: the download: %w", os.ErrClosed)
	}
	err := fmt.Errorf("labelstudio: the download broke off after %d of %d bytes: %w", r.read, r.size, r.broken)
	if ended := r.ctx.Err(); ended != nil && !errors.Is(err, ended) {
		err = fmt.Errorf("%w: %w", err, ended)
	}
	return err
}

func (r *resumed) current() io.ReadCloser {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body
}

// replace goes on with another body.
func (r *resumed) replace(body io.ReadCloser) error {
	r.mu.Lock()
	closed, old := r.closed, r.body
	if !closed {
		r.body, r.broken = body, nil
	}
	r.mu.Unlock()
	if closed {
		_ = body.Close() // nobody wants it any more
		return r.gaveUp()
	}
	_ = old.Close() // it has failed already
	return nil
}

// Close ends a Read that is under way as well.
func (r *resumed) Close() error {
	r.cancel()
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
	if res.StatusCode != http.StatusPartialContent || res.Header.Get("Content-Range") != want {
		_ = body.Close() // nothing of it is wanted
		got := pieceOf(res)
		return nil, fmt.Errorf("%w: %q was asked for, and with the status %d came byte %d of %d", errOtherFile, want, res.StatusCode, got.from, got.size)
	}
	return body, nil
}

// md5Body ends with [ErrCorruptDownload] if what was read is not what the
// server has taken the MD5 of. The sum is taken beside the reading, as it is
// slower than a good connection.
type md5Body struct {
	io.ReadCloser
	want    string              // hexadecimal
	quoted  func(string) string // which makes it fit for an error
	free    chan []byte
	sum     chan string
	corrupt error

	mu     sync.Mutex  // Close may be called during Read
	chunks chan []byte // nil when all has been handed over
}

// md5Ahead is how many chunks may wait for their sum to be taken.
const md5Ahead = 8

func newMD5Body(body io.ReadCloser, want string, quoted func(string) string) *md5Body {
	b := &md5Body{
		ReadCloser: body, want: want, quoted: quoted,
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
	if b.corrupt != nil {
		return 0, b.corrupt
	}
	n, err := b.ReadCloser.Read(p)
	if b.hand(p[:n], errors.Is(err, io.EOF)) {
		if got := <-b.sum; got != b.want {
			b.corrupt = textError{
				fmt.Sprintf("labelstudio: the download has the MD5 %s, the server's file %s: download it again", got, b.quoted(b.want)),
				ErrCorruptDownload,
			}
			return n, b.corrupt
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
