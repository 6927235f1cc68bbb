package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/oapi-codegen/runtime"
)

// Request collects the parts of a request. The first fault is kept and
// returned by [Request.Build], so that generated code needs no checks between.
type Request struct {
	op          Operation
	path        string // escaped, relative to the base URL
	query       []string
	body        io.Reader
	contentType string
	err         error
}

// Segments is a path argument that may have several segments, "1/picture.png".
type Segments string

// New begins the request of an operation. args replace the parameters in the
// path template, in their order. What would address another route is refused:
// an empty argument, "." and "..", and one with a slash that is no [Segments].
// So is the id 0, which nothing has: it was left out by mistake.
func New(id, method, template string, args ...any) *Request {
	r := &Request{op: Operation{ID: id, Method: method, Path: template}}
	var path strings.Builder
	rest := template
	for _, arg := range args {
		before, after, _ := strings.Cut(rest, "{")
		name, tail, ok := strings.Cut(after, "}")
		if !ok {
			return r.fail(errors.New("more arguments than path parameters"))
		}
		if arg == int64(0) {
			return r.fail(fmt.Errorf("path parameter %s is 0: give the id of what is meant", name))
		}
		segments := []string{fmt.Sprint(arg)}
		if many, ok := arg.(Segments); ok {
			segments = strings.Split(string(many), "/")
		}
		for i, segment := range segments {
			// The server decodes %2F before it looks for the route.
			if segment == "" || segment == "." || segment == ".." || strings.ContainsAny(segment, `/\`) {
				return r.fail(fmt.Errorf("path parameter %s is %q: give the value that the server knows it by", name, fmt.Sprint(arg)))
			}
			segments[i] = url.PathEscape(segment)
		}
		path.WriteString(before + strings.Join(segments, "/"))
		rest = tail
	}
	if strings.Contains(rest, "{") {
		return r.fail(errors.New("fewer arguments than path parameters"))
	}
	r.path = path.String() + rest
	return r
}

// Query adds a query parameter, a list as one pair an item. A nil pointer and
// an empty list are parameters that were not set: they are not sent.
func (r *Request) Query(name string, value any) { r.addQuery(name, value, true) }

// QueryJoined is [Request.Query] for a list that the server reads as one value
// joined by commas.
func (r *Request) QueryJoined(name string, value any) { r.addQuery(name, value, false) }

func (r *Request) addQuery(name string, value any, explode bool) {
	if unset(value) || r.err != nil {
		return
	}
	pair, err := runtime.StyleParamWithOptions("form", explode, name, value,
		runtime.StyleParamOptions{ParamLocation: runtime.ParamLocationQuery})
	if err != nil {
		r.fail(fmt.Errorf("query parameter %s: %w", name, err))
		return
	}
	r.query = append(r.query, pair)
}

func unset(value any) bool {
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Slice:
		return v.Len() == 0
	case reflect.Pointer, reflect.Map, reflect.Interface:
		return v.IsNil()
	default:
		return !v.IsValid()
	}
}

// JSON sets the body, encoded by [Encode]. It can be sent again.
func (r *Request) JSON(body any) {
	text, err := Encode(body)
	if err != nil {
		r.fail(fmt.Errorf("encoding the body: %w", err))
		return
	}
	r.Body("application/json", bytes.NewReader(text))
}

// Body sets a body that is read as it is sent. A nil body sends none.
func (r *Request) Body(contentType string, body io.Reader) {
	if body != nil {
		r.body, r.contentType = body, contentType
	}
}

// ErrNilContext is a mistake, but none to crash for.
var ErrNilContext = errors.New("the context is nil: give context.Background() if there is none")

// Build returns the request, its URL relative to the server's base URL.
func (r *Request) Build(ctx context.Context) (*http.Request, error) {
	if ctx == nil {
		return nil, fmt.Errorf("labelstudio: %s %s: %w", r.op.Method, r.op.Path, ErrNilContext)
	}
	if r.err != nil {
		return nil, r.err
	}
	target := r.path
	if len(r.query) > 0 {
		target += "?" + strings.Join(r.query, "&")
	}
	req, err := http.NewRequestWithContext(WithOperation(ctx, r.op), r.op.Method, target, r.body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.op.Method, r.op.Path, err)
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	return req, nil
}

func (r *Request) fail(err error) *Request {
	if r.err == nil {
		r.err = fmt.Errorf("%s %s: %w", r.op.Method, r.op.Path, err)
	}
	return r
}
