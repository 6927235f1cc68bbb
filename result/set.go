package result

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"image"
	"maps"
	"math"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/wire"
	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// Set makes the results of one annotation or prediction, one method for each
// kind. They take the name of the control, and find in the label config what
// else there is to say. They return the result that they added, so that its
// fields can be set. Nothing that they are given is an error before
// [Set.Encode] or [Set.Results], which check all of it.
type Set struct {
	config  *labelconfig.Config
	results []*Result
	shapes  []int // which of the results are shapes in an image
}

// For returns an empty set of results that fit a label config.
func For(config *labelconfig.Config) *Set { return &Set{config: config} }

// Choices adds what is chosen (Choices).
func (s *Set) Choices(control string, choices ...string) *Result {
	return s.add(control, "choices", object{"choices": list(choices)})
}

// Taxonomy adds what is chosen, each by the path to it from the root (Taxonomy,
// and Choices with allowNested).
func (s *Set) Taxonomy(control string, paths ...[]string) *Result {
	if s.kind(control) == "choices" {
		return s.add(control, "choices", object{"choices": list(paths)})
	}
	return s.add(control, "taxonomy", object{"taxonomy": list(paths)})
}

// TextArea adds what is written, one text for each submission (TextArea).
func (s *Set) TextArea(control string, texts ...string) *Result {
	return s.add(control, "textarea", object{"text": list(texts)})
}

// Rating adds a number of stars (Rating).
func (s *Set) Rating(control string, stars int) *Result {
	return s.add(control, "rating", object{"rating": stars})
}

// Number adds a number (Number).
func (s *Set) Number(control string, number float64) *Result {
	return s.add(control, "number", object{"number": finite(number)})
}

// DateTime adds a time, written as the tag's format attribute says (DateTime).
func (s *Set) DateTime(control, time string) *Result {
	return s.add(control, "datetime", object{"datetime": time})
}

// Pairwise adds which of two is better, "left" or "right" (Pairwise).
func (s *Set) Pairwise(control, selected string) *Result {
	return s.add(control, "pairwise", object{"selected": selected})
}

// Ranker adds the ids of items by bucket, best first. Without buckets they are
// under the name of the control (Ranker).
func (s *Set) Ranker(control string, order map[string][]string) *Result {
	return s.add(control, "ranker", object{"ranker": order})
}

// Labels adds labels to a region that another control has drawn, as Labels
// beside Rectangle do: set.Labels("label", "Car").On(box). Without
// [Result.On] they are of nothing, which is a problem.
func (s *Set) Labels(control string, labels ...string) *Result {
	return s.region(control, "", nil, labels)
}

// Span adds a part of a plain text (Labels of a Text).
func (s *Set) Span(control string, span Span, labels ...string) *Result {
	value := object{"start": span.Start, "end": span.End}
	if span.Text != "" {
		value["text"] = span.Text
	}
	return s.region(control, "", value, labels)
}

// Segment adds a part of a sound or of a time series (Labels of an Audio,
// TimeSeriesLabels).
func (s *Set) Segment(control string, segment Segment, labels ...string) *Result {
	value := object{"start": finite(segment.Start), "end": finite(segment.End)}
	if s.kind(control) == "timeserieslabels" {
		value["instant"] = segment.Start == segment.End
	}
	return s.region(control, "", value, labels)
}

// Fragment adds a part of a web page or dialogue (HyperTextLabels,
// ParagraphLabels).
func (s *Set) Fragment(control string, fragment Fragment, labels ...string) *Result {
	value := object{
		"start": fragment.Start, "end": fragment.End,
		"startOffset": fragment.StartOffset, "endOffset": fragment.EndOffset,
	}
	if fragment.Text != "" {
		value["text"] = fragment.Text
	}
	return s.region(control, "", value, labels)
}

// Box adds a rectangle (Rectangle, RectangleLabels).
//
// It and the other shapes in an image need the size of the image: the exports to
// COCO, Pascal VOC and YOLO with rotation leave out what doesn't say it, and
// those of masks fail. Where the size is not to be had, [Set.Add] takes a
// [Result] without: the labeling tool shows it all the same.
func (s *Set) Box(control string, image Image, box Box, labels ...string) *Result {
	return s.shape(control, "rectangle", image, object{
		"x": finite(box.X), "y": finite(box.Y), "width": finite(box.Width), "height": finite(box.Height),
		"rotation": finite(box.Rotation),
	}, labels)
}

// Ellipse adds an ellipse (Ellipse, EllipseLabels).
func (s *Set) Ellipse(control string, image Image, ellipse Ellipse, labels ...string) *Result {
	return s.shape(control, "ellipse", image, object{
		"x": finite(ellipse.X), "y": finite(ellipse.Y), "radiusX": finite(ellipse.RadiusX), "radiusY": finite(ellipse.RadiusY),
		"rotation": finite(ellipse.Rotation),
	}, labels)
}

// KeyPoint adds a point (KeyPoint, KeyPointLabels).
func (s *Set) KeyPoint(control string, image Image, point KeyPoint, labels ...string) *Result {
	return s.shape(control, "keypoint", image, object{
		"x": finite(point.X), "y": finite(point.Y), "width": finite(point.Width),
	}, labels)
}

