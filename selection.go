package labelstudio

import (
	"errors"
	"fmt"
	"slices"
)

// Selection says which things of a project are meant, where they can be
// destroyed. The server takes a selection of nothing for everything. Here
// everything is a word of its own, [All], and what says nothing is refused
// before anything is sent: the zero value, no ids, an id of 0, no filters.
//
//	labelstudio.IDs(12, 13)
//	labelstudio.All().Except(12)
//	labelstudio.All().Where(filter.And(filter.TotalAnnotations.Equal(0))).Expect(40)
//
// A Selection can be used again. Its methods return another one.
type Selection struct {
	all      bool
	ids      []int64 // what is meant, or with all what is not
	filters  *Filters
	expected int64 // 0: any number
	err      error // the first fault
}

// IDs selects what has these ids. One that is given twice counts once. The
// server passes over those that are of no such thing in the project; say how
// many there must be with [Selection.Expect].
func IDs(ids ...int64) Selection {
	s := Selection{ids: unique(ids)}
	if len(ids) == 0 {
		return s.fail("IDs got no ids: skip the call, or say labelstudio.All()")
	}
	return s.checkIDs("IDs", ids)
}

// All selects everything that there is in the project.
func All() Selection { return Selection{all: true} }

// Except leaves out the tasks with these ids, of which there must be one at
// least. It goes with [All].
func (s Selection) Except(ids ...int64) Selection {
	switch {
	case !s.all:
		return s.fail("Except goes with All only: leave the ids out of IDs")
	case len(ids) == 0:
		return s.fail("Except got no ids: without any, leave it out")
	}
	s.ids = unique(slices.Concat(s.ids, ids))
	return s.checkIDs("Except", ids)
}

// Where leaves of the tasks only those that meet filters, made with
// [filter.And] or [filter.Or]. They are held against the project's columns
// before they are used: see [ErrInvalidFilter].
func (s Selection) Where(filters *Filters) Selection {
	switch {
	case s.filters != nil:
		return s.fail("Where was used twice: join the filters with filter.And or filter.Or")
	case filters == nil || len(filters.Items) == 0:
		return s.fail("Where got no filters: without any, leave it out")
	}
	s.filters = filters
	return s
}

// Expect has what is selected counted first, and everything left as it is if
// there are not count: see [CountError]. count is 1 at least.
//
// It is no transaction: what comes or goes between the counting and the action
// isn't noticed. To act on nothing that wasn't seen, collect the ids, as with
// [TasksService.All], and give them to [IDs].
func (s Selection) Expect(count int64) Selection {
	if count < 1 {
		return s.fail(fmt.Sprintf("%d are expected: where there is nothing to be done, skip the call", count))
	}
	s.expected = count
	return s
}

// ErrUnexpectedCount is a selection of another size than [Selection.Expect]
// says. Nothing was changed. The error is a [*CountError].
var ErrUnexpectedCount error = &sentinel{text: "the selection has an unexpected size"}

// CountError is an [ErrUnexpectedCount].
type CountError struct {
	Expected int64 // what Expect was given
	Counted  int64 // what the server has
}

// Error tells both counts.
func (e *CountError) Error() string {
	return fmt.Sprintf("labelstudio: %d are selected and not %d, as expected: nothing was changed", e.Counted, e.Expected)
}

// Unwrap returns [ErrUnexpectedCount].
func (e *CountError) Unwrap() error { return ErrUnexpectedCount }

// check returns the first fault.
func (s Selection) check() error {
	if s.err == nil && !s.all && len(s.ids) == 0 {
		return errors.New("labelstudio: the Selection is empty: use labelstudio.IDs or labelstudio.All()")
	}
	return s.err
}

// checkBare refuses what only tasks can be selected by.
func (s Selection) checkBare(things string) error {
	if err := s.check(); err != nil {
		return err
	}
	if s.filters != nil || (s.all && len(s.ids) > 0) {
		return fmt.Errorf("labelstudio: %s are selected without Where and Except: list them, and select with IDs", things)
	}
	return nil
}

// checkAll refuses everything but All, expected or not.
func (s Selection) checkAll(things string) error {
	if err := s.check(); err != nil {
		return err
	}
	if !s.all || s.filters != nil || len(s.ids) > 0 {
		return fmt.Errorf("labelstudio: DeleteAll deletes all %s: say labelstudio.All(), without Where and Except", things)
	}
	return nil
}

// checkCount compares what was counted with what is expected.
func (s Selection) checkCount(counted int64) error {
	if s.expected != 0 && counted != s.expected {
		return &CountError{Expected: s.expected, Counted: counted}
	}
	return nil
}

// items are the selection as the server reads it.
func (s Selection) items() SelectedItems {
	if s.all {
		return SelectedItems{All: true, Excluded: s.ids}
	}
	return SelectedItems{Included: s.ids}
}

func (s Selection) checkIDs(where string, ids []int64) Selection {
	for _, id := range ids {
		if id < 1 {
			return s.fail(fmt.Sprintf("%s got the id %d: ids begin with 1", where, id))
		}
	}
	return s
}

func (s Selection) fail(text string) Selection {
	if s.err == nil {
		s.err = errors.New("labelstudio: " + text)
	}
	return s
}

// unique returns ids in ascending order, each once.
func unique(ids []int64) []int64 {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// checkProject refuses the zero value where the id of a project is no part of
// the path.
func checkProject(projectID int64) error {
	if projectID < 1 {
		return fmt.Errorf("labelstudio: the project is %d: give its id", projectID)
	}
	return nil
}
