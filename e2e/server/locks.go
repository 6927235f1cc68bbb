package server

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/requirements"
)

// lockedMinors are the minors that have a lock file, oldest first.
var lockedMinors = findMinors(requirements.Files)

// lockedServer finds the server's own line in a lock file.
var lockedServer = regexp.MustCompile(`(?m)^label-studio==(\S+)`)

// Minors returns the N of every Python 3.N that the server can be installed on, oldest first.
func Minors() []int { return slices.Clone(lockedMinors) }

// LockedVersion returns the version of Label Studio that the lock files install.
func LockedVersion() string {
	text, err := lockFile(lockedMinors[0])
	if err != nil {
		return ""
	}
	return lockedServer.FindStringSubmatch(text)[1]
}

func findMinors(files fs.FS) []int {
	names, _ := fs.Glob(files, "py3.*.txt") // the pattern is well-formed, which is all that Glob can object to
	var minors []int
	for _, name := range names {
		var minor int
		if _, err := fmt.Sscanf(name, "py3.%d.txt", &minor); err == nil {
			minors = append(minors, minor)
		}
	}
	slices.Sort(minors)
	return minors
}

// lockFile returns the lock file of Python 3.minor.
func lockFile(minor int) (string, error) {
	content, err := requirements.Files.ReadFile(fmt.Sprintf("py3.%d.txt", minor))
	if err != nil {
		return "", fmt.Errorf("no locked requirements for Python 3.%d: %w", minor, err)
	}
	if !lockedServer.Match(content) {
		return "", fmt.Errorf("the locked requirements for Python 3.%d do not name label-studio", minor)
	}
	return string(content), nil
}

// lockFileOf returns the lock file of a version on Python 3.minor. Older versions have one for all Pythons.
func lockFileOf(version string, minor int) (string, error) {
	if version == LockedVersion() {
		return lockFile(minor)
	}
	content, err := requirements.Files.ReadFile("older/" + version + ".txt")
	if err != nil {
		return "", fmt.Errorf("no locked requirements for Label Studio %s: write them with make lock VERSION=%[1]s OLDER=<the day after its release>", version)
	}
	return string(content), nil
}

// lockKey names what a lock file installs, so that a changed file is installed anew.
func lockKey(lock string) string {
	sum := sha256.Sum256([]byte(lock))
	return hex.EncodeToString(sum[:])[:12]
}

// buildTools returns the lock file's entries of what builds packages that are published as source only. They come
// first and by themselves: with them installed, pip need not fetch unlocked ones.
func buildTools(lock string) string {
	var tools strings.Builder
	keep := false
	for line := range strings.Lines(lock) {
		if !strings.HasPrefix(line, " ") {
			keep = strings.HasPrefix(line, "setuptools==") || strings.HasPrefix(line, "wheel==") || strings.HasPrefix(line, "packaging==")
		}
		if keep {
			tools.WriteString(line)
		}
	}
	return tools.String()
}
