package labelstudio

import (
	"fmt"
	"iter"
)

// pages walks through the pages of a list, from the given number on. fetch
// returns the items of a page and whether another follows. The loop ends with
// the first error, which it yields.
func pages[T any](first int64, fetch func(number int64) (items []T, more bool, err error)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for number := first; ; number++ {
			items, more, err := fetch(number)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range items {
				if !yield(&items[i], nil) {
					return
				}
			}
			// The page after the last is a 404, so it must not be asked for.
			if len(items) == 0 || !more {
				return
			}
		}
	}
}

// paged is [pages] for a list that says with each page how many items it has,
// and whether another page follows. It ends what would go on for ever: twice as
// many, or twice as many as at first and maxGrowth, are more than what others add
// and move meanwhile can explain.
func paged[T any](first int64, fetch func(number int64) (items []T, total int64, next *string, err error)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		seen, most := int64(0), int64(-1)
		pages(first, func(number int64) ([]T, bool, error) {
			items, total, next, err := fetch(number)
			if err == nil && items == nil {
				err = errNoPage
			}
			if most < 0 {
				most = 2*total + maxGrowth
			}
			if seen += int64(len(items)); err == nil && next != nil && seen > min(2*total, most) {
				err = endless("%d items have come of a list of %d, and page %d is not the last", seen, total, number)
			}
			return items, next != nil, err
		})(yield)
	}
}

// maxGrowth is by how many items a list of [paged] may grow while it is read: these
// are lists of projects, people and labels. Those of tasks are not bounded: imports
// may well go on for as long as they are read.
const maxGrowth = 10_000

// errNoPage is an answer without items, not even none. To take it for the last
// page would lose those after it.
var errNoPage error = textError{"labelstudio: the answer is no page of a list: it has no items, not even none", ErrUnexpectedAnswer}

// endless is the error of a list that doesn't end.
func endless(format string, args ...any) error {
	return textError{"labelstudio: " + fmt.Sprintf(format, args...) + ": does something in between keep old answers?", ErrUnexpectedAnswer}
}

// ahead makes of fetch one that begins with the next page as soon as it has
// given one. Calls of fetch never overlap. Whoever stops early has to end what
// fetch does, and to wait for it.
func ahead[T any](fetch func(number int64) (items []T, more bool, err error)) (next func(int64) ([]T, bool, error), wait func()) {
	type page struct {
		items []T
		more  bool
		err   error
	}
	fetched, under := make(chan page), false
	begin := func(number int64) {
		under = true
		go func() {
			items, more, err := fetch(number)
			fetched <- page{items, more, err}
		}()
	}
	next = func(number int64) ([]T, bool, error) {
		if !under { // the first
			begin(number)
		}
		got := <-fetched
		under = false
		if got.err == nil && got.more {
			begin(number + 1)
		}
		return got.items, got.more, got.err
	}
	wait = func() {
		if under {
			<-fetched
		}
	}
	return next, wait
}

// orDefault is what a parameter says, or else def.
func orDefault[T any](value *T, def T) *T {
	if value == nil {
		return &def
	}
	return value
}

// orEmpty is a copy of what params points to, or the zero value, which selects
// everything.
func orEmpty[T any](params *T) T {
	if params == nil {
		return *new(T)
	}
	return *params
}
