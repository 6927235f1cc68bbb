package generated

import (
	"encoding/json"
	"errors"
)

// The one file here that is written by hand: no description can say this, and
// the method must stand beside its type.

var (
	errNothingSelected = errors.New("nothing is selected, which the server would take for every task: set All or Included")
	errTwoSelections   = errors.New("two selections in one, of which the server reads one: All goes with Excluded, and Included goes alone")
	errNoFiles         = errors.New("no files are named, which the server would take for all of them: set FileUploadIDs")
)

// MarshalJSON refuses a selection of nothing, such as the zero value or an
// empty list of ids: the server would perform the action on every task. It
// refuses two selections in one as well, of which the server reads All first.
func (s SelectedItems) MarshalJSON() ([]byte, error) {
	switch {
	case !s.All && len(s.Included) == 0:
		return nil, errNothingSelected
	case s.All && len(s.Included) > 0, !s.All && len(s.Excluded) > 0:
		return nil, errTwoSelections
	}
	type plain SelectedItems
	return json.Marshal(plain(s))
}

// MarshalJSON refuses no ids: for a null in their place the server would delete
// every file of the project.
func (r FileUploadsDeleteRequest) MarshalJSON() ([]byte, error) {
	if len(r.FileUploadIDs) == 0 {
		return nil, errNoFiles
	}
	type plain FileUploadsDeleteRequest
	return json.Marshal(plain(r))
}
