package e2e

import (
	"net/http"
	"sync"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/record"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// scheme is one way to be authorized, against the server that allows it.
type scheme struct {
	name   string
	server *server.Server
	token  func(t *testing.T) string
}

// schemes are the three ways that a user of the client can meet.
func schemes() []scheme {
	return []scheme{
		{"legacy token", withLegacy, func(*testing.T) string { return server.LegacyToken }},
		{"personal access token", withLegacy, func(t *testing.T) string { return pat(t, withLegacy) }},
		{"personal access token, legacy tokens off", withoutLegacy, func(t *testing.T) string { return pat(t, withoutLegacy) }},
	}
}

// eachScheme runs a test once for each scheme, in parallel.
func eachScheme(t *testing.T, test func(t *testing.T, client *labelstudio.Client)) {
	for _, s := range schemes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			test(t, newClient(t, s.server, labelstudio.WithToken(s.token(t))))
		})
	}
}

// newClient returns a client whose exchanges are recorded for the fidelity check.
func newClient(t *testing.T, s *server.Server, opts ...labelstudio.Option) *labelstudio.Client {
	t.Helper()
	return connect(t, s.URL, record.Transport(t.Name(), newTransport(t)), opts...)
}

// unrecorded returns a client for routes that the contract does not describe,
// and for answers that it rules out.
func unrecorded(t *testing.T, baseURL string, opts ...labelstudio.Option) *labelstudio.Client {
	t.Helper()
	return connect(t, baseURL, newTransport(t), opts...)
}

// connect returns a client that does not repeat what the server answers with
// 500: here it always answers the same again.
func connect(t *testing.T, baseURL string, transport http.RoundTripper, opts ...labelstudio.Option) *labelstudio.Client {
	t.Helper()
	opts = append([]labelstudio.Option{labelstudio.WithRetries(0), labelstudio.WithTransport(transport)}, opts...)
	client, err := labelstudio.NewClient(baseURL, opts...)
	ok(t, err)
	return client
}

// newTransport returns a transport of the test's own.
func newTransport(t *testing.T) http.RoundTripper {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	return oneAtATime{transport}
}

// oneAtATime lets one request at a time reach a server. Where requests meet, its
// SQLite database may be locked; then the server answers 500, or runs a request
// again from the start (core/middleware.py:144) and makes two projects of one
// POST.
type oneAtATime struct{ next http.RoundTripper }

var busy sync.Map // of *sync.Mutex, by host

func (o oneAtATime) RoundTrip(req *http.Request) (*http.Response, error) {
	mu, _ := busy.LoadOrStore(req.URL.Host, new(sync.Mutex))
	mu.(*sync.Mutex).Lock()
	defer mu.(*sync.Mutex).Unlock()
	return o.next.RoundTrip(req)
}

func pat(t *testing.T, s *server.Server) string {
	t.Helper()
	token, err := s.PAT(t.Context())
	ok(t, err)
	return token
}
