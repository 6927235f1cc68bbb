package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func TestReplace(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "a"), []byte("old"))
	writeFile(t, filepath.Join(root, "gone"), []byte("old"))
	files := map[string][]byte{"a": []byte("new"), "sub/b": []byte("new"), "empty": {}, "gone": nil, "never": nil}
	if err := replace(root, files); err != nil {
		t.Fatal(err)
	}
	assertTree(t, root, map[string]string{"a": "new", "sub/b": "new", "empty": ""})
	if _, err := os.Stat(filepath.Join(root, ".build")); err == nil {
		t.Error(".build is left behind")
	}
}

// Other things in the folder for what is built are none of its business.
func TestReplaceLeavesTheBuildFolderAlone(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, filepath.Join(root, ".build/recorded.jsonl"), []byte("kept"))
	if err := replace(root, map[string][]byte{"a": []byte("new")}); err != nil {
		t.Fatal(err)
	}
	assertTree(t, root, map[string]string{"a": "new", ".build/recorded.jsonl": "kept"})
}

// One of the files cannot be written, in one way or another: then neither is
// the other, and nothing else is left behind.
func TestReplaceWritesAllOrNothing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		prepare func(t *testing.T, root string)
		before  map[string]string
	}{
		{
			"a folder is in place of the last", func(t *testing.T, root string) {
				t.Helper()
				writeFile(t, filepath.Join(root, "b", "kept"), nil)
			}, map[string]string{"a": "old", "b/kept": ""},
		},
		{
			"a file is in place of the folder of the last", func(t *testing.T, root string) {
				t.Helper()
				writeFile(t, filepath.Join(root, "c"), []byte("file"))
			}, map[string]string{"a": "old", "c": "file"},
		},
		{
			"nothing can be put in the folder of the last", func(t *testing.T, root string) {
				t.Helper()
				if err := os.Symlink("nowhere", filepath.Join(root, "c")); err != nil {
					t.Skip(err)
				}
			}, map[string]string{"a": "old"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			writeFile(t, filepath.Join(root, "a"), []byte("old"))
			test.prepare(t, root)
			if err := replace(root, map[string][]byte{"a": []byte("new"), "b": []byte("new"), "c/d": []byte("new")}); err == nil {
				t.Error("no error")
			}
			if link := filepath.Join(root, "c"); isLink(link) {
				_ = os.Remove(link) // it has no content to compare
			}
			assertTree(t, root, test.before)
		})
	}
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

// Who edits a file after a command was killed keeps the edit, and is told.
func TestRecoveryKeepsEdits(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "a"), []byte("by hand"))
	writeFile(t, filepath.Join(root, "b"), []byte("new"))
	for name, text := range map[string]string{
		"old/a": "old", "old/b": "old",
		"journal.json": `{"a": {"Was": "` + digest([]byte("old")) + `", "Is": "` + digest([]byte("new")) + `"},` +
			`"b": {"Was": "` + digest([]byte("old")) + `", "Is": "` + digest([]byte("new")) + `"}}`,
	} {
		writeFile(t, filepath.Join(root, stagingDir, name), []byte(text))
	}
	before := tree(t, root)
	err := recoverCheckout(root)
	if err == nil || !strings.HasPrefix(err.Error(), "a command was killed before it was done, and a was edited since: see what was there in .build/replace/old") {
		t.Errorf("got the error %v", err)
	}
	assertTree(t, root, before)
}

// A journal of something else is not guessed at.
func TestRecoveryReadsItsOwnJournalsOnly(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, filepath.Join(root, journalFile), []byte("{"))
	before := tree(t, root)
	if err := recoverCheckout(root); err == nil || !strings.HasPrefix(err.Error(), journalFile+": ") {
		t.Errorf("got the error %v", err)
	}
	assertTree(t, root, before)
}

// What another process has half done is its own business while it lives.
func TestRecoveryWaitsForTheLiving(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "a"), []byte("new"))
	unlock, err := server.LockFolder(t.Context(), root)
	if err != nil {
		t.Skip(err)
	}
	writeFile(t, filepath.Join(root, stagingDir, "old/a"), []byte("old"))
	writeFile(t, filepath.Join(root, journalFile), []byte(`{"a": {"Was": "`+digest([]byte("old"))+`", "Is": "`+digest([]byte("new"))+`"}}`))
	recovered := make(chan error)
	go func() { recovered <- recoverCheckout(root) }()
	select {
	case err := <-recovered:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(300 * time.Millisecond): // longer than a lock is polled
	}
	if err := os.Remove(filepath.Join(root, journalFile)); err != nil { // the other is done
		t.Fatal(err)
	}
	unlock()
	if err := <-recovered; err != nil {
		t.Error(err)
	}
	assertTree(t, root, map[string]string{"a": "new"})
}
