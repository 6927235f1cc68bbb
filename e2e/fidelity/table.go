package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// The marks in README.md between which the table stands.
const (
	tableBegin = "<!-- Written by `make table`. -->\n"
	tableEnd   = "<!-- End of the table. -->\n"
)

// groupFigures is a line of the table.
type groupFigures struct {
	group                                          string
	operations, reached, exchanges, upstream, ours int
}

func (g *groupFigures) add(other groupFigures) {
	g.operations += other.operations
	g.reached += other.reached
	g.exchanges += other.exchanges
	g.upstream += other.upstream
	g.ours += other.ours
}

// table writes, for each group, how many of its operations were reached, and
// how many of their exchanges fail, with the published contract and with ours.
func table(effective *description, published, ours *checker) string {
	var lines []groupFigures // in the order of the groups
	total := groupFigures{group: "**all**"}
	for _, op := range byID(effective) {
		group, _, _ := strings.Cut(op.id, ".")
		if len(lines) == 0 || lines[len(lines)-1].group != group {
			lines = append(lines, groupFigures{group: group})
		}
		figures := groupFigures{operations: 1}
		if s := ours.stats[op.id]; s != nil {
			figures.exchanges, figures.ours = s.exchanges, s.failing()
			if success, refused := s.reached(); success && refused {
				figures.reached = 1
			}
		}
		if s := published.stats[op.id]; s != nil {
			figures.upstream = s.failing()
		}
		lines[len(lines)-1].add(figures)
		total.add(figures)
	}
	var out strings.Builder
	out.WriteString("| group | operations | reached | exchanges checked | failing, as published | failing, as corrected |\n")
	out.WriteString("|---|--:|--:|--:|--:|--:|\n")
	for _, g := range append(lines, total) {
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d |\n", g.group, g.operations, g.reached, g.exchanges, g.upstream, g.ours)
	}
	return out.String()
}

// writeTable puts the table between its marks in a file.
func writeTable(file string, effective *description, published, ours *checker) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, begun := bytes.Cut(text, []byte(tableBegin))
	_, after, ended := bytes.Cut(rest, []byte(tableEnd))
	if !begun || !ended {
		return fmt.Errorf("%s has no place for the table: the lines %q and %q", file, tableBegin, tableEnd)
	}
	var out bytes.Buffer
	out.Write(before)
	out.WriteString(tableBegin + table(effective, published, ours) + tableEnd)
	out.Write(after)
	return os.WriteFile(file, out.Bytes(), 0o644)
}
