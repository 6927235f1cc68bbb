package labelstudiotest

import (
	"errors"
	"regexp"
	"time"
)

// Option changes how a server starts.
type Option func(*options)

type options struct {
	legacyOff   bool
	legacyToken string
	email       string
	noPAT       bool
	strict      bool
	lifetime    time.Duration
	now         func() time.Time
}

// WithoutLegacyTokens turns legacy tokens off, as Label Studio comes: then only
// personal access tokens are accepted.
func WithoutLegacyTokens() Option { return func(o *options) { o.legacyOff = true } }

// WithLegacyToken sets the administrator's legacy token, 40 hexadecimal digits.
// Default: one that is the same for no two servers.
func WithLegacyToken(token string) Option { return func(o *options) { o.legacyToken = token } }

// WithEmail sets the administrator's e-mail address. Default: admin@example.com.
func WithEmail(email string) Option { return func(o *options) { o.email = email } }

// WithoutPAT starts without a personal access token, for a test that makes it
// itself. Server.PAT is then empty, and Client has the legacy token until there is
// one.
func WithoutPAT() Option { return func(o *options) { o.noPAT = true } }

// WithAccessTokenLifetime sets how long an access token works after a personal
// access token was exchanged for it. Default: five minutes.
func WithAccessTokenLifetime(lifetime time.Duration) Option {
	return func(o *options) { o.lifetime = lifetime }
}

// WithClock sets the server's clock, for what it writes into its answers and
// for the expiry of access tokens. The times that it keeps are a microsecond apart
// at least, also by a clock that stands still or goes back, as what is newest
// comes first in places. Default: time.Now.
func WithClock(now func() time.Time) Option { return func(o *options) { o.now = now } }

// WithExpectedCallsOnly fails the test for every request that no
// [Server.Expect] has announced. The exchange of tokens needs none.
func WithExpectedCallsOnly() Option { return func(o *options) { o.strict = true } }

var legacyForm = regexp.MustCompile(`^[0-9a-f]{40}$`)

// complete fills in what was not set.
func (o *options) complete() error {
	if o.legacyToken == "" {
		o.legacyToken = randomHex(20)
	}
	if !legacyForm.MatchString(o.legacyToken) {
		return errors.New("labelstudiotest: WithLegacyToken needs 40 hexadecimal digits")
	}
	if o.email == "" {
		o.email = "admin@example.com"
	}
	if o.lifetime == 0 {
		o.lifetime = 5 * time.Minute
	}
	if o.now == nil {
		o.now = time.Now
	}
	return nil
}
