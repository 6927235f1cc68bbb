package labelconfig_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

func TestParse(t *testing.T) {
	t.Parallel()
	config := parse(t, `<View>
		<Text name="text" value="$review"/>
		<Image name="photos" value="x" valueList="$photos"/>
		<Filter name="filter" toName="mood" value="$filter"/>
		<Choices name="mood" toName="text,photos">
			<View><Choice value="Good" alias="g"/></View><Choice value="Bad"/><Choice value="Worst" alias="Bad"/>
			<Choice/><Choice valueList="List"/><Other value="Other"/>
		</Choices>
		<Labels name="parts" toName="text" value="$parts"/>
		<Taxonomy name="kinds" toName="text" apiUrl="https://example.com"><Choice value="Kind"/></Taxonomy>
		<Label value="nobody's"/>
	</View>`)

	var controls, objects []string
	for _, control := range config.Controls {
		controls = append(controls, control.Tag+" "+control.Name)
	}
	for _, object := range config.Objects {
		objects = append(objects, object.Tag+" "+object.Name+" "+object.Value)
	}
	if want := []string{"Choices mood", "Labels parts", "Taxonomy kinds"}; !slices.Equal(controls, want) {
		t.Errorf("the controls are %q, want %q", controls, want)
	}
	if want := []string{"Text text $review", "Image photos $photos", "Filter filter $filter"}; !slices.Equal(objects, want) {
		t.Errorf("the objects are %q, want %q", objects, want)
	}

	mood, _ := config.Control("mood")
	var labels []string
	for _, label := range mood.Labels {
		labels = append(labels, label.Value+" of "+label.Attrs["value"])
	}
	if want := []string{"g of Good", "Bad of Worst", "List of "}; !slices.Equal(labels, want) {
		t.Errorf("the labels are %q, want %q", labels, want)
	}
	if want := []string{"text", "photos"}; !slices.Equal(mood.ToName, want) {
		t.Errorf("the control labels %q, want %q", mood.ToName, want)
	}
	if !mood.HasLabel("g") || mood.HasLabel("Good") {
		t.Error("the control has the label Good, not its alias")
	}
	for _, name := range []string{"parts", "kinds"} {
		if control, ok := config.Control(name); !ok || !control.HasLabel("anything") {
			t.Errorf("the control %s lacks labels that come from elsewhere", name)
		}
	}
	if _, ok := config.Control("text"); ok {
		t.Error("the Text is a control")
	}
	if _, ok := config.Object("mood"); ok {
		t.Error("the Choices are an object")
	}
}

func TestParseFails(t *testing.T) {
	t.Parallel()
	_, err := labelconfig.Parse("<View>")
	if !errors.Is(err, labelconfig.ErrInvalid) {
		t.Errorf("got %v, want one that is ErrInvalid", err)
	}
	if _, err := labelconfig.Parse("<View><Text/></View>"); err != nil {
		t.Errorf("what is XML, and refused by the server, can't be parsed: %v", err)
	}
}

func TestParseTree(t *testing.T) {
	t.Parallel()
	config, err := labelconfig.Parse(`<View><Text name="text" value="$text"/>
		<Taxonomy name="topic" toName="text">
			<Choice value="Animals" alias="a"><View><Choice value="Cat"/></View><Choice value="Other"/></Choice>
			<Choice value="Plants"><Choice value="Other"/></Choice>
		</Taxonomy>
		<Taxonomy name="far" toName="text" apiUrl="https://labels.example.com/tree"/>
		<Relations><Relation value="knows"/><Relation/></Relations>
	</View>`)
	if err != nil {
		t.Fatal(err)
	}
	topic, _ := config.Control("topic")
	if want := "[[a] [a Cat] [a Other] [Plants] [Plants Other]]"; fmt.Sprint(topic.Paths) != want {
		t.Errorf("the paths are %v, want %s", topic.Paths, want)
	}
	if !topic.HasPath("Plants", "Other") || topic.HasPath("Plants", "Cat") || topic.HasPath() || topic.HasPath("Cat") {
		t.Errorf("the control is %+v", topic)
	}
	if far, _ := config.Control("far"); !far.HasPath("any", "thing") {
		t.Errorf("the control of labels elsewhere is %+v", far)
	}
	if len(config.Relations) != 1 || config.Relations[0].Value != "knows" {
		t.Errorf("the relations are %+v", config.Relations)
	}
}

// The value of a control brings labels where the editor makes labels of it only.
func TestParseLabelsKey(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"Choices": "x", "Taxonomy": "x", "Labels": "x", "RectangleLabels": "x", "TimelineLabels": "x",
		"TextArea": "", "Ranker": "", "Pairwise": "", "Relations": "", "Chat": "",
	} {
		config := parse(t, `<View><Text name="text" value="$text"/><`+tag+` name="c" toName="text" value="$x"/></View>`)
		control, _ := config.Control("c")
		if control.LabelsKey != want || control.HasLabel("any") != (want != "") {
			t.Errorf("%s: the labels are of the key %q, want %q", tag, control.LabelsKey, want)
		}
	}
}
