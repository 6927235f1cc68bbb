// Package wire is the seam between the generated services and the client that
// carries their requests. Generated code builds a request with [New] and hands
// it to a [Caller]; everything that needs judgement (authorization, retries,
// errors, decoding) happens behind that one interface.
package wire

import (
	"context"
	"io"
	"net/http"
)

// Operation says which described operation a request belongs to. Transports
// find it with [OperationFrom], so that logs and spans can name the path
// template instead of the path with its ids.
type Operation struct {
	ID     string // as in the contract, "Projects.Get"; empty for a route no description has
	Method string // HTTP method
	Path   string // path template, "/api/projects/{id}/"
}

type operationKey struct{}

// WithOperation returns a context that carries op.
func WithOperation(ctx context.Context, op Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

// OperationFrom returns the operation that the request with this context is
// for, and whether there is one.
func OperationFrom(ctx context.Context) (Operation, bool) {
	op, ok := ctx.Value(operationKey{}).(Operation)
	return op, ok
}

// Answer says which answer counts as the described success.
type Answer struct {
	Status []int // HTTP statuses of success
	Body   Body  // what the body holds
}

// Body is the kind of body that a success carries.
type Body int

const (
	None   Body = iota // no body; whatever comes is discarded
	JSON               // one JSON document, decoded into out
	Stream             // a file; out is an *io.ReadCloser that the caller closes
)

// Caller sends a request and decodes its described success into out, or
// returns an error. The URL of req is relative to the server's base URL.
type Caller interface {
	Call(req *http.Request, want Answer, out any, opts ...Option) error
}

// Option changes how one call is sent or what is kept of its answer.
type Option func(*Options)

// Options is what the options of one call add up to.
type Options struct {
	Responses  []**http.Response // where to keep the answer's status and headers
	Header     http.Header       // added to the request
	Repeatable bool              // the caller says that a repeat is harmless
}

// Apply adds up opts. A nil option does nothing: it is easily passed where a
// method takes no parameters.
func Apply(opts []Option) Options {
	var o Options
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	return o
}

// Send sends a request whose success has no body. It takes the error of
// building the request, so that a generated method is one line.
func Send(c Caller, req *http.Request, err error, status []int, opts []Option) error {
	if err != nil {
		return err
	}
	return c.Call(req, Answer{Status: status, Body: None}, nil, opts...)
}

// Decode sends a request whose success is a JSON document and returns it as T.
func Decode[T any](c Caller, req *http.Request, err error, status []int, opts []Option) (T, error) {
	return call[T](c, req, err, Answer{Status: status, Body: JSON}, opts)
}

// Open sends a request whose success is a file and returns its body, which the
// caller closes.
func Open(c Caller, req *http.Request, err error, status []int, opts []Option) (io.ReadCloser, error) {
	return call[io.ReadCloser](c, req, err, Answer{Status: status, Body: Stream}, opts)
}

func call[T any](c Caller, req *http.Request, err error, want Answer, opts []Option) (T, error) {
	var out, zero T
	if err != nil {
		return zero, err
	}
	if err := c.Call(req, want, &out, opts...); err != nil {
		return zero, err
	}
	return out, nil
}
