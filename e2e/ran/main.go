// Command ran tells which end-to-end tests ran against a real Label Studio, and
// which of these against the server of package labelstudiotest as well.
//
//	go test -json ./... | go run ./e2e/ran -keep FILE      show what go test would, and keep what became of the tests in e2e
//	go run ./e2e/ran -real FILE -memory FILE -write PAGE   write docs/embedded.md from two such files
//	go run ./e2e/ran -real FILE -memory FILE -check PAGE   fail if it is not what they say
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/labelstudio-go/labelstudio/e2e/outcomes"
)

func main() {
	kept := flag.String("keep", "", "file to keep what became of the tests in")
	inReal := flag.String("real", ".build/real.ran", "what became of them with a real Label Studio")
	inMemory := flag.String("memory", ".build/embedded.ran", "what became of them with package labelstudiotest")
	write := flag.String("write", "", "file to write the page to")
	check := flag.String("check", "", "file to hold against the page")
	flag.Parse()
	run := func() error { return page(*inReal, *inMemory, *write, *check) }
	if *kept != "" {
		run = func() error { return keep(os.Stdin, os.Stdout, *kept) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "ran:", err)
		os.Exit(1)
	}
}

func page(inReal, inMemory, write, check string) error {
	groups, err := groupTests("e2e")
	if err != nil {
		return fmt.Errorf("run this from the top of the module: %w", err)
	}
	why, err := os.ReadFile(filepath.Join("e2e", "embedded.txt"))
	if err != nil {
		return err
	}
	real, err := read(inReal)
	if err != nil {
		return err
	}
	memory, err := read(inMemory)
	if err != nil {
		return err
	}
	ran, err := newTally(groups, real, memory, reasons(string(why)))
	if err != nil {
		return err
	}
	text := ran.page()
	if write != "" {
		return os.WriteFile(write, []byte(text), 0o644)
	}
	had, err := os.ReadFile(check)
	if err != nil {
		return err
	}
	if text != string(had) {
		fmt.Print(text)
		return fmt.Errorf("%s is not what ran, which is above: make ran writes it", check)
	}
	return nil
}

// read reads what keep has kept.
func read(name string) (*outcomes.Results, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: run make test and make fidelity SERVER=embedded first", err)
	}
	defer func() { _ = file.Close() }() // only read
	results, err := outcomes.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if results.Outcome[""] != "pass" {
		return nil, errors.New(name + " is not of a run in which all tests passed")
	}
	return results, nil
}
