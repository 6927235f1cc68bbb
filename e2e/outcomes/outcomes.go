// Package outcomes reads what go test -json prints, and which tests there are.
package outcomes

import (
	"bufio"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"slices"
	"strings"
)

// Event is a line of what go test -json prints.
type Event struct{ Action, Package, Test, Output string }

// Events calls each with every event, and with the line that it was.
func Events(r io.Reader, each func(line []byte, event Event) error) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var event Event
		if err := json.Unmarshal(line, &event); err != nil {
			return fmt.Errorf("go test printed %.200q: %w", line, err)
		}
		if err := each(line, event); err != nil {
			return err
		}
	}
}

// Results are what became of the tests of a package and of their subtests, by
// their full names. The name of the package is empty.
type Results struct {
	Outcome map[string]string // "pass", "fail" or "skip"
	Output  map[string]string
}

// Read reads what go test -json prints of a package.
func Read(r io.Reader) (*Results, error) {
	res := &Results{map[string]string{}, map[string]string{}}
	err := Events(r, func(_ []byte, event Event) error {
		switch event.Action {
		case "output", "build-output":
			res.Output[event.Test] += event.Output
		case "pass", "fail", "skip":
			res.Outcome[event.Test] = event.Action
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

// Failed returns the tests that failed by themselves, not because a subtest did.
func (r *Results) Failed() []string {
	var names []string
	for name, outcome := range r.Outcome {
		if outcome == "fail" && name != "" && !r.failedBelow(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (r *Results) failedBelow(name string) bool {
	for other, outcome := range r.Outcome {
		if outcome == "fail" && strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

// Tests returns the names of the tests in a file.
func Tests(file string) ([]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, decl := range parsed.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && f.Name.Name != "TestMain" {
			names = append(names, f.Name.Name)
		}
	}
	return names, nil
}
