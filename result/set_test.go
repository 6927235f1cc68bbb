package result_test

import (
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/labelconfig"
	"github.com/labelstudio-go/labelstudio/result"
)

// everything returns a label config with a control of each kind.
func everything(t testing.TB) string {
	t.Helper()
	config, err := os.ReadFile("testdata/everything.xml")
	if err != nil {
		t.Fatal(err)
	}
	return string(config)
}

func parseConfig(t testing.TB, xml string) *labelconfig.Config {
	t.Helper()
	config, err := labelconfig.Parse(xml)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

var (
	size    = result.Image{Width: 40, Height: 20}
	corners = []result.Point{{X: 0, Y: 0}, {X: 100, Y: 0}, {X: 50, Y: 100}}
)

func mask() *image.Alpha {
	mask := image.NewAlpha(image.Rect(0, 0, 40, 20))
	mask.SetAlpha(7, 3, color.Alpha{A: 255})
	return mask
}

// What is made is valid, and is read as it was given.
func TestSet(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		add    func(*result.Set) *result.Result
		kind   string
		toName string
		read   func(*result.Result) (any, error)
		want   any
		labels []string
	}{
		"Choices": {
			func(s *result.Set) *result.Result { return s.Choices("mood", "g") }, "choices", "text",
			func(r *result.Result) (any, error) { return r.Choices() }, []string{"g"}, nil,
		},
		"Choices of many": {
			func(s *result.Set) *result.Result { return s.Choices("tags", "Short", "Rude") }, "choices", "text",
			func(r *result.Result) (any, error) { return r.Choices() }, []string{"Short", "Rude"}, nil,
		},
		"Taxonomy": {
			func(s *result.Set) *result.Result { return s.Taxonomy("topic", []string{"Animals", "Cat"}) }, "taxonomy", "text",
			func(r *result.Result) (any, error) { return r.Taxonomy() }, [][]string{{"Animals", "Cat"}}, nil,
		},
		"TextArea": {
			func(s *result.Set) *result.Result { return s.TextArea("summary", "<one>", "two") }, "textarea", "text",
			func(r *result.Result) (any, error) { return r.TextArea() }, []string{"<one>", "two"}, nil,
		},
		"Rating": {
			func(s *result.Set) *result.Result { return s.Rating("stars", 3) }, "rating", "text",
			func(r *result.Result) (any, error) { return r.Rating() }, 3, nil,
		},
		"Number": {
			func(s *result.Set) *result.Result { return s.Number("count", 2.5) }, "number", "text",
			func(r *result.Result) (any, error) { return r.Number() }, 2.5, nil,
		},
		"DateTime": {
			func(s *result.Set) *result.Result { return s.DateTime("when", "2024-02-29") }, "datetime", "text",
			func(r *result.Result) (any, error) { return r.DateTime() }, "2024-02-29", nil,
		},
		"Pairwise": {
			func(s *result.Set) *result.Result { return s.Pairwise("better", "left") }, "pairwise", "image",
			func(r *result.Result) (any, error) { return r.Pairwise() }, "left", nil,
		},
		"Ranker": {
			func(s *result.Set) *result.Result {
				return s.Ranker("rank", map[string][]string{"rank": {"b", "a"}})
			}, "ranker", "list",
			func(r *result.Result) (any, error) { return r.Ranker() }, map[string][]string{"rank": {"b", "a"}}, nil,
		},
		"Span": {
			func(s *result.Set) *result.Result {
				return s.Span("ner", result.Span{Start: 1, End: 4, Text: "Ada"}, "PER")
			}, "labels", "text",
			func(r *result.Result) (any, error) { return r.Span() }, result.Span{Start: 1, End: 4, Text: "Ada"}, []string{"PER"},
		},
		"Segment of a sound": {
			func(s *result.Set) *result.Result {
				return s.Segment("speech", result.Segment{Start: 0.5, End: 1.25}, "Voice")
			}, "labels", "sound",
			func(r *result.Result) (any, error) { return r.Segment() }, result.Segment{Start: 0.5, End: 1.25}, []string{"Voice"},
		},
		"Segment of a time series": {
			func(s *result.Set) *result.Result {
				return s.Segment("events", result.Segment{Start: 5, End: 5}, "Run")
			}, "timeserieslabels", "series",
			func(r *result.Result) (any, error) { return r.Segment() }, result.Segment{Start: 5, End: 5}, []string{"Run"},
		},
		"Fragment of a page": {
			func(s *result.Set) *result.Result {
				return s.Fragment("parts", result.Fragment{Start: "/p[1]/text()[1]", End: "/p[1]/text()[1]", StartOffset: 2, EndOffset: 5, Text: "abc"}, "Title")
			}, "hypertextlabels", "page",
			func(r *result.Result) (any, error) { return r.Fragment() },
			result.Fragment{Start: "/p[1]/text()[1]", End: "/p[1]/text()[1]", StartOffset: 2, EndOffset: 5, Text: "abc"}, []string{"Title"},
		},
		"Fragment of a dialogue": {
			func(s *result.Set) *result.Result {
				return s.Fragment("turns", result.Fragment{Start: "0", End: "1", StartOffset: 7, EndOffset: 2}, "Question")
			}, "paragraphlabels", "talk",
			func(r *result.Result) (any, error) { return r.Fragment() }, result.Fragment{Start: "0", End: "1", StartOffset: 7, EndOffset: 2}, []string{"Question"},
		},
		"Box": {
			func(s *result.Set) *result.Result { return s.Box("boxes", size, size.Box(4, 4, 10, 5), "Car") }, "rectanglelabels", "image",
			func(r *result.Result) (any, error) { return r.Box() }, result.Box{X: 10, Y: 20, Width: 25, Height: 25, Rotation: 0}, []string{"Car"},
		},
		"Box without labels": {
			func(s *result.Set) *result.Result {
				return s.Box("box", size, result.Box{X: 1, Y: 2, Width: 3, Height: 4, Rotation: 45})
			}, "rectangle", "image",
			func(r *result.Result) (any, error) { return r.Box() }, result.Box{X: 1, Y: 2, Width: 3, Height: 4, Rotation: 45}, nil,
		},
		"Ellipse": {
			func(s *result.Set) *result.Result {
				return s.Ellipse("ellipses", size, result.Ellipse{X: 1, Y: 2, RadiusX: 3, RadiusY: 4, Rotation: 5}, "Wheel")
			}, "ellipselabels", "image",
			func(r *result.Result) (any, error) { return r.Ellipse() }, result.Ellipse{X: 1, Y: 2, RadiusX: 3, RadiusY: 4, Rotation: 5}, []string{"Wheel"},
		},
		"Ellipse without labels": {
			func(s *result.Set) *result.Result {
				return s.Ellipse("ellipse", size, result.Ellipse{X: 1, Y: 2, RadiusX: 3, RadiusY: 4, Rotation: 5})
			}, "ellipse", "image",
			func(r *result.Result) (any, error) { return r.Ellipse() }, result.Ellipse{X: 1, Y: 2, RadiusX: 3, RadiusY: 4, Rotation: 5}, nil,
		},
		"Polygon": {
			func(s *result.Set) *result.Result { return s.Polygon("polygons", size, corners, "Road") }, "polygonlabels", "image",
			func(r *result.Result) (any, error) { return r.Polygon() }, corners, []string{"Road"},
		},
		"Polygon without labels": {
			func(s *result.Set) *result.Result { return s.Polygon("polygon", size, corners) }, "polygon", "image",
			func(r *result.Result) (any, error) { return r.Polygon() }, corners, nil,
		},
		"KeyPoint": {
			func(s *result.Set) *result.Result {
				return s.KeyPoint("points", size, result.KeyPoint{X: 1, Y: 2, Width: 0.5}, "Nose")
			}, "keypointlabels", "image",
			func(r *result.Result) (any, error) { return r.KeyPoint() }, result.KeyPoint{X: 1, Y: 2, Width: 0.5}, []string{"Nose"},
		},
		"KeyPoint without labels": {
			func(s *result.Set) *result.Result {
				return s.KeyPoint("point", size, result.KeyPoint{X: 1, Y: 2, Width: 0.5})
			}, "keypoint", "image",
			func(r *result.Result) (any, error) { return r.KeyPoint() }, result.KeyPoint{X: 1, Y: 2, Width: 0.5}, nil,
		},
		"Brush": {
			func(s *result.Set) *result.Result { return s.Brush("masks", mask(), "Sky") }, "brushlabels", "image",
			func(r *result.Result) (any, error) { return r.Mask() }, mask(), []string{"Sky"},
		},
		"Brush without labels": {
			func(s *result.Set) *result.Result { return s.Brush("mask", mask()) }, "brush", "image",
			func(r *result.Result) (any, error) { return r.Mask() }, mask(), nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := result.For(parseConfig(t, everything(t)))
			made := test.add(set)
			if made.Type != test.kind || made.ToName != test.toName || len(made.ID) != 10 {
				t.Errorf("made %+v", made)
			}
			raw, err := set.Encode()
			if err != nil {
				t.Fatal(err)
			}
			results, err := result.Parse(raw)
			if err != nil || len(results) != 1 || !reflect.DeepEqual(results[0], *made) {
				t.Fatalf("read back %+v, %v", results, err)
			}
			got, err := test.read(&results[0])
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("read %+v, %v, want %+v", got, err, test.want)
			}
			if test.labels != nil {
				labels, err := results[0].Labels()
				if err != nil || !slices.Equal(labels, test.labels) {
					t.Errorf("read the labels %q, %v, want %q", labels, err, test.labels)
				}
			}
		})
	}
}

