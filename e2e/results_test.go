package e2e

import (
	"encoding/json"
	"image"
	"image/color"
	"net/http"
	"os"
	"reflect"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/labelconfig"
	"github.com/labelstudio-go/labelstudio/result"
)

// predictionsChecked makes the server check predictions.
const predictionsChecked = "fflag_feat_utc_210_prediction_validation_15082025=true"

// everyKind returns a label config with a control of each kind, and data of a
// task for it.
func everyKind(t *testing.T) (string, json.RawMessage) {
	t.Helper()
	config, err := os.ReadFile("../result/testdata/everything.xml")
	ok(t, err)
	data := json.RawMessage(`{"text":"Ada wrote it","labels":[{"value":"any"}],"page":"<p>abcdef</p>","talk":[{"author":"A","text":"Hi"}],
		"sound":"/a.wav","series":{"time":[1,2]},"image":"/a.png","other":"/b.png","list":[{"id":"a","title":"A"},{"id":"b","title":"B"}]}`)
	return string(config), data
}

// What the check says of a prediction is what a server says that is made to
// check it, but for some rules; each of them has its reason in the table.
func TestResultsCheckedByTheServer(t *testing.T) {
	t.Parallel()
	s := startServer(t, predictionsChecked)
	client := unrecorded(t, s.URL, labelstudio.WithToken(server.LegacyToken))
	xml, data := everyKind(t)
	config, err := labelconfig.Parse(xml)
	ok(t, err)
	project := createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(unique(t)), LabelConfig: &xml})
	task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project.ID, Data: data})
	ok(t, err)

	raw, err := os.ReadFile("../result/testdata/checks.json")
	ok(t, err)
	var checks []struct {
		Name     string
		Result   json.RawMessage
		Problems []string
		Server   string // "accepts" or "refuses", where the check doesn't
		Why      string // it doesn't
	}
	ok(t, json.Unmarshal(raw, &checks))
	for _, test := range checks {
		t.Run(test.Name, func(t *testing.T) {
			wanted := result.CheckPrediction(config, test.Result, nil) == nil
			body := object{"task": task.ID, "result": test.Result}
			err := client.Do(t.Context(), http.MethodPost, "/api/predictions/", nil, body, nil)
			if err != nil {
				wantError(t, err, labelstudio.ErrValidation)
			}
			differs := (err == nil) != wanted
			switch {
			case !differs && test.Server != "":
				t.Errorf("both say the same, and the table says otherwise")
			case differs && (test.Why == "" || (err == nil) != (test.Server == "accepts")):
				t.Errorf("the check says %v, the server %v", result.CheckPrediction(config, test.Result, nil), err)
			}
		})
	}
	score := object{"task": task.ID, "result": json.RawMessage(`[]`), "score": 1.5}
	wantError(t, client.Do(t.Context(), http.MethodPost, "/api/predictions/", nil, score, nil), labelstudio.ErrValidation)
}

// made is one result, and how it is read.
type made struct {
	add  func(*result.Set) *result.Result
	read func(*result.Result) (any, error)
	want any
}

var pictured = result.Image{Width: 40, Height: 20}

func sky() *image.Alpha {
	mask := image.NewAlpha(image.Rect(0, 0, pictured.Width, pictured.Height))
	for x := range 10 {
		mask.SetAlpha(x, 3, color.Alpha{A: 255})
	}
	return mask
}

