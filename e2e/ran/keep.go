package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/outcomes"
)

// tested is the package whose tests are looked at.
const tested = "github.com/labelstudio-go/labelstudio/e2e"

// keep shows what go test -json prints as go test alone does: a line for each
// package, and what failing tests said. What it prints of the tested package
// goes into a file. It fails where go test does.
func keep(in io.Reader, out io.Writer, name string) error {
	var (
		kept    bytes.Buffer
		said    = map[[2]string]string{} // by package and test
		running = map[string]bool{}
		ended   int
		failed  bool
	)
	err := outcomes.Events(in, func(line []byte, event outcomes.Event) (err error) {
		if event.Package == tested {
			kept.Write(line)
		}
		at := [2]string{event.Package, event.Test}
		switch event.Action {
		case "build-output":
			_, err = io.WriteString(out, event.Output)
		case "output":
			if !strings.HasPrefix(event.Output, "=== ") {
				said[at] += event.Output
			}
		case "start":
			running[event.Package] = true
		case "pass", "skip", "fail":
			text := said[at]
			delete(said, at)
			switch {
			case event.Action == "fail":
				failed = true
			case event.Test == "":
				text = lastLine(text)
			default:
				text = ""
			}
			if event.Test == "" {
				text = unended(said, event.Package) + text
				delete(running, event.Package)
				ended++
			}
			_, err = io.WriteString(out, text)
		}
		return err
	})
	if err == nil {
		err = os.WriteFile(name, kept.Bytes(), 0o600)
	}
	switch {
	case err != nil:
		return err
	case failed:
		return errors.New("go test failed")
	case ended == 0 || len(running) > 0:
		return fmt.Errorf("go test broke off: %d packages have ended, %d not", ended, len(running))
	}
	return nil
}

// unended is what those tests of a package said that a panic has ended.
func unended(said map[[2]string]string, name string) string {
	var text strings.Builder
	for _, at := range slices.SortedFunc(maps.Keys(said), func(a, b [2]string) int { return cmp.Compare(a[1], b[1]) }) {
		if at[0] == name {
			text.WriteString(said[at])
			delete(said, at)
		}
	}
	return text.String()
}

// lastLine is the one with which go test sums up a package.
func lastLine(text string) string {
	return text[strings.LastIndexByte(strings.TrimSuffix(text, "\n"), '\n')+1:]
}
