package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// goTypes finds the Go types of operations in the generated services.
type goTypes struct{ services reflect.Type }

func newGoTypes() *goTypes { return &goTypes{reflect.TypeFor[generated.Services]()} }

func (g *goTypes) method(id string) (reflect.Type, bool) {
	group, name, _ := strings.Cut(id, ".")
	field, ok := g.services.FieldByName(group)
	if !ok {
		return nil, false
	}
	method, ok := field.Type.MethodByName(name)
	return method.Type, ok
}

// result is the type that the operation returns, or nil if it returns no JSON.
func (g *goTypes) result(id string) reflect.Type {
	m, ok := g.method(id)
	if !ok || m.NumOut() < 2 || m.Out(0) == reflect.TypeFor[io.ReadCloser]() {
		return nil
	}
	return m.Out(0)
}

// request is the type of the body, the last parameter before the options, or
// nil if there is none.
func (g *goTypes) request(id string) reflect.Type {
	m, ok := g.method(id)
	if !ok {
		return nil
	}
	t := m.In(m.NumIn() - 2)
	isBody := t.Kind() == reflect.Struct || t.Kind() == reflect.Slice || t.Kind() == reflect.Map
	if !isBody {
		return nil
	}
	return t
}

// roundTrip decodes a document into a Go type, encodes it again, and compares.
func (c *checker) roundTrip(t reflect.Type, where string, schema *openapi3.SchemaRef, body []byte, fail failFunc) {
	target := reflect.New(t)
	if err := json.Unmarshal(body, target.Interface()); err != nil {
		fail(where+" decodes", "%v", err)
		return
	}
	again, err := wire.Encode(target.Interface())
	if err != nil {
		fail(where+" encodes", "%v", err)
		return
	}
	for _, difference := range compareJSON(schema, body, again, "") {
		fail(where+" survives decoding", "%s", difference)
	}
}

// compareJSON lists where b is not the same as a: keys and nulls exactly,
// integers exactly, other numbers by value, date-times as instants, free-form
// JSON byte for byte.
func compareJSON(ref *openapi3.SchemaRef, a, b json.RawMessage, at string) []string {
	ref = unwrap(ref)
	differs := func(why string) []string { return []string{strings.TrimPrefix(at+": ", ": ") + why} }
	if freeForm(ref) {
		if !bytes.Equal(a, b) {
			return differs("free-form JSON changed")
		}
		return nil
	}
	if isNull(a) || isNull(b) {
		if isNull(a) != isNull(b) {
			return differs(fmt.Sprintf("null: %v became %v", isNull(a), isNull(b)))
		}
		return nil
	}
	schema := ref.Value
	switch {
	case schema.Type.Is("array"):
		var x, y []json.RawMessage
		if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil || len(x) != len(y) {
			return differs("list changed")
		}
		var list []string
		for i := range x {
			list = append(list, compareJSON(schema.Items, x[i], y[i], at+"[]")...)
		}
		return list
	case schema.Type.Is("object"), len(schema.Properties) > 0:
		return compareObjects(schema, a, b, at)
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		if !sameNumber(string(a), string(b), schema.Type.Is("integer")) {
			return differs("number changed")
		}
		return nil
	case schema.Format == "date-time":
		var x, y time.Time
		if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil || !x.Equal(y) {
			return differs("instant changed")
		}
		return nil
	default:
		var x, y any
		if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil || !reflect.DeepEqual(x, y) {
			return differs("value changed")
		}
		return nil
	}
}

func compareObjects(schema *openapi3.Schema, a, b json.RawMessage, at string) []string {
	var x, y map[string]json.RawMessage
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return []string{at + ": not an object"}
	}
	var list []string
	for _, key := range slices.Sorted(maps.Keys(x)) {
		below := schema.Properties[key]
		if below == nil {
			below = schema.AdditionalProperties.Schema
		}
		switch now, kept := y[key]; {
		case !kept:
			list = append(list, at+"."+key+": lost")
		case below != nil:
			list = append(list, compareJSON(below, x[key], now, at+"."+key)...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(y)) {
		if _, ok := x[key]; !ok {
			list = append(list, at+"."+key+": invented")
		}
	}
	return list
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// sameNumber compares integers digit by digit, so beyond 64 bits too.
func sameNumber(a, b string, integer bool) bool {
	if integer {
		return a == b
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}
