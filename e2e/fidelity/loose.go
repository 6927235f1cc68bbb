package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// looseness is the check of the contract itself, since a contract that allows
// everything is true of every server: no default answers, free-form JSON only
// where a reason is given, and what answers may leave out or set to null must
// have been seen so, or be cited.
func (c *checker) looseness(notes *notes) {
	free, loose := map[string]bool{}, map[string]bool{}
	for _, op := range c.desc.ops {
		if !c.inScope(op.id) {
			continue
		}
		fail := func(check, format string, args ...any) {
			c.failures[failure{op.id, check, fmt.Sprintf(format, args...)}]++
		}
		done := map[string]bool{}
		if op.spec.RequestBody != nil {
			for _, media := range op.spec.RequestBody.Value.Content {
				c.freePlaces(media.Schema, op.id+" request", done, free)
			}
		}
		for status, answer := range op.spec.Responses.Map() {
			if strings.Trim(status, "0123456789") != "" {
				fail("status exact", "%s says nothing", status)
			}
			for _, media := range answer.Value.Content {
				c.freePlaces(media.Schema, op.id+" "+status, done, free)
				if strings.HasPrefix(status, "2") {
					loosePlaces(media.Schema, op.id+" "+status, loose)
				}
			}
		}
	}
	for _, at := range slices.Sorted(maps.Keys(free)) {
		if notes.FreeForm[at] == "" {
			c.failures[failure{at, "free form reasoned", "give the reason in freeform.yaml, or a type"}]++
		}
	}
	for _, at := range slices.Sorted(maps.Keys(notes.FreeForm)) {
		if !free[at] {
			c.failures[failure{at, "free form reasoned", "freeform.yaml names it, but it is not free-form"}]++
		}
	}
	for _, key := range slices.Sorted(maps.Keys(loose)) {
		if !c.seen[key] && !notes.cites(key) {
			at, kind, _ := strings.Cut(key, " ")
			if i := strings.LastIndex(key, " "); i >= 0 {
				at, kind = key[:i], key[i+1:]
			}
			c.failures[failure{at, "looseness seen", kind + " was never recorded: record it, cite it in evidence.yaml, or forbid it"}]++
		}
	}
	for _, key := range notes.cited() {
		if !loose[key] {
			c.failures[failure{key, "looseness seen", "evidence.yaml cites it, but the contract does not allow it"}]++
		}
	}
}

func (c *checker) freePlaces(schema *openapi3.SchemaRef, at string, done, free map[string]bool) {
	if schema == nil {
		return
	}
	if name := schemaName(unwrap(schema)); name != "" {
		at = name
	}
	if freeForm(unwrap(schema)) {
		free[at] = true
	}
	places(schema, at, done, func(at string, ref *openapi3.SchemaRef, _ bool) {
		if below := unwrap(ref); freeForm(below) && schemaName(below) == "" {
			free[at] = true
		}
	})
}

// loosePlaces collects what an answer may leave out or set to null.
func loosePlaces(schema *openapi3.SchemaRef, at string, loose map[string]bool) {
	if schema == nil {
		return
	}
	places(schema, at, map[string]bool{}, func(at string, ref *openapi3.SchemaRef, required bool) {
		if strings.HasSuffix(at, "[]") || strings.HasSuffix(at, ".*") {
			return
		}
		if !required {
			loose[at+" absent"] = true
		}
		if nullable(ref) {
			loose[at+" null"] = true
		}
	})
}
