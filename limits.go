package labelstudio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// What a server may make the client hold in memory.
const (
	defaultMaxAnswer = 128 << 20
	maxElement       = 256 << 20 // of a list, or a file of tasks, that is read element by element
	maxHeader        = 1 << 20   // of an answer, and of all that may come before it
	maxExchange      = 64 << 10  // of the answer with an access token
)

// ErrTooLarge is an answer that is larger than the client takes into memory: see
// [WithMaxAnswer] and [Elements]; or a task of an import file that is. An HTTP/1 header of more than 1 MiB is one, too.
var ErrTooLarge error = &sentinel{text: "too large"}

// WithMaxAnswer limits how many bytes of an answer are taken into memory, such
// as a page of tasks; the default is 128 MiB, and zero means no limit. What is
// longer is [ErrTooLarge]: ask for smaller pages. The bytes are counted after
// decompression. So is an answer that would take more than eight times as much
// memory when it is decoded, as estimated: a list of empty objects takes a hundred
// times its bytes. Downloads and whatever else is read as a stream have no limit.
func WithMaxAnswer(bytes int64) Option {
	return func(c *config) error {
		if bytes < 0 {
			return fmt.Errorf("WithMaxAnswer(%d): give a positive number of bytes, or zero for no limit", bytes)
		}
		c.maxAnswer = bytes
		return nil
	}
}

// bounded ends with an error when more bytes come than are left.
type bounded struct {
	io.Reader
	left int64
	err  error // what more is
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, b.err
	}
	if int64(len(p)) > b.left+1 { // one more tells whether that was all
		p = p[:b.left+1]
	}
	n, err := b.Reader.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, b.err
	}
	return n, err
}

// answerBody is the body of an answer that is to be taken into memory.
func (c *core) answerBody(res *http.Response) io.Reader {
	if c.maxAnswer == 0 {
		return res.Body
	}
	return &bounded{res.Body, c.maxAnswer, tooLarge("the answer has more than %d bytes: ask for less, or see WithMaxAnswer", c.maxAnswer)}
}

// decodedBody is the body of an answer that is to be decoded.
func (c *core) decodedBody(res *http.Response) io.Reader {
	if c.maxAnswer == 0 {
		return res.Body
	}
	return &decodable{c.answerBody(res), maxDecoded * c.maxAnswer, c.maxAnswer}
}

// What a decoded answer takes, about: beside its bytes, an object becomes a struct
// of some hundred bytes, and an item of a list an interface or a pointer.
const (
	maxDecoded    = 8 // times WithMaxAnswer
	decodedObject = 512
	decodedItem   = 32
)

// decodable ends with an error when what has been read would take more memory than
// is left.
type decodable struct {
	io.Reader
	left, most int64
}

func (d *decodable) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	d.left -= int64(n + decodedObject*bytes.Count(p[:n], []byte("{")) + decodedItem*bytes.Count(p[:n], []byte(",")))
	if d.left < 0 {
		return 0, tooLarge("decoded, the answer would take more than %d times the %d bytes of WithMaxAnswer: ask for less", maxDecoded, d.most)
	}
	return n, err
}

// limitOf takes off what a decoder says before the error of a limit.
func limitOf(err error) error {
	var limit textError
	if errors.As(err, &limit) {
		return limit
	}
	return err
}

func tooLarge(format string, args ...any) error {
	return textError{fmt.Sprintf(format, args...), ErrTooLarge}
}

// headerTooLarge reports whether a transport gave up on the header of an answer.
// net/http has no better sign of it than the text, and none for HTTP/2, of which
// it says that the protocol is broken.
func headerTooLarge(err error) bool {
	return strings.Contains(err.Error(), "server response headers exceeded")
}

// withLimit makes [ErrTooLarge] of an error that is one.
func withLimit(err error) error {
	if errors.Is(err, ErrTooLarge) || !headerTooLarge(err) {
		return err
	}
	return tooLarge("%v: if that is meant, use a transport with a larger MaxResponseHeaderBytes: see WithTransport", err)
}
