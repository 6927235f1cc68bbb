package labelstudio

import (
	"context"
	"fmt"
	"slices"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// maxCounted is how many ids are asked for at once. They stand in the URL, of
// which some servers read no more than four kilobytes.
const maxCounted = 200

// taskCounter counts the tasks of a project that filters leave, with the query
// by which the server also finds those of an action.
type taskCounter struct {
	tasks   *generated.TasksService
	project int64
	filters *Filters
	opts    []CallOption
}

// expect counts the tasks of a selection of which a number is expected.
func (c taskCounter) expect(ctx context.Context, s Selection) error {
	if s.expected == 0 {
		return nil
	}
	counted, err := c.count(ctx, s)
	if err != nil {
		return err
	}
	return s.checkCount(counted)
}

// count counts the tasks of a selection.
func (c taskCounter) count(ctx context.Context, s Selection) (total int64, err error) {
	if s.all {
		if total, err = c.total(ctx, SelectedItems{All: true}); err != nil {
			return 0, err
		}
	}
	for ids := range slices.Chunk(s.ids, maxCounted) {
		n, err := c.total(ctx, SelectedItems{Included: ids})
		if err != nil {
			return 0, err
		}
		if s.all {
			n = -n // these are left out
		}
		total += n
	}
	return total, nil
}

// total asks for a page with one id of a task, which comes with the number of
// tasks on all pages.
func (c taskCounter) total(ctx context.Context, items SelectedItems) (int64, error) {
	query, err := wire.Encode(struct {
		Filters       *Filters      `json:"filters,omitempty"`
		SelectedItems SelectedItems `json:"selectedItems"`
	}{c.filters, items})
	if err != nil {
		return 0, fmt.Errorf("labelstudio: counting the tasks of project %d: %w", c.project, err)
	}
	page, err := c.tasks.List(ctx, &TasksListParams{
		Project:  &c.project,
		PageSize: new(int64(1)),
		Include:  new("id"),
		Query:    queryText(query),
	}, c.opts...)
	if err != nil {
		return 0, fmt.Errorf("counting the tasks of project %d: %w", c.project, err)
	}
	return page.Total, nil
}
