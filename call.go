package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// core carries the requests of a client. It is what generated services call.
type core struct {
	base      *baseURL
	client    *http.Client
	transport checkedTransport // the innermost layer
	cred      credential
	userAgent string
	idle      time.Duration
	limits    limits
}

var _ wire.Caller = (*core)(nil)

// raw is a kind of success for [Client.Do] only: whatever bytes come, into a
// *[]byte or an *io.ReadCloser, or nowhere.
const raw wire.Body = -1

// Call implements [wire.Caller]. Without statuses in want, any 2xx will do.
func (c *core) Call(req *http.Request, want wire.Answer, out any, opts ...wire.Option) error {
	options := wire.Apply(opts)
	for _, dst := range options.Responses {
		*dst = nil
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	sent, err := c.prepare(ctx, req, want.Body, options)
	if err != nil {
		cancel(nil)
		closeBody(req)
		return c.clean(fmt.Errorf("labelstudio: %s %s: %w", req.Method, bareURL(req.URL), err))
	}
	res, err := c.client.Do(sent)
	if res != nil {
		kept := *res
		kept.Body = http.NoBody
		for _, dst := range options.Responses {
			*dst = &kept
		}
	}
	if err != nil {
		cancel(nil)
		return c.sendError(req.Context(), sent, res, err)
	}
	answer := newBody(ctx, cancel, res.Body, c.idle)
	answer.paced = true
	res.Body = answer
	broken := func(err error) error {
		return newRequestError(req.Context(), sent, c.scrubberOf(sent), fmt.Errorf("reading the answer: %w", err))
	}
	handedOver, err := c.receive(sent, res, want, out)
	if handedOver {
		answer.paced, answer.handedOver = false, broken
		return nil
	}
	_ = res.Body.Close() // what was wanted of it has been read
	if answer.err != nil && !errors.Is(answer.err, io.ErrUnexpectedEOF) {
		return broken(answer.err)
	}
	return err
}

// prepare returns a copy of req, ready to be sent.
func (c *core) prepare(ctx context.Context, req *http.Request, body wire.Body, options wire.Options) (*http.Request, error) {
	target, err := c.base.resolve(req.URL)
	if err != nil {
		return nil, err
	}
	ctx = context.WithValue(ctx, earlierKey{}, new(earlier))
	if options.Repeatable {
		ctx = context.WithValue(ctx, repeatableKey{}, true)
	}
	if answersSecret(req.URL.Path) {
		ctx = context.WithValue(ctx, secretKey{}, true)
	}
	out := req.Clone(ctx)
	out.URL, out.Host = target, ""
	for key, values := range options.Header {
		if slices.Contains(ownHeaders, http.CanonicalHeaderKey(key)) {
			return nil, fmt.Errorf("the header %s can't be set for a call: give a token with WithToken", key)
		}
		out.Header[http.CanonicalHeaderKey(key)] = values
	}
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", c.userAgent)
	}
	if out.Header.Get("Accept") == "" {
		// The server answers 406 to a type that only one of its formats has.
		accept := "application/json"
		if body == wire.Stream || body == raw {
			accept = "*/*"
		}
		out.Header.Set("Accept", accept)
	}
	return out, nil
}

// ownHeaders are those that decide to whom, and as whom, a request goes.
var ownHeaders = []string{"Authorization", "X-Api-Key", "Host"}

// secretPaths are where answers hold a token or another secret that is sent
// nowhere else. (A project's password for its data is not among them: all that
// reads projects would have to connect anew.)
var secretPaths = []string{
	"/api/token", "/api/current-user/token", "/api/current-user/reset-token", "/api/invite", "/api/organizations", "/api/webhooks",
}

type secretKey struct{}

// answersSecret reports whether the answer to a path of the server holds a secret.
// Its connection must not be kept: net/http writes to the standard log what comes on
// one that is idle, as where a proxy says that an answer is shorter than it is.
func answersSecret(path string) bool {
	return slices.ContainsFunc(secretPaths, func(secret string) bool { return strings.HasPrefix(path, secret) })
}

