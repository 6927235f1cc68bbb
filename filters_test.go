package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labelstudio-go/labelstudio/filter"
)

const someColumns = `{"columns":[{"id":"text","title":"","type":"String","target":"tasks","parent":"data","project_defined":true},` +
	`{"id":"id","title":"","type":"Number","target":"tasks","project_defined":false}]}`

const someView = `{"id":5,"project":1,"order":0,"user":1,"data":{}}`

// managed returns a client of a server with one view and one snapshot, and what
// was asked of it, as "POST /api/dm/views/". answers stand in for the usual.
func managed(t *testing.T, answers map[string]reply) (*Client, *[]string) {
	t.Helper()
	usual := map[string]reply{
		"GET /api/dm/columns/":             say(200, someColumns),
		"GET /api/tasks/":                  say(200, `{"tasks":[],"total":0,"total_annotations":0,"total_predictions":0}`),
		"POST /api/dm/views/":              say(201, someView),
		"GET /api/dm/views/5/":             say(200, someView),
		"PATCH /api/dm/views/5/":           say(200, someView),
		"PUT /api/dm/views/5/":             say(200, someView),
		"DELETE /api/dm/views/5/":          say(204, ""),
		"POST /api/projects/1/exports/":    say(201, snapshotState("created")),
		"GET /api/projects/1/exports/3":    say(200, snapshotState("completed")),
		"DELETE /api/projects/1/exports/3": say(204, ""),
	}
	asked := &[]string{}
	return fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if err := req.Context().Err(); err != nil {
			return nil, err
		}
		key := req.Method + " " + req.URL.Path
		*asked = append(*asked, key)
		r, there := answers[key]
		if !there {
			r, there = usual[key]
		}
		if !there {
			t.Errorf("asked for %s", key)
		}
		return answer(r.status, r.body, r.headers...), nil
	}), asked
}

// What is refused is not sent; where that takes the columns of the project,
// nothing else is.
func TestFiltersAreCheckedBeforeTheyAreSent(t *testing.T) {
	t.Parallel()
	bad, down := filter.And(filter.Column("agreement").Number().Less(1)), []string{"-tasks:agreement"}
	list := func(by TaskFilter) func(context.Context, *Client) error {
		return func(ctx context.Context, c *Client) error {
			times := 0
			var last error
			for _, err := range c.Tasks.All(ctx, by) {
				times++
				last = err
			}
			if times > 1 {
				t.Errorf("the loop ran %d times", times)
			}
			return last
		}
	}
	data := ViewDataRequest{Filters: bad}
	columns, get := "GET /api/dm/columns/", "GET /api/dm/views/5/"
	tests := []struct {
		name string
		call func(context.Context, *Client) error
		sent []string
		is   error
	}{
		{"list by filters", list(TaskFilter{Project: 1, Where: bad}), []string{columns}, ErrInvalidFilter},
		{"list by no filters", list(TaskFilter{Project: 1, Where: filter.And()}), []string{columns}, ErrInvalidFilter},
		{"list by zero filters", list(TaskFilter{Project: 1, Where: &Filters{}}), []string{columns}, ErrInvalidFilter},
		{"list by order", list(TaskFilter{Project: 1, OrderBy: down}), []string{columns}, ErrInvalidFilter},
		{"list of a view by filters", list(TaskFilter{View: 5, Where: bad}), nil, nil},
		{"list of a view by order", list(TaskFilter{Project: 1, View: 5, OrderBy: down}), nil, nil},
		{"list of a view by query", list(TaskFilter{View: 5, Query: []byte("{}")}), nil, nil},
		{"list by filters and query", list(TaskFilter{Project: 1, Where: bad, Query: []byte("{}")}), nil, nil},
		{"list by filters without a project", list(TaskFilter{Where: bad}), nil, nil},
		{"list by what is no JSON", list(TaskFilter{Project: 1, Where: &Filters{Items: []FilterItem{{Value: []byte("{")}}}}), nil, ErrInvalidFilter},
		{"list by a long query", list(TaskFilter{Project: 1, Query: []byte(`"` + strings.Repeat("x", maxQuery) + `"`)}), nil, ErrInvalidFilter},
		{"view", func(ctx context.Context, c *Client) error {
			_, err := c.Views.Create(ctx, ViewRequest{Project: 1, Data: &data})
			return err
		}, []string{columns}, ErrInvalidFilter},
		{"view that is changed", func(ctx context.Context, c *Client) error {
			_, err := c.Views.Update(ctx, 5, ViewUpdateRequest{Data: data})
			return err
		}, []string{get, columns}, ErrInvalidFilter},
		{"view that is replaced", func(ctx context.Context, c *Client) error {
			_, err := c.Views.Replace(ctx, 5, ViewReplaceRequest{Data: ViewDataRequest{Ordering: down}})
			return err
		}, []string{get, columns}, ErrInvalidFilter},
		{"snapshot", func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.CreateWhere(ctx, 1, bad, SnapshotRequest{})
			return err
		}, []string{columns}, ErrInvalidFilter},
		{"snapshot of no filters", func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.CreateWhere(ctx, 1, nil, SnapshotRequest{})
			return err
		}, nil, ErrInvalidFilter},
		{"snapshot of another view", func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.CreateWhere(ctx, 1, filter.And(filter.ID.Equal(1)),
				SnapshotRequest{TaskFilterOptions: &TaskFilterOptionsInput{View: new(int64(5))}})
			return err
		}, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client, sent := managed(t, nil)
			err := tt.call(t.Context(), client)
			if err == nil || !strings.HasPrefix(err.Error(), "labelstudio: ") || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got %v", err)
			}
			if !slices.Equal(*sent, tt.sent) {
				t.Errorf("sent %v, want %v", *sent, tt.sent)
			}
		})
	}
}

