// Package e2e exercises the client against a real Label Studio on loopback.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// The two servers of the tests. They differ in what the organization allows:
// legacy tokens beside personal access tokens, or only the latter.
var withLegacy, withoutLegacy *server.Server

// environment is the installation that the servers of the tests run from, but
// for the one of the storages, which is always of the locked version.
var environment *server.Environment

// versionVariable names the environment variable that runs the tests against another version of Label Studio, one that
// has locked requirements. Most tests are true of the contract's version only.
const versionVariable = "LABELSTUDIO_VERSION"

func TestMain(m *testing.M) {
	run := runTests
	if withEmbedded {
		run = runEmbedded
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	// The first start on a machine installs Label Studio and migrates a database.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	progress := func(line string) { fmt.Fprintln(os.Stderr, "e2e:", line) }
	env, err := server.Install(ctx, server.InstallOptions{Version: os.Getenv(versionVariable), Progress: progress})
	if err != nil {
		return 0, err
	}

	environment = env
	var starting sync.WaitGroup
	var errs [2]error
	start := func(i int, into **server.Server, legacy bool) {
		starting.Go(func() {
			*into, errs[i] = server.Start(ctx, server.Options{Environment: env, LegacyTokens: legacy, Env: features, Progress: progress})
		})
	}
	start(0, &withLegacy, true)
	start(1, &withoutLegacy, false)
	starting.Wait()
	defer func() {
		for _, s := range []*server.Server{withLegacy, withoutLegacy} {
			if s != nil {
				err = errors.Join(err, s.Stop())
			}
		}
		err = errors.Join(err, stopStorages())
	}()
	if err := errors.Join(errs[:]...); err != nil {
		return 0, err
	}
	// Now, as nothing else writes to the database yet.
	if _, err := withLegacy.PAT(ctx); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// features turns on what the Community edition has behind a flag: without it
// the agreement of a task is always a 403.
var features = []string{"fflag_fix_all_fit_720_lazy_load_annotations=true"}
