package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// canon returns what canonical makes of a description with these members, without
// the version of OpenAPI that it adds.
func canon(t *testing.T, members string) string {
	t.Helper()
	out, err := canonical([]byte(`{"openapi": "3.0.3", ` + members + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(out), "openapi: 3.0.3\n", "", 1)
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		members string // JSON
		want    string // YAML
	}{
		{
			name: "prose of the whole",
			members: `"info": {"title": "API", "version": "1", "description": "d", "summary": "s", "contact": {"name": "n"},
				"license": {"name": "MIT"}, "termsOfService": "t", "x-logo": {}},
				"servers": [{"url": "https://example.com"}], "externalDocs": {"url": "u"}, "x-tagGroups": []`,
			want: "info:\n  title: API\n  version: \"1\"\n",
		},
		{
			name:    "prose of tags",
			members: `"info": {}, "tags": [{"name": "b", "description": "d", "externalDocs": {"url": "u"}}, {"name": "a"}]`,
			want:    "info: {}\ntags:\n  - name: a\n  - name: b\n",
		},
		{
			name: "prose of an operation",
			members: `"paths": {"/a": {"summary": "s", "get": {"summary": "s", "description": "d", "operationId": "a", "x-sdk": 1,
				"parameters": [{"in": "query", "name": "p", "description": "d", "example": 1, "examples": {}}]}}}`,
			want: "paths:\n  /a:\n    get:\n      operationId: a\n      parameters:\n        - in: query\n          name: p\n",
		},
		{
			name: "prose of a schema",
			members: `"components": {"schemas": {"A": {"title": "t", "description": "d", "type": "object", "x-order": 1,
				"properties": {"p": {"title": "t", "example": {"a": 1}, "type": "string"}}}}}`,
			want: "components:\n  schemas:\n    A:\n      properties:\n        p:\n          type: string\n      type: object\n",
		},
		{
			name: "properties named like prose",
			members: `"components": {"schemas": {"A": {"properties": {"description": {"type": "string"}, "example": {}, "summary": {},
				"title": {}, "x-thing": {}}}}}`,
			want: "components:\n  schemas:\n    A:\n      properties:\n        description:\n          type: string\n" +
				"        example: {}\n        summary: {}\n        title: {}\n        x-thing: {}\n",
		},
		{
			name:    "schemas named like prose",
			members: `"components": {"schemas": {"description": {"description": "d"}, "title": {}, "x-thing": {}}}`,
			want:    "components:\n  schemas:\n    description: {}\n    title: {}\n    x-thing: {}\n",
		},
		{
			name:    "parameters named like prose",
			members: `"components": {"parameters": {"description": {"in": "query", "name": "title"}, "x-thing": {"in": "query", "name": "x-thing"}}}`,
			want: "components:\n  parameters:\n    description:\n      in: query\n      name: title\n" +
				"    x-thing:\n      in: query\n      name: x-thing\n",
		},
		{
			name:    "answers named like prose",
			members: `"components": {"responses": {"description": {"description": "d"}, "x-thing": {"description": "d"}}}`,
			want:    "components:\n  responses:\n    description:\n      description: \"\"\n    x-thing:\n      description: \"\"\n",
		},
		{
			name:    "security schemes named like prose",
			members: `"components": {"securitySchemes": {"x-token": {"type": "http", "description": "d"}}}, "security": [{"x-token": []}]`,
			want:    "components:\n  securitySchemes:\n    x-token:\n      type: http\nsecurity:\n  - x-token: []\n",
		},
		{
			name:    "headers and media types named like prose",
			members: `"components": {"headers": {"x-thing": {"description": "d"}}, "requestBodies": {"A": {"content": {"x-thing": {"example": 1}}}}}`,
			want:    "components:\n  headers:\n    x-thing: {}\n  requestBodies:\n    A:\n      content:\n        x-thing: {}\n",
		},
		{
			name:    "parameters of a link named like prose",
			members: `"components": {"links": {"A": {"description": "d", "parameters": {"title": "$request.path.id"}}}}`,
			want:    "components:\n  links:\n    A:\n      parameters:\n        title: $request.path.id\n",
		},
		{
			name:    "the description that an answer needs",
			members: `"paths": {"/a": {"get": {"responses": {"200": {"description": "d"}, "404": {"$ref": "#/r"}, "default": {}}}}}`,
			want: "paths:\n  /a:\n    get:\n      responses:\n        \"200\":\n          description: \"\"\n" +
				"        \"404\":\n          $ref: '#/r'\n        default:\n          description: \"\"\n",
		},
		{
			name: "lists without order",
			members: `"components": {"schemas": {"A": {"required": ["b", "a"], "enum": ["y", "x", null, 10, 9],
				"oneOf": [{"type": "string"}, {"type": "integer"}], "anyOf": [{"b": 1}, {"a": 1}], "allOf": [{"b": 1}, {"a": 1}]}}}`,
			want: "components:\n  schemas:\n    A:\n      allOf:\n        - a: 1\n        - b: 1\n      anyOf:\n        - a: 1\n        - b: 1\n" +
				"      enum:\n        - x\n        - \"y\"\n        - 10\n        - 9\n        - null\n" +
				"      oneOf:\n        - type: integer\n        - type: string\n      required:\n        - a\n        - b\n",
		},
		{
			name: "parameters, tags and security of an operation",
			members: `"paths": {"/a": {"get": {"tags": ["b", "a"], "security": [{"B": []}, {"A": []}], "parameters": [
				{"name": "b", "in": "query"}, {"$ref": "#/p"}, {"name": "a", "in": "query"}, {"name": "z", "in": "path"}]}}}`,
			want: "paths:\n  /a:\n    get:\n      parameters:\n        - in: path\n          name: z\n        - in: query\n          name: a\n" +
				"        - in: query\n          name: b\n        - $ref: '#/p'\n      security:\n        - A: []\n        - B: []\n      tags:\n        - a\n        - b\n",
		},
		{
			name:    "lists with order",
			members: `"components": {"schemas": {"A": {"default": ["b", "a"]}}}`,
			want:    "components:\n  schemas:\n    A:\n      default:\n        - b\n        - a\n",
		},
		{
			name:    "default that is an object",
			members: `"components": {"schemas": {"A": {"default": {"description": "d", "title": {"x-a": [{"example": 1}]}, "required": ["b", "a"]}}}}`,
			want: "components:\n  schemas:\n    A:\n      default:\n        description: d\n        required:\n          - b\n          - a\n" +
				"        title:\n          x-a:\n            - example: 1\n",
		},
		{
			name: "digits of numbers",
			members: `"components": {"schemas": {"A": {"enum": [9223372036854775808, 1.10, 1e3, -0, 123456789012345678901234567890, 0.1000000000000000055511151231257827],
				"maximum": 9223372036854775807, "minimum": -9223372036854775808}}}`,
			want: "components:\n  schemas:\n    A:\n      enum:\n        - -0\n        - 0.1000000000000000055511151231257827\n        - 1.10\n" +
				"        - 123456789012345678901234567890\n        - 1e3\n        - 9223372036854775808\n" +
				"      maximum: 9223372036854775807\n      minimum: -9223372036854775808\n",
		},
		{
			name:    "text that looks like something else",
			members: `"components": {"schemas": {"A": {"enum": ["", "1", "1.5", "2024-01-02", "null", "true", "yes", "~", "0x1f", "1_000", "plain"]}}}`,
			want: "components:\n  schemas:\n    A:\n      enum:\n        - \"\"\n        - \"0x1f\"\n        - \"1\"\n        - \"1.5\"\n        - \"1_000\"\n" +
				"        - \"2024-01-02\"\n        - \"null\"\n        - plain\n        - \"true\"\n        - \"yes\"\n        - \"~\"\n",
		},
		{
			name:    "text of several lines",
			members: `"components": {"schemas": {"A": {"enum": ["a\n b", " \n"]}}}`,
			want:    "components:\n  schemas:\n    A:\n      enum:\n        - \" \\n\"\n        - \"a\\n b\"\n",
		},
		{
			name:    "true, false and null",
			members: `"components": {"schemas": {"A": {"nullable": true, "readOnly": false, "default": null}}}`,
			want:    "components:\n  schemas:\n    A:\n      default: null\n      nullable: true\n      readOnly: false\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := canon(t, test.members); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, published, want string }{
		{"what is not JSON", `openapi: 3.0.3`, "the description is not JSON: invalid character 'o' looking for beginning of value"},
		{"nothing", ``, "the description is not JSON: EOF"},
		{"half of it", `{"openapi": "3.0.3"`, "the description is not JSON: unexpected EOF"},
		{"trailing data", `{"openapi": "3.0.3"} {}`, "the description is followed by something else"},
		{"trailing rubbish", `{"openapi": "3.0.3"}]`, "the description is followed by something else"},
		{"Swagger 2.0", `{"swagger": "2.0"}`, `the description is not OpenAPI 3.0 (openapi: <nil>, swagger: 2.0)`},
		{"OpenAPI 3.1", `{"openapi": "3.1.0"}`, `the description is not OpenAPI 3.0 (openapi: 3.1.0, swagger: <nil>)`},
		{"OpenAPI 3.00", `{"openapi": "3.00"}`, `the description is not OpenAPI 3.0 (openapi: 3.00, swagger: <nil>)`},
		{"a version that is a number", `{"openapi": 3}`, `the description is not OpenAPI 3.0 (openapi: 3, swagger: <nil>)`},
		{"a list", `[{"openapi": "3.0.3"}]`, "the description is not a JSON object"},
		{"null", `null`, "the description is not a JSON object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			out, err := canonical([]byte(test.published))
			if err == nil || err.Error() != test.want {
				t.Errorf("got %q, %v, want the error %s", out, err, test.want)
			}
		})
	}
}

