package overlay

import (
	"fmt"
	"strings"
	"testing"
)

// told is what a fault tells beside the reason, for comparison.
func told(f *Fault) string {
	text := fmt.Sprintf("%d at %s: wants %s, finds %s", f.Action.Index, f.At, f.Expected, f.Found)
	if f.Partial {
		text += " (partial)"
	}
	if f.Obsolete {
		text += " (obsolete)"
	}
	if f.Follows.File != "" {
		text += fmt.Sprintf(" (follows %d)", f.Follows.Index)
	}
	return text
}

// Each action that does not fit is told once for each place, and the rest is done.
func TestApplyFitting(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		actions string
		want    []string
		at      string // a place, and what stands there afterwards
		stands  string
	}{
		{
			"everything fits", `[{target: $.components.schemas.Color, description: d, update: {nullable: true}}]`,
			nil, "$.components.schemas.Color.nullable", "true",
		},
		{
			"what is to be set stands there", `[{target: "$.paths['/a'].get", description: d, update: {deprecated: true, operationId: list}}]`,
			[]string{`1 at /paths/~1a/get/deprecated: wants true, finds the same (partial) (obsolete)`},
			"$.paths['/a'].get.operationId", "list",
		},
		{
			"it stands at one of two targets", `[{target: "$.paths.*.get", description: d, update: {deprecated: true}}]`,
			[]string{`1 at /paths/~1a/get/deprecated: wants true, finds the same (partial) (obsolete)`},
			"$.paths['/b'].get.deprecated", "true",
		},
		{
			"a list has one of the items", `[{target: "$.paths['/a'].get", description: d, update: {tags: [y, z]}}]`,
			[]string{`1 at /paths/~1a/get/tags/0: wants "y", finds the same (partial) (obsolete)`},
			"$.paths['/a'].get.tags", "[x, y, z]",
		},
		{
			"what is to be removed is gone", `[{target: "$.paths['/b'].get.parameters[?(@.name == 'p')]", description: d, remove: true}]`,
			[]string{`1 at $.paths['/b'].get: wants .parameters[?(@.name == 'p')] to remove, finds keys deprecated, tags (obsolete)`},
			"$.paths['/b'].get.tags", "[x]",
		},
		{
			"an item to be removed is gone", `[{target: "$.paths['/a'].get.parameters[?(@.name == 's')]", description: d, remove: true}]`,
			[]string{`1 at $.paths['/a'].get.parameters: wants [?(@.name == 's')] to remove, finds items p, q, r (obsolete)`},
			"$.paths['/b'].get.tags", "[x]",
		},
		{
			"what holds it is gone too", `[{target: "$.paths['/c'].get.deprecated", description: d, remove: true}]`,
			[]string{`1 at $.paths: wants ['/c'].get.deprecated to remove, finds keys /a, /b`},
			"$.paths['/b'].get.tags", "[x]",
		},
		{
			"the target of an update is gone", `[{target: "$.components.schemas.Size", description: d, update: {type: integer}}]`,
			[]string{`1 at $.components.schemas: wants {type: "integer"}, finds keys Color, Limit`},
			"$.components.schemas.Color.type", "string",
		},
		{
			"none of several places has the target", `[{target: "$.paths.*.post", description: d, update: {deprecated: true}}]`,
			[]string{`1 at $.paths.*: wants {deprecated: true}, finds 2 places, none with .post`},
			"$.paths['/a'].get.deprecated", "true",
		},
		{
			"something of another kind stands there", `[{target: $.components.schemas.Limit, description: d, update: {maximum: {is: 6}, minimum: 1}}]`,
			[]string{`1 at /components/schemas/Limit/maximum: wants {is: 6}, finds 5 (partial)`},
			"$.components.schemas.Limit", "{maximum: 5, nullable: true, minimum: 1}",
		},
		{
			"words about an operation that is gone", `[{target: $.paths, description: d, update: {/c: {get: {operationId: See, summary: sees}}, /b: {get: {summary: lists}}}}]`,
			[]string{`1 at /paths/~1c: wants something to which it adds {get: {operationId: "See", summary: "sees"}}, finds nothing (partial)`},
			"$.paths['/b'].get", "{deprecated: false, tags: [x], summary: lists}",
		},
		{
			"a name for a schema that is gone", `[{target: $.components.schemas, description: d, update: {Size: {x-go-name: Extent}}}]`,
			[]string{`1 at /components/schemas/Size: wants something to which it adds {x-go-name: "Extent"}, finds nothing`},
			"$.components.schemas.Color.type", "string",
		},
		{
			"a property that is gone is required", `
- {target: $.components.schemas, description: d, update: {Pair: {type: object, properties: {a: {type: string}}}}}
- {target: $.components.schemas.Pair, description: d, update: {required: [a, b, c]}}
- {target: $.components.schemas.Pair.properties, description: d, update: {c: {type: string}}}`,
			[]string{`2 at /components/schemas/Pair/properties: wants b, finds keys a, c (partial)`},
			"$.components.schemas.Pair.required", "[a, c]",
		},
		{
			"the remedy of two actions is in place", `
- {target: $.components.schemas.Color.enum, description: d, remove: true}
- {target: $.components.schemas.Color, description: d, update: {enum: [green, red]}}`,
			[]string{`1 at /components/schemas/Color/enum: wants something else than ["red", "green"], finds ["red", "green"] (obsolete)`},
			"$.components.schemas.Color.enum", "[green, red]",
		},
		{
			"an action needs another that does not fit", `
- {target: "$.paths['/c']", description: d, update: {get: {responses: {200: {description: ""}}}}}
- {target: "$.paths['/c'].get.responses['200']", description: d, update: {content: {}}}
- {target: "$.paths['/c'].post", description: d, update: {deprecated: true}}`,
			[]string{
				`1 at $.paths: wants {get: {responses: {200: {description: ""}}}}, finds keys /a, /b`,
				`2 at $.paths: wants {content: {}}, finds keys /a, /b`,
				`3 at $.paths: wants {deprecated: true}, finds keys /a, /b`,
			},
			"$.paths['/b'].get.tags", "[x]",
		},
		{
			"an action aims at what another should have made", `
- {target: $.components.schemas.Limit, description: d, update: {maximum: {is: 6}}}
- {target: $.components.schemas.Limit.maximum.is, description: d, update: 7}
- {target: $.components.schemas.Limit.maximum.was, description: d, update: 7}`,
			[]string{
				`1 at /components/schemas/Limit/maximum: wants {is: 6}, finds 5`,
				`2 at $.components.schemas.Limit.maximum: wants 7, finds 5 (follows 1)`,
				`3 at $.components.schemas.Limit.maximum: wants 7, finds 5`,
			},
			"$.components.schemas.Limit.maximum", "5",
		},
		{
			"a target that is wrong in itself is left alone", `[{target: "$.paths['/a'].get.tags~", description: d, remove: true}]`,
			[]string{`1 at : wants , finds `},
			"$.paths['/a'].get.tags", "[x, y]",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			doc := parseYAML(t, description)
			f := file(t, "10-x.yaml", test.actions)
			var got []string
			for _, fault := range ApplyFitting(doc, []*File{f}) {
				got = append(got, told(fault))
			}
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(test.want, "\n  "))
			}
			path, err := f.doc.NewPath(test.at, nil)
			if err != nil {
				t.Fatal(err)
			}
			found := path.Query(doc)
			if len(found) != 1 || !equal(found[0], top(parseYAML(t, test.stands))) {
				t.Errorf("afterwards the description is\n%s\nwant %s at %s", encode(t, doc), test.stands, test.at)
			}
		})
	}
}

