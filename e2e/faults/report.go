package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// report counts outcomes, and prints the wrong ones as they come.
type report struct {
	options         options
	byKind, byGroup counts
}

func (r *report) add(out outcome) {
	s := out.scenario
	r.byKind.add(s.kind.name, out)
	r.byGroup.add(s.call.group+", "+string(s.scheme), out)
	if r.options.verbose {
		fmt.Printf("%s (%s): %v\n", s.name(), out.detail, out.err)
	}
	if len(out.wrong) == 0 {
		return
	}
	fmt.Printf("WRONG %s\n\tthe fault: %s\n\tthe error: %v\n", s.name(), out.detail, out.err)
	for _, text := range out.wrong {
		fmt.Printf("\t- %s\n", strings.ReplaceAll(text, "\n", "\n\t  "))
	}
	fmt.Printf("\tgo run ./e2e/faults -seed %d -rounds %d -only '%s'\n", r.options.seed, s.round+1, s.name())
}

// print prints the tables.
func (r *report) print() {
	r.byKind.print("fault")
	r.byGroup.print("calls")
}

// counts counts outcomes by name.
type counts struct {
	rows map[string]*row
	sum  row
}

type row struct{ scenarios, survived, failed, wrong int }

func (r *row) add(out outcome) {
	r.scenarios++
	switch {
	case len(out.wrong) > 0:
		r.wrong++
	case out.err == nil:
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
	}
	t.rows[name].add(out)
	t.sum.add(out)
}

func (t *counts) print(title string) {
	fmt.Printf("\n%-22s %10s %10s %18s %6s\n", title, "scenarios", "survived", "failed truthfully", "wrong")
	line := func(name string, r row) {
		fmt.Printf("%-22s %10d %10d %18d %6d\n", name, r.scenarios, r.survived, r.failed, r.wrong)
	}
	for _, name := range slices.Sorted(maps.Keys(t.rows)) {
		line(name, *t.rows[name])
	}
	line("all", t.sum)
}
