package main

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// evidence holds what was recorded, by place and what was seen there:
// "Schema.property absent", "Schema.property null", "Schema.property value" and
// so on.
type evidence map[string]bool

// walker goes through a value along its schema.
type walker struct {
	seen evidence // nil: not wanted
	fail failFunc
}

// walk checks value, which stands at a place named after the nearest component.
func (w *walker) walk(ref *openapi3.SchemaRef, value any, at string) {
	ref = unwrap(ref)
	if name := schemaName(ref); name != "" {
		at = name
	}
	schema := ref.Value
	switch value := value.(type) {
	case map[string]any:
		if len(schema.Properties) > 0 {
			w.object(schema, value, at)
			return
		}
		if values := schema.AdditionalProperties.Schema; values != nil {
			for _, key := range slices.Sorted(maps.Keys(value)) {
				w.walk(values, value[key], at+".*")
			}
		}
	case []any:
		if schema.Items != nil {
			for _, item := range value {
				w.walk(schema.Items, item, at+"[]")
			}
		}
	case string:
		if schema.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339Nano, value); err != nil {
				w.fail("date-time valid", "%s: %q", at, value)
			}
		}
	case json.Number:
		if _, err := value.Int64(); err != nil && schema.Type.Is("integer") {
			w.fail("integer valid", "%s: %s", at, value)
		}
	}
}

func (w *walker) object(schema *openapi3.Schema, value map[string]any, at string) {
	for _, key := range slices.Sorted(maps.Keys(value)) {
		below := schema.Properties[key]
		if below == nil {
			w.fail("property declared", "%s.%s", at, key)
			continue
		}
		w.walk(below, value[key], at+"."+key)
	}
	if w.seen == nil {
		return
	}
	for key := range schema.Properties {
		kind := "value"
		if sent, ok := value[key]; !ok {
			kind = "absent"
		} else if sent == nil {
			kind = "null"
		}
		w.seen[at+"."+key+" "+kind] = true
	}
}

// unwrap looks through the wrapper that makes a reference nullable.
func unwrap(ref *openapi3.SchemaRef) *openapi3.SchemaRef {
	if ref.Ref == "" && len(ref.Value.AllOf) == 1 && ref.Value.Type == nil {
		return unwrap(ref.Value.AllOf[0])
	}
	return ref
}

func nullable(ref *openapi3.SchemaRef) bool {
	return ref.Value.Nullable || ref.Value != unwrap(ref).Value && unwrap(ref).Value.Nullable
}

// freeForm says whether any JSON may stand there.
func freeForm(ref *openapi3.SchemaRef) bool {
	s := ref.Value
	if len(s.Properties)+len(s.AllOf) > 0 {
		return false
	}
	if len(s.OneOf)+len(s.AnyOf) > 0 || s.Type == nil && len(s.Enum) == 0 {
		return true
	}
	if !s.Type.Is("object") {
		return false
	}
	values := s.AdditionalProperties.Schema
	return values == nil || freeForm(values)
}

// places calls visit for each property below ref, with its place as walk names
// it, following each component once.
func places(ref *openapi3.SchemaRef, at string, done map[string]bool, visit func(at string, ref *openapi3.SchemaRef, required bool)) {
	ref = unwrap(ref)
	if name := schemaName(ref); name != "" {
		if done[name] {
			return
		}
		done[name], at = true, name
	}
	schema := ref.Value
	for _, key := range slices.Sorted(maps.Keys(schema.Properties)) {
		visit(at+"."+key, schema.Properties[key], slices.Contains(schema.Required, key))
		places(schema.Properties[key], at+"."+key, done, visit)
	}
	if schema.Items != nil {
		visit(at+"[]", schema.Items, true)
		places(schema.Items, at+"[]", done, visit)
	}
	if values := schema.AdditionalProperties.Schema; values != nil && !freeForm(ref) {
		visit(at+".*", values, true)
		places(values, at+".*", done, visit)
	}
}
