package labelstudio

import (
	"context"
	"iter"

	"github.com/labelstudio-go/labelstudio/generated"
)

// ProjectsService manages projects, checks label configs and imports tasks. It
// has the methods of [generated.ProjectsService] as well: Get, Create, Update,
// Delete and so on.
type ProjectsService struct {
	*generated.ProjectsService

	core  *core
	tasks *TasksService
}

// All returns all projects that params select, page after page, in the order
// of the server (GET /api/projects/). nil selects every project that the user
// can see. The loop ends with the first error, which it yields. params.Page is
// the page to begin with; params.PageSize is 100 by default, which is also the
// most that the server gives.
//
// Projects that are created or deleted while the loop runs may shift others
// over the edge of a page: then one comes twice or not at all.
func (s *ProjectsService) All(ctx context.Context, params *ProjectsListParams, opts ...CallOption) iter.Seq2[*ProjectListItem, error] {
	start := orEmpty(params)
	return paged(*orDefault(start.Page, 1), func(number int64) ([]ProjectListItem, int64, *string, error) {
		query := start
		query.Page, query.PageSize = &number, orDefault(start.PageSize, maxProjectPage)
		page, err := s.List(ctx, &query, opts...)
		if err != nil {
			return nil, 0, nil, err
		}
		return page.Results, page.Count, page.Next, nil
	})
}

// AllCounts returns the counters of all projects that params select, like
// [ProjectsService.All] (GET /api/projects/counts/).
func (s *ProjectsService) AllCounts(ctx context.Context, params *ProjectsCountsParams, opts ...CallOption) iter.Seq2[*ProjectCounts, error] {
	start := orEmpty(params)
	return paged(*orDefault(start.Page, 1), func(number int64) ([]ProjectCounts, int64, *string, error) {
		query := start
		query.Page, query.PageSize = &number, orDefault(start.PageSize, maxProjectPage)
		page, err := s.Counts(ctx, &query, opts...)
		if err != nil {
			return nil, 0, nil, err
		}
		return page.Results, page.Count, page.Next, nil
	})
}

// maxProjectPage is what the server clamps page_size to, in silence.
const maxProjectPage = 100

// ValidateConfig checks a label config that belongs to no project yet. It
// needs no token. What is wrong with the config comes as an [*Error] that is
// [ErrValidation], with the server's reasons in Fields["label_config"].
//
// POST /api/projects/validate/
func (s *ProjectsService) ValidateConfig(ctx context.Context, config string, opts ...CallOption) error {
	return s.ValidateLabelConfig(ctx, LabelConfigRequest{LabelConfig: config}, opts...)
}

// ValidateConfigFor checks a label config for a project. It is stricter than
// [ProjectsService.ValidateConfig]: what is already annotated must still fit.
// It reports whether the config would change the essential data of the
// project; nil means that the server does not say.
//
// POST /api/projects/{id}/validate/
func (s *ProjectsService) ValidateConfigFor(ctx context.Context, projectID int64, config string, opts ...CallOption) (changed *bool, err error) {
	answer, err := s.ValidateLabelConfigFor(ctx, projectID, LabelConfigRequest{LabelConfig: config}, opts...)
	if err != nil {
		return nil, err
	}
	return answer.ConfigEssentialDataHasChanged, nil
}
