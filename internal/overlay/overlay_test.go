package overlay

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// description is what the overlays of the tests are applied to.
const description = `
info: {title: API, version: ""}
paths:
  /a:
    get:
      deprecated: true
      tags: [x, y]
      parameters:
        - {name: p, in: query, schema: {type: integer}}
        - {name: q, in: query, schema: {type: string}}
        - {name: r, in: query, schema: {type: string}}
  /b:
    get: {deprecated: false, tags: [x]}
components:
  schemas:
    Color: {type: string, enum: [red, green]}
    Limit: {maximum: 5, nullable: true}
`

func parseYAML(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return &doc
}

func encode(t *testing.T, doc *yaml.Node) string {
	t.Helper()
	out, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// file writes actions, a YAML list, as an overlay file.
func file(t *testing.T, name, actions string) *File {
	t.Helper()
	f, err := Parse(name, []byte("overlay: 1.1.0\ninfo: {title: t, version: 1.0.0}\nactions: "+actions))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// lines returns what an error says, line by line.
func lines(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func assertLines(t *testing.T, err error, want ...string) {
	t.Helper()
	if got := lines(err); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestApplyStrictness(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		actions string
		want    []string // faults, without the name of the file
	}{
		{
			name:    "matches nothing",
			actions: `[{target: $.paths./c, description: d, remove: true}]`,
			want:    []string{"action 1 (remove $.paths./c): target is not a JSONPath"},
		},
		{
			name:    "update matches nothing",
			actions: `[{target: "$.paths['/c']", description: d, update: {a: 1}}]`,
			want:    []string{"action 1 (update $.paths['/c']): matches nothing"},
		},
		{
			name:    "remove matches nothing",
			actions: `[{target: "$.paths.*.post", description: d, remove: true}]`,
			want:    []string{"action 1 (remove $.paths.*.post): matches nothing"},
		},
		{
			name:    "a scalar that says what stands there",
			actions: `[{target: "$.paths['/a'].get.deprecated", description: d, update: true}]`,
			want:    []string{"action 1 (update $.paths['/a'].get.deprecated): changes nothing at /paths/~1a/get/deprecated"},
		},
		{
			name:    "one nested leaf of a bigger update",
			actions: `[{target: "$.paths['/a']", description: d, update: {get: {deprecated: true, operationId: list}}}]`,
			want:    []string{"action 1 (update $.paths['/a']): changes nothing at /paths/~1a/get/deprecated"},
		},
		{
			name:    "one of several targets",
			actions: `[{target: "$.paths.*.get", description: d, update: {deprecated: true}}]`,
			want:    []string{"action 1 (update $.paths.*.get): changes nothing at /paths/~1a/get/deprecated"},
		},
		{
			name:    "a list item that is there",
			actions: `[{target: "$.paths['/a'].get", description: d, update: {tags: [z, y]}}]`,
			want:    []string{"action 1 (update $.paths['/a'].get): changes nothing at /paths/~1a/get/tags/1"},
		},
		{
			name:    "a list item that is there, appended by itself",
			actions: `[{target: "$.paths['/a'].get.tags", description: d, update: y}]`,
			want:    []string{"action 1 (update $.paths['/a'].get.tags): changes nothing at /paths/~1a/get/tags"},
		},
		{
			name:    "a list item that the update has twice",
			actions: `[{target: "$.paths['/a'].get", description: d, update: {tags: [z, z]}}]`,
			want:    []string{"action 1 (update $.paths['/a'].get): changes nothing at /paths/~1a/get/tags/1"},
		},
		{
			name: "a list item that an action before appended",
			actions: `
- {target: "$.paths['/a'].get.tags", description: d, update: [z]}
- {target: "$.paths['/a'].get.tags", description: d, update: [z]}`,
			want: []string{"action 2 (update $.paths['/a'].get.tags): changes nothing at /paths/~1a/get/tags/0"},
		},
		{
			name:    "a list item that differs in the order of keys only",
			actions: `[{target: "$.paths['/a'].get.parameters", description: d, update: [{schema: {type: integer}, in: query, name: p}]}]`,
			want:    []string{"action 1 (update $.paths['/a'].get.parameters): changes nothing at /paths/~1a/get/parameters/0"},
		},
		{
			name: "a list in another order",
			actions: `
- {target: $.components.schemas.Color.enum, description: d, remove: true}
- {target: $.components.schemas.Color, description: d, update: {enum: [green, red]}}`,
			want: []string{"action 1 (remove $.components.schemas.Color.enum): changes nothing: /components/schemas/Color/enum is put back as it was by 10-x.yaml: action 2"},
		},
		{
			name:    "words about what is not there",
			actions: `[{target: "$.paths['/a'].get", description: d, update: {summary: s, gone: {description: words}}}]`,
			want:    []string{"action 1 (update $.paths['/a'].get): documents what is not there: /paths/~1a/get/gone"},
		},
		{
			name:    "an empty map",
			actions: `[{target: "$.paths['/a']", description: d, update: {get: {}}}]`,
			want:    []string{"action 1 (update $.paths['/a']): changes nothing at /paths/~1a/get"},
		},
		{
			name:    "an empty list",
			actions: `[{target: "$.paths['/a'].get", description: d, update: {tags: []}}]`,
			want:    []string{"action 1 (update $.paths['/a'].get): changes nothing at /paths/~1a/get/tags"},
		},
		{
			name: "removed and put back",
			actions: `
- {target: "$.paths['/a'].get.deprecated", description: d, remove: true}
- {target: "$.paths['/a'].get", description: d, update: {deprecated: true}}`,
			want: []string{"action 1 (remove $.paths['/a'].get.deprecated): changes nothing: /paths/~1a/get/deprecated is put back as it was by 10-x.yaml: action 2"},
		},
		{
			name: "a list item removed and put back",
			actions: `
- {target: "$.paths['/a'].get.tags[?(@ == 'x')]", description: d, remove: true}
- {target: "$.paths['/a'].get.tags", description: d, update: [x]}`,
			want: []string{"action 1 (remove $.paths['/a'].get.tags[?(@ == 'x')]): changes nothing: /paths/~1a/get/tags/0 is put back as it was by 10-x.yaml: action 2"},
		},
		{
			name: "part of a list item removed and put back, the item moved",
			actions: `
- {target: "$.paths['/a'].get.parameters[?(@.name == 'q')].schema", description: d, remove: true}
- {target: "$.paths['/a'].get.parameters[?(@.name == 'p')]", description: d, remove: true}
- {target: "$.paths['/a'].get.parameters[?(@.name == 'q')]", description: d, update: {schema: {type: string}}}`,
			want: []string{"action 1 (remove $.paths['/a'].get.parameters[?(@.name == 'q')].schema): changes nothing: /paths/~1a/get/parameters/1/schema is put back as it was by 10-x.yaml: action 3"},
		},
		{
			name:    "the same target twice",
			actions: `[{target: "$.paths['/a','/a'].get.tags", description: d, update: [z]}]`,
			want:    []string{"action 1 (update $.paths['/a','/a'].get.tags): matches /paths/~1a/get/tags twice"},
		},
		{
			name:    "a key instead of a value",
			actions: `[{target: "$.paths['/a'].get.tags~", description: d, update: labels}]`,
			want:    []string{"action 1 (update $.paths['/a'].get.tags~): matches a key (tags): aim at its value"},
		},
		{
			name:    "an invalid JSONPath",
			actions: `[{target: "$.paths[", description: d, remove: true}]`,
			want:    []string{"action 1 (remove $.paths[): target is not a JSONPath"},
		},
		{
			name:    "a map in place of a scalar",
			actions: `[{target: "$.paths['/a']", description: d, update: {get: {deprecated: {since: 1}}}}]`,
			want:    []string{"action 1 (update $.paths['/a']): sets a map at /paths/~1a/get/deprecated, where a scalar stands"},
		},
		{
			name: "several faults",
			actions: `
- {target: "$.paths['/c']", description: d, remove: true}
- {target: "$.paths.*.get", description: d, update: {deprecated: true, operationId: list}}
- {target: "$.paths['/d']", description: d, remove: true}`,
			want: []string{
				"action 1 (remove $.paths['/c']): matches nothing",
				"action 2 (update $.paths.*.get): changes nothing at /paths/~1a/get/deprecated",
				"action 3 (remove $.paths['/d']): matches nothing",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := Apply(parseYAML(t, description), []*File{file(t, "10-x.yaml", test.actions)})
			got := faultsOf(err)
			if len(got) != len(test.want) {
				t.Fatalf("got %d faults, want %d:\n%v", len(got), len(test.want), err)
			}
			for i, fault := range got {
				if !strings.HasPrefix(fault.Error(), "10-x.yaml: "+test.want[i]) {
					t.Errorf("got  %s\nwant 10-x.yaml: %s", fault, test.want[i])
				}
			}
		})
	}
}

// faultsOf returns the faults that are joined in err.
func faultsOf(err error) []*Fault {
	var fault *Fault
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var list []*Fault
		for _, below := range joined.Unwrap() {
			list = append(list, faultsOf(below)...)
		}
		return list
	}
	if errors.As(err, &fault) {
		return []*Fault{fault}
	}
	return nil
}

func TestApply(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		actions  string
		at, want string // a place and what stands there afterwards
	}{
		{
			name: "removed and set otherwise",
			actions: `
- {target: "$.paths['/a'].get.deprecated", description: d, remove: true}
- {target: "$.paths['/a'].get", description: d, update: {deprecated: false}}`,
			at: "$.paths['/a'].get.deprecated", want: "false",
		},
		{
			name: "a list replaced",
			actions: `
- {target: $.components.schemas.Color.enum, description: d, remove: true}
- {target: $.components.schemas.Color, description: d, update: {enum: [red, blue]}}`,
			at: "$.components.schemas.Color.enum", want: "[red, blue]",
		},
		{
			name: "a neighbour in a list that says the same as what was removed",
			actions: `
- {target: "$.paths['/a'].get.parameters[1].schema", description: d, remove: true}
- {target: "$.paths['/a'].get.parameters[0]", description: d, remove: true}`,
			at: "$.paths['/a'].get.parameters", want: "[{name: q, in: query}, {name: r, in: query, schema: {type: string}}]",
		},
		{
			name:    "text in place of a number",
			actions: `[{target: $.components.schemas.Limit, description: d, update: {maximum: "5"}}]`,
			at:      "$.components.schemas.Limit.maximum", want: `"5"`,
		},
		{
			name:    "a number in place of true",
			actions: `[{target: $.components.schemas.Limit.nullable, description: d, update: 1}]`,
			at:      "$.components.schemas.Limit.nullable", want: `1`,
		},
		{
			name:    "items appended to a list",
			actions: `[{target: "$.paths.*.get.tags", description: d, update: [z]}]`,
			at:      "$.paths['/a'].get.tags", want: "[x, y, z]",
		},
		{
			name:    "an empty map that is new",
			actions: `[{target: $.components.schemas, description: d, update: {Any: {}}}]`,
			at:      "$.components.schemas.Any", want: "{}",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			doc := parseYAML(t, description)
			f := file(t, "10-x.yaml", test.actions)
			if err := Apply(doc, []*File{f}); err != nil {
				t.Fatal(err)
			}
			path, err := f.doc.NewPath(test.at, nil)
			if err != nil {
				t.Fatal(err)
			}
			found := path.Query(doc)
			if len(found) != 1 {
				t.Fatalf("%s matches %d places", test.at, len(found))
			}
			got := parseYAML(t, encode(t, found[0])) // as a reader of the file sees it
			if !equal(top(got), top(parseYAML(t, test.want))) {
				t.Errorf("got %s, want %s", encode(t, got), test.want)
			}
		})
	}
}