// All faults are told at once, with those of the order.
func TestFilterFaults(t *testing.T) {
	t.Parallel()
	client, _ := managed(t, nil)
	_, err := client.Views.Create(t.Context(), ViewRequest{Project: 1, Data: &ViewDataRequest{
		Filters: filter.Or(filter.ID.In(), filter.Data("txet").Equal("a")), Ordering: filter.By(filter.CreatedAt),
	}})
	for _, part := range []string{"project 1: ", "items[0].value: ", "items[1].filter: ", "ordering[0]: ", "there is data.text"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want one with %s", err, part)
		}
	}
	client, _ = managed(t, map[string]reply{"GET /api/dm/columns/": say(404, errorBody(404, "no"))})
	_, err = client.Views.Create(t.Context(), ViewRequest{Project: 1, Data: &ViewDataRequest{Filters: filter.And(filter.ID.Equal(1))}})
	if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "columns of project 1") {
		t.Errorf("got %v", err)
	}
}

// A list asks for the columns once, and sends its query in the URL.
func TestListWhere(t *testing.T) {
	t.Parallel()
	var queries []url.Values
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		queries = append(queries, req.URL.Query())
		if req.URL.Path == "/api/dm/columns/" {
			return answer(200, someColumns), nil
		}
		return answer(200, `{"tasks":[{"id":7}],"total":2,"total_annotations":0,"total_predictions":0}`), nil
	})
	for _, err := range client.Tasks.All(t.Context(), TaskFilter{
		Project: 1, Where: filter.Or(filter.ID.Equal(7)), OrderBy: filter.ByDescending(filter.ID),
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := `{"filters":{"conjunction":"or","items":[{"filter":"filter:tasks:id","operator":"equal","type":"Number","value":7}]},"ordering":["-tasks:id"]}`
	if len(queries) != 3 || queries[0].Get("project") != "1" || queries[1].Get("query") != want || queries[2].Get("query") != want {
		t.Errorf("sent %v", queries)
	}
}

// However a snapshot of filtered tasks ends, its view goes.
func TestSnapshotWhere(t *testing.T) {
	t.Parallel()
	const (
		columns, makeView, dropView = "GET /api/dm/columns/", "POST /api/dm/views/", "DELETE /api/dm/views/5/"
		take, look, drop            = "POST /api/projects/1/exports/", "GET /api/projects/1/exports/3", "DELETE /api/projects/1/exports/3"
	)
	oops := say(500, errorBody(500, "oops"))
	tests := []struct {
		name    string
		answers map[string]reply
		sent    []string
		is      error
	}{
		{"completes", nil, []string{columns, makeView, take, look, dropView}, nil},
		{"view is gone already", map[string]reply{dropView: say(404, errorBody(404, "gone"))}, []string{columns, makeView, take, look, dropView}, nil},
		{"view stays", map[string]reply{dropView: oops}, []string{columns, makeView, take, look, dropView}, ErrServer},
		{"no view", map[string]reply{makeView: oops}, []string{columns, makeView}, ErrServer},
		{"no snapshot", map[string]reply{take: oops}, []string{columns, makeView, take, dropView}, ErrServer},
		{"fails", map[string]reply{look: say(200, snapshotState("failed"))}, []string{columns, makeView, take, look, dropView}, ErrSnapshotFailed},
		{"takes too long", map[string]reply{look: say(200, snapshotState("in_progress"))},
			[]string{columns, makeView, take, look, look, drop, dropView}, context.DeadlineExceeded},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), firstPoll+time.Millisecond)
				defer cancel()
				client, sent := managed(t, tt.answers)
				snapshot, err := client.Snapshots.CreateWhere(ctx, 1, filter.And(filter.ID.Equal(1)), SnapshotRequest{})
				if !errors.Is(err, tt.is) || (tt.is == nil) != (err == nil) {
					t.Errorf("got %v, want %v", err, tt.is)
				}
				if err == nil && snapshot.ID != 3 {
					t.Errorf("the snapshot is %+v", snapshot)
				}
				if !slices.Equal(*sent, tt.sent) {
					t.Errorf("sent %v, want %v", *sent, tt.sent)
				}
			})
		})
	}
}

