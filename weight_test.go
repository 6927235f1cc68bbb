package labelstudio_test

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const thisModule = "github.com/labelstudio-go/labelstudio"

// carried are the modules that come with the client. Each more is one more for
// every service that imports it.
var carried = []string{
	thisModule,
	"github.com/apapsch/go-jsonmerge/v2", // of runtime
	"github.com/go-json-experiment/json", // decodes answers and exports: see make bench
	"github.com/google/uuid",             // of runtime
	"github.com/oapi-codegen/nullable",
	"github.com/oapi-codegen/runtime",
}

// The client's packages need few modules.
func TestDependencies(t *testing.T) {
	t.Parallel()
	out := goCommand(t, ".", nil, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}} {{.Module.Path}}{{end}}", ".")
	for line := range strings.Lines(out) {
		pkg, module, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !slices.Contains(carried, module) {
			t.Errorf("package %s comes with module %s", pkg, module)
		}
		for _, tool := range []string{"/bench", "/e2e", "/gen", "/internal/contract", "/internal/overlay"} {
			if strings.HasPrefix(pkg+"/", thisModule+tool+"/") {
				t.Errorf("package %s is a tool's", pkg)
			}
		}
	}
}

// A module that imports the client builds, and what it is charged with is in
// its go.mod and in its binary.
func TestConsumer(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a program")
	}
	checkout, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": fmt.Sprintf("module example.com/consumer\n\ngo 1.26.0\n\nrequire %s v0.0.0\n\nreplace %[1]s => %q\n", thisModule, checkout),
		"main.go": `package main

import (
	"fmt"

	"` + thisModule + `"
)

func main() {
	_, err := labelstudio.NewClient("https://labels.example.com", labelstudio.WithToken("a token"))
	fmt.Println(err)
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// What the client needs was downloaded to build this test.
	offline := []string{"GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off", "GONOSUMDB=*", "GOSUMDB=off"}
	program := filepath.Join(dir, "consumer")
	goCommand(t, dir, offline, "build", "-o", program, ".")

	t.Run("binary", func(t *testing.T) {
		t.Parallel()
		info, err := buildinfo.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		var modules []string
		for _, dep := range info.Deps {
			modules = append(modules, dep.Path)
		}
		assertCarried(t, modules)
	})
	t.Run("go.mod", func(t *testing.T) {
		t.Parallel()
		out := goCommand(t, dir, offline, "mod", "edit", "-print")
		var modules []string
		for line := range strings.Lines(out) {
			fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
			if len(fields) > 1 && strings.HasPrefix(fields[1], "v") {
				modules = append(modules, fields[0])
			}
		}
		assertCarried(t, modules)
	})
}

func assertCarried(t *testing.T, modules []string) {
	t.Helper()
	slices.Sort(modules)
	if want := slices.Sorted(slices.Values(carried)); !slices.Equal(modules, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(modules, " "), strings.Join(want, " "))
	}
}

func goCommand(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
