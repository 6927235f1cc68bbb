package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"

	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/internal/contract"
	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

var versionNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+){2,}([a-z0-9.]*)$`)

// update moves the checkout to a version of Label Studio: its contract and where
// that came from, the generated code, and the locked requirements of the tests'
// server. All of it changes, or nothing.
//
// When the overlays do not fit the new contract, that and its source are written
// and nothing else is; the error is a [*misfits], and a later update goes on from
// there.
func update(ctx context.Context, root, version string) error {
	if version == "" {
		return fmt.Errorf("update: -version is missing: give one from PyPI, such as -version %s, or -version %s", server.LockedVersion(), latestWord)
	}
	files, err := updated(ctx, root, version)
	if left, ok := errors.AsType[*misfits](err); ok {
		if err := replace(root, changed(root, files)); err != nil {
			return fmt.Errorf("update: %w", err)
		}
		return left
	}
	if err == nil {
		err = write(root, files)
	}
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	return nil
}

// updated makes the files of a checkout that is moved to a version.
func updated(ctx context.Context, root, version string) (files map[string][]byte, err error) {
	version, err = numbered(ctx, version)
	if err != nil {
		return nil, err
	}
	published, err := publishedBy(ctx, version)
	if err != nil {
		return nil, err
	}
	facts, err := canonical(published)
	if err != nil {
		return nil, fmt.Errorf("describing Label Studio %s: %w", version, err)
	}
	src := contract.Source{Version: version, SHA256: fmt.Sprintf("%x", sha256.Sum256(published))}
	provenance, err := yaml.Marshal(src)
	if err != nil {
		return nil, err
	}
	contractFiles := map[string][]byte{contract.File: facts, contract.SourceFile: provenance}
	overlays, err := overlay.Load(filepath.Join(root, contract.OverlayDir))
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(facts, &doc); err != nil {
		return nil, err
	}
	if faults := overlay.ApplyFitting(&doc, overlays); len(faults) > 0 {
		return contractFiles, &misfits{version, faults}
	}
	effective, err := contract.Finish(&doc, version)
	if err != nil {
		return nil, err
	}
	if files, err = buildFrom(effective, src); err != nil {
		return nil, err
	}
	maps.Copy(files, contractFiles)
	locks, err := relocked(ctx, root, version)
	maps.Copy(files, locks)
	return files, err
}

// requirementsDir holds the locked requirements.
const requirementsDir = "e2e/requirements"

// relocked resolves the requirements of a version anew, unless they are locked
// for it already: then other versions of its dependencies would be a change of
// their own, which is what make lock is for.
func relocked(ctx context.Context, root, version string) (map[string][]byte, error) {
	same := true
	for _, minor := range server.Minors() {
		text, err := os.ReadFile(filepath.Join(root, requirementsDir, fmt.Sprintf("py3.%d.txt", minor)))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		same = same && regexp.MustCompile(`(?m)^label-studio==`+regexp.QuoteMeta(version)+`\s`).Match(text)
	}
	if same {
		return nil, nil
	}
	locks, err := server.LockRequirements(ctx, server.LockOptions{Version: version})
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, text := range locks {
		files[requirementsDir+"/"+name] = text
	}
	return files, nil
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
