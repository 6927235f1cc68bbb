package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labelstudio-go/labelstudio/generated"
)

// Secret is what tells deliveries of the server from other requests: see
// [Header]. Its zero value is refused. Printed, also as a part of something else,
// it does not show the header's value.
type Secret struct {
	name  string
	value func() string // not a text, which whatever prints a field of this type would show
	none  bool
}

// Header is a header that every delivery must have with exactly this value.
// Make the webhook with it, as [Registration] does, and use https: whoever can
// read a delivery, or the webhook in Label Studio, knows the secret.
//
// The name has only letters, digits, - and _; X-Webhook-Secret is as good as
// any. Some proxies drop headers with a _. The value is printable ASCII and
// neither begins nor ends with a space: the server would not deliver at all.
func Header(name, value string) Secret {
	return Secret{name: name, value: func() string { return value }}
}

// Unauthenticated takes anybody's requests for deliveries. It is for where
// nobody but the server can reach the handler.
func Unauthenticated() Secret { return Secret{none: true} }

// String names the header, without its value.
func (s Secret) String() string {
	if s.none {
		return "no secret"
	}
	return "header " + s.name
}

// GoString is [Secret.String].
func (s Secret) GoString() string { return s.String() }

// reserved headers mean something to what carries the delivery.
var reserved = map[string]bool{
	"Accept-Encoding": true, "Connection": true, "Content-Encoding": true, "Content-Length": true,
	"Content-Type": true, "Expect": true, "Host": true, "Transfer-Encoding": true,
}

func (s Secret) check() error {
	switch {
	case s.none:
		return nil
	case s.value == nil:
		return errors.New("webhook: no secret is given: make one with Header, or say Unauthenticated")
	case s.name == "" || strings.ContainsFunc(s.name, notInName):
		return fmt.Errorf("webhook: %q is no name of a header that Label Studio takes: only letters, digits, - and _", s.name)
	case reserved[http.CanonicalHeaderKey(s.name)]:
		return fmt.Errorf("webhook: the header %s has a meaning of its own: take another, such as X-Webhook-Secret", s.name)
	case s.value() == "":
		return fmt.Errorf("webhook: the secret of the header %s is empty", s.name)
	case s.value() != strings.TrimSpace(s.value()) || strings.ContainsFunc(s.value(), notPrintable):
		return fmt.Errorf("webhook: the secret of the header %s has spaces around it, or other than printable ASCII", s.name)
	}
	return nil
}

func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

func notPrintable(r rune) bool { return r < ' ' || r > '~' }

// matches takes the same time wherever the value differs.
func (s Secret) matches(header http.Header) bool {
	if s.none {
		return true
	}
	values := header.Values(s.name)
	if len(values) != 1 {
		return false
	}
	got, want := sha256.Sum256([]byte(values[0])), sha256.Sum256([]byte(s.value()))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// Registration is the request for client.Webhooks.Create that makes the server
// deliver actions of a project, with payload, to a handler with the same
// secret. Unlike a [generated.WebhookRequest] with Actions alone, which the
// server takes for one for all actions, it asks for these and no others; there
// must be one at least. Actions that this version does not know go to the server
// as they are.
//
// The server refuses the actions PROJECT_CREATED and PROJECT_DELETED, and
// addresses of private networks unless SSRF_PROTECTION_ENABLED is false in its
// environment. About LABEL_LINK_CREATED see [LabelLinkCreated].
func Registration(
	project int64, url string, secret Secret, actions ...generated.WebhookAction,
) (generated.WebhookRequest, error) {
	if err := secret.check(); err != nil {
		return generated.WebhookRequest{}, err
	}
	if project < 1 {
		return generated.WebhookRequest{}, fmt.Errorf("webhook: %d is no project's id: webhooks are made for one project each", project)
	}
	if len(actions) == 0 {
		return generated.WebhookRequest{}, errors.New("webhook: no action is given, so that nothing would be delivered")
	}
	req := generated.WebhookRequest{
		Project: project, URL: url, Actions: actions, SendForAllActions: new(false), SendPayload: new(true),
	}
	if !secret.none {
		req.Headers = map[string]string{secret.name: secret.value()}
	}
	return req, nil
}
