package wire

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// callerFunc is a Caller that a test writes on the spot.
type callerFunc func(req *http.Request, want Answer, out any, opts ...Option) error

func (f callerFunc) Call(req *http.Request, want Answer, out any, opts ...Option) error {
	return f(req, want, out, opts...)
}

var errTest = errors.New("test")

func newRequest(t *testing.T) *http.Request {
	t.Helper()
	req, err := New("X.Get", http.MethodGet, "/api/x/").Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestSend(t *testing.T) {
	t.Parallel()
	req := newRequest(t)
	called := false
	c := callerFunc(func(got *http.Request, want Answer, out any, opts ...Option) error {
		called = true
		if got != req || want.Body != None || !slices.Equal(want.Status, []int{204}) || out != nil || len(opts) != 1 {
			t.Errorf("called with %v %v %v %d options", got, want, out, len(opts))
		}
		return errTest
	})
	err := Send(c, req, nil, []int{204}, []Option{func(*Options) {}})
	if !called || !errors.Is(err, errTest) {
		t.Errorf("called %v, error %v", called, err)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	type project struct{ ID int }
	c := callerFunc(func(_ *http.Request, want Answer, out any, _ ...Option) error {
		if want.Body != JSON {
			t.Errorf("body %v, want JSON", want.Body)
		}
		*out.(**project) = &project{ID: 5}
		return nil
	})
	got, err := Decode[*project](c, newRequest(t), nil, []int{200}, nil)
	if err != nil || got.ID != 5 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	c := callerFunc(func(_ *http.Request, want Answer, out any, _ ...Option) error {
		if want.Body != Stream {
			t.Errorf("body %v, want a stream", want.Body)
		}
		*out.(*io.ReadCloser) = io.NopCloser(strings.NewReader("file"))
		return nil
	})
	got, err := Open(c, newRequest(t), nil, []int{200}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := readAll(t, got); text != "file" {
		t.Errorf("%q", text)
	}
}

// A failed call must not hand out what it had begun to decode.
func TestFailureReturnsZero(t *testing.T) {
	t.Parallel()
	c := callerFunc(func(_ *http.Request, _ Answer, out any, _ ...Option) error {
		*out.(*string) = "half"
		return errTest
	})
	if got, err := Decode[string](c, newRequest(t), nil, []int{200}, nil); got != "" || !errors.Is(err, errTest) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestBuildErrorIsNotSent(t *testing.T) {
	t.Parallel()
	c := callerFunc(func(*http.Request, Answer, any, ...Option) error {
		t.Error("sent")
		return nil
	})
	if err := Send(c, nil, errTest, nil, nil); !errors.Is(err, errTest) {
		t.Errorf("Send: %v", err)
	}
	if _, err := Decode[int](c, nil, errTest, nil, nil); !errors.Is(err, errTest) {
		t.Errorf("Decode: %v", err)
	}
	if _, err := Open(c, nil, errTest, nil, nil); !errors.Is(err, errTest) {
		t.Errorf("Open: %v", err)
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	if o := Apply(nil); len(o.Responses) > 0 || o.Header != nil || o.Repeatable {
		t.Errorf("no options add up to %+v", o)
	}
	o := Apply([]Option{
		func(o *Options) { o.Repeatable = true },
		func(o *Options) { o.Header = http.Header{"A": {"1"}} },
		nil, // easily passed where a method takes no parameters
		func(o *Options) { o.Header.Add("A", "2") },
	})
	if !o.Repeatable || !slices.Equal(o.Header["A"], []string{"1", "2"}) {
		t.Errorf("options add up to %+v", o)
	}
}
