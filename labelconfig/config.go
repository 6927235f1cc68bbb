package labelconfig

import "slices"

// Config is a label config that has been read by [Parse].
type Config struct {
	Controls []Control // in the order of the XML
	Objects  []Object  // in the order of the XML

	// Relations are the Relation tags in a Relations tag that has no name, as it
	// mostly has none. With a name and toName it is one of Controls.
	Relations []Label

	keys []DataKey
}

// Control is a tag that makes results, such as Choices or RectangleLabels. It
// is a tag with the attributes name and toName.
type Control struct {
	Tag    string   // "Choices"
	Name   string   // from_name of the results
	ToName []string // names of the objects that it labels
	Labels []Label  // the Label, Choice and Relation tags below it; the last one of a value

	// Paths lead to the labels, each from the outermost label that it stands
	// below, as they do in the results of a Taxonomy: [["Animals"], ["Animals", "Cat"]].
	Paths [][]string

	// LabelsKey is the key of a task's data that brings labels, as value="$key"
	// of Choices, Taxonomy, Labels and RectangleLabels and so on says; Labels are
	// then not all that the control has. It is "" if none does.
	LabelsKey string

	Attrs map[string]string // all attributes, as written
}

// Label is one of the values that a control can give.
type Label struct {
	Value string            // what stands in a result: the alias, or else the value
	Attrs map[string]string // all attributes, as written
}

// Object is a tag that shows something of a task, such as Text or Image. It is
// a tag with a name and a value or valueList that is no control.
type Object struct {
	Tag   string            // "Text"
	Name  string            // to_name of the results
	Value string            // as written, such as "$text"
	Attrs map[string]string // all attributes, as written
}

// Control returns the control of a name.
func (c *Config) Control(name string) (*Control, bool) {
	if c == nil {
		return nil, false
	}
	for i := range c.Controls {
		if c.Controls[i].Name == name {
			return &c.Controls[i], true
		}
	}
	return nil, false
}

// Object returns the object of a name.
func (c *Config) Object(name string) (*Object, bool) {
	if c == nil {
		return nil, false
	}
	for i := range c.Objects {
		if c.Objects[i].Name == name {
			return &c.Objects[i], true
		}
	}
	return nil, false
}

// HasLabel reports whether a control can give a value. It always can if the
// labels come with the tasks or from an apiUrl.
func (c *Control) HasLabel(value string) bool {
	if c == nil {
		return false
	}
	for _, label := range c.Labels {
		if label.Value == value {
			return true
		}
	}
	return c.open()
}

// HasPath reports whether the labels of a control stand below each other in
// this way, like [Control.HasLabel].
func (c *Control) HasPath(labels ...string) bool {
	if c == nil {
		return false
	}
	return slices.ContainsFunc(c.Paths, func(path []string) bool { return slices.Equal(path, labels) }) || c.open()
}

// open reports whether the control has labels that are not in the config.
func (c *Control) open() bool { return c.LabelsKey != "" || c.Attrs["apiUrl"] != "" }