// asJSON writes YAML as JSON, with the digits of its numbers.
func asJSON(t *testing.T, text []byte) []byte {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	out, err := json.Marshal(fromNode(t, doc.Content[0]))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// fromNode is toNode the other way round.
func fromNode(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = fromNode(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, below := range n.Content {
			list[i] = fromNode(t, below)
		}
		return list
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return json.Number(n.Value)
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	case "!!str":
		return n.Value
	}
	t.Fatalf("%s %q is not JSON", n.ShortTag(), n.Value)
	return nil
}

// What is checked in is a fixed point: nothing more can be dropped or sorted.
func TestCanonicalOfTheContractIsTheContract(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", contract.File))
	if err != nil {
		t.Fatal(err)
	}
	again, err := canonical(asJSON(t, text))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, again) {
		t.Errorf("%s differs from line %d on", contract.File, firstDifference(text, again))
	}
}

// A server may list what has no order in any order.
func TestCanonicalForgetsTheOrder(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", contract.File))
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(asJSON(t, text)))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, seed))
		var published bytes.Buffer
		writeShuffled(t, random, &published, doc, "")
		again, err := canonical(published.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, again) {
			t.Fatalf("seed %d: %s differs from line %d on", seed, contract.File, firstDifference(text, again))
		}
	}
}

