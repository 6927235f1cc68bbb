//go:build unix

package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/server"
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

// smallDescription has one operation, which the overlay of updatableRoot names.
const smallDescription = `{"openapi": "3.0.3", "info": {"version": "", "title": "API", "description": "prose"}, "components": {"schemas": {}}, ` +
	`"paths": {"/a": {"get": {"operationId": "list", "responses": {"204": {"description": "prose"}}}}}}`

// smallFacts is what the contract keeps of it.
const smallFacts = `components:
  schemas: {}
info:
  title: API
  version: ""
openapi: 3.0.3
paths:
  /a:
    get:
      operationId: list
      responses:
        "204":
          description: ""
`

const namingOverlay = contract.OverlayDir + "/10-names.yaml"

// updatableRoot is a checkout of another version, with one file that no
// generator writes any more.
func updatableRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		contract.File: "old\n", contract.SourceFile: "old\n", "generated/old.gen.go": "package generated\n", "README.md": "by hand\n",
		namingOverlay:                   "overlay: 1.1.0\nactions: [{target: \"$.paths['/a'].get\", description: A better name., update: {operationId: Things.List}}]\n",
		requirementsDir + "/py3.10.txt": "label-studio==1.2.3\n",
	} {
		writeFile(t, filepath.Join(root, name), []byte(text))
	}
	return root
}

// installsUV is a pip that installs a resolver, which resolves to what it is
// asked for.
const installsUV = `printf '#!/bin/sh\necho "# a comment"; cat; echo "    --hash=sha256:1"\n' >"$(dirname "$0")/uv"; chmod +x "$(dirname "$0")/uv"`

func TestUpdate(t *testing.T) {
	fakePython(t, installsUV, describes(smallDescription))
	root := updatableRoot(t)
	if err := runCommand(t.Context(), []string{"update", "-root", root, "-version", unlockedVersion}, io.Discard); err != nil {
		t.Fatal(err)
	}
	got := tree(t, root)
	want := map[string]string{
		contract.File:       smallFacts,
		contract.SourceFile: fmt.Sprintf("version: %s\nsha256: %x\n", unlockedVersion, sha256.Sum256([]byte(smallDescription+"\n"))),
		"README.md":         "by hand\n",
		namingOverlay:       got[namingOverlay],
	}
	for _, minor := range server.Minors() {
		name := fmt.Sprintf("%s/py3.%d.txt", requirementsDir, minor)
		want[name] = fmt.Sprintf("# What label-studio %s needs on Python 3.%d. Written by: go run ./e2e/lock -version %[1]s\n"+
			"--only-binary :all:\n--no-binary %[3]s\n\nlabel-studio==%[1]s\n    --hash=sha256:1\n",
			unlockedVersion, minor, strings.Join(server.SourceOnly, ","))
	}
	for name, text := range got {
		if strings.HasSuffix(name, ".gen.go") || name == contract.EffectiveFile {
			want[name] = text // check knows what must be in there
		}
	}
	assertTree(t, root, want)
	if _, ok := got["generated/old.gen.go"]; ok || !strings.Contains(got["generated/things.gen.go"], ") List(ctx context.Context") {
		t.Errorf("the generated files are %v", sortedNames(got))
	}
	if err := runCommand(t.Context(), []string{"check", "-root", root}, io.Discard); err != nil {
		t.Error(err)
	}
}

// An update to where one is changes nothing, and asks nobody.
func TestUpdateTwice(t *testing.T) {
	fakePython(t, installsUV, describes(smallDescription))
	root := updatableRoot(t)
	if err := update(t.Context(), root, unlockedVersion); err != nil {
		t.Fatal(err)
	}
	before := tree(t, root)
	python := os.Getenv("LABELSTUDIO_PYTHON")
	if err := os.Remove(python); err != nil {
		t.Fatal(err)
	}
	if err := update(t.Context(), root, unlockedVersion); err != nil {
		t.Error(err)
	}
	assertTree(t, root, before)
}

