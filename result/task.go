package result

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// CheckTask checks a task to import: its data as [labelconfig.Config.CheckTask]
// does, and the annotations and predictions that it comes with, as
// [CheckAnnotation] and [CheckPrediction] do. With the data at hand it checks
// more: that spans of a plain text are where they say, and labels that come with
// the task (value="$key" of the control), if they are a list of texts or of
// objects with a value.
//
// The paths of the problems begin as in "data.text" and
// "predictions[0].result[1].value.choices[0]". Those of the data match
// [labelconfig.ErrTask], too.
func CheckTask(config *labelconfig.Config, task *generated.TaskInput) error {
	var c checker
	if task == nil {
		c.problem("task", "there is none")
	}
	if !c.config(config) || task == nil {
		return join(c.problems)
	}
	for _, wrong := range labelconfig.TaskErrors(config.CheckTask(task.Data)) {
		c.problems = append(c.problems, &Problem{Path: wrong.Path, Reason: wrong.Reason, cause: wrong})
	}
	data, _ := decode(task.Data) // without data there are no texts to look at
	config = withLabels(config, data)
	for i, annotation := range task.Annotations {
		path := fmt.Sprintf("annotations[%d].result", i)
		c.texts(path, config, data, c.raw(path, config, annotation.Result))
	}
	for i, prediction := range task.Predictions {
		path := fmt.Sprintf("predictions[%d].", i)
		c.score(path+"score", prediction.Score)
		c.texts(path+"result", config, data, c.raw(path+"result", config, prediction.Result))
	}
	return join(c.problems)
}

// CheckAnnotation does for the Result of an annotation what [Check] does.
func CheckAnnotation(config *labelconfig.Config, result json.RawMessage) error {
	var c checker
	c.raw("result", config, result)
	return join(c.problems)
}

// CheckPrediction does for the Result of a prediction what [Check] does, and
// checks that the score, if there is one, is from 0 to 1. The short forms of a
// result that the server takes as well, such as a bare choice, are a problem:
// the server picks a control for them by itself.
func CheckPrediction(config *labelconfig.Config, result json.RawMessage, score *float64) error {
	var c checker
	c.score("score", score)
	c.raw("result", config, result)
	return join(c.problems)
}

// Unanswered returns the controls with required that results don't answer. The
// labeling tool doesn't let annotators leave them out; the server takes
// annotations without, and so do the other checks. Controls that are asked for
// each region are left out, and so are those with visibleWhen; but one inside of
// a View with visibleWhen is not.
func Unanswered(config *labelconfig.Config, results []Result) []*labelconfig.Control {
	answered := map[string]bool{}
	for i := range results {
		answered[results[i].FromName] = true
	}
	if config == nil {
		return nil
	}
	var missing []*labelconfig.Control
	for i := range config.Controls {
		control := &config.Controls[i]
		attrs := control.Attrs
		required := attrs["required"] == "true" && attrs["perRegion"] != "true" && attrs["visibleWhen"] == ""
		if required && !answered[control.Name] {
			missing = append(missing, control)
		}
	}
	return missing
}

func (c *checker) score(path string, score *float64) {
	if score != nil && !(*score >= -epsilon && *score <= 1+epsilon) {
		c.problem(path, "%v is not within 0 and 1", *score)
	}
}

// raw checks a list of results and returns it, empty if it cannot be read.
func (c *checker) raw(path string, config *labelconfig.Config, raw json.RawMessage) []Result {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil || items == nil {
		c.problem(path, "not a list of results")
		return nil
	}
	results := make([]Result, len(items))
	for i, item := range items {
		if err := json.Unmarshal(item, &results[i]); err != nil {
			c.problem(fmt.Sprintf("%s[%d]", path, i), "not an object")
			return nil
		}
	}
	c.results(path, config, results)
	return results
}

// texts checks that spans are within the text that they are of, and that this
// is there what they say.
func (c *checker) texts(path string, config *labelconfig.Config, data map[string]any, results []Result) {
	for i := range results {
		r := &results[i]
		text, ok := textOf(config, data, r)
		span, err := r.Span()
		if !ok || err != nil || r.isAnswer() {
			continue
		}
		at := fmt.Sprintf("%s[%d].value", path, i)
		start, end, ok := span.In(text)
		switch {
		case !ok && span.Start <= span.End:
			count := utf8.RuneCountInString(text)
			c.problem(at+".end", "%d is past the end of the text, which has %d code points", span.End, count)
		case ok && span.Text != "" && squeeze(span.Text) != squeeze(text[start:end]):
			c.problem(at+".text", "%q is not what is there, %q: start and end count code points", span.Text, text[start:end])
		}
	}
}

// textOf returns the plain text that a result is about, if the task has it.
func textOf(config *labelconfig.Config, data map[string]any, r *Result) (string, bool) {
	object, ok := config.Object(r.ToName)
	if !ok || object.Tag != "Text" || object.Attrs["valueType"] == "url" || object.Attrs["encoding"] != "" {
		return "", false
	}
	key, ok := strings.CutPrefix(object.Value, "$")
	text, isText := data[key].(string)
	return text, ok && isText && !strings.Contains(text, "\r") // browsers drop it
}

// squeeze removes white space, which the labeling tool writes otherwise.
func squeeze(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, `\n`, " ")), "")
}
