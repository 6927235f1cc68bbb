package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

const twoOperations = `openapi: 3.0.3
info: {title: t, version: "1"}
security: [{Token: []}]
paths:
  /a/:
    get:
      operationId: A.Get
      responses:
        "200": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}
  /b/:
    get:
      operationId: B.Get
      responses:
        "200": {description: "", content: {application/json: {schema: {type: string}}}}
components:
  securitySchemes:
    Token: {type: apiKey, in: header, name: Authorization}
  schemas:
    A: {type: object, properties: {below: {$ref: "#/components/schemas/Below"}}}
    Below: {type: integer}
`

func TestAffected(t *testing.T) {
	t.Parallel()
	shaped := func(text string) shape {
		doc, err := contract.Load([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		s, err := shapeOf(newDescription(doc))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	tests := []struct {
		name, old, new string
		want           []string // nil for all
	}{
		{"nothing", "title: t", "title: u", []string{}},
		{"an operation", "{type: string}", "{type: number}", []string{"B.Get"}},
		{"a component below another", "Below: {type: integer}", "Below: {type: string}", []string{"A.Get"}},
		{"security of all", "name: Authorization", "name: Other", nil},
		{"a route", "/b/:", "/c/:", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changed, all := affected(shaped(twoOperations), shaped(strings.Replace(twoOperations, tt.old, tt.new, 1)))
			maps.DeleteFunc(changed, func(_ string, is bool) bool { return !is })
			if got := slices.Sorted(maps.Keys(changed)); all != (tt.want == nil) || !all && !slices.Equal(got, tt.want) {
				t.Errorf("affected are %v, all: %v, want %v", got, all, tt.want)
			}
		})
	}
}
