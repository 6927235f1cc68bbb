package labelstudio

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	tests := []struct {
		name  string
		first int64
		list  [][]int // by page, from 1; nil is an error
		stop  int     // after so many items
		want  []int
		asked []int64
		err   error
	}{
		{"to the last", 1, [][]int{{1, 2}, {3}}, 9, []int{1, 2, 3}, []int64{1, 2}, nil},
		{"from the middle", 2, [][]int{{1}, {2}, {3}}, 9, []int{2, 3}, []int64{2, 3}, nil},
		{"an empty list", 1, [][]int{{}}, 9, nil, []int64{1}, nil},
		{"an empty page in the middle ends it", 1, [][]int{{1}, {}, {3}}, 9, []int{1}, []int64{1, 2}, nil},
		{"no page more than is used", 1, [][]int{{1, 2}, {3}}, 2, []int{1, 2}, []int64{1}, nil},
		{"an error", 1, [][]int{{1}, nil, {3}}, 9, []int{1}, []int64{1, 2}, broken},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []int
			var asked []int64
			var failed error
			walk := pages(test.first, func(number int64) ([]int, bool, error) {
				asked = append(asked, number)
				page := test.list[number-1]
				if page == nil {
					return nil, true, broken
				}
				return page, int(number) < len(test.list), nil
			})
			for item, err := range walk {
				if err != nil {
					failed = err
					continue
				}
				got = append(got, *item)
				if len(got) == test.stop {
					break
				}
			}
			if !slices.Equal(got, test.want) || !slices.Equal(asked, test.asked) || !errors.Is(failed, test.err) {
				t.Errorf("got %v of the pages %v and %v, want %v of %v and %v", got, asked, failed, test.want, test.asked, test.err)
			}
		})
	}
}

// A page is asked for while the one before it is used, and no other.
func TestPagesAhead(t *testing.T) {
	t.Parallel()
	asked := make(chan int64, 9)
	fetch, wait := ahead(func(number int64) ([]int, bool, error) {
		asked <- number
		return []int{int(number)}, number < 3, nil
	})
	var got []int
	for item, err := range pages(1, fetch) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, *item)
		if page := <-asked; page != int64(*item) {
			t.Errorf("page %d was asked for, want %d", page, *item)
		}
		if *item < 3 {
			next := <-asked // else this waits for ever
			asked <- next
		}
	}
	wait() // for nothing
	if !slices.Equal(got, []int{1, 2, 3}) || len(asked) != 0 {
		t.Errorf("got %v, and %d more pages were asked for", got, len(asked))
	}
}

func TestPagesAheadFail(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	fetch, wait := ahead(func(number int64) ([]int, bool, error) {
		if number == 2 {
			return nil, true, broken
		}
		return []int{int(number)}, true, nil
	})
	var got []int
	var failed error
	for item, err := range pages(1, fetch) {
		if failed = err; err == nil {
			got = append(got, *item)
		}
	}
	wait()
	if !slices.Equal(got, []int{1}) || !errors.Is(failed, broken) {
		t.Errorf("got %v and %v", got, failed)
	}
}

// Who stops early waits for the page that is under way.
func TestPagesAheadStop(t *testing.T) {
	t.Parallel()
	ended, release := false, make(chan struct{})
	fetch, wait := ahead(func(number int64) ([]int, bool, error) {
		if number == 2 {
			<-release
			ended = true // a race, if nobody waits
		}
		return []int{int(number)}, true, nil
	})
	for _, err := range pages(1, fetch) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	close(release)
	if wait(); !ended {
		t.Error("the page is still under way")
	}
}

// What keeps one answer would be written to while the loop's body reads it.
func TestTasksAheadCaptureNothing(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		return answer(200, `{"tasks":[],"total":0,"total_annotations":0,"total_predictions":0}`), nil
	})
	for _, ahead := range []bool{true, false} {
		var res *http.Response
		var failed error
		for _, err := range client.Tasks.All(t.Context(), TaskFilter{Project: 1, Ahead: ahead}, CaptureResponse(&res)) {
			failed = err
		}
		if refused := failed != nil && strings.Contains(failed.Error(), "CaptureResponse"); refused != ahead || (res == nil) != ahead {
			t.Errorf("ahead %v: %v, and the answer %v", ahead, failed, res)
		}
	}
}

// Others may add to a list while it is read, but not for ever.
func TestPagesOfAListThatGrows(t *testing.T) {
	t.Parallel()
	for most, endless := range map[int]bool{maxGrowth + 2: false, 10 * maxGrowth: true} {
		came, last := 0, error(nil)
		walk := paged(1, func(int64) ([]int, int64, *string, error) {
			came++
			return []int{came}, int64(came), new("more"), nil
		})
		for item, err := range walk {
			if last = err; err == nil && *item == most {
				break
			}
		}
		if errors.Is(last, ErrUnexpectedAnswer) != endless || came > maxGrowth+3 {
			t.Errorf("%d items came, error %v", came, last)
		}
	}
}