// everyResult has one result of each kind that a Set makes.
func everyResult() map[string]made {
	corners := []result.Point{{X: 0, Y: 0}, {X: 100, Y: 0}, {X: 50, Y: 100}}
	box := result.Box{X: 10, Y: 20, Width: 25, Height: 12.5, Rotation: 5}
	ellipse := result.Ellipse{X: 50, Y: 50, RadiusX: 10, RadiusY: 5}
	point := result.KeyPoint{X: 1, Y: 2, Width: 0.5}
	fragment := result.Fragment{Start: "/p[1]/text()[1]", End: "/p[1]/text()[1]", StartOffset: 1, EndOffset: 3, Text: "bc"}
	turn := result.Fragment{Start: "0", End: "0", StartOffset: 0, EndOffset: 2, Text: "Hi"}
	order := map[string][]string{"rank": {"b", "a"}}
	return map[string]made{
		"choices": {
			func(s *result.Set) *result.Result { return s.Choices("tags", "Short", "Rude") },
			func(r *result.Result) (any, error) { return r.Choices() }, []string{"Short", "Rude"},
		},
		"taxonomy": {
			func(s *result.Set) *result.Result { return s.Taxonomy("topic", []string{"Animals", "Cat"}) },
			func(r *result.Result) (any, error) { return r.Taxonomy() }, [][]string{{"Animals", "Cat"}},
		},
		"text area": {
			func(s *result.Set) *result.Result { return s.TextArea("summary", "<one> & two") },
			func(r *result.Result) (any, error) { return r.TextArea() }, []string{"<one> & two"},
		},
		"rating": {
			func(s *result.Set) *result.Result { return s.Rating("stars", 3) },
			func(r *result.Result) (any, error) { return r.Rating() }, 3,
		},
		"number": {
			func(s *result.Set) *result.Result { return s.Number("count", 2.5) },
			func(r *result.Result) (any, error) { return r.Number() }, 2.5,
		},
		"date": {
			func(s *result.Set) *result.Result { return s.DateTime("when", "2024-02-29") },
			func(r *result.Result) (any, error) { return r.DateTime() }, "2024-02-29",
		},
		"pairwise": {
			func(s *result.Set) *result.Result { return s.Pairwise("better", "left") },
			func(r *result.Result) (any, error) { return r.Pairwise() }, "left",
		},
		"ranker": {
			func(s *result.Set) *result.Result { return s.Ranker("rank", order) },
			func(r *result.Result) (any, error) { return r.Ranker() }, order,
		},
		"span": {
			func(s *result.Set) *result.Result { return s.Span("ner", result.SpanOf("Ada wrote it", 0, 3), "PER") },
			func(r *result.Result) (any, error) { return r.Span() }, result.Span{End: 3, Text: "Ada"},
		},
		"segment of a sound": {
			func(s *result.Set) *result.Result {
				return s.Segment("speech", result.Segment{Start: 0.5, End: 1.25}, "Voice")
			},
			func(r *result.Result) (any, error) { return r.Segment() }, result.Segment{Start: 0.5, End: 1.25},
		},
		"segment of a time series": {
			func(s *result.Set) *result.Result {
				return s.Segment("events", result.Segment{Start: 1, End: 2}, "Run")
			},
			func(r *result.Result) (any, error) { return r.Segment() }, result.Segment{Start: 1, End: 2},
		},
		"fragment of a page": {
			func(s *result.Set) *result.Result { return s.Fragment("parts", fragment, "Title") },
			func(r *result.Result) (any, error) { return r.Fragment() }, fragment,
		},
		"fragment of a dialogue": {
			func(s *result.Set) *result.Result { return s.Fragment("turns", turn, "Question") },
			func(r *result.Result) (any, error) { return r.Fragment() }, turn,
		},
		"box with labels": {
			func(s *result.Set) *result.Result { return s.Box("boxes", pictured, box, "Car") },
			func(r *result.Result) (any, error) { return r.Box() }, box,
		},
		"box": {
			func(s *result.Set) *result.Result { return s.Box("box", pictured, box) },
			func(r *result.Result) (any, error) { return r.Box() }, box,
		},
		"ellipse with labels": {
			func(s *result.Set) *result.Result { return s.Ellipse("ellipses", pictured, ellipse, "Wheel") },
			func(r *result.Result) (any, error) { return r.Ellipse() }, ellipse,
		},
		"ellipse": {
			func(s *result.Set) *result.Result { return s.Ellipse("ellipse", pictured, ellipse) },
			func(r *result.Result) (any, error) { return r.Ellipse() }, ellipse,
		},
		"polygon with labels": {
			func(s *result.Set) *result.Result { return s.Polygon("polygons", pictured, corners, "Road") },
			func(r *result.Result) (any, error) { return r.Polygon() }, corners,
		},
		"polygon": {
			func(s *result.Set) *result.Result { return s.Polygon("polygon", pictured, corners) },
			func(r *result.Result) (any, error) { return r.Polygon() }, corners,
		},
		"key point with labels": {
			func(s *result.Set) *result.Result { return s.KeyPoint("points", pictured, point, "Nose") },
			func(r *result.Result) (any, error) { return r.KeyPoint() }, point,
		},
		"key point": {
			func(s *result.Set) *result.Result { return s.KeyPoint("point", pictured, point) },
			func(r *result.Result) (any, error) { return r.KeyPoint() }, point,
		},
		"brush with labels": {
			func(s *result.Set) *result.Result { return s.Brush("masks", sky(), "Sky") },
			func(r *result.Result) (any, error) { return r.Mask() }, sky(),
		},
		"brush": {
			func(s *result.Set) *result.Result { return s.Brush("mask", sky()) },
			func(r *result.Result) (any, error) { return r.Mask() }, sky(),
		},
		"labels on a box": {
			func(s *result.Set) *result.Result { return s.Labels("label", "Car").On(s.Box("box", pictured, box)) },
			func(r *result.Result) (any, error) { return r.RegionLabels() }, []string{"Car"},
		},
		"choice of a region": {
			func(s *result.Set) *result.Result {
				return s.Choices("gender", "f").On(s.Span("ner", result.Span{Start: 0, End: 3}, "PER"))
			},
			func(r *result.Result) (any, error) { return r.Choices() }, []string{"f"},
		},
		"relation": {
			func(s *result.Set) *result.Result {
				return s.Relate(s.Box("box", pictured, box), s.Box("box", pictured, box))
			},
			func(r *result.Result) (any, error) { return r.Direction, nil }, "right",
		},
	}
}

