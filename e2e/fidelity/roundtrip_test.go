package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

func schema(t *testing.T, text string) *openapi3.SchemaRef {
	t.Helper()
	var tree any
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	s := new(openapi3.Schema)
	if err := s.UnmarshalJSON(raw); err != nil {
		t.Fatal(err)
	}
	return s.NewRef()
}

func TestCompareJSON(t *testing.T) {
	const object = `{type: object, properties: {a: {type: integer, nullable: true}, b: {type: object, properties: {c: {type: string}}}}}`
	const free = `{type: object, properties: {a: {}}}`
	tests := []struct {
		name, schema, a, b string
		want               []string
	}{
		{"same", object, `{"a":1,"b":{"c":"x"}}`, `{"b":{"c":"x"},"a":1}`, nil},
		{"lost key", object, `{"a":1}`, `{}`, []string{".a: lost"}},
		{"lost key at depth", object, `{"b":{"c":"x"}}`, `{"b":{}}`, []string{".b.c: lost"}},
		{"invented key", object, `{}`, `{"a":1}`, []string{".a: invented"}},
		{"null becomes absent", object, `{"a":null}`, `{}`, []string{".a: lost"}},
		{"absent becomes null", object, `{}`, `{"a":null}`, []string{".a: invented"}},
		{"null becomes zero", object, `{"a":null}`, `{"a":0}`, []string{".a: null: true became false"}},
		{"zero becomes null", object, `{"a":0}`, `{"a":null}`, []string{".a: null: false became true"}},
		{"undeclared key", object, `{"x":1}`, `{}`, []string{".x: lost"}},
		{"not an object", object, `{"b":{}}`, `{"b":[]}`, []string{".b: not an object"}},

		{"big integer", `{type: integer}`, `12345678901234567890`, `12345678901234567890`, nil},
		{"big integer, rounded", `{type: integer}`, `12345678901234567890`, `12345678901234567000`, []string{"number changed"}},
		{"integer beyond float64", `{type: integer}`, `9007199254740993`, `9007199254740992`, []string{"number changed"}},
		{"number in another form", `{type: number}`, `1.0`, `1`, nil},
		{"other number", `{type: number}`, `1.5`, `1.25`, []string{"number changed"}},

		{"same instant", `{type: string, format: date-time}`, `"2024-01-01T10:00:00.120000Z"`, `"2024-01-01T12:00:00.12+02:00"`, nil},
		{"other instant", `{type: string, format: date-time}`, `"2024-01-01T10:00:00.000001Z"`, `"2024-01-01T10:00:00Z"`, []string{"instant changed"}},
		{"string in another form", `{type: string}`, `"<\u00fc>"`, `"\u003cü\u003e"`, nil},
		{"other string", `{type: string}`, `"a"`, `"b"`, []string{"value changed"}},
		{"boolean", `{type: boolean}`, `true`, `false`, []string{"value changed"}},

		{"list", `{type: array, items: {type: integer}}`, `[1,2]`, `[1,3]`, []string{"[]: number changed"}},
		{"shorter list", `{type: array, items: {type: integer}}`, `[1,2]`, `[1]`, []string{"list changed"}},
		{"empty list becomes null", `{type: array, items: {type: integer}}`, `[]`, `null`, []string{"null: false became true"}},
		{"map", `{type: object, additionalProperties: {type: integer}}`, `{"x":1}`, `{"x":2}`, []string{".x: number changed"}},

		{"free form, byte for byte", free, `{"a":{"z":1.0,"b":[12345678901234567890]}}`, `{"a":{"z":1.0,"b":[12345678901234567890]}}`, nil},
		{"free form, other order", free, `{"a":{"z":1,"b":2}}`, `{"a":{"b":2,"z":1}}`, []string{".a: free-form JSON changed"}},
		{"free form, other digits", free, `{"a":1.0}`, `{"a":1}`, []string{".a: free-form JSON changed"}},
		{"free form, other escapes", free, `{"a":"<"}`, `{"a":"\u003c"}`, []string{".a: free-form JSON changed"}},
		{"free form, null", free, `{"a":null}`, `{"a":null}`, nil},
	}
	for _, test := range tests {
		got := compareJSON(schema(t, test.schema), json.RawMessage(test.a), json.RawMessage(test.b), "")
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// What Go types do to a document is what the comparison has to see.
func TestRoundTrip(t *testing.T) {
	const object = `{type: object, properties: {n: {type: integer, nullable: true}, t: {type: string, format: date-time}, x: {}}}`
	type complete struct {
		N *int64          `json:"n"`
		T time.Time       `json:"t"`
		X json.RawMessage `json:"x"`
	}
	type lossy struct {
		N int64 `json:"n"`
		X any   `json:"x"`
	}
	const body = `{"n":null,"t":"2024-01-01T10:00:00.120000Z","x":{"b":1.0,"a":"<&>"}}`
	tests := []struct {
		name   string
		target reflect.Type
		body   string
		want   []string
	}{
		{"complete", reflect.TypeFor[complete](), body, nil},
		{"lossy", reflect.TypeFor[lossy](), body, []string{".n: null: true became false", ".t: lost", ".x: free-form JSON changed"}},
		{"other type", reflect.TypeFor[[]complete](), body, []string{"json: cannot unmarshal object into Go value of type []main.complete"}},
	}
	for _, test := range tests {
		var got []string
		new(checker).roundTrip(test.target, "200", schema(t, object), []byte(test.body), func(_, format string, args ...any) {
			got = append(got, fmt.Sprintf(format, args...))
		})
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestGoTypes(t *testing.T) {
	types := newGoTypes()
	tests := []struct{ id, request, result string }{
		{"Projects.Create", "generated.ProjectRequest", "*generated.Project"},
		{"Projects.Get", "", "*generated.Project"},
		{"Projects.Delete", "", ""},
		{"Tasks.ListByProject", "", "[]generated.TaskSimple"},
		{"Exports.Export", "", ""}, // a file
		{"Projects.Nonesuch", "", ""},
		{"GET /nonesuch", "", ""},
	}
	name := func(t reflect.Type) string {
		if t == nil {
			return ""
		}
		return t.String()
	}
	for _, test := range tests {
		if request, result := name(types.request(test.id)), name(types.result(test.id)); request != test.request || result != test.result {
			t.Errorf("%s: takes %q and returns %q, want %q and %q", test.id, request, result, test.request, test.result)
		}
	}
}
