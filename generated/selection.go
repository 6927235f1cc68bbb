package generated

import (
	"encoding/json"
	"errors"
)

// The one file here that is written by hand: no description can say this, and
// the method must stand beside its type.

var errNothingSelected = errors.New("nothing is selected, which the server would take for every task: set All or Included")

// MarshalJSON refuses a selection of nothing, such as the zero value or an
// empty list of ids: the server would perform the action on every task.
func (s SelectedItems) MarshalJSON() ([]byte, error) {
	if !s.All && len(s.Included) == 0 {
		return nil, errNothingSelected
	}
	type plain SelectedItems
	return json.Marshal(plain(s))
}
