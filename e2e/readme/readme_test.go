// Package readme runs the Go code of README.md against a real server.
package readme

import (
	"context"
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

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// program is what the blocks of the README take for granted: a token, a client
// and a project with the label config that they show.
const program = `package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"

	"github.com/labelstudio-go/labelstudio"
)

var _ = []any{errors.New, fmt.Sprint, io.Copy, log.Print, http.StatusOK, os.Exit, filepath.Join}

func main() {
	ctx, token := context.Background(), os.Getenv("LABEL_STUDIO_API_KEY")
	client, err := labelstudio.NewClientFromEnv()
	if err != nil {
		log.Fatal(err)
	}
	config := "<View><Text name=\"text\" value=\"$text\"/></View>"
	project, err := client.Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value("README"), LabelConfig: &config})
	if err != nil {
		log.Fatal(err)
	}
	_, _ = token, project
%s}
`

const wrapped = `	if err := func() error {
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
	running, err := server.Start(ctx, server.Options{Progress: func(line string) { t.Log(line) }})
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
		code := strings.ReplaceAll(block[1], "https://labels.example.com", running.URL)
		fmt.Fprintf(&body, wrapped, code, i+1)
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte(fmt.Sprintf(program, body.String())), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "go", "run", source)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "LABEL_STUDIO_URL="+running.URL, "LABEL_STUDIO_API_KEY="+token, "TMPDIR="+dir)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("the code of README.md fails: %v", err)
	}
}
