package main

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
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

// runAll runs scenarios on all worlds, some at a time, and returns what came of
// them, in their order.
func runAll(ctx context.Context, worlds []*world, all []scenario, o options) ([]outcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// In an order that mixes what waits and what works.
	order := rand.New(rand.NewPCG(o.seed, 0)).Perm(len(all))
	next := make(chan int)
	outcomes := make([]outcome, len(all))
	var running sync.WaitGroup
	for _, w := range worlds {
		for range o.workers {
			running.Go(func() {
				for i := range next {
					got, err := run(ctx, w, all[i], o.seed)
					if err != nil {
						cancel(fmt.Errorf("%s: %w", all[i].name(), err))
					}
					outcomes[i] = got
				}
			})
		}
	}
	for _, i := range order {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	running.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return outcomes, nil
}

// outcome is what came of a scenario.
type outcome struct {
	scenario scenario
	detail   string // of the fault
	err      error  // that the call returned
	wrong    []string
}

func (o outcome) survived() bool { return len(o.wrong) == 0 && o.err == nil }

func compareOutcomes(a, b outcome) int { return cmp.Compare(a.scenario.name(), b.scenario.name()) }

func sortedOutcomes(all []outcome) []outcome {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, compareOutcomes)
	return sorted
}
