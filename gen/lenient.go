package main

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// nameUnnamed gives every operation of an effective contract that no overlay
// names yet a name of the same form, so that Go can be made of it: the group of
// the operations whose paths begin alike, and the method from its own id. It is
// for a look ahead only; what is checked in has names that somebody chose.
func nameUnnamed(doc *yaml.Node) {
	type unnamed struct {
		path string
		id   *yaml.Node
	}
	var wanting []unnamed
	groupOf := map[string]string{} // by path
	taken := map[string]bool{}
	for path, item := range pairs(member(doc.Content[0], "paths")) {
		for _, op := range pairs(item) {
			id := member(op, "operationId")
			if id == nil || id.Kind != yaml.ScalarNode {
				continue
			}
			if parts := operationID.FindStringSubmatch(id.Value); parts != nil {
				groupOf[path] = parts[1]
				taken[id.Value] = true
			} else {
				wanting = append(wanting, unnamed{path, id})
			}
		}
	}
	for _, u := range wanting {
		group, best := "Unnamed", 0
		for _, path := range slices.Sorted(maps.Keys(groupOf)) { // of two alike, the shorter path comes first
			if n := commonSegments(path, u.path); n > best {
				group, best = groupOf[path], n
			}
		}
		name := group + "." + goName(u.id.Value)
		for taken[name] {
			name += "2"
		}
		taken[name] = true
		u.id.SetString(name)
	}
}

// commonSegments counts the segments that two paths begin with, without the
// "api" of all.
func commonSegments(a, b string) int {
	one, two := strings.Split(strings.Trim(a, "/"), "/"), strings.Split(strings.Trim(b, "/"), "/")
	n := 0
	for n < min(len(one), len(two)) && one[n] == two[n] {
		n++
	}
	return max(n-1, 0)
}

// member returns the value of a key of a map, or nil.
func member(n *yaml.Node, key string) *yaml.Node {
	for k, v := range pairs(n) {
		if k == key {
			return v
		}
	}
	return nil
}

// pairs yields the keys and values of a map; of anything else none.
func pairs(n *yaml.Node) func(yield func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// pruneUnused removes what of the components of an effective contract no
// operation uses. It was there for one that is gone.
func pruneUnused(doc *yaml.Node) {
	components := member(doc.Content[0], "components")
	used := map[string]bool{} // by reference
	var use func(n *yaml.Node)
	use = func(n *yaml.Node) {
		if place, ok := strings.CutPrefix(n.Value, "#/components/"); ok && !used[n.Value] {
			used[n.Value] = true
			kind, name, _ := strings.Cut(place, "/")
			if part := member(member(components, kind), name); part != nil {
				use(part)
			}
		}
		for _, below := range n.Content {
			use(below)
		}
	}
	for name, part := range pairs(doc.Content[0]) {
		if name != "components" {
			use(part)
		}
	}
	for kind, parts := range pairs(components) {
		if kind == "securitySchemes" { // named, not referred to
			continue
		}
		kept := parts.Content[:0:0]
		for i := 0; i+1 < len(parts.Content); i += 2 {
			if used["#/components/"+kind+"/"+parts.Content[i].Value] {
				kept = append(kept, parts.Content[i:i+2]...)
			}
		}
		parts.Content = kept
	}
}
