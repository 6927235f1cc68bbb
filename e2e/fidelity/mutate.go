package main

import (
	"fmt"
	"io"
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
	baseline, err := failuresWithout(root, src, overlay.Action{}, exchanges, notes)
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
	// Each takes a second or more of one core.
	var working sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, m := range mutations {
		working.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			m.found, m.err = failuresWithout(root, src, m.action, exchanges, notes)
		})
	}
	working.Wait()
	survivors, total := 0, len(mutations)
	for _, m := range mutations {
		killer := ""
		for f := range m.found {
			if _, before := baseline[f]; !before && (killer == "" || f.String() < killer) {
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

func failuresWithout(root string, src contract.Source, action overlay.Action, exchanges []*record.Exchange, notes *notes) (map[failure]int, error) {
	text, err := contract.Effective(root, src, action)
	if err != nil {
		return nil, err
	}
	doc, err := contract.Load(text)
	if err != nil {
		return nil, err
	}
	desc := newDescription(doc)
	c := newChecker(desc, newGoTypes(), inScope)
	for _, ex := range exchanges {
		c.exchange(ex)
	}
	c.looseness(notes)
	return c.failures, nil
}
