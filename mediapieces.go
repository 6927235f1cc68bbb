package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// rest asks for the rest of a file, of which less may come.
func (m *mediaRun) rest(ctx context.Context, ref mediaRef, want piece) (io.ReadCloser, error) {
	got, err := m.request(ctx, ref, fmt.Sprintf("bytes=%d-", want.from))
	if err != nil {
		return nil, err
	}
	if got.piece != want {
		_ = got.body.Close() // nothing of it is wanted
		return nil, fmt.Errorf("%w: %s was asked for, %s came", errOtherFile, want, got.piece)
	}
	return got.body, nil
}

// piece is a part of a file.
type piece struct {
	from int64 // -1 if the answer doesn't say
	size int64 // of the whole file, or -1
	tag  string
}

func (p piece) String() string {
	return fmt.Sprintf("byte %d of %d with the tag %s", p.from, p.size, p.tag)
}

// pieceOf tells which part of a file an answer is.
func pieceOf(res *http.Response) piece {
	p := piece{0, res.ContentLength, res.Header.Get("ETag")}
	if res.StatusCode == http.StatusPartialContent {
		var last int64
		if _, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-%d/%d", &p.from, &last, &p.size); err != nil || p.size < 0 {
			p.from, p.size = -1, -1
		}
	}
	return p
}

// pieces is a file of which the server sends a part at a time.
type pieces struct {
	body     io.ReadCloser
	at, size int64
	begun    bool // something of the body has come
	next     func(from int64) (io.ReadCloser, error)
}

func (p *pieces) Read(b []byte) (int, error) {
	n, err := p.body.Read(b)
	p.at += int64(n)
	p.begun = p.begun || n > 0
	if !errors.Is(err, io.EOF) || p.at >= p.size || !p.begun {
		return n, err
	}
	_ = p.body.Close() // it has been read
	body, err := p.next(p.at)
	if err != nil {
		return n, err
	}
	p.body, p.begun = body, false
	return n, nil
}

func (p *pieces) Close() error { return p.body.Close() }
