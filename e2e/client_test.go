package e2e

import (
	"net/http"
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
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	opts = append(opts, labelstudio.WithTransport(record.Transport(t.Name(), transport)))
	client, err := labelstudio.NewClient(s.URL, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func pat(t *testing.T, s *server.Server) string {
	t.Helper()
	token, err := s.PAT(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token
}
