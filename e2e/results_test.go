package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
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
	// Annotations are not checked even so.
	annotate(t, client, task.ID, object{"result": json.RawMessage(`[{"from_name":"nobody"}]`)})
	score := object{"task": task.ID, "result": json.RawMessage(`[]`), "score": 1.5}
	wantError(t, client.Do(t.Context(), http.MethodPost, "/api/predictions/", nil, score, nil), labelstudio.ErrValidation)
}

// By default the server checks no prediction, and it never checks annotations.
func TestResultsUncheckedByTheServer(t *testing.T) {
	t.Parallel()
	client := admin(t)
	task := newTask(t, client, newProject(t, client).ID, "text").ID
	nonsense := json.RawMessage(`[{"from_name":"nobody","to_name":"nothing","type":"rating","value":{"choices":["?"]}}]`)
	prediction, err := client.Predictions.Create(t.Context(), labelstudio.PredictionRequest{Task: task, Result: nonsense, Score: new(95.0)})
	ok(t, err)
	wantSameJSON(t, prediction.Result, nonsense)
	annotation, err := client.Annotations.Create(t.Context(), task, labelstudio.AnnotationRequest{Result: nonsense})
	ok(t, err)
	wantSameJSON(t, annotation.Result, nonsense)
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
			func(r *result.Result) (any, error) { return r.Labels() }, []string{"Car"},
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

var commentedSample = regexp.MustCompile(`(?s)<!--\s*(\{.*?\})\s*-->`)

// The samples in the templates that come with the server pass the check, and
// nothing of them is lost.
func TestResultsOfTemplates(t *testing.T) {
	t.Parallel()
	needsReal(t, "templates")
	env, err := server.Install(t.Context(), server.InstallOptions{})
	ok(t, err)
	paths, err := filepath.Glob(filepath.Join(env.Dir, "venv/lib/*/site-packages/label_studio/annotation_templates/*/*/config.xml"))
	ok(t, err)
	count := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		ok(t, err)
		name := filepath.Base(filepath.Dir(path))
		for _, found := range commentedSample.FindAllSubmatch(text, -1) {
			var task labelstudio.TaskInput
			if err := json.Unmarshal(found[1], &task); err != nil {
				t.Logf("%s: %v", name, err)
				continue
			}
			config, err := labelconfig.Parse(string(text))
			ok(t, err)
			for _, problem := range result.Problems(result.CheckTask(config, &task)) {
				if !errors.Is(problem, labelconfig.ErrTask) { // some samples are without all of their data
					t.Errorf("%s: %v", name, problem)
				}
			}
			for _, annotation := range task.Annotations {
				wantUnchanged(t, annotation.Result)
				count++
			}
			for _, prediction := range task.Predictions {
				wantUnchanged(t, prediction.Result)
				count++
			}
		}
	}
	if count < 10 {
		t.Errorf("only %d samples were found", count)
	}
	t.Logf("%d samples", count)
}

// wantUnchanged checks that results are the same after they were read.
func wantUnchanged(t *testing.T, raw json.RawMessage) {
	t.Helper()
	results, err := result.Parse(raw)
	ok(t, err)
	again, err := result.Encode(results)
	ok(t, err)
	wantSameJSON(t, again, raw)
}

func wantSameJSON(t *testing.T, got, want json.RawMessage) {
	t.Helper()
	var g, w any
	ok(t, errors.Join(json.Unmarshal(got, &g), json.Unmarshal(want, &w)))
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// annotated makes a project with one annotation, which set fills.
func annotated(t *testing.T, client *labelstudio.Client, xml string, fill func(*result.Set)) int64 {
	t.Helper()
	config, err := labelconfig.Parse(xml)
	ok(t, err)
	project := createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(unique(t)), LabelConfig: &xml}).ID
	data := json.RawMessage(`{"image":"x.png","text":"Zoë met Łukasz"}`)
	task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project, Data: data})
	ok(t, err)
	set := result.For(config)
	fill(set)
	raw, err := set.Encode()
	ok(t, err)
	_, err = client.Annotations.Create(t.Context(), task.ID, labelstudio.AnnotationRequest{Result: raw})
	ok(t, err)
	return project
}

// The server's converter finds in COCO the pixels that the shapes were made of.
func TestResultsAsCOCO(t *testing.T) {
	t.Parallel()
	client := admin(t)
	const xml = `<View><Image name="i" value="$image"/>` +
		`<RectangleLabels name="r" toName="i"><Label value="Car"/></RectangleLabels>` +
		`<PolygonLabels name="p" toName="i"><Label value="Road"/></PolygonLabels></View>`
	project := annotated(t, client, xml, func(s *result.Set) {
		s.Box("r", pictured, pictured.Box(4, 5, 10, 8), "Car")
		s.Polygon("p", pictured, []result.Point{pictured.Point(0, 0), pictured.Point(30, 0), pictured.Point(30, 20)}, "Road")
	})
	download, err := client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "COCO"})
	ok(t, err)
	content := read(t, download)
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	ok(t, err)
	file, err := archive.Open("result.json")
	ok(t, err)
	var coco struct {
		Images      []result.Image
		Annotations []struct {
			BBox         []float64
			Segmentation [][]float64
		}
	}
	ok(t, errors.Join(json.NewDecoder(file).Decode(&coco), file.Close()))
	if len(coco.Images) != 1 || coco.Images[0] != pictured || len(coco.Annotations) != 2 {
		t.Fatalf("got %+v", coco)
	}
	if got, want := coco.Annotations[0].BBox, []float64{4, 5, 10, 8}; !slices.Equal(got, want) {
		t.Errorf("the box is %v, want %v", got, want)
	}
	if got, want := coco.Annotations[1].Segmentation, []float64{0, 0, 30, 0, 30, 20}; len(got) != 1 || !slices.Equal(got[0], want) {
		t.Errorf("the polygon is %v, want %v", got, want)
	}
}

