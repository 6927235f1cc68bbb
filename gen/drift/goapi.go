package drift

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Go is how the exported API of the module differs.
type Go struct {
	Compared bool       `json:"compared"`
	Note     string     `json:"note,omitempty"` // why it was not
	Changes  []GoChange `json:"changes"`
	// What of our own code does not compile with the types of one side.
	BrokenBefore []string `json:"brokenBefore,omitempty"`
	BrokenAfter  []string `json:"brokenAfter,omitempty"`
}

// GoChange is one change of an exported name.
type GoChange struct {
	Package    string `json:"package"` // below the module, "." for its root
	Text       string `json:"text"`
	Compatible bool   `json:"compatible"`
}

func (g Go) count(compatible bool) int {
	n := 0
	for _, c := range g.Changes {
		if c.Compatible == compatible {
			n++
		}
	}
	return n
}

// SameGo says of two sides, without a look at their Go, that it is the same: that
// of the same code and the same effective contract is.
func SameGo(from, to *Side) (bool, error) {
	if from.ByHand != to.ByHand || from.Invalid != "" || to.Invalid != "" {
		return false, nil
	}
	words, facts, err := compareDocuments(from.Effective, to.Effective)
	return !words && !facts, err
}

// packages compares the Go of both sides.
func (c *comparison) packages(ctx context.Context) (Go, error) {
	result := Go{Changes: []GoChange{}, Compared: true}
	if same, err := SameGo(c.from, c.to); err != nil || same {
		return result, err
	}
	for _, side := range []*Side{c.from, c.to} {
		if side.Module == "" {
			result.Compared = false
			result.Note = fmt.Sprintf("%s has no Go: %s", side.Name, side.NoGo)
			return result, nil
		}
	}
	if err := c.differ.run(ctx, &result, "packages", c.from.Module, c.to.Module); err != nil {
		return result, err
	}
	result.tidy()
	return result, nil
}

// importPath is that of a package before a name in it.
var importPath = regexp.MustCompile(`\w[\w.-]*(?:/[\w.-]+)*/([\w-]+\.[A-Z])`)

// tidy leaves out what is no news: the constant that names the version, and what
// the root package has because package generated has it.
func (g *Go) tidy() {
	for i, change := range g.Changes {
		g.Changes[i].Text = importPath.ReplaceAllString(change.Text, "$1")
	}
	inRoot := func(change GoChange) bool {
		return slices.Contains(g.Changes, GoChange{".", change.Text, change.Compatible})
	}
	g.Changes = slices.DeleteFunc(slices.Clone(g.Changes), func(change GoChange) bool {
		return strings.HasPrefix(change.Text, "ContractVersion: value changed ") ||
			change.Package == "." && strings.HasPrefix(change.Text, "./generated.") ||
			change.Package == "generated" && inRoot(change)
	})
}
