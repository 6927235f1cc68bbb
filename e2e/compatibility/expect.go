package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/outcomes"
	"github.com/labelstudio-go/labelstudio/internal/compat"
)

// failuresIn returns what the tests of a version are to report.
func failuresIn(version string, known []compat.Difference) []compat.Failure {
	v, ok := compat.Parse(version)
	if !ok {
		return nil
	}
	var failures []compat.Failure
	for _, d := range known {
		if d.In(v) {
			failures = append(failures, d.Failures...)
		}
	}
	return failures
}

// reported is a line that a test wrote, without its place.
var reported = regexp.MustCompile(`(?m)^ +\w+_test\.go:\d+: (.*)$`)

// unexpected returns where the tests of a version did otherwise than the list
// of differences says.
func unexpected(r *outcomes.Results, version string, known []compat.Difference) []string {
	var problems []string
	failures := failuresIn(version, known)
	seen := make([]bool, len(failures))
	for _, name := range r.Failed() {
		lines := reported.FindAllStringSubmatch(r.Output[name], -1)
		if len(lines) == 0 {
			problems = append(problems, fmt.Sprintf("%s: %s fails and doesn't say why:\n%s", version, name, r.Output[name]))
		}
		for _, line := range lines {
			explained := false
			for i, f := range failures {
				if (name == f.Test || strings.HasPrefix(name, f.Test+"/")) && strings.Contains(line[1], f.Says) {
					seen[i], explained = true, true
				}
			}
			if !explained {
				problems = append(problems, fmt.Sprintf("%s: %s: no difference explains: %s", version, name, line[1]))
			}
		}
	}
	for i, f := range failures {
		if !seen[i] {
			problems = append(problems, fmt.Sprintf("%s: %s doesn't report any more: %s", version, f.Test, f.Says))
		}
	}
	return problems
}