// Of shapes that don't say the size of their image, the exports have nothing, or
// fail: a Set takes none.
func TestResultsWithoutSizes(t *testing.T) {
	t.Parallel()
	client := admin(t)
	const xml = `<View><Image name="i" value="$image"/><RectangleLabels name="r" toName="i"><Label value="Car"/></RectangleLabels></View>`
	project := createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(unique(t)), LabelConfig: new(xml)}).ID
	task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project, Data: json.RawMessage(`{"image":"x.png"}`)})
	ok(t, err)
	annotate(t, client, task.ID, object{"result": json.RawMessage(`[{"from_name":"r","to_name":"i","type":"rectanglelabels",` +
		`"value":{"x":1,"y":1,"width":1,"height":1,"rotation":0,"rectanglelabels":["Car"]}}]`)})
	for format, none := range map[string]func(name, text string) bool{
		"COCO": func(name, text string) bool {
			return name == "result.json" && strings.Contains(text, `"annotations": []`)
		},
		"VOC":      func(name, _ string) bool { return name == "Annotations/" }, // the only file there, see below
		"YOLO_OBB": func(name, text string) bool { return strings.HasSuffix(name, "__x.txt") && text == "" },
	} {
		download, err := client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: format})
		ok(t, err)
		found := false
		for name, text := range unzipped(t, read(t, download)) {
			found = found || none(name, text)
			if strings.HasSuffix(name, ".xml") {
				t.Errorf("%s has %s: %s", format, name, text)
			}
		}
		if !found {
			t.Errorf("%s has the box, or no place for it", format)
		}
	}
	project = brushed(t, client)
	task, err = client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project, Data: json.RawMessage(`{"image":"y.png"}`)})
	ok(t, err)
	annotate(t, client, task.ID, object{"result": json.RawMessage(`[{"from_name":"b","to_name":"i","type":"brushlabels",` +
		`"value":{"format":"rle","rle":[0,0,0,4,57,27,252,127,224],"brushlabels":["Q"]}}]`)})
	_, err = client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "BRUSH_TO_PNG"})
	wantError(t, err, labelstudio.ErrServer)
}

// unzipped returns what the files in an archive say, by their name.
func unzipped(t *testing.T, content []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	ok(t, err)
	files := map[string]string{}
	for _, entry := range archive.File {
		file, err := entry.Open()
		ok(t, err)
		text, err := io.ReadAll(file)
		ok(t, errors.Join(err, file.Close()))
		files[entry.Name] = string(text)
	}
	return files
}

// The server's converter finds in a PNG the pixels that were brushed.
func TestResultsAsPNG(t *testing.T) {
	t.Parallel()
	client := admin(t)
	const xml = `<View><Image name="i" value="$image"/><BrushLabels name="b" toName="i"><Label value="Sky"/></BrushLabels></View>`
	project := annotated(t, client, xml, func(s *result.Set) { s.Brush("b", sky(), "Sky") })
	download, err := client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "BRUSH_TO_PNG"})
	ok(t, err)
	got, err := png.Decode(bytes.NewReader(read(t, download)))
	ok(t, err)
	if got.Bounds() != sky().Bounds() {
		t.Fatalf("the image has the bounds %v", got.Bounds())
	}
	for y := range pictured.Height {
		for x := range pictured.Width {
			if got, want := color.GrayModel.Convert(got.At(x, y)).(color.Gray).Y, sky().AlphaAt(x, y).A; got != want {
				t.Errorf("at %d, %d is %d, want %d", x, y, got, want)
			}
		}
	}
}

// A mask of another size than its image is what no one can export any more.
func TestResultsAsPNGOfAnotherSize(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := brushed(t, client)
	task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project, Data: json.RawMessage(`{"image":"y.png"}`)})
	ok(t, err)
	annotate(t, client, task.ID, object{"result": json.RawMessage(`[{"from_name":"b","to_name":"i","type":"brushlabels",` +
		`"original_width":2,"original_height":1,"value":{"format":"rle","rle":[0,0,0,4,57,27,252,127,224],"brushlabels":["Q"]}}]`)})
	_, err = client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "BRUSH_TO_PNG"})
	wantError(t, err, labelstudio.ErrServer)
}

// The server's converter finds the words of a span, beyond characters that are
// more than one byte.
func TestResultsAsCoNLL(t *testing.T) {
	t.Parallel()
	client := admin(t)
	const xml = `<View><Text name="t" value="$text"/><Labels name="l" toName="t"><Label value="PER"/></Labels></View>`
	const text = "Zoë met Łukasz"
	project := annotated(t, client, xml, func(s *result.Set) {
		start := strings.Index(text, "Łukasz")
		s.Span("l", result.SpanOf(text, start, len(text)), "PER")
	})
	download, err := client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "CONLL2003"})
	ok(t, err)
	got := string(read(t, download))
	for _, line := range []string{"Zoë -X- _ O\n", "met -X- _ O\n", "Łukasz -X- _ B-PER\n"} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is not in %q", line, got)
		}
	}
}