// The view of a snapshot has the filters, and the snapshot has what was asked
// for besides.
func TestSnapshotWhereSends(t *testing.T) {
	t.Parallel()
	sent := &recorder{}
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		sent.add(t, req)
		switch {
		case req.Method == http.MethodDelete:
			return answer(204, ""), nil
		case req.URL.Path == "/api/dm/columns/":
			return answer(200, someColumns), nil
		case req.URL.Path == "/api/dm/views/":
			return answer(201, someView), nil
		}
		return answer(map[string]int{http.MethodPost: 201, http.MethodGet: 200}[req.Method], snapshotState("completed")), nil
	})
	options := &TaskFilterOptionsInput{OnlyWithAnnotations: new(true)}
	_, err := client.Snapshots.CreateWhere(t.Context(), 1, filter.And(filter.ID.Equal(1)), SnapshotRequest{TaskFilterOptions: options})
	if err != nil {
		t.Fatal(err)
	}
	_, bodies := sent.all()
	if !strings.Contains(bodies[1], `"value":1`) || bodies[2] != `{"task_filter_options":{"only_with_annotations":true,"view":5}}` {
		t.Errorf("sent %v", bodies)
	}
	if options.View != nil {
		t.Error("what the caller gave was changed")
	}
}

// Many conditions joined by or have no room for the last id: then pages have
// their numbers.
func TestListWhereOfManyConditions(t *testing.T) {
	t.Parallel()
	var terms []filter.Term
	for i := range 300 {
		terms = append(terms, filter.Data("text").Contains(fmt.Sprintf("a text that is long enough to fill the address %d", i)))
	}
	var queries []url.Values
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/columns/") {
			return answer(200, someColumns), nil
		}
		queries = append(queries, req.URL.Query())
		return answer(200, fmt.Sprintf(`{"tasks":[{"id":%d}],"total":2,"total_annotations":0,"total_predictions":0}`, len(queries))), nil
	})
	for _, err := range client.Tasks.All(t.Context(), TaskFilter{Project: 1, Where: filter.Or(terms...)}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(queries) != 2 || queries[1].Get("page") != "2" {
		t.Errorf("%d pages were asked for", len(queries))
	}
}
