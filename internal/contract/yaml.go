package contract

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Text returns a string as YAML, quoted where it would read as something else.
func Text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if oldBool.MatchString(s) || strings.Contains(s, "\n") { // as a block, the library loses some white space
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// oldBool is what YAML 1.1 takes for true and false. The library writes 1.2,
// other tools read both.
var oldBool = regexp.MustCompile(`^(?i:y|yes|on|n|no|off)$`)

// sortKeys sorts the keys of every map below n, so that overlays leave the
// order of the effective contract alone.
func sortKeys(n *yaml.Node) {
	for _, below := range n.Content {
		sortKeys(below)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	pairs := make([][2]*yaml.Node, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		pairs = append(pairs, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
	}
	slices.SortStableFunc(pairs, func(a, b [2]*yaml.Node) int {
		return strings.Compare(a[0].Value, b[0].Value)
	})
	for i, pair := range pairs {
		n.Content[2*i], n.Content[2*i+1] = pair[0], pair[1]
	}
}

// EncodeYAML writes block style with an indent of two.
func EncodeYAML(n *yaml.Node) ([]byte, error) {
	var buf bytes.Buffer
	enc := yaml.NewEncoder(&buf)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		return nil, err
	}
	return buf.Bytes(), enc.Close()
}
