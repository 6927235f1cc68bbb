package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// runTests runs the tests against a version of the server.
func runTests(ctx context.Context, version string, tests []test) (*results, error) {
	names := make([]string, 0, len(tests))
	for _, t := range tests {
		names = append(names, t.name)
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-json", "-count=1", "-timeout=30m", "-run=^("+strings.Join(names, "|")+")$", "./e2e")
	// Cancelled tests stop their servers; killed ones would leave them.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Env = append(os.Environ(), "LABELSTUDIO_VERSION="+version)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	printed, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	results, readErr := readResults(printed)
	waitErr := cmd.Wait() // it fails when a test does
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case readErr != nil:
		return nil, readErr
	case waitErr != nil && len(results.failed()) == 0:
		return nil, fmt.Errorf("%w: %s", waitErr, strings.TrimSpace(complaint.String()+results.output[""]))
	}
	for _, name := range names {
		if results.outcome[name] == "" {
			return nil, fmt.Errorf("%s didn't end: %s", name, strings.TrimSpace(results.output[""]+results.output[name]))
		}
	}
	return results, nil
}

// results are what became of tests and of their subtests, by their full names.
// The name of the package is empty.
type results struct {
	outcome map[string]string // "pass", "fail" or "skip"
	output  map[string]string
}

// readResults reads what go test -json prints.
func readResults(r io.Reader) (*results, error) {
	res := &results{map[string]string{}, map[string]string{}}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			return nil, err
		}
		var event struct{ Action, Test, Output string }
		if err := json.Unmarshal(line, &event); err != nil {
			return nil, fmt.Errorf("go test printed %.200q: %w", line, err)
		}
		switch event.Action {
		case "output", "build-output":
			res.output[event.Test] += event.Output
		case "pass", "fail", "skip":
			res.outcome[event.Test] = event.Action
		}
	}
}

// failed returns the tests that failed by themselves, not because a subtest did.
func (r *results) failed() []string {
	var names []string
	for name, outcome := range r.outcome {
		if outcome == "fail" && name != "" && !r.failedBelow(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (r *results) failedBelow(name string) bool {
	for other, outcome := range r.outcome {
		if outcome == "fail" && strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}