// Polygon adds the area between corners, three or more (Polygon, PolygonLabels).
func (s *Set) Polygon(control string, image Image, corners []Point, labels ...string) *Result {
	points := make([][2]any, len(corners))
	for i, p := range corners {
		points[i] = [2]any{finite(p.X), finite(p.Y)}
	}
	return s.shape(control, "polygon", image, object{"points": points, "closed": true}, labels)
}

// Brush adds the pixels of an image that a mask of the same size has (Brush,
// BrushLabels).
func (s *Set) Brush(control string, mask *image.Alpha, labels ...string) *Result {
	if mask == nil {
		return s.shape(control, "brush", Image{}, object{"format": "rle"}, labels)
	}
	size := Image{mask.Bounds().Dx(), mask.Bounds().Dy()}
	return s.shape(control, "brush", size, object{"format": "rle", "rle": encodeMask(mask)}, labels)
}

// Relate adds a relation from one region to another, with the labels of the
// Relations tag, if it has any.
func (s *Set) Relate(from, to *Result, labels ...string) *Result {
	r := &Result{Type: relation, Direction: "right", RelationLabels: labels}
	if from != nil {
		r.FromID = from.ID
	}
	if to != nil {
		r.ToID = to.ID
	}
	return s.keep(r)
}

// Add adds a result that was made otherwise, such as one of a kind that has no
// method.
func (s *Set) Add(r Result) *Result { return s.keep(&r) }

// On makes r a result about a region: the answer of a control with perRegion,
// or labels. Call it before the region or r are changed by hand.
func (r *Result) On(region *Result) *Result {
	if region == nil {
		region = &Result{} // which is on no object, as a check will say
	}
	value := r.values()
	if value == nil {
		value = map[string]json.RawMessage{}
	}
	for key, raw := range region.values() {
		if _, ok := value[key]; !ok && !strings.HasSuffix(key, "labels") {
			value[key] = raw
		}
	}
	r.Value, _ = wire.Encode(value) // it was JSON before
	r.ID, r.ToName = region.ID, region.ToName
	r.OriginalWidth, r.OriginalHeight = region.OriginalWidth, region.OriginalHeight
	return r
}

// Results returns what was added. The error tells all that is wrong with it;
// see [Check].
func (s *Set) Results() ([]Result, error) {
	if s == nil {
		return nil, join([]*Problem{{Path: "set", Reason: "there is none: make one with For"}})
	}
	results := make([]Result, len(s.results))
	for i, r := range s.results {
		results[i] = *r
	}
	var c checker
	c.results("result", s.config, results)
	for _, i := range s.shapes {
		if size := results[i].Image(); size.Width < 1 || size.Height < 1 {
			c.problem(fmt.Sprintf("result[%d].original_width", i),
				"the size of the image is %d × %d: exports need that in pixels", size.Width, size.Height)
		}
	}
	if err := join(c.problems); err != nil {
		return nil, err
	}
	return results, nil
}

// Encode returns what was added, for the Result of a request. The error tells
// all that is wrong with it; see [Check].
func (s *Set) Encode() (json.RawMessage, error) {
	results, err := s.Results()
	if err != nil {
		return nil, err
	}
	return Encode(results)
}

type object map[string]any

// list is never null.
func list[T any](values []T) []T { return append([]T{}, values...) }

// finite returns nil, which a check refuses, for what JSON has no number for.
func finite(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return f
}

// control returns the control of a name. Without a config there is none.
func (s *Set) control(name string) (*labelconfig.Control, bool) {
	if s == nil {
		return nil, false
	}
	return s.config.Control(name)
}

// kind returns the type that the results of a control have.
func (s *Set) kind(control string) string {
	if c, ok := s.control(control); ok {
		return strings.ToLower(c.Tag)
	}
	return ""
}

// region adds a region. shape is the type of a region without labels; if it is
// empty, the control tells the type.
func (s *Set) region(control, shape string, value object, labels []string) *Result {
	kind := s.kind(control)
	withLabels := len(labels) > 0 || kind == shape+"labels"
	switch {
	case shape == "" && !strings.HasSuffix(kind, "labels"):
		kind = "labels"
	case shape != "" && withLabels:
		kind = shape + "labels"
	case shape != "":
		kind = shape
	}
	value = maps.Clone(value)
	if value == nil {
		value = object{}
	}
	if withLabels {
		value[kind] = list(labels)
	}
	return s.add(control, kind, value)
}

func (s *Set) add(control, kind string, value object) *Result {
	r := &Result{ID: newID(), FromName: control, Type: kind}
	if c, ok := s.control(control); ok && (len(c.ToName) == 1 || kind == "pairwise") {
		r.ToName = c.ToName[0]
	}
	r.Value, _ = wire.Encode(value) // texts, finite numbers and lists of them
	return s.keep(r)
}

// keep adds r, or without a set leaves that for Results to tell.
func (s *Set) keep(r *Result) *Result {
	if s != nil {
		s.results = append(s.results, r)
	}
	return r
}

// shape adds a region in an image.
func (s *Set) shape(control, kind string, image Image, value object, labels []string) *Result {
	if s != nil {
		s.shapes = append(s.shapes, len(s.results))
	}
	r := s.region(control, kind, value, labels)
	r.OriginalWidth, r.OriginalHeight = image.Width, image.Height
	return r
}

func newID() string { return rand.Text()[:10] }
