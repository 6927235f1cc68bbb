package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/outcomes"
)

// printed is what go test -json prints: of each event its action, its test and its output.
func printed(events ...string) string {
	var out strings.Builder
	for _, event := range events {
		action, rest, _ := strings.Cut(event, " ")
		test, text, _ := strings.Cut(rest, " ")
		out.WriteString(`{"Action":"` + action + `","Package":"` + tested + `","Test":"` + test + `","Output":"` + text + "\"}\n")
	}
	return out.String()
}

func results(t *testing.T, events ...string) *outcomes.Results {
	t.Helper()
	res, err := outcomes.Read(strings.NewReader(printed(events...)))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestTally(t *testing.T) {
	t.Parallel()
	groups := []group{{name: "tasks", tests: []string{"TestA", "TestB", "TestC", "TestE"}}, {name: "both", apart: true, tests: []string{"TestD"}}}
	why := reasons("# why\n\nTestA/x states\nTestB storages\n")
	real := results(t, "pass TestA/x", "pass TestA/x-y/1", "pass TestA/x-y/2", "pass TestA/x-y", "pass TestA", "pass TestB/x", "pass TestB/y", "pass TestB",
		"pass TestC", "pass TestD/1", "pass TestD", "skip TestE")
	memory := []string{"pass TestA/x-y/1", "pass TestA/x-y/2", "pass TestA/x-y", "pass TestA",
		`output TestD     a_test.go:1: needs a real Label Studio: compares with it\n`, "skip TestD", "pass TestE"}
	if _, err := newTally(groups, real, results(t, memory...), why); err == nil || !strings.HasPrefix(err.Error(), "TestC ran") {
		t.Errorf("got %v of a test that didn't run in memory for no reason", err)
	}
	ran, err := newTally(groups, real, results(t, append(memory, "pass TestC")...), why)
	if err != nil {
		t.Fatal(err)
	}
	page := ran.page()
	for _, line := range []string{
		"\n| tasks | 3 | 1 | 1 | 6 | 3 |\n| **all** | 3 | 1 | 1 | 6 | 3 |\n| both | 1 | 1 | 0 | 1 | 1 |\n", "\n| states | 1 | `TestA/x` |\n", "\n| storages | 2 | `TestB` |\n",
	} {
		if !strings.Contains(page, line) {
			t.Errorf("there is no %q in\n%s", line, page)
		}
	}
}

func TestKeep(t *testing.T) {
	t.Parallel()
	started := printed("start ", `output TestA === RUN TestA\n`, `output TestA     a_test.go:1: no\n`, `output  installing\n`)
	tests := []struct {
		name, events string
		wantErr      string
		want         string
	}{
		{"passes", printed("pass TestA", `output  PASS\n`, `output  ok e2e 1s\n`, "pass "), "", "ok e2e 1s\n"},
		{"fails", printed("fail TestA", `output  FAIL e2e\n`, "fail "), "go test failed", "    a_test.go:1: no\ninstalling\nFAIL e2e\n"},
		{"panics", printed(`output TestB panic: no\n`, "output  FAIL e2e\\n", "fail "), "go test failed", "    a_test.go:1: no\npanic: no\ninstalling\nFAIL e2e\n"},
		{"breaks off", "", "0 packages have ended, 1 not", ""},
		{"is no JSON", "no\n", "go test printed", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			file := filepath.Join(t.TempDir(), "kept")
			err := keep(strings.NewReader(started+test.events), &out, file)
			if test.wantErr == "" && err != nil || test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)) {
				t.Errorf("got %v, want %q", err, test.wantErr)
			}
			if out.String() != test.want {
				t.Errorf("shows %q, want %q", out.String(), test.want)
			}
			if res, err := read(file); test.wantErr == "" && (err != nil || res.Outcome["TestA"] != "pass") {
				t.Errorf("kept %v: %v", res, err)
			}
		})
	}
}

// Each file with end-to-end tests is in a group, and each group has tests.
func TestGroups(t *testing.T) {
	t.Parallel()
	groups, err := groupTests("..")
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(groups, func(g group) bool { return len(g.tests) == 0 }); i >= 0 {
		t.Errorf("%s has no tests", groups[i].name)
	}
}
