package result_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelconfig"
	"github.com/labelstudio-go/labelstudio/result"
)

const reviews = `<View>
	<Text name="text" value="$text"/>
	<Choices name="mood" toName="text"><Choice value="Good"/><Choice value="Bad"/></Choices>
	<Labels name="names" toName="text"><Label value="Person"/><Label value="Product"/></Labels>
</View>`

// A prediction is made from the label config, which knows what the controls label
// and which labels they have.
func ExampleFor() {
	config, err := labelconfig.Parse(reviews)
	if err != nil {
		panic(err)
	}
	text := "Zoë's kettle lasts for days."
	set := result.For(config)
	set.Choices("mood", "Good")
	for _, name := range []string{"Zoë", "kettle"} {
		start := strings.Index(text, name)
		set.Span("names", result.SpanOf(text, start, start+len(name)), "Product").Score = new(0.8)
	}
	raw, err := set.Encode()
	if err != nil {
		panic(err)
	}
	prediction := labelstudio.PredictionRequest{Task: 1, Result: raw} // for client.Predictions.Create

	results, err := result.Parse(prediction.Result)
	if err != nil {
		panic(err)
	}
	for i := range results {
		switch r := &results[i]; r.Type {
		case "choices":
			fmt.Println(r.Choices())
		case "labels":
			fmt.Println(r.Span())
		}
	}
	// Output:
	// [Good] <nil>
	// {0 3 Zoë} <nil>
	// {6 12 kettle} <nil>
}

// All that is wrong with a set is told at once.
func ExampleProblems() {
	config, err := labelconfig.Parse(reviews)
	if err != nil {
		panic(err)
	}
	set := result.For(config)
	set.Choices("mood", "Good", "Bad")
	set.Span("names", result.Span{Start: 9, End: 3}, "Place")
	_, err = set.Encode()
	for _, problem := range result.Problems(err) {
		fmt.Println(problem.Path)
		fmt.Println("\t" + problem.Reason)
	}
	// Output:
	// result[0].value.choices
	// 	2 choices where Choices "mood" takes one: it has no choice="multiple"
	// result[1].value.end
	// 	3 is before start, 9
	// result[1].value.labels[0]
	// 	Labels "names" has no "Place", only "Person", "Product"
}

// Predictions that a task is imported with are checked before the server takes
// them unread.
func ExampleCheckTask() {
	config, err := labelconfig.Parse(reviews)
	if err != nil {
		panic(err)
	}
	var task labelstudio.TaskInput
	err = json.Unmarshal([]byte(`{"data":{"text":"Broke after a week."},"predictions":[{"score":0.9,"result":[
		{"from_name":"mood","to_name":"text","type":"choices","value":{"choices":["Ugly"]}}]}]}`), &task)
	if err != nil {
		panic(err)
	}
	fmt.Println(result.CheckTask(config, &task))
	// Output:
	// predictions[0].result[0].value.choices[0]: Choices "mood" has no "Ugly", only "Good", "Bad"
}

// What several controls say of one region is put together.
func ExampleRegions() {
	config, err := labelconfig.Parse(`<View><Image name="photo" value="$photo"/>
		<RectangleLabels name="parts" toName="photo"><Label value="Car"/></RectangleLabels>
		<Choices name="colour" toName="photo" perRegion="true"><Choice value="Red"/></Choices>
	</View>`)
	if err != nil {
		panic(err)
	}
	photo := result.Image{Width: 640, Height: 480}
	set := result.For(config)
	car := set.Box("parts", photo, photo.Box(64, 48, 320, 120), "Car")
	set.Choices("colour", "Red").On(car)
	results, err := set.Results()
	if err != nil {
		panic(err)
	}
	for _, region := range result.Regions(results) {
		box, err := region.Shape.Box()
		if err != nil {
			panic(err)
		}
		fmt.Println(region.Labels, box)
		for _, answer := range region.Answers {
			fmt.Println(answer.Choices())
		}
	}
	// Output:
	// [Car] {10 10 50 25 0}
	// [Red] <nil>
}
