// Package faultproxy is an HTTP proxy that breaks what passes through it, in
// ways that real networks, proxies and servers do, and knows what came of each
// request: whether it reached the server, and what the server answered.
package faultproxy

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Proxy listens on a port of 127.0.0.1. Its methods may be called from several
// goroutines.
type Proxy struct {
	// URL is its address, without a slash at the end.
	URL string

	target   *url.URL
	upstream http.RoundTripper
	address  string
	running  sync.WaitGroup

	mu       sync.Mutex
	plan     func(*http.Request) Fault
	listener net.Listener // nil while connections are refused
	conns    map[net.Conn]bool
	waiting  int // for the server's answer
	closed   bool
	log      []*Exchange
}

// Exchange is a request that arrived, at least with its head.
type Exchange struct {
	Method    string
	URI       string // path and query
	Header    http.Header
	Body      []byte // as far as it was read
	Whole     bool   // all of it was read
	Forwarded bool   // the server has got it
	Status    int    // of the server's answer; 0 if there was none
	Answer    []byte // the body of the server's answer
	Type      string // its content type
	// Silent says that the answer was cut in a way that nobody can notice: its end
	// is where the connection ends, by the protocol, or it is as long as it says.
	Silent bool
}

// New starts a proxy for the server at target, to which it speaks through
// upstream, one request after another on each connection. plan says what
// to do with a request, of which it may look at all but the body; nil means
// that nothing is done to any.
func New(target string, upstream http.RoundTripper, plan func(*http.Request) Fault) (*Proxy, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	p := &Proxy{target: to, upstream: upstream, conns: map[net.Conn]bool{}, address: "127.0.0.1:0"}
	p.Plan(plan)
	if err := p.Accept(); err != nil {
		return nil, err
	}
	p.URL = "http://" + p.address
	return p, nil
}

// Plan changes what is done from now on.
func (p *Proxy) Plan(plan func(*http.Request) Fault) {
	if plan == nil {
		plan = func(*http.Request) Fault { return Fault{} }
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = plan
}

// Refuse refuses new connections until Accept is called. Those that are there
// end.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		_ = p.listener.Close() // nobody can be told
		p.listener = nil
	}
	for conn := range p.conns {
		_ = conn.Close() // as above
	}
}

// Accept takes connections again, at the same address.
func (p *Proxy) Accept() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil || p.closed {
		return nil
	}
	listener, err := net.Listen("tcp", p.address)
	if err != nil {
		return err
	}
	p.listener, p.address = listener, listener.Addr().String()
	p.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.serve(conn.(*net.TCPConn)) })
		}
	})
	return nil
}

// Connections is the number of connections that clients have open.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

// Waiting is the number of requests that the server has not answered. Whether
// their clients have gone shows only after that.
func (p *Proxy) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waiting
}

// Exchanges are those that arrived until now, in order.
func (p *Proxy) Exchanges() []Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Exchange, len(p.log))
	for i, x := range p.log {
		all[i] = *x
	}
	return all
}

// Close ends all connections and returns when the server has answered whatever
// it was sent.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Refuse()
	p.running.Wait()
}

func (p *Proxy) serve(conn *net.TCPConn) {
	p.mu.Lock()
	closed := p.listener == nil
	if !closed {
		p.conns[conn] = true
	}
	p.mu.Unlock()
	defer func() {
		_ = conn.Close() // it may be closed already
		p.mu.Lock()
		delete(p.conns, conn)
		p.mu.Unlock()
	}()
	if closed {
		return
	}
	c := &connection{proxy: p, conn: conn, reader: bufio.NewReader(conn)}
	for {
		req, err := http.ReadRequest(c.reader)
		if err != nil || !c.exchange(req) {
			return // the client has closed it, or the fault has
		}
	}
}

// connection is one of a client.
type connection struct {
	proxy  *Proxy
	conn   *net.TCPConn
	reader *bufio.Reader
}

