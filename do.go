package labelstudio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// Do sends a request to a route that has no method of its own. path begins with
// a slash and is relative to the base URL; it may be escaped already and has no
// query, which goes into query.
//
// in is the body: nil for none, an [io.Reader] for bytes of any kind, to be
// given a type with [WithHeader] and "Content-Type", and closed if it is an
// [io.Closer]; a [json.RawMessage] is sent byte for byte; anything else is
// encoded as JSON. For a reader other than *[bytes.Reader], *[bytes.Buffer] and
// *[strings.Reader] the request can't be repeated with a new access token.
//
// out takes the answer of any status from 200 to 299: nil for an answer that
// doesn't matter; an *[io.ReadCloser] gets the body, which the caller closes; a
// *[]byte or a *[json.RawMessage] gets its bytes, whatever they are; into
// anything else it is decoded as one JSON document, which must not be null. What
// is not a stream is limited by [WithMaxAnswer].
// Other answers are an [*Error].
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, in, out any, opts ...CallOption) error {
	req, err := newRequest(ctx, method, path, query, in)
	if err == nil && (c == nil || c.core == nil) {
		err = errNotMade
	}
	if err == nil && isNilPointer(out) {
		err = fmt.Errorf("%s %s: there is nowhere to put the answer: out is a nil %T; give nil itself if it doesn't matter", method, path, out)
	}
	if err != nil {
		if closer, ok := in.(io.Closer); ok && !isNilPointer(in) {
			_ = closer.Close() // it was not used
		}
		err = fmt.Errorf("labelstudio: %w", err)
		if c != nil && c.core != nil {
			err = c.core.clean(err)
		}
		return err
	}
	want := wire.Answer{Body: raw}
	switch dst := out.(type) {
	case nil, *io.ReadCloser, *[]byte:
	case *json.RawMessage:
		out = (*[]byte)(dst)
	default:
		want.Body = wire.JSON
	}
	return c.core.Call(req, want, out, opts...)
}

// errNotMade is what a client's own methods say that has nothing to send with.
var errNotMade = errors.New("the client was not made with NewClient")

func newRequest(ctx context.Context, method, path string, query url.Values, in any) (*http.Request, error) {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		return nil, fmt.Errorf("%s %s: the path has a query or a fragment: give a query as url.Values, and write ?, # in a path as %%3F, %%23",
			method, path[:i])
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return nil, errors.New("the path must begin with a single slash and have no scheme or host, like /api/version")
	}
	if ctx == nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, wire.ErrNilContext)
	}
	body, contentType, err := encodeBody(in)
	if err != nil {
		return nil, fmt.Errorf("%s %s: encoding the body: %w", method, path, err)
	}
	target, err := url.Parse(path)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, withoutURL(err))
	}
	target.RawQuery = query.Encode()
	// Without a path: that is for templates, and this one may hold ids.
	ctx = wire.WithOperation(ctx, wire.Operation{Method: method})
	req, err := http.NewRequestWithContext(ctx, method, "/", body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.URL = target
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

func encodeBody(in any) (body io.Reader, contentType string, err error) {
	switch in := in.(type) {
	case nil:
		return nil, "", nil
	case io.Reader:
		if isNilPointer(in) {
			return nil, "", fmt.Errorf("it is a nil %T: give nil itself for none", in)
		}
		return in, "", nil
	case json.RawMessage:
		if !json.Valid(in) {
			return nil, "", errors.New("the json.RawMessage is no JSON")
		}
		return bytes.NewReader(in), "application/json", nil
	case []byte:
		return nil, "", errors.New("give bytes as a json.RawMessage or as a bytes.Reader")
	}
	text, err := Raw(in)
	if err != nil {
		return nil, "", err
	}
	return bytes.NewReader(text), "application/json", nil
}

func isNilPointer(v any) bool {
	value := reflect.ValueOf(v)
	return value.Kind() == reflect.Pointer && value.IsNil()
}
