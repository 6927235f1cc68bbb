package labelstudio

import (
	"context"
	"iter"

	"github.com/labelstudio-go/labelstudio/generated"
)

// FSMService shows and changes the states of projects, tasks and annotations.
// It has the methods of [generated.FSMService] as well: History and Transition.
type FSMService struct{ *generated.FSMService }

// All returns all the states that something has been in and that params
// select, the last one first, page after page
// (GET /api/fsm/entities/{entity_name}/{entity_id}/history). There are none
// unless the server keeps states, which is a feature flag. params.Page is the
// page to begin with. The loop ends with the first error, which it yields.
func (s *FSMService) All(ctx context.Context, entityName FSMEntityName, entityID int64, params *FSMHistoryParams, opts ...CallOption) iter.Seq2[*StateRecord, error] {
	start := orEmpty(params)
	return paged(*orDefault(start.Page, 1), func(number int64) ([]StateRecord, int64, *string, error) {
		query := start
		query.Page = &number
		page, err := s.History(ctx, entityName, entityID, &query, opts...)
		if err != nil {
			return nil, 0, nil, err
		}
		return page.Results, page.Count, page.Next, nil
	})
}
