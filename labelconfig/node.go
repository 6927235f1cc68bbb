package labelconfig

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// node is an element. Comments and processing instructions are left out, as
// the server leaves them out.
type node struct {
	tag      string // {URI}name if it is in a namespace
	attrs    []attr
	text     strings.Builder // up to the first element in it
	tail     strings.Builder // from its end to the next element or its parent's end
	parent   *node
	children []*node
	offset   int // where it starts

	rawTag   string            // as written, which the end tag must be, too
	prefixes map[string]string // the namespaces that it declares, nil for none
}

type attr struct{ name, value string }

// attr returns the value of an attribute, "" if the element has none.
func (n *node) attr(name string) string {
	value, _ := n.lookup(name)
	return value
}

func (n *node) lookup(name string) (string, bool) {
	for _, a := range n.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// all calls f for an element and all below it, in the order of the XML.
func (n *node) all(f func(*node)) {
	f(n)
	for _, child := range n.children {
		child.all(f)
	}
}

// path is View/Choices[2] for the second Choices of the root.
func (n *node) path() string {
	if n.parent == nil {
		return n.tag
	}
	same := slices.DeleteFunc(slices.Clone(n.parent.children), func(other *node) bool { return other.tag != n.tag })
	path := n.parent.path() + "/" + n.tag
	if len(same) > 1 {
		path += "[" + strconv.Itoa(slices.Index(same, n)+1) + "]"
	}
	return path
}

// document is what a label config is read into.
type document struct {
	src  string
	root *node
	// crash is the first thing that expat takes and at which the server fails
	// later.
	crash *Error
}

// problem is an error at an offset.
func (d *document) problem(kind Kind, offset int, reason string) *Error {
	before := d.src[:offset]
	return &Error{
		Kind:   kind,
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1,
		Reason: reason,
	}
}
