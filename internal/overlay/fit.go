package overlay

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// fitting holds the update of one action against what stands at a target.
type fitting struct {
	action  Action
	faults  []*Fault
	demands []demand
	unmade  []unmade
}

// demand is a property that an update calls required. It may be a later action
// that makes the property.
type demand struct {
	action Action
	schema *yaml.Node // what the update adds to
	at     string     // where that stands
	name   string
}

func (d demand) isMet() bool {
	properties := child(d.schema, "properties")
	return properties == nil || properties.Kind != yaml.MappingNode || child(properties, d.name) != nil
}

// top returns the part of an update that fits, or nil if none does. A list
// takes an update that is none as one more item.
func (f *fitting) top(target, update *yaml.Node, at string) *yaml.Node {
	if target.Kind == yaml.SequenceNode && update.Kind != yaml.SequenceNode {
		if contains(target.Content, update) {
			f.idle(at, update)
			return nil
		}
		return update
	}
	return f.below(target, update, at)
}

func (f *fitting) below(target, update *yaml.Node, at string) *yaml.Node {
	switch {
	case target.Kind != update.Kind:
		f.misfit(at, fmt.Sprintf("sets %s at %s, where %s stands", kindName(update), at, kindName(target)),
			update, brief(update), brief(target))
		return nil
	case update.Kind == yaml.MappingNode:
		return f.entries(target, update, at)
	case update.Kind == yaml.SequenceNode:
		return f.items(target, update, at)
	case equal(target, update):
		f.idle(at, update)
		return nil
	default:
		return update
	}
}

func (f *fitting) entries(target, update *yaml.Node, at string) *yaml.Node {
	if len(update.Content) == 0 {
		f.idle(at, update)
		return nil
	}
	fits := *update
	fits.Content = nil
	for i := 0; i+1 < len(update.Content); i += 2 {
		key, value := update.Content[i], update.Content[i+1]
		there := at + "/" + escape(key.Value)
		if key.Value == "required" && value.Kind == yaml.SequenceNode {
			for _, item := range value.Content {
				f.demands = append(f.demands, demand{f.action, target, at, item.Value})
			}
		}
		now := child(target, key.Value)
		switch {
		case now != nil:
			value = f.below(now, value, there)
		case !strings.HasSuffix(at, "/responses") && isGhost(value):
			// A description is all that some answers need.
			f.misfit(there, "documents what is not there: "+there, value, "something to which it adds "+brief(value), "nothing")
			continue
		}
		if value != nil {
			fits.Content = append(fits.Content, key, value)
		}
	}
	if len(fits.Content) == 0 {
		return nil
	}
	return &fits
}

// items treats a list item by item, because an update appends to it.
func (f *fitting) items(target, update *yaml.Node, at string) *yaml.Node {
	if len(update.Content) == 0 {
		f.idle(at, update)
		return nil
	}
	fits := *update
	fits.Content = nil
	for i, item := range update.Content {
		if contains(target.Content, item) || contains(update.Content[:i], item) {
			f.idle(fmt.Sprintf("%s/%d", at, i), item)
		} else {
			fits.Content = append(fits.Content, item)
		}
	}
	if len(fits.Content) == 0 {
		return nil
	}
	return &fits
}

// idle notes that what an update says stands there already.
func (f *fitting) idle(at string, value *yaml.Node) {
	f.faults = append(f.faults, &Fault{
		Action: f.action, Reason: "changes nothing at " + at, At: at, Expected: brief(value), Found: "the same", Obsolete: true,
	})
}

// misfit notes that an update can't be made at a place.
func (f *fitting) misfit(at, reason string, value *yaml.Node, expected, found string) {
	f.faults = append(f.faults, &Fault{Action: f.action, Reason: reason, At: at, Expected: expected, Found: found})
	f.unmade = append(f.unmade, unmade{f.action, keysOf(at), value})
}

// isGhost says whether a value holds nothing but words and names for what it
// stands for: it was meant for something that is gone. So is an operation
// without answers.
func isGhost(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		switch {
		case key == "description", key == "summary", key == "operationId", strings.HasPrefix(key, "x-"):
		case value.Kind == yaml.MappingNode && isGhost(value):
		default:
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
	back   Action // what put it back
}

func (r *removal) isBack(root *yaml.Node) bool {
	if !r.at.inList() {
		now := r.at.find(root)
		return now != nil && equal(now, r.value)
	}
	list := r.at[:len(r.at)-1].find(root)
	return list != nil && list.Kind == yaml.SequenceNode && contains(list.Content, r.value)
}

// drop takes an item out of a list of scalars, if it is there.
func drop(list *yaml.Node, value string) bool {
	before := len(list.Content)
	list.Content = slices.DeleteFunc(list.Content, func(item *yaml.Node) bool { return item.Value == value })
	return len(list.Content) < before
}
