package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// The generator has nothing that comes out otherwise the next time.
func TestBuildIsDeterministic(t *testing.T) {
	first := buildCheckout(t)
	second, err := build("..")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(sortedNames(first), sortedNames(second)) {
		t.Fatalf("got %v and then %v", sortedNames(first), sortedNames(second))
	}
	for _, name := range sortedNames(first) {
		if !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s differs from line %d on", name, firstDifference(first[name], second[name]))
		}
	}
}

// The budget keeps the generated code small enough to be read: what oapi-codegen
// writes by default is 230 lines for each operation.
func TestLinesPerOperation(t *testing.T) {
	const budget = 95
	files := buildCheckout(t)
	doc, err := contract.Load(files[contract.EffectiveFile])
	if err != nil {
		t.Fatal(err)
	}
	operations, lines := 0, 0
	for _, item := range doc.Paths.Map() {
		operations += len(item.Operations())
	}
	for name, text := range files {
		if strings.HasSuffix(name, ".go") {
			lines += bytes.Count(text, []byte("\n"))
		}
	}
	t.Logf("%d lines of Go for %d operations: %.1f for each", lines, operations, float64(lines)/float64(operations))
	if lines > budget*operations {
		t.Errorf("%d lines of Go for %d operations are more than %d for each", lines, operations, budget)
	}
}

// buildCheckout builds what the files of this checkout ask for.
func buildCheckout(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var buildOnce = sync.OnceValues(func() (map[string][]byte, error) { return build("..") })

func TestBuildNeedsASource(t *testing.T) {
	t.Parallel()
	if _, err := build(t.TempDir()); err == nil || !strings.Contains(err.Error(), contract.SourceFile) {
		t.Errorf("got the error %v", err)
	}
}

// generatedRoot makes the root of a module with one file that is as it shall
// be, one that differs, one that nothing generates any more and one that is
// none of ours. What shall be there is returned too; one file of it is missing.
func generatedRoot(t *testing.T) (root string, files map[string][]byte) {
	t.Helper()
	root = t.TempDir()
	for name, text := range map[string]string{
		"types.gen.go": "same\n", "generated/a.gen.go": "one\ntwo\nthree\n", "generated/old.gen.go": "stale\n", "old.gen.go": "stale\n",
		"client.go": "by hand\n", "generated/README.md": "by hand\n",
	} {
		writeFile(t, filepath.Join(root, name), []byte(text))
	}
	return root, map[string][]byte{
		"types.gen.go": []byte("same\n"), "generated/a.gen.go": []byte("one\nTWO\nthree\n"), "generated/openapi.yaml": []byte("new\n"),
	}
}

// tree returns all files below root.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)] = string(readFile(t, path))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func assertTree(t *testing.T, root string, want map[string]string) {
	t.Helper()
	got := tree(t, root)
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	for name, text := range got {
		if wanted, ok := want[name]; !ok {
			t.Errorf("%s should not be there", name)
		} else if text != wanted {
			t.Errorf("%s holds %q, want %q", name, text, wanted)
		}
	}
}

func TestCompareNamesWhatDiffers(t *testing.T) {
	t.Parallel()
	root, files := generatedRoot(t)
	want := "what is checked in is not what `make generate` writes:\n" +
		"generated/a.gen.go differs from line 2 on\n" +
		"generated/openapi.yaml is missing\n" +
		"old.gen.go is not generated any more\n" +
		"generated/old.gen.go is not generated any more"
	if err := compare(root, files); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestCompareChangesNothing(t *testing.T) {
	t.Parallel()
	root, files := generatedRoot(t)
	before := tree(t, root)
	if err := compare(root, files); err == nil {
		t.Error("no error")
	}
	assertTree(t, root, before)
}

func TestCompareAfterWrite(t *testing.T) {
	t.Parallel()
	root, files := generatedRoot(t)
	if err := write(root, files); err != nil {
		t.Fatal(err)
	}
	if err := compare(root, files); err != nil {
		t.Error(err)
	}
}

func TestCompareReportsWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "types.gen.go"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := compare(root, map[string][]byte{"types.gen.go": nil}); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("got the error %v", err)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	root, files := generatedRoot(t)
	if err := write(root, files); err != nil {
		t.Fatal(err)
	}
	assertTree(t, root, map[string]string{
		"types.gen.go": "same\n", "generated/a.gen.go": "one\nTWO\nthree\n", "generated/openapi.yaml": "new\n",
		"client.go": "by hand\n", "generated/README.md": "by hand\n",
	})
}

func TestWriteIntoAnEmptyRoot(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := write(root, map[string][]byte{"generated/a.gen.go": []byte("a")}); err != nil {
		t.Fatal(err)
	}
	assertTree(t, root, map[string]string{"generated/a.gen.go": "a"})
}

// Tools that look at times see what changed only.
func TestWriteLeavesTheTimeOfUnchangedFiles(t *testing.T) {
	t.Parallel()
	root, files := generatedRoot(t)
	path := filepath.Join(root, "types.gen.go")
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	if err := write(root, files); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !info.ModTime().Equal(old) {
		t.Errorf("got %v, want %v", info.ModTime(), old)
	}
}

func TestFirstDifference(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, a, b string
		want       int
	}{
		{"the first line", "a\nb", "x\nb", 1},
		{"a later line", "a\nb\nc", "a\nb\nx", 3},
		{"a line more", "a\n", "a\nb\n", 2},
		{"the end of the last line", "a\nb", "a\nb\n", 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := firstDifference([]byte(test.a), []byte(test.b)); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
