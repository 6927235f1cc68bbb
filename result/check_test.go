package result_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/result"
)

// brush is the RLE of one pixel.
const brush = `[0,0,0,4,57,27,252,127,224]`

// checks are results and the paths of their problems. That of a result is
// "result[0]" unless more is said.
var checks = []struct {
	name  string
	raw   string
	paths []string
}{
	{"no result", `[]`, nil},
	{"a choice", `[{"from_name":"mood","to_name":"text","type":"choices","value":{"choices":["g"]}}]`, nil},
	{"the type in capitals", `[{"from_name":"mood","to_name":"text","type":"Choices","value":{"choices":["g"]}}]`, nil},
	{"the value of an alias", `[{"from_name":"mood","to_name":"text","type":"choices","value":{"choices":["Good"]}}]`,
		[]string{"result[0].value.choices[0]"}},
	{"two of one choice", `[{"from_name":"mood","to_name":"text","type":"choices","value":{"choices":["g","Bad"]}}]`,
		[]string{"result[0].value.choices"}},
	{"no choice", `[{"from_name":"mood","to_name":"text","type":"choices","value":{"choices":[]}}]`,
		[]string{"result[0].value.choices"}},
	{"a choice alone", `[{"from_name":"mood","to_name":"text","type":"choices","value":{"choices":"g"}}]`,
		[]string{"result[0].value.choices"}},
	{"a nested choice", `[{"from_name":"nested","to_name":"text","type":"choices","value":{"choices":[["A","B"]]}}]`, nil},
	{"an unknown nested choice", `[{"from_name":"nested","to_name":"text","type":"choices","value":{"choices":[["A","C"]]}}]`,
		[]string{"result[0].value.choices[0]"}},
	{"a path where none is nested", `[{"from_name":"mood","to_name":"text","type":"choices","value":{"choices":[["g"]]}}]`,
		[]string{"result[0].value.choices[0]"}},
	{"nothing", `[{}]`, []string{"result[0].from_name"}},
	{"no control", `[{"from_name":"m","to_name":"text","type":"choices","value":{"choices":["g"]}}]`, []string{"result[0].from_name"}},
	{"another object", `[{"from_name":"mood","to_name":"image","type":"choices","value":{"choices":["g"]}}]`, []string{"result[0].to_name"}},
	{"another type", `[{"from_name":"mood","to_name":"text","type":"rating","value":{"rating":1}}]`, []string{"result[0].type"}},
	{"no value", `[{"from_name":"mood","to_name":"text","type":"choices"}]`, []string{"result[0].value"}},
	{"a value that is null", `[{"from_name":"mood","to_name":"text","type":"choices","value":null}]`, []string{"result[0].value"}},
	{"a path", `[{"from_name":"topic","to_name":"text","type":"taxonomy","value":{"taxonomy":[["Animals"],["Animals","Cat"]]}}]`, nil},
	{"an unknown path", `[{"from_name":"topic","to_name":"text","type":"taxonomy","value":{"taxonomy":[["Animals","Dog"],"Cat",[]]}}]`,
		[]string{"result[0].value.taxonomy[0][1]", "result[0].value.taxonomy[1]", "result[0].value.taxonomy[2]"}},
	{"texts", `[{"from_name":"summary","to_name":"text","type":"textarea","value":{"text":["a",1]}}]`, []string{"result[0].value.text[1]"}},
	{"a text alone", `[{"from_name":"summary","to_name":"text","type":"textarea","value":{"text":"a"}}]`, []string{"result[0].value.text"}},
	{"no star", `[{"from_name":"stars","to_name":"text","type":"rating","value":{"rating":0}}]`, nil},
	{"too many stars", `[{"from_name":"stars","to_name":"text","type":"rating","value":{"rating":4}}]`, []string{"result[0].value.rating"}},
	{"half a star", `[{"from_name":"stars","to_name":"text","type":"rating","value":{"rating":2.5}}]`, []string{"result[0].value.rating"}},
	{"the highest number", `[{"from_name":"count","to_name":"text","type":"number","value":{"number":10}}]`, nil},
	{"a higher number", `[{"from_name":"count","to_name":"text","type":"number","value":{"number":10.5}}]`, []string{"result[0].value.number"}},
	{"a number in a text", `[{"from_name":"count","to_name":"text","type":"number","value":{"number":"3"}}]`, []string{"result[0].value.number"}},
	{"a time that is a number", `[{"from_name":"when","to_name":"text","type":"datetime","value":{"datetime":2024}}]`,
		[]string{"result[0].value.datetime"}},
	{"a span", `[{"from_name":"ner","to_name":"text","type":"labels","value":{"start":2,"end":2,"labels":["PER"]}}]`, nil},
	{"a span that ends first", `[{"from_name":"ner","to_name":"text","type":"labels","value":{"start":2,"end":1,"labels":["PER"]}}]`,
		[]string{"result[0].value.end"}},
	{"a span in texts", `[{"from_name":"ner","to_name":"text","type":"labels","value":{"start":"2","labels":["PER"]}}]`,
		[]string{"result[0].value.start", "result[0].value.end"}},
	{"a span before the text", `[{"from_name":"ner","to_name":"text","type":"labels","value":{"start":-1,"end":1.5,"labels":["PER"]}}]`,
		[]string{"result[0].value.start", "result[0].value.end"}},
	{"an unknown label", `[{"from_name":"ner","to_name":"text","type":"labels","value":{"start":2,"end":3,"labels":["PER","LOC",1]}}]`,
		[]string{"result[0].value.labels[1]", "result[0].value.labels[2]"}},
	{"no label", `[{"from_name":"ner","to_name":"text","type":"labels","value":{"start":2,"end":3,"labels":[]}}]`,
		[]string{"result[0].value.labels"}},
	{"labels of the task", `[{"from_name":"open","to_name":"text","type":"labels","value":{"start":2,"end":3,"labels":["any"]}}]`, nil},
	{"seconds", `[{"from_name":"speech","to_name":"sound","type":"labels","value":{"start":0.5,"end":1.5,"labels":["Voice"]}}]`, nil},
	{"seconds in texts", `[{"from_name":"speech","to_name":"sound","type":"labels","value":{"start":"0.5","end":"1.5","labels":["Voice"]}}]`,
		[]string{"result[0].value.start", "result[0].value.end"}},
	{"times", `[{"from_name":"events","to_name":"series","type":"timeserieslabels",` +
		`"value":{"start":"2020-01-01","end":"2020-01-02","instant":false,"timeserieslabels":["Run"]}}]`, nil},
	{"times that say not whether they are instants", `[{"from_name":"events","to_name":"series","type":"timeserieslabels",` +
		`"value":{"start":1,"end":2,"timeserieslabels":["Run"]}}]`, []string{"result[0].value.instant"}},
	{"a page's label under another name", `[{"from_name":"parts","to_name":"page","type":"hypertextlabels",` +
		`"value":{"start":"/p[1]","end":"/p[1]","startOffset":0,"endOffset":1,"htmllabels":["Title"]}}]`, []string{"result[0].value.hypertextlabels"}},
	{"a fragment that ends first", `[{"from_name":"parts","to_name":"page","type":"hypertextlabels",` +
		`"value":{"start":"/p[1]","end":"/p[1]","startOffset":2,"endOffset":1,"hypertextlabels":["Title"]}}]`, []string{"result[0].value.endOffset"}},
	{"a fragment of nothing", `[{"from_name":"turns","to_name":"talk","type":"paragraphlabels","value":{"end":true,"startOffset":-1,"paragraphlabels":["Question"]}}]`,
		[]string{"result[0].value.start", "result[0].value.end", "result[0].value.startOffset"}},
	{"a box", `[{"from_name":"boxes","to_name":"image","type":"rectanglelabels","value":{"x":0,"y":0,"width":100,"height":100,"rotation":0,"rectanglelabels":["Car"]}}]`, nil},
	{"a box outside", `[{"from_name":"boxes","to_name":"image","type":"rectanglelabels","value":{"x":-1,"y":100.1,"width":101,"rectanglelabels":["Car"]}}]`,
		[]string{"result[0].value.x", "result[0].value.y", "result[0].value.width", "result[0].value.height"}},
	{"a turned box that is longer than the image is wide", `[{"from_name":"box","to_name":"image","type":"rectangle","value":{"x":0,"y":0,"width":120,"height":9,"rotation":90}}]`, nil},
	{"a box turned too far", `[{"from_name":"box","to_name":"image","type":"rectangle","value":{"x":0,"y":0,"width":12,"height":9,"rotation":361}}]`,
		[]string{"result[0].value.rotation"}},
	{"an ellipse", `[{"from_name":"ellipses","to_name":"image","type":"ellipselabels","value":{"x":50,"y":50,"radiusX":50,"radiusY":51,"ellipselabels":["Wheel"]}}]`,
		[]string{"result[0].value.radiusY"}},
	{"a point", `[{"from_name":"point","to_name":"image","type":"keypoint","value":{"x":50,"y":50}}]`, nil},
	{"a point outside", `[{"from_name":"point","to_name":"image","type":"keypoint","value":{"x":50,"y":150,"width":"1"}}]`,
		[]string{"result[0].value.y", "result[0].value.width"}},
	{"a polygon of two points", `[{"from_name":"polygon","to_name":"image","type":"polygon","value":{"points":[[1,1],[2,2]]}}]`,
		[]string{"result[0].value.points"}},
	{"a polygon of no points", `[{"from_name":"polygon","to_name":"image","type":"polygon","value":{"points":[[1,1],[2],[3,101],[4,4]]}}]`,
		[]string{"result[0].value.points[1]", "result[0].value.points[2][1]"}},
	{"a brush", `[{"from_name":"mask","to_name":"image","type":"brush","original_width":1,"original_height":1,"value":{"format":"rle","rle":` + brush + `}}]`, nil},
	{"a brush without a size", `[{"from_name":"mask","to_name":"image","type":"brush","value":{"rle":` + brush + `}}]`, nil},
	{"a brush of another size", `[{"from_name":"mask","to_name":"image","type":"brush","original_width":2,"original_height":1,"value":{"format":"rle","rle":` + brush + `}}]`,
		[]string{"result[0].value.rle"}},
	{"a brush in another format", `[{"from_name":"mask","to_name":"image","type":"brush","value":{"format":"png","rle":[256]}}]`,
		[]string{"result[0].value.format", "result[0].value.rle[0]"}},
	{"neither left nor right", `[{"from_name":"better","to_name":"image","type":"pairwise","value":{"selected":"both"}}]`,
		[]string{"result[0].value.selected"}},
	{"a choice between two as the labeling tool writes it", `[{"from_name":"better","to_name":"better","type":"pairwise","value":{"selected":"left"}}]`, nil},
	{"an order", `[{"from_name":"rank","to_name":"list","type":"ranker","value":{"ranker":{"a":["x",1],"b":"x"}}}]`,
		[]string{"result[0].value.ranker.a[1]", "result[0].value.ranker.b"}},
	{"a kind without a reader", `[{"from_name":"track","to_name":"image","type":"videorectangle","value":{"anything":1}}]`, nil},
	{"one id, two controls", `[{"id":"a","from_name":"box","to_name":"image","type":"rectangle","value":{"x":1,"y":1,"width":1,"height":1}},` +
		`{"id":"a","from_name":"label","to_name":"image","type":"labels","value":{"x":1,"y":1,"width":1,"height":1,"labels":["Car"]}}]`, nil},
	{"labels on a box that is none", `[{"id":"a","from_name":"label","to_name":"image","type":"labels","value":{"x":1,"y":1,"width":1,"labels":["Car"]}},` +
		`{"id":"a","from_name":"box","to_name":"image","type":"rectangle","value":{"x":1,"y":1,"width":1,"height":1}}]`,
		[]string{"result[0].value.height"}},
	{"labels and box in one", `[{"from_name":"label","to_name":"image","type":"rectanglelabels","value":{"x":1,"y":1,"width":1,"height":1,"rectanglelabels":["Bus"]}}]`,
		[]string{"result[0].value.rectanglelabels[0]"}},
	{"one id twice", `[{"id":"a","from_name":"mood","to_name":"text","type":"choices","value":{"choices":["g"]}},` +
		`{"id":"a","from_name":"mood","to_name":"text","type":"choices","value":{"choices":["g"]}}]`, []string{"result[1].id"}},
	{"about no region", `[{"id":"a","from_name":"gender","to_name":"text","type":"choices","value":{"choices":["f"]}}]`, []string{"result[0].id"}},
	{"a part of nothing", `[{"id":"a","parentID":"b","from_name":"mood","to_name":"text","type":"choices","value":{"choices":["g"]}}]`,
		[]string{"result[0].parentID"}},
	{"a relation of nothing", `[{"type":"relation","from_id":"a","to_id":"b","direction":"up"}]`,
		[]string{"result[0].from_id", "result[0].to_id", "result[0].direction"}},
	{"a relation", `[{"id":"a","from_name":"mood","to_name":"text","type":"choices","value":{"choices":["g"]}},` +
		`{"type":"relation","from_id":"a","to_id":"a","direction":"bi"}]`, nil},
	{"no list", `{"choices":["g"]}`, []string{"result"}},
	{"null", `null`, []string{"result"}},
	{"no object", `[{},7]`, []string{"result[1]"}},
}

