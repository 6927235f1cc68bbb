package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/outcomes"
)

// runTests runs the tests against a version of the server.
func runTests(ctx context.Context, version string, tests []test) (*outcomes.Results, error) {
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
	results, readErr := outcomes.Read(printed)
	waitErr := cmd.Wait() // it fails when a test does
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case readErr != nil:
		return nil, readErr
	case waitErr != nil && len(results.Failed()) == 0:
		return nil, fmt.Errorf("%w: %s", waitErr, strings.TrimSpace(complaint.String()+results.Output[""]))
	}
	for _, name := range names {
		if results.Outcome[name] == "" {
			return nil, fmt.Errorf("%s didn't end: %s", name, strings.TrimSpace(results.Output[""]+results.Output[name]))
		}
	}
	return results, nil
}
