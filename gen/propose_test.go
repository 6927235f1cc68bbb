//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository is a checkout of a repository that has a remote, with the scripts
// of this one and stand-ins for gen and for GitHub's command.
type repository struct {
	dir, remote, said string
	env               []string
}

// newRepository makes one whose gen does, in shell, what drift and update shall.
func newRepository(t *testing.T, drift, update string) *repository {
	t.Helper()
	top := t.TempDir()
	r := &repository{dir: filepath.Join(top, "work"), remote: filepath.Join(top, "remote.git"), said: filepath.Join(top, "said")}
	bin := filepath.Join(top, "bin")
	r.env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "GEN="+filepath.Join(bin, "gen"), "GITHUB_REPOSITORY=o/r",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
		"GITHUB_STEP_SUMMARY=", "GITHUB_OUTPUT=", "GH_TOKEN=", "VERSION=", "BASE=")
	scripts := map[string]string{
		"gen": "case $1 in drift) " + drift + ";; update) " + update + ";; esac",
		"gh": fmt.Sprintf(`echo "gh $*" >>%[1]q; for last; do :; done
case "$*" in *"--body-file -"*) cat >>%[1]q ;; *--body-file*.md*) cat .build/proposal/text.md >>%[1]q ;; "pr list"*) cat %[1]q.open 2>/dev/null || : ;; esac`, r.said),
	}
	for name, text := range scripts {
		writeScript(t, filepath.Join(bin, name), text)
	}
	for _, name := range []string{"propose", "open-proposal", "pr-drift", "comment"} {
		text := readFile(t, filepath.Join("..", ".ci", name))
		writeFile(t, filepath.Join(r.dir, ".ci", name), text)
		if err := os.Chmod(filepath.Join(r.dir, ".ci", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(r.dir, ".gitignore"), []byte("/.build/\n"))
	writeFile(t, filepath.Join(r.dir, "openapi/source.yaml"), []byte("version: 1.0.0\n"))
	r.run(t, top, "git", "init", "--quiet", "--bare", r.remote)
	r.run(t, r.dir, "git", "init", "--quiet", "--initial-branch", "main")
	r.run(t, r.dir, "git", "add", "--all")
	r.run(t, r.dir, "git", "commit", "--quiet", "--message", "first")
	r.run(t, r.dir, "git", "remote", "add", "origin", r.remote)
	r.run(t, r.dir, "git", "push", "--quiet", "origin", "main")
	return r
}

func writeScript(t *testing.T, path, text string) {
	t.Helper()
	writeFile(t, path, []byte("#!/bin/sh\n"+text+"\n"))
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

// run runs a command that must end well.
func (r *repository) run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	out, err := r.try(dir, nil, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

func (r *repository) try(dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(r.env, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// open opens what is proposed from another checkout, as the workflow does.
func (r *repository) open(t *testing.T) {
	t.Helper()
	other := r.dir + "-other"
	r.run(t, filepath.Dir(r.dir), "git", "clone", "--quiet", r.remote, other)
	r.run(t, other, "git", "switch", "--quiet", "main")
	r.run(t, other, "mkdir", ".build")
	r.run(t, other, "cp", "-r", filepath.Join(r.dir, ".build/proposal"), ".build/proposal")
	r.run(t, other, "env", "GH_TOKEN=x", ".ci/open-proposal")
}

// asked is what GitHub was asked for.
func (r *repository) asked(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(r.said)
	if err != nil {
		return ""
	}
	return string(text)
}

const movesTo = "echo 'version: 2.0.0' >openapi/source.yaml"

func TestPropose(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, drift, update string
		open                bool // is there a pull request already?
		worked              bool // has somebody else pushed to its branch?
		want                string
		commit              string // subject of the branch's last commit, if there is a branch
		fails               bool
	}{
		{name: "nothing is new", drift: "echo none", update: ":"},
		{
			name: "a newer version", drift: "echo '# It breaks'; exit 2", update: movesTo, commit: "Label Studio 2.0.0",
			want: "gh pr list --head update/label-studio --state open --json number --jq .[].number\n" +
				"gh pr create --head update/label-studio --base main --title Label Studio 2.0.0 --body-file .build/proposal/text.md\n# It breaks\n",
		},
		{
			name: "there is a pull request", drift: "echo '# It breaks'; exit 2", update: movesTo, commit: "Label Studio 2.0.0", open: true,
			want: "gh pr list --head update/label-studio --state open --json number --jq .[].number\n" +
				"gh pr edit update/label-studio --title Label Studio 2.0.0 --body-file .build/proposal/text.md\n# It breaks\n",
		},
		{
			name: "somebody works on the branch", drift: "echo '# It breaks'; exit 2", update: movesTo, commit: "first", open: true, worked: true,
			want: "gh pr list --head update/label-studio --state open --json number --jq .[].number\n" +
				"gh pr edit update/label-studio --title Label Studio 2.0.0 --body-file .build/proposal/text.md\n# It breaks\n",
		},
		{
			name: "overlays don't fit", drift: "echo '# Added'; exit 1", update: movesTo + "; echo 'gen: mend this' >&2; exit 1", commit: "Label Studio 2.0.0: overlays to mend",
			want: "gh pr list --head update/label-studio --state open --json number --jq .[].number\n" +
				"gh pr create --head update/label-studio --base main --title Label Studio 2.0.0: overlays to mend --body-file .build/proposal/text.md --draft\n" +
				"# Added\n\n## What the update is waiting for\n\n```text\ngen: mend this\n```\n",
		},
		{
			name: "the update changes nothing", drift: "echo '# Added'; exit 1", update: "echo 'gen: name that in an overlay' >&2; exit 1", commit: "Label Studio latest: to be updated by hand",
			want: "gh pr list --head update/label-studio --state open --json number --jq .[].number\n" +
				"gh pr create --head update/label-studio --base main --title Label Studio latest: to be updated by hand --body-file .build/proposal/text.md --draft\n" +
				"# Added\n\n## What the update is waiting for\n\n```text\ngen: name that in an overlay\n```\n",
		},
		{name: "the index can't be reached", drift: "echo '# Added'; exit 1", update: "echo 'gen: no network' >&2; exit 1", fails: true},
		{name: "it cannot compare", drift: "exit 3", update: movesTo, fails: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t, test.drift, test.update)
			if test.open {
				writeFile(t, r.said+".open", []byte("7\n"))
			}
			if test.worked {
				r.run(t, r.dir, "git", "push", "--quiet", "origin", "main:update/label-studio")
			}
			out, err := r.try(r.dir, nil, ".ci/propose")
			if (err != nil) != test.fails {
				t.Fatalf("got the error %v\n%s", err, out)
			}
			if test.want != "" {
				r.open(t)
			}
			if got := r.asked(t); got != test.want {
				t.Errorf("asked for\n%s\nwant\n%s", got, test.want)
			}
			commit, err := r.try(r.remote, nil, "git", "log", "-1", "--format=%s", "update/label-studio")
			if err != nil {
				commit = ""
			}
			if strings.TrimSpace(commit) != test.commit {
				t.Errorf("pushed %q, want %q", commit, test.commit)
			}
			if strings.Contains(test.commit, "2.0.0") {
				if source := r.run(t, r.remote, "git", "show", "update/label-studio:openapi/source.yaml"); source != "version: 2.0.0\n" {
					t.Errorf("pushed %q", source)
				}
			}
		})
	}
}

// It shows what would be proposed, and leaves the commits alone.
func TestProposeShown(t *testing.T) {
	t.Parallel()
	r := newRepository(t, "echo \"# Drift\" $*; exit 1", movesTo)
	if out, err := r.try(r.dir, []string{"GH_TOKEN=x"}, ".ci/open-proposal"); err == nil || !strings.Contains(out, "run make propose first") {
		t.Errorf("opened nothing: %v, %s", err, out)
	}
	before := r.run(t, r.dir, "git", "rev-parse", "HEAD")
	out := r.run(t, r.dir, ".ci/propose")
	if want := "Label Studio 2.0.0\n\n# Drift drift -to latest\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	if after := r.run(t, r.dir, "git", "rev-parse", "HEAD"); after != before || r.asked(t) != "" {
		t.Errorf("HEAD is %s, was %s; asked for %q", after, before, r.asked(t))
	}
	if out, err := r.try(r.dir, nil, ".ci/open-proposal"); err == nil || !strings.Contains(out, "GH_TOKEN") {
		t.Errorf("without a token: %v, %s", err, out)
	}
	if out, err := r.try(r.dir, nil, ".ci/propose"); err == nil || !strings.Contains(out, "there are changes here already") {
		t.Errorf("a second time: %v, %s", err, out)
	}
}

func TestPullRequestDrift(t *testing.T) {
	t.Parallel()
	// This gen shows the version of either side, and is as long as it is told.
	r := newRepository(t, `cat "$3/openapi/source.yaml" "$5/openapi/source.yaml"; seq 1 "${LINES_MORE:-0}"; exit "${STATUS:-2}"`, ":")
	r.run(t, r.dir, "git", "switch", "--quiet", "--create", "change")
	writeFile(t, filepath.Join(r.dir, "openapi/source.yaml"), []byte("version: 2.0.0\n"))
	r.run(t, r.dir, "git", "commit", "--quiet", "--all", "--message", "second")
	const report = "version: 1.0.0\nversion: 2.0.0\n"
	summary, output := filepath.Join(t.TempDir(), "summary"), filepath.Join(t.TempDir(), "output")
	files := []string{"GITHUB_STEP_SUMMARY=" + summary, "GITHUB_OUTPUT=" + output, "BASE=main"}

	out, err := r.try(r.dir, files, ".ci/pr-drift")
	if err != nil || out != report {
		t.Errorf("got %q and %v", out, err)
	}
	if got := string(readFile(t, summary)); got != report {
		t.Errorf("the summary is %q", got)
	}
	end := "end-" + strings.TrimSpace(r.run(t, r.dir, "git", "rev-parse", "HEAD")) + "\n"
	if got := string(readFile(t, output)); got != "report<<"+end+report+end {
		t.Errorf("the output is %q", got)
	}

	if err := os.Remove(output); err != nil {
		t.Fatal(err)
	}
	if out, err := r.try(r.dir, append(files, "LINES_MORE=20000"), ".ci/pr-drift"); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if got := string(readFile(t, output)); len(got) > 61000 || !strings.HasSuffix(got, "(cut: all of it is in the summary of the job)\n"+end) {
		t.Errorf("the output has %d bytes and ends with %q", len(got), got[max(0, len(got)-100):])
	}
	if out, err := r.try(r.dir, append(files, "STATUS=3"), ".ci/pr-drift"); err == nil {
		t.Errorf("got no error, and %q", out)
	}
	if got := r.run(t, r.dir, "git", "status", "--porcelain") + r.run(t, r.dir, "git", "worktree", "list", "--porcelain"); strings.Count(got, "worktree ") != 1 {
		t.Errorf("left behind: %s", got)
	}
}

func TestComment(t *testing.T) {
	t.Parallel()
	r := newRepository(t, ":", ":")
	r.run(t, r.dir, "env", "PR=7", "REPORT=# Drift\n`$(date)`", ".ci/comment")
	if got, want := r.asked(t), "gh pr comment 7 --repo o/r --edit-last --create-if-none --body-file -\n# Drift\n`$(date)`\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for missing, env := range map[string][]string{"PR": {"REPORT=x"}, "REPORT": {"PR=7"}} {
		if out, err := r.try(r.dir, env, ".ci/comment"); err == nil || !strings.Contains(out, missing+": is ") {
			t.Errorf("without %s: %v, %s", missing, err, out)
		}
	}
}
