package labelstudiotest_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// packages are those of other modules that a package needs.
func packages(t *testing.T, of string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", of).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.Fields(string(out))
}

// A consumer's tests need nothing that the client doesn't, but for this module's
// own packages; and the client doesn't need this one.
func TestWeight(t *testing.T) {
	t.Parallel()
	const module = "github.com/labelstudio-go/labelstudio"
	carried := packages(t, module)
	for _, pkg := range packages(t, module+"/labelstudiotest") {
		own := pkg == module+"/labelstudiotest" || pkg == module+"/labelconfig"
		if !own && !slices.Contains(carried, pkg) {
			t.Errorf("package %s comes with it", pkg)
		}
	}
	if slices.Contains(carried, module+"/labelstudiotest") {
		t.Error("programs carry the server")
	}
}
