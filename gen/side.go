package main

import (
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
// What is no checkout gets the overlays and the code of the one at root.
func side(ctx context.Context, root, what string) (*drift.Side, error) {
	if info, err := os.Stat(what); err == nil && info.IsDir() {
		return checkoutSide(what)
	}
	s := &drift.Side{Name: what, ByHand: root}
	version := "0" // of what does not say
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
	if err == nil {
		err = correct(s, version)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	return s, nil
}

// checkoutSide reads a checkout: its contract, its overlays and, if those fit, its
// Go as it is there.
func checkoutSide(root string) (*drift.Side, error) {
	src, err := contract.ReadSource(root)
	if err != nil {
		return nil, err
	}
	s := &drift.Side{Name: "the contract of Label Studio " + src.Version, ByHand: root}
	if where := filepath.ToSlash(filepath.Clean(root)); where != "." {
		s.Name += " in " + where
	}
	if s.Published, err = os.ReadFile(filepath.Join(root, contract.File)); err != nil {
		return nil, err
	}
	if err := correct(s, src.Version); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	if len(s.Faults) == 0 && s.Invalid == "" {
		s.Module = root
	}
	return s, nil
}

// correct applies the overlays to what a side publishes, as far as they fit.
func correct(s *drift.Side, version string) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(s.Published, &doc); err != nil {
		return err
	}
	if doc.Kind != yaml.DocumentNode || doc.Content[0].Kind != yaml.MappingNode {
		return errors.New("the contract is not an OpenAPI document")
	}
	files, err := overlay.Load(filepath.Join(s.ByHand, contract.OverlayDir))
	if err != nil {
		return err
	}
	if s.Faults = overlay.ApplyFitting(&doc, files); len(s.Faults) > 0 {
		pruneUnused(&doc)
	}
	nameUnnamed(&doc)
	s.Effective, err = contract.Finish(&doc, version)
	s.Invalid = reason(err)
	return nil
}

// makeModule makes Go of a side's effective contract, in a copy of the module in
// the folder, unless the side has its Go.
func makeModule(s *drift.Side, folder string) error {
	if s.Invalid != "" {
		s.NoGo = "it has no valid effective contract"
	}
	if s.Module != "" || s.NoGo != "" {
		return nil
	}
	code, err := buildFrom(s.Effective, contract.Source{})
	if endless := recursion(""); errors.As(err, &endless) {
		return fmt.Errorf("%s: %w", s.Name, endless)
	}
	if s.NoGo = reason(err); s.NoGo != "" {
		return nil
	}
	s.Module = folder
	return copyModule(folder, s.ByHand, code)
}

// reason is what the report says of an error, if it is one.
func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
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
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