// A list of faults stays readable, whatever stands in the description.
func TestFaultIsShort(t *testing.T) {
	t.Parallel()
	doc := parseYAML(t, description)
	var schemas, properties strings.Builder
	for i := range 20 {
		fmt.Fprintf(&schemas, "s%d: {type: string}, ", i)
		fmt.Fprintf(&properties, "é%d: {type: string}, ", i)
	}
	files := []*File{file(t, "10-x.yaml", `
- {target: $.components.schemas, description: d, update: {`+schemas.String()+`}}
- {target: $.components.schemas.Size.a, description: d, update: {properties: {`+properties.String()+`}}}`)}
	faults := ApplyFitting(doc, files)
	if len(faults) != 1 {
		t.Fatalf("got %d faults", len(faults))
	}
	if want := "22 keys, none of them Size"; faults[0].Found != want {
		t.Errorf("found %s, want %s", faults[0].Found, want)
	}
	if got := faults[0].Expected; len(got) > 170 || !strings.HasSuffix(got, " …") || strings.ContainsRune(got, '�') {
		t.Errorf("expected is %s", got)
	}
}

func TestSegments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		target string
		steps  string // joined by spaces
		keys   string
	}{
		{`$`, ``, ``},
		{`$.a.b`, `.a .b`, `a b`},
		{`$['a']["b"].c`, `['a'] ["b"] .c`, `a b c`},
		{`$.paths["/x.y/[z]"].get`, `.paths ["/x.y/[z]"] .get`, `paths /x.y/[z] get`},
		{`$.a[?(@.name=='x.]' && @.b[0])].c`, `.a [?(@.name=='x.]' && @.b[0])] .c`, `a`},
		{`$..tags`, `..tags`, ``},
		{`$.a.*.b`, `.a .* .b`, `a`},
		{`$.a['b','c']`, `.a ['b','c']`, `a`},
		{`$['it\'s'].b`, `['it\'s'] .b`, ``},
		{`$.a..["b"]`, `.a ..["b"]`, `a`},
		{`$.a[`, `.a [`, `a`},
	}
	for _, test := range tests {
		t.Run(test.target, func(t *testing.T) {
			t.Parallel()
			steps := segments(test.target)
			if got := strings.Join(steps, " "); got != test.steps {
				t.Errorf("got the steps %s, want %s", got, test.steps)
			}
			if got := strings.Join(literals(steps), " "); got != test.keys {
				t.Errorf("got the keys %s, want %s", got, test.keys)
			}
		})
	}
}
