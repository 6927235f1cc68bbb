package labelconfig

import (
	"cmp"
	"strings"
)

// Parse reads a label config. It fails only for what is no XML, with an
// [*Error]: [Validate] says whether the server would take it.
func Parse(config string) (*Config, error) {
	doc, err := read(config)
	if err != nil {
		return nil, err
	}
	parsed := &Config{}
	parsed.add(doc.root, -1)
	return parsed, nil
}

// isControl reports whether the server takes a tag for a control.
func isControl(n *node) bool {
	return n.attr("name") != "" && n.attr("toName") != "" && n.tag != "Filter"
}

// isObject reports whether the server takes a tag for an object.
func isObject(n *node) bool {
	return n.attr("name") != "" && cmp.Or(n.attr("value"), n.attr("valueList")) != "" && !isControl(n)
}

// add puts an element and all below it into the config. inside is the index of
// the control that it stands in, -1 for none.
func (c *Config) add(n *node, inside int) {
	attrs := n.attributes()
	label := inside >= 0 && (n.tag == "Label" || n.tag == "Choice" || n.tag == "Relation")
	if value := cmp.Or(attrs["alias"], attrs["value"], attrs["valueList"]); label && value != "" {
		c.Controls[inside].Labels = append(c.Controls[inside].Labels, Label{Value: value, Attrs: attrs})
	}
	switch {
	case isControl(n):
		control := Control{Tag: n.tag, Name: attrs["name"], ToName: strings.Split(attrs["toName"], ","), Attrs: attrs}
		if key, ok := strings.CutPrefix(attrs["value"], "$"); ok {
			control.LabelsKey = key
		}
		c.Controls = append(c.Controls, control)
		inside = len(c.Controls) - 1
	case isObject(n):
		value := cmp.Or(attrs["valueList"], attrs["value"])
		c.Objects = append(c.Objects, Object{Tag: n.tag, Name: attrs["name"], Value: value, Attrs: attrs})
	}
	c.addKeys(n)
	for _, child := range n.children {
		c.add(child, inside)
	}
}

func (n *node) attributes() map[string]string {
	attrs := make(map[string]string, len(n.attrs))
	for _, attr := range n.attrs {
		attrs[attr.name] = attr.value
	}
	return attrs
}
