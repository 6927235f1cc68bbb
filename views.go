package labelstudio

import (
	"context"
	"fmt"

	"github.com/labelstudio-go/labelstudio/generated"
)

// ViewsService manages views of the data manager: its tabs. It has the methods
// of [generated.ViewsService] as well: List, Get, Delete and so on.
//
// Package filter makes the filters and the order of a view:
//
//	&labelstudio.ViewDataRequest{
//		Filters:  filter.And(filter.TotalAnnotations.Equal(0), filter.Data("text").Contains("refund")),
//		Ordering: filter.ByDescending(filter.ID),
//	}
//
// Methods that take them hold them against the columns of the project first,
// as the server keeps a view that it can't show. The error is
// [ErrInvalidFilter].
type ViewsService struct {
	*generated.ViewsService

	manager *generated.DataManagerService
	core    *core
}

// Create makes a view (POST /api/dm/views/).
func (s *ViewsService) Create(ctx context.Context, body ViewRequest, opts ...CallOption) (*View, error) {
	if body.Data != nil {
		if err := s.check(ctx, body.Project, *body.Data, opts); err != nil {
			return nil, err
		}
	}
	return s.ViewsService.Create(ctx, body, opts...)
}

// Update changes what a view shows (PATCH /api/dm/views/{id}/). What is left out
// of its data is gone, but for filters and order, which stay. To take the
// filters away, so that the view has all tasks, use Update of the embedded
// [generated.ViewsService] with filters without items; here they are refused.
func (s *ViewsService) Update(ctx context.Context, id int64, body ViewUpdateRequest, opts ...CallOption) (*View, error) {
	if err := s.checkOf(ctx, id, body.Data, opts); err != nil {
		return nil, err
	}
	return s.ViewsService.Update(ctx, id, body, opts...)
}

// Replace does what [ViewsService.Update] does (PUT /api/dm/views/{id}/). The
// view stays in its own project whatever body.Project says.
func (s *ViewsService) Replace(ctx context.Context, id int64, body ViewReplaceRequest, opts ...CallOption) (*View, error) {
	if err := s.checkOf(ctx, id, body.Data, opts); err != nil {
		return nil, err
	}
	return s.ViewsService.Replace(ctx, id, body, opts...)
}

// checkOf is check for the project of a view.
func (s *ViewsService) checkOf(ctx context.Context, id int64, data ViewDataRequest, opts []CallOption) error {
	if data.Filters == nil && len(data.Ordering) == 0 {
		return nil
	}
	view, err := s.Get(ctx, id, opts...)
	if err != nil {
		return err
	}
	return s.check(ctx, view.Project, data, opts)
}

func (s *ViewsService) check(ctx context.Context, projectID int64, data ViewDataRequest, opts []CallOption) error {
	return checkFilters(ctx, s.core, s.manager, projectID, data.Filters, data.Ordering, opts)
}

// viewOf returns the view that an action or the like names, which must be of the
// project.
func viewOf(ctx context.Context, views *generated.ViewsService, who string, viewID, projectID int64, opts []CallOption) (*View, error) {
	view, err := views.Get(ctx, viewID, opts...)
	if err != nil {
		return nil, fmt.Errorf("the view of %s: %w", who, err)
	}
	if view.Project != projectID {
		return nil, textError{
			fmt.Sprintf("labelstudio: view %d is of project %d, not of project %d", viewID, view.Project, projectID), ErrNotFound,
		}
	}
	return view, nil
}
