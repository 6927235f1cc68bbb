package labelstudio

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// What a transport of the caller's may not return ends no program: the exchange of
// a token runs where nobody could recover.
func TestTransportThatReturnsNothing(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]string{"legacy": testLegacy, "pat": testPAT} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return nil, nil //nolint:nilnil // as it should not be
		}, WithToken(token))
		if err := get(t, c, "/"); err == nil || !strings.Contains(err.Error(), "the transport returned neither an answer nor an error") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestTransportThatReturnsNoBody(t *testing.T) {
	t.Parallel()
	bare := func(status int) *http.Response {
		return &http.Response{StatusCode: status, Header: http.Header{"Location": {"http://files.test/"}}}
	}
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return bare(503), nil }, WithToken(testPAT))
	if err := get(t, c, "/"); !errors.Is(err, ErrServer) {
		t.Errorf("exchange: error %v", err)
	}
	for name, middleware := range map[string]bool{"transport": false, "middleware": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				statuses := []int{503, 302, 204}
				serve := roundTripFunc(func(*http.Request) (*http.Response, error) {
					status := statuses[0]
					statuses = statuses[1:]
					return bare(status), nil
				})
				opts := []Option{WithTransport(serve), WithRetries(1)}
				if middleware {
					statuses = statuses[1:] // no retry goes through it
					opts = append(opts, WithMiddleware(func(http.RoundTripper) http.RoundTripper { return serve }))
				}
				if err := get(t, mustClient(t, testBase, opts...), "/"); err != nil || len(statuses) != 0 {
					t.Errorf("error %v, %d answers left", err, len(statuses))
				}
			})
		})
	}
}
