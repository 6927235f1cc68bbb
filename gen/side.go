package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio/gen/drift"
	"github.com/labelstudio-go/labelstudio/internal/contract"
	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

// side reads what -from or -to names: a checkout, a version, a file or a URL.
// What has no Go of its own is given Go by the overlays and the generator of the
// checkout at root, in a copy of it below scratch.
func side(ctx context.Context, root, scratch, what string) (*drift.Side, error) {
	if info, err := os.Stat(what); err == nil && info.IsDir() {
		return checkoutSide(what)
	}
	s := &drift.Side{Name: what}
	version := "0"
	var description []byte
	var err error
	switch {
	case strings.HasPrefix(what, "http://"), strings.HasPrefix(what, "https://"):
		s.Name = withoutPassword(what)
		description, err = publishedAt(ctx, what)
	case versionNumber.MatchString(what):
		s.Name, version = "Label Studio "+what, what
		description, err = publishedBy(ctx, what)
	default:
		description, err = os.ReadFile(what)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%q is no version of Label Studio, no URL, and there is no such file or folder", what)
		}
	}
	if err == nil {
		s.Published, err = factsOf(description)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	return s, effectiveSide(s, root, scratch, version)
}

// checkoutSide reads a checkout: its contract, its overlays and its Go.
func checkoutSide(root string) (*drift.Side, error) {
	src, err := contract.ReadSource(root)
	if err != nil {
		return nil, err
	}
	s := &drift.Side{Name: "the contract of Label Studio " + src.Version, Module: root}
	if s.Published, err = os.ReadFile(filepath.Join(root, contract.File)); err != nil {
		return nil, err
	}
	s.Effective, err = contract.Effective(root, src, overlay.Action{})
	return s, err
}

// effectiveSide applies the overlays of root to what a side publishes, as far as
// they fit, and makes Go of it.
func effectiveSide(s *drift.Side, root, scratch, version string) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(s.Published, &doc); err != nil {
		return err
	}
	files, err := overlay.Load(filepath.Join(root, contract.OverlayDir))
	if err != nil {
		return err
	}
	s.Faults = overlay.ApplyFitting(&doc, files)
	nameUnnamed(&doc)
	pruneUnused(&doc)
	effective, err := contract.Finish(&doc, version)
	if err != nil {
		s.Invalid, s.NoGo = err.Error(), "it has no valid effective contract"
		return nil
	}
	s.Effective = effective
	code, err := generate(effective, contract.Source{Version: version})
	if err != nil {
		s.NoGo = err.Error()
		return nil
	}
	s.Module = filepath.Join(scratch, "module")
	if s.ByHand, err = filepath.Abs(root); err != nil {
		return err
	}
	return copyModule(s.Module, root, code)
}

// untold are the folders of a checkout that the client does not need.
var untold = []string{".git", ".build", ".ci", "bench", "docs", "e2e", "examples", "gen", "openapi", "overlay", "testdata"}

// copyModule copies what the client consists of, with other generated files.
func copyModule(to, root string, code map[string][]byte) error {
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch base := entry.Name(); {
		case entry.IsDir() && name != "." && slices.Contains(untold, base):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case strings.HasSuffix(base, ".gen.go"), strings.HasSuffix(base, "_test.go"):
			return nil
		case strings.HasSuffix(base, ".go"), name == "go.mod", name == "go.sum":
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, name), text, 0o644)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for name, text := range code {
		if err := os.WriteFile(filepath.Join(to, name), bytes.Clone(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
