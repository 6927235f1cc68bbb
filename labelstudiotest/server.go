package labelstudiotest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
)

// Version is the version of Label Studio that the server answers as.
const Version = "1.23.2"

// Server is a Label Studio in memory. Its methods may be called from several
// goroutines, also while it answers requests.
type Server struct {
	// URL is the server's address, without a slash at the end.
	URL string
	// LegacyToken and PAT are the two tokens that the administrator has at the
	// start: the one that is sent as it is, and the personal access token.
	// labelstudio.WithToken takes either. They stay as they are when requests
	// reset, revoke or rotate the tokens; see Client.
	LegacyToken, PAT string

	t        testing.TB // nil for a server that Start has made
	options  options
	http     *http.Server
	served   chan struct{}
	handlers map[string]handler

	mu       sync.Mutex // guards what follows: one request at a time, as SQLite has it
	state    state
	requests []Request
	faults   []*injected
	expected []*expectation
	problems []string
	closed   bool
	// transports are those of the clients that Client has made.
	transports []*http.Transport
}

// handler answers the requests for one operation, while the server is locked, but
// for the time that it fetches something.
// Its error is a *failure; anything else is the server's own mistake.
type handler func(s *Server, c *call) (*answer, error)

// NewServer starts a server for a test and stops it when the test is over. The
// test fails if it asks for what the server doesn't know, and if in the end an
// expected call is missing or a fault was met by no request.
func NewServer(t testing.TB, opts ...Option) *Server {
	if t == nil {
		panic("labelstudiotest: NewServer needs a test; a program that is none must use Start")
	}
	t.Helper()
	s, err := start(t, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		for _, missing := range s.missing() {
			t.Error(missing)
		}
	})
	return s
}

// Start starts a server for a program that is no test. Who starts it must
// [Server.Close] it. What requests would fail a test with is told by
// [Server.Problems]. What the program itself does wrong panics: options that Client
// can't use, and what Fail, Answer, Expect, AddProject, AddTasks, AddAnnotation and
// AddUser refuse.
func Start(opts ...Option) (*Server, error) { return start(nil, opts) }

func start(t testing.TB, opts []Option) (*Server, error) {
	s := &Server{t: t, handlers: handlers(), served: make(chan struct{})}
	for _, opt := range opts {
		opt(&s.options)
	}
	if err := s.options.complete(); err != nil {
		return nil, err
	}
	s.reset()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("labelstudiotest: no port for the server: %w", err)
	}
	s.URL = "http://" + listener.Addr().String()
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: time.Minute}
	go func() {
		defer close(s.served)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.problem(fmt.Sprintf("the server has stopped: %v", err))
		}
	}()
	return s, nil
}

// String tells the address, without the tokens.
func (s *Server) String() string { return "labelstudiotest.Server(" + s.URL + ")" }

// Close stops the server, breaking off what it is at. More calls of it do nothing.
func (s *Server) Close() {
	s.mu.Lock()
	closed, transports := s.closed, s.transports
	s.closed = true
	s.mu.Unlock()
	if closed {
		return
	}
	_ = s.http.Close() // the connections' errors help nobody
	<-s.served
	for _, transport := range transports {
		transport.CloseIdleConnections()
	}
	missing := s.missing()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, missing...)
}

// Client returns a client with the administrator's newest personal access token,
// or with the current legacy token where there was none so far. The options come
// after the token and may replace it. The client doesn't repeat what fails unless
// it is told to with [labelstudio.WithRetries].
func (s *Server) Client(opts ...labelstudio.Option) *labelstudio.Client {
	transport := &http.Transport{}
	s.mu.Lock()
	s.transports = append(s.transports, transport)
	admin := s.state.users.get(owner)
	token := admin.legacyToken
	if len(admin.pats) > 0 {
		token = admin.pats[len(admin.pats)-1]
	}
	s.mu.Unlock()
	opts = append([]labelstudio.Option{
		labelstudio.WithToken(token), labelstudio.WithRetries(0), labelstudio.WithTransport(transport),
	}, opts...)
	client, err := labelstudio.NewClient(s.URL, opts...)
	if err != nil {
		s.fatal(err)
	}
	return client
}

func (s *Server) fatal(err error) {
	if s.t == nil {
		panic(err) // an option of the program's own
	}
	s.t.Helper()
	s.t.Fatal(err)
}

// problem fails the test, or keeps what is wrong for Problems.
func (s *Server) problem(text string) {
	text = "labelstudiotest: " + text
	s.problems = append(s.problems, text)
	if s.t != nil && !s.closed {
		s.t.Error(text)
	}
}

