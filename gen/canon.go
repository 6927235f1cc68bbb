package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// canonical turns a published description (JSON) into the checked-in contract:
// the facts only, in an order that is always the same, so that a difference
// between two of them is a difference of the API.
//
// Dropped are all prose (titles, descriptions, summaries, examples), vendor
// extensions, external documentation and contacts. A description that OpenAPI
// requires stays as an empty string. Keys are sorted, and so are the lists
// whose order means nothing.
func canonical(published []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(published))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("the description is not JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the description is followed by something else")
	}
	top, ok := doc.(map[string]any)
	if !ok {
		return nil, errors.New("the description is not a JSON object")
	}
	if version, ok := top["openapi"].(string); !ok || !strings.HasPrefix(version, "3.0.") {
		return nil, fmt.Errorf("the description is not OpenAPI 3.0 (openapi: %v, swagger: %v)", top["openapi"], top["swagger"])
	}
	return contract.EncodeYAML(toNode(keepFacts(top, "")))
}

// named lists the keywords whose value is a map from names to things. Those
// names are facts, even when they read like "description" or "x-token".
var named = map[string]bool{
	"paths": true, "properties": true, "schemas": true, "responses": true, "content": true, "headers": true,
	"securitySchemes": true, "requestBodies": true, "links": true, "callbacks": true, "encoding": true,
	"mapping": true, "scopes": true, "parameters": true, // a list in operations
}

// data lists the keywords whose value is data and not description. A security
// requirement is, because its keys are names.
var data = map[string]bool{"default": true, "enum": true, "security": true}

// idle lists the keywords that carry no contract.
var idle = map[string]bool{
	"description": true, "summary": true, "title": true, "example": true, "examples": true, "externalDocs": true,
	"contact": true, "license": true, "termsOfService": true, "servers": true,
}

// unordered lists the keywords whose list has no order that means anything.
var unordered = map[string]bool{
	"required": true, "enum": true, "tags": true, "parameters": true, "security": true,
	"oneOf": true, "anyOf": true, "allOf": true,
}

// keepFacts returns the facts of v, which stands under the keyword key.
func keepFacts(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		for k, below := range v {
			switch {
			case data[k]:
				kept[k] = sortList(below, k)
			case k == "title" && key == "info": // required, and a name
				kept[k] = below
			case idle[k] || strings.HasPrefix(k, "x-"):
			case named[k]:
				kept[k] = keepNamed(below, k)
			default:
				kept[k] = keepFacts(below, k)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(v))
		for i, below := range v {
			kept[i] = keepFacts(below, "")
		}
		return sortList(kept, key)
	default:
		return v
	}
}

// keepNamed keeps every name of the map under key, and the facts of what it
// names. An answer keeps the description that OpenAPI requires, empty.
func keepNamed(v any, key string) any {
	names, ok := v.(map[string]any)
	if !ok {
		return keepFacts(v, key)
	}
	kept := make(map[string]any, len(names))
	for name, below := range names {
		kept[name] = keepFacts(below, "")
		if answer, ok := kept[name].(map[string]any); ok && key == "responses" && answer["$ref"] == nil {
			answer["description"] = ""
		}
	}
	return kept
}

// sortList sorts a list under a keyword whose lists have no order: parameters
// by place and name, everything else by its JSON.
func sortList(v any, key string) any {
	list, ok := v.([]any)
	if !ok || !unordered[key] {
		return v
	}
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b any) int { return strings.Compare(sortKey(a, key), sortKey(b, key)) })
	return sorted
}

func sortKey(v any, key string) string {
	text, err := json.Marshal(v) // the keys of maps come out sorted
	if err != nil {
		return fmt.Sprint(v)
	}
	if m, ok := v.(map[string]any); ok && key == "parameters" && m["in"] != nil {
		return fmt.Sprint(m["in"], " ", m["name"], " ", string(text))
	}
	return string(text)
}
