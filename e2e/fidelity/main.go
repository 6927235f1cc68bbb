// Command fidelity holds what the end-to-end tests exchanged with a real
// server against the contract, and the contract against looseness.
//
//	go run ./e2e/fidelity -recorded FILE                  check; one line per failure
//	go run ./e2e/fidelity -recorded FILE -spec upstream   the same figures for the uncorrected contract
//	go run ./e2e/fidelity -recorded FILE -partial         of the server of package labelstudiotest, which doesn't know all of it
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
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/record"
	"github.com/labelstudio-go/labelstudio/internal/contract"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// partial says that the exchanges are with the server of package
// labelstudiotest, and of the operations that it knows.
var partial bool

func main() {
	root := flag.String("root", ".", "root of the module")
	recorded := flag.String("recorded", "", "file with the recorded exchanges")
	spec := flag.String("spec", "effective", "effective or upstream")
	mutated := flag.Bool("mutate", false, "leave out each security and truth action in turn")
	readme := flag.String("readme", "", "write the table of groups into this file")
	flag.BoolVar(&partial, "partial", false, "the exchanges are with package labelstudiotest, and reach what it knows")
	groups := flag.String("groups", "", "look at these groups only: names joined by commas")
	flag.Parse()
	if *groups != "" {
		scope = map[string]bool{}
		for group := range strings.SplitSeq(*groups, ",") {
			scope[group] = true
		}
	}
	if err := runCommand(os.Stdout, *root, *recorded, *spec, *readme, *mutated); err != nil {
		fmt.Fprintln(os.Stderr, "fidelity:", err)
		os.Exit(1)
	}
}

func runCommand(out io.Writer, root, recorded, spec, readme string, mutated bool) error {
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
		upstream, err := published(root, exchanges, notes, effective)
		if err != nil {
			return err
		}
		c := newChecker(effective, newGoTypes(), inScope)
		c.documented()
		if err := c.run(out, exchanges, notes, effective, upstream); err != nil || readme == "" {
			return err
		}
		return writeTable(readme, effective, upstream, c)
	case spec == "upstream":
		c, err := published(root, exchanges, notes, effective)
		if err != nil {
			return err
		}
		c.report(out, nil)
		return fmt.Errorf("%d failures", len(c.failures))
	default:
		return fmt.Errorf("-spec is %q: say effective or upstream", spec)
	}
}

// published checks the uncorrected contract, with the operations named as in
// ours.
func published(root string, exchanges []*record.Exchange, notes *notes, effective *description) (*checker, error) {
	upstream, err := upstreamDescription(root, effective)
	if err != nil {
		return nil, err
	}
	c := newChecker(upstream, nil, inScope)
	c.names = effective
	_ = c.run(io.Discard, exchanges, notes, effective, nil) // what fails there is no failure here
	return c, nil
}

// run checks everything and prints one line per failure, then the figures,
// beside those of the published contract unless that is nil.
func (c *checker) run(out io.Writer, exchanges []*record.Exchange, notes *notes, effective *description, published *checker) error {
	for _, ex := range exchanges {
		c.exchange(ex)
	}
	if partial {
		known := labelstudiotest.Operations()
		c.coverage(effective, func(id string) bool { return inScope(id) && slices.Contains(known, id) })
	} else {
		c.looseness(notes)
		c.coverage(effective, inScope)
	}
	c.report(out, published)
	if len(c.failures) > 0 {
		return fmt.Errorf("%d failures", len(c.failures))
	}
	return nil
}
