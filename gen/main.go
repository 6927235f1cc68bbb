// Command gen is the pipeline from the server's description to Go.
//
//	go run ./gen update -version 1.23.2   move everything here to that Label Studio (or: latest)
//	go run ./gen generate                 apply overlay/ to openapi/, write generated/
//	go run ./gen check                    fail if anything checked in would change
//	go run ./gen routes [-version X]      account for every route of that Label Studio
//	go run ./gen drift [-from X -to Y]    say how one state of the API differs from another
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := runCommand(ctx, os.Args[1:], os.Stderr)
	status := &exitStatus{status: 1, err: err}
	if err == nil {
		return
	}
	_ = errors.As(err, &status)
	if status.err != nil {
		fmt.Fprintln(os.Stderr, "gen:", status.err)
	}
	os.Exit(status.status)
}

const usage = "usage: go run ./gen update -version X | generate | check | routes [-version X] | drift [-from X] [-to Y]"

func runCommand(ctx context.Context, args []string, help io.Writer) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	if args[0] == "drift" {
		return driftCommand(ctx, args[1:], os.Stdout, help)
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(help)
	root := flags.String("root", ".", "root of the module")
	version := flags.String("version", "", "version of Label Studio, as on PyPI")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errors.New(usage)
	}
	if err := recoverCheckout(*root); err != nil {
		return err
	}
	switch args[0] {
	case "generate":
		files, err := build(*root)
		if err != nil {
			return err
		}
		return write(*root, files)
	case "check":
		files, err := build(*root)
		if err != nil {
			return err
		}
		return compare(*root, files)
	case "update":
		return update(ctx, *root, *version)
	case "routes":
		return routes(ctx, os.Stdout, *root, *version)
	default:
		return errors.New(usage)
	}
}
