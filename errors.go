package labelstudio

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What an [*Error] matches with [errors.Is]. An error may match several, as
// [ErrTokenRevoked] and [ErrUnauthorized].
var (
	// ErrValidation is a 400 or 422 for which the server gave reasons, in
	// Error.Fields or Error.Detail.
	ErrValidation error = &sentinel{text: "the server found the request invalid"}
	// ErrUnauthorized is a 401: no token was given, or it was not accepted.
	ErrUnauthorized error = &sentinel{text: "not authorized"}
	// ErrForbidden is a 403: the user may not do this.
	ErrForbidden error = &sentinel{text: "forbidden"}
	// ErrNotFound is a 404. The server also uses it for what the user may not
	// see, for empty lists in places, and for pages past the end.
	ErrNotFound error = &sentinel{text: "not found"}
	// ErrConflict is a 409: what is to be created exists.
	ErrConflict error = &sentinel{text: "conflict"}
	// ErrTooManyRequests is a 429. Label Studio itself sends none; a proxy may.
	ErrTooManyRequests error = &sentinel{text: "too many requests"}
	// ErrServer is any 5xx. Label Studio answers many mistakes of the caller
	// with 500, so that trying again is seldom the cure.
	ErrServer error = &sentinel{text: "server error"}
	// ErrUnexpectedAnswer is an answer with a status of success that is not the
	// described success: another status, an HTML page, a cut or empty body,
	// JSON of another shape, a thing without an id or with another than was asked
	// for, no token where one was. A request that changes something may have done so.
	ErrUnexpectedAnswer error = &sentinel{text: "unexpected answer"}
)

// What tells the reasons for [ErrUnauthorized] apart. Each matches it as well.
var (
	// ErrInvalidToken is a token that the server doesn't know.
	ErrInvalidToken error = &sentinel{"invalid token", ErrUnauthorized}
	// ErrTokenExpired is a personal access token whose lifetime is over.
	ErrTokenExpired error = &sentinel{"token expired", ErrUnauthorized}
	// ErrTokenRevoked is a personal access token that was revoked or rotated.
	ErrTokenRevoked error = &sentinel{"token revoked", ErrUnauthorized}
	// ErrAccessToken is a short-lived access token that was given in place of a
	// personal access token. NewClient returns it for tokens it can tell.
	ErrAccessToken error = &sentinel{"an access token where a personal access token is needed", ErrUnauthorized}
	// ErrLegacyTokensDisabled is a legacy token in an organization that doesn't
	// accept them.
	ErrLegacyTokensDisabled error = &sentinel{"legacy tokens are turned off", ErrUnauthorized}
)

type sentinel struct {
	text   string
	parent error
}

func (s *sentinel) Error() string { return "labelstudio: " + s.text }
func (s *sentinel) Unwrap() error { return s.parent }

// hints say what to do about a refused token.
var hints = map[error]string{
	ErrInvalidToken:         "copy the token again from the account page of this server",
	ErrTokenExpired:         "create a new personal access token on the account page",
	ErrTokenRevoked:         "create a new personal access token on the account page",
	ErrAccessToken:          "give the personal access token that it was made from",
	ErrLegacyTokensDisabled: "use a personal access token, or have an administrator turn legacy tokens on",
}

// Error is an answer that is not the described success. Match its kind with
// [errors.Is] and, for instance, [ErrNotFound]. The client's own tokens, and the
// credentials that the request holds, are replaced in all of its text.
type Error struct {
	// StatusCode is the HTTP status.
	StatusCode int
	// ID is what the server logged the error under; empty if it gave none.
	ID string
	// Detail is the reason in the server's words; may be empty.
	Detail string
	// Fields holds the reasons by field, such as "title". Those that concern no
	// single field are under "non_field_errors". Parts of a nested field are
	// joined as in "tasks[1].data".
	Fields map[string][]string
	// Method is the method of the request.
	Method string
	// Path is the escaped path of the request, without its query.
	Path string
	// Operation is the contract's name of the operation, such as
	// "Projects.Get"; empty for requests of [Client.Do].
	Operation string
	// RetryAfter is how long the server asked to wait; zero if it didn't.
	RetryAfter time.Duration
	// Body is the beginning of the answer's body, at most 64 KiB. It is empty for
	// a status of success: what was asked for may be secret.
	Body []byte

	hint     string // what to do next
	before   string // of earlier attempts
	exchange bool   // of the token, for a request that was not sent
	own      bool   // the server's own shape of an error
	html     bool
	title    string // of the HTML page
	reason   error  // one of the reasons for ErrUnauthorized
	cause    error  // why an answer with a status of success is none
}

