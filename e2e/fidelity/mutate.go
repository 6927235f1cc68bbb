package main

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"

	"github.com/labelstudio-go/labelstudio/e2e/record"
	"github.com/labelstudio-go/labelstudio/internal/contract"
	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

// mutable names the overlay files whose every action must be noticed when it
// is missing: security and truth. 15-bodies is neither: the form bodies that it
// drops are taken by the server, and left out for being no use.
var mutable = regexp.MustCompile(`^(10-|3[0-9]-truth-)`)

// mutation is an action that is left out, and what fails then.
type mutation struct {
	action overlay.Action
	found  map[failure]int
	err    error
}

// mutate leaves out one action after another and demands that a check fails
// which holds with all of them.
func mutate(out io.Writer, root string, exchanges []*record.Exchange, notes *notes) error {
	src, err := contract.ReadSource(root)
	if err != nil {
		return err
	}
	files, err := overlay.Load(filepath.Join(root, contract.OverlayDir))
	if err != nil {
		return err
	}
	whole, err := newBaseline(root, src, exchanges, notes)
	if err != nil {
		return err
	}
	var mutations []*mutation
	for _, file := range files {
		for _, action := range file.Actions {
			if mutable.MatchString(file.Name) {
				mutations = append(mutations, &mutation{action: action})
			}
		}
	}
	// Each takes half a second or more of one core.
	var working sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, m := range mutations {
		working.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			m.found, m.err = whole.without(m.action)
		})
	}
	working.Wait()
	survivors, total := 0, len(mutations)
	for _, m := range mutations {
		killer := ""
		for f := range m.found {
			if _, before := whole.failures[f]; !before && (killer == "" || f.String() < killer) {
				killer = f.String()
			}
		}
		switch {
		case m.err != nil:
			_, _ = fmt.Fprintf(out, "noticed   %s\n          by the contract's validation: %v\n", m.action, m.err)
		case killer != "":
			_, _ = fmt.Fprintf(out, "noticed   %s\n          by %s\n", m.action, killer)
		default:
			survivors++
			_, _ = fmt.Fprintf(out, "UNNOTICED %s\n", m.action)
		}
	}
	_, _ = fmt.Fprintf(out, "\n%d actions left out one by one, %d unnoticed\n", total, survivors)
	if survivors > 0 {
		return fmt.Errorf("%d actions can be missing without any check failing", survivors)
	}
	return nil
}

// baseline is the outcome with all actions, to which that without one is
// compared.
type baseline struct {
	root      string
	src       contract.Source
	notes     *notes
	exchanges map[string][]*record.Exchange // by operation
	shape     shape
	seen      evidence
	failures  map[failure]int
}

func newBaseline(root string, src contract.Source, exchanges []*record.Exchange, notes *notes) (*baseline, error) {
	desc, err := describe(root, src, overlay.Action{})
	if err != nil {
		return nil, err
	}
	c := newChecker(desc, newGoTypes(), inScope)
	for _, ex := range exchanges {
		c.exchange(ex)
	}
	seen := maps.Clone(c.seen)
	c.looseness(notes)
	shape, err := shapeOf(desc)
	return &baseline{root, src, notes, byOperation(desc, exchanges), shape, seen, c.failures}, err
}

// without returns what fails when an action is left out. Only exchanges of
// operations that differ then are checked again: what the others showed they
// show still.
func (b *baseline) without(action overlay.Action) (map[failure]int, error) {
	desc, err := describe(b.root, b.src, action)
	if err != nil {
		return nil, err
	}
	shape, err := shapeOf(desc)
	if err != nil {
		return nil, err
	}
	changed, all := affected(b.shape, shape)
	c := newChecker(desc, newGoTypes(), inScope)
	if !all {
		c.seen = maps.Clone(b.seen)
	}
	for id, group := range b.exchanges {
		if all || changed[id] {
			for _, ex := range group {
				c.exchange(ex)
			}
		}
	}
	c.looseness(b.notes)
	return c.failures, nil
}

func describe(root string, src contract.Source, without overlay.Action) (*description, error) {
	text, err := contract.Effective(root, src, without)
	if err != nil {
		return nil, err
	}
	doc, err := contract.Load(text)
	if err != nil {
		return nil, err
	}
	return newDescription(doc), nil
}
