// Package record keeps what the end-to-end tests exchange with a real server,
// so that it can be checked against the contract afterwards.
package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
)

// Variable names the environment variable with the file to append exchanges
// to. Without it nothing is recorded.
const Variable = "LABELSTUDIO_RECORD"

// Exchange is one request and its answer. Of the credentials only the scheme
// is kept.
type Exchange struct {
	Test         string // who sent it
	Method       string
	Path         string // escaped, without the server's address
	Query        string `json:",omitempty"` // as sent
	Scheme       string `json:",omitempty"` // of Authorization: "Token", "Bearer", or none
	RequestType  string `json:",omitempty"` // Content-Type
	RequestBody  []byte `json:",omitempty"`
	Status       int
	ResponseType string `json:",omitempty"` // Content-Type
	ResponseBody []byte `json:",omitempty"`
	Partial      bool   `json:",omitempty"` // the answer was not read to its end
}

// Transport returns next, recording what passes through it when [Variable] is
// set. It must stand inside of authorization, to see the scheme.
func Transport(test string, next http.RoundTripper) http.RoundTripper {
	path := os.Getenv(Variable)
	if path == "" {
		return next
	}
	return &recorder{test: test, path: path, next: next}
}

type recorder struct {
	test, path string
	next       http.RoundTripper
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	ex := &Exchange{
		Test: r.test, Method: req.Method, Path: req.URL.EscapedPath(), Query: req.URL.RawQuery,
		RequestType: req.Header.Get("Content-Type"),
	}
	ex.Scheme, _, _ = strings.Cut(req.Header.Get("Authorization"), " ")
	if req.Body != nil && req.Body != http.NoBody {
		body, err := io.ReadAll(req.Body)
		if err := errors.Join(err, req.Body.Close()); err != nil {
			return nil, err
		}
		ex.RequestBody = body
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	ex.Status, ex.ResponseType = resp.StatusCode, resp.Header.Get("Content-Type")
	resp.Body = &recordedBody{ReadCloser: resp.Body, ex: ex, path: r.path}
	return resp, nil
}

// recordedBody keeps what is read of an answer and writes the exchange when
// the answer ends.
type recordedBody struct {
	io.ReadCloser
	ex    *Exchange
	path  string
	kept  bytes.Buffer
	ended bool
	once  sync.Once
}

func (b *recordedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.kept.Write(p[:n])
	if errors.Is(err, io.EOF) {
		b.ended = true
	}
	return n, err
}

func (b *recordedBody) Close() error {
	var saved error
	b.once.Do(func() {
		b.ex.ResponseBody, b.ex.Partial = b.kept.Bytes(), !b.ended
		saved = save(b.path, b.ex)
	})
	return errors.Join(b.ReadCloser.Close(), saved)
}

var fileMu sync.Mutex

func save(path string, ex *Exchange) error {
	line, err := json.Marshal(ex)
	if err != nil {
		return err
	}
	fileMu.Lock()
	defer fileMu.Unlock()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// Load reads the exchanges of a file.
func Load(path string) ([]*Exchange, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	var list []*Exchange
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, len(list)+1, err)
		}
		ex := new(Exchange)
		if err := json.Unmarshal(line, ex); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, len(list)+1, err)
		}
		list = append(list, ex)
	}
}
