package result

import (
	"fmt"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

const relation = "relation"

// Check holds results against a label config. The error has a [*Problem] for
// each rule that is broken:
//
//   - there is a label config;
//   - a result names a control, one of the objects that this labels, and a type
//     that fits it;
//   - what it gives is among the labels or choices of the control, and not more
//     than one unless the control has choice="multiple";
//   - a score (from 0 to 1), a number, a rating, a place or a size is within its
//     limits, give or take a millionth, a box that isn't turned is within the
//     image, and an RLE can be decoded;
//   - IDs that parents, relations and answers about regions refer to are there,
//     and no control says two things under one ID.
//
// Not checked are labels that come with the tasks, which [CheckTask] looks at,
// and values of kinds that this package has no reader for. A shape in an image
// need not say the size of the image: see [Set.Box].
func Check(config *labelconfig.Config, results []Result) error {
	var c checker
	c.results("result", config, results)
	return join(c.problems)
}

func (c *checker) results(path string, config *labelconfig.Config, results []Result) {
	if !c.config(config) {
		return
	}
	shapes := map[string]*Result{} // by ID
	owners := map[string]string{}  // path by control and ID
	for i := range results {
		r, at := &results[i], fmt.Sprintf("%s[%d]", path, i)
		if r.ID == "" || r.Type == relation {
			continue
		}
		key := r.FromName + "\x00" + r.ID
		if first, ok := owners[key]; ok {
			c.problem(at+".id", "%q is the id of %s, too, and of the same control %q", r.ID, first, r.FromName)
		}
		owners[key] = at
		if old := shapes[r.ID]; old == nil || !r.isAnswer() && (old.isAnswer() || old.Type == "labels") {
			shapes[r.ID] = r
		}
	}
	for i := range results {
		r, at := &results[i], fmt.Sprintf("%s[%d]", path, i)
		if r.Type == relation {
			c.relation(at, config, r, shapes)
		} else {
			c.result(at, config, r, shapes[r.ID])
		}
		if r.ParentID != "" && shapes[r.ParentID] == nil {
			c.problem(at+".parentID", "no result has the id %q", r.ParentID)
		}
		c.score(at+".score", r.Score)
	}
}

// config reports whether there is a label config, and says so if not.
func (c *checker) config(config *labelconfig.Config) bool {
	if config == nil {
		c.problem("config", "there is none to check with: read one with labelconfig.Parse")
	}
	return config != nil
}

func (c *checker) relation(path string, config *labelconfig.Config, r *Result, shapes map[string]*Result) {
	for _, end := range []struct{ name, id string }{{"from_id", r.FromID}, {"to_id", r.ToID}} {
		switch {
		case end.id == "":
			c.problem(path+"."+end.name, "not set: a relation is between two results")
		case shapes[end.id] == nil:
			c.problem(path+"."+end.name, "no result has the id %q", end.id)
		}
	}
	if !slices.Contains([]string{"left", "right", "bi"}, r.Direction) {
		c.problem(path+".direction", "%q is none of left, right and bi", r.Direction)
	}
	all, exists := &labelconfig.Control{Tag: "Relations", Labels: config.Relations}, len(config.Relations) > 0
	for i := range config.Controls {
		if control := &config.Controls[i]; control.Tag == "Relations" {
			all.Labels, exists = slices.Concat(all.Labels, control.Labels), true
		}
	}
	if exists {
		c.known(path+".labels", all, toAny(r.RelationLabels))
	}
}

// result checks a result. shape is the one that draws the region of its ID, or
// the result itself.
func (c *checker) result(path string, config *labelconfig.Config, r, shape *Result) {
	control, ok := config.Control(r.FromName)
	if !ok {
		c.problem(path+".from_name", "the config has no control %q, only %s", r.FromName, controls(config))
		return
	}
	c.object(path, config, control, r)
	kind := r.Type
	if !gives(config, control, kind) {
		c.problem(path+".type", "%q is not what %s %q gives, that is %q",
			r.Type, control.Tag, control.Name, strings.ToLower(control.Tag))
		return
	}
	if control.Attrs["perRegion"] == "true" && (shape == nil || shape.isAnswer()) {
		c.problem(path+".id", "%s %q is answered for each region (perRegion), and no region has the id %q",
			control.Tag, control.Name, r.ID)
	}
	value, err := decode(r.Value)
	if err != nil {
		c.problem(path+".value", "not an object: the value of a result is one")
		return
	}
	v := &valueChecker{checker: c, path: path + ".value", control: control, value: value, result: r}
	v.object, _ = config.Object(r.ToName)
	if kind == "labels" && shape != nil && shape.FromName != r.FromName {
		kind = strings.TrimSuffix(shape.Type, "labels") + "labels" // it labels what another control has drawn
	}
	v.check(kind)
}

// object checks to_name. Pairwise has no object of its own: its control's name
// may stand there.
func (c *checker) object(path string, config *labelconfig.Config, control *labelconfig.Control, r *Result) {
	toName := control.Attrs["toName"]
	if control.Tag == "Pairwise" && r.ToName == control.Name {
		return
	}
	_, exists := config.Object(r.ToName)
	switch {
	case r.ToName == "" && len(control.ToName) > 1:
		c.problem(path+".to_name", "not set: control %q labels several objects, so say which of %s", control.Name, toName)
	case !slices.Contains(control.ToName, r.ToName):
		c.problem(path+".to_name", "%q is not what control %q labels, that is %s", r.ToName, control.Name, toName)
	case !exists && !hasControl(config, r.ToName):
		c.problem(path+".to_name", "the config has no object %q", r.ToName)
	}
}

// hasControl reports whether a control of a name exists: some controls, as
// Chat, show what they ask about and label themselves.
func hasControl(config *labelconfig.Config, name string) bool {
	_, ok := config.Control(name)
	return ok
}

// gives reports whether a control gives results of a kind: that which its tag
// is named after, or if it is Labels those of a shape that another control draws
// on the same object.
func gives(config *labelconfig.Config, control *labelconfig.Control, kind string) bool {
	tag := strings.ToLower(control.Tag)
	if kind == tag {
		return true
	}
	drawn, ok := strings.CutSuffix(kind, "labels")
	return ok && tag == "labels" && slices.ContainsFunc(config.Controls, func(other labelconfig.Control) bool {
		return strings.ToLower(other.Tag) == drawn && slices.ContainsFunc(other.ToName, func(name string) bool {
			return slices.Contains(control.ToName, name)
		})
	})
}

func controls(config *labelconfig.Config) string {
	names := make([]string, len(config.Controls))
	for i, control := range config.Controls {
		names[i] = control.Name
	}
	return strings.Join(names, ", ")
}

func toAny(texts []string) []any {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = text
	}
	return values
}

// isAnswer reports whether the result draws no region, but answers a question
// about the task or about a region.
func (r *Result) isAnswer() bool {
	switch r.Type {
	case "choices", "taxonomy", "textarea", "rating", "number", "datetime", "pairwise", "ranker":
		return true
	}
	return false
}
