package result

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"image"
	"maps"
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
	errs    []*Problem
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
	return s.add(control, "number", object{"number": number})
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
// beside Rectangle do: set.Labels("label", "Car").On(box).
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
	value := object{"start": segment.Start, "end": segment.End}
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
func (s *Set) Box(control string, image Image, box Box, labels ...string) *Result {
	return s.region(control, "rectangle", object{
		"x": box.X, "y": box.Y, "width": box.Width, "height": box.Height, "rotation": box.Rotation,
	}, labels).of(image)
}

// Ellipse adds an ellipse (Ellipse, EllipseLabels).
func (s *Set) Ellipse(control string, image Image, ellipse Ellipse, labels ...string) *Result {
	return s.region(control, "ellipse", object{
		"x": ellipse.X, "y": ellipse.Y, "radiusX": ellipse.RadiusX, "radiusY": ellipse.RadiusY, "rotation": ellipse.Rotation,
	}, labels).of(image)
}

// KeyPoint adds a point (KeyPoint, KeyPointLabels).
func (s *Set) KeyPoint(control string, image Image, point KeyPoint, labels ...string) *Result {
	return s.region(control, "keypoint", object{"x": point.X, "y": point.Y, "width": point.Width}, labels).of(image)
}

// Polygon adds the area between corners, three or more (Polygon, PolygonLabels).
func (s *Set) Polygon(control string, image Image, corners []Point, labels ...string) *Result {
	points := make([][2]float64, len(corners))
	for i, p := range corners {
		points[i] = [2]float64{p.X, p.Y}
	}
	return s.region(control, "polygon", object{"points": points, "closed": true}, labels).of(image)
}

// Brush adds the pixels of an image that a mask of the same size has (Brush,
// BrushLabels).
func (s *Set) Brush(control string, mask *image.Alpha, labels ...string) *Result {
	return s.region(control, "brush", object{"format": "rle", "rle": encodeMask(mask)}, labels).
		of(Image{mask.Bounds().Dx(), mask.Bounds().Dy()})
}

// Relate adds a relation from one region to another, with the labels of the
// Relations tag, if it has any.
func (s *Set) Relate(from, to *Result, labels ...string) *Result {
	r := &Result{Type: relation, FromID: from.ID, ToID: to.ID, Direction: "right", RelationLabels: labels}
	s.results = append(s.results, r)
	return r
}

// Add adds a result that was made otherwise, such as one of a kind that has no
// method.
func (s *Set) Add(r Result) *Result {
	s.results = append(s.results, &r)
	return &r
}

// On makes r a result about a region: the answer of a control with perRegion,
// or labels. Call it before the region or r are changed by hand.
func (r *Result) On(region *Result) *Result {
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
	r.of(region.Image())
	return r
}

// Results returns what was added. The error tells all that is wrong with it;
// see [Check].
func (s *Set) Results() ([]Result, error) {
	results := make([]Result, len(s.results))
	for i, r := range s.results {
		results[i] = *r
	}
	if len(s.errs) > 0 {
		return nil, join(s.errs)
	}
	if err := Check(s.config, results); err != nil {
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

// kind returns the type that the results of a control have.
func (s *Set) kind(control string) string {
	if c, ok := s.config.Control(control); ok {
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
	if c, ok := s.config.Control(control); ok && (len(c.ToName) == 1 || kind == "pairwise") {
		r.ToName = c.ToName[0]
	}
	var err error
	if r.Value, err = wire.Encode(value); err != nil {
		s.errs = append(s.errs, &Problem{fmt.Sprintf("result[%d].value", len(s.results)), err.Error()})
	}
	s.results = append(s.results, r)
	return r
}

func (r *Result) of(image Image) *Result {
	r.OriginalWidth, r.OriginalHeight = image.Width, image.Height
	return r
}

func newID() string { return rand.Text()[:10] }
