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
				reach(p.Value.Schema, sent)
			}
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Value.Content {
					reach(media.Schema, sent)
				}
			}
			for status, answer := range op.Responses.Map() {
				seen := refused
				if strings.HasPrefix(status, "2") {
					seen = received
				}
				for _, media := range answer.Value.Content {
					reach(media.Schema, seen)
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

// reach adds the names of all components that ref leads to.
func reach(ref *openapi3.SchemaRef, seen map[string]bool) {
	if ref == nil {
		return
	}
	if name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
		if seen[name] {
			return
		}
		seen[name] = true
	}
	v := ref.Value
	for _, below := range v.Properties {
		reach(below, seen)
	}
	for _, list := range []openapi3.SchemaRefs{v.AllOf, v.OneOf, v.AnyOf} {
		for _, below := range list {
			reach(below, seen)
		}
	}
	reach(v.Items, seen)
	reach(v.AdditionalProperties.Schema, seen)
}
