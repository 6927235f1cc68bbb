package labelstudio

import "iter"

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

// ahead makes of fetch one that begins with the next page as soon as it has
// given one. Calls of fetch never overlap. Whoever stops early has to end what
// fetch does.
func ahead[T any](fetch func(number int64) (items []T, more bool, err error)) func(int64) ([]T, bool, error) {
	type page struct {
		items []T
		more  bool
		err   error
	}
	next := make(chan page, 1) // so that nobody has to take the last
	begin := func(number int64) {
		go func() {
			items, more, err := fetch(number)
			next <- page{items, more, err}
		}()
	}
	begun := false
	return func(number int64) ([]T, bool, error) {
		if !begun {
			begun = true
			begin(number)
		}
		got := <-next
		if got.err == nil && got.more {
			begin(number + 1)
		}
		return got.items, got.more, got.err
	}
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
