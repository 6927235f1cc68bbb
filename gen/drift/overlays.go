package drift

import (
	"slices"

	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

// Overlays says what the drift does to our corrections.
type Overlays struct {
	Misfits  []Misfit `json:"misfits"`  // fit the one side and not the other
	Obsolete []Misfit `json:"obsolete"` // needed for the one side and not for the other
	Before   []Misfit `json:"before"`   // don't fit the side that is compared from, and fit the other
}

// Misfit is an overlay action that does not fit.
type Misfit struct {
	Action   string `json:"action"`
	Reason   string `json:"reason"`
	At       string `json:"at,omitempty"`
	Expected string `json:"expected,omitempty"`
	Found    string `json:"found,omitempty"`
}

func compareFaults(from, to []*overlay.Fault) Overlays {
	result := Overlays{Misfits: []Misfit{}, Obsolete: []Misfit{}, Before: []Misfit{}}
	before, after := misfits(from), misfits(to)
	for i, m := range after {
		switch {
		case slices.Contains(before, m):
		case to[i].Obsolete:
			result.Obsolete = append(result.Obsolete, m)
		default:
			result.Misfits = append(result.Misfits, m)
		}
	}
	for _, m := range before {
		if !slices.Contains(after, m) {
			result.Before = append(result.Before, m)
		}
	}
	return result
}

func misfits(faults []*overlay.Fault) []Misfit {
	list := make([]Misfit, len(faults))
	for i, f := range faults {
		list[i] = Misfit{f.Action.String(), f.Reason, f.At, f.Expected, f.Found}
	}
	return list
}
