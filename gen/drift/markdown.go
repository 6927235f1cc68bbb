package drift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteJSON writes the report as JSON.
func (r *Report) WriteJSON(out io.Writer) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// WriteMarkdown writes the report for a pull request. If nothing is different,
// it is one line.
func (r *Report) WriteMarkdown(out io.Writer) error {
	m := &markdown{}
	if r.nothing() {
		words := ""
		if r.Effective.Words {
			words = ", but in our own words about the API; next version: " + r.Version.Next
		}
		m.line("No drift from %s to %s%s.", r.From, r.To, words)
		_, err := out.Write(m.Bytes())
		return err
	}
	m.line("# API drift from %s to %s", r.From, r.To)
	m.line("\n%s", r.summary())
	if note := r.Effective.Note; note != "" {
		m.line("\n%s", note)
	}
	m.changes("Breaking changes", Breaking, r)
	m.operations("Operations removed", r.Effective.Removed)
	m.operations("Operations added", r.Effective.Added)
	m.changes("Other changes", Compatible, r)
	m.publishedOnly(r)
	m.misfits("Overlay actions that stop fitting", r.Overlays.Misfits)
	m.misfits("Overlay actions that become obsolete", r.Overlays.Obsolete)
	if n := len(r.Overlays.Before); n > 0 {
		m.heading("Overlay actions that fit " + r.To + " only")
		m.line("%s not fit %s, which so has less of our corrections.", count(n, "part of an action does", "parts of actions do"), r.From)
	}
	m.goAPI(r)
	m.heading("Next version")
	m.line("%s: %s (docs/versioning.md).", upperFirst(r.Version.Next), r.Version.Rule)
	_, err := out.Write(m.Bytes())
	return err
}

// nothing says whether there is nothing to report at all.
func (r *Report) nothing() bool {
	o := r.Overlays
	return r.Effective.Class == None && r.Published.Class == None && len(r.Go.Changes) == 0 &&
		len(r.Go.BrokenAfter) == 0 && len(o.Misfits)+len(o.Obsolete)+len(o.Before) == 0
}

func (r *Report) summary() string {
	parts := []string{
		fmt.Sprintf("**%s** for users of the client: %s.", upperFirst(string(r.Class)), r.Effective.counts()),
		fmt.Sprintf("As published, before our overlays, **%s**: %s.", r.Published.Class, r.Published.counts()),
	}
	if n := len(r.Overlays.Misfits) + len(r.Overlays.Obsolete); n > 0 {
		parts = append(parts, fmt.Sprintf("Overlays: %d stop fitting, %d become obsolete.", len(r.Overlays.Misfits), len(r.Overlays.Obsolete)))
	}
	if r.Go.Compared {
		parts = append(parts, fmt.Sprintf("Go: %d incompatible, %d compatible.", r.Go.count(false), r.Go.count(true)))
	}
	return strings.Join(append(parts, fmt.Sprintf("Next version: %s.", r.Version.Next)), " ")
}

func (c Contract) counts() string {
	if c.Class == None {
		return "no change"
	}
	breaking := 0
	for _, change := range c.Changes {
		if change.Class == Breaking {
			breaking++
		}
	}
	if len(c.Changes)+len(c.Added)+len(c.Removed) == 0 {
		return "no change that a check has a name for"
	}
	return fmt.Sprintf("%s, %s, %s added and %d removed", count(breaking, "breaking change", "breaking changes"),
		count(len(c.Changes)-breaking, "other", "others"), count(len(c.Added), "operation", "operations"), len(c.Removed))
}

type markdown struct{ bytes.Buffer }

// line writes a line.
func (m *markdown) line(format string, args ...any) {
	m.WriteString(fmt.Sprintf(format, args...) + "\n")
}

func (m *markdown) heading(text string) { m.line("\n## %s\n", text) }

// changes lists the changes of a class by group, each with where it is seen.
func (m *markdown) changes(heading string, class Class, r *Report) {
	group, begun := "", false
	for _, change := range r.Effective.Changes {
		if change.Class != class {
			continue
		}
		if !begun {
			m.line("\n## %s", heading)
		}
		if !begun || change.Group != group {
			m.line("\n### %s\n", cmp.Or(change.Group, "Not of one group"))
		}
		group, begun = change.Group, true
		by := ""
		if !r.Published.has(change) {
			by = " (by our overlays)"
		}
		m.line("- %s%s", change, by)
	}
}

