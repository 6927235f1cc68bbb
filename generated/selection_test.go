package generated

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestSelectedItems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		selection SelectedItems
		want      string // "" if it is refused
	}{
		{SelectedItems{}, ""},
		{SelectedItems{Included: []int64{}}, ""},
		{SelectedItems{Excluded: []int64{1}}, ""},
		{SelectedItems{Included: []int64{1}}, `{"all":false,"included":[1]}`},
		{SelectedItems{All: true}, `{"all":true}`},
		{SelectedItems{All: true, Excluded: []int64{1}}, `{"all":true,"excluded":[1]}`},
	}
	for _, tt := range tests {
		got, err := json.Marshal(tt.selection)
		if string(got) != tt.want || errors.Is(err, errNothingSelected) != (tt.want == "") {
			t.Errorf("%+v: got %s, %v; want %s", tt.selection, got, err, tt.want)
		}
	}
}
