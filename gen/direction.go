package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// directions checks that requests and answers share enums only, so that each
// direction can be shaped by itself: what an answer always holds need not be
// sent, and what a request may leave out may always come. It leaves out what
// only errors hold: one hand-written type reads them all.
func (s *shaper) directions() {
	sent, received, refused := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, item := range s.doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, p := range op.Parameters {
				s.reach(p.Value.Schema, sent)
			}
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Value.Content {
					s.reach(media.Schema, sent)
				}
			}
			for status, answer := range op.Responses.Map() {
				seen := refused
				if strings.HasPrefix(status, "2") {
					seen = received
				}
				for _, media := range answer.Value.Content {
					s.reach(media.Schema, seen)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if received[name] && !isEnum(s.doc.Components.Schemas[name].Value) {
			s.fault("components/schemas/%s stands in requests and in answers: give each its own, in an overlay", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.doc.Components.Schemas)) {
		switch {
		case sent[name] || received[name]:
		case refused[name]:
			delete(s.origins, s.names[name])
			delete(s.names, name)
		default:
			s.fault("components/schemas/%s is used by no operation: remove it in an overlay", name)
		}
	}
}

// reach adds the names of all components that ref leads to. Only what has a name
// can be referred to: a way into the middle of something may lead back to itself.
func (s *shaper) reach(ref *openapi3.SchemaRef, seen map[string]bool) {
	if ref == nil {
		return
	}
	if ref.Ref != "" {
		name := strings.TrimPrefix(ref.Ref, "#/components/schemas/")
		if s.names[name] == "" {
			s.fault("%s is no schema with a name: give it one in components/schemas, in an overlay", ref.Ref)
			return
		}
		if seen[name] {
			return
		}
		seen[name] = true
	}
	v := ref.Value
	for _, below := range v.Properties {
		s.reach(below, seen)
	}
	for _, list := range []openapi3.SchemaRefs{v.AllOf, v.OneOf, v.AnyOf} {
		for _, below := range list {
			s.reach(below, seen)
		}
	}
	s.reach(v.Items, seen)
	s.reach(v.AdditionalProperties.Schema, seen)
}
