//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// These variables make the test binary act as a gen that is killed before one
// of its steps.
const (
	actVariable  = "LABELSTUDIO_TEST_ACT_AS"
	stepVariable = "LABELSTUDIO_TEST_KILL_BEFORE_STEP"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(actVariable); role != "" {
		if err := act(role, os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func act(role, root string) error {
	time.AfterFunc(time.Minute, func() { os.Exit(9) }) // whatever goes wrong, nothing is left behind for long
	last, _ := strconv.Atoi(os.Getenv(stepVariable))
	step := 0
	beforeStep = func() {
		if step++; step == last {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	switch role {
	case "replace":
		return replace(root, replacements)
	case "recover":
		return recoverCheckout(root)
	default:
		return update(context.Background(), root, unlockedVersion)
	}
}

// runKilled runs a role and says whether it was killed before the step.
func runKilled(t *testing.T, role, root string, step int) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], root)
	cmd.Env = append(os.Environ(), actVariable+"="+role, stepVariable+"="+strconv.Itoa(step))
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return true
		}
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", role, err, out)
	}
	return false
}

var (
	checkedIn    = map[string]string{"a": "old", "b/c": "old", "gone": "old"}
	replacements = map[string][]byte{"a": []byte("new"), "b/c": []byte("new"), "d/e": []byte("new"), "gone": nil}
	replaced     = map[string]string{"a": "new", "b/c": "new", "d/e": "new"}
)

func checkout(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range checkedIn {
		writeFile(t, filepath.Join(root, name), []byte(text))
	}
	return root
}

// outside returns what of a tree is not scratch.
func outside(tree map[string]string) map[string]string {
	maps.DeleteFunc(tree, func(name, _ string) bool { return strings.HasPrefix(name, stagingDir) })
	return tree
}

// Whenever it is killed, the files are as before or as after, at the latest
// when the next command has begun; and once the first has moved, what the next
// command finds is as before.
func TestReplaceKilled(t *testing.T) {
	t.Parallel()
	var states []string
	for step := 1; ; step++ {
		root := checkout(t)
		if !runKilled(t, "replace", root, step) {
			assertTree(t, root, replaced)
			break
		}
		atOnce := outside(tree(t, root))
		if err := runCommand(t.Context(), []string{"check", "-root", root}, io.Discard); err == nil {
			t.Error("check finds nothing, where there is no contract")
		}
		left := tree(t, root)
		switch {
		case maps.Equal(left, checkedIn) && maps.Equal(atOnce, checkedIn):
			states = append(states, "untouched")
		case maps.Equal(left, checkedIn):
			states = append(states, "put back")
		case maps.Equal(left, replaced) && maps.Equal(atOnce, replaced):
			states = append(states, "done")
		default:
			t.Errorf("killed before step %d, the files are %v and then %v", step, atOnce, left)
		}
	}
	got := slices.Compact(slices.Clone(states))
	if !slices.Equal(got, []string{"untouched", "put back", "done"}) {
		t.Errorf("got %v", states)
	}
}

// The next command may be killed too.
func TestRecoveryKilled(t *testing.T) {
	t.Parallel()
	half := 0 // the step before which most is moved: the last that leaves a journal
	for step := 1; ; step++ {
		root := checkout(t)
		if !runKilled(t, "replace", root, step) {
			break
		}
		if _, err := os.Stat(filepath.Join(root, journalFile)); err == nil {
			half = step
		}
	}
	for step := 1; ; step++ {
		root := checkout(t)
		if !runKilled(t, "replace", root, half) {
			t.Fatalf("step %d is none", half)
		}
		killed := runKilled(t, "recover", root, step)
		if err := recoverCheckout(root); err != nil {
			t.Fatal(err)
		}
		assertTree(t, root, checkedIn)
		if !killed {
			if step < 5 {
				t.Errorf("recovery had only %d steps", step-1)
			}
			return
		}
	}
}

// An update spends its time with the server; killed there, it has done nothing.
func TestUpdateKilledWhileItInstalls(t *testing.T) {
	fakePython(t, "kill -9 $PPID", ":")
	root := updatableRoot(t)
	before := tree(t, root)
	if !runKilled(t, "update", root, 0) {
		t.Fatal("it was not killed")
	}
	assertTree(t, root, before)
}

// A whole update is one replacement.
func TestUpdateKilledWhileItWrites(t *testing.T) {
	fakePython(t, installsUV, describes(smallDescription))
	root := updatableRoot(t)
	before := tree(t, root)
	for step := 1; ; step++ {
		if !runKilled(t, "update", root, step) {
			t.Fatal("no step leaves it half done")
		}
		if atOnce := outside(tree(t, root)); !maps.Equal(atOnce, before) {
			break // half done
		}
	}
	if err := recoverCheckout(root); err != nil {
		t.Fatal(err)
	}
	assertTree(t, root, before)
}
