package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

const (
	exchangePath = "/api/token/refresh/"

	// exchangeTimeout bounds an exchange, which no caller's context can end. A
	// busy server on SQLite has been seen to take most of it.
	exchangeTimeout = time.Minute

	// exchangeAgain is how long an exchange may take before it is asked for once
	// more beside: one lost answer should not hold up everybody for that long.
	exchangeAgain = 10 * time.Second

	// renewBefore is how long before its end an access token is no longer used,
	// for lifetimes that are long enough.
	renewBefore = 30 * time.Second
)

// patCredential exchanges a personal access token for access tokens.
type patCredential struct {
	token     string
	endpoint  *url.URL
	transport http.RoundTripper
	userAgent string

	mu       sync.Mutex
	current  accessToken
	previous string    // of the token before, which messages may still hold
	pending  *exchange // nil when none is under way

	refused   *Error // of the last exchange, if the server asked to wait with the next
	refusedAt time.Time
}

// accessToken is what an exchange yields.
type accessToken struct {
	value string    // empty if there is none to use
	until time.Time // zero if unknown: used until the server refuses it
}

// exchange is one under way. Its result may be read once done is closed.
type exchange struct {
	done  chan struct{}
	token accessToken
	err   error

	ctx  context.Context
	end  context.CancelFunc
	open int       // requests without an answer
	sent time.Time // the last of them
}

// exchangeError is an exchange that got no answer. The request that needed it
// was not sent, or was refused with a 401.
type exchangeError struct{ err error }

func (e *exchangeError) Error() string {
	return "exchanging the personal access token: " + e.err.Error()
}
func (e *exchangeError) Unwrap() error { return e.err }

func newPATCredential(token string, base *baseURL, transport http.RoundTripper, userAgent string) *patCredential {
	endpoint := base.url
	endpoint.Path = base.path + exchangePath
	endpoint.RawPath = base.prefix + exchangePath
	return &patCredential{token: token, endpoint: &endpoint, transport: transport, userAgent: userAgent}
}

func (c *patCredential) kind() string { return "personal access token" }

func (c *patCredential) secrets() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return []string{c.token, c.current.value, c.previous}
}

func (c *patCredential) authorize(ctx context.Context) (string, error) {
	token, err := c.access(ctx)
	if err != nil {
		return "", err
	}
	return "Bearer " + token, nil
}

func (c *patCredential) forget(refused string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if "Bearer "+c.current.value == refused {
		c.previous, c.current = c.current.value, accessToken{}
	}
}

// access returns the current access token. If there is none, it starts an
// exchange or joins the one under way. The exchange goes on when ctx ends,
// because others may wait for it.
func (c *patCredential) access(ctx context.Context) (string, error) {
	for {
		c.mu.Lock()
		if t := c.current; t.value != "" && (t.until.IsZero() || time.Now().Before(t.until)) {
			c.mu.Unlock()
			return t.value, nil
		}
		if err := ctx.Err(); err != nil { // nobody may be there to use it
			c.mu.Unlock()
			return "", err
		}
		if err := c.putOff(); err != nil {
			c.mu.Unlock()
			return "", err
		}
		ex := c.join(ctx)
		timer := time.NewTimer(exchangeAgain - time.Since(ex.sent))
		c.mu.Unlock()

		select {
		case <-ex.done:
			timer.Stop()
			return ex.token.value, ex.err
		case <-ctx.Done():
			timer.Stop()
			return "", &exchangeError{ctx.Err()}
		case <-timer.C:
		}
	}
}

// putOff returns the server's last answer while it asks to wait with an exchange,
// but for no longer than a retry may wait. c.mu is locked.
func (c *patCredential) putOff() error {
	if c.refused == nil {
		return nil
	}
	passed := time.Since(c.refusedAt)
	if passed >= min(c.refused.RetryAfter, maxRetryAfter) {
		return nil
	}
	refused := *c.refused
	refused.RetryAfter -= passed
	return &refused
}

// join returns the exchange under way. It sends the request if nobody has, and
// once more if there was no answer for a while. c.mu is locked.
func (c *patCredential) join(ctx context.Context) *exchange {
	ex := c.pending
	if ex == nil {
		ex = &exchange{done: make(chan struct{})}
		// No caller's context ends it.
		ex.ctx, ex.end = context.WithTimeout(context.WithoutCancel(ctx), exchangeTimeout)
		c.pending = ex
	}
	if ex.open == 0 || time.Since(ex.sent) >= exchangeAgain {
		ex.open, ex.sent = ex.open+1, time.Now()
		go c.run(ex)
	}
	return ex
}

// run sends a request for an exchange, and hands the result to everyone who waits
// unless another request may still bring one.
func (c *patCredential) run(ex *exchange) {
	token, err := c.exchange(ex.ctx)

	c.mu.Lock()
	defer c.mu.Unlock()
	if ex.open--; c.pending != ex || err != nil && ex.open > 0 {
		return
	}
	if ex.token, ex.err = token, err; err == nil {
		if c.current.value != "" {
			c.previous = c.current.value
		}
		c.current = token
	}
	c.refused, c.refusedAt = nil, time.Now()
	_ = errors.As(err, &c.refused)
	c.pending = nil
	ex.end()
	close(ex.done)
}

// exchange asks the server for an access token. It talks to the transport
// itself: an http.Client would follow a redirect with the token in the body.
func (c *patCredential) exchange(ctx context.Context) (accessToken, error) {
	op := wire.Operation{Method: http.MethodPost, Path: exchangePath}
	ctx = wire.WithOperation(ctx, op)
	body, err := json.Marshal(map[string]string{"refresh": c.token})
	if err != nil {
		return accessToken{}, err
	}
	req, err := http.NewRequestWithContext(ctx, op.Method, c.endpoint.String(), strings.NewReader(string(body)))
	if err != nil {
		return accessToken{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	req.Close = true // see answersSecret

	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return accessToken{}, &exchangeError{err}
	}
	defer func() { _ = res.Body.Close() }() // what was wanted of it has been read
	token, refused := c.accessFrom(req, res)
	if refused != nil {
		refused.exchange = true
		return accessToken{}, refused
	}
	return token, nil
}

// accessFrom reads the answer of an exchange.
func (c *patCredential) accessFrom(req *http.Request, res *http.Response) (accessToken, *Error) {
	scrub := newScrubber(c.secrets())
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return accessToken{}, readError(req, res, scrub, exchangeHint(res.StatusCode))
	}
	if err := checkAnswer(res, wire.Answer{Body: wire.JSON, Status: []int{http.StatusOK}}); err != nil {
		return accessToken{}, unexpectedUnread(req, res, scrub, err)
	}
	var answer struct {
		Access string `json:"access"`
	}
	err := decodeJSON(&bounded{res.Body, maxExchange, tooLarge("it has more than %d bytes", maxExchange)}, &answer)
	if err == nil && checkTokenText(answer.Access) != nil {
		err = errors.New("it holds no access token")
	}
	if err != nil {
		return accessToken{}, unexpected(req, res, scrub, err)
	}
	token := accessToken{value: answer.Access}
	if claims, ok := parseJWT(answer.Access); ok && claims.Lifetime > 0 {
		// The lifetime counts from now by the local clock, so that it doesn't
		// matter whether the server's clock agrees.
		token.until = time.Now().Add(claims.Lifetime - min(renewBefore, claims.Lifetime/5))
	}
	return token, nil
}

func exchangeHint(status int) string {
	if status == http.StatusNotFound {
		return "the server doesn't know personal access tokens, or the base URL is not right"
	}
	return ""
}
