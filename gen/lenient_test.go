package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// parse reads YAML into nodes.
func parse(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return &doc
}

// What has no name yet goes to the group whose paths it shares most of.
func TestNameUnnamed(t *testing.T) {
	t.Parallel()
	doc := parse(t, `paths:
  /api/tasks/: {get: {operationId: Tasks.List}, post: {operationId: api_tasks_create}}
  /api/tasks/{id}/labels/: {get: {operationId: Labels.List}}
  /api/tasks/{id}/labels/new/: {get: {operationId: api_s3_new}, post: {operationId: api_s3_new}}
  /api/other/: {get: {operationId: other}, parameters: []}
`)
	nameUnnamed(doc)
	got := map[string]string{}
	for path, item := range pairs(member(doc.Content[0], "paths")) {
		for method, op := range pairs(item) {
			if id := member(op, "operationId"); id != nil {
				got[method+" "+path] = id.Value
			}
		}
	}
	want := map[string]string{
		"get /api/tasks/":                  "Tasks.List",
		"post /api/tasks/":                 "Tasks.APITasksCreate",
		"get /api/tasks/{id}/labels/":      "Labels.List",
		"get /api/tasks/{id}/labels/new/":  "Labels.APIS3New",
		"post /api/tasks/{id}/labels/new/": "Labels.APIS3New2",
		"get /api/other/":                  "Unnamed.Other",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Only what an operation leads to stays, also in circles and by way of answers.
func TestPruneUnused(t *testing.T) {
	t.Parallel()
	doc := parse(t, `
paths: {/a: {get: {responses: {"404": {$ref: "#/components/responses/Missing"}}}}}
components:
  securitySchemes: {Token: {type: http}}
  responses:
    Missing: {content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
    Unused: {content: {application/json: {schema: {$ref: "#/components/schemas/OfUnused"}}}}
  schemas:
    Error: {properties: {cause: {$ref: "#/components/schemas/Error"}}}
    OfUnused: {type: object}
    Alone: {type: object}
`)
	pruneUnused(doc)
	var got []string
	for kind, parts := range pairs(member(doc.Content[0], "components")) {
		for name := range pairs(parts) {
			got = append(got, kind+"/"+name)
		}
	}
	if want := "securitySchemes/Token responses/Missing schemas/Error"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// A side gets Go of its own, beside what is written by hand.
func TestSideOfAFile(t *testing.T) {
	t.Parallel()
	root, folder := smallCheckout(t), filepath.Join(t.TempDir(), "module")
	for name, text := range map[string]string{
		"go.mod": "module example.com/client\n", "client.go": "package client\n", "types.gen.go": "package client // old\n",
		"client_test.go": "package client\n", "README.md": "Words\n", "internal/wire/wire.go": "package wire\n",
		"generated/things.gen.go": "package generated // old\n", "gen/main.go": "package main\n", "e2e/testdata/x.go": "package x\n",
	} {
		writeFile(t, filepath.Join(root, name), []byte(text))
	}
	before := tree(t, root)
	description := filepath.Join(t.TempDir(), "new.yaml")
	writeFile(t, description, smallContract(gets("/a", "list", "")+", "+gets("/a/b", "things_count", ""), ""))
	s, err := side(t.Context(), root, description)
	if err != nil {
		t.Fatal(err)
	}
	if err := makeModule(s, folder); err != nil {
		t.Fatal(err)
	}
	if s.NoGo != "" || s.Invalid != "" || len(s.Faults) != 0 || s.ByHand != root {
		t.Errorf("got %+v", s)
	}
	got := tree(t, s.Module)
	for name, part := range map[string]string{
		"go.mod": "example.com/client", "client.go": "package client", "internal/wire/wire.go": "package wire", "types.gen.go": "generated",
		"generated/things.gen.go": "func (s *ThingsService) List(", "generated/unnamed.gen.go": "func (s *UnnamedService) ThingsCount(",
		"generated/services.gen.go": "Things *ThingsService", "generated/openapi.yaml": "operationId: Things.List",
		testServerFile: `{"Unnamed.ThingsCount", "GET", "/a/b", false},`,
	} {
		if text, ok := got[name]; !ok || !strings.Contains(strings.Join(strings.Fields(text), " "), part) || strings.Contains(text, "// old") {
			t.Errorf("%s holds %q, want %q in it", name, text, part)
		}
		delete(got, name)
	}
	if len(got) != 0 {
		t.Errorf("and there is %v", slices.Sorted(maps.Keys(got)))
	}
	if !maps.Equal(tree(t, root), before) {
		t.Error("the checkout has changed")
	}
}

// A contract without schemas has Go.
func TestGenerateWithoutComponents(t *testing.T) {
	t.Parallel()
	files, err := generate([]byte("openapi: 3.0.3\ninfo: {title: Test, version: '1'}\npaths: {"+gets("/a", "Things.List", "")+"}\n"), contract.Source{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(files["generated/things.gen.go"]), "func (s *ThingsService) List(") {
		t.Errorf("got %v", sortedNames(files))
	}
}

// What the overlays can make no contract or no Go of is told, and no error.
func TestSideThatIsNoContract(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, paths, invalid, noGo string }{
		{"no valid contract", `"/a": {get: {operationId: list, responses: {"204": {$ref: "#/components/responses/None"}}}}`, "None", "no valid effective contract"},
		{"no Go", gets("/a", "list", "")[:len(gets("/a", "list", ""))-1] + `, parameters: [{in: cookie, name: a, schema: {type: string}}]}`, "", "parameters of a whole path"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			description := filepath.Join(t.TempDir(), "new.yaml")
			writeFile(t, description, smallContract(test.paths, ""))
			s, err := side(t.Context(), smallCheckout(t), description)
			if err != nil {
				t.Fatal(err)
			}
			if err := makeModule(s, t.TempDir()); err != nil {
				t.Fatal(err)
			}
			if s.Module != "" || !strings.Contains(s.Invalid, test.invalid) || !strings.Contains(s.NoGo, test.noGo) || (s.Invalid == "") != (test.invalid == "") {
				t.Errorf("invalid %q, no Go %q", s.Invalid, s.NoGo)
			}
		})
	}
}

// A checkout whose overlays no longer fit is compared all the same, as after an
// update that waits for them.
func TestSideOfACheckoutThatWaits(t *testing.T) {
	t.Parallel()
	root := smallCheckout(t)
	for _, test := range []struct {
		path   string
		faults int
	}{{"/a", 0}, {"/b", 1}} {
		writeFile(t, filepath.Join(root, contract.File), smallContract(gets(test.path, "list", ""), ""))
		s, err := side(t.Context(), root, root)
		if err != nil {
			t.Fatal(err)
		}
		module := filepath.Join(t.TempDir(), "module")
		if err := makeModule(s, module); err != nil {
			t.Fatal(err)
		}
		if test.faults == 0 {
			module = root
		}
		if len(s.Faults) != test.faults || s.Module != module || s.NoGo != "" {
			t.Errorf("%s: %d faults, module %s, no Go: %s", test.path, len(s.Faults), s.Module, s.NoGo)
		}
	}
}
