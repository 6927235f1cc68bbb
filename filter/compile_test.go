package filter_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What the server would not honour can't be written.
func TestWrongDoesNotCompile(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	right := []string{
		`filter.ID.Equal(1)`, `filter.Data("text").Contains("a")`, `filter.CreatedAt.Less(time.Now())`,
		`filter.And(filter.ID.Equal(1).With(filter.ID.Less(2)))`,
	}
	wrong := []string{
		`filter.ID.Equal("1")`,
		`filter.ID.Equal(1.5)`,
		`filter.ID.Contains(1)`,
		`filter.ID.Matches("1")`,
		`filter.TotalAnnotations.Empty()`,
		`filter.LeadTime.Less("1")`,
		`filter.CreatedAt.Less("2026-05-04")`,
		`filter.CreatedAt.Contains("2026")`,
		`filter.Annotators.Equal(1)`,
		`filter.Annotators.Contains("someone@example.com")`,
		`filter.ModelVersions.In("one")`,
		`filter.AnnotationResults.Less("a")`,
		`filter.PredictionResults.Empty()`,
		`filter.StorageFilename.Equal("a")`,
		`filter.DraftExists.Equal("true")`,
		`filter.DraftExists.Less(true)`,
		`filter.Data("text").Equal(1)`,
		`filter.Data("text").Time()`,
		`filter.Data("price").Number().Contains("1")`,
		`filter.ID.Equal(1).With(filter.ID.Equal(2)).With(filter.ID.Equal(3))`,
		`filter.Or(filter.And(filter.ID.Equal(1)))`,
		`filter.By("id")`,
	}
	var source strings.Builder
	source.WriteString("package wrong\n\nimport (\"time\"; \"github.com/labelstudio-go/labelstudio/filter\")\n\nvar _ = time.Now\n")
	line := make(map[int]string) // of the wrong ones
	for _, expression := range right {
		fmt.Fprintf(&source, "var _ = %s\n", expression)
	}
	for _, expression := range wrong {
		line[strings.Count(source.String(), "\n")+1] = expression
		fmt.Fprintf(&source, "var _ = %s\n", expression)
	}

	dir := t.TempDir()
	file, overlay := filepath.Join(dir, "wrong.go"), filepath.Join(dir, "overlay.json")
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	replaced, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "wrong", "wrong.go"): file}})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{file: []byte(source.String()), overlay: replaced} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-gcflags=-e", "./wrong").CombinedOutput()
	if err == nil {
		t.Fatal("all of it compiles")
	}
	found := 0
	for n, expression := range line {
		if strings.Contains(string(out), fmt.Sprintf("wrong.go:%d:", n)) {
			found++
		} else {
			t.Errorf("compiles: %s", expression)
		}
	}
	if total := strings.Count(string(out), "wrong.go:"); total != found {
		t.Errorf("%d lines are wrong, want %d: %s", total, found, out)
	}
}
