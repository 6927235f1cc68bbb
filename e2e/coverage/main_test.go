package main

import (
	"slices"
	"testing"
)

func TestCoverage(t *testing.T) {
	t.Parallel()
	const profile = "mode: atomic\n" +
		module + "/a.go:1.1,2.2 9 0\n" + module + "/a.go:3.1,4.2 1 0\n" + // Full, missed in one run
		module + "/a.go:6.1,6.9 1 0\n" + // String
		module + "/a.go:8.1,8.9 3 0\n" + module + "/a.go:8.12,9.9 30 4\n" + // String of another type
		module + "/gen/b.go:1.1,2.2 2 0\n" + module + "/gen/b.go:5.1,6.2 3 1\n" + module + "/gen/b.go:7.1,8.2 1 0\n" +
		module + "/a.go:1.1,2.2 9 1\n" + module + "/a.go:3.1,4.2 1 0\n" // of another binary
	const table = module + "/gen/b.go:4:\tEnough\t75.0%\n" + module + "/gen/b.go:1:\tmain\t0.0%\n" +
		module + "/a.go:1:\tFull\t0.0%\n" + module + "/a.go:6:\tString\t0.0%\n" + module + "/a.go:8:\tOther\t90.9%\n" +
		"total:\t\t(statements)\t50.0%\n"
	const page = "# Coverage\n\n- `gen/main.go` `gone`: no.\n- `gen/b.go` `main`, `gen/b.go` `gone`: it is\n  run.\n- `a.go` `String`:\n"
	wantLines := []string{
		"not reached: a.go:3-4 Full", "not reached: a.go:8-8 Other", "not reached: gen/b.go:1-2 main it is run.",
		module + " 88.6%", module + "/gen 50.0%",
	}
	wantFaults := []string{
		"a.go String is reached to 0.0%: test it, or say why not",
		"gen/b.go gone is gone: take it out", "gen/main.go gone is gone: take it out",
	}
	blocks, err := blocksOf(profile)
	if err != nil {
		t.Fatal(err)
	}
	lines, faults := judge(functionsOf(table, blocks), explained(page))
	if !slices.Equal(lines, wantLines) {
		t.Errorf("tells %q", lines)
	}
	if !slices.Equal(faults, wantFaults) {
		t.Errorf("finds %q", faults)
	}
}

func TestNoProfile(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"mode: set\nx\n", "a.go:1.1,2.2 1\n", "a.go:1,2 1 1\n"} {
		if _, err := blocksOf(text); err == nil {
			t.Errorf("%q passes", text)
		}
	}
}
