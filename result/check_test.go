package result_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelconfig"
	"github.com/labelstudio-go/labelstudio/result"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/checks.json")
	if err != nil {
		t.Fatal(err)
	}
	// The end-to-end tests hold the same results against the server.
	var checks []struct {
		Name     string
		Result   json.RawMessage
		Problems []string // their paths
	}
	if err := json.Unmarshal(raw, &checks); err != nil || len(checks) == 0 {
		t.Fatal(len(checks), err)
	}
	config := parseConfig(t, everything(t))
	for _, test := range checks {
		t.Run(test.Name, func(t *testing.T) {
			t.Parallel()
			wantPaths(t, result.CheckAnnotation(config, test.Result), test.Problems)
		})
	}
}

func wantPaths(t *testing.T, err error, want []string) {
	t.Helper()
	var paths []string
	for _, problem := range result.Problems(err) {
		paths = append(paths, problem.Path)
	}
	if !slices.Equal(paths, want) || (err == nil) != (len(want) == 0) {
		t.Errorf("got problems at %q, want %q: %v", paths, want, err)
	}
}

func TestCheckPrediction(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, everything(t))
	for score, want := range map[float64][]string{0: nil, 1: nil, 1.0000000000000002: nil, -0.1: {"score"}, 95: {"score"}} {
		wantPaths(t, result.CheckPrediction(config, json.RawMessage(`[]`), &score), want)
	}
	wantPaths(t, result.CheckPrediction(config, json.RawMessage(`[]`), nil), nil)
}

func TestCheckTask(t *testing.T) {
	t.Parallel()
	span := func(start, end int, text string) json.RawMessage {
		set := result.For(parseConfig(t, everything(t)))
		set.Span("ner", result.Span{Start: start, End: end, Text: text}, "PER")
		raw, err := set.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	task := &labelstudio.TaskInput{
		Data:        json.RawMessage(`{"text":"Zoë and Łukasz","labels":[],"page":"","talk":[],"sound":"","series":{},"image":"","list":[]}`),
		Annotations: []labelstudio.AnnotationInput{{Result: span(8, 14, "Łukasz")}, {Result: json.RawMessage(`[{}]`)}},
		Predictions: []labelstudio.PredictionInput{
			{Result: span(8, 14, ""), Score: new(2.0)},
			{Result: span(9, 14, "Łukasz")}, // as Go counts
			{Result: span(8, 16, "")},
			{Result: span(15, 15, "")},
		},
	}
	err := result.CheckTask(parseConfig(t, everything(t)), task)
	wantPaths(t, err, []string{
		"data.other", "annotations[1].result[0].from_name", "predictions[0].score", "predictions[1].result[0].value.text", "predictions[2].result[0].value.end",
		"predictions[3].result[0].value.end",
	})
	if want := "code points"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want it to say %q", err, want)
	}
}

// What the check doesn't know of a text is no problem.
func TestCheckTaskWithoutText(t *testing.T) {
	t.Parallel()
	const results = `[{"id":"a","from_name":"l","to_name":"t","type":"labels","value":{"start":5,"end":9,"text":"te t","labels":["L"]}},
		{"id":"a","from_name":"n","to_name":"t","type":"textarea","value":{"start":5,"end":9,"text":["note"]}}]`
	const config = `<View><Text name="t" value="%s" %s/><Labels name="l" toName="t"><Label value="L"/></Labels>
		<TextArea name="n" toName="t" perRegion="true"/></View>`
	for name, test := range map[string]struct {
		value, attr, data string
		paths             []string
	}{
		"no data":                  {"$text", ``, ``, []string{"data"}},
		"no text":                  {"$text", ``, `{}`, []string{"data.text"}},
		"a number":                 {"$text", ``, `{"text":1}`, nil},
		"a file":                   {"$text", `valueType="url"`, `{"text":"/t"}`, nil},
		"an encoded text":          {"$text", `encoding="base64"`, `{"text":"dGV4"}`, nil},
		"a line end":               {"$text", ``, `{"text":"a\r\nb"}`, nil},
		"a text of its own":        {"text", ``, `{"text":"text"}`, nil},
		"another text":             {"$text", ``, `{"text":"this text"}`, []string{"annotations[0].result[0].value.text"}},
		"other white space":        {"$text", ``, `{"text":"1234 te\nt"}`, nil},
		"the text":                 {"$text", ``, `{"text":"this te t"}`, nil},
		"a text that is too short": {"$text", ``, `{"text":"1234 tex"}`, []string{"annotations[0].result[0].value.end"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			task := &labelstudio.TaskInput{
				Data:        json.RawMessage(test.data),
				Annotations: []labelstudio.AnnotationInput{{Result: json.RawMessage(results)}},
			}
			wantPaths(t, result.CheckTask(parseConfig(t, fmt.Sprintf(config, test.value, test.attr)), task), test.paths)
		})
	}
}

