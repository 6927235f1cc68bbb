package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// documented fails for each operation, parameter and property in scope without
// a line of documentation, as that is all that Go's users see of it. Errors are
// left out: one hand-written type reads them all.
func (c *checker) documented() {
	for _, op := range c.desc.ops {
		if !c.inScope(op.id) {
			continue
		}
		undocumented := func(what, line string) {
			if strings.TrimSpace(line) == "" {
				c.failures[failure{op.id, "documented", what + " is not"}]++
			}
		}
		undocumented("the operation", op.spec.Summary)
		for _, p := range op.spec.Parameters {
			undocumented("parameter "+p.Value.Name, p.Value.Description)
		}
		visit := func(at string, ref *openapi3.SchemaRef, _ bool) {
			item := strings.HasSuffix(at, "[]") || strings.HasSuffix(at, ".*")
			if ref.Ref == "" && !item { // a bare reference shows the line of its type
				undocumented(at, ref.Value.Description)
			}
		}
		done := map[string]bool{}
		for _, media := range bodiesOf(op.spec) {
			if media.Schema != nil {
				places(media.Schema, op.id, done, visit)
			}
		}
	}
}

// bodiesOf returns the bodies of the request and of every success.
func bodiesOf(spec *openapi3.Operation) []*openapi3.MediaType {
	var list []*openapi3.MediaType
	if spec.RequestBody != nil {
		list = slices.AppendSeq(list, maps.Values(spec.RequestBody.Value.Content))
	}
	for status, answer := range spec.Responses.Map() {
		if strings.HasPrefix(status, "2") {
			list = slices.AppendSeq(list, maps.Values(answer.Value.Content))
		}
	}
	return list
}
