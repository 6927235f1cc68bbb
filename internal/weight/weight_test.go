package weight_test

import (
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/weight"
)

func TestWeight(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		``:            0,
		`12.5`:        4,
		`{"a":[1,2]}`: 11 + weight.Object + 2*weight.Item,
		`[{},{}]`:     7 + 2*weight.Object + 2*weight.Item,
	} {
		if got := weight.JSON([]byte(text)); got != want {
			t.Errorf("%s weighs %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int64{
		`a{[`:      3,
		"1,2;3\t4": 7 + 3*weight.Item,
	} {
		if got := weight.Table([]byte(text)); got != want {
			t.Errorf("%q weighs %d, want %d", text, got, want)
		}
	}
}