// The data of a task is checked as the label config says.
func TestCheckTaskData(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, `<View><Text name="t" value="$text"/><Image name="i" value="$image"/></View>`)
	err := result.CheckTask(config, &labelstudio.TaskInput{Data: json.RawMessage(`{"text":{}}`)})
	wantPaths(t, err, []string{"data.text", "data.image"})
	if !errors.Is(err, result.ErrInvalid) || !errors.Is(err, labelconfig.ErrTask) {
		t.Errorf("%v is not both ErrInvalid and ErrTask", err)
	}
	if want := "data.image: missing: "; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want it to say %q", err, want)
	}
	if err := result.CheckTask(config, &labelstudio.TaskInput{Data: json.RawMessage(`{"text":"a","image":"b"}`)}); err != nil {
		t.Error(err)
	}
}

// Labels that come with a task are checked, if it is clear what they are.
func TestCheckTaskLabels(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, `<View><Text name="t" value="$text"/>
		<Choices name="c" toName="t" value="$shop.kinds"><Choice value="Other"/></Choices>
		<Taxonomy name="x" toName="t" value="$shop.kinds"/></View>`)
	const choice = `[{"from_name":"c","to_name":"t","type":"choices","value":{"choices":["%s"]}}]`
	const path = `[{"from_name":"x","to_name":"t","type":"taxonomy","value":{"taxonomy":[["%s"]]}}]`
	for name, test := range map[string]struct {
		kinds, result, label string
		problem              string
	}{
		"one of texts":          {`["A","B"]`, choice, `B`, ""},
		"none of texts":         {`["A","B"]`, choice, `C`, "choices[0]"},
		"one of the config":     {`["A","B"]`, choice, `Other`, ""},
		"none of none":          {`[]`, choice, `A`, "choices[0]"},
		"one of objects":        {`[{"value":"A"},{"value":"B","alias":"b"}]`, choice, `b`, ""},
		"none of objects":       {`[{"value":"A"},{"value":"B","alias":"b"}]`, choice, `B`, "choices[0]"},
		"a path":                {`[{"value":"A","children":[{"value":"B"}]}]`, path, `A","B`, ""},
		"a path of nothing":     {`[{"value":"A","children":[{"value":"B"}]}]`, path, `A","C`, "taxonomy[0][1]"},
		"a path from below":     {`[{"value":"A","children":[{"value":"B"}]}]`, path, `B`, "taxonomy[0]"},
		"not clear: numbers":    {`[1]`, choice, `any`, ""},
		"not clear: no value":   {`[{"title":"A"}]`, choice, `any`, ""},
		"not clear: a text":     {`"A,B"`, choice, `any`, ""},
		"not clear: an object":  {`{"value":"A"}`, choice, `any`, ""},
		"not clear: what below": {`[{"value":"A","children":"B"}]`, choice, `any`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			task := &labelstudio.TaskInput{
				Data:        json.RawMessage(`{"text":"a","shop":{"kinds":` + test.kinds + `}}`),
				Predictions: []labelstudio.PredictionInput{{Result: fmt.Appendf(nil, test.result, test.label)}},
			}
			var paths []string
			for _, problem := range result.Problems(result.CheckTask(config, task)) {
				if !errors.Is(problem, labelconfig.ErrTask) { // an import refuses some of what is not clear
					paths = append(paths, problem.Path)
				}
			}
			var want []string
			if test.problem != "" {
				want = []string{"predictions[0].result[0].value." + test.problem}
			}
			if !slices.Equal(paths, want) {
				t.Errorf("got problems at %q, want %q", paths, want)
			}
		})
	}
	if control, _ := config.Control("c"); control.LabelsKey == "" || len(control.Labels) != 1 {
		t.Errorf("the label config was changed: %+v", control)
	}
}

