package overlay

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// place is where a node of a document stands: the steps that lead to it from
// the top.
type place []step

// step leads to an entry of a map or to an item of a list. An item is known by
// itself too, because the removal of one before it moves it.
type step struct {
	key   string // in a map
	item  *yaml.Node
	index int // of item, when it was found
}

// String writes the place as a JSON pointer.
func (p place) String() string {
	var out strings.Builder
	for _, s := range p {
		if s.item != nil {
			fmt.Fprintf(&out, "/%d", s.index)
		} else {
			out.WriteString("/" + escape(s.key))
		}
	}
	return out.String()
}

func (p place) inList() bool { return len(p) > 0 && p[len(p)-1].item != nil }

// within says whether p is at or below another place.
func (p place) within(other place) bool {
	return len(p) >= len(other) && slices.EqualFunc(p[:len(other)], other, func(a, b step) bool { return a.key == b.key && a.item == b.item })
}

// find returns the node that stands there now, or nil.
func (p place) find(root *yaml.Node) *yaml.Node {
	n := top(root)
	for _, s := range p {
		switch {
		case s.item == nil && n.Kind == yaml.MappingNode:
			n = child(n, s.key)
		case s.item != nil && n.Kind == yaml.SequenceNode && slices.Contains(n.Content, s.item):
			n = s.item
		default:
			return nil
		}
		if n == nil {
			return nil
		}
	}
	return n
}

// places finds where nodes stand in a document.
func places(root *yaml.Node, nodes []*yaml.Node) map[*yaml.Node]place {
	wanted := make(map[*yaml.Node]bool, len(nodes))
	for _, n := range nodes {
		wanted[n] = true
	}
	found := make(map[*yaml.Node]place, len(nodes))
	var path place
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if wanted[n] {
			found[n] = slices.Clone(path)
		}
		for i, below := range n.Content {
			switch {
			case n.Kind == yaml.SequenceNode:
				path = append(path, step{item: below, index: i})
			case n.Kind == yaml.MappingNode && i%2 == 1:
				path = append(path, step{key: n.Content[i-1].Value})
			default: // a key
				continue
			}
			visit(below)
			path = path[:len(path)-1]
		}
	}
	visit(top(root))
	return found
}

// top returns what a document holds.
func top(root *yaml.Node) *yaml.Node {
	if root.Kind == yaml.DocumentNode {
		return root.Content[0]
	}
	return root
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// keysOf returns the keys of a JSON pointer.
func keysOf(pointer string) []string {
	if pointer == "" {
		return nil
	}
	keys := strings.Split(pointer[1:], "/")
	for i, key := range keys {
		keys[i] = unescaper.Replace(key)
	}
	return keys
}

func escape(key string) string { return escaper.Replace(key) }

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, below := range n.Content {
		c.Content[i] = clone(below)
	}
	return &c
}