// serve answers one request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the client has gone
	}
	a, delay := s.answer(&call{Request: &Request{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.Query(), Header: r.Header.Clone(), Body: body, Time: time.Now(),
	}, host: r.Host, ctx: r.Context()})
	if !wait(r.Context(), delay) {
		return
	}
	header := w.Header()
	for name, values := range a.header {
		header[name] = values
	}
	switch {
	case a.status == http.StatusNoContent:
	case a.unsized:
		header.Set("Transfer-Encoding", "identity") // the end of the connection is that of the body
	default:
		header.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	if header.Get("Content-Type") == "" {
		header["Content-Type"] = nil // nothing is guessed
	}
	if a.cut == 0 {
		panic(http.ErrAbortHandler) // nothing is answered
	}
	w.WriteHeader(a.status)
	flush := http.NewResponseController(w).Flush
	_ = flush() // before the end is known, so that no length is made up
	if a.cut < 0 || a.cut >= len(a.body) {
		_, _ = w.Write(a.body) // the client may have gone
		return
	}
	_, _ = w.Write(a.body[:a.cut])
	_ = flush()
	panic(http.ErrAbortHandler) // breaks the connection
}

// wait says whether the time has passed before the client went.
func wait(ctx context.Context, delay time.Duration) bool {
	if delay <= 0 {
		return true
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// pause leaves the server to others for a while. When it is closed meanwhile, the
// request ends.
func (s *Server) pause(delay time.Duration) {
	s.mu.Unlock()
	defer s.mu.Lock()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.served:
		panic(http.ErrAbortHandler)
	}
}

// answer finds out what to answer, and keeps the request.
func (s *Server) answer(c *call) (a *answer, delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, params := find(c.Path)
	c.params = params
	var op operation
	if at != nil {
		op = at.methods[c.Method]
		c.Operation = op.name
	}
	a, delay = s.decide(c, at, op)
	if at != nil && !at.slash() && a.status == http.StatusNotFound && !a.scripted {
		a = page(http.StatusNotFound) // the route with a slash is tried, and there is none
	}
	if a.cut > 0 && a.cut >= len(a.body) {
		s.problem(fmt.Sprintf("%s %s: the answer has %d bytes, so that a Cut of %d does nothing", c.Method, c.Path, len(a.body), a.cut))
	}
	c.Status = a.status
	s.requests = append(s.requests, *c.Request)
	return a, delay
}

func (s *Server) decide(c *call, at *route, op operation) (a *answer, delay time.Duration) {
	fault := s.fault(c, op)
	s.expect(c)
	switch {
	case fault == nil:
	case fault.Late:
		c.ctx = context.WithoutCancel(c.ctx)
		s.pause(fault.Delay)
	default:
		delay = fault.Delay
	}
	if at == nil && (fault == nil || fault.Status == 0) {
		return fault.broken(offRoutes(c.Path)), delay
	}
	if fault != nil {
		if a := fault.answer(); a != nil {
			return fault.broken(a), delay
		}
	}
	a, err := s.handle(c, at, op, fault)
	if err != nil {
		var refused *failure
		if !errors.As(err, &refused) {
			s.problem(fmt.Sprintf("%s %s: %v", c.Method, c.Path, err))
			refused = fail(http.StatusInternalServerError, err.Error())
		}
		a = refused.answer()
		if refused.status == http.StatusMethodNotAllowed {
			a.header.Set("Allow", at.allowed())
		}
		if refused.status == http.StatusUnauthorized && op.name == "Tokens.Refresh" {
			a.header.Set("WWW-Authenticate", `Bearer realm="api"`)
		}
	}
	return fault.broken(a), delay
}

func (s *Server) handle(c *call, at *route, op operation, fault *injected) (a *answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.problem(fmt.Sprintf("%s panics (%s %s?%s): %v\n%s", op.name, c.Method, c.Path, c.Query.Encode(), p, debug.Stack()))
			err = failf(http.StatusInternalServerError, "labelstudiotest: %s panics: %v", op.name, p)
		}
	}()
	if err := s.authenticate(c, op, fault != nil && fault.ExpiredToken); err != nil {
		return nil, err
	}
	if c.bearer && !c.user.organization {
		return page(http.StatusInternalServerError), nil // of a former member
	}
	if c.Method == http.MethodOptions {
		return nil, s.unknown("OPTIONS", c)
	}
	if op.name == "" {
		return nil, failf(http.StatusMethodNotAllowed, "Method \"%s\" not allowed.", c.Method)
	}
	handle := s.handlers[op.name]
	if handle == nil {
		return nil, s.unknown(op.name, c)
	}
	return handle(s, c)
}

// unknown fails the test that has asked for what the server doesn't know.
func (s *Server) unknown(what string, c *call) error {
	if !strings.Contains(what, c.Operation) {
		what += " of " + c.Operation
	}
	s.problem(what + " is not known to this server (" + c.Method + " " + c.Path + "): script its answer with Server.Answer, " +
		"or test against a real Label Studio")
	return &failure{status: http.StatusNotImplemented, bare: object{{"detail", what + " is not known to labelstudiotest"}}}
}
