package labelstudiotest

import (
	"iter"
	"slices"
)

// table keeps rows by id, in the order of their ids. An id is given once only.
type table[T any] struct {
	rows map[int64]*T
	ids  []int64 // ascending
	last int64
}

// add keeps a row, which is told its id.
func (t *table[T]) add(row *T, tell func(id int64)) *T {
	if t.rows == nil {
		t.rows = map[int64]*T{}
	}
	t.last++
	t.rows[t.last] = row
	t.ids = append(t.ids, t.last)
	tell(t.last)
	return row
}

func (t *table[T]) get(id int64) *T { return t.rows[id] }

func (t *table[T]) all() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for _, id := range slices.Clone(t.ids) { // rows may be removed on the way
			if row := t.rows[id]; row != nil && !yield(row) {
				return
			}
		}
	}
}

func (t *table[T]) where(is func(*T) bool) []*T {
	var found []*T
	for _, id := range t.ids {
		if row := t.rows[id]; is(row) {
			found = append(found, row)
		}
	}
	return found
}

// removeWhere removes rows and says how many.
func (t *table[T]) removeWhere(is func(*T) bool) int {
	before := len(t.ids)
	t.ids = slices.DeleteFunc(t.ids, func(id int64) bool {
		if !is(t.rows[id]) {
			return false
		}
		delete(t.rows, id)
		return true
	})
	return before - len(t.ids)
}
