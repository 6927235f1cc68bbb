// Package consumertest is a service's use of the client, and how it is tested
// without a Label Studio: with package labelstudiotest.
package consumertest

import (
	"context"
	"fmt"

	"github.com/labelstudio-go/labelstudio"
)

// A Review is what the service wants to be labelled.
type Review struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Sync imports the reviews that the project doesn't have yet, and says how many.
func Sync(ctx context.Context, client *labelstudio.Client, project int64, reviews []Review) (int, error) {
	known := map[string]bool{}
	for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project}) {
		if err != nil {
			return 0, fmt.Errorf("the tasks of project %d: %w", project, err)
		}
		var review Review
		if err := labelstudio.RawInto(task.Data, &review); err != nil {
			return 0, fmt.Errorf("the data of task %d: %w", task.ID, err)
		}
		known[review.ID] = true
	}
	var missing []Review
	for _, review := range reviews {
		if !known[review.ID] {
			missing = append(missing, review)
		}
	}
	if len(missing) == 0 {
		return 0, nil
	}
	tasks, err := labelstudio.NewTaskInputs(missing)
	if err != nil {
		return 0, err
	}
	summary, err := client.Projects.Import(ctx, project, tasks, labelstudio.ImportOptions{})
	if err != nil {
		return 0, fmt.Errorf("importing %d reviews: %w", len(missing), err)
	}
	return int(summary.TaskCount), nil
}
