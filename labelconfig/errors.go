package labelconfig

import (
	"errors"
	"fmt"
)

// ErrInvalid is what every error of [Parse] and [Validate] matches: the server
// refuses such a label config.
var ErrInvalid = errors.New("labelconfig: the label config is invalid")

// Kind is what is wrong with a label config.
type Kind string

// The kinds of refusal.
const (
	KindSyntax    Kind = "syntax"    // it is no XML, or not the kind that the server takes
	KindTag       Kind = "tag"       // a tag lacks something that it needs
	KindName      Kind = "name"      // a name is used twice
	KindToName    Kind = "toName"    // a control labels what is not there
	KindAttribute Kind = "attribute" // the value of an attribute is out of range
	KindCrash     Kind = "crash"     // the server fails at it, with a 500
)

// Error is one thing that is wrong with a label config. It matches
// [ErrInvalid].
type Error struct {
	Kind   Kind
	Line   int    // from 1
	Column int    // in characters, from 1
	Path   string // of the tag, such as View/Choices[2]; "" if it is about none
	Reason string // what is wrong, and what to do
}

func (e *Error) Error() string {
	path := e.Path
	if path != "" {
		path += ": "
	}
	return fmt.Sprintf("labelconfig: line %d, column %d: %s%s", e.Line, e.Column, path, e.Reason)
}

// Is makes it match [ErrInvalid].
func (e *Error) Is(target error) bool { return target == ErrInvalid }

// Errors returns what an error of [Parse] or [Validate] consists of.
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
