package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// shaper gives every schema of the contract its Go shape, so that what
// oapi-codegen writes tells absent, null and zero apart. It works on a copy of
// the contract that only the generator sees:
//
//	                 not nullable          nullable
//	required         T                     *T, kept as null
//	optional         *T, left out if nil   nullable.Nullable[T]
//
// Lists, maps and raw JSON need no pointer: nil is absent, and null is a value
// of raw JSON.
type shaper struct {
	doc     *openapi3.T
	names   map[string]string  // component name → Go name
	shaped  openapi3.Schemas   // Go name → schema as oapi-codegen shall see it
	origins map[string]string  // Go name → where it came from
	hoisted map[string]string  // Go name → canonical JSON of an inline schema
	within  []*openapi3.Schema // schemas that goType is in the middle of
	faults  []error
}

const (
	extGoName           = "x-go-name"
	extEnumNames        = "x-enum-varnames"
	extDeprecatedReason = "x-deprecated-reason"

	rawJSON = "json.RawMessage"
)

func newShaper(doc *openapi3.T) (*shaper, error) {
	s := &shaper{
		doc: doc, names: map[string]string{}, shaped: openapi3.Schemas{},
		origins: map[string]string{}, hoisted: map[string]string{},
	}
	if doc.Components == nil {
		doc.Components = &openapi3.Components{}
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		goName := goTypeName(name, doc.Components.Schemas[name].Value)
		s.checkName("components/schemas/"+name, goName)
		if other, taken := s.origins[goName]; taken {
			s.fault("components/schemas/%s and %s are both named %s in Go: set %s in an overlay", name, other, goName, extGoName)
		}
		s.names[name], s.origins[goName] = goName, name
	}
	if err := errors.Join(s.faults...); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *shaper) fault(format string, args ...any) {
	s.faults = append(s.faults, fmt.Errorf(format, args...))
}

var exported = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

func (s *shaper) checkName(place, name string) {
	if !exported.MatchString(name) {
		s.fault("%s: %q is not an exported name in Go: set %s in an overlay", place, name, extGoName)
	}
}

func goTypeName(name string, schema *openapi3.Schema) string {
	if given, ok := schema.Extensions[extGoName].(string); ok {
		return given
	}
	return goName(name)
}

// components shapes every named schema that has properties or is an enum. Any
// other is written out wherever it is used, so that it is told apart from null
// and absent there like one without a name.
func (s *shaper) components() {
	for _, name := range slices.Sorted(maps.Keys(s.names)) {
		if schema := s.doc.Components.Schemas[name].Value; isEnum(schema) || isObject(schema) {
			s.declare(s.names[name], schema)
		}
	}
}

// declare adds a Go type for an enum or a schema with properties.
func (s *shaper) declare(name string, schema *openapi3.Schema) {
	out := &openapi3.Schema{Description: schema.Description, Type: schema.Type}
	s.shaped[name] = &openapi3.SchemaRef{Value: out}
	if isEnum(schema) {
		out.Type, out.Enum = &openapi3.Types{"string"}, enumValues(schema)
		out.Extensions = map[string]any{extEnumNames: s.enumNames(name, schema)}
		return
	}
	out.Required = schema.Required
	out.Properties = openapi3.Schemas{}
	if open := schema.AdditionalProperties; open.Schema != nil || open.Has != nil && *open.Has {
		s.fault("%s: has properties and takes others too: say which it is, or leave the whole free-form", name)
	}
	if len(schema.AllOf)+len(schema.OneOf)+len(schema.AnyOf) > 0 {
		s.fault("%s: has properties beside allOf, oneOf or anyOf: write them together in an overlay", name)
	}
	fields := map[string]string{}
	for _, prop := range slices.Sorted(maps.Keys(schema.Properties)) {
		below := schema.Properties[prop]
		required := slices.Contains(schema.Required, prop)
		field, shaped := s.property(name, prop, below, required)
		s.checkName(name+": property "+prop, field)
		if other, taken := fields[field]; taken {
			s.fault("%s: properties %s and %s are both named %s in Go: set %s in an overlay", name, other, prop, field, extGoName)
		}
		fields[field], out.Properties[prop] = prop, shaped
	}
}

