package labelstudiotest

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
)

// answer is what a handler answers a request with.
type answer struct {
	status int
	header http.Header
	body   []byte
	// unsized bodies come without their length, and end as the connection does.
	unsized bool
	// scripted answers are as they are.
	scripted bool
	cut      int // how many bytes of the body are sent before the connection breaks; 0 for no answer at all, -1 for all
}

// asJSON answers with a value, or with no body at all if the value is noBody.
func asJSON(status int, value any) *answer {
	if value == noBody {
		return &answer{status: status, header: http.Header{}, cut: -1}
	}
	return &answer{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: encode(value, compact), cut: -1}
}

type nothing struct{}

var noBody any = nothing{}

// failure is an error that is answered.
type failure struct {
	status int
	// detail is the reason, in the server's words.
	detail string
	// fields are the reasons of a 400, by property.
	fields object
	// bare is a body that stands in place of the usual one.
	bare any
	// page says that a web page is answered.
	page bool
}

// Error tells the reasons as well, for who seeds data.
func (f *failure) Error() string {
	text := fmt.Sprintf("%d %s", f.status, f.detail)
	for _, m := range f.fields {
		reasons, several := m.value.([]any)
		if !several {
			reasons = []any{m.value}
		}
		for _, reason := range reasons {
			if reason, ok := reason.(string); ok { // the rest are items that are right
				text += "; " + m.key + ": " + reason
			}
		}
	}
	return text
}

func fail(status int, detail string) *failure { return &failure{status: status, detail: detail} }

func failf(status int, format string, args ...any) *failure {
	return fail(status, fmt.Sprintf(format, args...))
}

func notFound(model string) *failure { return fail(404, "No "+model+" matches the given query.") }

// invalid refuses one property for one reason.
func invalid(field, reason string) *failure { return refuse(object{{field, []any{reason}}}) }

func invalidf(field, format string, args ...any) *failure {
	return invalid(field, fmt.Sprintf(format, args...))
}

func refuse(fields object) *failure {
	return &failure{status: 400, detail: "Validation error", fields: fields}
}

const (
	nonField  = "non_field_errors"
	forbidden = "You do not have permission to perform this action."
)

// answer lays a failure out as the server does.
func (f *failure) answer() *answer {
	if f.page {
		return page(f.status)
	}
	if f.bare != nil {
		return asJSON(f.status, f.bare)
	}
	body := object{
		{"id", newUUID()}, {"status_code", int64(f.status)}, {"version", Version}, {"detail", f.detail}, {"exc_info", nil},
	}
	if f.fields != nil {
		body = append(body, member{"validation_errors", f.fields})
	}
	a := asJSON(f.status, body)
	if f.status == http.StatusUnauthorized {
		a.header.Set("WWW-Authenticate", "Token")
	}
	return a
}

// page is the web page that the server answers with where it has no route, and
// where a route without a trailing slash finds nothing.
func page(status int) *answer {
	const size = 170_000 // as large as the real one
	text := fmt.Sprintf("<!doctype html>\n<html lang=\"en\">\n<head><title>%d | Label Studio</title></head>\n<body>\n", status)
	text += strings.Repeat("<p></p>\n", (size-len(text))/8) + "</body>\n</html>\n"
	return &answer{status: status, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, body: []byte(text), cut: -1}
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
