// Package overlay applies OpenAPI Overlay files to a description, strictly: an
// action that matches nothing, or any part of which changes nothing, is an
// error. So the corrections of a description shrink as the description improves.
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

// Fault is something wrong with one action: where it stands, and what.
type Fault struct {
	Action Action
	Reason string
}

func (f *Fault) Error() string { return f.Action.String() + ": " + f.Reason }

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
			faults = append(faults, &Fault{action, "has no description: say why it is there and how it was seen"})
		case a.Remove == !a.Update.IsZero():
			faults = append(faults, &Fault{action, "needs either `update` or `remove: true`"})
		case a.Copy != "":
			faults = append(faults, &Fault{action, "copies: write an update that says what is meant"})
		case hasAlias(&a.Update):
			faults = append(faults, &Fault{action, "has a YAML alias: write out what it stands for"})
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

// Apply applies the files to a description in place and returns every fault
// that it found, joined.
func Apply(root *yaml.Node, files []*File) error {
	return apply(root, files, Action{})
}

// ApplyWithout applies all actions but one, and forgives what no longer fits
// because that one is missing.
func ApplyWithout(root *yaml.Node, files []*File, without Action) error {
	if !slices.ContainsFunc(files, func(f *File) bool { return slices.Contains(f.Actions, without) }) {
		return fmt.Errorf("%s: there is no such action", without)
	}
	var fault *Fault
	if err := apply(root, files, without); err != nil && !errors.As(err, &fault) {
		return err
	}
	return nil
}

func apply(root *yaml.Node, files []*File, without Action) error {
	var faults []error
	var removed []removal
	for _, file := range files {
		for i, action := range file.Actions {
			if action.File == without.File && action.Index == without.Index {
				continue
			}
			gone, err := applyOne(root, file.doc, i, action)
			removed = append(removed, gone...)
			if err != nil {
				faults = append(faults, err)
			}
		}
	}
	for _, gone := range removed {
		if gone.isBack(root) {
			faults = append(faults, &Fault{gone.action, fmt.Sprintf("changes nothing: %s is put back as it was by a later action", gone.at)})
		}
	}
	return errors.Join(faults...)
}

func applyOne(root *yaml.Node, doc *overlay.Overlay, i int, action Action) ([]removal, error) {
	path, err := doc.NewPath(action.Target, nil)
	if err != nil {
		return nil, &Fault{action, fmt.Sprintf("target is not a JSONPath: %v", err)}
	}
	targets := path.Query(root)
	if len(targets) == 0 {
		return nil, &Fault{action, "matches nothing"}
	}
	found := places(root, targets)
	update := &doc.Actions[i].Update
	var faults []error
	var removed []removal
	for n, target := range targets {
		at, ok := found[target]
		switch {
		case !ok:
			faults = append(faults, &Fault{action, fmt.Sprintf("matches a key (%s): aim at its value", target.Value)})
		case slices.Contains(targets[:n], target):
			faults = append(faults, &Fault{action, fmt.Sprintf("matches %s twice", at)})
		case action.Remove:
			removed = append(removed, removal{action: action, at: at, value: clone(target)})
		default:
			for _, idle := range idleLeaves(target, update, "") {
				faults = append(faults, &Fault{action, fmt.Sprintf("changes nothing at %s%s", at, idle)})
			}
			for _, ghost := range ghosts(target, update, fmt.Sprint(at)) {
				faults = append(faults, &Fault{action, "documents what is not there: " + ghost})
			}
			retype(target, update)
		}
	}
	one := *doc
	one.Actions = doc.Actions[i : i+1]
	if _, err := one.ApplyToStrict(root); err != nil {
		faults = append(faults, &Fault{action, err.Error()})
	}
	return removed, errors.Join(faults...)
}
