package result

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"strings"
)

// ErrKind is a result that is read as what it is not, as a rating by
// [Result.Choices]. What is of the kind and can't be read is [ErrInvalid].
var ErrKind = errors.New("result: of another kind")

// Choices returns what was chosen (Choices). It fails for nested choices, which
// [Result.Taxonomy] reads.
func (r *Result) Choices() ([]string, error) { return answer[[]string](r, "choices", "choices") }

// Taxonomy returns the paths to what was chosen, each from the root (Taxonomy,
// and Choices with allowNested).
func (r *Result) Taxonomy() ([][]string, error) {
	if r.Type == "choices" {
		return answer[[][]string](r, "choices", "choices")
	}
	return answer[[][]string](r, "taxonomy", "taxonomy")
}

// TextArea returns what was written, one for each submission (TextArea).
func (r *Result) TextArea() ([]string, error) { return answer[[]string](r, "textarea", "text") }

// Rating returns the number of stars (Rating).
func (r *Result) Rating() (int, error) {
	stars, err := answer[whole](r, "rating", "rating")
	return int(stars), err
}

// Number returns the number (Number).
func (r *Result) Number() (float64, error) { return answer[float64](r, "number", "number") }

// DateTime returns the time as the tag's format attribute writes it (DateTime).
func (r *Result) DateTime() (string, error) { return answer[string](r, "datetime", "datetime") }

// Pairwise returns which was selected, "left" or "right" (Pairwise).
func (r *Result) Pairwise() (string, error) { return answer[string](r, "pairwise", "selected") }

// Ranker returns the ids of the items by bucket, best first; without buckets
// all are under the name of the control (Ranker).
func (r *Result) Ranker() (map[string][]string, error) {
	return answer[map[string][]string](r, "ranker", "ranker")
}

// Labels returns the labels of a region (Labels, RectangleLabels and so
// on). A region may have none.
func (r *Result) Labels() ([]string, error) {
	if !strings.HasSuffix(r.Type, "labels") {
		return nil, r.kind("a region with labels")
	}
	values := r.values()
	raw, ok := values[r.Type]
	if !ok {
		raw, ok = values["labels"]
	}
	var labels []string
	if !ok {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &labels); err != nil {
		return nil, r.wrong(err)
	}
	return labels, nil
}

// Span returns the part of a text. It and the other shapes can be read of each
// result of a region, such as of its Choices.
func (r *Result) Span() (Span, error) {
	v, err := shape[struct {
		Start, End whole
		Text       any
	}](r, "start", "end")
	text, _ := v.Text.(string) // of a TextArea it is what was written
	return Span{Start: int(v.Start), End: int(v.End), Text: text}, err
}

// Segment returns the part of a sound, or of a time series whose times are
// numbers.
func (r *Result) Segment() (Segment, error) { return shape[Segment](r, "start", "end") }

// Fragment returns the part of a web page or dialogue.
func (r *Result) Fragment() (Fragment, error) {
	v, err := shape[struct {
		Start, End             place
		StartOffset, EndOffset whole
		Text                   any
	}](r, "start", "end", "startOffset", "endOffset")
	text, _ := v.Text.(string)
	return Fragment{string(v.Start), string(v.End), int(v.StartOffset), int(v.EndOffset), text}, err
}

// Box returns the rectangle.
func (r *Result) Box() (Box, error) { return shape[Box](r, "x", "y", "width", "height") }

// Ellipse returns the ellipse.
func (r *Result) Ellipse() (Ellipse, error) { return shape[Ellipse](r, "x", "y", "radiusX", "radiusY") }

// KeyPoint returns the point.
func (r *Result) KeyPoint() (KeyPoint, error) {
	if values := r.values(); values["height"] != nil || values["radiusX"] != nil {
		return KeyPoint{}, r.kind("a key point")
	}
	return shape[KeyPoint](r, "x", "y")
}

// Polygon returns the corners of the polygon.
func (r *Result) Polygon() ([]Point, error) {
	polygon, err := shape[struct{ Points [][2]float64 }](r, "points")
	if err != nil {
		return nil, err
	}
	points := make([]Point, len(polygon.Points))
	for i, p := range polygon.Points {
		points[i] = Point{p[0], p[1]}
	}
	return points, nil
}

// Mask returns what was brushed, of the size of the image (Brush, BrushLabels).
// It fails if the result doesn't say the size.
func (r *Result) Mask() (*image.Alpha, error) {
	brush, err := shape[struct{ RLE []float64 }](r, "rle")
	if err != nil {
		return nil, err
	}
	rle := make([]int, len(brush.RLE))
	for i, b := range brush.RLE {
		if !isWhole(b) {
			return nil, r.wrong(fmt.Errorf("the RLE has the number %v, which is no byte", b))
		}
		rle[i] = int(b)
	}
	mask, err := decodeMask(rle, r.Image())
	if err != nil {
		return nil, r.wrong(err)
	}
	return mask, nil
}

// Image returns the size of the image, zero if it isn't said.
func (r *Result) Image() Image { return Image{r.OriginalWidth, r.OriginalHeight} }

// whole is a whole number, which may be written as 3.0.
type whole int

func (w *whole) UnmarshalJSON(raw []byte) error {
	var f float64
	if err := json.Unmarshal(raw, &f); err != nil || !isWhole(f) {
		return fmt.Errorf("%s is not a whole number", raw)
	}
	*w = whole(f)
	return nil
}

// place is where a [Fragment] begins or ends, which may be written as a number.
type place string

func (p *place) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, (*string)(p)) == nil {
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return fmt.Errorf("%s is neither a text nor a number", raw)
	}
	*p = place(n)
	return nil
}

func (r *Result) values() map[string]json.RawMessage {
	var values map[string]json.RawMessage
	if json.Unmarshal(r.Value, &values) != nil {
		return nil
	}
	return values
}

// answer decodes a key of the value of a result of the kind.
func answer[T any](r *Result, kind, key string) (T, error) {
	var answer T
	raw, ok := r.values()[key]
	if !ok || r.Type != kind {
		return answer, r.kind("one of " + kind)
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return *new(T), r.wrong(err)
	}
	return answer, nil
}

// shape decodes the value of a result that has the keys.
func shape[T any](r *Result, keys ...string) (T, error) {
	var shape T
	values := r.values()
	for _, key := range keys {
		if _, ok := values[key]; !ok {
			return shape, r.kind("a shape with " + strings.Join(keys, ", "))
		}
	}
	if err := json.Unmarshal(r.Value, &shape); err != nil {
		return *new(T), r.wrong(err)
	}
	return shape, nil
}

func (r *Result) kind(want string) error {
	return fmt.Errorf("%w: %s of type %q of control %q is not %s", ErrKind, r.name(), r.Type, r.FromName, want)
}

func (r *Result) wrong(err error) error {
	return fmt.Errorf("%w: %s of type %q of control %q: %w", ErrInvalid, r.name(), r.Type, r.FromName, err)
}

func (r *Result) name() string {
	if r.ID == "" {
		return "the result"
	}
	return fmt.Sprintf("the result %q", r.ID)
}
