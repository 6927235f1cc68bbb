// Command faults calls the five core groups of the client against a real Label
// Studio, through a proxy that breaks each call in each way that it knows, and
// holds what the client reports against what the server has. Run it from the
// root of the module, as make faults; it ends with 1 if anything was wrong.
//
// A scenario survived if the call succeeded in spite of the fault. It failed
// truthfully if its error claims nothing that is not so: what surely was not done
// isn't on the server, what may have been done is there once or not at all, and
// nothing was sent twice. Either way it has left no goroutine, connection, file or
// token behind, and ended with its context. All else is wrong.
//
// What a scenario does follows from its name and the seed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"regexp"
	"time"
)

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", 1, "what the details of the scenarios follow from")
	flag.IntVar(&o.rounds, "rounds", 1, "how often each scenario runs, with other details")
	flag.IntVar(&o.servers, "servers", 2, "servers to run at a time")
	flag.IntVar(&o.workers, "workers", 12, "scenarios to run at a time, on each server")
	only := flag.String("only", "", "run the scenario with this name, or those whose name matches this regular expression")
	flag.BoolVar(&o.verbose, "v", false, "print the outcome of each scenario")
	flag.Parse()
	log.SetOutput(&standardLog)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	wrong, err := faults(ctx, o, *only)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || wrong > 0 {
		os.Exit(1)
	}
}

type options struct {
	seed                     uint64
	rounds, servers, workers int
	verbose                  bool
}

// faults runs the scenarios and prints what came of them.
func faults(ctx context.Context, o options, only string) (wrong int, err error) {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return 0, err
	}
	var chosen []scenario
	for _, s := range scenarios(o.rounds) {
		switch name := s.name(); {
		case name == only:
			chosen = []scenario{s}
		case pattern.MatchString(name) && (len(chosen) != 1 || chosen[0].name() != only):
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 {
		return 0, errors.New("no scenario has that name")
	}
	begin := time.Now()
	worlds, err := newWorlds(ctx, o.servers)
	if err != nil {
		return 0, errors.Join(err, stopAll(worlds))
	}
	defer func() { err = errors.Join(err, stopAll(worlds)) }()
	started := time.Now()
	r := &report{options: o}
	err = runAll(ctx, worlds, chosen, o, r.add)
	r.print()
	fmt.Printf("\nseed %d: %d of %d scenarios in %.0f s, after %.0f s to start %d servers\n", o.seed, r.byKind.sum.scenarios,
		len(chosen), time.Since(started).Seconds(), started.Sub(begin).Seconds(), o.servers)
	return r.byKind.sum.wrong, err
}
