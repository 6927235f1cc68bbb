package labelconfig_test

import (
	"testing"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

func TestParse(t *testing.T) {
	t.Parallel()
	config, err := labelconfig.Parse(`<View>
		<Text name="text" value="$review"/>
		<Choices name="mood" toName="text"><View><Choice value="Good" alias="g"/></View><Choice value="Bad"/></Choices>
		<Labels name="parts" toName="text" value="$parts"/>
	</View>`)
	if err != nil {
		t.Fatal(err)
	}
	mood, _ := config.Control("mood")
	if mood == nil || mood.Tag != "Choices" || len(mood.Labels) != 2 ||
		!mood.HasLabel("g") || mood.HasLabel("Good") || !mood.HasLabel("Bad") {
		t.Errorf("the control is %+v", mood)
	}
	if parts, _ := config.Control("parts"); parts == nil || parts.LabelsKey != "parts" || !parts.HasLabel("anything") {
		t.Errorf("the control with labels of the task is %+v", parts)
	}
	if text, ok := config.Object("text"); !ok || text.Value != "$review" || text.Tag != "Text" {
		t.Errorf("the object is %+v", text)
	}
}
