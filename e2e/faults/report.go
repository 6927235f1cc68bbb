package main

import (
	"fmt"
	"io"
	"strings"
)

// report prints what came of the scenarios and returns how many were wrong.
func report(w io.Writer, outcomes []outcome, o options) (wrong int) {
	byKind, byGroup := &counts{}, &counts{}
	for _, out := range outcomes {
		byKind.add(out.scenario.kind.name, out)
		byGroup.add(out.scenario.call.group+", "+string(out.scenario.scheme), out)
		if o.verbose {
			fmt.Fprintf(w, "%s (%s): %v\n", out.scenario.name(), out.detail, out.err)
		}
	}
	for _, out := range sortedOutcomes(outcomes) {
		if len(out.wrong) == 0 {
			continue
		}
		wrong++
		fmt.Fprintf(w, "WRONG %s\n\tthe fault: %s\n\tthe error: %v\n", out.scenario.name(), out.detail, out.err)
		for _, text := range out.wrong {
			fmt.Fprintf(w, "\t- %s\n", strings.ReplaceAll(text, "\n", "\n\t  "))
		}
		fmt.Fprintf(w, "\tgo run ./e2e/faults -seed %d -rounds %d -only '%s'\n", o.seed, out.scenario.round+1, out.scenario.name())
	}
	byKind.print(w, "fault")
	byGroup.print(w, "calls")
	return wrong
}

// counts counts outcomes by name, in the order in which names come first.
type counts struct {
	names []string
	rows  map[string]*row
	sum   row
}

type row struct{ scenarios, survived, failed, wrong int }

func (r *row) add(out outcome) {
	r.scenarios++
	switch {
	case len(out.wrong) > 0:
		r.wrong++
	case out.survived():
		r.survived++
	default:
		r.failed++
	}
}

func (t *counts) add(name string, out outcome) {
	if t.rows == nil {
		t.rows = map[string]*row{}
	}
	if t.rows[name] == nil {
		t.rows[name] = &row{}
		t.names = append(t.names, name)
	}
	t.rows[name].add(out)
	t.sum.add(out)
}

func (t *counts) print(w io.Writer, title string) {
	fmt.Fprintf(w, "\n%-22s %10s %10s %18s %6s\n", title, "scenarios", "survived", "failed truthfully", "wrong")
	line := func(name string, r row) {
		fmt.Fprintf(w, "%-22s %10d %10d %18d %6d\n", name, r.scenarios, r.survived, r.failed, r.wrong)
	}
	for _, name := range t.names {
		line(name, *t.rows[name])
	}
	line("all", t.sum)
}
