// Package drift compares two states of the API: the contract that the server
// publishes, the effective contract that our overlays make of it, and the Go
// that is generated from that.
package drift

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

// Side is one of the two states.
type Side struct {
	Name      string // in the report: "Label Studio 1.22.0"
	Published []byte // the server's contract, facts only
	Effective []byte // with the overlays applied, as far as they fit; nil if they leave no valid contract

	Faults  []*overlay.Fault // what of the overlays does not fit
	Invalid string           // why there is no effective contract

	ByHand string // checkout whose overlays and hand-written code it has
	Module string // folder that holds the module in this state, or ""
	NoGo   string // why there is no module
}

// Report is everything that is to be said about the way from one side to the
// other.
type Report struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	Class   Class   `json:"class"`  // of the effective contract
	Status  int     `json:"status"` // the exit status that goes with it
	Version Version `json:"version"`

	Effective Contract `json:"effective"`
	Published Contract `json:"published"`
	Overlays  Overlays `json:"overlays"`
	Go        Go       `json:"go"`
}

// Compare compares two sides. scratch is a folder to write to.
func Compare(ctx context.Context, differ *Differ, scratch string, from, to *Side) (*Report, error) {
	c := &comparison{differ: differ, scratch: scratch, from: from, to: to}
	var err error
	if c.classes, err = readClasses(); err != nil {
		return nil, err
	}
	if c.names, err = operationNames(from.Effective, to.Effective); err != nil {
		return nil, err
	}
	report := &Report{From: from.Name, To: to.Name, Overlays: compareFaults(from.Faults, to.Faults)}
	if report.Published, err = c.contracts(ctx, from.Published, to.Published); err != nil {
		return nil, fmt.Errorf("the published contracts: %w", err)
	}
	if report.Effective, err = c.effective(ctx); err != nil {
		return nil, fmt.Errorf("the effective contracts: %w", err)
	}
	if report.Go, err = c.packages(ctx); err != nil {
		return nil, fmt.Errorf("the Go API: %w", err)
	}
	report.Class = report.Effective.Class
	report.Status = slices.Index([]Class{None, Compatible, Breaking}, report.Class)
	report.Version = nextVersion(report)
	return report, nil
}

// comparison is what the parts of Compare share.
type comparison struct {
	differ   *Differ
	scratch  string
	from, to *Side
	classes  map[string]classified
	names    map[string]string // Go methods by operation: "GET /api/projects/" → "Projects.List"
}

// effective compares the effective contracts. One that cannot be made breaks
// everybody.
func (c *comparison) effective(ctx context.Context) (Contract, error) {
	for _, side := range []*Side{c.from, c.to} {
		if side.Invalid != "" {
			return Contract{Class: Breaking, Added: []Operation{}, Removed: []Operation{}, Changes: []Change{},
				Note: "The overlays leave no valid contract of " + side.Name + ": " + side.Invalid}, nil
		}
	}
	return c.contracts(ctx, c.from.Effective, c.to.Effective)
}

// write writes a contract where the differ can read it.
func (c *comparison) write(name string, text []byte) (string, error) {
	path := filepath.Join(c.scratch, name)
	return path, os.WriteFile(path, text, 0o644)
}
