// Command lock writes the locked Python requirements of a Label Studio server, one file for each supported Python.
//
// Run it from the top of the module, with the network at hand:
//
//	go run ./e2e/lock -version 1.23.2
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
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := lock(ctx, *version, *dir, strings.Split(*sources, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "lock:", err)
		stop()
		os.Exit(1)
	}
}

// lock resolves all files before it writes any.
func lock(ctx context.Context, version, dir string, sources []string) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("run this from the top of the module: %w", err)
	}
	files, err := server.LockRequirements(ctx, version, sources)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
