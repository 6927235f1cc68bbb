package main

import (
	"fmt"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/contract"
	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

// misfits is the error of an update after which overlays wait to be mended.
type misfits struct {
	version string
	faults  []*overlay.Fault // in the order of the actions
}

func (m *misfits) Error() string {
	var list strings.Builder
	actions, obsolete := 0, 0
	var last overlay.Action
	for _, fault := range m.faults {
		if fault.Action != last {
			last = fault.Action
			actions++
			fmt.Fprintf(&list, "\n\n%s", last)
		}
		if fault.Obsolete {
			obsolete++
		}
		for _, line := range about(fault) {
			list.WriteString("\n  " + line)
		}
	}
	return fmt.Sprintf("update: the contract is that of Label Studio %s now; everything else is as it was, because of %s.\n"+
		"Actions that do not fit: %d, obsolete because the description was mended: %d of %d places. Mend the overlays, then run this again.%s",
		m.version, contract.OverlayDir, actions, obsolete, len(m.faults), list.String())
}

// about tells what an action expected at a place, what stands there, and what
// to do about it.
func about(f *overlay.Fault) []string {
	lines := []string{f.Reason}
	if f.Expected != "" {
		lines = append(lines, "  expected at "+f.At+": "+f.Expected, "  stands there: "+f.Found)
	}
	switch {
	case f.Obsolete && f.Partial:
		lines = append(lines, "  obsolete: the description was mended; take this part out of the action")
	case f.Obsolete:
		lines = append(lines, "  obsolete: the description was mended; delete the action")
	case f.Follows.File != "":
		lines = append(lines, "  follows from "+f.Follows.String())
	}
	return lines
}