// Is reports whether target is one of the kinds that e belongs to.
func (e *Error) Is(target error) bool {
	if e.exchange { // it says nothing of what the request was for
		switch target {
		case ErrValidation, ErrNotFound, ErrConflict:
			return false
		}
	}
	switch target {
	case ErrValidation:
		return (e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusUnprocessableEntity) &&
			(len(e.Fields) > 0 || e.Detail != "")
	case ErrUnauthorized:
		return e.StatusCode == http.StatusUnauthorized
	case ErrForbidden:
		return e.StatusCode == http.StatusForbidden
	case ErrNotFound:
		return e.StatusCode == http.StatusNotFound
	case ErrConflict:
		return e.StatusCode == http.StatusConflict
	case ErrTooManyRequests:
		return e.StatusCode == http.StatusTooManyRequests
	case ErrServer:
		return e.StatusCode >= 500
	case ErrUnexpectedAnswer:
		return e.cause != nil
	}
	return e.reason != nil && target == e.reason
}

// isGone reports whether Label Studio itself says that there is no such thing, in
// JSON or, as on half of its routes, with its page.
func (e *Error) isGone() bool {
	return e.StatusCode == http.StatusNotFound && !e.exchange && (e.own || e.html && strings.Contains(e.title, "Label Studio"))
}

// isGone is [Error.isGone] for any error.
func isGone(err error) bool {
	var answer *Error
	return errors.As(err, &answer) && answer.isGone()
}

// Unwrap returns why an [ErrUnexpectedAnswer] is one, such as
// [io.ErrUnexpectedEOF]; nil for all others.
func (e *Error) Unwrap() error { return e.cause }

// How much of the reasons Error shows.
const (
	maxShownFields = 3
	maxShownText   = 300
	maxReadText    = 64 << 10 // in bytes; what is shown is looked for in no more
)

// Error returns one line: the request, the status and the reasons.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "labelstudio: %s %s: %d", e.Method, e.Path, e.StatusCode)
	if text := http.StatusText(e.StatusCode); text != "" {
		b.WriteString(" " + text)
	}
	add := func(text string) {
		if text != "" {
			b.WriteString(": " + text)
		}
	}
	if e.cause != nil {
		add("unexpected answer: " + oneLine(e.cause.Error()))
	}
	if e.html {
		page := "an HTML page"
		if e.title != "" {
			page += fmt.Sprintf(" (%q)", e.title)
		}
		add(page)
	}
	if e.Detail != "" && (e.Detail != validationDetail || len(e.Fields) == 0) {
		add(oneLine(e.Detail))
	}
	add(e.fieldsText())
	if e.hint != "" {
		b.WriteString(" (" + e.hint + ")")
	}
	add(e.before)
	return b.String()
}

func (e *Error) fieldsText() string {
	var shown []string
	for i, name := range sortedKeys(e.Fields) {
		if i == maxShownFields {
			shown = append(shown, "and "+strconv.Itoa(len(e.Fields)-i)+" more")
			break
		}
		text := oneLine(strings.Join(e.Fields[name], " "))
		if name != nonFieldErrors {
			text = oneLine(name) + ": " + text
		}
		shown = append(shown, text)
	}
	return strings.Join(shown, "; ")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// oneLine makes text fit for a message: no line breaks, no control characters,
// and not too long.
func oneLine(text string) string {
	text = cut(text, maxReadText)
	text = strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxShownText {
		text = string(runes[:maxShownText]) + "…"
	}
	return text
}

// reasonOf finds which of the server's reasons for a 401 a detail is.
func reasonOf(detail string) error {
	detail = strings.ToLower(detail)
	has := func(part string) bool { return strings.Contains(detail, part) }
	switch {
	case has("legacy token authentication has been disabled"):
		return ErrLegacyTokensDisabled
	case has("token is blacklisted"):
		return ErrTokenRevoked
	case has("token has wrong type"):
		return ErrAccessToken
	case has("token is expired"), has("claim has expired"):
		return ErrTokenExpired
	case has("token is invalid"), has("invalid token"), has("token not valid"), has("token has no "):
		return ErrInvalidToken
	}
	return nil
}
