package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/internal/contract"
)

var versionNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+)+([a-z0-9.]*)$`)

// update writes the contract and its source for a version of Label Studio. It
// writes both or, on any error, nothing.
func update(ctx context.Context, root, version string) error {
	if version == "" {
		return errors.New("update: -version is missing: give one from PyPI, such as -version " + server.LockedVersion())
	}
	if !versionNumber.MatchString(version) {
		return fmt.Errorf("update: %q is not a version: give one from PyPI, such as %s", version, server.LockedVersion())
	}
	published, err := publish(ctx, version)
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	facts, err := canonical(published)
	if err != nil {
		return fmt.Errorf("update: Label Studio %s: %w", version, err)
	}
	provenance, err := yaml.Marshal(contract.Source{Version: version, SHA256: fmt.Sprintf("%x", sha256.Sum256(published))})
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	return replace(root, map[string][]byte{contract.File: facts, contract.SourceFile: provenance})
}

// publish lets a version of Label Studio write its description.
func publish(ctx context.Context, version string) (published []byte, err error) {
	err = withServer(ctx, version, func(env *server.Environment, scratch string) error {
		out := filepath.Join(scratch, "description.json")
		if err := server.Describe(ctx, env, out); err != nil {
			return err
		}
		published, err = os.ReadFile(out)
		return err
	})
	return published, err
}

// withServer calls do with a version of Label Studio and a scratch folder. The
// version that is locked for the tests runs with its locked dependencies; any
// other is installed for this once.
// The scratch folder stays when this fails: the error may name a log in it.
func withServer(ctx context.Context, version string, do func(env *server.Environment, scratch string) error) error {
	scratch, err := os.MkdirTemp("", "labelstudio-gen-")
	if err != nil {
		return err
	}
	var options server.InstallOptions
	if version != server.LockedVersion() {
		options = server.InstallOptions{Version: version, Dir: filepath.Join(scratch, "environment")}
	}
	env, err := server.Install(ctx, options)
	if err != nil {
		return err
	}
	if err := do(env, scratch); err != nil {
		return err
	}
	return os.RemoveAll(scratch)
}

// replace writes all files beside their places first, and moves them there
// when all are written. If one cannot be moved, those before it are put back.
func replace(root string, files map[string][]byte) error {
	names := sortedNames(files)
	defer func() {
		for _, name := range names {
			_ = os.Remove(filepath.Join(root, name+".new")) // there is none if all went well
		}
	}()
	before := map[string][]byte{}
	for _, name := range names {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		old, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		before[name] = old
		if err := os.WriteFile(path+".new", files[name], 0o644); err != nil {
			return err
		}
	}
	for i, name := range names {
		path := filepath.Join(root, name)
		if err := os.Rename(path+".new", path); err != nil {
			return errors.Join(err, restore(root, names[:i], before))
		}
	}
	return nil
}

// restore writes files back, and removes those that were not there.
func restore(root string, names []string, before map[string][]byte) error {
	var faults []error
	for _, name := range names {
		path := filepath.Join(root, name)
		if before[name] == nil {
			faults = append(faults, os.Remove(path))
		} else {
			faults = append(faults, os.WriteFile(path, before[name], 0o644))
		}
	}
	return errors.Join(faults...)
}