func TestSetOfOneRegion(t *testing.T) {
	t.Parallel()
	set := result.For(parseConfig(t, everything(t)))
	box := set.Box("box", size, result.Box{X: 1, Y: 2, Width: 3, Height: 4})
	set.Labels("label", "Car").On(box)
	plate := set.Box("boxes", size, result.Box{X: 1, Y: 2, Width: 1, Height: 1}, "Plate")
	plate.ParentID = box.ID
	person := set.Span("ner", result.Span{Start: 0, End: 3, Text: "Ada"}, "PER")
	set.Choices("gender", "f").On(person)
	set.TextArea("note", "first programmer").On(person)
	set.Relate(plate, box)
	results, err := set.Results()
	if err != nil {
		t.Fatal(err)
	}
	regions := result.Regions(results)
	if len(regions) != 3 || len(regions[2].Answers) != 2 || !slices.Equal(regions[0].Labels, []string{"Car"}) {
		t.Fatalf("got %+v", regions)
	}
	for i := range regions[2].Answers {
		answer := &regions[2].Answers[i]
		if span, err := answer.Span(); err != nil || span.End != 3 || answer.ToName != "text" {
			t.Errorf("%+v is not on the region: %v", answer, err)
		}
	}
	if note, err := regions[2].Answers[1].TextArea(); err != nil || note[0] != "first programmer" {
		t.Errorf("got %q, %v", note, err)
	}
	if labels, err := results[1].Box(); err != nil || labels.Width != 3 || results[1].OriginalWidth != size.Width {
		t.Errorf("the labels are on %+v, %v", labels, err)
	}
}