func TestApplyIsDeterministic(t *testing.T) {
	t.Parallel()
	actions := `
- {target: "$..tags", description: d, update: [z]}
- {target: "$.paths.*.get.deprecated", description: d, remove: true}
- {target: "$.components", description: d, update: {parameters: {P: {}}, schemas: {New: {type: string}}}}`
	var first string
	for range 5 {
		doc := parseYAML(t, description)
		if err := Apply(doc, []*File{file(t, "10-x.yaml", actions)}); err != nil {
			t.Fatal(err)
		}
		if text := encode(t, doc); first == "" {
			first = text
		} else if text != first {
			t.Fatalf("got\n%s\nand then\n%s", first, text)
		}
	}
}

// An overlay that was applied once can be applied to another description.
func TestApplyLeavesTheOverlayAlone(t *testing.T) {
	t.Parallel()
	files := []*File{file(t, "10-x.yaml", `
- {target: $.components.schemas, description: d, update: {New: {properties: {a: {type: string}}}}}
- {target: $.components.schemas.New.properties, description: d, update: {b: {type: string}}}`)}
	first, second := parseYAML(t, description), parseYAML(t, description)
	if err := Apply(first, files); err != nil {
		t.Fatal(err)
	}
	if err := Apply(second, files); err != nil {
		t.Fatal(err)
	}
	if encode(t, first) != encode(t, second) {
		t.Errorf("got\n%s\nand then\n%s", encode(t, first), encode(t, second))
	}
}

