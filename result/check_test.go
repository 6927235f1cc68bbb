package result_test

import (
	"encoding/json"
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
	for score, want := range map[float64][]string{0: nil, 1: nil, -0.1: {"score"}, 95: {"score"}} {
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
		Data:        json.RawMessage(`{"text":"Zoë and Łukasz"}`),
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
		"annotations[1].result[0].from_name", "predictions[0].score", "predictions[1].result[0].value.text", "predictions[2].result[0].value.end",
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
		"no data":                  {"$text", ``, ``, nil},
		"no text":                  {"$text", ``, `{}`, nil},
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
