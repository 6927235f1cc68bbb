// Command compatibility runs the end-to-end tests of the core groups against
// older versions of Label Studio, and writes what differs.
//
// Run it from the top of the module. The first time it installs each version
// into the cache, which needs the network:
//
//	go run ./e2e/compatibility -write docs/compatibility.md
//	go run ./e2e/compatibility -versions 1.22.0
//
// Python must be one that all versions run on: 1.21.0 has no wheels for 3.13.
// LABELSTUDIO_PYTHON names another.
//
// What a failing test reports must be listed, with what differs, in
// internal/compat, and what is listed must be reported: anything else is
// printed, nothing is written, and the exit status is 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/compat"
)

func main() {
	versions := flag.String("versions", strings.Join(compat.Tested, ","), "versions to run against, with commas between them")
	write := flag.String("write", "", "file to write the table to, of all versions")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, strings.Split(*versions, ","), *write); err != nil {
		fmt.Fprintln(os.Stderr, "compatibility:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, versions []string, file string) error {
	if file != "" && !slices.Equal(versions, compat.Tested) {
		return fmt.Errorf("the table is of the versions %s: leave -versions out", strings.Join(compat.Tested, ", "))
	}
	tests, err := coreTests("e2e")
	if err != nil {
		return fmt.Errorf("run this from the top of the module: %w", err)
	}
	problems := 0
	for _, version := range versions {
		fmt.Fprintf(os.Stderr, "compatibility: %d tests against Label Studio %s\n", len(tests), version)
		results, err := runTests(ctx, version, tests)
		if err != nil {
			return fmt.Errorf("label studio %s: %w", version, err)
		}
		found := unexpected(results, version, compat.Known)
		for _, problem := range found {
			fmt.Println(problem)
		}
		problems += len(found)
	}
	if problems > 0 {
		return fmt.Errorf("%d things are not as internal/compat says", problems)
	}
	text := table(tests, compat.Known, versions)
	if file == "" {
		fmt.Print(text)
		return nil
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
