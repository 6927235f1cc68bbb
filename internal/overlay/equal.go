package overlay

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

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
