// Command quickstart makes a project, imports tasks, and exports them. It uses the
// Label Studio that LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY name or, if neither
// is set, one in memory: go run ./examples/quickstart
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	client, stop, err := connect()
	if err != nil {
		return err
	}
	defer stop()
	return label(ctx, client)
}

// connect returns a client, and what ends the server that was started for it.
func connect() (client *labelstudio.Client, stop func(), err error) {
	if os.Getenv("LABEL_STUDIO_URL") != "" || os.Getenv("LABEL_STUDIO_API_KEY") != "" {
		client, err = labelstudio.NewClientFromEnv()
		return client, func() {}, err
	}
	server, err := labelstudiotest.Start()
	if err != nil {
		return nil, nil, err
	}
	fmt.Println("LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY are not set: this is a Label Studio in memory, and nothing of it stays.")
	return server.Client(), server.Close, nil
}

const config = `<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text"><Choice value="Positive"/><Choice value="Negative"/></Choices>
</View>`

// label is what a program that imports and exports looks like.
func label(ctx context.Context, client *labelstudio.Client) (err error) {
	project, err := client.Projects.Create(ctx, labelstudio.ProjectRequest{
		Title: labelstudio.Value("Quickstart"), LabelConfig: new(config),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Projects.Delete(context.WithoutCancel(ctx), project.ID)) }()

	tasks, err := labelstudio.NewTaskInputs([]map[string]string{{"text": "The battery lasts for days."}, {"text": "Broke after a week."}})
	if err != nil {
		return err
	}
	summary, err := client.Projects.Import(ctx, project.ID, tasks, labelstudio.ImportOptions{TaskIDs: true})
	if err != nil {
		return err
	}
	fmt.Printf("project %d has %d tasks: %v\n", project.ID, summary.TaskCount, summary.TaskIDs)

	result, err := labelstudio.Raw([]map[string]any{{
		"from_name": "sentiment", "to_name": "text", "type": "choices", "value": map[string]any{"choices": []string{"Positive"}},
	}})
	if err != nil {
		return err
	}
	if _, err := client.Annotations.Create(ctx, summary.TaskIDs[0], labelstudio.AnnotationRequest{Result: result}); err != nil {
		return err
	}
	for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project.ID, Annotations: true}) {
		if err != nil {
			return err
		}
		fmt.Printf("task %d, %s: %d annotation(s)\n", task.ID, task.Data, len(task.Annotations))
	}
	download, err := client.Exports.Open(ctx, project.ID, labelstudio.ExportOptions{Format: "CSV"})
	if err != nil {
		return err
	}
	fmt.Printf("\n%s:\n", download.Name)
	_, err = io.Copy(os.Stdout, download)
	return errors.Join(err, download.Close())
}
