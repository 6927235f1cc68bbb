package overlay

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// Apply applies the files to a description in place and returns every fault
// that it found, joined.
func Apply(root *yaml.Node, files []*File) error {
	faults := ApplyFitting(root, files)
	joined := make([]error, len(faults))
	for i, fault := range faults {
		joined[i] = fault
	}
	return errors.Join(joined...)
}

// ApplyFitting applies to a description, in place, whatever fits: actions, or
// parts of them. It returns what does not, in the order of the actions, with
// what each wanted and what stands there now.
func ApplyFitting(root *yaml.Node, files []*File) []*Fault {
	return applyFitting(root, files, Action{})
}

// ApplyWithout applies all actions but one, and forgives what no longer fits
// because that one is missing.
func ApplyWithout(root *yaml.Node, files []*File, without Action) error {
	if !slices.ContainsFunc(files, func(f *File) bool { return slices.Contains(f.Actions, without) }) {
		return fmt.Errorf("%s: there is no such action", without)
	}
	applyFitting(root, files, without)
	return nil
}

func applyFitting(root *yaml.Node, files []*File, without Action) []*Fault {
	a := &application{root: root, order: map[Action]int{}, done: map[Action]int{}}
	for _, file := range files {
		for i, action := range file.Actions {
			a.order[action] = len(a.order)
			if action.File == without.File && action.Index == without.Index {
				continue
			}
			a.apply(file.doc, &file.doc.Actions[i], action)
		}
	}
	a.finish()
	return a.faults
}

// application is the work on one description.
type application struct {
	root     *yaml.Node
	order    map[Action]int
	faults   []*Fault
	removals []*removal
	demands  []demand
	unmade   []unmade
	done     map[Action]int // how many places an action changed
}

// unmade is what an action should have put at a place and could not.
type unmade struct {
	action Action
	keys   []string // of the place
	value  *yaml.Node
}

func (a *application) apply(doc *overlay.Overlay, rule *overlay.Action, action Action) {
	path, err := doc.NewPath(action.Target, nil)
	if err != nil {
		a.fault(&Fault{Action: action, Reason: fmt.Sprintf("target is not a JSONPath: %v", err)})
		return
	}
	targets := path.Query(a.root)
	if len(targets) == 0 {
		a.astray(doc, rule, action)
		return
	}
	found := places(a.root, targets)
	for n, target := range targets {
		if at, ok := found[target]; !ok {
			a.fault(&Fault{Action: action, Reason: fmt.Sprintf("matches a key (%s): aim at its value", target.Value)})
			return
		} else if slices.Contains(targets[:n], target) {
			a.fault(&Fault{Action: action, Reason: fmt.Sprintf("matches %s twice", at), At: fmt.Sprint(at)})
			return
		}
	}
	if action.Remove {
		for _, target := range targets {
			a.removals = append(a.removals, &removal{action: action, at: found[target], value: clone(target)})
		}
		a.run(doc, a.root, *rule, action)
		a.done[action] = len(targets)
		return
	}
	for _, target := range targets {
		f := fitting{action: action}
		update := f.top(target, &rule.Update, found[target].String())
		a.demands = append(a.demands, f.demands...)
		for _, fault := range f.faults {
			a.fault(fault)
		}
		a.unmade = append(a.unmade, f.unmade...)
		if update == nil {
			continue
		}
		retype(target, update)
		a.run(doc, target, overlay.Action{Target: "$", Update: *update}, action)
		a.done[action]++
		a.noteBack(action, found[target])
	}
}

func (a *application) fault(fault *Fault) { a.faults = append(a.faults, fault) }

// run lets the library do one thing to a part of the description.
func (a *application) run(doc *overlay.Overlay, root *yaml.Node, rule overlay.Action, action Action) {
	one := *doc
	one.Actions = []overlay.Action{rule}
	if _, err := one.ApplyToStrict(root); err != nil {
		a.fault(&Fault{Action: action, Reason: err.Error()})
	}
}

// astray notes that a target matches nothing, and how far it gets.
func (a *application) astray(doc *overlay.Overlay, rule *overlay.Action, action Action) {
	fault := &Fault{Action: action, Reason: "matches nothing", Expected: brief(&rule.Update)}
	steps := segments(action.Target)
	n := len(steps) - 1
	for ; n >= 0; n-- {
		fault.At = "$" + strings.Join(steps[:n], "")
		path, err := doc.NewPath(fault.At, nil)
		if err != nil {
			continue
		}
		if there := path.Query(a.root); len(there) == 1 {
			fault.Found = without(there[0], steps[n])
			break
		} else if len(there) > 1 {
			fault.Found = fmt.Sprintf("%d places, none with %s", len(there), strings.Join(steps[n:], ""))
			break
		}
	}
	missing := steps[max(n, 0):]
	if action.Remove {
		fault.Expected = strings.Join(missing, "") + " to remove"
		// A list is left out when it is empty.
		fault.Obsolete = len(missing) == 1 || len(missing) == 2 && strings.HasPrefix(missing[1], "[?")
	} else {
		a.unmade = append(a.unmade, unmade{action, literals(steps), &rule.Update})
	}
	fault.Follows = a.maker(literals(steps[:min(n+1, len(steps))]), n+1)
	a.fault(fault)
}

// maker returns the action that should have made what is missing: the last of
// so many keys.
func (a *application) maker(keys []string, depth int) Action {
	if len(keys) < depth {
		return Action{} // not all steps are keys
	}
	for _, u := range a.unmade {
		if len(u.keys) >= len(keys) || !slices.Equal(u.keys, keys[:len(u.keys)]) {
			continue
		}
		value := u.value
		for _, key := range keys[len(u.keys):] {
			if value = child(value, key); value == nil {
				break
			}
		}
		if value != nil {
			return u.action
		}
	}
	return Action{}
}

// noteBack notes what an update of a place has put back.
func (a *application) noteBack(action Action, at place) {
	for _, gone := range a.removals {
		if gone.back.File == "" && gone.at.within(at) && gone.isBack(a.root) {
			gone.back = action
		}
	}
}

// finish looks at what only the whole of the actions can tell.
func (a *application) finish() {
	for _, gone := range a.removals {
		if gone.back.File == "" || !gone.isBack(a.root) {
			continue
		}
		a.done[gone.action]--
		value := brief(gone.value)
		a.fault(&Fault{
			Action: gone.action, Reason: fmt.Sprintf("changes nothing: %s is put back as it was by %s", gone.at, gone.back),
			At: gone.at.String(), Expected: "something else than " + value, Found: value, Obsolete: true,
		})
	}
	for _, d := range a.demands {
		list := child(d.schema, "required")
		if d.isMet() || list == nil || !drop(list, d.name) {
			continue
		}
		a.fault(&Fault{
			Action: d.action, Reason: fmt.Sprintf("requires what is not there: %s/properties/%s", d.at, escape(d.name)),
			At: d.at + "/properties", Expected: d.name, Found: without(child(d.schema, "properties"), "."+d.name),
		})
	}
	for _, fault := range a.faults {
		fault.Partial = a.done[fault.Action] > 0
	}
	slices.SortStableFunc(a.faults, func(x, y *Fault) int { return a.order[x.Action] - a.order[y.Action] })
}
