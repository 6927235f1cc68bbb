package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/outcomes"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// compares is why a test is skipped that asks both servers the same.
const compares = "compares with it"

// reasons reads embedded.txt: why a test needs a real Label Studio, by its name.
func reasons(text string) map[string]string {
	why := map[string]string{}
	for line := range strings.Lines(text) {
		name, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name != "" && name != "#" {
			why[name] = reason
		}
	}
	return why
}

var needed = regexp.MustCompile(`needs a real Label Studio: (.*)`)

// figures are those of a group. A case is a test or subtest that has no subtests.
type figures struct {
	name               string
	tests, whole, part int // whole and part: in memory as well
	cases, casesBoth   int
}

// tally is what ran where.
type tally struct {
	groups []figures
	only   map[string][]string // tests, and subtests of tests that run in memory otherwise, by the reason
	counts map[string]int      // the cases of these
}

func newTally(groups []group, real, memory *outcomes.Results, why map[string]string) (*tally, error) {
	for name, outcome := range memory.Outcome {
		if said := needed.FindStringSubmatch(memory.Output[name]); outcome == "skip" && said != nil {
			why[name] = said[1]
		}
	}
	ran := &tally{only: map[string][]string{}, counts: map[string]int{}}
	total := figures{name: "**all**"}
	var apart []figures
	for _, g := range groups {
		f := figures{name: g.name}
		for _, test := range g.tests {
			if real.Outcome[test] != "pass" {
				continue
			}
			cases := casesOf(real, test)
			both := 0
			for _, name := range cases {
				if memory.Outcome[name] == "pass" {
					both++
					continue
				}
				at, reason := because(why, name)
				switch reason {
				case "":
					return nil, fmt.Errorf("%s ran against a real Label Studio alone, and neither e2e/embedded.txt nor needsReal says why", name)
				case compares:
					both++
				default:
					ran.counts[reason]++
					if !slices.Contains(ran.only[reason], at) {
						ran.only[reason] = append(ran.only[reason], at)
					}
				}
			}
			f.tests, f.cases, f.casesBoth = f.tests+1, f.cases+len(cases), f.casesBoth+both
			switch both {
			case 0:
			case len(cases):
				f.whole++
			default:
				f.part++
			}
		}
		if g.apart {
			apart = append(apart, f)
			continue
		}
		ran.groups = append(ran.groups, f)
		total.tests, total.whole, total.part = total.tests+f.tests, total.whole+f.whole, total.part+f.part
		total.cases, total.casesBoth = total.cases+f.cases, total.casesBoth+f.casesBoth
	}
	ran.groups = append(append(ran.groups, total), apart...)
	return ran, nil
}

// casesOf returns the cases of a test that passed.
func casesOf(res *outcomes.Results, test string) []string {
	parents := map[string]bool{}
	var names []string
	for name, outcome := range res.Outcome {
		if outcome != "pass" || name != test && !strings.HasPrefix(name, test+"/") {
			continue
		}
		names = append(names, name)
		for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
			parents[name[:i]] = true
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return parents[name] })
	slices.Sort(names)
	return names
}

// because returns why a test needs a real Label Studio, and which of the tests
// that it is in does.
func because(why map[string]string, name string) (at, reason string) {
	for at = name; why[at] == ""; {
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			return "", ""
		}
		at = at[:i]
	}
	return at, why[at]
}

// page writes Markdown.
func (ran *tally) page() string {
	var out strings.Builder
	out.WriteString("# What ran against package labelstudiotest\n\n" +
		"The end-to-end tests run against a real Label Studio " + labelstudiotest.Version + ", and the same tests, unchanged, against the server of package\n" +
		"labelstudiotest. This says what ran where. A case is a test or a subtest that has no subtests. A test is in memory as well if\n" +
		"all its cases passed with both servers, and in part if some did. The tests of the last group send each request to both\n" +
		"servers and compare the answers: they are not in the sum. `make ran` writes this page from what the tests told, and CI\n" +
		"fails when it is not true.\n\n")
	out.WriteString("| group | tests | in memory as well | in part | cases | in memory as well |\n|---|--:|--:|--:|--:|--:|\n")
	for _, f := range ran.groups {
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d |\n", f.name, f.tests, f.whole, f.part, f.cases, f.casesBoth)
	}
	out.WriteString("\n## Only against a real Label Studio\n\n" +
		"| what package labelstudiotest doesn't have | cases | of |\n|---|--:|---|\n")
	for _, reason := range slices.Sorted(maps.Keys(ran.only)) {
		fmt.Fprintf(&out, "| %s | %d | `%s` |\n", reason, ran.counts[reason], strings.Join(ran.only[reason], "`, `"))
	}
	return out.String()
}
