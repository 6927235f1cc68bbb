// Command differ says how two contracts differ, and how two states of the
// module differ in their exported Go. It writes JSON.
//
//	differ contracts old.yaml new.yaml
//	differ packages old/ new/
//	differ checks
//
// The last one lists every kind of change that contracts can tell of. It is a
// module of its own, because nobody who uses the client needs oasdiff, and
// because the generator needs another version of what oasdiff reads contracts
// with.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

func main() {
	result, err := run(os.Args[1:])
	if err == nil {
		out := json.NewEncoder(os.Stdout)
		out.SetEscapeHTML(false)
		err = out.Encode(result)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) (any, error) {
	switch {
	case len(args) == 3 && args[0] == "contracts":
		return contracts(args[1], args[2])
	case len(args) == 3 && args[0] == "packages":
		return packages(args[1], args[2])
	case len(args) == 1 && args[0] == "checks":
		return checks(), nil
	default:
		return nil, errors.New("usage: differ contracts OLD NEW | packages OLD NEW | checks")
	}
}
