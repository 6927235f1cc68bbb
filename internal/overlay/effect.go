package overlay

import (
	"fmt"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// idleLeaves lists the places, as JSON pointers below the target, where an
// update says what already stands there. A list counts item by item, because
// an update appends to it.
func idleLeaves(target, update *yaml.Node, at string) []string {
	if target.Kind != update.Kind {
		return nil
	}
	switch update.Kind {
	case yaml.MappingNode:
		if len(update.Content) == 0 {
			return []string{at}
		}
		var idle []string
		for i := 0; i+1 < len(update.Content); i += 2 {
			key := update.Content[i].Value
			if below := child(target, key); below != nil {
				idle = append(idle, idleLeaves(below, update.Content[i+1], at+"/"+escape(key))...)
			}
		}
		return idle
	case yaml.SequenceNode:
		var idle []string
		for i, item := range update.Content {
			for _, old := range target.Content {
				if equal(old, item) {
					idle = append(idle, fmt.Sprintf("%s/%d", at, i))
					break
				}
			}
		}
		return idle
	default:
		if equal(target, update) {
			return []string{at}
		}
		return nil
	}
}

// removal remembers what a remove action took away, so that a later update
// that puts the same back is noticed: the two count as one.
type removal struct {
	action Action
	at     string // JSON pointer
	inList bool
	value  *yaml.Node
}

func (r removal) isBack(root *yaml.Node) bool {
	if !r.inList {
		now := lookup(root, r.at)
		return now != nil && equal(now, r.value)
	}
	list := lookup(root, r.at[:strings.LastIndex(r.at, "/")])
	if list == nil || list.Kind != yaml.SequenceNode {
		return false
	}
	for _, item := range list.Content {
		if equal(item, r.value) {
			return true
		}
	}
	return false
}

// equal compares two values; keys and lists have no order.
func equal(a, b *yaml.Node) bool { return fingerprint(a) == fingerprint(b) }

func fingerprint(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		parts := make([]string, 0, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, fmt.Sprintf("%q:%s", n.Content[i].Value, fingerprint(n.Content[i+1])))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ",") + "}"
	case yaml.SequenceNode:
		parts := make([]string, 0, len(n.Content))
		for _, item := range n.Content {
			parts = append(parts, fingerprint(item))
		}
		sort.Strings(parts)
		return "[" + strings.Join(parts, ",") + "]"
	case yaml.DocumentNode:
		return fingerprint(n.Content[0])
	default:
		return fmt.Sprintf("%s %q", n.ShortTag(), n.Value)
	}
}
