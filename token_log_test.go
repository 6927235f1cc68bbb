package labelstudio

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// net/http writes what comes on a connection after an answer to the standard log.
// Where a proxy says that an answer is shorter than it is, that is a token.
func TestTokensBehindAnAnswerAreNotLogged(t *testing.T) {
	standard := &lockedText{}
	before := log.Writer()
	log.SetOutput(standard)
	t.Cleanup(func() { log.SetOutput(before) })

	secret, closed := makeAccess(1, 300), make(chan bool)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Query().Has("hop") {
			http.Redirect(w, req, "/elsewhere/", http.StatusFound)
			return
		}
		conn, rest, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.Copy(io.Discard, io.LimitReader(rest, req.ContentLength))
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{%s", secret)
		_ = conn.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, conn) // until the client has read all and closed it
		closed <- true
	}))
	t.Cleanup(s.Close)
	for name, call := range map[string]func(c *Client) error{
		"exchange": func(c *Client) error { _, err := c.Projects.Get(t.Context(), 1); return err },
		"create":   func(c *Client) error { _, err := c.Tokens.Create(t.Context()); return err },
		"rotate": func(c *Client) error {
			_, err := c.Tokens.Rotate(t.Context(), TokenRotateRequest{Refresh: testPAT})
			return err
		},
		"legacy":       func(c *Client) error { _, err := c.Users.LegacyToken(t.Context()); return err },
		"reset":        func(c *Client) error { _, err := c.Users.ResetLegacyToken(t.Context()); return err },
		"invite":       func(c *Client) error { _, err := c.Invites.Get(t.Context()); return err },
		"organization": func(c *Client) error { _, err := c.Organizations.Get(t.Context(), 1); return err },
		"webhook":      func(c *Client) error { _, err := c.Webhooks.Get(t.Context(), 1); return err },
		"do": func(c *Client) error {
			return c.Do(t.Context(), http.MethodGet, "/api/current-user/token", nil, nil, new(any))
		},
		"redirected": func(c *Client) error {
			return c.Do(t.Context(), http.MethodGet, "/api/current-user/token", url.Values{"hop": {"1"}}, nil, new(any))
		},
	} {
		token := testLegacy
		if name == "exchange" {
			token = testPAT
		}
		client, err := NewClient(s.URL, WithToken(token), WithRetries(0))
		if err != nil {
			t.Fatal(err)
		}
		if err := call(client); err == nil {
			t.Errorf("%s: no error for an answer of one byte", name)
		}
		<-closed
		if text := standard.take(); strings.Contains(text, secret) {
			t.Errorf("%s: the standard log has the token: %s", name, text)
		}
	}
}

// lockedText is written to by several goroutines.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}