// The server takes what a Set makes, checked or not, and gives it back as it was.
func TestResults(t *testing.T) {
	t.Parallel()
	client := admin(t)
	xml, data := everyKind(t)
	config, err := labelconfig.Parse(xml)
	ok(t, err)
	project := createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(unique(t)), LabelConfig: &xml})
	task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project.ID, Data: data})
	ok(t, err)
	for name, test := range everyResult() {
		t.Run(name, func(t *testing.T) {
			set := result.For(config)
			id := test.add(set).ID
			raw, err := set.Encode()
			ok(t, err)
			annotation, err := client.Annotations.Create(t.Context(), task.ID, labelstudio.AnnotationRequest{Result: raw})
			ok(t, err)
			annotation, err = client.Annotations.Get(t.Context(), annotation.ID)
			ok(t, err)
			wantResult(t, annotation.Result, id, test)
			prediction, err := client.Predictions.Create(t.Context(), labelstudio.PredictionRequest{Task: task.ID, Result: raw})
			ok(t, err)
			prediction, err = client.Predictions.Get(t.Context(), prediction.ID)
			ok(t, err)
			wantResult(t, prediction.Result, id, test)
		})
	}
}

// wantResult reads the result of an id out of a list; the last, if it is one of
// several.
func wantResult(t *testing.T, raw json.RawMessage, id string, test made) {
	t.Helper()
	results, err := result.Parse(raw)
	ok(t, err)
	for i := len(results) - 1; i >= 0; i-- {
		r := &results[i]
		if r.ID != id || r.Type == "rectangle" && reflect.TypeOf(test.want) == reflect.TypeOf([]string{}) {
			continue
		}
		if got, err := test.read(r); err == nil && reflect.DeepEqual(got, test.want) {
			return
		}
	}
	t.Errorf("in %s is no %+v", raw, test.want)
}