// sendError makes an error of what http.Client returned. res is not nil where
// a redirect was refused; its body is closed then.
func (c *core) sendError(ctx context.Context, req *http.Request, res *http.Response, err error) error {
	var refused *redirectError
	if res != nil && errors.As(err, &refused) {
		e := newError(req, res, c.scrubberOf(req))
		e.Detail = c.scrubberOf(req).text(refused.Error())
		return e
	}
	return newRequestError(ctx, req, c.scrubberOf(req), err)
}

// receive judges an answer and decodes it. It reports whether it has put the
// body, still to be read, into out.
func (c *core) receive(req *http.Request, res *http.Response, want wire.Answer, out any) (handedOver bool, err error) {
	scrub := func() scrubber { return c.scrubberOf(req) } // a success needs none, and it reads the request
	if res.StatusCode < 200 || res.StatusCode > 299 {
		e := readError(req, res, scrub(), c.hint(req, res))
		if want.Body != wire.JSON && deletedBefore(req, e) {
			return false, nil
		}
		e.before = attemptsBefore(req)
		return false, e
	}
	if from := res.Request; from != nil && (want.Body == wire.JSON || want.Body == wire.None) && originOf(from.URL) != c.base.origin {
		// A file may lie elsewhere, but nobody else answers for the server.
		return false, unexpectedUnread(req, res, scrub(), fmt.Errorf("it comes from %s, where the request was redirected to: "+
			"if that is Label Studio, make it the base URL", bareURL(from.URL)))
	}
	if err := checkAnswer(res, want); err != nil {
		return false, unexpectedUnread(req, res, scrub(), err)
	}
	if want.Body == wire.JSON {
		err := decodeJSON(c.decodedBody(res), out)
		if err == nil {
			err = checkIdentity(req, out)
		}
		if err != nil {
			return false, unexpected(req, res, scrub(), err)
		}
		return false, nil
	}
	switch dst := out.(type) {
	case nil:
		drain(res.Body)
		return false, nil
	case *io.ReadCloser:
		*dst = res.Body
		return true, nil
	case *[]byte:
		b, err := io.ReadAll(c.answerBody(res))
		if err != nil {
			return false, unexpected(req, res, scrub(), err)
		}
		*dst = b
		return false, nil
	default:
		return false, fmt.Errorf("labelstudio: %s %s: the answer is no JSON and can't be put into a %T: "+
			"give an *io.ReadCloser", req.Method, scrub().path(req.URL.EscapedPath()), out)
	}
}

// hint says what may be wrong where the server doesn't.
func (c *core) hint(req *http.Request, res *http.Response) string {
	if res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusForbidden {
		return ""
	}
	if res.Request != nil && originOf(res.Request.URL) != c.base.origin {
		return "the request was redirected to " + oneLine(c.scrubber().text(bareURL(res.Request.URL))) +
			" and the token goes to the base URL only: if the other one is right, make it the base URL"
	}
	if res.StatusCode == http.StatusForbidden {
		return ""
	}
	switch c.cred.(type) {
	case anonymous:
		return "no token was given: use WithToken"
	case *patCredential:
		if !canRepeat(req) {
			return "the access token was refused and the body can't be sent again: repeat the call, which gets a new access token"
		}
		return "a new access token was refused: personal access tokens may be turned off for the organization, or a proxy removes the Authorization header"
	default:
		return "a proxy may have removed the Authorization header"
	}
}

func (c *core) scrubber() scrubber { return newScrubber(c.cred.secrets()) }

// scrubberOf hides the secrets of a request, too, which the server may repeat, and
// what URLs carry where the server is told some.
func (c *core) scrubberOf(req *http.Request) scrubber {
	tokens, secrets := c.scrubber(), requestSecrets(req)
	op, _ := wire.OperationFrom(req.Context())
	group, _, _ := strings.Cut(op.ID, ".")
	if len(secrets) == 0 && !strings.HasSuffix(group, "Storages") && group != "MLBackends" && group != "Webhooks" {
		return tokens
	}
	scrub := newScrubber(append(secrets, c.cred.secrets()...))
	scrub.tokens, scrub.urls = &tokens, true
	return scrub
}
