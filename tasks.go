package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/filter"
	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// TasksService manages tasks. It has the methods of [generated.TasksService] as
// well: Get, Create, Update, Delete and so on.
type TasksService struct {
	*generated.TasksService

	manager *generated.DataManagerService
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

	// Where leaves only the tasks that meet conditions, which package filter
	// makes: filter.And(filter.TotalAnnotations.Equal(0)). Nil leaves all;
	// filters without a condition are refused. They and OrderBy are
	// checked against the columns of the project first: the error is
	// [ErrInvalidFilter]. With a View they are refused, as it brings its own.
	Where *Filters

	// OrderBy is the order of the tasks, from filter.By or filter.ByDescending.
	OrderBy []string

	// Query is the data manager's own filter, order and selection, as JSON, in
	// place of Where and OrderBy. It is sent unchecked, and refused with a View.
	Query json.RawMessage

	// RawURIs leaves the URIs in the tasks' data as they were imported. By
	// default the server replaces those of its storages by URLs that it resolves.
	RawURIs bool

	PageSize int64 // tasks a request; 100 by default

	// Ahead fetches the next page while the tasks of one are used. It helps where
	// that takes long; the loop's body may then run during a request. Hence it is
	// refused with [CaptureResponse].
	Ahead bool
}

// All returns the tasks of a project or view, in the order of the view, of
// OrderBy, or else of their ids (GET /api/tasks/). It asks for one page after
// another. The loop ends with the first error, which it yields.
//
// In the order of their ids, and unless Where joins pairs of conditions by or
// is very long, a page is asked for by the last id before it: each task that is
// there all the time comes once, whatever is added or removed while the loop
// runs. Otherwise that may shift tasks over the edge of a page: then one comes
// twice or not at all. Where tasks are added faster than the loop takes them, it
// goes on until ctx ends.
func (s *TasksService) All(ctx context.Context, tasks TaskFilter, opts ...CallOption) iter.Seq2[*TaskListItem, error] {
	return func(yield func(*TaskListItem, error) bool) {
		params, err := tasks.params()
		if err == nil && ctx == nil {
			err = fmt.Errorf("labelstudio: listing tasks: %w", wire.ErrNilContext)
		}
		if err == nil && tasks.Ahead && len(wire.Apply(opts).Responses) > 0 {
			err = errors.New("labelstudio: CaptureResponse keeps one answer, and with TaskFilter.Ahead another comes while it is read: leave one of them out")
		}
		if err == nil {
			err = checkFilters(ctx, s.actions.core, s.manager, tasks.Project, tasks.Where, tasks.OrderBy, opts)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		fetch := s.byPage(ctx, params, opts)
		if tasks.byID() {
			fetch = s.byID(ctx, params, tasks, opts)
		}
		if tasks.Ahead {
			var wait func()
			fetch, wait = ahead(fetch)
			defer wait()
		}
		defer cancel() // of a page that is fetched ahead
		pages(1, fetch)(yield)
	}
}

// byPage fetches pages by their number.
func (s *TasksService) byPage(ctx context.Context, params *TasksListParams, opts []CallOption) func(int64) ([]TaskListItem, bool, error) {
	seen := int64(0)
	return func(number int64) ([]TaskListItem, bool, error) {
		params.Page = &number
		page, err := s.listPage(ctx, params, opts)
		if err != nil {
			return nil, false, err
		}
		seen += int64(len(page.Tasks))
		return page.Tasks, seen < page.Total, nil
	}
}

func (s *TasksService) listPage(ctx context.Context, params *TasksListParams, opts []CallOption) (*TaskPage, error) {
	page, err := s.List(ctx, params, opts...)
	switch {
	case err != nil:
		return nil, err
	case page.Tasks == nil:
		return nil, errNoPage
	case page.Total < 1 && len(page.Tasks) > 0: // it says whether more follow
		return nil, textError{fmt.Sprintf("labelstudio: a page of %d tasks came, and their total is %d", len(page.Tasks), page.Total), ErrUnexpectedAnswer}
	}
	return page, nil
}

// byID fetches the tasks after the last one that was seen.
func (s *TasksService) byID(ctx context.Context, params *TasksListParams, tasks TaskFilter, opts []CallOption) func(int64) ([]TaskListItem, bool, error) {
	where, last := tasks.Where, int64(0)
	return func(number int64) ([]TaskListItem, bool, error) {
		page, err := s.listPage(ctx, params, opts)
		if err != nil || int64(len(page.Tasks)) >= page.Total || len(page.Tasks) == 0 {
			return orEmpty(page).Tasks, false, err
		}
		before := last
		if last = page.Tasks[len(page.Tasks)-1].ID; last <= before {
			return nil, false, endless("the tasks after task %d were asked for, and task %d came", before, last)
		}
		tasks.Where, _ = afterID(where, last)
		params.Query, err = tasks.query()
		return page.Tasks, true, err
	}
}

// byID reports whether the tasks come in the order of their ids, and can be
// asked for from one on.
func (f TaskFilter) byID() bool {
	if f.View != 0 || f.Query != nil || len(f.OrderBy) > 0 {
		return false
	}
	longest, ok := afterID(f.Where, math.MaxInt64)
	_, err := TaskFilter{Where: longest}.query() // may have no room
	return ok && err == nil
}

// afterID returns filters for those tasks whose id is greater than one, if the
// server can join that to what there is.
func afterID(where *Filters, id int64) (after *Filters, ok bool) {
	only := filter.And(filter.ID.Greater(id))
	switch {
	case where == nil:
		return only, true
	case where.Conjunction == generated.ConjunctionAnd:
		return &Filters{Conjunction: where.Conjunction, Items: slices.Concat(where.Items, only.Items)}, true
	}
	either := &Filters{Conjunction: where.Conjunction, Items: slices.Clone(where.Items)}
	for i, item := range either.Items {
		if item.ChildFilter != nil {
			return nil, false // it has room for one
		}
		of := only.Items[0]
		either.Items[i].ChildFilter = &ChildFilterItem{Filter: of.Filter, Operator: of.Operator, Type: of.Type, Value: of.Value}
	}
	return either, true
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
	return func(yield func(*TaskSimple, error) bool) {
		var before, again int64 // the id that a page began with, and how often
		pages(first, func(number int64) ([]TaskSimple, bool, error) {
			query := start
			query.Page, query.PageSize = &number, orDefault(start.PageSize, 100)
			tasks, err := s.ListByProject(ctx, projectID, &query, opts...)
			if number > first && isGone(err) {
				return nil, false, nil // the page before was the last, and full
			}
			if len(tasks) == 0 || tasks[0].ID != before {
				again = 0
			} else if again++; again == maxSamePage {
				err = endless("page %d begins with task %d, as the %d before it", number, before, again)
			}
			if len(tasks) > 0 {
				before = tasks[0].ID
			}
			return tasks, int64(len(tasks)) == *query.PageSize, err
		})(yield)
	}
}

// maxSamePage is how often in a row a page of [TasksService.AllByProject] may
// begin with the same task. It does when as many tasks as the page has changed.
const maxSamePage = 10

func (f TaskFilter) params() (*TasksListParams, error) {
	if f.Project == 0 && f.View == 0 {
		return nil, errors.New("labelstudio: tasks are listed by project or view: set TaskFilter.Project or TaskFilter.View")
	}
	query, err := f.query()
	if err != nil {
		return nil, err
	}
	params := &TasksListParams{PageSize: new(int64(100)), Query: query}
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
	if f.RawURIs {
		params.ResolveURI = new(false)
	}
	return params, nil
}

// maxQuery is how long a query may be, escaped: the server itself answers 414
// to a URL of more than 64 KiB.
const maxQuery = 60_000

// query returns the data manager's query, as it travels in the URL.
func (f TaskFilter) query() (*string, error) {
	own := f.Where != nil || len(f.OrderBy) > 0
	switch {
	case !own && f.Query == nil:
		return nil, nil
	case f.View != 0:
		return nil, errors.New("labelstudio: the server ignores a query with a view: " +
			"leave out TaskFilter.View, or TaskFilter.Where, OrderBy and Query")
	case own && f.Query != nil:
		return nil, errors.New("labelstudio: TaskFilter.Query stands in place of Where and OrderBy: set one or the other")
	case !own && !json.Valid(f.Query):
		return nil, errors.New("labelstudio: TaskFilter.Query is not JSON: the server would answer 500")
	}
	query := f.Query
	if own {
		var err error
		query, err = json.Marshal(struct {
			Filters  *Filters `json:"filters,omitzero"`
			Ordering []string `json:"ordering,omitempty"`
		}{f.Where, f.OrderBy})
		if err != nil {
			return nil, textError{"labelstudio: TaskFilter.Where has a value that is not JSON: " + err.Error(), ErrInvalidFilter}
		}
	}
	if length := len(url.QueryEscape(string(query))); length > maxQuery {
		return nil, textError{
			fmt.Sprintf("labelstudio: the query of TaskFilter takes %d bytes of the URL and the server has room for %d: "+
				"make a view with these filters and list that", length, maxQuery),
			ErrInvalidFilter,
		}
	}
	return queryText(query), nil
}

// queryText is a query as it has to be sent. The server decodes it once more
// than the URL that it stands in, so that a %41 in a filter would become an A.
func queryText(query []byte) *string {
	return new(strings.ReplaceAll(string(query), "%", `\u0025`))
}
