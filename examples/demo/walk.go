package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

// review is the data of a task, with the key that the label config names.
type review struct {
	Text string `json:"text"`
}

var (
	reviews    = []review{{"The battery lasts for days."}, {"Broke after a week."}}
	moreAsCSV  = "text\n\"Does what it says, no more & no less.\"\nGood value.\n"
	annotation = `[{"from_name":"sentiment","to_name":"text","type":"choices","value":{"choices":["Positive"]}}]`
)

// walk creates a project, checks label configs, imports tasks, lists them and
// exports them into the folder out. The project is deleted at the end.
func walk(ctx context.Context, client *labelstudio.Client, out string) (err error) {
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

	if err := importTasks(ctx, client, project.ID); err != nil {
		return err
	}

	step("List the tasks with their annotations")
	for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project.ID, Annotations: true}) {
		if err != nil {
			return err
		}
		var data struct{ Text string }
		if err := labelstudio.RawInto(task.Data, &data); err != nil {
			return err
		}
		result("task %d  %-38s  %d annotation(s)", task.ID, data.Text, len(task.Annotations))
	}
	return export(ctx, client, project.ID, out)
}

// importTasks imports tasks from a slice, one of them annotated, and from a CSV.
func importTasks(ctx context.Context, client *labelstudio.Client, project int64) error {
	step("Import tasks, one of them with an annotation")
	tasks, err := labelstudio.NewTaskInputs(reviews)
	if err != nil {
		return err
	}
	tasks[0].Annotations = []labelstudio.AnnotationInput{{Result: json.RawMessage(annotation)}}
	summary, err := client.Projects.Import(ctx, project, tasks, labelstudio.ImportOptions{TaskIDs: true})
	if err != nil {
		return err
	}
	result("%d tasks: %v", summary.TaskCount, summary.TaskIDs)

	step("Import a CSV file")
	more := labelstudio.FileOf("more.csv", []byte(moreAsCSV))
	summary, err = client.Projects.ImportFiles(ctx, project, []labelstudio.File{more}, labelstudio.ImportOptions{TaskIDs: true})
	if err != nil {
		return err
	}
	result("%d tasks: %v", summary.TaskCount, summary.TaskIDs)
	return nil
}

// export lists the formats and writes two of them into the folder out.
func export(ctx context.Context, client *labelstudio.Client, project int64, out string) error {
	step("List the export formats")
	formats, err := client.Exports.Formats(ctx, project)
	if err != nil {
		return err
	}
	var names []string
	for _, format := range formats {
		if format.Disabled == nil || !*format.Disabled {
			names = append(names, format.Name)
		}
	}
	result("%s", strings.Join(names, ", "))

	for _, format := range []string{"JSON", "CSV"} {
		step("Export as " + format)
		download, err := client.Exports.Open(ctx, project, labelstudio.ExportOptions{Format: format, AllTasks: true})
		if err != nil {
			return err
		}
		path, size, err := save(download, out)
		if err != nil {
			return err
		}
		result("%s, %d bytes", path, size)
	}
	return nil
}

// save writes a download under its own name.
func save(download *labelstudio.Download, folder string) (path string, size int64, err error) {
	defer func() { err = errors.Join(err, download.Close()) }()
	file, err := os.Create(filepath.Join(folder, download.Name))
	if err != nil {
		return "", 0, err
	}
	size, err = io.Copy(file, download)
	return file.Name(), size, errors.Join(err, file.Close())
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