// has says whether the contract tells of a change, if not of the same operations.
func (c Contract) has(change Change) bool {
	return slices.ContainsFunc(c.Changes, func(other Change) bool {
		return other.Text == change.Text && other.Group == change.Group && other.Class == change.Class
	})
}

// String is the change in one line.
func (c Change) String() string {
	text := c.Text
	if len(c.Operations) > 0 {
		places := make([]string, len(c.Operations))
		for i, op := range c.Operations {
			places[i] = op.String()
		}
		text += " — " + strings.Join(places, ", ")
	}
	if c.Reason != "" {
		text += " (" + strings.TrimSuffix(c.Reason, ".") + ")"
	}
	return text
}

// String names an operation as the client does, and as the server does.
func (o Operation) String() string {
	endpoint := "`" + o.Method + " " + o.Path + "`"
	if o.Go == "" {
		return endpoint
	}
	return "`" + o.Go + "` (" + endpoint + ")"
}

func (m *markdown) operations(heading string, list []Operation) {
	if len(list) == 0 {
		return
	}
	m.heading(heading)
	for _, op := range list {
		m.line("- %s: %s", op, op.Class)
	}
}

// publishedOnly lists what the overlays keep from the users of the client.
func (m *markdown) publishedOnly(r *Report) {
	var lines []string
	for _, change := range r.Published.Changes {
		if !r.Effective.has(change) {
			lines = append(lines, fmt.Sprintf("%s: %s", change.Class, change))
		}
	}
	for _, op := range r.Published.Removed {
		if !slices.Contains(r.Effective.Removed, op) {
			lines = append(lines, fmt.Sprintf("%s: operation removed: %s", op.Class, op))
		}
	}
	for _, op := range r.Published.Added {
		if !slices.Contains(r.Effective.Added, op) {
			lines = append(lines, fmt.Sprintf("%s: operation added: %s", op.Class, op))
		}
	}
	if r.Published.Note != "" {
		lines = append(lines, r.Published.Note)
	}
	if len(lines) == 0 {
		return
	}
	m.heading("In the published contract only")
	for _, line := range lines {
		m.line("- %s", line)
	}
}

func (m *markdown) misfits(heading string, list []Misfit) {
	if len(list) == 0 {
		return
	}
	m.heading(heading)
	for i, misfit := range list {
		if i == 0 || misfit.Action != list[i-1].Action {
			m.line("- `%s`", misfit.Action)
		}
		m.line("  - %s", misfit.Reason)
		if misfit.Expected != "" || misfit.Found != "" {
			m.line("    - expected: %s", cmp.Or(misfit.Expected, "nothing"))
			m.line("    - found: %s", cmp.Or(misfit.Found, "nothing"))
		}
	}
}

func (m *markdown) goAPI(r *Report) {
	g := r.Go
	if g.Note != "" || len(g.Changes)+len(g.BrokenBefore)+len(g.BrokenAfter) > 0 {
		m.heading("Go API")
	}
	if g.Note != "" {
		m.line("Not compared. %s", g.Note)
	}
	m.broken("What is written by hand does not compile with "+r.To, g.BrokenAfter)
	m.broken("What is written by hand does not compile with "+r.From, g.BrokenBefore)
	for _, compatible := range []bool{false, true} {
		title := "Incompatible"
		if compatible {
			title = "Compatible"
		}
		if g.count(compatible) > 0 {
			m.line("%s:\n", title)
		}
		for _, change := range g.Changes {
			if change.Compatible == compatible {
				m.line("- %s", change)
			}
		}
		if g.count(compatible) > 0 && !compatible && g.count(true) > 0 {
			m.line("")
		}
	}
}

// String is the change of a name, with the package that it is in unless that is
// the module's own. What package generated has is used through that.
func (c GoChange) String() string {
	name, what, _ := strings.Cut(c.Text, ": ")
	if c.Package != "." && c.Package != "generated" {
		name = c.Package + ": " + name
	}
	return "`" + name + "`: " + what
}

// broken lists the first few errors of the compiler.
func (m *markdown) broken(title string, errors []string) {
	const most = 10
	if len(errors) == 0 {
		return
	}
	m.line("%s:\n", title)
	for _, e := range errors[:min(most, len(errors))] {
		m.line("- `%s`", e)
	}
	if more := len(errors) - most; more > 0 {
		m.line("- and %d more", more)
	}
	m.line("")
}

func upperFirst(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
