package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// The program in examples/webhook prints what annotators do, and leaves nothing
// behind when it is interrupted.
func TestWebhookExample(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	program := filepath.Join(t.TempDir(), "webhook")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "../examples/webhook").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(ctx, program, "-project", itoa(project), "-listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "LABEL_STUDIO_URL="+withLegacy.URL, "LABEL_STUDIO_API_KEY="+server.LegacyToken)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	lines := bufio.NewScanner(stdout)
	wantLine := func(want string) {
		t.Helper()
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("printed %q, want %q (%v)", lines.Text(), want, lines.Err())
		}
	}

	wantLine(fmt.Sprint("waiting for events of project ", project))
	made, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{Result: json.RawMessage(`[]`)})
	ok(t, err)
	wantLine(fmt.Sprintf("annotation %d of task %d: []", made.ID, task))
	_, err = client.Annotations.Update(ctx, made.ID, labelstudio.AnnotationUpdateRequest{Result: json.RawMessage(regions)})
	ok(t, err)
	if !lines.Scan() {
		t.Fatal("the update is not printed")
	}
	ok(t, client.Annotations.Delete(ctx, made.ID))
	wantLine("1 annotations deleted")

	ok(t, cmd.Process.Signal(os.Interrupt))
	if lines.Scan() {
		t.Errorf("printed %q at the end", lines.Text())
	}
	ok(t, cmd.Wait())
	hooks, err := client.Webhooks.List(ctx, &labelstudio.WebhooksListParams{Project: &project})
	ok(t, err)
	if len(hooks) != 0 {
		t.Errorf("left behind: %+v", hooks)
	}
}
