package labelstudiotest

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

var update = flag.Bool("update", false, "write operations.gen.go")

// The routes are those of the contract: go test ./labelstudiotest -run TestOperations -update
func TestOperations(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", contract.EffectiveFile))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := contract.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			open := op.Security != nil && len(*op.Security) == 0
			lines = append(lines, fmt.Sprintf("{%q, %q, %q, %v},\n", op.OperationID, method, path, open))
		}
	}
	slices.Sort(lines)
	var source bytes.Buffer
	source.WriteString("// Code generated from generated/openapi.yaml by TestOperations; DO NOT EDIT.\n\npackage labelstudiotest\n\n" +
		"var operations = []operation{\n" + strings.Join(lines, "") + "}\n")
	want, err := format.Source(source.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	const file = "operations.gen.go"
	if *update {
		if err := os.WriteFile(file, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the contract says: run go test ./labelstudiotest -run TestOperations -update", file)
	}
}

// Every handler is of an operation that there is.
func TestHandlersAreOperations(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, op := range operations {
		names[op.name] = true
	}
	for name := range handlers() {
		if !names[name] {
			t.Errorf("%s is no operation of the contract", name)
		}
	}
}
