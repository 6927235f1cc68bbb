package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// looseness is the check of the contract itself, since a contract that allows
// everything is true of every server. What it allows must have been recorded,
// or be cited in evidence/:
//
//   - each status and each content type of an answer;
//   - each property that an answer may leave out or set to null;
//   - each parameter, body type and property of a request, and null where a
//     property takes it, answered with success;
//   - text in a path, where a parameter is no integer.
//
// Besides, no answer may be declared for every status, free-form JSON needs a
// reason, and nothing may be declared that is not used.
func (c *checker) looseness(notes *notes) {
	loose := map[string]string{} // place and kind → what to do about it
	free := map[string]bool{}
	for _, op := range c.desc.ops {
		for _, alternative := range op.security {
			for name := range alternative {
				if c.desc.doc.Components.SecuritySchemes[name] == nil {
					c.failures[failure{op.id, "scheme declared", name + " is not"}]++
				}
			}
		}
		if c.inScope(op.id) {
			c.looseOperation(op, loose, free)
		}
	}
	c.unused()
	for _, at := range slices.Sorted(maps.Keys(free)) {
		if notes.FreeForm[at] == "" {
			c.failures[failure{at, "free form reasoned", "give the reason in freeform/, or a type"}]++
		}
	}
	all := len(scope) == 0 // else a reason may be for another group
	for _, at := range slices.Sorted(maps.Keys(notes.FreeForm)) {
		if all && !free[at] {
			c.failures[failure{at, "free form reasoned", "freeform/ names it, but it is not free-form"}]++
		}
	}
	for _, key := range slices.Sorted(maps.Keys(loose)) {
		if !c.seen[key] && !notes.cites(key) {
			i := strings.LastIndex(key, " ")
			c.failures[failure{key[:i], "looseness seen", key[i+1:] + " was never recorded: " + loose[key]}]++
		}
	}
	for _, key := range notes.cited() {
		if all && loose[key] == "" {
			c.failures[failure{key, "looseness seen", "evidence/ cites it, but the contract does not allow it"}]++
		}
	}
}

const (
	orForbid = "record it, cite it in evidence/, or forbid it"
	orRemove = "record it, cite it in evidence/, or take it out"
)

func (c *checker) looseOperation(op *describedOp, loose map[string]string, free map[string]bool) {
	done := map[string]bool{}
	for _, p := range op.spec.Parameters {
		switch {
		case p.Value.In == openapi3.ParameterInQuery:
			loose[parameterPlace(op, p.Value.Name)+" sent"] = orRemove
		case p.Value.Schema.Value.Type.Is("string"):
			loose[parameterPlace(op, p.Value.Name)+" text"] = "record it, cite it in evidence/, or make it an integer"
		}
	}
	if op.spec.RequestBody != nil {
		for name, media := range op.spec.RequestBody.Value.Content {
			loose[op.id+" request "+name+" sent"] = orRemove
			freePlaces(media.Schema, op.id+" request", done, free)
			eachProperty(media.Schema, op.id+" request", func(at string, ref *openapi3.SchemaRef, _ bool) {
				loose[at+" value"] = orRemove
				if nullable(ref) {
					loose[at+" null"] = orForbid
				}
			})
		}
	}
	for status, answer := range op.spec.Responses.Map() {
		if strings.Trim(status, "0123456789") != "" {
			c.failures[failure{op.id, "status exact", status + " says nothing"}]++
			continue
		}
		loose[op.id+" "+status+" answered"] = orRemove
		for name, media := range answer.Value.Content {
			loose[responsePlace(op, status)+" "+name+" answered"] = orRemove
			freePlaces(media.Schema, op.id+" "+status, done, free)
			if !strings.HasPrefix(status, "2") {
				continue
			}
			eachProperty(media.Schema, op.id+" "+status, func(at string, ref *openapi3.SchemaRef, required bool) {
				if !required {
					loose[at+" absent"] = orForbid
				}
				if nullable(ref) {
					loose[at+" null"] = orForbid
				}
			})
		}
	}
}

func freePlaces(schema *openapi3.SchemaRef, at string, done, free map[string]bool) {
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
		if below := unwrap(ref); freeForm(below) {
			free[cmp.Or(schemaName(below), at)] = true
		}
	})
}

// eachProperty is places without the items of lists and maps.
func eachProperty(schema *openapi3.SchemaRef, at string, visit func(at string, ref *openapi3.SchemaRef, required bool)) {
	if schema == nil {
		return
	}
	places(schema, at, map[string]bool{}, func(at string, ref *openapi3.SchemaRef, required bool) {
		if !strings.HasSuffix(at, "[]") && !strings.HasSuffix(at, ".*") {
			visit(at, ref, required)
		}
	})
}

// unused finds components that nothing refers to.
func (c *checker) unused() {
	text, err := json.Marshal(c.desc.doc)
	if err != nil {
		c.failures[failure{"(contract)", "readable", err.Error()}]++
		return
	}
	components := c.desc.doc.Components
	for _, path := range slices.Concat(
		prefixed("schemas/", slices.Sorted(maps.Keys(components.Schemas))),
		prefixed("responses/", slices.Sorted(maps.Keys(components.Responses))),
	) {
		if !strings.Contains(string(text), fmt.Sprintf("%q", "#/components/"+path)) {
			c.failures[failure{path, "used", "nothing refers to it"}]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(components.SecuritySchemes)) {
		used := slices.ContainsFunc(c.desc.ops, func(op *describedOp) bool {
			return slices.ContainsFunc(op.security, func(alternative openapi3.SecurityRequirement) bool {
				_, ok := alternative[name]
				return ok
			})
		})
		if !used {
			c.failures[failure{"securitySchemes/" + name, "used", "no operation asks for it"}]++
		}
	}
}

func prefixed(prefix string, names []string) []string {
	for i := range names {
		names[i] = prefix + names[i]
	}
	return names
}
