package result_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/labelstudio-go/labelstudio/result"
)

// strange is a list with what a Result has no field for.
var strange = []string{
	`[]`,
	`[{}]`,
	`[{"id":"a","type":"choices","value":{"choices":["<b>&"] , "n":1.00,"big":123456789012345678901}}]`,
	`[{"type":"from the future","value":"not an object","labels":{"a":1},"x":[null]}]`,
	`[{"id":7,"from_name":null,"to_name":"","type":false,"value":null,"score":"high","parentID":null}]`,
	`[{"original_width":640.0,"original_height":480.5,"image_rotation":0,"meta":{"text":["note"]},"score":0.25}]`,
	`[{"type":"relation","from_id":"a","to_id":"b","direction":"right","labels":[]}]`,
	`[{"type":"relation","from_id":"a","to_id":"b","direction":"bi","labels":["of"]},{"labels":[1]},{"labels":[null]}]`,
	`[{"original_width":-3,"original_height":1e300,"Type":"x","TYPE":"y"}]`,
}

func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for _, text := range strange {
		wantSame(t, json.RawMessage(text))
	}
}

// wantSame checks that a list comes out of Parse and Encode as it was.
func wantSame(t *testing.T, raw json.RawMessage) {
	t.Helper()
	results, err := result.Parse(raw)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	again, err := result.Encode(results)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	if !sameJSON(t, raw, again) {
		t.Errorf("%s\nbecame\n%s", raw, again)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

func TestRawValuesKeepTheirBytes(t *testing.T) {
	t.Parallel()
	const text = `[{"id":"a","type":"vector","value":{ "b" : 1.0, "a":"\u003c<" },"score":1e999,"unknown":{ "z":1e2 }}]`
	results, err := result.Parse(json.RawMessage(text))
	if err != nil {
		t.Fatal(err)
	}
	again, err := result.Encode(results)
	if err != nil || string(again) != text {
		t.Errorf("got %s, %v, want %s", again, err, text)
	}
}

// A field goes before what the Rest has under its name.
func TestFieldsGoBeforeTheRest(t *testing.T) {
	t.Parallel()
	results, err := result.Parse(json.RawMessage(`[{"id":7,"score":null}]`))
	if err != nil {
		t.Fatal(err)
	}
	results[0].ID = "seven"
	got, err := result.Encode(results)
	if want := `[{"id":"seven","score":null}]`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestParseWhatIsNoList(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `{}`, `"choice"`, `[1]`, `[{},null]`, `[`} {
		if results, err := result.Parse(json.RawMessage(text)); err == nil {
			t.Errorf("%s: got %+v, want an error", text, results)
		}
	}
}

func TestEncodeWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	raw, err := result.Encode([]result.Result{{}, {Value: json.RawMessage(`{`)}})
	if err == nil || err.Error() != "result[1].value: not JSON" {
		t.Errorf("got %s, %v", raw, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range strange {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		results, err := result.Parse(raw)
		if err != nil {
			return
		}
		result.Regions(results)
		once, err := result.Encode(results)
		if err != nil {
			t.Fatal(err)
		}
		again, err := result.Parse(once)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := result.Encode(again)
		if err != nil || string(once) != string(twice) {
			t.Fatalf("%s\nthen\n%s\n%v", once, twice, err)
		}
	})
}

func TestSpanOf(t *testing.T) {
	t.Parallel()
	const text = "naïve 👩‍🚀 in Łódź"
	start := len("naïve 👩‍🚀 in ")
	span := result.SpanOf(text, start, len(text))
	if want := (result.Span{Start: 13, End: 17, Text: "Łódź"}); span != want {
		t.Errorf("got %+v, want %+v", span, want)
	}
	if from, to, ok := span.In(text); !ok || text[from:to] != "Łódź" {
		t.Errorf("found at %d to %d, %v", from, to, ok)
	}
	if from, to, ok := (result.Span{Start: 1, End: 1}).In("ab"); from != 1 || to != 1 || !ok {
		t.Errorf("an empty span is at %d to %d, %v", from, to, ok)
	}
	if _, _, ok := span.In("short"); ok {
		t.Error("found in a text that is shorter")
	}
	if empty := result.SpanOf("", 0, 0); empty != (result.Span{}) {
		t.Errorf("got %+v, want nothing", empty)
	}
	defer func() {
		if recover() == nil {
			t.Error("a character was cut")
		}
	}()
	result.SpanOf(text, 3, 6)
}

func TestPixels(t *testing.T) {
	t.Parallel()
	size := result.Image{Width: 200, Height: 50}
	if got, want := size.Box(20, 5, 100, 25), (result.Box{X: 10, Y: 10, Width: 50, Height: 50}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := size.Ellipse(100, 25, 20, 5), (result.Ellipse{X: 50, Y: 50, RadiusX: 10, RadiusY: 10}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if x, y := size.Pixels(result.Point{X: 10, Y: 20}); x != 20 || y != 10 {
		t.Errorf("got %v, %v, want 20, 10", x, y)
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	results, err := result.Parse(json.RawMessage(`[
		{"id":"whole","from_name":"mood","type":"choices","value":{"choices":["Good"]}},
		{"id":"a","from_name":"colour","type":"choices","value":{"x":1,"y":2,"width":3,"height":4,"choices":["Red"]}},
		{"id":"a","from_name":"label","type":"labels","value":{"x":1,"y":2,"width":3,"height":4,"labels":["Car"]}},
		{"id":"a","from_name":"box","type":"rectangle","value":{"x":1,"y":2,"width":3,"height":4}},
		{"id":"b","from_name":"ner","type":"labels","value":{"start":1,"end":2,"labels":["PER"]}},
		{"type":"relation","from_id":"a","to_id":"b","direction":"right"}]`))
	if err != nil {
		t.Fatal(err)
	}
	regions := result.Regions(results)
	if len(regions) != 2 || regions[0].ID != "a" || regions[1].ID != "b" {
		t.Fatalf("got %+v", regions)
	}
	car, person := regions[0], regions[1]
	if car.Shape.Type != "rectangle" || !slices.Equal(car.Labels, []string{"Car"}) {
		t.Errorf("got %+v", car)
	}
	if len(car.Answers) != 1 || car.Answers[0].FromName != "colour" {
		t.Errorf("got the answers %+v", car.Answers)
	}
	if span, err := person.Shape.Span(); err != nil || span != (result.Span{Start: 1, End: 2}) {
		t.Errorf("got %+v, %v", span, err)
	}
}
