package filter

import (
	"errors"
	"strings"
)

// ErrInvalid is a filter or an order that [Check] or [CheckOrdering] refuses.
var ErrInvalid = errors.New("invalid filter")

// Error says what is wrong with a filter or an order. It is [ErrInvalid].
type Error struct {
	// Path is where, such as items[1].value or ordering[0]; empty for the whole.
	Path string
	// Reason is what is wrong and what the server would make of it.
	Reason string
	// Valid lists what there is instead: columns, operators, types or values;
	// empty where that is no question of choice.
	Valid []string
}

// maxListed is how many of Valid are shown.
const maxListed = 40

// Error returns one line: where, what is wrong, and what there is.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(ErrInvalid.Error() + ": ")
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Reason)
	if len(e.Valid) > 0 {
		shown := e.Valid
		if len(shown) > maxListed {
			shown = append(shown[:maxListed:maxListed], "…")
		}
		b.WriteString(": there is " + strings.Join(shown, ", "))
	}
	return b.String()
}

// Unwrap returns [ErrInvalid].
func (e *Error) Unwrap() error { return ErrInvalid }

// Errors returns what an error of [Check] or [CheckOrdering] consists of.
func Errors(err error) []*Error {
	var joined interface{ Unwrap() []error }
	var one *Error
	var all []*Error
	switch {
	case errors.As(err, &joined):
		for _, err := range joined.Unwrap() {
			all = append(all, Errors(err)...)
		}
	case errors.As(err, &one):
		all = append(all, one)
	}
	return all
}
