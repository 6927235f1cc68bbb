package labelstudio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/labelstudio-go/labelstudio/internal/weight"
)

// readAhead is how much of a list is read at a time.
const readAhead = 64 << 10

// Elements decodes a JSON list, such as a download of tasks, element by element
// as it is read: memory does not grow with its length. T is a struct with the
// keys that are wanted, such as [ExportedTask], or what [RawInto] takes besides.
// The loop ends with the first error, which it yields: a list that ends early is
// [io.ErrUnexpectedEOF]. Each element is the caller's to keep.
//
// An element has the default limits of [WithMaxElement], as there is no client
// that could have others: one of more than 256 MiB, or that would take more than
// eight times as much when it is decoded, is [ErrTooLarge].
func Elements[T any](r io.Reader) iter.Seq2[*T, error] {
	return elements[T](r, defaultLimits.element, decodeOptions)
}

func elements[T any](r io.Reader, most int64, options json.Options) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if r == nil {
			yield(nil, errors.New("labelstudio: there is no reader of a list"))
			return
		}
		limit := newElementLimit(r, most)
		limit.weigh = weight.JSON
		decoder := jsontext.NewDecoder(bufio.NewReaderSize(limit, readAhead), options)
		index := 0
		fail := func(err error) {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			yield(nil, fmt.Errorf("labelstudio: element %d of the list, at byte %d: %w", index, decoder.InputOffset(), limitOf(err)))
		}
		if kind := decoder.PeekKind(); kind != '[' && kind != 0 {
			fail(fmt.Errorf("it is no JSON list, but begins with %s", kind))
			return
		}
		if _, err := decoder.ReadToken(); err != nil {
			fail(err)
			return
		}
		for ; decoder.PeekKind() != ']'; index++ {
			limit.next()
			element := new(T)
			if err := json.UnmarshalDecode(decoder, element); err != nil {
				fail(err)
				return
			}
			if !yield(element, nil) {
				return
			}
		}
		if _, err := decoder.ReadToken(); err != nil {
			fail(err)
			return
		}
		if _, err := decoder.ReadToken(); err == nil {
			fail(errors.New("something follows the list"))
		} else if !errors.Is(err, io.EOF) {
			fail(err)
		}
	}
}

// elementLimit ends with [ErrTooLarge] when too much has been read for one
// element, of which some may belong to the next, or would be if it is decoded.
type elementLimit struct {
	io.Reader
	most  int64              // zero for no limit
	weigh func([]byte) int64 // what is read, if it is decoded

	left, memory int64
}

func newElementLimit(r io.Reader, most int64) *elementLimit {
	limit := &elementLimit{Reader: r, most: most}
	limit.next()
	return limit
}

// next allows for another element.
func (l *elementLimit) next() {
	l.left = l.most + readAhead
	l.memory = weight.Most*l.most + weight.Object*readAhead
}

func (l *elementLimit) Read(p []byte) (int, error) {
	if l.most == 0 {
		return l.Reader.Read(p)
	}
	if l.left <= 0 {
		return 0, tooLarge("it has more than %d bytes: see WithMaxElement", l.most)
	}
	n, err := l.Reader.Read(p[:min(len(p), readAhead)])
	l.left -= int64(n)
	if l.weigh != nil {
		l.memory -= l.weigh(p[:n])
	}
	if l.memory < 0 {
		return 0, tooLarge("decoded, it would take more than %d times %d bytes: see WithMaxElement", weight.Most, l.most)
	}
	return n, err
}