func TestSetTellsAllProblems(t *testing.T) {
	t.Parallel()
	set := result.For(parseConfig(t, everything(t)))
	set.Choices("mood", "Ugly")
	set.Rating("stars", 4)
	set.Choices("stars", "g")
	set.Box("either", size, result.Box{}, "Car")
	set.Choices("nowhere", "g")
	raw, err := set.Encode()
	if raw != nil || !errors.Is(err, result.ErrInvalid) {
		t.Fatalf("got %s, %v", raw, err)
	}
	var paths []string
	for _, problem := range result.Problems(err) {
		paths = append(paths, problem.Path)
	}
	want := []string{
		"result[0].value.choices[0]", "result[1].value.rating", "result[2].type", "result[3].to_name", "result[4].from_name",
	}
	if !slices.Equal(paths, want) {
		t.Errorf("got %q, want %q", paths, want)
	}
}

func TestSetTakesNoNaN(t *testing.T) {
	t.Parallel()
	set := result.For(parseConfig(t, everything(t)))
	set.Rating("stars", 1)
	set.Number("count", math.NaN())
	set.Segment("speech", result.Segment{Start: math.Inf(-1), End: math.Inf(1)}, "Voice")
	set.Polygon("polygon", size, []result.Point{{X: math.NaN()}, {}, {}})
	set.Box("box", size, result.Box{Rotation: math.NaN()})
	set.Ellipse("ellipse", size, result.Ellipse{RadiusY: math.NaN()})
	set.KeyPoint("point", size, result.KeyPoint{Width: math.Inf(1)})
	set.Choices("mood", "g").Score = new(math.NaN())
	set.Choices("tags", "Rude").Score = new(7.0)
	_, err := set.Encode()
	wantPaths(t, err, []string{
		"result[1].value.number", "result[2].value.start", "result[2].value.end", "result[3].value.points[0][0]",
		"result[4].value.rotation", "result[5].value.radiusY", "result[6].value.width", "result[7].score", "result[8].score",
	})
}

