package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/contract"
	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

// build makes every generated file, by its path below the root.
func build(root string) (map[string][]byte, error) {
	src, err := contract.ReadSource(root)
	if err != nil {
		return nil, err
	}
	effective, err := contract.Effective(root, src, overlay.Action{})
	if err != nil {
		return nil, err
	}
	return buildFrom(effective, src)
}

// buildFrom makes every generated file from an effective contract.
func buildFrom(effective []byte, src contract.Source) (map[string][]byte, error) {
	files, err := generate(effective, src)
	if err != nil {
		return nil, err
	}
	files[contract.EffectiveFile] = effective
	files[testServerFile], err = testServer(effective)
	return files, err
}

// write writes what changed and removes generated files that no longer are.
func write(root string, files map[string][]byte) error {
	changes := changed(root, files)
	stale, err := staleFiles(root, files)
	if err != nil {
		return err
	}
	for _, name := range stale {
		changes[name] = nil
	}
	return replace(root, changes)
}

// changed returns those of the files that are not yet as they shall be.
func changed(root string, files map[string][]byte) map[string][]byte {
	changes := map[string][]byte{}
	for name, text := range files {
		if old, err := os.ReadFile(filepath.Join(root, name)); err != nil || !bytes.Equal(old, text) {
			changes[name] = text
		}
	}
	return changes
}

// compare returns an error that names every file that write would change.
func compare(root string, files map[string][]byte) error {
	var faults []error
	for _, name := range sortedNames(files) {
		old, err := os.ReadFile(filepath.Join(root, name))
		switch {
		case errors.Is(err, os.ErrNotExist):
			faults = append(faults, fmt.Errorf("%s is missing", name))
		case err != nil:
			faults = append(faults, err)
		case !bytes.Equal(old, files[name]):
			faults = append(faults, fmt.Errorf("%s differs from line %d on", name, firstDifference(old, files[name])))
		}
	}
	stale, err := staleFiles(root, files)
	if err != nil {
		return err
	}
	for _, name := range stale {
		faults = append(faults, fmt.Errorf("%s is not generated any more", name))
	}
	if len(faults) > 0 {
		return fmt.Errorf("what is checked in is not what `make generate` writes:\n%w", errors.Join(faults...))
	}
	return nil
}

// staleFiles lists files that a former run wrote and this one would not.
func staleFiles(root string, files map[string][]byte) ([]string, error) {
	var stale []string
	for _, pattern := range []string{"*.gen.go", "generated/*.gen.go", "labelstudiotest/*.gen.go"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			name, err := filepath.Rel(root, path)
			if err != nil {
				return nil, err
			}
			if name = filepath.ToSlash(name); files[name] == nil {
				stale = append(stale, name)
			}
		}
	}
	return stale, nil
}

func firstDifference(a, b []byte) int {
	old, now := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(old), len(now)) {
		if old[i] != now[i] {
			return i + 1
		}
	}
	return min(len(old), len(now)) + 1
}

func sortedNames[T any](files map[string]T) []string { return slices.Sorted(maps.Keys(files)) }
