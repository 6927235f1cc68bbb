// Command fidelity holds what the end-to-end tests exchanged with a real
// server against the contract, and the contract against looseness.
//
//	go run ./e2e/fidelity -recorded FILE                  check; one line per failure
//	go run ./e2e/fidelity -recorded FILE -spec upstream   the same figures for the uncorrected contract
//	go run ./e2e/fidelity -recorded FILE -mutate          leave out one overlay action after another
//	go run ./e2e/fidelity -recorded FILE -groups Webhooks,Users   look at some groups only
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/record"
	"github.com/labelstudio-go/labelstudio/internal/contract"
)

func main() {
	root := flag.String("root", ".", "root of the module")
	recorded := flag.String("recorded", "", "file with the recorded exchanges")
	spec := flag.String("spec", "effective", "effective or upstream")
	mutated := flag.Bool("mutate", false, "leave out each security and truth action in turn")
	groups := flag.String("groups", "", "look at these groups only: names joined by commas")
	flag.Parse()
	if *groups != "" {
		scope = map[string]bool{}
		for group := range strings.SplitSeq(*groups, ",") {
			scope[group] = true
		}
	}
	if err := runCommand(os.Stdout, *root, *recorded, *spec, *mutated); err != nil {
		fmt.Fprintln(os.Stderr, "fidelity:", err)
		os.Exit(1)
	}
}

func runCommand(out io.Writer, root, recorded, spec string, mutated bool) error {
	exchanges, err := record.Load(recorded)
	if err != nil {
		return fmt.Errorf("reading the recorded exchanges: %w", err)
	}
	if len(exchanges) == 0 {
		return errors.New("nothing was recorded: run the end-to-end tests with " + record.Variable + " set")
	}
	notes, err := readNotes(filepath.Join(root, "e2e", "fidelity"))
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(root, contract.EffectiveFile))
	if err != nil {
		return err
	}
	doc, err := contract.Load(text)
	if err != nil {
		return err
	}
	effective := newDescription(doc)
	switch {
	case mutated:
		return mutate(out, root, exchanges, notes)
	case spec == "effective":
		c := newChecker(effective, newGoTypes(), inScope)
		c.documented()
		err := c.run(out, exchanges, notes, effective)
		return errors.Join(err, compareUpstream(out, root, exchanges, notes, effective))
	case spec == "upstream":
		upstream, err := upstreamDescription(root, effective)
		if err != nil {
			return err
		}
		return newChecker(upstream, nil, inScope).run(out, exchanges, notes, effective)
	default:
		return fmt.Errorf("-spec is %q: say effective or upstream", spec)
	}
}

// compareUpstream prints the figures of the uncorrected contract in one line.
func compareUpstream(out io.Writer, root string, exchanges []*record.Exchange, notes *notes, effective *description) error {
	upstream, err := upstreamDescription(root, effective)
	if err != nil {
		return err
	}
	c := newChecker(upstream, nil, inScope)
	_ = c.run(io.Discard, exchanges, notes, effective) // what fails there is no failure here
	_, err = fmt.Fprintf(out, "as published: %s\n", c.summary())
	return err
}

// run checks everything and prints one line per failure, then the figures.
func (c *checker) run(out io.Writer, exchanges []*record.Exchange, notes *notes, effective *description) error {
	for _, ex := range exchanges {
		c.exchange(ex)
	}
	c.looseness(notes)
	c.coverage(effective)
	c.report(out)
	if len(c.failures) > 0 {
		return fmt.Errorf("%d failures", len(c.failures))
	}
	return nil
}
