package labelconfig

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Validate checks a label config as the server does when a project is made or
// changed, and as POST /api/projects/validate/ does. It says the same without a
// server, of Label Studio 1.23.2.
//
// It returns nil, or one or several [*Error] that are joined, twenty at most:
// each matches [ErrInvalid], and [Errors] takes them apart.
//
// The server's verdict surprises in places:
//
//   - Tags are checked only where they stand right in a View, and Views only
//     right in Views, Choices and Labels, from a root that is a View.
//   - A name, toName or text that reads as a number or a boolean, such as
//     name="1", is refused.
//   - A single Choice is refused if Choices beside it have none, and in a View
//     that stands in Labels or Choices.
//   - A text counts as an attribute: name="a" in a Style is a name, too.
//   - toName="a, b" looks for an object with a space in its name.
//   - It fails at an XML declaration that names an encoding, with a 500.
func Validate(config string) error {
	doc, err := read(config)
	if err != nil {
		return err
	}
	v := &validator{doc: doc}
	v.tags()
	v.names()
	v.speeds()
	if doc.crash != nil && len(v.problems) == 0 {
		return doc.crash
	}
	return errors.Join(v.problems...)
}

const maxProblems = 20

type validator struct {
	doc      *document
	problems []error
}

func (v *validator) fail(kind Kind, n *node, reason string) {
	if len(v.problems) == maxProblems {
		return
	}
	problem := v.doc.problem(kind, n.offset, reason)
	problem.Path = n.path()
	v.problems = append(v.problems, problem)
}

// names checks that no name is used twice, and that what toName names is there.
// The server looks for both by a regular expression in the XML that it has
// written anew. So toname= and classname= are names, as is what a text says,
// and name='a' is one, as it is written with other quotes then.
func (v *validator) names() {
	text := newRewritten(v.doc.root)
	names := map[string]bool{}
	for offset, name := range text.quoted(`name="`) {
		if names[name] {
			v.fail(KindName, text.at(offset), fmt.Sprintf("the name %q is used twice", name))
		}
		names[name] = true
	}
	for offset, toName := range text.quoted(`toName="`) {
		for name := range strings.SplitSeq(toName, ",") {
			if !names[name] {
				v.fail(KindToName, text.at(offset), fmt.Sprintf("toName names %q, and there is no tag of that name", name))
			}
		}
	}
}

// The server's limits for a Video.
const minSpeed, maxSpeed = 0.05, 10.0

// speeds checks the playback speeds of each Video that is an object.
func (v *validator) speeds() {
	v.doc.root.all(func(n *node) {
		if !isObject(n) || strings.ToLower(n.tag) != "video" {
			return
		}
		normal, hasNormal := v.speed(n, "defaultPlaybackSpeed")
		slowest, hasSlowest := v.speed(n, "minPlaybackSpeed")
		if hasNormal && hasSlowest && slowest > normal {
			v.fail(KindAttribute, n, "minPlaybackSpeed is more than defaultPlaybackSpeed")
		}
	})
}

func (v *validator) speed(n *node, name string) (speed float64, given bool) {
	raw, given := n.lookup(name)
	if !given {
		raw = n.attr(strings.ToLower(name))
	}
	if strings.TrimFunc(raw, isPythonSpace) == "" {
		return 0, false
	}
	speed, isNumber := parseFloat(raw)
	if !isNumber || speed < minSpeed || speed > maxSpeed {
		v.fail(KindAttribute, n, fmt.Sprintf("%s is %q and must be a number from %v to %v", name, raw, minSpeed, maxSpeed))
	}
	return speed, isNumber
}

// rewritten is the XML as the server writes it: without comments, with double
// quotes, references only where they must be.
type rewritten struct {
	text   string
	places []place // by offset
}

// place is where a tag or text of an element begins.
type place struct {
	offset int
	node   *node
}

func newRewritten(root *node) rewritten {
	var text strings.Builder
	var places []place
	write := func(n *node, parts ...string) {
		places = append(places, place{text.Len(), n})
		for _, part := range parts {
			text.WriteString(part)
		}
	}
	var element func(*node)
	element = func(n *node) {
		write(n, "<", localName(n.tag))
		for _, a := range n.attrs {
			write(n, " ", localName(a.name), `="`, attributeEscapes.Replace(a.value), `"`)
		}
		write(n, ">", textEscapes.Replace(n.text.String()))
		for _, child := range n.children {
			element(child)
			write(n, textEscapes.Replace(child.tail.String()))
		}
		write(n, "</", localName(n.tag), ">")
	}
	element(root)
	return rewritten{text.String(), places}
}

var (
	textEscapes      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	attributeEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;",
		"\r", "&#13;", "\n", "&#10;", "\t", "&#09;")
)

// localName is a name with a short prefix in place of its namespace.
func localName(name string) string {
	if strings.HasPrefix(name, "{") {
		return "ns0:" + name[strings.LastIndexByte(name, '}')+1:]
	}
	return name
}

// quoted yields what stands between each occurrence of start, which ends in a
// quote, and the next quote.
func (r rewritten) quoted(start string) func(yield func(offset int, value string) bool) {
	return func(yield func(int, string) bool) {
		for offset := 0; ; {
			i := strings.Index(r.text[offset:], start)
			if i < 0 {
				return
			}
			at := offset + i
			value, _, closed := strings.Cut(r.text[at+len(start):], `"`)
			if !closed || !yield(at, value) {
				return
			}
			offset = at + len(start) + len(value) + 1
		}
	}
}

// at returns the element that an offset belongs to.
func (r rewritten) at(offset int) *node {
	i, found := slices.BinarySearchFunc(r.places, offset, func(p place, offset int) int {
		return cmp.Compare(p.offset, offset)
	})
	if !found {
		i--
	}
	return r.places[i].node
}
