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
		want      string
		err       error
	}{
		{SelectedItems{}, "", errNothingSelected},
		{SelectedItems{Included: []int64{}}, "", errNothingSelected},
		{SelectedItems{Excluded: []int64{1}}, "", errNothingSelected},
		{SelectedItems{All: true, Included: []int64{1}}, "", errTwoSelections},
		{SelectedItems{Included: []int64{1}, Excluded: []int64{1}}, "", errTwoSelections},
		{SelectedItems{Included: []int64{1}}, `{"all":false,"included":[1]}`, nil},
		{SelectedItems{All: true}, `{"all":true}`, nil},
		{SelectedItems{All: true, Excluded: []int64{1}}, `{"all":true,"excluded":[1]}`, nil},
	}
	for _, tt := range tests {
		got, err := json.Marshal(tt.selection)
		if string(got) != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%+v: got %s, %v; want %s, %v", tt.selection, got, err, tt.want, tt.err)
		}
	}
}

func TestFileUploadsDeleteRequest(t *testing.T) {
	t.Parallel()
	for _, none := range [][]int64{nil, {}} {
		if got, err := json.Marshal(FileUploadsDeleteRequest{FileUploadIDs: none}); !errors.Is(err, errNoFiles) {
			t.Errorf("%#v: got %s, %v", none, got, err)
		}
	}
	got, err := json.Marshal(FileUploadsDeleteRequest{FileUploadIDs: []int64{7}})
	if want := `{"file_upload_ids":[7]}`; string(got) != want || err != nil {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
