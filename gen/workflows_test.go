package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// workflow is what these tests look at.
type workflow struct {
	On          yaml.Node
	Permissions *map[string]string
	Jobs        map[string]struct {
		RunsOn      string `yaml:"runs-on"`
		Permissions map[string]string
		Steps       []struct {
			Uses, Run string
			With      map[string]string
		}
	}
}

func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	paths, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %v and %v", paths, err)
	}
	list := map[string]workflow{}
	for _, path := range paths {
		var w workflow
		if err := yaml.Unmarshal(readFile(t, path), &w); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		list[filepath.Base(path)] = w
	}
	return list
}

func TestWorkflowsAreThere(t *testing.T) {
	t.Parallel()
	if got := slices.Sorted(maps.Keys(workflows(t))); !slices.Equal(got, []string{"ci.yml", "drift.yml", "pr-drift.yml"}) {
		t.Errorf("got %v", got)
	}
}

// What runs there runs here: a step calls a target of the Makefile and does
// nothing more, with what it needs in its environment.
func TestWorkflowsCallMake(t *testing.T) {
	t.Parallel()
	targets := makeTargets(t)
	for name, w := range workflows(t) {
		calls := 0
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				if step.Run == "" {
					continue
				}
				calls++
				if target, ok := strings.CutPrefix(step.Run, "make "); !ok || !targets[target] {
					t.Errorf("%s runs %q, which is no target of the Makefile", name, step.Run)
				}
			}
		}
		if calls == 0 {
			t.Errorf("%s calls nothing", name)
		}
	}
}

// The way that CONTRIBUTING.md shows can be gone.
func TestContributingCallsMake(t *testing.T) {
	t.Parallel()
	text, targets := string(readFile(t, "../CONTRIBUTING.md")), makeTargets(t)
	calls := regexp.MustCompile("(?m)(?:^\\$ |`)make ([a-z-]+)").FindAllStringSubmatch(text, -1)
	if len(calls) < 10 {
		t.Errorf("it calls make %d times", len(calls))
	}
	for _, call := range calls {
		if !targets[call[1]] {
			t.Errorf("make %s is no target", call[1])
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)#]+)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("..", link[1])); err != nil {
			t.Error(err)
		}
	}
}

