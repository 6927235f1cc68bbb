package labelstudio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Elements decodes a JSON list, such as a download of tasks, element by element
// as it is read: memory does not grow with its length. T is a struct with the
// keys that are wanted, such as [ExportedTask], or what [RawInto] takes besides.
// The loop ends with the first error, which it yields: a list that ends early is
// [io.ErrUnexpectedEOF]. Each element is the caller's to keep.
func Elements[T any](r io.Reader) iter.Seq2[*T, error] {
	return elements[T](r, decodeOptions)
}

func elements[T any](r io.Reader, options json.Options) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		decoder := jsontext.NewDecoder(bufio.NewReaderSize(r, 64<<10), options)
		index := 0
		fail := func(err error) {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			yield(nil, fmt.Errorf("labelstudio: element %d of the list, at byte %d: %w", index, decoder.InputOffset(), err))
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