func TestUpdateToTheLatest(t *testing.T) {
	tests := []struct {
		name, index string
		want        string // the version, or what the error says
	}{
		{"a release", "echo 'label-studio (9.8.7)'; echo 'Available versions: 9.8.7, 9.8.6'", "9.8.7"},
		{"a post-release", "echo 'label-studio (9.8.7.post1)'", "9.8.7.post1"},
		{"a pre-release only", "echo 'label-studio (9.8.7rc1)'", `pip names no released version: "label-studio (9.8.7rc1)"`},
		{"nothing", ":", `pip names no released version: ""`},
		{"no index", "echo 'WARNING: NewConnectionError' >&2; exit 1", "the package index cannot be reached: check the network and pip's settings"},
		{"an old pip", "echo 'ERROR: unknown command \"index\"' >&2; exit 1", `unknown command "index"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fakePython(t, `case "$*" in *"index versions label-studio"*) `+test.index+` ;; *) `+installsUV+` ;; esac`, describes(smallDescription))
			root := updatableRoot(t)
			before := tree(t, root)
			err := update(t.Context(), root, "latest")
			if err != nil {
				if !strings.HasPrefix(err.Error(), "update: looking for the latest Label Studio: ") || !strings.HasSuffix(err.Error(), test.want) {
					t.Errorf("got the error %v", err)
				}
				assertTree(t, root, before)
				return
			}
			src, err := contract.ReadSource(root)
			if err != nil || src.Version != test.want {
				t.Errorf("got version %s and %v, want %s", src.Version, err, test.want)
			}
		})
	}
}

// Overlays that do not fit are listed; meanwhile the rest stays with the old version.
func TestUpdateWithMisfits(t *testing.T) {
	fakePython(t, installsUV, describes(smallDescription))
	root := updatableRoot(t)
	writeFile(t, filepath.Join(root, contract.OverlayDir, "20-truth.yaml"), []byte(`overlay: 1.1.0
actions:
  - {target: "$.paths['/a'].get.responses['204'].content", description: It has no body., remove: true}
  - {target: "$.paths['/b'].get", description: It exists., update: {operationId: Things.Get, deprecated: true}}
  - {target: "$.paths['/a'].get", description: Renamed., update: {operationId: Things.List, deprecated: true}}
  - {target: "$.paths['/b'].get.operationId", description: A better name., update: Things.See}
`))
	want := tree(t, root)
	err := runCommand(t.Context(), []string{"update", "-root", root, "-version", unlockedVersion}, io.Discard)
	const list = `update: the contract is that of Label Studio 9.8.7 now; everything else is as it was, because of overlay.
Actions that do not fit: 4, obsolete because the description was mended: 2 of 4 places. Mend the overlays, then run this again.

20-truth.yaml: action 1 (remove $.paths['/a'].get.responses['204'].content)
  matches nothing
    expected at $.paths['/a'].get.responses['204']: .content to remove
    stands there: keys description
    obsolete: the description was mended; delete the action

20-truth.yaml: action 2 (update $.paths['/b'].get)
  matches nothing
    expected at $.paths: {operationId: "Things.Get", deprecated: true}
    stands there: keys /a

20-truth.yaml: action 3 (update $.paths['/a'].get)
  changes nothing at /paths/~1a/get/operationId
    expected at /paths/~1a/get/operationId: "Things.List"
    stands there: the same
    obsolete: the description was mended; take this part out of the action

20-truth.yaml: action 4 (update $.paths['/b'].get.operationId)
  matches nothing
    expected at $.paths: "Things.See"
    stands there: keys /a`
	if err == nil || err.Error() != list {
		t.Errorf("got the error\n%v\nwant\n%s", err, list)
	}
	want[contract.File] = smallFacts
	want[contract.SourceFile] = fmt.Sprintf("version: %s\nsha256: %x\n", unlockedVersion, sha256.Sum256([]byte(smallDescription+"\n")))
	assertTree(t, root, want)

	// When they are mended, the same command does the rest.
	if err := os.Remove(filepath.Join(root, contract.OverlayDir, "20-truth.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := update(t.Context(), root, unlockedVersion); err != nil {
		t.Fatal(err)
	}
	if err := runCommand(t.Context(), []string{"check", "-root", root}, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestUpdateThatFailsChangesNothing(t *testing.T) {
	tests := []struct{ name, pip, manage, overlay, want string }{
		{"the version is not to be had", "echo 'ERROR: No matching distribution found for label-studio==9.8.7'; exit 1", ":", "", unlockedVersion},
		{"the server does not describe itself", ":", "echo \"Unknown command: 'spectacular'\"; exit 1", "", "1.21.0"},
		{"the server writes nothing", ":", ":", "", "no such file"},
		{"the description is not JSON", ":", describes("<html>"), "", "Label Studio 9.8.7: the description is not JSON"},
		{"the description is Swagger", ":", describes(`{"swagger": "2.0"}`), "", "Label Studio 9.8.7: the description is not OpenAPI 3.0"},
		{"an overlay is none", installsUV, describes(smallDescription), "overlay: 1.0.0", "10-names.yaml: overlay version is"},
		{
			"an operation has no name", installsUV, describes(smallDescription),
			"overlay: 1.1.0\nactions: [{target: $.info, description: d, update: {x-a: 1}}]", `operationId "list" is not Group.Method: name it in an overlay`,
		},
		{"the requirements cannot be resolved", `case "$*" in *install*uv==*) echo 'ERROR: no uv' >&2; exit 1 ;; esac`, describes(smallDescription), "", "installing uv: exit status 1: ERROR: no uv"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fakePython(t, test.pip, test.manage)
			root := updatableRoot(t)
			if test.overlay != "" {
				writeFile(t, filepath.Join(root, namingOverlay), []byte(test.overlay))
			}
			before := tree(t, root)
			err := update(t.Context(), root, unlockedVersion)
			if err == nil || !strings.HasPrefix(err.Error(), "update: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got the error %v, want %s", err, test.want)
			}
			if left, ok := errors.AsType[*misfits](err); ok {
				t.Errorf("got misfits: %v", left)
			}
			assertTree(t, root, before)
		})
	}
}

func TestUpdateWithoutPython(t *testing.T) {
	t.Setenv("LABELSTUDIO_PYTHON", filepath.Join(t.TempDir(), "python"))
	t.Setenv("LABELSTUDIO_GO_CACHE", t.TempDir())
	root := t.TempDir()
	for _, version := range []string{unlockedVersion, "latest"} {
		err := update(t.Context(), root, version)
		if err == nil || !strings.HasPrefix(err.Error(), "update: LABELSTUDIO_PYTHON: ") {
			t.Errorf("got the error %v", err)
		}
	}
	assertTree(t, root, nil)
}