func makeTargets(t *testing.T) map[string]bool {
	t.Helper()
	targets := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^([a-z][a-z-]*):`).FindAllStringSubmatch(string(readFile(t, "../Makefile")), -1) {
		targets[found[1]] = true
	}
	return targets
}

// Every target is one that make knows without looking for a file of that name.
func TestMakefileTargetsArePhony(t *testing.T) {
	t.Parallel()
	text := string(readFile(t, "../Makefile"))
	_, list, _ := strings.Cut(text, "\n.PHONY: ")
	list, _, _ = strings.Cut(list, "\n")
	for _, found := range regexp.MustCompile(`(?m)^([a-z][a-z-]*):`).FindAllStringSubmatch(text, -1) {
		if !slices.Contains(strings.Fields(list), found[1]) {
			t.Errorf("%s is not phony", found[1])
		}
	}
}

// A workflow has no rights that its jobs don't ask for; who may write has taken
// nothing from a pull request's branch, and runs nothing that was installed or
// built; and actions are pinned to a commit.
func TestWorkflowsAreModest(t *testing.T) {
	t.Parallel()
	rights := map[string]map[string]string{ // what a job may write
		"drift.yml/propose":    {"contents": "write", "pull-requests": "write"},
		"pr-drift.yml/comment": {"pull-requests": "write"},
	}
	quiet := []string{"make open-proposal", "make comment"} // they call git and gh alone
	pinned := regexp.MustCompile(`^actions/[a-z-]+@[0-9a-f]{40}$`)
	for name, w := range workflows(t) {
		if w.Permissions == nil {
			t.Errorf("%s has the rights that the repository gives by default", name)
		} else if (*w.Permissions)["contents"] == "write" || len(*w.Permissions) > 1 {
			t.Errorf("%s gives all of its jobs %v", name, *w.Permissions)
		}
		text := string(readFile(t, filepath.Join("../.github/workflows", name)))
		for _, word := range []string{"pull_request_target", "workflow_run", "secrets."} {
			if strings.Contains(text, word) {
				t.Errorf("%s has %s", name, word)
			}
		}
		for id, job := range w.Jobs {
			writes := maps.Clone(job.Permissions)
			maps.DeleteFunc(writes, func(_, right string) bool { return right != "write" })
			if !maps.Equal(writes, rights[name+"/"+id]) {
				t.Errorf("%s: job %s may write %v", name, id, writes)
			}
			for _, step := range job.Steps {
				if step.Uses != "" && !pinned.MatchString(step.Uses) {
					t.Errorf("%s uses %s", name, step.Uses)
				}
				if len(writes) > 0 && (strings.Contains(step.Uses, "/setup-") || step.Run != "" && !slices.Contains(quiet, step.Run)) {
					t.Errorf("%s: job %s may write and does %s%s", name, id, step.Uses, step.Run)
				}
				if len(writes) == 0 && strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != "false" {
					t.Errorf("%s: job %s leaves its token in the checkout", name, id)
				}
				if name == "pr-drift.yml" && len(writes) > 0 && strings.HasPrefix(step.Uses, "actions/checkout@") &&
					step.With["ref"] != "${{ github.event.pull_request.base.sha }}" {
					t.Errorf("%s: job %s may write and checks out %q", name, id, step.With["ref"])
				}
			}
		}
	}
}

// Go, Python and what jobs run on are named exactly, and in all workflows alike.
func TestWorkflowsArePinned(t *testing.T) {
	t.Parallel()
	exact := map[string]*regexp.Regexp{
		"go-version":     regexp.MustCompile(`^1\.\d+\.\d+$`),
		"python-version": regexp.MustCompile(`^3\.\d+\.\d+$`),
	}
	first := map[string]string{}
	for name, w := range workflows(t) {
		for _, job := range w.Jobs {
			if job.RunsOn != "ubuntu-24.04" {
				t.Errorf("%s runs on %s", name, job.RunsOn)
			}
			for _, step := range job.Steps {
				for what, form := range exact {
					version, ok := step.With[what]
					if !ok {
						continue
					}
					if first[what] == "" {
						first[what] = version
					}
					if !form.MatchString(version) || version != first[what] {
						t.Errorf("%s: %s is %q, and %q elsewhere", name, what, version, first[what])
					}
				}
			}
		}
	}
	if len(first) != len(exact) {
		t.Errorf("got %v", first)
	}
	minor, _, _ := strings.Cut(strings.TrimPrefix(first["python-version"], "3."), ".")
	if _, err := os.Stat("../e2e/requirements/py3." + minor + ".txt"); err != nil {
		t.Error(err)
	}
}

// Each fuzz target has seeds that are checked in, beside those in its code.
func TestFuzzTargetsHaveSeeds(t *testing.T) {
	t.Parallel()
	targets := 0
	err := filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == ".build" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		for _, found := range regexp.MustCompile(`(?m)^func (Fuzz\w+)`).FindAllSubmatch(readFile(t, path), -1) {
			targets++
			seeds := filepath.Join(filepath.Dir(path), "testdata", "fuzz", string(found[1]))
			if list, err := os.ReadDir(seeds); err != nil || len(list) == 0 {
				t.Errorf("%s holds no seeds: %v", seeds, err)
			}
		}
		return nil
	})
	if err != nil || targets < 20 {
		t.Errorf("found %d targets, %v", targets, err)
	}
}

// What the steps call can be run by everybody.
func TestScriptsCanBeRun(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../.ci/*")
	if err != nil || len(paths) < 4 {
		t.Fatalf("got %v and %v", paths, err)
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s: cannot be run: %v", path, err)
		}
	}
}
