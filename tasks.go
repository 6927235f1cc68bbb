package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"github.com/labelstudio-go/labelstudio/generated"
)

// TasksService manages tasks. It has the methods of [generated.TasksService] as
// well: Get, Create, Update, Delete and so on.
type TasksService struct {
	*generated.TasksService

	actions *ActionsService
}

// TaskFilter selects the tasks of [TasksService.All]. It needs a project or a
// view: the zero value is refused.
type TaskFilter struct {
	Project int64 // id of a project
	View    int64 // id of a data-manager view, which brings its filters and order

	// Annotations asks for annotations, predictions and drafts with each task,
	// and for what is computed from them. They are left out by default.
	Annotations bool

	// Query is the data manager's own filter, order and selection, as JSON.
	Query json.RawMessage

	// RawURIs leaves the URIs in the tasks' data as they were imported. By
	// default the server replaces those of its storages by URLs that it resolves.
	RawURIs bool

	PageSize int64 // tasks a request; 100 by default
}

// All returns the tasks of a project or view, page after page, in the order of
// the view or else of the server (GET /api/tasks/). The loop ends with the
// first error, which it yields.
//
// Tasks that are added or removed while the loop runs may shift others over the
// edge of a page: then one comes twice or not at all.
func (s *TasksService) All(ctx context.Context, filter TaskFilter, opts ...CallOption) iter.Seq2[*TaskListItem, error] {
	return func(yield func(*TaskListItem, error) bool) {
		params, err := filter.params()
		if err != nil {
			yield(nil, err)
			return
		}
		seen := int64(0)
		pages(1, func(number int64) ([]TaskListItem, bool, error) {
			params.Page = &number
			page, err := s.List(ctx, params, opts...)
			if err != nil {
				return nil, false, err
			}
			seen += int64(len(page.Tasks))
			return page.Tasks, seen < page.Total, nil
		})(yield)
	}
}

// AllByProject returns all tasks of a project with their annotations and
// predictions, the last updated first (GET /api/projects/{id}/tasks/).
// params.Page is the page to begin with; params.PageSize is 100 by default.
// The loop ends with the first error, which it yields: a project without tasks
// is [ErrNotFound], like one that does not exist. [TasksService.All] tells the
// two apart.
//
// Every change to a task moves it to the front: then another comes twice.
func (s *TasksService) AllByProject(ctx context.Context, projectID int64, params *TasksListByProjectParams, opts ...CallOption) iter.Seq2[*TaskSimple, error] {
	start := orEmpty(params)
	first := *orDefault(start.Page, 1)
	return pages(first, func(number int64) ([]TaskSimple, bool, error) {
		query := start
		query.Page, query.PageSize = &number, orDefault(start.PageSize, 100)
		tasks, err := s.ListByProject(ctx, projectID, &query, opts...)
		if number > first && errors.Is(err, ErrNotFound) {
			return nil, false, nil // the page before was the last, and full
		}
		return tasks, int64(len(tasks)) == *query.PageSize, err
	})
}

func (f TaskFilter) params() (*TasksListParams, error) {
	if f.Project == 0 && f.View == 0 {
		return nil, errors.New("labelstudio: tasks are listed by project or view: set TaskFilter.Project or TaskFilter.View")
	}
	if f.Query != nil && !json.Valid(f.Query) {
		return nil, errors.New("labelstudio: TaskFilter.Query is not JSON: the server would answer 500")
	}
	params := &TasksListParams{PageSize: new(int64(100))}
	if f.PageSize > 0 {
		params.PageSize = &f.PageSize
	}
	if f.Project != 0 {
		params.Project = &f.Project
	}
	if f.View != 0 {
		params.View = &f.View
	}
	if f.Annotations {
		params.Fields = new(TasksListFieldsAll)
	}
	if f.Query != nil {
		params.Query = new(string(f.Query))
	}
	if f.RawURIs {
		params.ResolveURI = new(false)
	}
	return params, nil
}
