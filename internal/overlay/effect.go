package overlay

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// idleLeaves lists the places, as JSON pointers below the target, where an
// update says what already stands there. A list counts item by item, because
// an update appends to it.
func idleLeaves(target, update *yaml.Node, at string) []string {
	switch {
	case target.Kind == yaml.SequenceNode:
		return idleItems(target, update, at)
	case target.Kind != update.Kind:
		return nil
	case update.Kind == yaml.MappingNode:
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
	case equal(target, update):
		return []string{at}
	default:
		return nil
	}
}

// idleItems is idleLeaves for a list: an update that is none is one item.
func idleItems(target, update *yaml.Node, at string) []string {
	if update.Kind != yaml.SequenceNode {
		if contains(target.Content, update) {
			return []string{at}
		}
		return nil
	}
	if len(update.Content) == 0 {
		return []string{at}
	}
	var idle []string
	for i, item := range update.Content {
		if contains(target.Content, item) || contains(update.Content[:i], item) {
			idle = append(idle, fmt.Sprintf("%s/%d", at, i))
		}
	}
	return idle
}

// ghosts lists the properties and the like that an update would create out of
// words alone: it was meant to document something that is gone. Answers are
// left out, as a description is all that some of them need.
func ghosts(target, update *yaml.Node, at string) []string {
	if target.Kind != yaml.MappingNode || update.Kind != yaml.MappingNode || strings.HasSuffix(at, "/responses") {
		return nil
	}
	var list []string
	for i := 0; i+1 < len(update.Content); i += 2 {
		key, value := update.Content[i].Value, update.Content[i+1]
		switch below := child(target, key); {
		case below != nil:
			list = append(list, ghosts(below, value, at+"/"+escape(key))...)
		case isProse(value):
			list = append(list, at+"/"+escape(key))
		}
	}
	return list
}

// isProse says whether a map holds nothing but words about what it stands for.
func isProse(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; key != "description" && key != "summary" && key != "x-deprecated-reason" {
			return false
		}
	}
	return true
}

// retype gives the scalars of target the type that update has for them. The
// library sets their text only, so that "5" in place of 5 would stay a number.
func retype(target, update *yaml.Node) {
	switch {
	case target.Kind != update.Kind:
	case update.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(update.Content); i += 2 {
			if below := child(target, update.Content[i].Value); below != nil {
				retype(below, update.Content[i+1])
			}
		}
	case update.Kind == yaml.ScalarNode && target.ShortTag() != update.ShortTag():
		target.Tag, target.Style = update.Tag, update.Style
	}
}

// removal remembers what a remove action took away, so that a later update
// that puts the same back is noticed: the two count as one.
type removal struct {
	action Action
	at     place
	value  *yaml.Node
}

func (r removal) isBack(root *yaml.Node) bool {
	if !r.at.inList() {
		now := r.at.find(root)
		return now != nil && equal(now, r.value)
	}
	list := r.at[:len(r.at)-1].find(root)
	return list != nil && list.Kind == yaml.SequenceNode && contains(list.Content, r.value)
}

func contains(list []*yaml.Node, value *yaml.Node) bool {
	return slices.ContainsFunc(list, func(item *yaml.Node) bool { return equal(item, value) })
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
	default:
		return fmt.Sprintf("%s %q", n.ShortTag(), n.Value)
	}
}
