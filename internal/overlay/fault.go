package overlay

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Fault is something wrong with one action at one place.
type Fault struct {
	Action Action
	Reason string // what is wrong, in one line

	// At is the place, as a JSON pointer or, where the target matches nothing,
	// the part of the target that does match. It is empty for a file that
	// cannot be read.
	At string
	// Expected is what the action wanted to find there or to set.
	Expected string
	// Found is what stands there instead.
	Found string
	// Obsolete says that the server's description was mended: it already says
	// what the action wanted to set, or what was to be removed is gone from
	// where it stood. The action can go or, if it is Partial, this part of it.
	Obsolete bool
	// Partial says that something else of the action fits, and was done.
	Partial bool
	// Follows is the action before that does not fit either and should have
	// made what this one aims at. There is none if its File is empty.
	Follows Action
}

func (f *Fault) Error() string { return f.Action.String() + ": " + f.Reason }

// brief writes a value in one line, and cuts it when it is long.
func brief(n *yaml.Node) string {
	const most = 160
	text := inline(n)
	if len(text) <= most {
		return text
	}
	text = text[:most]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text + " …"
}

func inline(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		parts := make([]string, 0, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, n.Content[i].Value+": "+inline(n.Content[i+1]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case yaml.SequenceNode:
		parts := make([]string, 0, len(n.Content))
		for _, item := range n.Content {
			parts = append(parts, inline(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	default:
		if n.ShortTag() == "!!str" {
			return fmt.Sprintf("%q", n.Value)
		}
		return n.Value
	}
}

// contents names what a map or a list holds, without what that holds in turn.
func contents(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		keys := make([]string, 0, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			keys = append(keys, n.Content[i].Value)
		}
		return cut("keys", keys)
	case yaml.SequenceNode:
		items := make([]string, 0, len(n.Content))
		for _, item := range n.Content {
			if name := child(item, "name"); item.Kind == yaml.MappingNode && name != nil {
				items = append(items, name.Value)
			} else {
				items = append(items, brief(item))
			}
		}
		return cut("items", items)
	default:
		return brief(n)
	}
}

// without says what a value holds in which a step leads nowhere. Of a big map it
// is enough to say that the key is not there.
func without(n *yaml.Node, step string) string {
	const most = 16 // keys and values
	if key, ok := literal(step); ok && n.Kind == yaml.MappingNode && len(n.Content) > most {
		return fmt.Sprintf("%d keys, none of them %s", len(n.Content)/2, key)
	}
	return contents(n)
}

// cut lists a few of many.
func cut(what string, names []string) string {
	const most = 8
	switch {
	case len(names) == 0:
		return "no " + what
	case len(names) > most:
		return fmt.Sprintf("%d %s: %s …", len(names), what, strings.Join(names[:most], ", "))
	default:
		return what + " " + strings.Join(names, ", ")
	}
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	default:
		return "a scalar"
	}
}
