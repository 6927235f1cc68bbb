//go:build unix

package server

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestStopEndsTheGroup(t *testing.T) {
	t.Parallel()
	process, _, err := startProcessReady(t, "server with child")
	if err != nil {
		t.Fatal(err)
	}
	child := childOf(t, process.output.String())
	if !alive(child) {
		t.Fatal("the child does not run")
	}
	if err := process.stop(); err != nil {
		t.Fatal(err)
	}
	gone(t, child)
}

func TestStopOfTheStubborn(t *testing.T) {
	t.Parallel()
	process, _, err := startProcessReady(t, "stubborn server")
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := process.stop(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if waited := time.Since(begin); waited < stopGrace {
		t.Errorf("killed after %s", waited)
	}
	gone(t, process.cmd.Process.Pid)
}

func TestStartOfNothing(t *testing.T) {
	t.Parallel()
	cmd := fake("server", "0")
	cmd.Path = "/nonexistent"
	if _, err := startProcess(cmd, nil); err == nil {
		t.Error("a program that is not there was started")
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	log := &tail{}
	for i := range 2000 {
		_, _ = fmt.Fprintf(log, "line %d of many\n\n", i)
	}
	if got := len(log.String()); got > tailSize {
		t.Errorf("keeps %d bytes", got)
	}
	if got, want := log.lastLines(2), "\tline 1998 of many\n\tline 1999 of many"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (&tail{}).lastLines(2); got != "" {
		t.Errorf("got %q of nothing", got)
	}
}

// startProcessReady starts a fake server on any port and waits until it answers.
func startProcessReady(t *testing.T, role string) (*process, string, error) {
	t.Helper()
	process, err := startProcess(fake(role, "0"), nil)
	if err != nil {
		return nil, "", err
	}
	t.Cleanup(func() { _ = process.stop() })
	url, err := process.waitReady(t.Context())
	return process, url, err
}

// childOf reads the process id that a fake prints.
func childOf(t *testing.T, output string) int {
	t.Helper()
	found := regexp.MustCompile(`child (\d+)`).FindString(output)
	var pid int
	if _, err := fmt.Sscanf(strings.TrimPrefix(found, "child "), "%d", &pid); err != nil {
		t.Fatalf("no child in %q", output)
	}
	return pid
}
