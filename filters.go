package labelstudio

import (
	"context"
	"errors"
	"fmt"

	"github.com/labelstudio-go/labelstudio/filter"
	"github.com/labelstudio-go/labelstudio/generated"
)

// ErrInvalidFilter is a filter or an order that was refused before it was sent:
// the server would answer 500 to it, or ignore it, or take another one for it.
// Each fault is a [filter.Error], which says where it is and what there is
// instead.
var ErrInvalidFilter = filter.ErrInvalid

// checkFilters holds filters and an order, of which one may be nil, against the
// columns of a project.
func checkFilters(ctx context.Context, core *core, dm *generated.DataManagerService, projectID int64,
	filters *Filters, ordering []string, opts []CallOption,
) error {
	if filters == nil && len(ordering) == 0 {
		return nil
	}
	columns, err := dm.Columns(ctx, &DataManagerColumnsParams{Project: projectID}, opts...)
	if err != nil {
		return fmt.Errorf("the columns of project %d: %w", projectID, err)
	}
	var faults []error
	if filters != nil {
		faults = append(faults, filter.Check(filters, columns))
	}
	faults = append(faults, filter.CheckOrdering(ordering, columns))
	if err := errors.Join(faults...); err != nil {
		scrub := core.scrubber()
		for _, fault := range filter.Errors(err) {
			for i, name := range fault.Valid { // in the server's words
				fault.Valid[i] = cut(oneLine(scrub.text(name)), maxFieldName)
			}
		}
		return fmt.Errorf("labelstudio: project %d: %w", projectID, err)
	}
	return nil
}
