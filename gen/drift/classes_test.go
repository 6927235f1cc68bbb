package drift

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// The table has every kind of change that the pinned oasdiff knows, at its
// level, and departs from the level only for a reason.
func TestClassesAreComplete(t *testing.T) {
	t.Parallel()
	classes, err := readClasses()
	if err != nil {
		t.Fatal(err)
	}
	var checks []struct{ ID, Level string }
	if err := built.run(t.Context(), &checks, "checks"); err != nil {
		t.Fatal(err)
	}
	if len(checks) < 700 {
		t.Fatalf("oasdiff knows only %d kinds of change", len(checks))
	}
	known := map[string]bool{}
	for _, check := range checks {
		known[check.ID] = true
		entry, ok := classes[check.ID]
		if !ok {
			t.Errorf("%s (%s) has no class", check.ID, check.Level)
			continue
		}
		if entry.Level != check.Level {
			t.Errorf("%s is of level %s, the table says %s", check.ID, check.Level, entry.Level)
		}
		follows := Breaking
		if check.Level == "info" {
			follows = Compatible
		}
		switch {
		case entry.Class != Breaking && entry.Class != Compatible:
			t.Errorf("%s: %q is no class of a change", check.ID, entry.Class)
		case entry.Class != follows && entry.Reason == "":
			t.Errorf("%s is %s without a reason", check.ID, entry.Class)
		case entry.Class == follows && entry.Reason != "":
			t.Errorf("%s has a reason for what follows from its level", check.ID)
		}
	}
	for id := range classes {
		if !known[id] {
			t.Errorf("oasdiff does not know %s", id)
		}
	}
}

func TestClassesAreSorted(t *testing.T) {
	t.Parallel()
	var ids []string
	for line := range bytes.Lines(classesFile) {
		if id, _, ok := strings.Cut(string(line), ":"); ok && line[0] != '#' {
			ids = append(ids, id)
		}
	}
	if !slices.IsSorted(ids) {
		t.Error("classes.yaml is not sorted")
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	classes := map[string]classified{
		"worse":  {Level: "error", Class: Breaking},
		"milder": {Level: "error", Class: Compatible, Reason: "we cope"},
		"ours":   {Level: "info", Class: Breaking, Reason: "we do not"},
		"fine":   {Level: "info", Class: Compatible},
	}
	tests := []struct {
		name   string
		f      finding
		class  Class
		reason string
	}{
		{"by its level", finding{Check: "worse", Level: "error"}, Breaking, ""},
		{"as a warning", finding{Check: "worse", Level: "warning"}, Breaking, ""},
		{"made milder by oasdiff", finding{Check: "worse", Level: "info"}, Compatible, ""},
		{"made milder by us", finding{Check: "milder", Level: "error"}, Compatible, "we cope"},
		{"made worse by us", finding{Check: "ours", Level: "info"}, Breaking, "we do not"},
		{"the worse of two", finding{Check: "fine", Level: "info", With: &finding{Check: "ours", Level: "info"}}, Breaking, "we do not"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			entry, err := classify(classes, test.f)
			if err != nil {
				t.Fatal(err)
			}
			if entry.Class != test.class || entry.Reason != test.reason {
				t.Errorf("got %s (%q), want %s (%q)", entry.Class, entry.Reason, test.class, test.reason)
			}
		})
	}
	if _, err := classify(classes, finding{Check: "new"}); err == nil || !strings.Contains(err.Error(), "no class for new") {
		t.Errorf("a kind that is not in the table: got the error %v", err)
	}
}
