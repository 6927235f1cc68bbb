package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/labelstudio-go/labelstudio/generated"
)

// A parseError has a text of its own: the cause's may show parts of the body.
type parseError struct {
	text  string
	cause error
}

func (e parseError) Error() string { return "webhook: " + e.text }

func (e parseError) Unwrap() error { return e.cause }

func decodeError(action generated.WebhookAction, cause error) error {
	text := "a value, such as a date, is malformed"
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(cause, &syntax):
		text = fmt.Sprintf("not JSON, or not all of it, from byte %d on", syntax.Offset)
	case errors.As(cause, &kind):
		got, _, _ := strings.Cut(kind.Value, " ") // a number may follow
		text = got + " where " + kind.Type.String() + " is expected"
		if kind.Field != "" {
			text = kind.Field + ": " + text
		}
	}
	if action != "" {
		text = string(action) + ": " + text
	}
	return parseError{text, cause}
}
