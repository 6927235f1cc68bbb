package server

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/requirements"
)

func TestLockFiles(t *testing.T) {
	t.Parallel()
	for _, minor := range Minors() {
		t.Run(fmt.Sprintf("3.%d", minor), func(t *testing.T) {
			t.Parallel()
			lock, err := lockFile(minor)
			if err != nil {
				t.Fatal(err)
			}
			checkLock(t, lock, LockedVersion())
		})
	}
	older, err := requirements.Files.ReadDir("older")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range older {
		t.Run(file.Name(), func(t *testing.T) {
			t.Parallel()
			version := strings.TrimSuffix(file.Name(), ".txt")
			lock, err := lockFileOf(version, Minors()[0])
			if err != nil {
				t.Fatal(err)
			}
			checkLock(t, lock, version)
		})
	}
}

var (
	lockEntry = regexp.MustCompile(`^([a-z0-9-]+)==\S+( ; [^\\]+)? \\$`)
	lockHash  = regexp.MustCompile(`^    --hash=sha256:[0-9a-f]{64}( \\)?$`)
)

// checkLock checks that a lock file is one of a version.
func checkLock(t *testing.T, lock, version string) {
	t.Helper()
	if got := lockedServer.FindStringSubmatch(lock)[1]; got != version {
		t.Errorf("locks label-studio %s, not %s", got, version)
	}
	_, packages, _ := strings.Cut(lock, "\n\n")
	for line := range strings.Lines(packages) {
		line = strings.TrimSuffix(line, "\n")
		if !lockEntry.MatchString(line) && !lockHash.MatchString(line) {
			t.Errorf("neither a package nor a hash: %q", line)
		}
	}
	if strings.Contains(lock, "://") {
		t.Error("names an address")
	}
	tools := buildTools(lock)
	for _, name := range []string{"setuptools", "wheel"} {
		if !regexp.MustCompile(`(?m)^` + name + `==\S+ \\\n    --hash=`).MatchString(tools) {
			t.Errorf("the build tools lack %s: %s", name, tools)
		}
	}
	if strings.Contains(tools, "label-studio") {
		t.Errorf("the build tools hold too much: %s", tools)
	}
}

func TestNoLockFile(t *testing.T) {
	t.Parallel()
	if _, err := lockFile(9); err == nil || !strings.HasPrefix(err.Error(), "no locked requirements for Python 3.9: ") {
		t.Errorf("got %v", err)
	}
}
