// Command demo walks through the client against a Label Studio server: the one
// that LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY name or, if neither is set, a
// real one that it starts on this machine and stops again. With
// LABELSTUDIO_SERVER=embedded it is one in memory, which needs no Python.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

func main() {
	out := flag.String("out", "", "write the exports into this `folder`; a new temporary one by default")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string) (err error) {
	if out == "" {
		if out, err = os.MkdirTemp("", "labelstudio-demo-"); err != nil {
			return err
		}
	}
	if os.Getenv("LABELSTUDIO_SERVER") == "embedded" {
		return runEmbedded(ctx, out)
	}
	if os.Getenv("LABEL_STUDIO_URL") != "" || os.Getenv("LABEL_STUDIO_API_KEY") != "" {
		client, err := labelstudio.NewClientFromEnv()
		if err != nil {
			return err
		}
		return walk(ctx, client, out)
	}
	fmt.Println("No LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY are set: starting a Label Studio on this machine.")
	local, err := server.Start(ctx, server.Options{Progress: func(line string) { fmt.Println("  …", line) }})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, local.Stop()) }()
	token, err := local.PAT(ctx)
	if err != nil {
		return err
	}
	client, err := labelstudio.NewClient(local.URL, labelstudio.WithToken(token))
	if err != nil {
		return err
	}
	return walk(ctx, client, out)
}

// runEmbedded walks through the client against a server in memory.
func runEmbedded(ctx context.Context, out string) error {
	memory, err := labelstudiotest.Start()
	if err != nil {
		return err
	}
	defer memory.Close()
	fmt.Println("This is not a real Label Studio but package labelstudiotest, in memory.")
	client, err := labelstudio.NewClient(memory.URL, labelstudio.WithToken(memory.PAT))
	if err != nil {
		return err
	}
	return walk(ctx, client, out)
}
