package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
)

// scenario is a call that meets a fault.
type scenario struct {
	call   *call
	kind   *kind
	scheme scheme
	round  int
}

// scheme is how a client is authorized, and where it meets the fault.
type scheme string

const (
	legacy   scheme = "legacy"   // a legacy token
	pat      scheme = "pat"      // a personal access token, exchanged before
	exchange scheme = "exchange" // a personal access token, whose exchange meets the fault
)

// name is unique, and all that is needed to repeat the scenario beside the seed.
func (s scenario) name() string {
	return fmt.Sprintf("%s/%s/%s/%s/%d", s.call.group, s.call.name, s.kind.name, s.scheme, s.round)
}

// random returns the source of the details of the scenario.
func (s scenario) random(seed uint64) *rand.Rand {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(s.name())) // never fails
	return rand.New(rand.NewPCG(seed, hash.Sum64()))
}

// scenarios are all calls with all faults, by both kinds of token, and some
// calls whose token can't be exchanged.
func scenarios(rounds int) []scenario {
	var all []scenario
	for round := range rounds {
		for _, c := range calls() {
			for _, k := range kinds() {
				all = append(all, scenario{c, k, legacy, round}, scenario{c, k, pat, round})
				if c.exchanged {
					all = append(all, scenario{c, k, exchange, round})
				}
			}
		}
	}
	return all
}

// runAll runs scenarios on all worlds, some at a time, and gives what came of
// each to done, one at a time.
func runAll(ctx context.Context, worlds []*world, all []scenario, o options, done func(outcome)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go watchStalls(ctx)
	next := make(chan scenario)
	var running sync.WaitGroup
	var mu sync.Mutex
	for _, w := range worlds {
		for range o.workers {
			running.Go(func() {
				for s := range next {
					got, err := run(ctx, w, s, o.seed)
					if err != nil {
						cancel(fmt.Errorf("%s: %w", s.name(), err))
						continue
					}
					mu.Lock()
					done(got)
					mu.Unlock()
				}
			})
		}
	}
	// In an order that mixes what waits and what works.
	for _, i := range rand.New(rand.NewPCG(o.seed, 0)).Perm(len(all)) {
		select {
		case next <- all[i]:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	running.Wait()
	return context.Cause(ctx)
}

// outcome is what came of a scenario.
type outcome struct {
	scenario scenario
	detail   string // of the fault
	err      error  // that the call returned
	wrong    []string
}
