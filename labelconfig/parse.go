package labelconfig

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strings"
)

// Parse reads a label config. It fails only for what is no XML: [Validate] says
// whether the server would take it.
func Parse(config string) (*Config, error) {
	var root element
	if err := xml.NewDecoder(strings.NewReader(config)).Decode(&root); err != nil {
		return nil, fmt.Errorf("labelconfig: %w", err)
	}
	parsed := &Config{}
	parsed.add(&root, -1)
	return parsed, nil
}

// element is an element of the XML with everything below it.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
}

// add puts an element and all below it into the config. inside is the index of
// the control that it stands in, -1 for none.
func (c *Config) add(e *element, inside int) {
	tag, attrs := e.XMLName.Local, e.attributes()
	name, value := attrs["name"], cmp.Or(attrs["valueList"], attrs["value"])
	switch {
	case name != "" && attrs["toName"] != "" && tag != "Filter":
		control := Control{Tag: tag, Name: name, ToName: strings.Split(attrs["toName"], ","), Attrs: attrs}
		if key, ok := strings.CutPrefix(attrs["value"], "$"); ok {
			control.LabelsKey = key
		}
		c.Controls = append(c.Controls, control)
		inside = len(c.Controls) - 1
	case name != "" && value != "":
		c.Objects = append(c.Objects, Object{Tag: tag, Name: name, Value: value, Attrs: attrs})
	case inside >= 0 && (tag == "Label" || tag == "Choice" || tag == "Relation"):
		if label := cmp.Or(attrs["alias"], attrs["value"]); label != "" {
			c.Controls[inside].Labels = append(c.Controls[inside].Labels, Label{Value: label, Attrs: attrs})
		}
	}
	for i := range e.Children {
		c.add(&e.Children[i], inside)
	}
}

func (e *element) attributes() map[string]string {
	attrs := make(map[string]string, len(e.Attrs))
	for _, attr := range e.Attrs {
		attrs[attr.Name.Local] = attr.Value
	}
	return attrs
}
