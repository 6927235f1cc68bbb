package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/labelstudio-go/labelstudio/filter"
	"github.com/labelstudio-go/labelstudio/generated"
)

// ActionsService performs actions on many tasks at once. It has the methods of
// [generated.ActionsService] as well: List and Form.
//
// What is deleted most is deleted by [TasksService.DeleteSelected],
// [AnnotationsService.DeleteSelected] and [PredictionsService.DeleteSelected].
type ActionsService struct {
	*generated.ActionsService

	manager *generated.DataManagerService
	tasks   *generated.TasksService
	views   *generated.ViewsService
	core    *core
}

// Perform performs an action on the selected tasks of a project
// (POST /api/dm/actions/). What it deletes is gone. It refuses whatever the
// server would ignore, and so act on more than was meant:
//
//   - a selection of nothing, of ids that can't be, or of both All and ids;
//   - filters that don't fit the project's columns, as [ErrInvalidFilter];
//   - a view along with filters, an order or ids, as the view's are used;
//   - an action that the server doesn't have, to which it answers 500;
//   - arguments of an action that stand for everything: an Annotator of 0, and
//     rename_labels for selected tasks, as it changes all annotations.
//
// With a View, leave SelectedItems empty to act on the tasks that the view
// selects, or set All to act on all that its filters leave. A view that selects
// no tasks stands for all, so it needs All; one that selects some can't have
// it. A view of another project is [ErrNotFound]. The view is read, and what it
// says is sent in its place, so that nobody can change it in between.
//
// It asks for the project's columns where there are filters. To send a request
// as it is, use client.Actions.ActionsService.Perform.
func (s *ActionsService) Perform(ctx context.Context, params *ActionsPerformParams, body ActionRequest, opts ...CallOption) (*ActionResult, error) {
	if params == nil {
		return nil, errors.New("labelstudio: an action needs params: set Project and ID")
	}
	if err := checkProject(params.Project); err != nil {
		return nil, err
	}
	if err := checkArguments(params, body); err != nil {
		return nil, err
	}
	sent := *params
	if params.View == nil {
		if err := checkItems(body.SelectedItems); err != nil {
			return nil, err
		}
	} else {
		view, err := s.checkView(ctx, params, body, opts)
		if err != nil {
			return nil, err
		}
		sent.View = nil
		body.SelectedItems, body.Filters = selectedBy(view), filter.OfView(view)
		body.Ordering = view.Data.Ordering[:min(len(view.Data.Ordering), 1)] // the server reads no more
		if body.Filters != nil && len(body.Filters.Items) == 0 {
			body.Filters = nil // as the web page stores a view without any
		}
	}
	if err := checkFilters(ctx, s.core, s.manager, params.Project, body.Filters, body.Ordering, opts); err != nil {
		return nil, err
	}
	if err := s.checkAction(ctx, params, opts); err != nil {
		return nil, err
	}
	return s.ActionsService.Perform(ctx, &sent, body, opts...)
}

// performOn performs an action on the tasks of a selection, which are counted
// before if a number is expected, and returns how many things were processed.
func (s *ActionsService) performOn(ctx context.Context, action ActionID, projectID int64, selection Selection, body ActionRequest, opts []CallOption) (int64, error) {
	if err := checkProject(projectID); err != nil {
		return 0, err
	}
	if err := selection.check(); err != nil {
		return 0, err
	}
	if err := checkFilters(ctx, s.core, s.manager, projectID, selection.filters, nil, opts); err != nil {
		return 0, err
	}
	if err := (taskCounter{s.tasks, projectID, selection.filters, opts}).expect(ctx, selection); err != nil {
		return 0, err
	}
	body.SelectedItems, body.Filters = selection.items(), selection.filters
	result, err := s.ActionsService.Perform(ctx, &ActionsPerformParams{Project: projectID, ID: action}, body, opts...)
	if err != nil {
		return 0, err
	}
	if result.ProcessedItems == nil {
		return 0, textError{fmt.Sprintf("labelstudio: %s was performed, but the server doesn't say on how many", action), ErrUnexpectedAnswer}
	}
	return *result.ProcessedItems, nil
}

