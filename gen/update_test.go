//go:build unix

package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// fakePython lets update find an interpreter that makes an environment, then
// does what the shell text says: pip when it shall install, manage when it
// shall describe, the file to write being its last argument.
func fakePython(t *testing.T, pip, manage string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python")
	writeFile(t, path, fmt.Appendf(nil, `#!/bin/sh
for last; do :; done
case "$*" in
-c*) echo 3.12.1; echo %q ;;
*-m\ venv*) mkdir -p "$last/bin" "$last/lib/python3.12/site-packages/label_studio" && cp "$0" "$last/bin/python" ;;
*-m\ pip*) %s ;;
*) %s ;;
esac
`, path, pip, manage))
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LABELSTUDIO_PYTHON", path)
	t.Setenv("LABELSTUDIO_GO_CACHE", filepath.Join(t.TempDir(), "cache"))
}

func describes(description string) string { return "echo '" + description + "' >\"$last\"" }

// The version is none that the tests lock, so that it gets an environment for
// this once.
const unlockedVersion = "9.8.7"

func TestUpdate(t *testing.T) {
	const published = `{"openapi": "3.0.3", "paths": {}, "info": {"version": "", "title": "API", "description": "prose"}}`
	fakePython(t, ":", describes(published))
	root := t.TempDir()
	if err := runCommand(t.Context(), []string{"update", "-root", root, "-version", unlockedVersion}, io.Discard); err != nil {
		t.Fatal(err)
	}
	assertTree(t, root, map[string]string{
		contract.File:       "info:\n  title: API\n  version: \"\"\nopenapi: 3.0.3\npaths: {}\n",
		contract.SourceFile: fmt.Sprintf("version: %s\nsha256: %x\n", unlockedVersion, sha256.Sum256([]byte(published+"\n"))),
	})
}

// What update writes is what the rest of the pipeline reads.
func TestUpdateWritesASource(t *testing.T) {
	fakePython(t, ":", describes(`{"openapi": "3.0.3"}`))
	root := t.TempDir()
	if err := update(t.Context(), root, unlockedVersion); err != nil {
		t.Fatal(err)
	}
	src, err := contract.ReadSource(root)
	if err != nil {
		t.Fatal(err)
	}
	if src.Version != unlockedVersion {
		t.Errorf("got version %s, want %s", src.Version, unlockedVersion)
	}
}

func TestUpdateThatFailsChangesNothing(t *testing.T) {
	tests := []struct{ name, pip, manage, want string }{
		{"the version is not to be had", "echo 'ERROR: No matching distribution found for label-studio==9.8.7'; exit 1", ":", unlockedVersion},
		{"the server does not describe itself", ":", "echo \"Unknown command: 'spectacular'\"; exit 1", "1.21.0"},
		{"the server writes nothing", ":", ":", "no such file"},
		{"the description is not JSON", ":", describes("<html>"), "Label Studio 9.8.7: the description is not JSON"},
		{"the description is Swagger", ":", describes(`{"swagger": "2.0"}`), "Label Studio 9.8.7: the description is not OpenAPI 3.0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fakePython(t, test.pip, test.manage)
			root := t.TempDir()
			before := map[string]string{contract.File: "old\n", contract.SourceFile: "old\n"}
			for name, text := range before {
				writeFile(t, filepath.Join(root, name), []byte(text))
			}
			err := update(t.Context(), root, unlockedVersion)
			if err == nil || !strings.HasPrefix(err.Error(), "update: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got the error %v, want %s", err, test.want)
			}
			assertTree(t, root, before)
		})
	}
}

func TestUpdateWithoutPython(t *testing.T) {
	t.Setenv("LABELSTUDIO_PYTHON", filepath.Join(t.TempDir(), "python"))
	root := t.TempDir()
	err := update(t.Context(), root, unlockedVersion)
	if err == nil || !strings.HasPrefix(err.Error(), "update: LABELSTUDIO_PYTHON: ") {
		t.Errorf("got the error %v", err)
	}
	assertTree(t, root, nil)
}
