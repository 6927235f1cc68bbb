package drift

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Contract is how one contract differs from the other.
type Contract struct {
	Class   Class       `json:"class"`
	Added   []Operation `json:"added"`
	Removed []Operation `json:"removed"`
	Changes []Change    `json:"changes"`
	Words   bool        `json:"words"`          // whether only words about the API differ
	Note    string      `json:"note,omitempty"` // what else is to be said
}

// Operation is an operation of the API.
type Operation struct {
	Go     string `json:"go,omitempty"` // as the client names it: "Projects.Get"
	Method string `json:"method"`
	Path   string `json:"path"`
	Class  Class  `json:"class,omitempty"` // of its coming or going
}

// Group is the service of the client that the operation belongs to.
func (o Operation) Group() string {
	group, _, _ := strings.Cut(o.Go, ".")
	return group
}

// Change is one change, and the operations of one group that it is seen in.
type Change struct {
	Class      Class       `json:"class"`
	Group      string      `json:"group,omitempty"`
	Text       string      `json:"text"`
	Checks     []string    `json:"checks"` // of oasdiff
	Reason     string      `json:"reason,omitempty"`
	Operations []Operation `json:"operations,omitempty"`
}

// finding is a change as the differ tells it.
type finding struct {
	Check, Level, Method, Path, Text, Component string

	With *finding `json:"-"` // what came for it, if it tells of a replacement
}

// contracts compares two contracts. They are the same only if all facts are:
// what no check has a name for is said too.
func (c *comparison) contracts(ctx context.Context, from, to []byte) (Contract, error) {
	result := Contract{Class: None, Added: []Operation{}, Removed: []Operation{}, Changes: []Change{}}
	words, facts, err := compareDocuments(from, to)
	if err != nil || !facts {
		result.Words = words
		return result, err
	}
	before, err := c.write("from.yaml", from)
	if err != nil {
		return result, err
	}
	after, err := c.write("to.yaml", to)
	if err != nil {
		return result, err
	}
	var findings []finding
	if err := c.differ.run(ctx, &findings, "contracts", before, after); err != nil {
		return result, err
	}
	result.Class = Compatible
	for _, f := range replaced(findings) {
		entry, err := classify(c.classes, f)
		if err != nil {
			return result, err
		}
		result.Class = worse(result.Class, entry.Class)
		op := Operation{Go: c.names[key(f.Method, f.Path)], Method: f.Method, Path: f.Path}
		switch {
		case f.Check == "endpoint-added":
			op.Class = entry.Class
			result.Added = append(result.Added, op)
		case operationRemoved.MatchString(f.Check):
			op.Class = entry.Class
			result.Removed = append(result.Removed, op)
		default:
			result.add(f, op, entry)
		}
	}
	result.sort()
	if len(findings) == 0 {
		result.Note = "They differ in something that no check has a name for: see `git diff` of the files."
	}
	return result, nil
}

var operationRemoved = regexp.MustCompile(`^api-(path-)?removed-|^api-path-sunset-parse$`)

// add adds a finding to the change that says the same of another operation of
// the group, or as a new one.
func (c *Contract) add(f finding, op Operation, entry classified) {
	change := Change{Class: entry.Class, Group: op.Group(), Text: words(f), Reason: entry.Reason}
	i := slices.IndexFunc(c.Changes, func(other Change) bool {
		return other.Class == change.Class && other.Group == change.Group && other.Text == change.Text
	})
	if i < 0 {
		i = len(c.Changes)
		c.Changes = append(c.Changes, change)
	}
	into := &c.Changes[i]
	for told := &f; told != nil; told = told.With {
		if !slices.Contains(into.Checks, told.Check) {
			into.Checks = append(into.Checks, told.Check)
		}
	}
	if op.Path != "" && !slices.Contains(into.Operations, op) {
		into.Operations = append(into.Operations, op)
	}
}

func (c *Contract) sort() {
	for _, change := range c.Changes {
		slices.SortFunc(change.Operations, compareOperations)
	}
	slices.SortFunc(c.Added, compareOperations)
	slices.SortFunc(c.Removed, compareOperations)
	slices.SortStableFunc(c.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), // breaking comes first
			cmp.Compare(a.Group, b.Group), cmp.Compare(a.Text, b.Text))
	})
}

func compareOperations(a, b Operation) int {
	return cmp.Or(cmp.Compare(a.Go, b.Go), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
}

// operationNames reads the Go names of all operations of two contracts; the
// second one wins.
func operationNames(contracts ...[]byte) (map[string]string, error) {
	names := map[string]string{}
	for _, text := range contracts {
		var doc struct{ Paths map[string]map[string]any }
		if err := yaml.Unmarshal(text, &doc); err != nil {
			return nil, fmt.Errorf("reading the effective contract: %w", err)
		}
		for path, item := range doc.Paths {
			for method, value := range item {
				op, _ := value.(map[string]any)
				if id, _ := op["operationId"].(string); strings.Contains(id, ".") {
					names[key(strings.ToUpper(method), path)] = id
				}
			}
		}
	}
	return names, nil
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

// key identifies an operation; the names of path parameters don't matter.
func key(method, path string) string {
	return method + " " + pathParameter.ReplaceAllString(path, "{}")
}

// compareDocuments says whether two contracts differ in words about the API, and
// whether they differ in facts. The version is neither.
func compareDocuments(a, b []byte) (words, facts bool, err error) {
	var one, two map[string]any
	if err := yaml.Unmarshal(a, &one); err != nil {
		return false, false, err
	}
	if err := yaml.Unmarshal(b, &two); err != nil {
		return false, false, err
	}
	delete(one, "info")
	delete(two, "info")
	words = !reflect.DeepEqual(one, two)
	dropProse(one)
	dropProse(two)
	return words, !reflect.DeepEqual(one, two), nil
}

// dropProse removes the words below v. Something that is named like them is a
// map.
func dropProse(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, word := range []string{"description", "summary", "x-deprecated-reason"} {
			if _, ok := v[word].(string); ok {
				delete(v, word)
			}
		}
		for _, below := range v {
			dropProse(below)
		}
	case []any:
		for _, below := range v {
			dropProse(below)
		}
	}
}