// checkArguments refuses what makes an action do more than its request says.
func checkArguments(params *ActionsPerformParams, body ActionRequest) error {
	refuse := func(text string) error { return fmt.Errorf("labelstudio: %s: %s", params.ID, text) }
	switch params.ID {
	case "":
		return errors.New("labelstudio: no action is named: set ID")
	case ActionIDDeleteTasksAnnotations:
		if body.Annotator != nil && *body.Annotator < 1 {
			return refuse(fmt.Sprintf("the Annotator is %d, which stands for all: give the id of a user, or nil for all", *body.Annotator))
		}
	case ActionIDRenameLabels:
		selected := body.SelectedItems
		if params.View != nil || body.Filters != nil || !selected.All || len(selected.Excluded) > 0 {
			return refuse("the label is renamed in all annotations of the project, whichever tasks are selected: select All and nothing else")
		}
		if isEmpty(body.ControlTag) || isEmpty(body.OldLabelName) || isEmpty(body.NewLabelName) {
			return refuse("set ControlTag, OldLabelName and NewLabelName")
		}
	case ActionIDAddDataField:
		if isEmpty(body.ValueName) {
			return refuse("set ValueName: the server would take null for the key")
		}
	}
	return nil
}

func isEmpty(text *string) bool { return text == nil || *text == "" }

// checkItems refuses what is no selection. Which says too little or two things
// at once is refused again where it is encoded.
func checkItems(items SelectedItems) error {
	for _, id := range slices.Concat(items.Included, items.Excluded) {
		if id < 1 {
			return fmt.Errorf("labelstudio: the id %d is in SelectedItems: ids begin with 1", id)
		}
	}
	_, err := items.MarshalJSON()
	if err != nil {
		return fmt.Errorf("labelstudio: SelectedItems: %w", err)
	}
	return nil
}

// checkView refuses a view that would make an action act on more, or on less,
// than the request says.
func (s *ActionsService) checkView(ctx context.Context, params *ActionsPerformParams, body ActionRequest, opts []CallOption) (*View, error) {
	id, asked := *params.View, body.SelectedItems
	if id < 1 {
		return nil, fmt.Errorf("labelstudio: the View is %d, which the server passes over: give its id, or nil for none", id)
	}
	if body.Filters != nil || len(body.Ordering) > 0 || len(asked.Included) > 0 || len(asked.Excluded) > 0 {
		return nil, errors.New("labelstudio: with a View, its own filters, order and selection are used: leave out those of the request")
	}
	view, err := viewOf(ctx, s.views, "the action", id, params.Project, opts)
	if err != nil {
		return nil, err
	}
	items := selectedBy(view)
	switch some := !items.All || len(items.Excluded) > 0; {
	case !some && !asked.All:
		return nil, fmt.Errorf("labelstudio: view %d selects no tasks, which stands for all that its filters leave: "+
			"if they are meant, set SelectedItems.All", id)
	case some && asked.All:
		return nil, fmt.Errorf("labelstudio: view %d selects some of its tasks, so that the action can't be on all: "+
			"leave SelectedItems empty for those, or change the view", id)
	}
	return view, nil
}

// selectedBy returns what a view selects, as the server understands it: one that
// selects nothing stands for all.
func selectedBy(view *View) SelectedItems {
	switch items := view.Data.SelectedItems; {
	case items == nil, !items.All && len(items.Included) == 0:
		return SelectedItems{All: true}
	case items.All:
		return SelectedItems{All: true, Excluded: items.Excluded}
	default:
		return SelectedItems{Included: items.Included}
	}
}

// knownActions are those that a server has at least. It doesn't list them all.
var knownActions = []ActionID{
	ActionIDAddDataField, ActionIDCacheLabels, ActionIDDeleteTasks, ActionIDDeleteTasksAnnotations, ActionIDDeleteTasksPredictions,
	ActionIDPredictionsToAnnotations, ActionIDPropagateAnnotations, ActionIDRemoveDuplicates, ActionIDRenameLabels,
	ActionIDRetrieveTasksPredictions,
}

// checkAction asks the server about an action that not each server has.
func (s *ActionsService) checkAction(ctx context.Context, params *ActionsPerformParams, opts []CallOption) error {
	if slices.Contains(knownActions, params.ID) {
		return nil
	}
	actions, err := s.List(ctx, &ActionsListParams{Project: params.Project}, opts...)
	if err != nil {
		return fmt.Errorf("the actions of project %d: %w", params.Project, err)
	}
	var ids []string
	for _, action := range actions {
		if action.ID == string(params.ID) {
			return nil
		}
		if len(ids) < maxShownFormats {
			ids = append(ids, cut(s.core.quoted(action.ID), maxFieldName))
		}
	}
	return textError{
		fmt.Sprintf("labelstudio: project %d has no action %q, but %q", params.Project, params.ID, ids), ErrNotFound,
	}
}
