// Command lock writes the locked Python requirements of a Label Studio server, one file for each supported Python.
//
// Run it from the top of the module, with the network at hand:
//
//	go run ./e2e/lock -version 1.23.2
//
// Of an older version it writes one file for all Pythons, with the packages that there were when a day began, best the
// one after the version was released: later ones may not go with it.
//
//	go run ./e2e/lock -version 1.22.0 -older 2025-12-20
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func main() {
	version := flag.String("version", server.LockedVersion(), "version of Label Studio to lock")
	dir := flag.String("dir", filepath.Join("e2e", "requirements"), "folder of the lock files")
	sources := flag.String("sources", strings.Join(server.SourceOnly, ","),
		"packages that are published as source only; all others are taken as wheels")
	older := flag.String("older", "", "lock a version besides the one that the tests and the demo run, with the packages that there were when this `day` began")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := lock(ctx, *dir, server.LockOptions{Version: *version, Older: *older, Sources: strings.Split(*sources, ",")}); err != nil {
		fmt.Fprintln(os.Stderr, "lock:", err)
		stop()
		os.Exit(1)
	}
}

// lock resolves all files before it writes any.
func lock(ctx context.Context, dir string, options server.LockOptions) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("run this from the top of the module: %w", err)
	}
	files, err := server.LockRequirements(ctx, options)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