func TestCheck(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, everything)
	for _, test := range checks {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantPaths(t, result.CheckAnnotation(config, json.RawMessage(test.raw)), test.paths)
		})
	}
}

func wantPaths(t *testing.T, err error, want []string) {
	t.Helper()
	var paths []string
	for _, problem := range result.Problems(err) {
		paths = append(paths, problem.Path)
	}
	if !slices.Equal(paths, want) || (err == nil) != (want == nil) {
		t.Errorf("got problems at %q, want %q: %v", paths, want, err)
	}
}

func TestCheckPrediction(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, everything)
	for score, want := range map[float64][]string{0: nil, 1: nil, -0.1: {"score"}, 95: {"score"}} {
		wantPaths(t, result.CheckPrediction(config, json.RawMessage(`[]`), &score), want)
	}
	wantPaths(t, result.CheckPrediction(config, json.RawMessage(`[]`), nil), nil)
}

func TestCheckTask(t *testing.T) {
	t.Parallel()
	span := func(start, end int, text string) json.RawMessage {
		set := result.For(parseConfig(t, everything))
		set.Span("ner", result.Span{Start: start, End: end, Text: text}, "PER")
		raw, err := set.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	task := &labelstudio.TaskInput{
		Data:        json.RawMessage(`{"text":"Zoë and Łukasz"}`),
		Annotations: []labelstudio.AnnotationInput{{Result: span(8, 14, "Łukasz")}, {Result: json.RawMessage(`[{}]`)}},
		Predictions: []labelstudio.PredictionInput{
			{Result: span(8, 14, ""), Score: new(2.0)},
			{Result: span(9, 14, "Łukasz")}, // as Go counts
			{Result: span(8, 16, "")},
		},
	}
	err := result.CheckTask(parseConfig(t, everything), task)
	wantPaths(t, err, []string{
		"annotations[1].result[0].from_name", "predictions[0].score", "predictions[1].result[0].value.text", "predictions[2].result[0].value.end",
	})
	if want := "code points"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want it to say %q", err, want)
	}
}

func TestUnanswered(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, everything)
	set := result.For(config)
	set.Choices("mood", "g")
	results, err := set.Results()
	if err != nil {
		t.Fatal(err)
	}
	if missing := result.Unanswered(config, results); len(missing) != 1 || missing[0].Name != "summary" {
		t.Errorf("got %+v, want the summary", missing)
	}
	set.TextArea("summary", "short")
	if results, err = set.Results(); err != nil {
		t.Fatal(err)
	}
	if missing := result.Unanswered(config, results); len(missing) != 0 {
		t.Errorf("got %+v, want nothing", missing)
	}
}
