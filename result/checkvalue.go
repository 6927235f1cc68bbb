package result

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// valueChecker checks the value of one result.
type valueChecker struct {
	*checker
	path    string
	control *labelconfig.Control
	object  *labelconfig.Object // nil if there is none
	result  *Result
	value   map[string]any
}

// check checks the value of a kind. Of one that is not known only labels are.
func (v *valueChecker) check(kind string) {
	switch kind {
	case "choices":
		v.choices()
		return
	case "taxonomy":
		v.taxonomy()
		return
	case "textarea":
		v.texts("text")
		return
	case "rating":
		limit, err := strconv.Atoi(v.control.Attrs["maxRating"])
		if err != nil {
			limit = 5
		}
		v.integer("rating", 0, float64(limit))
		return
	case "number":
		v.number("number", v.limit("min", math.Inf(-1)), v.limit("max", math.Inf(1)))
		return
	case "datetime":
		v.text("datetime")
		return
	case "pairwise":
		if selected, ok := v.text("selected"); ok && selected != "left" && selected != "right" {
			v.problem(v.path+".selected", "%q is neither left nor right", selected)
		}
		return
	case "ranker":
		v.ranker()
		return
	}
	shape, labelled := strings.CutSuffix(kind, "labels")
	known := v.shape(shape)
	if !known { // where the labels are is not known either
		labelled = labelled && (v.value[kind] != nil || v.value["labels"] != nil)
	}
	if labelled {
		v.labels(kind, known)
	}
}

// shape checks the shape of a region and reports whether it is known.
func (v *valueChecker) shape(shape string) bool {
	switch shape {
	case "": // Labels
		if !v.bare() {
			v.span()
		}
	case "hypertext", "paragraph":
		v.fragment()
	case "timeseries":
		v.span()
		if _, ok := v.value["instant"].(bool); !ok {
			v.problem(v.path+".instant", "not true or false")
		}
	case "rectangle":
		v.box()
	case "ellipse":
		v.place()
		v.size("radiusX", 50)
		v.size("radiusY", 50)
		v.rotation()
	case "keypoint":
		v.place()
		if _, ok := v.value["width"]; ok {
			v.number("width", 0, 100)
		}
	case "polygon":
		v.polygon()
	case "brush":
		v.brush()
	default:
		return false
	}
	return true
}

// labels checks the labels of a region. They are under the name of the kind,
// or may be under "labels" if the control is Labels or the kind is not known.
func (v *valueChecker) labels(kind string, known bool) {
	key := kind
	if v.value[key] == nil && (v.control.Tag == "Labels" || !known) {
		key = "labels"
	}
	labels, ok := v.list(key)
	if !ok {
		return
	}
	if len(labels) == 0 && v.control.Attrs["allowEmpty"] != "true" {
		v.problem(v.path+"."+key, "empty: a region of %s %q has a label", v.control.Tag, v.control.Name)
	}
	v.known(v.path+"."+key, v.control, labels)
	if len(labels) > 1 && v.control.Attrs["choice"] != "multiple" {
		v.problem(v.path+"."+key, "%d labels where %s %q gives one: it has no choice=\"multiple\"",
			len(labels), v.control.Tag, v.control.Name)
	}
}

func (v *valueChecker) choices() {
	chosen, ok := v.list("choices")
	if !ok {
		return
	}
	at := v.path + ".choices"
	if len(chosen) == 0 {
		v.problem(at, "empty: leave out the result if nothing is chosen")
	}
	if choice := v.control.Attrs["choice"]; len(chosen) > 1 && choice != "multiple" {
		v.problem(at, "%d choices where Choices %q takes one: it has no choice=\"multiple\"", len(chosen), v.control.Name)
	}
	if v.control.Attrs["allowNested"] == "true" {
		v.paths(at, chosen)
	} else {
		v.known(at, v.control, chosen)
	}
}

func (v *valueChecker) taxonomy() {
	if chosen, ok := v.list("taxonomy"); ok {
		v.paths(v.path+".taxonomy", chosen)
	}
}

// paths checks what is chosen from a tree.
func (v *valueChecker) paths(path string, chosen []any) {
	for i, one := range chosen {
		at := fmt.Sprintf("%s[%d]", path, i)
		names, ok := one.([]any)
		if !ok || len(names) == 0 {
			v.problem(at, "not a path: the list of names from the root to what is chosen")
			continue
		}
		v.known(at, v.control, names)
		if labels := toTexts(names); labels != nil && !v.control.HasPath(labels...) && allKnown(v.control, labels) {
			v.problem(at, "%s %q has no %s: the names are there, but not below each other",
				v.control.Tag, v.control.Name, strings.Join(labels, " / "))
		}
	}
}

// toTexts returns nil if one is no text.
func toTexts(values []any) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		text, ok := value.(string)
		if !ok {
			return nil
		}
		texts[i] = text
	}
	return texts
}

func allKnown(control *labelconfig.Control, labels []string) bool {
	return !slices.ContainsFunc(labels, func(label string) bool { return !control.HasLabel(label) })
}

// known checks that a control has labels.
func (c *checker) known(path string, control *labelconfig.Control, labels []any) {
	for i, label := range labels {
		at := fmt.Sprintf("%s[%d]", path, i)
		text, ok := label.(string)
		switch {
		case !ok:
			c.problem(at, "not a text")
		case !control.HasLabel(text):
			c.problem(at, "%s has no %q, %s", title(control), text, labelNames(control))
		}
	}
}

// title is how a control is called in a problem.
func title(control *labelconfig.Control) string {
	if control.Name == "" {
		return control.Tag
	}
	return fmt.Sprintf("%s %q", control.Tag, control.Name)
}

// labelNames lists the labels of a control, the first of them if they are many.
func labelNames(control *labelconfig.Control) string {
	const most = 10
	var names []string
	for i, label := range control.Labels {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(control.Labels)-most))
			break
		}
		names = append(names, strconv.Quote(label.Value))
	}
	if names == nil {
		return "nor any other"
	}
	return "only " + strings.Join(names, ", ")
}

func (v *valueChecker) ranker() {
	buckets, ok := v.value["ranker"].(map[string]any)
	if !ok {
		v.problem(v.path+".ranker", "not an object of lists")
	}
	for _, name := range slices.Sorted(maps.Keys(buckets)) {
		at := fmt.Sprintf("%s.ranker.%s", v.path, name)
		ids, ok := buckets[name].([]any)
		if !ok {
			v.problem(at, "not a list")
		}
		for i, id := range ids {
			if _, ok := id.(string); !ok {
				v.problem(fmt.Sprintf("%s[%d]", at, i), "not a text")
			}
		}
	}
}
