package server

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestLockFiles(t *testing.T) {
	t.Parallel()
	entry := regexp.MustCompile(`^([a-z0-9-]+)==\S+( ; [^\\]+)? \\$`)
	hash := regexp.MustCompile(`^    --hash=sha256:[0-9a-f]{64}( \\)?$`)
	for _, minor := range Minors() {
		t.Run(fmt.Sprintf("3.%d", minor), func(t *testing.T) {
			t.Parallel()
			lock, err := lockFile(minor)
			if err != nil {
				t.Fatal(err)
			}
			if version := lockedServer.FindStringSubmatch(lock)[1]; version != LockedVersion() {
				t.Errorf("locks label-studio %s, another file %s", version, LockedVersion())
			}
			_, packages, _ := strings.Cut(lock, "\n\n")
			for line := range strings.Lines(packages) {
				line = strings.TrimSuffix(line, "\n")
				if !entry.MatchString(line) && !hash.MatchString(line) {
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
		})
	}
}

func TestNoLockFile(t *testing.T) {
	t.Parallel()
	if _, err := lockFile(9); err == nil || !strings.HasPrefix(err.Error(), "no locked requirements for Python 3.9: ") {
		t.Errorf("got %v", err)
	}
}
