package labelstudio

import (
	"errors"
	"net"
	"net/http"
	"time"
)

// defaultTransport returns a transport of the client's own. Dialing and the TLS
// handshake have the limits of [http.DefaultTransport]. The first byte of an
// answer has none, because the server builds an export before it sends it.
func defaultTransport() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if ok {
		t = t.Clone()
	} else { // the program replaced it by something that can't be copied
		t = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:   true,
			TLSHandshakeTimeout: 10 * time.Second,
			IdleConnTimeout:     90 * time.Second,
		}
	}
	t.ResponseHeaderTimeout = 0
	if t.MaxResponseHeaderBytes == 0 { // ten times as much
		t.MaxResponseHeaderBytes = maxHeader
	}
	// Two, the default, makes a new connection for nearly every request of a
	// program that works in parallel.
	t.MaxIdleConnsPerHost = 32
	// As nothing limits the wait for an answer, a connection whose other end
	// is gone has to be noticed by other means. TCP keep-alive does so for
	// HTTP/1.
	if t.HTTP2 == nil {
		t.HTTP2 = &http.HTTP2Config{}
	}
	if t.HTTP2.SendPingTimeout == 0 {
		t.HTTP2.SendPingTimeout = 30 * time.Second
	}
	return t
}

// checkedTransport makes up for what a transport of the caller's may lack, as
// http.Client does for those that it asks itself.
type checkedTransport struct{ next http.RoundTripper }

func (t checkedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.next.RoundTrip(req)
	if res == nil && err == nil {
		return nil, errors.New("the transport returned neither an answer nor an error: mend the one given with WithTransport or WithHTTPClient")
	}
	if res != nil && res.Body == nil {
		res.Body = http.NoBody
	}
	return res, err
}

// CloseIdleConnections does what the transport makes of it.
func (t checkedTransport) CloseIdleConnections() {
	if t, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}
