package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// pythonVariable names the environment variable that says which Python to use.
const pythonVariable = "LABELSTUDIO_PYTHON"

// Python is an interpreter that can make the server's virtual environment.
type Python struct {
	// Path is the interpreter's own absolute path, with launchers and shims resolved.
	Path string
	// Version is its full version, such as "3.12.1".
	Version string
	// Minor is the N of Python 3.N.
	Minor int
}

// FindPython finds a Python that has locked requirements (see [Minors]) and the modules venv and ensurepip.
//
// When the environment variable LABELSTUDIO_PYTHON is set it must name such a Python, and nothing else is tried.
// Otherwise the folders of PATH are searched for python3 and then for python3.N, newest first. Each candidate is run:
// that a file is there does not mean that it works.
//
// The error is one line that names what is missing and what to do about it.
func FindPython(ctx context.Context) (Python, error) {
	if path := os.Getenv(pythonVariable); path != "" {
		python, problem := probe(ctx, path)
		if problem != nil {
			return Python{}, fmt.Errorf("%s: %w", pythonVariable, problem)
		}
		return python, nil
	}
	return findOnPath(ctx, filepath.SplitList(os.Getenv("PATH")))
}

// findOnPath takes the first usable interpreter of the folders. Of the unusable ones it reports the one that was
// nearest to being usable, since that one is the easiest to mend.
func findOnPath(ctx context.Context, folders []string) (Python, error) {
	names := []string{"python3"}
	minors := Minors()
	for i := len(minors) - 1; i >= 0; i-- {
		names = append(names, fmt.Sprintf("python3.%d", minors[i]))
	}
	nearest := &pythonError{kind: pythonAbsent}
	for _, name := range names {
		for _, folder := range folders {
			path, err := exec.LookPath(filepath.Join(folder, name))
			if err != nil {
				continue
			}
			python, problem := probe(ctx, path)
			if problem == nil {
				return python, nil
			}
			if problem.kind > nearest.kind {
				nearest = problem
			}
		}
		if err := ctx.Err(); err != nil {
			return Python{}, fmt.Errorf("looking for Python: %w", err)
		}
	}
	return Python{}, nearest
}

// pythonKind says why an interpreter cannot be used, in the order of how near it is to being usable.
type pythonKind int

const (
	pythonAbsent pythonKind = iota
	pythonBroken
	pythonTooOld
	pythonTooNew
	pythonIncomplete
)

// pythonError tells why an interpreter cannot be used and what to do instead.
type pythonError struct {
	kind    pythonKind
	path    string
	version string
	minor   int
	missing []string
	cause   error
}

func (e *pythonError) Unwrap() error { return e.cause }

func (e *pythonError) Error() string {
	minors := Minors()
	wanted := fmt.Sprintf("Python 3.%d to 3.%d", minors[0], minors[len(minors)-1])
	instead := fmt.Sprintf("install %s or set %s to the path of one", wanted, pythonVariable)
	switch e.kind {
	case pythonIncomplete:
		return fmt.Sprintf("Python %s at %s lacks %s: install what is missing (on Debian and Ubuntu: apt install python3.%d-venv), or set %s to a complete %s",
			e.version, e.path, strings.Join(e.missing, " and "), e.minor, pythonVariable, wanted)
	case pythonTooNew:
		return fmt.Sprintf("Python %s at %s is newer than the locked requirements cover: %s", e.version, e.path, instead)
	case pythonTooOld:
		return fmt.Sprintf("Python %s at %s is too old: %s", e.version, e.path, instead)
	case pythonBroken:
		return fmt.Sprintf("%s does not run (%v): %s", e.path, e.cause, instead)
	default:
		if e.path != "" {
			return fmt.Sprintf("there is no %s: %s", e.path, instead)
		}
		return "Python not found: " + instead
	}
}

// probeScript runs on any Python, also on one that is much too old.
const probeScript = `import sys
print("%d.%d.%d" % sys.version_info[:3])
print(sys.executable)
for name in ("venv", "ensurepip"):
    try:
        __import__(name)
    except ImportError:
        print(name)
`

// probe runs an interpreter to learn what it is.
func probe(ctx context.Context, path string) (Python, *pythonError) {
	output, err := exec.CommandContext(ctx, path, "-c", probeScript).Output()
	if err != nil {
		kind := pythonBroken
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, exec.ErrNotFound) {
			kind = pythonAbsent
		}
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && len(exit.Stderr) > 0 {
			complaint, _, _ := strings.Cut(string(exit.Stderr), "\n")
			err = fmt.Errorf("%w: %s", err, complaint)
		}
		return Python{}, &pythonError{kind: kind, path: path, cause: err}
	}
	return readProbe(path, string(output))
}

// readProbe reads what probeScript printed.
func readProbe(path, output string) (Python, *pythonError) {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(lines) < 2 {
		return Python{}, &pythonError{kind: pythonBroken, path: path, cause: fmt.Errorf("unexpected output %q", output)}
	}
	problem := &pythonError{path: path, version: lines[0], missing: lines[2:]}
	major, minor, err := parsePythonVersion(lines[0])
	if err != nil {
		problem.kind, problem.cause = pythonBroken, err
		return Python{}, problem
	}
	problem.minor = minor
	minors := Minors()
	switch {
	case major < 3 || major == 3 && minor < minors[0]:
		problem.kind = pythonTooOld
	case major > 3 || minor > minors[len(minors)-1]:
		problem.kind = pythonTooNew
	case len(problem.missing) > 0:
		problem.kind = pythonIncomplete
	default:
		return Python{Path: lines[1], Version: lines[0], Minor: minor}, nil
	}
	return Python{}, problem
}

// parsePythonVersion reads the first two numbers of a version such as "3.12.1".
func parsePythonVersion(version string) (major, minor int, err error) {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err = strconv.Atoi(first)
	if err == nil {
		minor, err = strconv.Atoi(second)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%q is not a Python version", version)
	}
	return major, minor, nil
}
