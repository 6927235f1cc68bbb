package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/compat"
)

// table writes Markdown. It depends on nothing but the list of differences,
// which the tests have just proved.
func table(tests []test, known []compat.Difference, versions []string) string {
	var out strings.Builder
	out.WriteString("# Compatibility\n\n" +
		"The end-to-end tests of the core groups, written for Label Studio " + compat.Tested[len(compat.Tested)-1] +
		", whose contract the module has, run against\nolder versions of the server. " +
		"`make compatibility` does it and writes this page; it fails for a test that does otherwise.\n" +
		"`client.Compatibility` tells a program the same of the server that it talks to.\n\n")
	out.WriteString("| group | " + strings.Join(versions, " | ") + " |\n|---|" + strings.Repeat("---|", len(versions)) + "\n")
	for _, group := range groups {
		out.WriteString("| " + group.name)
		for _, version := range versions {
			out.WriteString(" | " + verdict(group.name, version, tests, known))
		}
		out.WriteString(" |\n")
	}
	out.WriteString("\n## What differs\n")
	if len(known) == 0 {
		out.WriteString("\nNothing.\n")
	}
	for i, d := range known {
		if i == 0 || known[i-1].Group != d.Group {
			out.WriteString("\n### " + d.Group + "\n\n")
		}
		fmt.Fprintf(&out, "- %s: %s (%s)\n", ages(d), d.Text, testsOf(d))
	}
	return out.String()
}

func ages(d compat.Difference) string {
	if d.From == "" {
		return "before " + d.Before
	}
	return "from " + d.From + " to before " + d.Before
}

// testsOf names the tests that show a difference.
func testsOf(d compat.Difference) string {
	var names []string
	for _, f := range d.Failures {
		names = append(names, "`"+f.Test+"`")
	}
	return strings.Join(slices.Compact(names), ", ")
}

// verdict is what a cell of the table says.
func verdict(group, version string, tests []test, known []compat.Difference) string {
	var differ []string
	for _, failure := range failuresIn(version, known) {
		if slices.Contains(tests, test{group, failure.Test}) && !slices.Contains(differ, failure.Test) {
			differ = append(differ, failure.Test)
		}
	}
	switch len(differ) {
	case 0:
		return "passes"
	case 1:
		return "1 test differs"
	}
	return fmt.Sprintf("%d tests differ", len(differ))
}
