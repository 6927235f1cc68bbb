package labelconfig

import (
	"cmp"
	"slices"
	"strings"
)

// Parse reads a label config. It fails only for what is no XML, with an
// [*Error]: [Validate] says whether the server would take it.
func Parse(config string) (*Config, error) {
	doc, err := read(config)
	if err != nil {
		return nil, err
	}
	b := &builder{labels: map[labelKey]int{}, keyAt: map[string]int{}, videos: map[string]bool{}}
	b.add(doc.root, -1, nil)
	return &b.Config, nil
}

// isControl reports whether the server takes a tag for a control.
func isControl(n *node) bool {
	return n.attr("name") != "" && n.attr("toName") != "" && n.tag != "Filter"
}

// isObject reports whether the server takes a tag for an object.
func isObject(n *node) bool {
	return n.attr("name") != "" && cmp.Or(n.attr("value"), n.attr("valueList")) != "" && !isControl(n)
}

// takesLabels reports whether the editor makes labels of what the value of a
// control names. Of other controls, such as a TextArea, it is a text or what is
// shown.
func takesLabels(tag string) bool {
	return tag == "Choices" || tag == "Taxonomy" || strings.HasSuffix(tag, "Labels")
}

// builder makes a config.
type builder struct {
	Config
	labels map[labelKey]int // where a label is in its control's Labels
	keyAt  map[string]int   // where a key is in keys
	videos map[string]bool  // the keys that are of a Video
}

type labelKey struct {
	control int // its index
	value   string
}

// add puts an element and all below it into the config. inside is the index of
// the control that it stands in, -1 for none, and above are the labels there
// that it stands below.
func (b *builder) add(n *node, inside int, above []string) {
	attrs := n.attributes()
	if isLabel := n.tag == "Label" || n.tag == "Choice" || n.tag == "Relation"; isLabel {
		label := Label{Value: cmp.Or(attrs["alias"], attrs["value"], attrs["valueList"]), Attrs: attrs}
		switch {
		case label.Value == "":
		case inside >= 0:
			above = append(slices.Clip(above), label.Value)
			b.Controls[inside].Paths = append(b.Controls[inside].Paths, above)
			b.addLabel(inside, label)
		case n.tag == "Relation":
			b.Relations = append(b.Relations, label)
		}
	}
	switch {
	case isControl(n):
		control := Control{Tag: n.tag, Name: attrs["name"], ToName: strings.Split(attrs["toName"], ","), Attrs: attrs}
		if key, ok := strings.CutPrefix(attrs["value"], "$"); ok && takesLabels(n.tag) {
			control.LabelsKey = key
		}
		b.Controls = append(b.Controls, control)
		inside, above = len(b.Controls)-1, nil
	case isObject(n):
		value := cmp.Or(attrs["valueList"], attrs["value"])
		b.Objects = append(b.Objects, Object{Tag: n.tag, Name: attrs["name"], Value: value, Attrs: attrs})
	}
	b.addKeys(n)
	for _, child := range n.children {
		b.add(child, inside, above)
	}
}

// addLabel gives a control a label, in place of one with the same value, as the
// server does.
func (b *builder) addLabel(control int, label Label) {
	labels := &b.Controls[control].Labels
	key := labelKey{control, label.Value}
	if i, known := b.labels[key]; known {
		(*labels)[i] = label
		return
	}
	b.labels[key] = len(*labels)
	*labels = append(*labels, label)
}

func (n *node) attributes() map[string]string {
	attrs := make(map[string]string, len(n.attrs))
	for _, attr := range n.attrs {
		attrs[attr.name] = attr.value
	}
	return attrs
}
