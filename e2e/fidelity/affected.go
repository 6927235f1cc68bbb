package main

import (
	"encoding/json"
	"maps"
	"regexp"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/labelstudio-go/labelstudio/e2e/record"
)

// shape is what a description says, in parts that can be compared.
type shape struct {
	routes     map[string]bool   // methods and templates
	operations map[string]string // by id: the operation with its security, as JSON
	components map[string]string // by reference
	security   string
}

func shapeOf(d *description) (shape, error) {
	s := shape{routes: map[string]bool{}, operations: map[string]string{}, components: map[string]string{}}
	components := d.doc.Components
	kinds := map[string]any{
		"schemas": components.Schemas, "responses": components.Responses, "parameters": components.Parameters,
		"requestBodies": components.RequestBodies, "headers": components.Headers, "securitySchemes": components.SecuritySchemes,
	}
	for kind, all := range kinds {
		text, err := json.Marshal(all)
		if err != nil {
			return s, err
		}
		var parts map[string]json.RawMessage
		if err := json.Unmarshal(text, &parts); err != nil {
			return s, err
		}
		for name, part := range parts {
			s.components["#/components/"+kind+"/"+name] = string(part)
		}
		if kind == "securitySchemes" {
			s.security = string(text)
		}
	}
	for _, op := range d.ops {
		text, err := json.Marshal(struct {
			Operation *openapi3.Operation
			Security  openapi3.SecurityRequirements
		}{op.spec, op.security})
		if err != nil {
			return s, err
		}
		s.routes[op.method+" "+op.template] = true
		s.operations[op.id] = string(text)
	}
	return s, nil
}

var reference = regexp.MustCompile(`"\$ref":"(#/components/[^"]+)"`)

// affected reports, of each operation, whether two descriptions differ in it or
// in what it refers to. all means that they may differ in any.
func affected(before, after shape) (changed map[string]bool, all bool) {
	if !maps.Equal(before.routes, after.routes) || before.security != after.security {
		return nil, true
	}
	touched := map[string]bool{}
	for _, side := range []shape{before, after} {
		for name := range side.components {
			touched[name] = touched[name] || before.components[name] != after.components[name]
		}
	}
	// What refers to what is touched is touched.
	for grown := true; grown; {
		grown = false
		for name, text := range after.components {
			if !touched[name] && refersTo(text, touched) {
				touched[name], grown = true, true
			}
		}
	}
	changed = map[string]bool{}
	for id, text := range after.operations {
		changed[id] = before.operations[id] != text || refersTo(text, touched)
	}
	return changed, false
}

func refersTo(text string, touched map[string]bool) bool {
	for _, found := range reference.FindAllStringSubmatch(text, -1) {
		if touched[found[1]] {
			return true
		}
	}
	return false
}

// byOperation groups exchanges by the operation that a description has them of.
func byOperation(d *description, exchanges []*record.Exchange) map[string][]*record.Exchange {
	groups := map[string][]*record.Exchange{}
	for _, ex := range exchanges {
		id := ""
		if op, known := d.find(ex.Method, ex.Path); known {
			id = op.id
		}
		groups[id] = append(groups[id], ex)
	}
	return groups
}
