package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/filter"
)

func TestSelection(t *testing.T) {
	t.Parallel()
	filters := filter.And(filter.ID.Greater(3))
	tests := []struct {
		name      string
		selection Selection
		want      string // as the server reads it, or a part of the error
	}{
		{"ids", IDs(3, 1, 3), `{"all":false,"included":[1,3]}`},
		{"all", All(), `{"all":true}`},
		{"all but some", All().Except(3, 1).Except(2, 3), `{"all":true,"excluded":[1,2,3]}`},
		{"zero value", Selection{}, "the Selection is empty"},
		{"no ids", IDs(), "IDs got no ids"},
		{"id 0", IDs(0), "the id 0"},
		{"all but none", All().Except(), "Except got no ids"},
		{"but first", Selection{}.Except(1), "Except goes with All only"},
		{"no filters", All().Where(nil), "Where got no filters"},
		{"filters without conditions", All().Where(&Filters{Conjunction: ConjunctionAnd}), "Where got no filters"},
		{"filters twice", All().Where(filters).Where(filters), "Where was used twice"},
		{"none expected", All().Expect(0), "0 are expected"},
		{"fewer expected", All().Expect(-2), "-2 are expected"},
		{"two faults", IDs().Expect(0), "IDs got no ids"},
		{"a fault that is mended no more", IDs().Except(1).Where(filters).Expect(2), "IDs got no ids"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := tt.selection.check(); err != nil {
				if !strings.HasPrefix(err.Error(), "labelstudio: ") || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %q, want %q", err, tt.want)
				}
				return
			}
			got, err := json.Marshal(tt.selection.items())
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

// What is made of a selection leaves it as it was.
func TestSelectionIsNotShared(t *testing.T) {
	t.Parallel()
	ids := []int64{2, 1, 3}
	first := All().Except(ids...)
	second, third := first.Except(4), first.Except(5)
	if !slices.Equal(ids, []int64{2, 1, 3}) || !slices.Equal(first.ids, []int64{1, 2, 3}) ||
		!slices.Equal(second.ids, []int64{1, 2, 3, 4}) || !slices.Equal(third.ids, []int64{1, 2, 3, 5}) {
		t.Errorf("got %v, %v, %v and %v", ids, first.ids, second.ids, third.ids)
	}
	if expected := first.Expect(7); first.expected != 0 || expected.expected != 7 {
		t.Errorf("got %d and %d", first.expected, expected.expected)
	}
}

// counted returns a client of a server that counts tasks as count does, and
// what the client sends besides.
func counted(t *testing.T, count func(SelectedItems) int64) (*Client, *recorder) {
	t.Helper()
	sent := new(recorder)
	return fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if req.Method != http.MethodGet {
			sent.add(t, req)
			return answer(200, `{"processed_items":5}`), nil
		}
		var query struct{ SelectedItems SelectedItems }
		if err := json.Unmarshal([]byte(req.URL.Query().Get("query")), &query); err != nil {
			t.Error(err)
		}
		return answer(200, fmt.Sprintf(`{"tasks":[],"total":%d,"total_annotations":0,"total_predictions":0}`, count(query.SelectedItems))), nil
	}), sent
}

func manyIDs(count int) (ids []int64) {
	for id := range int64(count) {
		ids = append(ids, id+1)
	}
	return ids
}

func TestExpect(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		selection Selection
		want      string // what is sent, none if the count is another
	}{
		{"ids", IDs(1, 2).Expect(2), `{"selectedItems":{"all":false,"included":[1,2]}}`},
		{"ids that aren't there", IDs(1, 2).Expect(3), ""},
		{"many ids", IDs(manyIDs(1001)...).Expect(1001), `{"selectedItems":{"all":false,"included":[1,2,`},
		{"all", All().Expect(2000), `{"selectedItems":{"all":true}}`},
		{"fewer than all", All().Expect(1999), ""},
		{"all but many", All().Except(manyIDs(450)...).Expect(1550), `{"selectedItems":{"all":true,"excluded":[1,2,`},
		{"all but fewer", All().Except(manyIDs(450)...).Expect(1551), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client, sent := counted(t, func(items SelectedItems) int64 {
				if items.All {
					return 2000
				}
				if len(items.Included) > maxCounted {
					t.Errorf("asked for %d ids at once", len(items.Included))
				}
				return int64(len(items.Included))
			})
			deleted, err := client.Tasks.DeleteSelected(t.Context(), 1, tt.selection)
			_, bodies := sent.all()
			if tt.want == "" {
				if !errors.Is(err, ErrUnexpectedCount) || len(bodies) != 0 {
					t.Errorf("got %v and sent %q", err, bodies)
				}
				return
			}
			if err != nil || deleted != 5 || len(bodies) != 1 || !strings.HasPrefix(bodies[0], tt.want) {
				t.Errorf("got %d, %v and sent %q, want %s", deleted, err, bodies, tt.want)
			}
		})
	}
}

// What can't be counted is not deleted.
func TestExpectWithoutCount(t *testing.T) {
	t.Parallel()
	all := All().Expect(2)
	for name, call := range map[string]func(context.Context, *Client) error{
		"tasks": func(ctx context.Context, c *Client) error { _, err := c.Tasks.DeleteSelected(ctx, 1, all); return err },
		"annotations": func(ctx context.Context, c *Client) error {
			_, err := c.Annotations.DeleteSelected(ctx, 1, all)
			return err
		},
		"predictions": func(ctx context.Context, c *Client) error {
			_, err := c.Predictions.DeleteSelected(ctx, 1, all)
			return err
		},
		"uploads": func(ctx context.Context, c *Client) error {
			_, err := c.FileUploads.DeleteSelected(ctx, 1, all)
			return err
		},
		"all tasks": func(ctx context.Context, c *Client) error { return c.Tasks.DeleteAll(ctx, 1, all) },
		"all views": func(ctx context.Context, c *Client) error { return c.Views.DeleteAll(ctx, 1, all) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.Method != http.MethodGet {
					t.Errorf("sent %s %s", req.Method, req.URL)
				}
				return answer(500, errorBody(500, "oops")), nil
			})
			if err := call(t.Context(), client); !errors.Is(err, ErrServer) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCountError(t *testing.T) {
	t.Parallel()
	client, _ := counted(t, func(SelectedItems) int64 { return 7 })
	_, err := client.Annotations.DeleteSelected(t.Context(), 1, All().Expect(5))
	var count *CountError
	if !errors.As(err, &count) || *count != (CountError{Expected: 5, Counted: 7}) {
		t.Fatalf("got %v", err)
	}
	if want := "labelstudio: 7 are selected and not 5, as expected: nothing was changed"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestDeletionWithoutNumber(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, `{}`), nil })
	if _, err := client.Tasks.DeleteSelected(t.Context(), 1, IDs(1)); !errors.Is(err, ErrUnexpectedAnswer) {
		t.Errorf("got %v", err)
	}
}
