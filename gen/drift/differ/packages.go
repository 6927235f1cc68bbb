package main

import (
	"cmp"
	"fmt"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
	gopackages "golang.org/x/tools/go/packages"
)

// api is how the exported Go of two states of a module differs.
type api struct {
	Changes []apiChange `json:"changes"`
	// Why packages of a state do not compile. Those are not compared.
	BrokenBefore []string `json:"brokenBefore,omitempty"`
	BrokenAfter  []string `json:"brokenAfter,omitempty"`
}

type apiChange struct {
	Package    string `json:"package"` // below the module, "." for its root
	Text       string `json:"text"`
	Compatible bool   `json:"compatible"`
}

// packages compares all packages below two folders that others may import.
func packages(before, after string) (*api, error) {
	old, err := typesOf(before)
	if err != nil {
		return nil, err
	}
	now, err := typesOf(after)
	if err != nil {
		return nil, err
	}
	result := &api{Changes: []apiChange{}, BrokenBefore: old.broken, BrokenAfter: now.broken}
	for _, name := range slices.Sorted(maps.Keys(old.packages)) {
		switch {
		case now.packages[name] == nil && !now.skipped[name]:
			result.Changes = append(result.Changes, apiChange{Package: name, Text: "package removed"})
		case now.packages[name] != nil:
			for _, c := range apidiff.Changes(old.packages[name], now.packages[name]).Changes {
				result.Changes = append(result.Changes, apiChange{name, c.Message, c.Compatible})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now.packages)) {
		if old.packages[name] == nil && !old.skipped[name] {
			result.Changes = append(result.Changes, apiChange{Package: name, Text: "package added", Compatible: true})
		}
	}
	slices.SortStableFunc(result.Changes, func(a, b apiChange) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Text, b.Text))
	})
	return result, nil
}

// state is a module as far as it compiles.
type state struct {
	packages map[string]*types.Package
	skipped  map[string]bool // packages that do not compile
	broken   []string        // why, by file and line below the module
}

// tools are the folders of the module whose packages nobody imports.
var tools = []string{"bench", "e2e", "examples", "gen"}

// typesOf checks the types of the packages below dir.
func typesOf(dir string) (*state, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	names, err := importable(dir)
	if err != nil {
		return nil, err
	}
	loaded, err := gopackages.Load(&gopackages.Config{
		Mode: gopackages.NeedName | gopackages.NeedModule | gopackages.NeedFiles | gopackages.NeedImports |
			gopackages.NeedTypes | gopackages.NeedSyntax | gopackages.NeedTypesInfo,
		Dir:        dir,
		BuildFlags: []string{"-trimpath"}, // so that the build cache knows copies again
	}, names...)
	if err != nil {
		return nil, err
	}
	s := &state{packages: map[string]*types.Package{}, skipped: map[string]bool{}}
	for _, p := range loaded {
		for _, e := range p.TypeErrors {
			at := e.Fset.Position(e.Pos)
			file, err := filepath.Rel(dir, at.Filename)
			if err != nil {
				return nil, err
			}
			s.broken = append(s.broken, fmt.Sprintf("%s:%d: %s", filepath.ToSlash(file), at.Line, e.Msg))
		}
		name := below(p)
		switch {
		case len(p.TypeErrors) > 0 || p.IllTyped:
			s.skipped[name] = true
		case len(p.Errors) > 0:
			return nil, fmt.Errorf("loading package %s: %w", name, p.Errors[0])
		default:
			s.packages[name] = p.Types
		}
	}
	slices.Sort(s.broken)
	s.broken = slices.Compact(s.broken)
	return s, nil
}

// importable lists the packages of a module that others may import.
func importable(dir string) ([]string, error) {
	listed, err := gopackages.Load(&gopackages.Config{Mode: gopackages.NeedName | gopackages.NeedModule, Dir: dir}, "./...")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range listed {
		if p.Module == nil {
			return nil, fmt.Errorf("%s holds no Go module", dir)
		}
		path := strings.Split(below(p), "/")
		if p.Name != "main" && !slices.Contains(tools, path[0]) && !slices.Contains(path, "internal") {
			names = append(names, p.PkgPath)
		}
	}
	return names, nil
}

// below returns the path of a package below its module.
func below(p *gopackages.Package) string {
	return cmp.Or(strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, p.Module.Path), "/"), ".")
}
