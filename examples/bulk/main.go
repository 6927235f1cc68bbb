// Bulk imports a thousand tasks into a project of its own, exports them as CSV
// and deletes the project again. The server and the token come from
// LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY.
package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"time"

	"github.com/labelstudio-go/labelstudio"
)

const (
	taskCount   = 1000
	labelConfig = `<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text"><Choice value="Positive"/><Choice value="Negative"/></Choices>
</View>`
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bulk: ")
	out := flag.String("out", "bulk.csv", "write the exported tasks to this `file`")
	flag.Parse()

	// An interrupt ends the calls, not the process: the project is still deleted.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out); err != nil {
		log.Fatal(err)
	}
}

// run does the round trip and writes the export to the file at out.
func run(ctx context.Context, out string) (err error) {
	// The client doesn't limit how long the server may work on an import or an
	// export before it answers.
	work, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()

	client, err := labelstudio.NewClientFromEnv()
	if err != nil {
		return err
	}
	if err := client.Projects.ValidateConfig(work, labelConfig); err != nil {
		return fmt.Errorf("validate label config: %w", err)
	}
	project, err := client.Projects.Create(work, labelstudio.ProjectRequest{
		Title:       labelstudio.Value("Bulk example"),
		LabelConfig: new(labelConfig),
	})
	if err != nil {
		return fmt.Errorf("create project: %w", err)
	}
	fmt.Println("created project", project.ID)
	defer func() {
		// Cleaning up must also work when work was interrupted or timed out.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		if e := client.Projects.Delete(ctx, project.ID); e != nil {
			err = errors.Join(err, fmt.Errorf("delete project %d: %w", project.ID, e))
			return
		}
		fmt.Println("deleted project", project.ID)
	}()

	tasks := make([]labelstudio.TaskInput, taskCount)
	for i := range tasks {
		tasks[i], err = labelstudio.NewTaskInput(map[string]string{"text": fmt.Sprintf("Review %d", i+1)})
		if err != nil {
			return fmt.Errorf("make task %d: %w", i, err)
		}
	}
	if _, err := client.Projects.Import(work, project.ID, tasks, labelstudio.ImportOptions{}); err != nil {
		return fmt.Errorf("import tasks: %w", err)
	}
	fmt.Println("imported", len(tasks), "tasks")

	// Nobody has annotated the tasks: without AllTasks the export would be empty.
	download, err := client.Exports.Open(work, project.ID, labelstudio.ExportOptions{Format: "CSV", AllTasks: true})
	if err != nil {
		return fmt.Errorf("export tasks: %w", err)
	}
	defer download.Close()
	rows, err := save(out, download)
	if err != nil {
		return fmt.Errorf("save the export: %w", err)
	}
	if rows != taskCount {
		return fmt.Errorf("%s has %d rows, want %d", out, rows, taskCount)
	}
	fmt.Println("exported", rows, "rows to", out)
	return nil
}

// save copies the CSV in r to a file and counts its rows, without the header.
func save(name string, r io.Reader) (rows int, err error) {
	file, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()

	// The records are counted, not the lines, as text may contain line breaks.
	records, err := csv.NewReader(io.TeeReader(r, file)).ReadAll()
	if err != nil {
		return 0, fmt.Errorf("%s is not whole: %w", name, err)
	}
	return max(len(records)-1, 0), nil
}
