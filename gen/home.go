package main

import (
	"maps"
	"regexp"
	"slices"
)

var typeWord = regexp.MustCompile(`\b[A-Z][A-Za-z0-9]*`)

// homes says of each type in which group's file it stands: in that of the only
// group that uses it, so that a change to a group touches that group's file, or
// in the one for types of several groups, which is "".
func (s *shaper) homes(ops []*operation) map[string]string {
	users := map[string]map[string]bool{} // type → groups
	var use func(goType, group string)
	use = func(goType, group string) {
		for _, name := range typeWord.FindAllString(goType, -1) {
			ref := s.shaped[name]
			if ref == nil || users[name][group] {
				continue
			}
			if users[name] == nil {
				users[name] = map[string]bool{}
			}
			users[name][group] = true
			for _, property := range ref.Value.Properties {
				below, _ := property.Value.Extensions["x-go-type"].(string)
				use(below, group)
			}
		}
	}
	for _, op := range ops {
		use(op.Body, op.Group)
		use(op.Result, op.Group)
		for _, arg := range slices.Concat(op.PathParams, op.Query) {
			use(arg.Type, op.Group)
		}
	}
	homes := map[string]string{}
	for name := range s.shaped {
		if groups := slices.Collect(maps.Keys(users[name])); len(groups) == 1 {
			homes[name] = groups[0]
		} else {
			homes[name] = ""
		}
	}
	return homes
}
