package labelstudio

import (
	"context"

	"github.com/labelstudio-go/labelstudio/generated"
)

// DeleteSelected deletes tasks of a project, with all of their annotations,
// predictions and drafts, and returns how many it deleted. They are gone
// (action delete_tasks). A project that loses its last task loses its views as
// well; [TasksService.DeleteAll] leaves them.
//
//	client.Tasks.DeleteSelected(ctx, project.ID, labelstudio.IDs(12, 13))
func (s *TasksService) DeleteSelected(ctx context.Context, projectID int64, selection Selection, opts ...CallOption) (deleted int64, err error) {
	return s.actions.performOn(ctx, ActionIDDeleteTasks, projectID, selection, ActionRequest{}, opts)
}

// DeleteAll deletes every task of a project, with all of their annotations,
// predictions and drafts, and leaves its views
// (DELETE /api/projects/{id}/tasks/). all is [All], and says so:
//
//	client.Tasks.DeleteAll(ctx, project.ID, labelstudio.All().Expect(120))
//
// client.Tasks.TasksService.DeleteAll does it without that word.
func (s *TasksService) DeleteAll(ctx context.Context, projectID int64, all Selection, opts ...CallOption) error {
	if err := checkProject(projectID); err != nil {
		return err
	}
	if err := all.checkAll("tasks"); err != nil {
		return err
	}
	if err := (taskCounter{s.TasksService, projectID, nil, opts}).expect(ctx, all); err != nil {
		return err
	}
	return s.TasksService.DeleteAll(ctx, projectID, opts...)
}

// AnnotationsService manages annotations. It has the methods of
// [generated.AnnotationsService] as well: Get, Create, Update, Delete and so on.
type AnnotationsService struct {
	*generated.AnnotationsService

	actions *ActionsService
}

// DeleteSelected deletes all annotations of the selected tasks, skipped ones
// among them, and returns how many it deleted. It also deletes all drafts of
// these tasks, which it doesn't count (action delete_tasks_annotations).
//
// The selection is of tasks, and [Selection.Expect] counts tasks.
func (s *AnnotationsService) DeleteSelected(ctx context.Context, projectID int64, tasks Selection, opts ...CallOption) (deleted int64, err error) {
	return s.actions.performOn(ctx, ActionIDDeleteTasksAnnotations, projectID, tasks, ActionRequest{}, opts)
}

// DeleteSelectedBy is [AnnotationsService.DeleteSelected] for the annotations
// and drafts of one user. The server takes the user 0 for all: it is refused.
func (s *AnnotationsService) DeleteSelectedBy(ctx context.Context, projectID int64, tasks Selection, userID int64, opts ...CallOption) (deleted int64, err error) {
	body := ActionRequest{Annotator: &userID}
	if err := checkArguments(&ActionsPerformParams{ID: ActionIDDeleteTasksAnnotations}, body); err != nil {
		return 0, err
	}
	return s.actions.performOn(ctx, ActionIDDeleteTasksAnnotations, projectID, tasks, body, opts)
}

// PredictionsService manages predictions. It has the methods of
// [generated.PredictionsService] as well: Get, Create, Update, Delete and so on.
type PredictionsService struct {
	*generated.PredictionsService

	actions *ActionsService
}

// DeleteSelected deletes all predictions of the selected tasks, of whichever
// model version, and returns how many it deleted (action
// delete_tasks_predictions). Those of one version are deleted in the whole
// project, by [generated.ProjectsService.DeleteModelVersion].
//
// The server leaves the TotalPredictions of tasks that had several too high. By
// it filters select and pages of tasks count.
//
// The selection is of tasks, and [Selection.Expect] counts tasks.
func (s *PredictionsService) DeleteSelected(ctx context.Context, projectID int64, tasks Selection, opts ...CallOption) (deleted int64, err error) {
	return s.actions.performOn(ctx, ActionIDDeleteTasksPredictions, projectID, tasks, ActionRequest{}, opts)
}

// DeleteAll deletes all views of a project, and none of its tasks
// (DELETE /api/dm/views/reset/). all is [All], and says so.
//
// client.Views.ViewsService.DeleteAll does it without that word.
func (s *ViewsService) DeleteAll(ctx context.Context, projectID int64, all Selection, opts ...CallOption) error {
	if err := checkProject(projectID); err != nil {
		return err
	}
	if err := all.checkAll("views"); err != nil {
		return err
	}
	if all.expected != 0 {
		views, err := s.List(ctx, &ViewsListParams{Project: &projectID}, opts...)
		if err != nil {
			return err
		}
		if err := all.checkCount(int64(len(views))); err != nil {
			return err
		}
	}
	return s.ViewsService.DeleteAll(ctx, &ViewsDeleteAllParams{Project: projectID}, opts...)
}
