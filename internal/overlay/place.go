package overlay

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// index knows where each node of a document stands.
type index struct {
	at     map[*yaml.Node]string
	listed map[*yaml.Node]bool
}

func newIndex(root *yaml.Node) index {
	idx := index{at: map[*yaml.Node]string{}, listed: map[*yaml.Node]bool{}}
	idx.add(root, "")
	return idx
}

func (idx index) add(n *yaml.Node, at string) {
	switch n.Kind {
	case yaml.DocumentNode:
		for _, c := range n.Content {
			idx.add(c, at)
		}
		return
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			idx.add(n.Content[i+1], at+"/"+escape(n.Content[i].Value))
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			idx.add(c, fmt.Sprintf("%s/%d", at, i))
			idx.listed[c] = true
		}
	}
	idx.at[n] = at
}

func (idx index) pointer(n *yaml.Node) string { return idx.at[n] }
func (idx index) inList(n *yaml.Node) bool    { return idx.listed[n] }

// lookup finds the node at a JSON pointer, or nil.
func lookup(root *yaml.Node, pointer string) *yaml.Node {
	n := root
	if n.Kind == yaml.DocumentNode {
		n = n.Content[0]
	}
	for _, step := range strings.Split(pointer, "/")[1:] {
		switch n.Kind {
		case yaml.MappingNode:
			n = child(n, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
		case yaml.SequenceNode:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(n.Content) {
				return nil
			}
			n = n.Content[i]
		default:
			return nil
		}
		if n == nil {
			return nil
		}
	}
	return n
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, below := range n.Content {
		c.Content[i] = clone(below)
	}
	return &c
}
