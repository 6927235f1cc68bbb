// Package readme runs the Go code of README.md, and the program that stands in
// examples/bulk as a module of its own, against a real server.
package readme

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

const root = "../.."

// goBlock is a block of Go, and whether it is only compiled.
var goBlock = regexp.MustCompile("(?s)(<!-- Compiled, not run:[^>]*-->\n)?```go\n(.*?)```")

// program is what the blocks of the README take for granted: a token, a client
// and a project with the label config that they show.
const program = `package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/filter"
	"github.com/labelstudio-go/labelstudio/labelconfig"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
	"github.com/labelstudio-go/labelstudio/result"
	"github.com/labelstudio-go/labelstudio/webhook"
)

var _ = []any{
	errors.New, fmt.Sprint, io.Copy, log.Print, http.StatusOK, os.Exit, filepath.Join, rand.Text, strings.NewReader,
	filter.And, labelconfig.Parse, labelstudiotest.Start, result.For, webhook.Parse,
}

func main() {
	ctx, token := context.Background(), os.Getenv("LABEL_STUDIO_API_KEY")
	client, err := labelstudio.NewClientFromEnv()
	if err != nil {
		log.Fatal(err)
	}
	config := "<View><Text name=\"text\" value=\"$text\"/>" +
		"<Choices name=\"sentiment\" toName=\"text\"><Choice value=\"Positive\"/><Choice value=\"Negative\"/></Choices></View>"
	project, err := client.Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value("README"), LabelConfig: &config})
	if err != nil {
		log.Fatal(err)
	}
	_, _, _ = token, project, config
%s}
`

const wrapped = `	if err := func() error {
		if %t {
			return nil
		}
%s		return nil
	}(); err != nil {
		log.Fatal("block %d: ", err)
	}
`

func TestREADME(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute) // the first start installs Label Studio
	defer cancel()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := goBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 8 {
		t.Fatalf("README.md has %d blocks of Go, which is too few to be true", len(blocks))
	}
	reviews, env := localFiles(t)
	running, err := server.Start(ctx, server.Options{Env: env, Progress: func(line string) { t.Log(line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Stop(); err != nil {
			t.Error(err)
		}
	})
	token, err := running.PAT(ctx)
	if err != nil {
		t.Fatal(err)
	}

	var body strings.Builder
	for i, block := range blocks {
		code := strings.ReplaceAll(block[2], "https://labels.example.com", running.URL)
		fmt.Fprintf(&body, wrapped, block[1] != "", code, i+1)
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte(fmt.Sprintf(program, body.String())), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := filepath.Join(dir, "reviews.jsonl")
	if err := os.WriteFile(lines, []byte(`{"text": "Arrived early."}`+"\n"+`{"text": "Never arrived."}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(folder string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(ctx, "go", append([]string{"run"}, args...)...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "LABEL_STUDIO_URL="+running.URL, "LABEL_STUDIO_API_KEY="+token, "REVIEWS_FOLDER="+reviews,
			"REVIEWS="+lines, "TMPDIR="+dir)
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Errorf("go run %s in %s: %v", strings.Join(args, " "), folder, err)
		}
	}
	run(root, source)

	// A module of its own, written with README.md and go doc only.
	exported := filepath.Join(dir, "bulk.csv")
	run(filepath.Join(root, "examples", "bulk"), ".", "-out", exported)
	file, err := os.Open(exported)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1001 {
		t.Errorf("examples/bulk exported %d rows, want a header and 1,000", len(rows))
	}
}

// localFiles makes a folder with two tasks, and the environment of a server that reads it.
func localFiles(t *testing.T) (folder string, env []string) {
	t.Helper()
	// The server compares the folder with what it finds, links resolved.
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	folder = filepath.Join(root, "reviews")
	tasks := []byte(`[{"text":"Good value."},{"text":"Broke at once."}]`)
	if err := errors.Join(os.Mkdir(folder, 0o755), os.WriteFile(filepath.Join(folder, "reviews.json"), tasks, 0o600)); err != nil {
		t.Fatal(err)
	}
	return folder, []string{"LOCAL_FILES_SERVING_ENABLED=true", "LOCAL_FILES_DOCUMENT_ROOT=" + root}
}