// A shape needs the size of the image, or the exports have nothing of it.
func TestSetNeedsSizes(t *testing.T) {
	t.Parallel()
	set := result.For(parseConfig(t, everything(t)))
	set.Choices("mood", "Ugly")
	set.Box("box", result.Image{}, result.Image{}.Box(1, 2, 3, 4))
	set.Ellipse("ellipse", result.Image{Width: 4}, result.Ellipse{})
	set.KeyPoint("point", result.Image{Height: 4}, result.KeyPoint{})
	set.Polygon("polygon", result.Image{Width: -1, Height: 1}, corners)
	set.Brush("mask", nil)
	set.Box("box", result.Image{}, result.Box{}).OriginalWidth = 0
	later := set.Box("box", result.Image{}, result.Box{})
	later.OriginalWidth, later.OriginalHeight = 640, 480
	_, err := set.Results()
	wantPaths(t, err, []string{
		"result[0].value.choices[0]",
		"result[1].value.x", "result[1].value.width", "result[1].value.y", "result[1].value.height",
		"result[5].value.rle",
		"result[1].original_width", "result[2].original_width", "result[3].original_width", "result[4].original_width",
		"result[5].original_width", "result[6].original_width",
	})
}

// What is missing is told by what is wrong then.
func TestSetOfNothing(t *testing.T) {
	t.Parallel()
	set := result.For(parseConfig(t, everything(t)))
	set.Relate(nil, nil)
	set.Choices("gender", "f").On(nil)
	set.Labels("label", "Car")
	_, err := set.Encode()
	wantPaths(t, err, []string{"result[0].from_id", "result[0].to_id", "result[1].to_name", "result[1].id", "result[2].value"})
	if !strings.Contains(err.Error(), ".On(region)") {
		t.Errorf("%v doesn't say what to do", err)
	}
	without := result.For(nil)
	without.Choices("mood", "g")
	without.Span("ner", result.Span{}, "PER")
	_, err = without.Encode()
	wantPaths(t, err, []string{"config"})
}

func TestSetOfWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	set := result.For(parseConfig(t, everything(t)))
	set.Choices("mood", "g").Meta = json.RawMessage(`{`)
	_, err := set.Encode()
	wantPaths(t, err, []string{"result[0].meta"})
}

func TestReadAsAnotherKind(t *testing.T) {
	t.Parallel()
	set := result.For(parseConfig(t, everything(t)))
	r := set.Choices("mood", "g")
	box := set.Box("boxes", size, result.Box{X: 1}, "Car")
	for name, read := range map[string]func() error{
		"Rating":   func() error { _, err := r.Rating(); return err },
		"Taxonomy": func() error { _, err := box.Taxonomy(); return err },
		"Labels":   func() error { _, err := r.Labels(); return err },
		"Box":      func() error { _, err := r.Box(); return err },
		"Polygon":  func() error { _, err := r.Polygon(); return err },
		"Mask":     func() error { _, err := box.Mask(); return err },
		"KeyPoint": func() error { _, err := box.KeyPoint(); return err },
		"Ellipse":  func() error { _, err := box.Ellipse(); return err },
	} {
		if err := read(); !errors.Is(err, result.ErrKind) {
			t.Errorf("%s: got %v, want ErrKind", name, err)
		}
	}
}

// A segment of a time series says whether it is an instant.
func TestInstant(t *testing.T) {
	t.Parallel()
	for end, want := range map[float64]string{5: `"instant":true`, 6: `"instant":false`} {
		r := result.For(parseConfig(t, everything(t))).Segment("events", result.Segment{Start: 5, End: end}, "Run")
		if !strings.Contains(string(r.Value), want) {
			t.Errorf("from 5 to %v: got %s, want %s", end, r.Value, want)
		}
	}
}

func TestNestedChoices(t *testing.T) {
	t.Parallel()
	set := result.For(parseConfig(t, everything(t)))
	r := set.Taxonomy("nested", []string{"A", "B"})
	if _, err := set.Encode(); err != nil || r.Type != "choices" {
		t.Errorf("made %+v, %v", r, err)
	}
	if paths, err := r.Taxonomy(); err != nil || !reflect.DeepEqual(paths, [][]string{{"A", "B"}}) {
		t.Errorf("read %q, %v", paths, err)
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	const track = `{ "framesCount": 2, "duration": 1.0, "sequence": [] }`
	set := result.For(parseConfig(t, everything(t)))
	set.Add(result.Result{ID: "a", FromName: "track", ToName: "image", Type: "videorectangle", Value: json.RawMessage(track)}).Score = new(0.5)
	raw, err := set.Encode()
	want := `[{"id":"a","from_name":"track","to_name":"image","type":"videorectangle","value":` + track + `,"score":0.5}]`
	if err != nil || string(raw) != want {
		t.Errorf("got %s, %v, want %s", raw, err, want)
	}
}
