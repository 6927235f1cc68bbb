package main

import (
	"maps"
	"slices"
)

// recursion is the fault of a schema that leads back to itself in a way that Go
// has no type for. A struct with a list or a pointer to others like it is none.
type recursion string

func (r recursion) Error() string { return string(r) }

func (s *shaper) recursion(schema, why string) {
	fault := recursion(schema + " " + why)
	if !slices.Contains(s.faults, error(fault)) { // it may be used at many places
		s.faults = append(s.faults, fault)
	}
}

// endless finds the structs that hold themselves, and not a pointer or a list.
func (s *shaper) endless() {
	for _, name := range slices.Sorted(maps.Keys(s.shaped)) {
		if s.holds(name, name, map[string]bool{}) {
			schema := name
			if origin := s.origins[name]; s.names[origin] == name {
				schema = "components/schemas/" + origin
			}
			s.recursion(schema, "always holds another of itself: make the property optional or nullable in an overlay")
		}
	}
}

// holds says whether a value of one Go type is a part of every value of another.
func (s *shaper) holds(outer, inner string, seen map[string]bool) bool {
	if seen[outer] || s.shaped[outer] == nil {
		return false
	}
	seen[outer] = true
	for _, property := range s.shaped[outer].Value.Properties {
		if t, _ := property.Value.Extensions["x-go-type"].(string); t == inner || s.holds(t, inner, seen) {
			return true
		}
	}
	return false
}
