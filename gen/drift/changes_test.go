package drift

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"
)

// kind is one kind of change, on the smallest contracts that show it:
// testdata/changes.yaml.
type kind struct {
	Name     string
	From, To yaml.Node // operations by path and method
	Checks   []string  // what oasdiff calls it
	Class    Class
}

// Each kind of change is told once, and has the class that the table gives it.
// How it is told stands in testdata/changes.md.
func TestChanges(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/changes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []kind
	if err := yaml.Unmarshal(text, &kinds); err != nil {
		t.Fatal(err)
	}
	told := &bytes.Buffer{}
	for i := range kinds {
		k := &kinds[i]
		from, to := smallSide(t, "before", &k.From), smallSide(t, "after", &k.To)
		report, err := Compare(t.Context(), built, t.TempDir(), from, to)
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		c := report.Effective
		lines := []string{}
		for _, op := range c.Added {
			lines = append(lines, fmt.Sprintf("added %s: %s", op, op.Class))
		}
		for _, op := range c.Removed {
			lines = append(lines, fmt.Sprintf("removed %s: %s", op, op.Class))
		}
		for _, change := range c.Changes {
			lines = append(lines, fmt.Sprintf("%s: %s", change.Class, change))
			if !slices.Equal(change.Checks, k.Checks) {
				t.Errorf("%s: is %v, want %s", k.Name, change.Checks, k.Checks)
			}
		}
		if len(lines) != 1 {
			t.Errorf("%s: is told %d times: %q", k.Name, len(lines), lines)
		}
		if report.Class != k.Class || report.Published.Class != k.Class {
			t.Errorf("%s: is %s, and %s as published, want %s", k.Name, report.Class, report.Published.Class, k.Class)
		}
		if want := map[Class]int{Compatible: 1, Breaking: 2}[k.Class]; report.Status != want {
			t.Errorf("%s: status %d, want %d", k.Name, report.Status, want)
		}
		for _, line := range lines {
			fmt.Fprintf(told, "- %s\n  - %s\n", k.Name, line)
		}
	}
	golden(t, "testdata/changes.md", told.Bytes())
}

// smallSide is a side with a contract of a few operations.
func smallSide(t *testing.T, name string, paths *yaml.Node) *Side {
	t.Helper()
	text, err := yaml.Marshal(map[string]any{
		"openapi": "3.0.3", "info": map[string]any{"title": "Test", "version": name}, "paths": paths,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &Side{Name: name, Published: text, Effective: text, NoGo: "it is a test"}
}

var update = flag.Bool("update", false, "write the golden files")

// golden holds what was made against a file.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nrun go test ./gen/drift -update and look at the difference", path, got)
	}
}
