package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
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
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			found := false
			for _, decl := range file.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && f.Name.Name != "TestMain" {
					tests = append(tests, test{group.name, f.Name.Name})
					found = true
				}
			}
			if !found {
				return nil, fmt.Errorf("%s has no tests", name)
			}
		}
	}
	return tests, nil
}
