package labelstudio

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
)

// ErrCorruptDownload is a file whose MD5 is not the one that the server took of
// it: download it again.
var ErrCorruptDownload error = &sentinel{text: "corrupt download"}

// resumed is a body that goes on where its connection broke, by asking for the
// rest. Only what the server keeps as a file can be read in this way: what it
// makes anew for each request may differ.
type resumed struct {
	ctx     context.Context
	body    io.ReadCloser
	open    func(from int64) (io.ReadCloser, error) // the same file from a byte on
	size    int64
	retries int // without a byte between them

	read   int64
	failed int
	broken error // why body has ended before its end
	closed bool
}

func (r *resumed) Read(p []byte) (int, error) {
	for {
		if r.broken != nil {
			if err := r.resume(); err != nil {
				return 0, err
			}
		}
		n, err := r.body.Read(p)
		r.read += int64(n)
		if n > 0 {
			r.failed = 0
		}
		switch {
		case err == nil, r.closed:
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
		if r.failed > r.retries || r.ctx.Err() != nil {
			return r.gaveUp()
		}
		if err := sleep(r.ctx, backoff(r.failed)); err != nil {
			return r.gaveUp()
		}
		body, err := r.open(r.read)
		if err == nil {
			_ = r.body.Close() // it has failed already
			r.body, r.broken = body, nil
			return nil
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

func (r *resumed) Close() error {
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
// server has taken the MD5 of.
type md5Body struct {
	io.ReadCloser
	hash hash.Hash
	want string // hexadecimal
}

func newMD5Body(body io.ReadCloser, want string) *md5Body { return &md5Body{body, md5.New(), want} }

func (b *md5Body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.hash.Write(p[:n])
	if errors.Is(err, io.EOF) {
		if got := hex.EncodeToString(b.hash.Sum(nil)); got != b.want {
			return n, textError{
				fmt.Sprintf("labelstudio: the download has the MD5 %s, the server's file %s: download it again", got, b.want),
				ErrCorruptDownload,
			}
		}
	}
	return n, err
}