// property shapes one property of the type called parent, and names its field.
func (s *shaper) property(parent, prop string, ref *openapi3.SchemaRef, required bool) (string, *openapi3.SchemaRef) {
	ext := map[string]any{
		"x-go-type-skip-optional-pointer": true, "x-omitempty": false, "x-omitzero": !required,
		extDeprecatedReason: deprecatedReason(ref.Value.Extensions),
	}
	fieldName := goName(prop)
	// On a schema that becomes a type of its own, the name is the type's.
	if given, ok := ref.Value.Extensions[extGoName].(string); ok && ref.Ref == "" && !isEnum(ref.Value) && !isObject(ref.Value) {
		fieldName = given
	}
	ext[extGoName] = fieldName
	t := s.goType(ref, parent+fieldName)
	ext["x-go-type"] = fieldType(t, required, isNullable(ref))
	if skip, _ := ref.Value.Extensions["x-go-type-skip-optional-pointer"].(bool); skip && !isNullable(ref) {
		ext["x-go-type"] = t // an overlay says that zero never comes, so that it can mean absent
	}
	if ext["x-go-type"] == "*time.Time" && !required {
		ext["x-omitempty"], ext["x-omitzero"] = true, false // omitzero would leave out a time that is zero too
	}
	out := &openapi3.Schema{Description: ref.Value.Description, Deprecated: ref.Value.Deprecated, Extensions: ext}
	if out.Deprecated && out.Description != "" { // oapi-codegen would not begin a paragraph, which Go asks for
		out.Description += "\n\nDeprecated: " + deprecatedReason(ref.Value.Extensions)
		out.Deprecated = false
	}
	return fieldName, &openapi3.SchemaRef{Value: out}
}

// fieldType is the table in the doc comment of shaper.
func fieldType(t string, required, nullable bool) string {
	switch {
	case t == rawJSON, required && !nullable:
		return t
	case !required && nullable:
		return "nullable.Nullable[" + t + "]"
	case isContainer(t):
		return t
	default:
		return "*" + t
	}
}

func isContainer(t string) bool {
	return t == rawJSON || strings.HasPrefix(t, "[]") || strings.HasPrefix(t, "map[")
}

// goType returns the Go type of a schema without regard to absence and null.
// An inline object or enum becomes a named type; hint is its name unless the
// schema brings one.
func (s *shaper) goType(ref *openapi3.SchemaRef, hint string) string {
	schema := ref.Value
	if name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
		if isEnum(schema) || isObject(schema) {
			return s.names[name]
		}
		hint = s.names[name]
	}
	if slices.Contains(s.within, schema) {
		s.recursion(cmp.Or(strings.TrimPrefix(ref.Ref, "#/"), hint), "is made of itself without properties: leave it free-form in an overlay")
		return rawJSON
	}
	s.within = append(s.within, schema)
	defer func() { s.within = s.within[:len(s.within)-1] }()
	switch {
	case isEnum(schema), isObject(schema):
		return s.hoist(schema, hint)
	case len(schema.AllOf) == 1 && schema.Type == nil:
		return s.goType(schema.AllOf[0], hint)
	case len(schema.AllOf) > 0:
		s.fault("%s: an allOf of several schemas has no Go shape", hint)
		return rawJSON
	case len(schema.OneOf) > 0 || len(schema.AnyOf) > 0:
		return rawJSON
	case schema.Type == nil:
		return rawJSON
	case schema.Type.Is("array"):
		item := s.goType(schema.Items, hint+"Item")
		if isNullable(schema.Items) && !isContainer(item) {
			item = "*" + item
		}
		return "[]" + item
	case schema.Type.Is("object"):
		values := schema.AdditionalProperties.Schema
		if values == nil || isFreeForm(values) {
			return rawJSON
		}
		value := s.goType(values, hint+"Value")
		if isNullable(values) && !isContainer(value) {
			value = "*" + value
		}
		return "map[string]" + value
	case schema.Type.Is("integer"):
		return "int64"
	case schema.Type.Is("number"):
		return "float64"
	case schema.Type.Is("boolean"):
		return "bool"
	case schema.Type.Is("string") && schema.Format == "date-time":
		return "time.Time"
	case schema.Type.Is("string"):
		return "string"
	}
	s.fault("%s: type %v has no Go shape", hint, schema.Type)
	return rawJSON
}

