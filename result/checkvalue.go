package result

import (
	"bytes"
	"encoding/json"
	"errors"
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
	switch shape {
	case "": // Labels
		v.span()
	case "hypertext", "paragraph":
		v.fragment()
	case "timeseries":
		v.span()
		if _, ok := v.value["instant"].(bool); !ok {
			v.problem(v.path+".instant", "not true or false")
		}
	case "rectangle":
		v.place()
		v.size("width", 100)
		v.size("height", 100)
		v.rotation()
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
	}
	if labelled {
		v.labels(kind)
	}
}

// labels checks the labels of a region.
func (v *valueChecker) labels(kind string) {
	key := kind
	if _, ok := v.value[key]; !ok && v.control.Tag == "Labels" {
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
	if len(labels) > 1 && v.control.Attrs["choice"] == "single" {
		v.problem(v.path+"."+key, "%d labels where %s %q gives one (choice)", len(labels), v.control.Tag, v.control.Name)
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

// paths checks what is chosen from a tree. The config has only its names: a
// path of names that are elsewhere in the tree is not found.
func (v *valueChecker) paths(path string, chosen []any) {
	for i, one := range chosen {
		at := fmt.Sprintf("%s[%d]", path, i)
		names, ok := one.([]any)
		if !ok || len(names) == 0 {
			v.problem(at, "not a path: the list of names from the root to what is chosen")
			continue
		}
		v.known(at, v.control, names)
	}
}

// known checks that a control has labels.
func (c *checker) known(path string, control *labelconfig.Control, labels []any) {
	for i, label := range labels {
		at := fmt.Sprintf("%s[%d]", path, i)
		text, ok := label.(string)
		switch {
		case !ok:
			c.problem(at, "not a text")
		case !control.HasLabel(text) && control.Attrs["apiUrl"] == "": // which would bring them
			c.problem(at, "%s %q has no %q, only %s", control.Tag, control.Name, text, labelNames(control))
		}
	}
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
		return "what no config says"
	}
	return strings.Join(names, ", ")
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

// span checks where a part of a text, a sound or a time series begins and ends.
// Only a time series may count in texts.
func (v *valueChecker) span() {
	if v.object != nil && v.object.Tag == "Text" {
		start, ok := v.integer("start", 0, math.Inf(1))
		end, okEnd := v.integer("end", 0, math.Inf(1))
		if ok && okEnd {
			v.ordered("start", start, "end", end)
		}
		return
	}
	low := 0.0
	if v.object == nil || v.object.Tag != "Audio" {
		_, isText := v.value["start"].(string)
		_, isTextToo := v.value["end"].(string)
		if isText && isTextToo {
			return
		}
		low = math.Inf(-1)
	}
	start, ok := v.number("start", low, math.Inf(1))
	end, okEnd := v.number("end", low, math.Inf(1))
	if ok && okEnd {
		v.ordered("start", start, "end", end)
	}
}

func (v *valueChecker) fragment() {
	for _, key := range []string{"start", "end"} {
		switch v.value[key].(type) {
		case string, json.Number:
		default:
			v.problem(v.path+"."+key, "neither a text nor a number")
		}
	}
	var offsets []float64
	for _, key := range []string{"startOffset", "endOffset"} {
		if _, ok := v.value[key]; ok {
			if offset, ok := v.integer(key, 0, math.Inf(1)); ok {
				offsets = append(offsets, offset)
			}
		}
	}
	if len(offsets) == 2 && v.value["start"] == v.value["end"] {
		v.ordered("startOffset", offsets[0], "endOffset", offsets[1])
	}
}

func (v *valueChecker) ordered(from string, start float64, to string, end float64) {
	if end < start {
		v.problem(v.path+"."+to, "%v is before %s, %v", end, from, start)
	}
}

func (v *valueChecker) place() {
	v.number("x", 0, 100)
	v.number("y", 0, 100)
}

// size checks a width, height or radius. What is turned may be longer than the
// image is wide.
func (v *valueChecker) size(key string, limit float64) {
	if rotation, ok := v.value["rotation"].(json.Number); ok && number(rotation) != 0 {
		limit = math.Inf(1)
	}
	v.number(key, 0, limit)
}

func (v *valueChecker) rotation() {
	if _, ok := v.value["rotation"]; ok {
		v.number("rotation", -360, 360)
	}
}

func (v *valueChecker) polygon() {
	points, ok := v.list("points")
	if !ok {
		return
	}
	if len(points) < 3 {
		v.problem(v.path+".points", "%d points make no polygon: it has three or more", len(points))
	}
	for i, point := range points {
		at := fmt.Sprintf("%s.points[%d]", v.path, i)
		pair, ok := point.([]any)
		if !ok || len(pair) != 2 {
			v.problem(at, "not a point: two numbers, x and y")
			continue
		}
		for j, value := range pair {
			v.within(fmt.Sprintf("%s[%d]", at, j), value, 0, 100)
		}
	}
}

func (v *valueChecker) brush() {
	if format, ok := v.value["format"]; ok && format != "rle" {
		v.problem(v.path+".format", "not rle")
	}
	list, ok := v.list("rle")
	if !ok {
		return
	}
	rle := make([]int, len(list))
	for i, value := range list {
		b, ok := v.within(fmt.Sprintf("%s.rle[%d]", v.path, i), value, 0, 255)
		if !ok {
			return
		}
		rle[i] = int(b)
	}
	want := -1
	if v.result.OriginalWidth > 0 && v.result.OriginalHeight > 0 {
		want = 4 * v.result.OriginalWidth * v.result.OriginalHeight
	}
	if err := eachWord(rle, want, func(int, int, byte) {}); err != nil {
		v.problem(v.path+".rle", "%v", err)
	}
}

// limit returns a number of the control's attributes.
func (v *valueChecker) limit(attr string, none float64) float64 {
	if limit, err := strconv.ParseFloat(v.control.Attrs[attr], 64); err == nil {
		return limit
	}
	return none
}

func (v *valueChecker) list(key string) ([]any, bool) {
	list, ok := v.value[key].([]any)
	if !ok {
		v.problem(v.path+"."+key, "not a list")
	}
	return list, ok
}

func (v *valueChecker) texts(key string) {
	list, _ := v.list(key)
	for i, text := range list {
		if _, ok := text.(string); !ok {
			v.problem(fmt.Sprintf("%s.%s[%d]", v.path, key, i), "not a text")
		}
	}
}

func (v *valueChecker) text(key string) (string, bool) {
	text, ok := v.value[key].(string)
	if !ok {
		v.problem(v.path+"."+key, "not a text")
	}
	return text, ok
}

func (v *valueChecker) number(key string, low, high float64) (float64, bool) {
	return v.within(v.path+"."+key, v.value[key], low, high)
}

func (v *valueChecker) integer(key string, low, high float64) (float64, bool) {
	f, ok := v.number(key, low, high)
	if ok && f != math.Trunc(f) {
		v.problem(v.path+"."+key, "%v is not whole", f)
		return 0, false
	}
	return f, ok
}

// within returns a number that has limits.
func (c *checker) within(path string, value any, low, high float64) (float64, bool) {
	n, ok := value.(json.Number)
	if !ok {
		c.problem(path, "not a number")
		return 0, false
	}
	f := number(n)
	switch {
	case f >= low && f <= high:
		return f, true
	case math.IsInf(high, 1):
		c.problem(path, "%v is less than %v", n, low)
	case math.IsInf(low, -1):
		c.problem(path, "%v is more than %v", n, high)
	default:
		c.problem(path, "%v is not within %v and %v", n, low, high)
	}
	return 0, false
}

// number returns the nearest float64, infinite if there is none.
func number(n json.Number) float64 {
	f, _ := n.Float64() // of a number too large it is infinite, and of no other is there an error
	return f
}

// decode decodes an object. Its numbers are [json.Number].
func decode(raw json.RawMessage) (map[string]any, error) {
	var value map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if value == nil {
		return nil, errors.New("null")
	}
	return value, nil
}
