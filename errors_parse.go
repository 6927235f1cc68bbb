package labelstudio

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

const (
	maxErrorBody   = 64 << 10 // what Error.Body keeps
	maxParsedBody  = 1 << 20  // what is read to find the reasons; of bad imports they can be many
	maxPlainDetail = 1 << 10  // what is taken over of a body that is plain text
	maxDepth       = 16       // of nested reasons
	maxTitle       = 80       // in bytes
	maxWord        = 4 << 10  // no token is longer
	maxFieldName   = 200      // in bytes; joined for each of many reasons, long ones would fill the memory

	nonFieldErrors   = "non_field_errors"
	validationDetail = "Validation error"
)

// newError returns an Error that knows its request.
func newError(req *http.Request, res *http.Response, scrub scrubber) *Error {
	op, _ := wire.OperationFrom(req.Context())
	e := &Error{
		StatusCode: res.StatusCode,
		Method:     req.Method,
		Path:       scrub.path(req.URL.EscapedPath()),
		Operation:  op.ID,
	}
	e.RetryAfter = retryAfter(res.Header, time.Now())
	return e
}

// readError makes an Error of an answer without success. It reads the body but
// doesn't close it. hint is what to do where the answer suggests nothing else.
func readError(req *http.Request, res *http.Response, scrub scrubber, hint string) *Error {
	e := newError(req, res, scrub)
	e.parse(res.Header.Get("Content-Type"), readReasons(res.Body), scrub)
	if to := redirectedTo(res); to != "" && e.Detail == "" {
		e.Detail = "the server redirects to " + scrub.text(to)
		hint = "if that is where Label Studio is, make it the base URL"
	}
	if e.StatusCode == http.StatusUnauthorized {
		e.reason = reasonOf(e.Detail)
	}
	e.hint = hint
	if text, ok := hints[e.reason]; ok {
		e.hint = text
	}
	if e.hint == "" && e.html && e.StatusCode == http.StatusNotFound {
		// The server says so of things that are missing, too, on half of its routes.
		e.hint = "there is no such thing, the base URL is not right, or this version of the server lacks the route"
	}
	return e
}

// unexpected makes an [ErrUnexpectedAnswer] of cause.
func unexpected(req *http.Request, res *http.Response, scrub scrubber, cause error) *Error {
	e := newError(req, res, scrub)
	if text := scrub.text(cause.Error()); text != cause.Error() {
		cause = textError{text, cause}
	}
	e.cause = cause
	return e
}

// unexpectedUnread is unexpected for an answer whose body is still to be read. Of
// that only the title of a page is told: it may hold what was asked for, such as a
// new token.
func unexpectedUnread(req *http.Request, res *http.Response, scrub scrubber, cause error) *Error {
	e := unexpected(req, res, scrub, cause)
	body := readReasons(res.Body)
	if isHTML(res.Header.Get("Content-Type"), body) {
		e.html, e.title = true, htmlTitle(body, scrub) // half a page has one, too
		e.hint = "is the base URL right, or is there a login page of a proxy in front of it?"
	}
	return e
}

// readReasons reads more of a body than is kept, so that a token across the end of
// that is seen whole. Of a body that is longer, or that is cut off, half a word at
// the end is left out: it may be half a token.
func readReasons(r io.Reader) []byte {
	body, err := io.ReadAll(io.LimitReader(r, maxParsedBody))
	if err == nil && len(body) < maxParsedBody {
		return body
	}
	return body[:max(0, bytes.LastIndexAny(body, " \t\r\n")+1, len(body)-maxWord)]
}

// parse fills in what a body says. It takes any bytes. Each text is scrubbed as it is
// shown, without the escapes of the body, and before it is cut.
func (e *Error) parse(contentType string, body []byte, scrub scrubber) {
	clean := scrub.text(string(body))
	e.Body = []byte(clean[:min(len(clean), maxErrorBody)])
	defer scrub.reasons(e)
	text := bytes.TrimSpace(body)
	switch {
	case len(text) == 0:
	case isHTML(contentType, text):
		e.html, e.title = true, htmlTitle(text, scrub)
	case json.Valid(text):
		e.parseJSON(text, scrub)
	case text[0] == '{' || text[0] == '[': // cut; it may hold a stack trace
	case utf8.Valid(text) && !bytes.ContainsRune(text, 0):
		e.Detail = cut(strings.TrimSpace(clean), maxPlainDetail)
	}
}

// isHTML reports whether body is a page. The server also labels plain sentences
// as text/html.
func isHTML(contentType string, body []byte) bool {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '<' {
		return false
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	start := strings.ToLower(string(body[:min(len(body), 64)]))
	return kind == "text/html" || strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html")
}

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func htmlTitle(page []byte, scrub scrubber) string {
	m := titleTag.FindSubmatch(page)
	if m == nil {
		return ""
	}
	return cut(oneLine(scrub.text(html.UnescapeString(string(m[1])))), maxTitle)
}

// parseJSON knows the shapes {detail, validation_errors, …}, {error, details},
// {message}, a bare map of fields, a bare list and a bare string.
func (e *Error) parseJSON(body []byte, scrub scrubber) {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil || object == nil {
		if e.Detail = jsonString(body); e.Detail == "" {
			e.addReason("", body, 0, scrub)
		}
		return
	}
	for _, key := range []string{"detail", "error", "message"} {
		e.Detail = cmp.Or(e.Detail, jsonString(object[key]))
	}
	for _, key := range []string{"validation_errors", "details"} {
		e.addReason("", object[key], 0, scrub)
	}
	_, e.own = object["status_code"]
	if e.own || e.Detail != "" {
		e.ID = jsonString(object["id"])
	} else if len(e.Fields) == 0 {
		e.addReason("", body, 0, scrub)
	}
}

// addReason adds what raw holds under name, which is empty at the top.
func (e *Error) addReason(name string, raw json.RawMessage, depth int, scrub scrubber) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return
	}
	if depth < maxDepth && raw[0] == '{' {
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) == nil {
			for _, key := range sortedKeys(object) {
				inner := scrub.text(key)
				if name != "" {
					inner = name + "." + inner
				}
				e.addReason(cut(inner, maxFieldName), object[key], depth+1, scrub)
			}
			return
		}
	}
	if depth < maxDepth && raw[0] == '[' {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			for i, item := range list {
				item = bytes.TrimSpace(item)
				inner := name
				if len(item) > 0 && (item[0] == '{' || item[0] == '[') {
					inner = cut(fmt.Sprintf("%s[%d]", name, i), maxFieldName)
				}
				e.addReason(inner, item, depth+1, scrub)
			}
			return
		}
	}
	if name == "" {
		name = nonFieldErrors
	}
	if e.Fields == nil {
		e.Fields = make(map[string][]string)
	}
	text := string(raw) // a number, true, or what is nested too deep
	if raw[0] == '"' {
		text = jsonString(raw)
	}
	e.Fields[name] = append(e.Fields[name], text)
}

// jsonString returns the text of a string and nothing for anything else.
func jsonString(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// cut shortens text to at most size bytes, between two characters.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}

// retryAfter reads the header of that name, in seconds or as a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const most = 24 * time.Hour // more is no plan
	value := h.Get("Retry-After")
	seconds, err := strconv.ParseUint(value, 10, 32)
	if errors.Is(err, strconv.ErrRange) {
		return most
	}
	if err == nil {
		return min(time.Duration(seconds)*time.Second, most)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), most)
	}
	return 0
}
