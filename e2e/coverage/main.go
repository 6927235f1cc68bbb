// Coverage tells how much of the root package and of gen the tests reach, from
// the profile that they leave, and which lines they don't. It fails if they reach
// less of a function than they should and docs/coverage.md doesn't say why.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

const module = "github.com/labelstudio-go/labelstudio"

// least is the share of a function's statements, in percent, that is enough: more
// of the package that others import than of the program that makes it. Some lines
// are reached in one run and not in another, so not all of them are asked for.
func least(folder string) float64 {
	if folder == "." {
		return 90
	}
	return 75
}

func main() {
	log.SetFlags(0)
	profile := flag.String("profile", ".build/cover.out", "what go test -coverprofile wrote")
	reasons := flag.String("reasons", "docs/coverage.md", "which functions are not reached, and why")
	flag.Parse()
	if err := report(os.Stdout, *profile, *reasons); err != nil {
		log.Fatal(err)
	}
}

func report(out io.Writer, profile, reasons string) error {
	text, err := os.ReadFile(profile)
	if err != nil {
		return fmt.Errorf("%w: run make test first", err)
	}
	table, err := exec.Command("go", "tool", "cover", "-func", profile).Output()
	if err != nil {
		return fmt.Errorf("go tool cover: %w", err)
	}
	page, err := os.ReadFile(reasons)
	if err != nil {
		return err
	}
	blocks, err := blocksOf(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", profile, err)
	}
	lines, faults := judge(functionsOf(string(table), blocks), explained(string(page)))
	w := bufio.NewWriter(out)
	for _, line := range lines {
		_, _ = fmt.Fprintln(w, line) // Flush has the error
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s:\n%s", reasons, strings.Join(faults, "\n"))
	}
	return nil
}

// explained returns the reasons that a page gives for functions: its items are
// "- `file.go` `Function`: reason", of one function or of several.
func explained(page string) map[string]string {
	reasons := map[string]string{}
	item := regexp.MustCompile("(?m)^- ((?:`\\S+` `\\w+`(?:,\\s+)?)+): ((?:.+\n?)(?:  .+\n?)*)")
	name := regexp.MustCompile("`(\\S+)` `(\\w+)`")
	for _, found := range item.FindAllStringSubmatch(page, -1) {
		for _, function := range name.FindAllStringSubmatch(found[1], -1) {
			reasons[function[1]+" "+function[2]] = strings.Join(strings.Fields(found[2]), " ")
		}
	}
	return reasons
}