// exchange does with a request what is planned, and reports whether another may
// follow on the connection.
func (c *connection) exchange(req *http.Request) (more bool) {
	x := &Exchange{Method: req.Method, URI: req.RequestURI, Header: req.Header.Clone()}
	c.proxy.mu.Lock()
	fault := c.proxy.plan(req)
	c.proxy.log = append(c.proxy.log, x)
	c.proxy.mu.Unlock()

	body := c.readBody(req, fault)
	c.set(func() { x.Body, x.Whole = body, fault.Unread == Nothing })
	if fault.Unread != Nothing {
		return c.end(Reset)
	}
	answer := fault.Instead
	if !fault.Withhold {
		real, err := c.forward(req, body, x)
		if err != nil {
			real = &Answer{Status: http.StatusBadGateway, Body: []byte(err.Error())}
		}
		if answer == nil {
			answer = real
		}
		if fault.Change != nil {
			fault.Change(real)
		}
	}
	if answer == nil {
		answer = &Answer{}
	}
	if !c.wait(fault.Delay) {
		return false
	}
	return c.answer(answer, fault, x)
}

// set changes an exchange, which others may look at.
func (c *connection) set(change func()) {
	c.proxy.mu.Lock()
	defer c.proxy.mu.Unlock()
	change()
}

// readBody reads what the fault leaves of the body.
func (c *connection) readBody(req *http.Request, fault Fault) []byte {
	limit := int64(1) << 62
	switch fault.Unread {
	case Body:
		limit = 0
	case Half:
		limit = req.ContentLength / 2
	}
	body, _ := io.ReadAll(io.LimitReader(req.Body, limit)) // a client that goes away has sent what it has sent
	return body
}

// forwardLimit is how long the server may take for a request.
const forwardLimit = time.Minute

// forward has the server answer the request, whatever becomes of the client.
func (c *connection) forward(req *http.Request, body []byte, x *Exchange) (*Answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), forwardLimit)
	defer cancel()
	out, err := http.NewRequestWithContext(ctx, req.Method, c.proxy.target.String()+req.RequestURI, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	out.Header = req.Header.Clone()
	out.Header.Del("Connection")
	c.set(func() { x.Forwarded, c.proxy.waiting = true, c.proxy.waiting+1 })
	defer c.set(func() { c.proxy.waiting-- })
	res, err := c.proxy.upstream.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return nil, fmt.Errorf("the server's answer: %w", err)
	}
	c.set(func() { x.Status, x.Answer, x.Type = res.StatusCode, content, res.Header.Get("Content-Type") })
	answer := &Answer{Status: res.StatusCode, Header: res.Header, Body: content}
	answer.unframed = res.ContentLength < 0 && len(res.TransferEncoding) == 0 && res.StatusCode != http.StatusNoContent
	return answer, nil
}

// wait waits for so long, and reports whether the client is still there then.
// Without an end, it isn't.
func (c *connection) wait(d time.Duration) (there bool) {
	if d == 0 {
		return true
	}
	if d > 0 {
		_ = c.conn.SetReadDeadline(time.Now().Add(d)) // fails where Peek does
	}
	_, err := c.reader.Peek(1)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return c.conn.SetReadDeadline(time.Time{}) == nil
	}
	return false // it has closed, or sends more without waiting for the answer
}

// answer sends an answer, as far as the fault lets it.
func (c *connection) answer(answer *Answer, fault Fault, x *Exchange) (more bool) {
	head, content := answer.encode(fault.Length)
	all := append(head, content...)
	size := len(all)
	if fault.Cut != nil {
		size = max(0, min(fault.Cut(len(head), len(content)), len(all)))
	}
	whole := size == len(all)
	short := fault.Length < 0 && len(content) > 0
	c.set(func() {
		x.Silent = !whole && size >= len(head) && answer.unframed && fault.End == CloseAfter || short
	})
	for sent := 0; sent < size; {
		piece := size - sent
		if fault.Piece > 0 {
			piece = min(piece, fault.Piece)
		}
		if _, err := c.conn.Write(all[sent : sent+piece]); err != nil {
			return false
		}
		if sent += piece; sent < size && !c.wait(fault.Pause) {
			return false
		}
	}
	if fault.End == Keep && (!whole || answer.unframed) {
		return c.end(CloseAfter)
	}
	return c.end(fault.End)
}

// end ends the connection in this way, and reports whether it goes on.
func (c *connection) end(how End) (more bool) {
	switch how {
	case Keep:
		return true
	case Reset:
		_ = c.conn.SetLinger(0) // then Close sends a reset
	case Hang:
		c.wait(-1)
	}
	return false
}