func TestApplyWithout(t *testing.T) {
	t.Parallel()
	files := []*File{
		file(t, "10-x.yaml", `
- {target: $.info, description: d, update: {version: "1"}}
- {target: $.components.schemas, description: d, update: {New: {type: string}}}`),
		file(t, "20-y.yaml", `
- {target: $.components.schemas.New, description: d, update: {nullable: true}}
- {target: $.components.schemas.Color, description: d, update: {nullable: true}}`),
	}
	withAll := parseYAML(t, description)
	if err := Apply(withAll, files); err != nil {
		t.Fatal(err)
	}
	without := parseYAML(t, description)
	if err := ApplyWithout(without, files, files[0].Actions[1]); err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(encode(t, withAll), "        New: {type: string, nullable: true}\n", "", 1)
	if got := encode(t, without); got != want || want == encode(t, withAll) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestApplyWithoutAnUnknownAction(t *testing.T) {
	t.Parallel()
	files := []*File{file(t, "10-x.yaml", `[{target: $.info, description: d, update: {version: "1"}}]`)}
	err := ApplyWithout(parseYAML(t, description), files, Action{File: "99-z.yaml", Index: 3, Target: "$"})
	assertLines(t, err, "99-z.yaml: action 3 (update $): there is no such action")
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	head := "overlay: 1.1.0\ninfo: {title: t, version: 1.0.0}\n"
	tests := []struct {
		name, text string
		want       []string
	}{
		{
			name: "no description",
			text: head + `actions: [{target: $.info, remove: true}]`,
			want: []string{"f.yaml: action 1 (remove $.info): has no description: say why it is there and how it was seen"},
		},
		{
			name: "a description of spaces",
			text: head + `actions: [{target: $.info, description: "  ", remove: true}]`,
			want: []string{"f.yaml: action 1 (remove $.info): has no description: say why it is there and how it was seen"},
		},
		{
			name: "both remove and update",
			text: head + `actions: [{target: $.info, description: d, remove: true, update: {a: 1}}]`,
			want: []string{"f.yaml: action 1 (remove $.info): needs either `update` or `remove: true`"},
		},
		{
			name: "neither remove nor update",
			text: head + `actions: [{target: $.info, description: d}]`,
			want: []string{"f.yaml: action 1 (update $.info): needs either `update` or `remove: true`"},
		},
		{
			name: "copy beside update",
			text: head + `actions: [{target: $.info, description: d, update: {a: 1}, copy: $.paths}]`,
			want: []string{"f.yaml: action 1 (update $.info): copies: write an update that says what is meant"},
		},
		{
			name: "an alias that stands for what contains it",
			text: head + `actions: [{target: $.info, description: d, update: &all {a: *all}}]`,
			want: []string{"f.yaml: action 1 (update $.info): has a YAML alias: write out what it stands for"},
		},
		{
			name: "several faults",
			text: head + `actions: [{target: $.info, remove: true}, {target: $.paths, description: d, remove: true}, {target: $.tags, description: d}]`,
			want: []string{
				"f.yaml: action 1 (remove $.info): has no description: say why it is there and how it was seen",
				"f.yaml: action 3 (update $.tags): needs either `update` or `remove: true`",
			},
		},
		{
			name: "version 1.0.0",
			text: `overlay: 1.0.0`,
			want: []string{"f.yaml: overlay version is \"1.0.0\": write `overlay: 1.1.0`, and no x-speakeasy-jsonpath"},
		},
		{
			name: "no version",
			text: `actions: []`,
			want: []string{"f.yaml: overlay version is \"\": write `overlay: 1.1.0`, and no x-speakeasy-jsonpath"},
		},
		{
			name: "the old JSONPath",
			text: head + `x-speakeasy-jsonpath: legacy`,
			want: []string{"f.yaml: overlay version is \"1.1.0\": write `overlay: 1.1.0`, and no x-speakeasy-jsonpath"},
		},
		{
			name: "no actions",
			text: head,
			want: []string{"f.yaml: has no actions"},
		},
		{
			name: "not YAML",
			text: "\t",
			want: []string{"f.yaml: yaml: found character that cannot start any token"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("f.yaml", []byte(test.text))
			assertLines(t, err, test.want...)
		})
	}
}

func TestParseKeepsWhatAnActionSays(t *testing.T) {
	t.Parallel()
	f := file(t, "10-x.yaml", `[{target: $.info, description: why, remove: true}]`)
	want := Action{File: "10-x.yaml", Index: 1, Target: "$.info", Description: "why", Remove: true}
	if len(f.Actions) != 1 || f.Actions[0] != want {
		t.Errorf("got %+v, want %+v", f.Actions, want)
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const oneAction = "overlay: 1.1.0\nactions: [{target: $.info, description: d, remove: true}]"

func TestLoadOrdersByName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"20-b.yaml": oneAction, "100-c.yaml": oneAction, "10-a.yaml": oneAction, "README.md": "no overlay"})
	files, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "10-a.yaml 100-c.yaml 20-b.yaml" {
		t.Errorf("got %s", got)
	}
}

func TestLoadReportsTheFaultsOfAllFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"10-a.yaml": "overlay: 1.0.0", "20-b.yaml": oneAction, "30-c.yaml": "overlay: 1.1.0"})
	_, err := Load(dir)
	assertLines(t, err,
		"10-a.yaml: overlay version is \"1.0.0\": write `overlay: 1.1.0`, and no x-speakeasy-jsonpath",
		"30-c.yaml: has no actions")
}

func TestLoadOfAnEmptyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := Load(dir)
	assertLines(t, err, dir+": no overlay files (*.yaml)")
}