// writeShuffled writes JSON with the keys, and the lists that have no order,
// in random order.
func writeShuffled(t *testing.T, random *rand.Rand, out *bytes.Buffer, v any, key string) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		keys := sortedKeys(v)
		random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		out.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				out.WriteByte(',')
			}
			fmt.Fprintf(out, "%q:", k)
			writeShuffled(t, random, out, v[k], k)
		}
		out.WriteByte('}')
	case []any:
		list := slices.Clone(v)
		if unordered[key] {
			random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		}
		out.WriteByte('[')
		for i, below := range list {
			if i > 0 {
				out.WriteByte(',')
			}
			writeShuffled(t, random, out, below, "")
		}
		out.WriteByte(']')
	default:
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`{"openapi": "3.0.3"}`))
	f.Add([]byte(`{"openapi": "3.0.3", "paths": {"/a": {"get": {"parameters": [{"in": "query", "name": "a"}, {}], "security": [{"x": []}]}}}}`))
	f.Add([]byte(`{"openapi": "3.0.3", "components": {"schemas": {"A\n": {"enum": ["a\n b", " \n", "1e400", "\u0085"], "default": 1e400}}}}`))
	f.Add([]byte(`{"openapi": "3.0.3", "responses": {"200": {}}, "properties": [], "components": null}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, published []byte) {
		if len(published) > 2000 {
			t.Skip("too long")
		}
		facts, err := canonical(published)
		if err != nil {
			return
		}
		again, err := canonical(asJSON(t, facts))
		if err != nil {
			t.Fatalf("%v\n%s", err, facts)
		}
		if !bytes.Equal(facts, again) {
			t.Errorf("got\n%s\nand then\n%s", facts, again)
		}
	})
}