// hoist names an inline schema. The same name may stand at several places if
// all of them say the same.
func (s *shaper) hoist(schema *openapi3.Schema, hint string) string {
	name := hint
	if given, ok := schema.Extensions[extGoName].(string); ok {
		name = given
	}
	s.checkName("an inline schema", name)
	text, err := schema.MarshalJSON()
	if err != nil {
		s.fault("%s: %w", name, err)
	}
	if before, ok := s.hoisted[name]; ok {
		if before != string(text) {
			s.fault("two inline schemas are named %s and differ: set another %s in an overlay", name, extGoName)
		}
		return name
	}
	if origin, taken := s.origins[name]; taken {
		s.fault("an inline schema is named %s like %s: set another %s in an overlay", name, origin, extGoName)
		return name
	}
	s.hoisted[name], s.origins[name] = string(text), "an inline schema"
	s.declare(name, schema)
	return name
}

// enumNames names the values of an enum in Go: those of an overlay, else the
// values themselves.
func (s *shaper) enumNames(enum string, schema *openapi3.Schema) []any {
	values := enumValues(schema)
	names, given := schema.Extensions[extEnumNames].([]any)
	if given && len(names) != len(values) {
		s.fault("%s: %d values and %d %s", enum, len(values), len(names), extEnumNames)
		return nil
	}
	before := map[any]any{}
	for i, value := range values {
		if !given {
			names = append(names, valueName(fmt.Sprint(value)))
		}
		if other, taken := before[names[i]]; taken {
			s.fault("%s: values %q and %q are both named %v: set %s in an overlay", enum, other, value, names[i], extEnumNames)
		}
		before[names[i]] = value
	}
	return names
}

func valueName(value string) string {
	if value == strings.ToUpper(value) {
		value = strings.ToLower(value)
	}
	if value = goName(value); value == "" {
		return "Empty"
	}
	return value
}

// enumValues leaves out null, which a nullable enum must list.
func enumValues(schema *openapi3.Schema) []any {
	return slices.DeleteFunc(slices.Clone(schema.Enum), func(v any) bool { return v == nil })
}

func isEnum(s *openapi3.Schema) bool {
	values := enumValues(s)
	notText := func(v any) bool { _, text := v.(string); return !text }
	return len(values) > 0 && !slices.ContainsFunc(values, notText)
}

// deprecatedReason says why a thing is deprecated: what an overlay says, else
// all that is known.
func deprecatedReason(extensions map[string]any) string {
	if given, ok := extensions[extDeprecatedReason].(string); ok {
		return given
	}
	return "the server's description marks it so."
}

func isObject(s *openapi3.Schema) bool { return len(s.Properties) > 0 }

func isFreeForm(ref *openapi3.SchemaRef) bool {
	s := ref.Value
	return ref.Ref == "" && s.Type == nil && len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) == 0
}

// isNullable looks through the wrappers that a reference needs to be nullable,
// and at what it refers to. Wrappers without end, which goType refuses, are not.
func isNullable(ref *openapi3.SchemaRef) bool {
	var seen []*openapi3.Schema
	for s := ref.Value; !slices.Contains(seen, s); s = s.AllOf[0].Value {
		if s.Nullable || len(s.AllOf) != 1 || s.Type != nil {
			return s.Nullable
		}
		seen = append(seen, s)
	}
	return false
}
