//go:build unix

package server

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParsePythonVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version      string
		major, minor int
		wrong        bool
	}{
		{version: "3.12.1", major: 3, minor: 12},
		{version: "3.10", major: 3, minor: 10},
		{version: "2.7.18", major: 2, minor: 7},
		{version: "3.15.0a1", major: 3, minor: 15},
		{version: "3", wrong: true},
		{version: "", wrong: true},
		{version: "three.ten", wrong: true},
	} {
		t.Run(test.version, func(t *testing.T) {
			t.Parallel()
			major, minor, err := parsePythonVersion(test.version)
			if major != test.major || minor != test.minor || (err != nil) != test.wrong {
				t.Errorf("got %d, %d, %v", major, minor, err)
			}
		})
	}
}

// answers is a script that answers the probe.
func answers(text string) string { return "printf '" + strings.ReplaceAll(text, "\n", `\n`) + "'" }

func TestFindOnPath(t *testing.T) {
	t.Parallel()
	const advice = "install Python 3.10 to 3.13 or set LABELSTUDIO_PYTHON to the path of one"
	for _, test := range []struct {
		name    string
		scripts map[string]string // by path; the folders are searched in the order of their names
		want    string            // path of the interpreter that is found
		problem string            // DIR stands for the folder of all
	}{
		{
			name:    "nothing",
			problem: "Python not found: " + advice,
		},
		{
			name:    "python3 comes first",
			scripts: map[string]string{"a/python3": answers("3.10.4\n/real/python 3\n"), "a/python3.13": answers("3.13.0\n/other\n")},
			want:    "/real/python 3",
		},
		{
			name:    "a launcher that runs nothing",
			scripts: map[string]string{"a/python3": "echo 'python3: command not found' >&2; exit 127", "b/python3": answers("3.11.2\n/real\n")},
			want:    "/real",
		},
		{
			name:    "the newest of the others",
			scripts: map[string]string{"a/python3": answers("3.14.0\n/too/new\n"), "a/python3.10": answers("3.10.1\n/ten\n"), "b/python3.12": answers("3.12.1\n/twelve\n")},
			want:    "/twelve",
		},
		{
			name:    "too new",
			scripts: map[string]string{"a/python3": answers("3.14.0\n/x\n"), "a/python3.10": answers("3.9.0\n/y\n")},
			problem: "Python 3.14.0 at DIR/a/python3 is newer than the locked requirements cover: " + advice,
		},
		{
			name:    "too old",
			scripts: map[string]string{"a/python3": answers("2.7.18\n/x\n")},
			problem: "Python 2.7.18 at DIR/a/python3 is too old: " + advice,
		},
		{
			name:    "without venv",
			scripts: map[string]string{"a/python3": answers("3.14.0\n/x\n"), "a/python3.11": answers("3.11.2\n/y\nvenv\nensurepip\n")},
			problem: "Python 3.11.2 at DIR/a/python3.11 lacks venv and ensurepip: install what is missing (on Debian and Ubuntu: apt install python3.11-venv), " +
				"or set LABELSTUDIO_PYTHON to a complete Python 3.10 to 3.13",
		},
		{
			name:    "broken",
			scripts: map[string]string{"a/python3": "echo 'python3: command not found' >&2; echo second line >&2; exit 127"},
			problem: "DIR/a/python3 does not run (exit status 127: python3: command not found): " + advice,
		},
		{
			name:    "not Python",
			scripts: map[string]string{"a/python3": "echo hello"},
			problem: `DIR/a/python3 does not run (unexpected output "hello\n"): ` + advice,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for path, text := range test.scripts {
				script(t, filepath.Join(dir, path), text)
			}
			python, err := findOnPath(t.Context(), []string{filepath.Join(dir, "a"), filepath.Join(dir, "b")})
			if test.problem == "" {
				if err != nil || python.Path != test.want {
					t.Errorf("got %+v, %v", python, err)
				}
				return
			}
			if err == nil || err.Error() != strings.ReplaceAll(test.problem, "DIR", dir) {
				t.Errorf("got  %v\nwant %v", err, test.problem)
			}
		})
	}
}

func TestFindPythonByVariable(t *testing.T) {
	dir := t.TempDir()
	usable := script(t, filepath.Join(dir, "usable"), answers("3.12.1\n/real\n"))
	t.Setenv(pythonVariable, usable)
	if python, err := FindPython(t.Context()); err != nil || python != (Python{Path: "/real", Version: "3.12.1", Minor: 12}) {
		t.Errorf("got %+v, %v", python, err)
	}
	t.Setenv(pythonVariable, filepath.Join(dir, "absent"))
	_, err := FindPython(t.Context())
	want := "LABELSTUDIO_PYTHON: there is no " + filepath.Join(dir, "absent") + ": install Python 3.10 to 3.13 or set LABELSTUDIO_PYTHON to the path of one"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %v", err, want)
	}
}

func TestMinors(t *testing.T) {
	t.Parallel()
	if got := Minors(); !slices.Equal(got, []int{10, 11, 12, 13}) {
		t.Errorf("got %v", got)
	}
}
