package labelstudio

import (
	"context"
	"errors"
	"iter"

	"github.com/labelstudio-go/labelstudio/generated"
)

// LabelsService manages custom labels. It has the methods of
// [generated.LabelsService] as well: Get, Create, Update, Delete and so on.
type LabelsService struct{ *generated.LabelsService }

// All returns all custom labels of the organization, page after page
// (GET /api/labels/). The loop ends with the first error, which it yields.
func (s *LabelsService) All(ctx context.Context, opts ...CallOption) iter.Seq2[*Label, error] {
	return paged(1, func(number int64) ([]Label, int64, *string, error) {
		page, err := s.List(ctx, &LabelsListParams{Page: &number}, opts...)
		if err != nil {
			return nil, 0, nil, err
		}
		return page.Results, page.Count, page.Next, nil
	})
}

// BulkUpdate renames a label in the annotations of a project
// (POST /api/labels/bulk). Without a Project the server would do it in all
// projects of the organization: that is refused. If it is meant, use
// client.Labels.LabelsService.BulkUpdate.
func (s *LabelsService) BulkUpdate(ctx context.Context, body LabelBulkUpdateRequest, opts ...CallOption) (*LabelBulkUpdateResult, error) {
	if body.Project == nil || *body.Project < 1 {
		return nil, errors.New("labelstudio: no Project is set, so that the label would change in all projects: set its id")
	}
	return s.LabelsService.BulkUpdate(ctx, body, opts...)
}

// LabelLinksService links custom labels to projects. It has the methods of
// [generated.LabelLinksService] as well: Get, Create, Update and Delete.
type LabelLinksService struct{ *generated.LabelLinksService }

// All returns all links that params select, page after page
// (GET /api/label_links/). nil selects every link in the organization.
// params.Page is the page to begin with. The loop ends with the first error,
// which it yields.
func (s *LabelLinksService) All(ctx context.Context, params *LabelLinksListParams, opts ...CallOption) iter.Seq2[*LabelLink, error] {
	start := orEmpty(params)
	return paged(*orDefault(start.Page, 1), func(number int64) ([]LabelLink, int64, *string, error) {
		query := start
		query.Page = &number
		page, err := s.List(ctx, &query, opts...)
		if err != nil {
			return nil, 0, nil, err
		}
		return page.Results, page.Count, page.Next, nil
	})
}
