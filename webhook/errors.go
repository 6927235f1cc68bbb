package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/labelstudio-go/labelstudio/generated"
)

// ErrPayload is an event whose action is known and whose payload is not as
// expected, as after an update of the server. [Parse] returns the event beside
// it, with the payload as [Unknown].
var ErrPayload = errors.New("webhook: the payload is not that of the action")

// A parseError has a text of its own: the cause's may show parts of the body.
type parseError struct {
	text  string
	cause error
}

func (e parseError) Error() string { return "webhook: " + e.text }

func (e parseError) Unwrap() error { return e.cause }

// payloadError is a parseError that is [ErrPayload].
func payloadError(action generated.WebhookAction, text string, cause error) error {
	return parseError{string(action) + ": " + text, errors.Join(ErrPayload, cause)}
}

// explain says what package json found, without a value of the body.
func explain(cause error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(cause, &syntax):
		return fmt.Sprintf("not JSON, or not all of it, from byte %d on", syntax.Offset)
	case errors.As(cause, &kind):
		got, _, _ := strings.Cut(kind.Value, " ") // a number may follow
		text := got + " where " + expected(kind.Type) + " is expected"
		if kind.Field != "" {
			text = kind.Field + ": " + text
		}
		return text
	}
	return "a value, such as a date, is malformed"
}

// expected names what JSON has for a type of Go.
func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "a boolean"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a whole number"
}
