package result_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
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
		},
	}
	err := result.CheckTask(parseConfig(t, everything(t)), task)
	wantPaths(t, err, []string{
		"annotations[1].result[0].from_name", "predictions[0].score", "predictions[1].result[0].value.text", "predictions[2].result[0].value.end",
	})
	if want := "code points"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want it to say %q", err, want)
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
