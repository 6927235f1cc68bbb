package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"regexp"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/filter"
)

// call is one of the client's calls.
type call struct {
	group, name string
	begin       func(ctx context.Context, w *world) (*try, error)

	reads     bool // it changes nothing, and each clean run returns the same
	streams   bool // what it returns may come from where the server redirects to
	post      bool // it sends a POST or PATCH, which is never repeated
	steps     bool // it changes things by several requests, and errors don't tell how far it came
	alike     int  // how many requests to the same address it may have under way; 0 for one
	resends   bool // it may send a POST again when it has seen that there is nothing of it
	clears    bool // it clears away when its context has ended
	exchanged bool // it meets faults of the exchange of its token as well
}

// try is a call that is to be made once.
type try struct {
	// do makes the call. What it returns is compared with that of a clean run, if
	// the call only reads, and else with what the server answered.
	do func(ctx context.Context, c *labelstudio.Client) (got any, err error)
	// ready is done between the exchange of the token and the call.
	ready func(ctx context.Context) error
	// effect says how often the server has done what the call asks for.
	effect func(ctx context.Context) (times int, err error)
	// claim says what the call tells of that: at least and at most so often. Nil
	// for what its error tells.
	claim func(got any, err error) (least, most int)
	// end clears away, and says what is left that must not be.
	end func(ctx context.Context) error

	legacy, pat string // tokens of the client, unless they are the administrator's
}

func calls() []*call {
	var all []*call
	for _, group := range [][]*call{projectCalls(), taskCalls(), tokenCalls(), importCalls(), exportCalls()} {
		all = append(all, group...)
	}
	return all
}

// read is a call that changes nothing.
func read[T any](group, name string, do func(ctx context.Context, w *world, c *labelstudio.Client) (T, error)) *call {
	begin := func(_ context.Context, w *world) (*try, error) {
		return &try{do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
			got, err := do(ctx, w, c)
			if err != nil {
				return nil, err
			}
			return digest(got)
		}}, nil
	}
	streams := reflect.TypeFor[T]() == reflect.TypeFor[io.ReadCloser]()
	return &call{group: group, name: name, begin: begin, reads: true, streams: streams}
}

// write is a call that changes something, by one request that is not repeated.
func write(group, name string, begin func(ctx context.Context, w *world) (*try, error)) *call {
	return &call{group: group, name: name, begin: begin, post: true}
}

// digest makes something of what a call returned that can be compared. Streams
// are read to their end.
func digest(got any) (string, error) {
	if stream, ok := got.(io.ReadCloser); ok {
		content, err := io.ReadAll(stream)
		return string(content), errors.Join(err, stream.Close())
	}
	text, err := json.Marshal(got)
	return string(ago.ReplaceAll(text, nil)), err
}

// ago is a time that depends on that of the answer.
var ago = regexp.MustCompile(`"created_ago":"[^"]*",`)

// all collects a sequence.
func all[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var items []T
	for item, err := range seq {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// nothing is what a call returns that returns an error alone.
func nothing(err error) (any, error) { return nil, err }

// once is the effect of what is there or not.
func once(there bool, err error) (int, error) {
	if err != nil || !there {
		return 0, err
	}
	return 1, nil
}

// gone is the effect of deleting something, which get looks for.
func gone(err error) (int, error) {
	if errors.Is(err, labelstudio.ErrNotFound) {
		return 1, nil
	}
	return 0, err
}

// tasksWith counts the tasks of a project whose text begins with a marker, in
// runs of so many: all of a run must be there or none.
func (w *world) tasksWith(ctx context.Context, project int64, marker string, run int) (int, error) {
	query, err := json.Marshal(map[string]any{"filters": filter.And(filter.Data("text").Contains(marker))})
	if err != nil {
		return 0, err
	}
	page, err := w.direct.Tasks.List(ctx, &labelstudio.TasksListParams{
		Project: &project, Query: new(string(query)), PageSize: new(int64(1)),
	})
	switch {
	case err != nil:
		return 0, err
	case int(page.Total)%run != 0:
		return 0, fmt.Errorf("%d of %d tasks are there", page.Total, run)
	}
	return int(page.Total) / run, nil
}

// inProject begins a try with a project of its own, which goes at its end.
func inProject(tasks int, begin func(ctx context.Context, w *world, project int64, name string) (*try, error)) func(context.Context, *world) (*try, error) {
	return func(ctx context.Context, w *world) (*try, error) {
		name := w.name()
		project, err := w.newProject(ctx, name, tasks)
		if err != nil {
			return nil, err
		}
		t, err := begin(ctx, w, project, name)
		if err != nil {
			return nil, err
		}
		end := t.end
		t.end = func(ctx context.Context) error {
			var left error
			if end != nil {
				left = end(ctx)
			}
			err := w.direct.Projects.Delete(ctx, project)
			if errors.Is(err, labelstudio.ErrNotFound) {
				err = nil
			}
			return errors.Join(left, err)
		}
		return t, nil
	}
}
