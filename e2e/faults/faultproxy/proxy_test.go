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
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const text = "0123456789abcdefghij"

// start runs a server that answers text, behind a proxy with one fault for all
// requests.
func start(t *testing.T, fault Fault) (*Proxy, *atomic.Int64) {
	t.Helper()
	var reached atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		reached.Add(1)
		_, _ = io.Copy(io.Discard, req.Body)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	p, err := New(s.URL, transport, func(*http.Request) Fault { return fault })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, &reached
}

// send sends a request and reads the answer to its end, on a connection of its
// own.
func send(ctx context.Context, p *Proxy, body string) (status int, content string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/x?y=1", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	all, err := io.ReadAll(res.Body)
	return res.StatusCode, string(all), errors.Join(err, res.Body.Close())
}

func TestFaults(t *testing.T) {
	t.Parallel()
	html := &Answer{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("<html>")}
	later := &Answer{Status: 503, Header: http.Header{"Retry-After": {"7"}}}
	tests := []struct {
		name    string
		fault   Fault
		reached int64
		status  int
		content string
		err     error // that the client meets
	}{
		{name: "none", reached: 1, status: 200, content: text},
		{name: "reset before the body", fault: Fault{Unread: Body}, err: syscall.ECONNRESET},
		{name: "reset in the body", fault: Fault{Unread: Half}, err: syscall.ECONNRESET},
		{name: "reset after the request", fault: Fault{Withhold: true, Cut: AtByte(0), End: Reset}, err: syscall.ECONNRESET},
		{name: "dropped answer", fault: Fault{Cut: AtByte(0), End: Reset}, reached: 1, err: syscall.ECONNRESET},
		{name: "dropped answer, closed", fault: Fault{Cut: AtByte(0), End: CloseAfter}, reached: 1, err: io.EOF},
		{name: "cut in the head", fault: Fault{Cut: InHead(0.5), End: CloseAfter}, reached: 1, err: io.ErrUnexpectedEOF},
		{
			name: "cut in the content", fault: Fault{Cut: InContent(0.5), End: CloseAfter},
			reached: 1, status: 200, content: text[:10], err: io.ErrUnexpectedEOF,
		},
		{
			name: "reset in the content", fault: Fault{Cut: InContent(0.5), End: Reset},
			reached: 1, status: 200, content: text[:10], err: syscall.ECONNRESET,
		},
		{
			name: "all but the last byte", fault: Fault{Cut: InContent(1), End: CloseAfter},
			reached: 1, status: 200, content: text[:19], err: io.ErrUnexpectedEOF,
		},
		{
			name: "too long", fault: Fault{Length: 5, End: CloseAfter},
			reached: 1, status: 200, content: text, err: io.ErrUnexpectedEOF,
		},
		{name: "too short", fault: Fault{Length: -5}, reached: 1, status: 200, content: text[:15]},
		{name: "another answer", fault: Fault{Withhold: true, Instead: html}, status: 200, content: "<html>"},
		{name: "another answer after the server's", fault: Fault{Instead: html}, reached: 1, status: 200, content: "<html>"},
		{
			name: "changed answer", fault: Fault{Change: func(a *Answer) { a.Status = 202 }},
			reached: 1, status: 202, content: text,
		},
		{name: "status", fault: Fault{Withhold: true, Instead: later}, status: 503},
		{name: "trickle", fault: Fault{Piece: 7, Pause: time.Millisecond}, reached: 1, status: 200, content: text},
		{name: "hang", fault: Fault{Withhold: true, Delay: -1}, err: context.DeadlineExceeded},
		{
			name: "stall", fault: Fault{Cut: InContent(0.5), End: Hang},
			reached: 1, status: 200, content: text[:10], err: context.DeadlineExceeded,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, reached := start(t, test.fault)
			limit := 5 * time.Second
			if errors.Is(test.err, context.DeadlineExceeded) {
				limit = 200 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			status, content, err := send(ctx, p, strings.Repeat("x", 1<<20))
			// A connection that is reset while its request is sent may show as a broken
			// pipe, or be closed by the reading side before the writing one sees it.
			broken := errors.Is(test.err, syscall.ECONNRESET) && (errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed))
			if !errors.Is(err, test.err) && !broken {
				t.Errorf("the client met %v, want %v", err, test.err)
			}
			if status != test.status || content != test.content {
				t.Errorf("the client got %d %q, want %d %q", status, content, test.status, test.content)
			}
			p.Close()
			if got := reached.Load(); got != test.reached {
				t.Errorf("%d requests reached the server, want %d", got, test.reached)
			}
			x := p.Exchanges()[0]
			if x.Forwarded != (test.reached > 0) || x.Method != http.MethodPost || x.URI != "/x?y=1" {
				t.Errorf("the exchange is %s %s, forwarded: %v", x.Method, x.URI, x.Forwarded)
			}
			if x.Silent != (test.fault.Length < 0) {
				t.Errorf("the exchange is silent: %v", x.Silent)
			}
		})
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	const delay = 50 * time.Millisecond
	p, _ := start(t, Fault{Delay: delay})
	begin := time.Now()
	status, content, err := send(t.Context(), p, "")
	if took := time.Since(begin); status != 200 || content != text || err != nil || took < delay {
		t.Errorf("got %d %q %v after %s", status, content, err, took)
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	p, _ := start(t, Fault{})
	p.Refuse()
	if _, _, err := send(t.Context(), p, ""); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the client met %v, want a refused connection", err)
	}
	if err := p.Accept(); err != nil {
		t.Fatal(err)
	}
	if status, _, err := send(t.Context(), p, ""); status != 200 || err != nil {
		t.Errorf("got %d %v from one that accepts again", status, err)
	}
}

// An idle connection is kept, or closed after its answer, as the fault says.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		end  End
		want error
	}{{Keep, nil}, {CloseAfter, io.EOF}, {Reset, syscall.ECONNRESET}} {
		t.Run(fmt.Sprint(test.end), func(t *testing.T) {
			t.Parallel()
			p, _ := start(t, Fault{End: test.end})
			conn, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			r := bufio.NewReader(conn)
			for _, want := range []error{nil, test.want} {
				_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
				var res *http.Response
				if err == nil {
					res, err = http.ReadResponse(r, nil)
				}
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
					err = errors.Join(err, res.Body.Close())
				}
				if (want == nil) != (err == nil) {
					t.Fatalf("got %v, want %v", err, want)
				}
			}
			if got := p.Connections(); test.end == Keep && got != 1 {
				t.Errorf("%d connections are open, want 1", got)
			}
		})
	}
}

// An answer without a length ends with its connection: nobody can tell that it
// was cut.
func TestCutOfUnframedAnswerIsSilent(t *testing.T) {
	t.Parallel()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	go func() {
		conn, err := server.Accept()
		if err != nil {
			return
		}
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+text)
		_ = conn.Close()
	}()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cut := func(*http.Request) Fault { return Fault{Cut: InContent(0.5), End: CloseAfter} }
	p, err := New("http://"+server.Addr().String(), transport, cut)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	_, content, err := send(t.Context(), p, "")
	x := p.Exchanges()[0]
	if content != text[:10] || err != nil || !x.Silent || !bytes.Equal(x.Answer, []byte(text)) {
		t.Errorf("got %q %v, silent: %v, from %q", content, err, x.Silent, x.Answer)
	}
}
