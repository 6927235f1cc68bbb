package main

import (
	"context"
	"fmt"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// latestWord stands for the newest released version where a version is asked for.
const latestWord = "latest"

// numbered returns the version that a command was given, with its number.
func numbered(ctx context.Context, version string) (string, error) {
	if version == latestWord {
		return latest(ctx)
	}
	if !versionNumber.MatchString(version) {
		return "", fmt.Errorf("%q is not a version: give one from PyPI, such as %s, or %s", version, server.LockedVersion(), latestWord)
	}
	return version, nil
}

// latest is the newest version of Label Studio that pip would install.
func latest(ctx context.Context) (string, error) { return server.LatestVersion(ctx) }
