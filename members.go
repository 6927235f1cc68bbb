package labelstudio

import (
	"context"
	"iter"

	"github.com/labelstudio-go/labelstudio/generated"
)

// MembersService shows and removes members of the organization. It has the
// methods of [generated.MembersService] as well: List, Get and Delete.
type MembersService struct{ *generated.MembersService }

// All returns all members of an organization, those who left among them, page
// after page (GET /api/organizations/{id}/memberships). params.Page is the page
// to begin with; params.PageSize is 100 by default. The loop ends with the
// first error, which it yields.
//
// The organization of the client's user is ActiveOrganization of
// [generated.UsersService.WhoAmI].
//
// A page size of -1 gives all members at once; then there is nothing to walk.
func (s *MembersService) All(ctx context.Context, organizationID int64, params *MembersListParams, opts ...CallOption) iter.Seq2[*MemberListItem, error] {
	start := orEmpty(params)
	return paged(*orDefault(start.Page, 1), func(number int64) ([]MemberListItem, int64, *string, error) {
		query := start
		query.Page, query.PageSize = &number, orDefault(start.PageSize, 100)
		page, err := s.List(ctx, organizationID, &query, opts...)
		if err != nil {
			return nil, 0, nil, err
		}
		return page.Results, page.Count, page.Next, nil
	})
}
