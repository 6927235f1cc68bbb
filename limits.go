package labelstudio

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/weight"
)

// What a server may make the client hold in memory.
const (
	maxHeader   = 1 << 20  // of an answer, and of all that may come before it
	maxExchange = 64 << 10 // of the answer with an access token
)

// limits are those that have an option each, in bytes; zero for none.
type limits struct {
	answer   int64 // that is taken into memory
	element  int64 // of a list, or a file of tasks, that is read element by element
	download int64 // that is written to a file
}

var defaultLimits = limits{answer: 128 << 20, element: 256 << 20, download: 64 << 30}

// ErrTooLarge is what is larger than a limit: an answer, see [WithMaxAnswer]; an
// element of a list that is read as a stream or a task of an import file, see
// [WithMaxElement]; a download that is saved, see [WithMaxDownload]; a header of
// more than 1 MiB, if it is not so much larger that net/http takes it for a breach
// of HTTP/2.
var ErrTooLarge error = &sentinel{text: "too large"}

// WithMaxAnswer limits how many bytes of an answer are taken into memory, such
// as a page of tasks; the default is 128 MiB, and zero means no limit. What is
// longer is [ErrTooLarge]: ask for smaller pages. The bytes are counted after
// decompression. So is an answer that would take more than eight times as much
// memory when it is decoded, as estimated: a list of empty objects takes some hundred
// times its bytes. What the garbage collector has yet to free may double that. An
// answer of nothing but small objects or numbers meets this limit at about a third
// of the bytes. What is read as a stream has other limits: see [WithMaxElement] and
// [WithMaxDownload].
func WithMaxAnswer(bytes int64) Option {
	return limitOption("WithMaxAnswer", bytes, func(l *limits, bytes int64) { l.answer = bytes })
}

// WithMaxElement limits how many bytes are held of what is read one by one: of a
// task of an export that is decoded while it comes, of a task of a file that is
// imported, and of a text in a JSON file or the directory of an archive when
// [Download.SaveAs] looks whether these are whole. The default is 256 MiB, and
// zero means no limit. What is longer is [ErrTooLarge]; so is a task of an export,
// or a line of a table, that would take more than eight times as much memory, as for
// [WithMaxAnswer].
// The number of elements is not limited.
func WithMaxElement(bytes int64) Option {
	return limitOption("WithMaxElement", bytes, func(l *limits, bytes int64) { l.element = bytes })
}

// WithMaxDownload limits how many bytes of one download are written to a file, by
// [Download.SaveAs] and by all that saves exports and media, however many times
// it was resumed; zero means no limit. A file that is longer, or of which the
// server tells a greater length, is [ErrTooLarge], and nothing of it stays.
//
// The default is 64 GiB. It is there to stop what never ends before the disk is
// full: Label Studio builds a snapshot or an archive in its own memory or in a
// temporary file, and makes none of that size. Raise it if your media have single
// files that are larger; lower it where the disk is small.
func WithMaxDownload(bytes int64) Option {
	return limitOption("WithMaxDownload", bytes, func(l *limits, bytes int64) { l.download = bytes })
}

func limitOption(name string, bytes int64, set func(l *limits, bytes int64)) Option {
	return func(c *config) error {
		if bytes < 0 {
			return fmt.Errorf("%s(%d): give a positive number of bytes, or zero for no limit", name, bytes)
		}
		if bytes > maxLimit {
			bytes = 0
		}
		set(&c.limits, bytes)
		return nil
	}
}

// maxLimit is more than there is, and no limit: what is computed from one must not
// overflow.
const maxLimit = 1 << 50

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
	if int64(len(p))-1 > b.left { // one more tells whether that was all
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
	if c.limits.answer == 0 {
		return res.Body
	}
	return &bounded{res.Body, c.limits.answer, tooLarge("the answer has more than %d bytes: ask for less, or see WithMaxAnswer", c.limits.answer)}
}

// decodedBody is the body of an answer that is to be decoded.
func (c *core) decodedBody(res *http.Response) io.Reader {
	if c.limits.answer == 0 {
		return res.Body
	}
	return &decodable{c.answerBody(res), weight.Most * c.limits.answer, c.limits.answer}
}

// decodable ends with an error when what has been read would take more memory than
// is left.
type decodable struct {
	io.Reader
	left, most int64
}

func (d *decodable) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	if d.left -= weight.JSON(p[:n]); d.left < 0 {
		return 0, tooLarge("decoded, the answer would take more than %d times the %d bytes of WithMaxAnswer: ask for less", weight.Most, d.most)
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
// net/http has no better sign of it than the text. Of HTTP/2 it has one only if no
// frame comes after the one that is too much: else it ends the connection, as for
// any other breach of the protocol.
func headerTooLarge(err error) bool {
	text := err.Error()
	return strings.Contains(text, "server response headers exceeded") ||
		strings.Contains(text, "http2: response header list larger than advertised limit")
}

// withLimit makes [ErrTooLarge] of an error that is one.
func withLimit(err error) error {
	if errors.Is(err, ErrTooLarge) || !headerTooLarge(err) {
		return err
	}
	return tooLarge("%v: if that is meant, use a transport with a larger MaxResponseHeaderBytes: see WithTransport", err)
}
