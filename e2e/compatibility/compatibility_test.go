package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/outcomes"
	"github.com/labelstudio-go/labelstudio/internal/compat"
)

var known = []compat.Difference{
	{Before: "1.22.0", Group: "Tasks", Text: "there is no Agreement", Failures: []compat.Failure{{Test: "TestAgreement", Says: "404"}}},
	{From: "1.22.0", Before: "1.23.0", Group: "Views", Text: "views are lost", Failures: []compat.Failure{
		{Test: "TestViews", Says: "lost 1"}, {Test: "TestViews", Says: "lost 2"},
	}},
}

// printed is what go test -json prints, in short: of each test what it reports,
// and whether it fails.
func printed(t *testing.T, events ...string) *outcomes.Results {
	t.Helper()
	var out strings.Builder
	for _, event := range events {
		action, rest, _ := strings.Cut(event, " ")
		name, text, _ := strings.Cut(rest, " ")
		out.WriteString(`{"Action":"` + action + `","Package":"e2e","Test":"` + name + `","Output":"` + text + "\"}\n")
	}
	res, err := outcomes.Read(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestUnexpected(t *testing.T) {
	t.Parallel()
	const agreement = `output TestAgreement/legacy     a_test.go:1: GET: 404\n`
	tests := []struct {
		name, version string
		events        []string
		want          []string // parts of the problems
	}{
		{"passes", "1.23.0", []string{"pass TestAgreement", "pass TestViews"}, nil},
		{"fails as is known", "1.21.0", []string{agreement, "fail TestAgreement/legacy", "fail TestAgreement"}, nil},
		{"fails in another version", "1.23.0", []string{agreement, "fail TestAgreement/legacy", "fail TestAgreement"}, []string{"1.23.0: TestAgreement/legacy: no difference explains: GET: 404"}},
		{"fails otherwise as well", "1.21.0", []string{agreement, `output TestAgreement/legacy     a_test.go:2: GET: 500\n`, "fail TestAgreement/legacy"}, []string{"no difference explains: GET: 500"}},
		{"another test fails like it", "1.21.0", []string{agreement, "fail TestAgreement/legacy", `output TestAgreements     a_test.go:1: 404\n`, "fail TestAgreements"}, []string{"TestAgreements: no difference explains"}},
		{"passes by now", "1.21.0", []string{"pass TestAgreement"}, []string{"TestAgreement doesn't report any more: 404"}},
		{"was not run", "1.21.0", nil, []string{"TestAgreement doesn't report any more: 404"}},
		{"half of it is gone", "1.22.0", []string{`output TestViews     a_test.go:3: lost 1\n`, "fail TestViews"}, []string{"TestViews doesn't report any more: lost 2"}},
		{"fails without a word", "1.23.0", []string{`output TestX panic: no\n`, "fail TestX"}, []string{"TestX fails and doesn't say why:\npanic: no"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := unexpected(printed(t, test.events...), test.version, known)
			if len(got) != len(test.want) {
				t.Fatalf("got %q, want %q", got, test.want)
			}
			for i, want := range test.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("got %q, want %q", got[i], want)
				}
			}
		})
	}
}

func TestReadResultsRefuses(t *testing.T) {
	t.Parallel()
	if res, err := outcomes.Read(strings.NewReader("no JSON\n")); err == nil {
		t.Errorf("got %v", res)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	tests := []test{{"tasks", "TestAgreement"}, {"tasks", "TestViews"}, {"tokens", "TestTokens"}}
	got := table(tests, known, []string{"1.21.0", "1.22.0", "1.23.0"})
	for _, line := range []string{
		"| group | 1.21.0 | 1.22.0 | 1.23.0 |\n|---|---|---|---|\n",
		"\n| tasks | 1 test differs | 1 test differs | passes |\n",
		"\n| tokens | passes | passes | passes |\n",
		"\n### Tasks\n\n- before 1.22.0: there is no Agreement (`TestAgreement`)\n",
		"\n### Views\n\n- from 1.22.0 to before 1.23.0: views are lost (`TestViews`)\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("there is no %q in\n%s", line, got)
		}
	}
}

// The page that is checked in says what the list says.
func TestPage(t *testing.T) {
	t.Parallel()
	tests, err := coreTests("..")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != table(tests, compat.Known, compat.Tested) {
		t.Error("docs/compatibility.md is not of this list: make compatibility")
	}
	for _, difference := range compat.Known {
		for _, failure := range difference.Failures {
			if !slices.ContainsFunc(tests, func(t test) bool { return t.name == failure.Test }) {
				t.Errorf("%s is no test of the groups", failure.Test)
			}
		}
	}
}
