package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/labelstudio-go/labelstudio"
)

const goodConfig = `<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text">
    <Choice value="Positive"/>
    <Choice value="Negative"/>
  </Choices>
</View>`

// badConfig labels something that it does not show.
var badConfig = strings.Replace(goodConfig, `toName="text"`, `toName="picture"`, 1)

var reviews = []string{
	"The battery lasts for days.",
	"Broke after a week.",
	"Does what it says, no more & no less.",
}

// walk creates a project, checks label configs, adds tasks and lists them. The
// project is deleted at the end.
func walk(ctx context.Context, client *labelstudio.Client) (err error) {
	fmt.Printf("\nConnected: %s\n", client)

	step("Create a project")
	project, err := client.Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value("Product reviews")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cleanUp(client, project.ID)) }()
	result("project %d, %q, created at %s", project.ID, "Product reviews", project.CreatedAt.Format("15:04:05"))

	step("Check a label config that is wrong")
	err = client.Projects.ValidateConfig(ctx, badConfig)
	var refused *labelstudio.Error
	if !errors.As(err, &refused) || !errors.Is(err, labelstudio.ErrValidation) {
		return fmt.Errorf("a bad label config was not refused: %w", err)
	}
	for _, reason := range refused.Fields["label_config"] {
		result("refused: %s", reason)
	}

	step("Check one that is right, and set it")
	if err := client.Projects.ValidateConfig(ctx, goodConfig); err != nil {
		return err
	}
	update := labelstudio.ProjectUpdateRequest{LabelConfig: new(goodConfig), ShowSkipButton: new(false)}
	if _, err := client.Projects.Update(ctx, project.ID, update); err != nil {
		return err
	}
	result("set; skipping tasks is turned off")

	step("Add tasks")
	for _, text := range reviews {
		data, err := labelstudio.Raw(map[string]string{"text": text})
		if err != nil {
			return err
		}
		task, err := client.Tasks.Create(ctx, labelstudio.TaskRequest{Project: project.ID, Data: data})
		if err != nil {
			return err
		}
		result("task %d", task.ID)
	}

	step("List them")
	for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project.ID}) {
		if err != nil {
			return err
		}
		var data struct{ Text string }
		if err := labelstudio.RawInto(task.Data, &data); err != nil {
			return err
		}
		result("task %d  %s", task.ID, data.Text)
	}
	return nil
}

// cleanUp deletes the project, also when the walk was interrupted.
func cleanUp(client *labelstudio.Client, id int64) error {
	step("Clean up")
	if err := client.Projects.Delete(context.Background(), id); err != nil {
		return err
	}
	result("project %d deleted", id)
	return nil
}

var steps int

func step(what string) {
	steps++
	fmt.Printf("\n%d. %s\n", steps, what)
}

func result(format string, args ...any) { fmt.Printf("   ✓ "+format+"\n", args...) }