// Whatever is nil is told, and panics nowhere.
func TestCheckNothing(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, everything(t))
	task := &labelstudio.TaskInput{Predictions: []labelstudio.PredictionInput{{Result: json.RawMessage(`[{"type":"choices"}]`)}}}
	wantPaths(t, result.Check(nil, []result.Result{{FromName: "mood"}}), []string{"config"})
	wantPaths(t, result.CheckAnnotation(nil, json.RawMessage(`[]`)), []string{"config"})
	wantPaths(t, result.CheckPrediction(nil, json.RawMessage(`[]`), new(2.0)), []string{"score", "config"})
	wantPaths(t, result.CheckTask(nil, task), []string{"config"})
	wantPaths(t, result.CheckTask(config, nil), []string{"task"})
	if missing := result.Unanswered(nil, nil); missing != nil {
		t.Errorf("without a config %v are required", missing)
	}
}

// What is added to no set is told when it is to be sent.
func TestNoSet(t *testing.T) {
	t.Parallel()
	var set *result.Set
	box := set.Box("box", result.Image{Width: 10, Height: 10}, result.Box{Width: 5, Height: 5}, "Car")
	for name, r := range map[string]*result.Result{
		"Choices": set.Choices("a", "b"), "Taxonomy": set.Taxonomy("a"), "TextArea": set.TextArea("a"), "Rating": set.Rating("a", 1),
		"Number": set.Number("a", 1), "DateTime": set.DateTime("a", "b"), "Pairwise": set.Pairwise("a", "left"),
		"Ranker": set.Ranker("a", nil), "Labels": set.Labels("a", "b").On(box), "Span": set.Span("a", result.Span{}),
		"Segment": set.Segment("a", result.Segment{}), "Fragment": set.Fragment("a", result.Fragment{}), "Box": box,
		"Ellipse": set.Ellipse("a", result.Image{}, result.Ellipse{}), "KeyPoint": set.KeyPoint("a", result.Image{}, result.KeyPoint{}),
		"Polygon": set.Polygon("a", result.Image{}, nil), "Brush": set.Brush("a", nil),
		"Relate": set.Relate(box, nil), "Add": set.Add(result.Result{}),
	} {
		if r == nil {
			t.Errorf("%s returns nothing to set fields of", name)
		}
	}
	_, err := set.Results()
	wantPaths(t, err, []string{"set"})
	if _, err = set.Encode(); err == nil || !strings.Contains(err.Error(), "make one with For") {
		t.Errorf("got the error %v", err)
	}
}

// What a check lets pass, a method can read; what it can't read is told as such.
func TestCheckedCanBeRead(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, everything(t))
	read := map[string]func(*result.Result) error{
		"rating":          func(r *result.Result) error { _, err := r.Rating(); return err },
		"number":          func(r *result.Result) error { _, err := r.Number(); return err },
		"labels":          func(r *result.Result) error { _, err := r.Span(); return err },
		"paragraphlabels": func(r *result.Result) error { _, err := r.Fragment(); return err },
		"brush":           func(r *result.Result) error { _, err := r.Mask(); return err },
	}
	for _, test := range []struct {
		control, object, kind, value string
		taken                        bool
	}{
		{"stars", "text", "rating", `{"rating":3.0}`, true},
		{"stars", "text", "rating", `{"rating":0.3e1}`, true},
		{"stars", "text", "rating", `{"rating":2.5}`, false},
		{"stars", "text", "rating", `{"rating":"2"}`, false},
		{"most", "text", "number", `{"number":-1e999}`, false},
		{"ner", "text", "labels", `{"start":1.0,"end":2,"labels":["PER"]}`, true},
		{"ner", "text", "labels", `{"start":1,"end":1e300,"labels":["PER"]}`, false},
		{"ner", "text", "labels", `{"start":1,"end":1e999,"labels":["PER"]}`, false},
		{"turns", "talk", "paragraphlabels", `{"start":0,"end":1,"startOffset":0,"endOffset":2.0,"paragraphlabels":["Question"]}`, true},
		{"turns", "talk", "paragraphlabels", `{"start":true,"end":1,"startOffset":0,"endOffset":2,"paragraphlabels":["Question"]}`, false},
		{"mask", "image", "brush", `{"format":"rle","rle":[0.0,0,0,4,57,27,252,127,224]}`, true},
		{"mask", "image", "brush", `{"format":"rle","rle":[0.5,0,0,4,57,27,252,127,224]}`, false},
	} {
		r := result.Result{
			FromName: test.control, ToName: test.object, Type: test.kind, Value: json.RawMessage(test.value),
			OriginalWidth: 1, OriginalHeight: 1,
		}
		if err := result.Check(config, []result.Result{r}); (err == nil) != test.taken {
			t.Errorf("%s: checked as %v", test.value, err)
		}
		err := read[test.kind](&r)
		if (err == nil) != test.taken || err != nil && !errors.Is(err, result.ErrInvalid) {
			t.Errorf("%s: read with %v", test.value, err)
		}
	}
	r := result.Result{Type: "paragraphlabels", Value: json.RawMessage(`{"start":0,"end":"12","startOffset":3.0,"endOffset":4}`)}
	fragment, err := r.Fragment()
	if want := (result.Fragment{Start: "0", End: "12", StartOffset: 3, EndOffset: 4}); err != nil || fragment != want {
		t.Errorf("read %+v, %v, want %+v", fragment, err, want)
	}
}

