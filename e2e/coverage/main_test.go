package main

import (
	"slices"
	"testing"
)

func TestPackages(t *testing.T) {
	t.Parallel()
	const profile = "mode: atomic\n" +
		module + "/a.go:1.1,2.2 3 0\n" + module + "/a.go:3.1,4.2 1 5\n" + module + "/gen/b.go:1.1,2.2 2 0\n" +
		module + "/a.go:1.1,2.2 3 1\n" + module + "/a.go:3.1,4.2 1 0\n" // of another binary
	shares, err := packages(profile)
	if err != nil || len(shares) != 2 || shares[module] != 100 || shares[module+"/gen"] != 0 {
		t.Errorf("got %v, %v", shares, err)
	}
	if _, err := packages("mode: set\nx\n"); err == nil {
		t.Error("what is no profile passes")
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	const table = module + "/a.go:1:\tFull\t100.0%\n" + module + "/a.go:2:\tString\t100.0%\n" + module + "/a.go:3:\tString\t0.0%\n" +
		module + "/gen/main.go:4:\tmain\t0.0%\n" + "total:\t\t(statements)\t50.0%\n"
	const page = "# Coverage\n\n- `gen/main.go` `main`: it is run.\n- `a.go` `Full`: no.\n- `gone.go` `Gone`: no.\n- `a.go` `String`:\n"
	want := []string{
		"a.go String is reached to 0.0%: test it, or say why not",
		"a.go Full is reached, or gone: take it out",
		"gone.go Gone is reached, or gone: take it out",
	}
	if got := compare(functions(table), explained(page)); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
