// Coverage tells how much of the root package and of gen the tests reach, from
// the profile that they leave. It fails if they reach less of a function than
// they should and docs/coverage.md doesn't say why, or says so without need.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const module = "github.com/labelstudio-go/labelstudio"

// least is the share of a function's statements, in percent, that is enough.
const least = 75

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
	shares, err := packages(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", profile, err)
	}
	for _, name := range slices.Sorted(maps.Keys(shares)) {
		if _, err := fmt.Fprintf(out, "%s %.1f%%\n", name, shares[name]); err != nil {
			return err
		}
	}
	table, err := exec.Command("go", "tool", "cover", "-func", profile).Output()
	if err != nil {
		return fmt.Errorf("go tool cover: %w", err)
	}
	why, err := os.ReadFile(reasons)
	if err != nil {
		return err
	}
	faults := compare(functions(string(table)), explained(string(why)))
	if len(faults) > 0 {
		return fmt.Errorf("%s:\n%s", reasons, strings.Join(faults, "\n"))
	}
	return nil
}

// packages returns the share of each package's statements that were reached. A
// profile has a block once for each test binary.
func packages(profile string) (map[string]float64, error) {
	statements, reached := map[string]int{}, map[string]bool{}
	lines := bufio.NewScanner(strings.NewReader(profile))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "mode: ") {
			continue
		}
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 {
			return nil, fmt.Errorf("the line %q is of no profile", lines.Text())
		}
		n, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, err
		}
		statements[fields[0]] = n
		reached[fields[0]] = reached[fields[0]] || fields[2] != "0"
	}
	all, some := map[string]int{}, map[string]int{}
	for block, n := range statements {
		file, _, _ := strings.Cut(block, ":")
		name := path.Dir(file)
		if all[name] += n; reached[block] {
			some[name] += n
		}
	}
	shares := map[string]float64{}
	for name, n := range all {
		shares[name] = 100 * float64(some[name]) / float64(n)
	}
	return shares, lines.Err()
}

// functions returns how much of each function was reached, from the table of go
// tool cover. Methods of the same name in one file count as one: the least.
func functions(table string) map[string]float64 {
	shares := map[string]float64{}
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		file, _, ok := strings.Cut(fields[0], ":")
		if share, err := strconv.ParseFloat(strings.TrimSuffix(fields[len(fields)-1], "%"), 64); ok && err == nil && len(fields) == 3 && fields[0] != "total:" {
			name := strings.TrimPrefix(file, module+"/") + " " + fields[1]
			if before, ok := shares[name]; !ok || share < before {
				shares[name] = share
			}
		}
	}
	return shares
}

// explained returns the functions that a page gives reasons for: its items are
// "- `file.go` `Function`: reason".
func explained(page string) []string {
	var names []string
	for _, match := range regexp.MustCompile("(?m)^- `(\\S+)` `(\\w+)`: \\S").FindAllStringSubmatch(page, -1) {
		names = append(names, match[1]+" "+match[2])
	}
	return names
}

func compare(shares map[string]float64, named []string) (faults []string) {
	for _, name := range slices.Sorted(maps.Keys(shares)) {
		if shares[name] < least && !slices.Contains(named, name) {
			faults = append(faults, fmt.Sprintf("%s is reached to %.1f%%: test it, or say why not", name, shares[name]))
		}
	}
	for _, name := range named {
		if share, ok := shares[name]; !ok || share >= least {
			faults = append(faults, name+" is reached, or gone: take it out")
		}
	}
	return faults
}
