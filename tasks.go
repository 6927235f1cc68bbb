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
type TasksService struct{ *generated.TasksService }

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
		for seen, number := int64(0), int64(1); ; number++ {
			params.Page = &number
			page, err := s.List(ctx, params, opts...)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Tasks {
				if !yield(&page.Tasks[i], nil) {
					return
				}
			}
			seen += int64(len(page.Tasks))
			if len(page.Tasks) == 0 || seen >= page.Total {
				return
			}
		}
	}
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
