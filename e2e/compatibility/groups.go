package main

import (
	"fmt"
	"path/filepath"

	"github.com/labelstudio-go/labelstudio/e2e/outcomes"
)

// groups are the core groups, and what all of them rest on, with the files that
// test them in package e2e.
var groups = []struct {
	name  string
	files []string
}{
	{"projects", []string{"projects_test.go", "validate_test.go"}},
	{"tasks", []string{"tasks_test.go", "paging_test.go"}},
	{"tokens", []string{"tokens_test.go", "auth_test.go"}},
	{"import", []string{"import_test.go", "importseq_test.go"}},
	{"export", []string{"exports_test.go", "exportfile_test.go", "exportedtasks_test.go", "snapshots_test.go"}},
	{"errors", []string{"errors_test.go"}},
	{"version", []string{"compatibility_test.go"}},
}

// test is a test of a group.
type test struct{ group, name string }

// coreTests returns the tests of the groups, in the order of their files.
func coreTests(dir string) ([]test, error) {
	var tests []test
	for _, group := range groups {
		for _, name := range group.files {
			names, err := outcomes.Tests(filepath.Join(dir, name))
			if err != nil {
				return nil, err
			}
			if len(names) == 0 {
				return nil, fmt.Errorf("%s has no tests", name)
			}
			for _, name := range names {
				tests = append(tests, test{group.name, name})
			}
		}
	}
	return tests, nil
}
