package labelstudio

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Option sets up a [Client]. Of options that contradict each other the last one
// counts.
type Option func(*config) error

type config struct {
	credential credential // a patToken stands for the credential made from it
	httpClient *http.Client
	transport  http.RoundTripper
	middleware []func(http.RoundTripper) http.RoundTripper
	userAgent  string
	idle       time.Duration
	limits     limits
	retries    int
	logger     *slog.Logger
}

// WithToken authorizes requests with a token from the account page: a personal
// access token or a legacy token, whichever it is. A short-lived access token
// is refused with [ErrAccessToken].
func WithToken(token string) Option {
	return func(c *config) (err error) {
		c.credential, err = detectToken(token)
		return err
	}
}

// WithPersonalAccessToken is [WithToken] for a token that must be a personal
// access token.
func WithPersonalAccessToken(token string) Option {
	return func(c *config) (err error) {
		c.credential, err = personalAccessToken(token)
		return err
	}
}

// WithLegacyToken authorizes requests with a legacy token, of any shape.
// Organizations created by recent servers refuse legacy tokens until they are
// turned on: see [ErrLegacyTokensDisabled].
func WithLegacyToken(token string) Option {
	return func(c *config) error {
		if err := checkTokenText(token); err != nil {
			return err
		}
		c.credential = newLegacyToken(token)
		return nil
	}
}

// WithHTTPClient sends requests with a copy of client, which keeps its
// Transport, Jar, Timeout and CheckRedirect; client itself is not changed. The
// Transport sees requests with their credentials. The CheckRedirect is asked
// first, then the rules of the package are applied. A Timeout limits whole
// calls, including the download of an export.
func WithHTTPClient(client *http.Client) Option {
	return func(c *config) error {
		if client == nil {
			return errors.New("WithHTTPClient(nil): leave the option out for the default")
		}
		c.httpClient = client
		return nil
	}
}

// WithTransport sends requests through transport instead of the client's own.
// It sees requests with their credentials, and the exchange of a personal
// access token. It takes the place of the Transport of [WithHTTPClient].
func WithTransport(transport http.RoundTripper) Option {
	return func(c *config) error {
		if transport == nil {
			return errors.New("WithTransport(nil): leave the option out for the default")
		}
		c.transport = transport
		return nil
	}
}

// WithMiddleware wraps the transport, to log or measure requests or to add
// headers. The middleware given first is the outermost: it sees a request
// first and its answer last. It sits outside of authorization and retries, so
// it sees no credentials, no exchange of a personal access token and no
// repetition of a request. It does see each step of a redirect.
func WithMiddleware(middleware func(http.RoundTripper) http.RoundTripper) Option {
	return func(c *config) error {
		if middleware == nil {
			return errors.New("WithMiddleware(nil): leave the option out")
		}
		c.middleware = append(c.middleware, middleware)
		return nil
	}
}

// WithUserAgent puts prefix, such as "labeling-sync/2.1", before the client's
// own product in the User-Agent header.
func WithUserAgent(prefix string) Option {
	return func(c *config) error {
		if prefix == "" || strings.TrimSpace(prefix) != prefix || strings.ContainsFunc(prefix, notPrintableASCII) {
			return fmt.Errorf("WithUserAgent(%q): give a product such as \"labeling-sync/2.1\", in printable ASCII", prefix)
		}
		c.userAgent = prefix + " " + userAgent()
		return nil
	}
}

// WithIdleTimeout limits how long the body of an answer may stall between two of
// its bytes; the default is two minutes. That of an answer that is not a stream
// must also bring 16 KiB on average in each such time. The wait until the headers
// are there and the length of a whole answer are not limited: use a context for
// these. Zero means no limit.
func WithIdleTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return fmt.Errorf("WithIdleTimeout(%s): give a positive duration, or zero for no limit", d)
		}
		c.idle = d
		return nil
	}
}

func notPrintableASCII(r rune) bool { return r < ' ' || r > '~' }
