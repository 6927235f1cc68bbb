package labelstudiotest

import (
	"slices"
	"strings"
)

// agreement counts what the annotations of a task say, control by control.
func agreement(s *Server, c *call) (*answer, error) {
	t := s.state.tasks.get(c.id(0))
	if t == nil {
		return nil, &failure{status: 404, bare: object{{"error", "Task not found"}}}
	}
	controls := parsed(s.state.projects.get(t.project).config())
	annotations := slices.DeleteFunc(slices.Clone(s.annotationsOf(t)), func(a *annotation) bool { return a.cancelled })
	distributions := object{}
	for _, a := range annotations {
		for _, r := range regionsOf(a.result) {
			control, ok := controls.get(r.text("from_name"))
			if !ok {
				continue
			}
			info, _ := control.(object)
			value, _ := r.get("value")
			v, _ := value.(object)
			before, _ := distributions.get(r.text("from_name"))
			d, _ := before.(object)
			distributions = distributions.with(r.text("from_name"), tally(d, strings.ToLower(info.text("type")), v))
		}
	}
	return asJSON(200, object{{"total_annotations", len(annotations)}, {"distributions", distributions}}), nil
}

// tally adds a value to what was counted of a control.
func tally(d object, kind string, value object) object {
	if kind == "rating" || kind == "number" {
		if d == nil {
			d = object{{"type", kind}, {"labels", object{}}, {"average", 0.0}, {"count", int64(0)}}
		}
		n, _ := d.integer("count")
		mean, _ := d.get("average")
		sum, _ := asFloat(mean)
		more, _ := value.get(kind)
		f, _ := asFloat(more)
		return d.with("average", (sum*float64(n)+f)/float64(n+1)).with("count", n+1)
	}
	if d == nil {
		d = object{{"type", kind}, {"labels", object{}}}
	}
	counted, _ := d.get("labels")
	labels, _ := counted.(object)
	given, _ := value.get(kind)
	list, _ := given.([]any)
	for _, label := range list {
		name, _ := label.(string)
		n, _ := labels.integer(name)
		labels = labels.with(name, n+1)
	}
	return d.with("labels", labels)
}
