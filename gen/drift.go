package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/labelstudio-go/labelstudio/gen/drift"
)

// exitStatus is an error that asks for an exit status. If there is nothing to
// say with it, err is nil.
type exitStatus struct {
	status int
	err    error
}

func (e *exitStatus) Error() string { return fmt.Sprint(cmp.Or(e.err, errors.New("there is drift"))) }

// notCompared is the exit status of drift that could not compare.
const notCompared = 3

const driftUsage = `usage: go run ./gen drift [-from X] [-to Y] [-format markdown|json]

X and Y are what is compared, each one of
  a folder       a checkout of this module, such as . or another branch of it; the default of -from
  a version      of Label Studio, as on PyPI, or latest; the default of -to
  a file         an OpenAPI description, JSON or YAML
  a URL          of a running Label Studio; a token, if it needs one, is taken from ` + tokenVariable + `
A version is installed into a scratch folder for that: minutes, and hundreds of
megabytes. Its description is kept in the cache folder (LABELSTUDIO_GO_CACHE) under
its SHA-256, so that the next time is quick.

The exit status of the built program, which go run hides, is that of the effective
contract: 0 no drift, 1 compatible, 2 breaking, 3 could not compare.

`

// driftCommand prints what is different between two states of the API. Its error is
// always an exitStatus.
func driftCommand(ctx context.Context, args []string, out, help io.Writer) error {
	flags := flag.NewFlagSet("drift", flag.ContinueOnError)
	flags.SetOutput(help)
	flags.Usage = func() {
		_, _ = io.WriteString(help, driftUsage)
		flags.PrintDefaults()
	}
	root := flags.String("root", ".", "root of the module")
	from := flags.String("from", "", "what it was (default the root)")
	to := flags.String("to", latestWord, "what it becomes")
	format := flags.String("format", "markdown", "of the report: markdown or json")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	var report *drift.Report
	switch {
	case err != nil:
	case flags.NArg() > 0:
		err = fmt.Errorf("%q is one argument too many: see -help", flags.Arg(0))
	case *format != "markdown" && *format != "json":
		err = fmt.Errorf("%q is no format: markdown and json are", *format)
	default:
		report, err = compareSides(ctx, *root, cmp.Or(*from, *root), cmp.Or(*to, latestWord))
	}
	if err == nil && *format == "json" {
		err = report.WriteJSON(out)
	} else if err == nil {
		err = report.WriteMarkdown(out)
	}
	switch {
	case err != nil:
		return &exitStatus{notCompared, errors.New("drift: " + strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; "))}
	case report.Status != 0:
		return &exitStatus{report.Status, nil}
	default:
		return nil
	}
}

func compareSides(ctx context.Context, root, from, to string) (report *drift.Report, err error) {
	if err := recoverCheckout(root); err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "labelstudio-drift-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(scratch) }() // what is left of a scratch folder harms nobody
	var sides [2]*drift.Side
	for i, what := range []string{from, to} {
		if what == latestWord {
			if what, err = latest(ctx); err != nil {
				return nil, err
			}
		}
		if sides[i], err = side(ctx, root, what); err != nil {
			return nil, err
		}
	}
	same, err := drift.SameGo(sides[0], sides[1])
	if err != nil {
		return nil, err
	}
	for i, folder := range []string{"from", "to"} {
		if same {
			break // and takes a while to find out
		}
		if err := makeModule(sides[i], filepath.Join(scratch, folder)); err != nil {
			return nil, err
		}
	}
	differ, err := drift.BuildDiffer(ctx, root, scratch)
	if err != nil {
		return nil, err
	}
	return drift.Compare(ctx, differ, scratch, sides[0], sides[1])
}
