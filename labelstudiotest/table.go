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
	// of is what a row belongs to, for index.
	of    func(*T) int64
	index map[int64][]*T // nil if it must be made anew
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
	if t.index != nil {
		t.index[t.of(row)] = append(t.index[t.of(row)], row)
	}
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

// belonging are the rows of something. The caller must not change the list.
func (t *table[T]) belonging(to int64) []*T {
	if t.index == nil {
		t.index = map[int64][]*T{}
		for _, id := range t.ids {
			row := t.rows[id]
			t.index[t.of(row)] = append(t.index[t.of(row)], row)
		}
	}
	return t.index[to]
}

// moved says that a row belongs to another.
func (t *table[T]) moved() { t.index = nil }

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
	t.index = nil
	t.ids = slices.DeleteFunc(t.ids, func(id int64) bool {
		if !is(t.rows[id]) {
			return false
		}
		delete(t.rows, id)
		return true
	})
	return before - len(t.ids)
}
