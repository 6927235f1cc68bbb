package drift

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

// file reads a contract of the reports' tests.
func file(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/report/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// action is an overlay action that does not fit.
func action(index int, reason, expected, found string, obsolete bool) *overlay.Fault {
	return &overlay.Fault{
		Action: overlay.Action{File: "30-truth.yaml", Index: index, Target: "$.paths"},
		Reason: reason, Expected: expected, Found: found, Obsolete: obsolete,
	}
}

// The reports with everything that they can hold, as a pull request shows them.
func TestReports(t *testing.T) {
	t.Parallel()
	before := Side{
		Name: "before", ByHand: "before", Published: file(t, "published.yaml"), Effective: file(t, "before.yaml"), Module: "testdata/report/before",
		Faults: []*overlay.Fault{action(1, "matches nothing", "", "", false), action(2, "never fits", "", "", false)},
	}
	after := Side{
		Name: "after", ByHand: "after", Published: file(t, "after.yaml"), Effective: file(t, "after.yaml"), Module: "testdata/report/after",
		Faults: []*overlay.Fault{
			action(2, "never fits", "", "", false),
			action(3, "matches nothing", "a list", "a map", false),
			action(4, "changes nothing at /paths", "7", "the same", true),
		},
	}
	words := before
	words.Name, words.Effective = "words", bytes.ReplaceAll(before.Effective, []byte(`description: ""`), []byte("description: Words."))
	unnamed := before
	unnamed.Name = "unnamed"
	unnamed.Effective = bytes.Replace(before.Effective, []byte("responses:\n"), []byte("x-order: 1\n      responses:\n"), 1)
	broken := after
	broken.Name, broken.Module = "broken", "testdata/report/broken"
	invalid := after
	invalid.Name, invalid.Effective, invalid.Invalid = "invalid", nil, "a reference leads nowhere"
	invalid.Module, invalid.NoGo = "", "it has no valid effective contract"

	tests := []struct {
		golden   string
		from, to *Side
		status   int
		next     string
	}{
		{"nothing", &before, &before, 0, "none"},
		{"words-only", &before, &words, 0, "patch"},
		{"no-check", &before, &unnamed, 1, "minor"},
		{"breaking", &before, &after, 2, "major"},
		{"back", &after, &before, 2, "major"},
		{"broken", &before, &broken, 2, "major"},
		{"invalid", &before, &invalid, 2, "unknown"},
	}
	for _, test := range tests {
		t.Run(test.golden, func(t *testing.T) {
			t.Parallel()
			report, err := Compare(t.Context(), built, t.TempDir(), test.from, test.to)
			if err != nil {
				t.Fatal(err)
			}
			if report.Status != test.status || report.Version.Next != test.next {
				t.Errorf("status %d, next version %s, want %d, %s", report.Status, report.Version.Next, test.status, test.next)
			}
			var text, json bytes.Buffer
			if err := report.WriteMarkdown(&text); err != nil {
				t.Fatal(err)
			}
			if err := report.WriteJSON(&json); err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/report/"+test.golden+".md", text.Bytes())
			golden(t, "testdata/report/"+test.golden+".json", json.Bytes())
			if test.status == 0 && strings.Count(text.String(), "\n") != 1 {
				t.Errorf("is told in more than one line:\n%s", text.String())
			}
		})
	}
}

// A contract that cannot be read is said to be so, and not taken for another.
func TestCompareRefuses(t *testing.T) {
	t.Parallel()
	good := &Side{Name: "good", Published: file(t, "before.yaml"), Effective: file(t, "before.yaml")}
	bad := &Side{Name: "bad", Published: []byte("openapi: 3.0.3\npaths: {/a: {get: {responses: 7}}}"), Effective: good.Effective}
	if _, err := Compare(t.Context(), built, t.TempDir(), good, bad); err == nil || !strings.HasPrefix(err.Error(), "the published contracts: ") {
		t.Errorf("got the error %v", err)
	}
	lost := &Side{Name: "lost", Published: good.Published, Effective: good.Effective, Module: t.TempDir()}
	whole := &Side{Name: "whole", ByHand: "whole", Published: good.Published, Effective: good.Effective, Module: "testdata/report/before"}
	if _, err := Compare(t.Context(), built, t.TempDir(), whole, lost); err == nil || !strings.HasPrefix(err.Error(), "the Go API: ") {
		t.Errorf("got the error %v", err)
	}
}

// The differ of a checkout that is none cannot be built.
func TestBuildDifferRefuses(t *testing.T) {
	t.Parallel()
	if _, err := BuildDiffer(t.Context(), t.TempDir(), t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "building gen/drift/differ: ") {
		t.Errorf("got the error %v", err)
	}
}
