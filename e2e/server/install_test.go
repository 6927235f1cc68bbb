//go:build unix

package server

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestInstallOnce(t *testing.T) {
	t.Parallel()
	python, installations := fakePython(t, "sleep 0.2", "")
	dir := t.TempDir()
	var told sync.Map
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			options := InstallOptions{Python: python, Version: "1.99.0", Dir: dir, Progress: func(line string) { told.Store(line, true) }}
			env, err := Install(t.Context(), options)
			if err != nil {
				t.Error(err)
				return
			}
			if env.Version != "1.99.0" || filepath.Dir(env.Dir) != dir {
				t.Errorf("got %+v", env)
			}
		})
	}
	all.Wait()
	if got := lines(t, installations); got != 1 {
		t.Errorf("installed %d times", got)
	}
	if _, ok := told.Load("installing Label Studio 1.99.0 on Python 3.11.7 (takes a few minutes, once)"); !ok {
		t.Error("nobody was told")
	}
}

func TestInstallAfterInterruption(t *testing.T) {
	t.Parallel()
	slow, _ := fakePython(t, "sleep 60", "")
	options := InstallOptions{Python: slow, Version: "1.99.0", Dir: t.TempDir()}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	if _, err := Install(ctx, options); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	python, installations := fakePython(t, "", "")
	options.Python = python
	env, err := Install(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(t, installations); got != 1 {
		t.Errorf("installed %d times", got)
	}
	// A Python that was removed from the system leaves a link to nothing.
	if err := os.Remove(env.Python()); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, installations); got != 2 {
		t.Errorf("installed %d times", got)
	}
}

func TestInstallFromLock(t *testing.T) {
	python, installations := fakePython(t, "", "")
	cache := t.TempDir()
	t.Setenv(cacheVariable, cache)
	env, err := Install(t.Context(), InstallOptions{Python: python})
	if err != nil {
		t.Fatal(err)
	}
	if env.Version != LockedVersion() || !strings.HasPrefix(env.Dir, filepath.Join(cache, "label-studio-"+LockedVersion()+"-py3.11-")) {
		t.Errorf("got %+v", env)
	}
	// The build tools come first, then all.
	if got := lines(t, installations); got != 2 {
		t.Errorf("ran pip %d times", got)
	}
	wanted, err := lockFile(11)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(env.Dir, "requirements.txt")); err != nil || string(got) != wanted {
		t.Errorf("the requirements are not those of the lock file (%v)", err)
	}
}

func TestInstallOlderFromLock(t *testing.T) {
	python, installations := fakePython(t, "", "")
	cache := t.TempDir()
	t.Setenv(cacheVariable, cache)
	env, err := Install(t.Context(), InstallOptions{Python: python, Version: "1.22.0"})
	if err != nil {
		t.Fatal(err)
	}
	if env.Version != "1.22.0" || !strings.HasPrefix(env.Dir, filepath.Join(cache, "label-studio-1.22.0-py3.11-")) {
		t.Errorf("got %+v", env)
	}
	if got := lines(t, installations); got != 2 {
		t.Errorf("ran pip %d times", got)
	}
	const none = "no locked requirements for Label Studio 1.99.0: write them with make lock VERSION=1.99.0 OLDER=<the day after its release>"
	if _, err := Install(t.Context(), InstallOptions{Python: python, Version: "1.99.0"}); err == nil || err.Error() != none {
		t.Errorf("got  %v\nwant %v", err, none)
	}
}

func TestInstallErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, pip string
		options   InstallOptions
		want      string // DIR stands for the folder that the caller names
	}{
		{
			name:    "no such version",
			pip:     "echo 'ERROR: Could not find a version that satisfies the requirement label-studio==1.99.0 (from versions: 1.23.2)'; exit 1",
			options: InstallOptions{Version: "1.99.0"},
			want:    "installing Label Studio 1.99.0: there is no Label Studio 1.99.0 in the package index; the whole log is in DIR/label-studio-1.99.0-py3.11/install.log",
		},
		{
			name:    "silent",
			pip:     "exit 4",
			options: InstallOptions{Version: "1.99.0"},
			want:    "installing Label Studio 1.99.0: exit status 4; the whole log is in DIR/label-studio-1.99.0-py3.11/install.log",
		},
		{
			name:    "an argument for pip",
			options: InstallOptions{Version: "1 --index-url x"},
			want:    `install: "1 --index-url x" is not a version of Label Studio`,
		},
		{
			name: "a folder without a version",
			want: "install: Dir is for a Version, which is missing",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			options := test.options
			options.Python, _ = fakePython(t, test.pip, "")
			options.Dir = t.TempDir()
			_, err := Install(t.Context(), options)
			if want := strings.ReplaceAll(test.want, "DIR", options.Dir); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %v", err, want)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, manage, want, problem string }{
		{
			name:   "described",
			manage: `test "$COLLECT_ANALYTICS" = false && test "$(basename "$PWD")" = label_studio && echo '{}' >"$last"`,
			want:   "{}\n",
		},
		{
			name:    "too old",
			manage:  `echo "Unknown command: 'spectacular'" >&2; echo "Type 'manage.py help' for usage." >&2; exit 1`,
			problem: "describing the API of Label Studio 1.99.0: it has no command for that, which came with 1.21.0",
		},
		{
			name:    "broken",
			manage:  `echo 'Traceback:' >&2; echo "ModuleNotFoundError: No module named 'numpy'" >&2; exit 1`,
			problem: "describing the API of Label Studio 1.99.0: ModuleNotFoundError: No module named 'numpy'",
		},
		{
			name:    "silent",
			manage:  `exit 7`,
			problem: "describing the API of Label Studio 1.99.0: exit status 7",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			python, _ := fakePython(t, "", test.manage)
			env, err := Install(t.Context(), InstallOptions{Python: python, Version: "1.99.0", Dir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "openapi.json")
			err = Describe(t.Context(), env, file)
			if test.problem != "" {
				if err == nil || err.Error() != test.problem {
					t.Errorf("got  %v\nwant %v", err, test.problem)
				}
				if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("a file was written: %v", err)
				}
				if _, ok := errors.AsType[*exec.ExitError](err); !ok {
					t.Errorf("the cause is lost: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(file); err != nil || string(got) != test.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
