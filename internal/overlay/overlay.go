// Package overlay applies OpenAPI Overlay files to a description. Everything
// that an action says must fit: an action that matches nothing, or any part of
// which changes nothing, is a [Fault]. So the corrections of a description shrink
// as the description improves. [Apply] takes a fault for an error; [ApplyFitting]
// goes on with the rest, for those who want to know how far the overlays get.
package overlay

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// File is one overlay file.
type File struct {
	Name    string // file name without its folder
	Actions []Action
	doc     *overlay.Overlay
}

// Action is one action of a file.
type Action struct {
	File        string
	Index       int // counted from 1
	Target      string
	Description string
	Remove      bool
}

func (a Action) String() string {
	kind := "update"
	if a.Remove {
		kind = "remove"
	}
	return fmt.Sprintf("%s: action %d (%s %s)", a.File, a.Index, kind, a.Target)
}

// Load reads the overlay files of a folder in the order of their names.
func Load(dir string) ([]*File, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s: no overlay files (*.yaml)", dir)
	}
	slices.Sort(paths)
	files := make([]*File, 0, len(paths))
	var faults []error
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := Parse(filepath.Base(path), data)
		if err != nil {
			faults = append(faults, err)
		}
		files = append(files, file)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return files, nil
}

// Parse reads one overlay file. Version 1.1.0 is asked for, because the library
// reads the targets of 1.0.0 files by other rules than RFC 9535.
func Parse(name string, data []byte) (*File, error) {
	var doc overlay.Overlay
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if doc.Version != overlay.Version110 || !doc.UsesRFC9535() {
		return nil, fmt.Errorf("%s: overlay version is %q: write `overlay: %s`, and no x-speakeasy-jsonpath", name, doc.Version, overlay.Version110)
	}
	if len(doc.Actions) == 0 {
		return nil, fmt.Errorf("%s: has no actions", name)
	}
	file := &File{Name: name, doc: &doc}
	var faults []error
	for i, a := range doc.Actions {
		action := Action{File: name, Index: i + 1, Target: a.Target, Description: a.Description, Remove: a.Remove}
		file.Actions = append(file.Actions, action)
		switch {
		case strings.TrimSpace(a.Description) == "":
			faults = append(faults, &Fault{Action: action, Reason: "has no description: say why it is there and how it was seen"})
		case a.Remove == !a.Update.IsZero():
			faults = append(faults, &Fault{Action: action, Reason: "needs either `update` or `remove: true`"})
		case a.Copy != "":
			faults = append(faults, &Fault{Action: action, Reason: "copies: write an update that says what is meant"})
		case hasAlias(&a.Update):
			faults = append(faults, &Fault{Action: action, Reason: "has a YAML alias: write out what it stands for"})
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return file, nil
}

// hasAlias says whether an alias stands somewhere in n. One may stand for a
// value that contains it.
func hasAlias(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, hasAlias)
}