// A span of a text is compared with it however its numbers are written.
func TestCheckTaskNumbers(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, `<View><Text name="t" value="$text"/><Labels name="l" toName="t"><Label value="L"/></Labels></View>`)
	task := &labelstudio.TaskInput{
		Data: json.RawMessage(`{"text":"abc","large":1e999}`),
		Predictions: []labelstudio.PredictionInput{{Result: json.RawMessage(
			`[{"from_name":"l","to_name":"t","type":"labels","value":{"start":0.0,"end":2.0,"text":"bc","labels":["L"]}}]`)}},
	}
	wantPaths(t, result.CheckTask(config, task), []string{"predictions[0].result[0].value.text"})
}

// The config may name an object that it doesn't have, or another control.
func TestCheckObject(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, `<View><Chat name="chat" toName="chat" value="$chat"/><Rating name="a" toName="chat"/><Rating name="b" toName="gone"/>
		<Text name="t" value="$t"/><Text name="u" value="$u"/><Rating name="c" toName="t,u"/></View>`)
	for _, test := range []struct{ control, object, reason string }{
		{"a", "chat", ""},
		{"b", "gone", `the config has no object "gone"`},
		{"c", "t", ""},
		{"c", "", `not set: control "c" labels several objects, so say which of t,u`},
		{"a", "", `"" is not what control "a" labels, that is chat`},
	} {
		r := result.Result{FromName: test.control, ToName: test.object, Type: "rating", Value: json.RawMessage(`{"rating":1}`)}
		var reason string
		for _, problem := range result.Problems(result.Check(config, []result.Result{r})) {
			reason = problem.Reason
		}
		if reason != test.reason {
			t.Errorf("%s to %q: got %q, want %q", test.control, test.object, reason, test.reason)
		}
	}
}

func TestUnanswered(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, everything(t))
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

// The label of a relation is one of any Relations tag.
func TestCheckRelationsOfSeveralTags(t *testing.T) {
	t.Parallel()
	config := parseConfig(t, `<View><Text name="text" value="$text"/><Labels name="ner" toName="text"><Label value="A"/></Labels>
		<Relations><Relation value="knows"/></Relations><Relations><Relation value="owns"/></Relations>
		<Relations name="relations" toName="text"><Relation value="likes"/></Relations></View>`)
	for label, want := range map[string]string{
		"knows": "", "owns": "", "likes": "", "sees": `result[1].labels[0]: Relations has no "sees", only "knows", "owns", "likes"`,
	} {
		results, err := result.Parse([]byte(`[
			{"id":"a","from_name":"ner","to_name":"text","type":"labels","value":{"start":0,"end":1,"text":"x","labels":["A"]}},
			{"type":"relation","from_id":"a","to_id":"a","direction":"right","labels":["` + label + `"]}]`))
		if err != nil {
			t.Fatal(err)
		}
		if err := result.Check(config, results); want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s: got %v, want %s", label, err, want)
		}
	}
}

// A Relations tag may have a name and toName, as a control.
func TestCheckRelationsWithAName(t *testing.T) {
	t.Parallel()
	config, err := labelconfig.Parse(`<View><Text name="text" value="$text"/><Labels name="ner" toName="text"><Label value="A"/></Labels>
		<Relations name="relations" toName="text"><Relation value="knows"/></Relations></View>`)
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[string]int{"knows": 0, "owns": 1} {
		results, err := result.Parse([]byte(`[
			{"id":"a","from_name":"ner","to_name":"text","type":"labels","value":{"start":0,"end":1,"text":"x","labels":["A"]}},
			{"type":"relation","from_id":"a","to_id":"a","direction":"right","labels":["` + label + `"]}]`))
		if err != nil {
			t.Fatal(err)
		}
		if problems := result.Problems(result.Check(config, results)); len(problems) != want {
			t.Errorf("%s: %v, want %d problems", label, problems, want)
		}
	}
}
