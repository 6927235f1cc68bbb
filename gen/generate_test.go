package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

var updateGolden = flag.Bool("update", false, "write the golden files of this package anew")

// The tests of generate are serial: oapi-codegen keeps its options in globals.

var testSource = contract.Source{Version: "1.2.3"}

// features lists the folders of testdata that hold a contract. Beside it, in
// want, stands what is generated from it.
func features(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*/openapi.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no contracts in testdata: %v", err)
	}
	dirs := make([]string, len(paths))
	for i, path := range paths {
		dirs[i] = filepath.Dir(path)
	}
	return dirs
}

func TestGenerate(t *testing.T) {
	for _, dir := range features(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(dir, "openapi.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			files, err := generate(text, testSource)
			if err != nil {
				t.Fatal(err)
			}
			want := filepath.Join(dir, "want")
			if *updateGolden {
				if err := write(want, files); err != nil {
					t.Fatal(err)
				}
			}
			if err := compare(want, files); err != nil {
				t.Errorf("%s: %v\nrun go test ./gen -update and look at the difference", want, err)
			}
		})
	}
}

// The generated code of all features compiles, passes go vet and, where a
// feature brings a test of its own, behaves. It stands in a module of its own
// whose path lets it import what is internal to this one.
func TestGeneratedCodeCompilesAndBehaves(t *testing.T) {
	if testing.Short() {
		t.Skip("builds packages")
	}
	const module = "github.com/labelstudio-go/labelstudio"
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	gomod := string(readFile(t, filepath.Join(root, "go.mod")))
	gomod = strings.Replace(gomod, "module "+module, "module "+module+"/golden", 1)
	gomod += fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %s => %s\n", module, module, root)
	writeFile(t, filepath.Join(scratch, "go.mod"), []byte(gomod))
	writeFile(t, filepath.Join(scratch, "go.sum"), readFile(t, filepath.Join(root, "go.sum")))
	for _, dir := range features(t) {
		feature := filepath.Base(dir)
		for name, text := range tree(t, filepath.Join(dir, "want")) {
			text = strings.ReplaceAll(text, module+"/generated\"", module+"/golden/"+feature+"/generated\"")
			writeFile(t, filepath.Join(scratch, feature, name), []byte(text))
		}
		if test := filepath.Join(dir, "behaviour_test.go"); exists(test) {
			writeFile(t, filepath.Join(scratch, feature, "generated", filepath.Base(test)), readFile(t, test))
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "./...")
	cmd.Dir = scratch
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func writeFile(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// smallContract writes a contract with these paths and schemas.
func smallContract(paths, schemas string) []byte {
	return []byte("openapi: 3.0.3\ninfo: {title: Test, version: \"1\"}\npaths: {" + paths + "}\ncomponents: {schemas: {" + schemas + "}}\n")
}

// gets is a GET operation with the given members, if it has no responses a
// success without a body.
func gets(path, id, members string) string {
	if !strings.Contains(members, "responses:") {
		members += `, responses: {"204": {description: ""}}`
	}
	return fmt.Sprintf("%q: {get: {operationId: %s%s}}", path, id, members)
}

// answers is a success with a JSON body of the given schema.
func answers(schema string) string {
	return `responses: {"200": {description: "", content: {application/json: {schema: ` + schema + `}}}}`
}

// refTo refers to a schema.
func refTo(schema string) string { return "{$ref: '#/components/schemas/" + schema + "'}" }

func TestGenerateRefuses(t *testing.T) {
	body := func(schema string) string {
		return `, requestBody: {content: {application/json: {schema: ` + schema + `}}}`
	}
	query := func(members string) string {
		return `, parameters: [{in: query, name: p, ` + members + `}]`
	}
	property := func(members string) string { return "{type: object, properties: {" + members + "}}" }
	tests := []struct {
		name           string
		paths, schemas string
		want           []string
	}{
		{
			name:  "an operation without a name",
			paths: `"/a": {get: {responses: {"204": {description: ""}}}}`,
			want:  []string{`GET /a: operationId "" is not Group.Method: name it in an overlay`},
		},
		{
			name:  "an operation without a group",
			paths: gets("/a", "api_list", ""),
			want:  []string{`GET /a: operationId "api_list" is not Group.Method: name it in an overlay`},
		},
		{
			name:  "two groups in one file",
			paths: gets("/a", "Labels.Get", "") + ", " + gets("/b", "LABELS.Get", ""),
			want:  []string{"group Labels: generated/labels.gen.go is the file of something else"},
		},
		{
			name:  "a group in the file of the types",
			paths: gets("/a", "Types.Get", ""),
			want:  []string{"group Types: generated/types.gen.go is the file of something else"},
		},
		{
			name:  "a group in the file of the services",
			paths: gets("/a", "Services.Get", ""),
			want:  []string{"group Services: generated/services.gen.go is the file of something else"},
		},
		{
			name:    "a schema in a request and in an answer",
			paths:   `"/a": {post: {operationId: A.Create` + body(refTo("B")) + ", " + answers(refTo("B")) + "}}",
			schemas: "B: " + property("a: {type: string}"),
			want:    []string{"components/schemas/B stands in requests and in answers: give each its own, in an overlay"},
		},
		{
			name: "a schema below a request and below an answer",
			paths: `"/a": {post: {operationId: A.Create` + body(refTo("B")) + ", " +
				answers("{type: array, items: {type: object, additionalProperties: "+refTo("C")+"}}") + "}}",
			schemas: "B: " + property("c: {allOf: ["+refTo("C")+"]}") + ", C: " + property("a: {type: string}"),
			want:    []string{"components/schemas/C stands in requests and in answers: give each its own, in an overlay"},
		},
		{
			name:    "a schema that nothing uses",
			paths:   gets("/a", "A.Get", ""),
			schemas: "B: {type: string}",
			want:    []string{"components/schemas/B is used by no operation: remove it in an overlay"},
		},
		{
			name:    "two schemas with one Go name",
			paths:   gets("/a", "A.Get", ""),
			schemas: "user_id: {type: string}, UserID: {type: string}",
			want:    []string{"components/schemas/user_id and UserID are both named UserID in Go: set x-go-name in an overlay"},
		},
		{
			name:    "a schema whose name begins with a digit",
			paths:   gets("/a", "A.Get", ", "+answers(refTo("2fa"))),
			schemas: "2fa: " + property("a: {type: string}"),
			want:    []string{`components/schemas/2fa: "2Fa" is not an exported name in Go: set x-go-name in an overlay`},
		},
		{
			name:    "a Go name that the library would write otherwise",
			paths:   gets("/a", "A.Get", ", "+answers(refTo("B"))),
			schemas: "B: {type: object, x-go-name: B_C, properties: {a: {type: string}}}",
			want:    []string{`components/schemas/B: "B_C" is not an exported name in Go: set x-go-name in an overlay`},
		},
		{
			name:  "a property whose name begins with a digit",
			paths: gets("/a", "A.Get", ", "+answers(property("2fa: {type: string}"))),
			want:  []string{`AGetResponse: property 2fa: "2Fa" is not an exported name in Go: set x-go-name in an overlay`},
		},
		{
			name:  "two properties with one Go name",
			paths: gets("/a", "A.Get", ", "+answers(property("user_id: {type: string}, user__id: {type: string}"))),
			want:  []string{"AGetResponse: properties user__id and user_id are both named UserID in Go: set x-go-name in an overlay"},
		},
		{
			name: "two parameters with one Go name",
			paths: gets("/a", "A.List", ", parameters: [{in: query, name: ids, schema: {type: string}}, "+
				"{in: query, name: IDs, schema: {type: string}}]"),
			want: []string{"A.List: parameter IDs: named IDs in Go like parameter ids: set x-go-name in an overlay"},
		},
		{
			name:  "a path parameter that is a keyword",
			paths: gets("/a/{type}", "A.Get", ", parameters: [{in: path, name: type, required: true, schema: {type: string}}]"),
			want:  []string{"A.Get: parameter type: type means something else in the method: set x-go-name in an overlay"},
		},
		{
			name:  "a path parameter that hides another name",
			paths: gets("/a/{body}", "A.Get", ", parameters: [{in: path, name: body, required: true, schema: {type: string}}]"),
			want:  []string{"A.Get: parameter body: body means something else in the method: set x-go-name in an overlay"},
		},
		{
			name: "two inline schemas with one name",
			paths: gets("/a", "A.Get", ", "+answers("{type: array, items: {type: object, x-go-name: B, properties: {a: {type: string}}}}")) + ", " +
				gets("/b", "A.List", ", "+answers("{type: array, items: {type: object, x-go-name: B, properties: {b: {type: string}}}}")),
			want: []string{"two inline schemas are named B and differ: set another x-go-name in an overlay"},
		},
		{
			name: "an inline schema with the name of another",
			paths: gets("/a", "A.Get", ", "+answers("{type: object, x-go-name: B, properties: {a: {type: string}}}")) + ", " +
				gets("/b", "A.List", ", "+answers(refTo("B"))),
			schemas: "B: " + property("a: {type: string}"),
			want:    []string{"an inline schema is named B like B: set another x-go-name in an overlay"},
		},
		{
			name:  "a method and its multipart form",
			paths: `"/a": {post: {operationId: A.Do, requestBody: {content: {application/json: {schema: {type: string}}, multipart/form-data: {}}}, responses: {"204": {description: ""}}}}, ` + gets("/b", "A.DoMultipart", ""),
			want: []string{
				"NewADoMultipartRequest is declared at generated/a.gen.go:",
				"*AService.DoMultipart is declared at generated/a.gen.go:",
			},
		},
		{
			name:    "a schema and a service",
			paths:   gets("/a", "A.Get", ", "+answers(refTo("AService"))),
			schemas: "AService: " + property("a: {type: string}"),
			want:    []string{"AService is declared at generated/a.gen.go:"},
		},
		{
			name:    "two values of an enum with one name",
			paths:   gets("/a", "A.Get", ", "+answers(refTo("E"))),
			schemas: "E: {type: string, enum: [a b, a_b]}",
			want:    []string{`E: values "a b" and "a_b" are both named AB: set x-enum-varnames in an overlay`},
		},
		{
			name:    "another number of values than of names",
			paths:   gets("/a", "A.Get", ", "+answers(refTo("E"))),
			schemas: "E: {type: string, enum: [a, b], x-enum-varnames: [A]}",
			want:    []string{"E: 2 values and 1 x-enum-varnames"},
		},
		{
			name:  "an answer that is the default",
			paths: gets("/a", "A.Get", `, responses: {"204": {description: ""}, default: {description: ""}}`),
			want:  []string{"A.Get: answer \"default\" is not a status: `default` and ranges say nothing"},
		},
		{
			name:  "no success",
			paths: gets("/a", "A.Get", `, responses: {"404": {description: ""}}`),
			want:  []string{"A.Get: no success is described"},
		},
		{
			name:  "successes that differ",
			paths: gets("/a", "A.Get", `, responses: {"200": {description: "", content: {application/json: {schema: {type: string}}}}, "204": {description: ""}}`),
			want:  []string{"A.Get: its successes [200] and 204 differ in body"},
		},
		{
			name: "bodies of other types",
			paths: `"/a": {post: {operationId: A.Do, responses: {"204": {description: ""}}, requestBody: {content: ` +
				`{application/xml: {}, application/x-www-form-urlencoded: {}}}}}`,
			want: []string{
				"A.Do: a body of type application/x-www-form-urlencoded is not supported: drop or replace it in an overlay",
				"A.Do: a body of type application/xml is not supported: drop or replace it in an overlay",
			},
		},
		{
			name:  "a JSON body without a schema",
			paths: `"/a": {post: {operationId: A.Do, responses: {"204": {description: ""}}, requestBody: {content: {application/json: {}}}}}`,
			want:  []string{"A.Do: the JSON body has no schema"},
		},
		{
			name:  "a header parameter",
			paths: gets("/a", "A.Get", ", parameters: [{in: header, name: X-A, schema: {type: string}}]"),
			want:  []string{"A.Get: parameter X-A: parameters in header are not supported"},
		},
		{
			name:  "a parameter that is an object",
			paths: gets("/a", "A.Get", query("schema: {type: object, additionalProperties: {type: string}}")),
			want:  []string{"A.Get: parameter p: type map[string]string has no form in a URL"},
		},
		{
			name:  "a parameter of another style",
			paths: gets("/a", "A.Get", query("style: pipeDelimited, explode: false, schema: {type: array, items: {type: string}}")),
			want:  []string{"A.Get: parameter p: style pipeDelimited is not supported"},
		},
		{
			name:  "a parameter without a schema",
			paths: gets("/a", "A.Get", query("content: {application/json: {schema: {type: string}}}")),
			want:  []string{"A.Get: parameter p: has no schema"},
		},
		{
			name:  "a parameter of a whole path",
			paths: `"/a": {parameters: [{in: query, name: p, schema: {type: string}}], get: {operationId: A.Get, responses: {"204": {description: ""}}}}`,
			want:  []string{"/a: parameters of a whole path are not supported: give them to its operations in an overlay"},
		},
		{
			name:    "properties and others",
			paths:   gets("/a", "A.Get", ", "+answers(refTo("B"))),
			schemas: "B: {type: object, properties: {a: {type: string}}, additionalProperties: {type: string}}",
			want:    []string{"B: has properties and takes others too: say which it is, or leave the whole free-form"},
		},
		{
			name:  "properties beside allOf",
			paths: gets("/a", "A.Get", ", "+answers("{properties: {a: {type: string}}, allOf: [{type: object}]}")),
			want:  []string{"AGetResponse: has properties beside allOf, oneOf or anyOf: write them together in an overlay"},
		},
		{
			name:  "allOf of several",
			paths: gets("/a", "A.Get", ", "+answers("{allOf: [{type: object}, {type: object}]}")),
			want:  []string{"AGetResponse: an allOf of several schemas has no Go shape"},
		},
		{
			name:    "an object of itself",
			paths:   gets("/a", "A.Get", ", "+answers(property("x: "+refTo("Tree")))) + ", " + gets("/b", "A.List", ", "+answers(refTo("Tree"))),
			schemas: "Tree: {type: object, additionalProperties: " + refTo("Tree") + "}",
			want:    []string{"components/schemas/Tree is made of itself without properties: leave it free-form in an overlay"},
		},
		{
			name:    "an array of itself",
			paths:   gets("/a", "A.Get", query("schema: "+refTo("Tree"))),
			schemas: "Tree: {type: array, items: {type: array, items: " + refTo("Tree") + "}}",
			want:    []string{"components/schemas/Tree is made of itself without properties"},
		},
		{
			name:    "an allOf of itself",
			paths:   gets("/a", "A.Get", ", "+answers(property("x: "+refTo("One")))),
			schemas: "One: {allOf: [" + refTo("Two") + "]}, Two: {allOf: [" + refTo("One") + "]}",
			want:    []string{"components/schemas/One is made of itself without properties"},
		},
		{
			name:    "structs within each other",
			paths:   gets("/a", "A.Get", ", "+answers(refTo("B"))),
			schemas: "B: {type: object, required: [c], properties: {c: " + refTo("C") + "}}, C: {type: object, required: [b], properties: {b: " + refTo("B") + "}}",
			want: []string{
				"components/schemas/B always holds another of itself: make the property optional or nullable in an overlay",
				"components/schemas/C always holds another of itself",
			},
		},
		{
			name:    "several faults",
			paths:   gets("/a", "A.Get", `, responses: {"404": {description: ""}}`) + ", " + gets("/b", "list", ""),
			schemas: "B: {type: string}, C: {type: string}",
			want: []string{
				"components/schemas/B is used by no operation",
				"components/schemas/C is used by no operation",
				"A.Get: no success is described",
				`GET /b: operationId "list" is not Group.Method`,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := generate(smallContract(test.paths, test.schemas), testSource)
			if err == nil {
				t.Fatal("no error")
			}
			got := strings.Split(err.Error(), "\n")
			if len(got) > 1 && got[0] == contract.EffectiveFile+" has no Go shape:" {
				got = got[1:]
			}
			if len(got) != len(test.want) {
				t.Fatalf("got %d faults, want %d:\n%v", len(got), len(test.want), err)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got  %s\nwant %s", got[i], want)
				}
			}
		})
	}
}

// OpenAPI itself forbids two operations with one id.
func TestGenerateRefusesTwoOperationsWithOneName(t *testing.T) {
	_, err := generate(smallContract(gets("/a", "A.Get", "")+", "+gets("/b", "A.Get", ""), ""), testSource)
	if err == nil || !strings.Contains(err.Error(), "A.Get") {
		t.Errorf("got the error %v", err)
	}
}

func TestGenerateRefusesWhatIsNotAContract(t *testing.T) {
	_, err := generate([]byte("openapi: 3.0.3"), testSource)
	if err == nil || !strings.HasPrefix(err.Error(), contract.EffectiveFile+" is not valid OpenAPI") {
		t.Errorf("got the error %v", err)
	}
}

func TestGoName(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"": "", "id": "ID", "ids": "IDs", "ID": "ID", "project_id": "ProjectID", "task_ids": "TaskIDs", "url": "URL", "urls": "URLs",
		"import_url": "ImportURL", "s3": "S3", "s3endpoint": "S3endpoint", "aws_access_key_id": "AWSAccessKeyID",
		"annotations__completed_by": "AnnotationsCompletedBy", "__leading": "Leading", "trailing_": "Trailing",
		"camelCase": "CamelCase", "PascalCase": "PascalCase", "S3ImportStorage": "S3ImportStorage", "JSONField": "JSONField",
		"MLBackend": "MLBackend", "LabelIDs": "LabelIDs", "kebab-case": "KebabCase", "dotted.name": "DottedName",
		"filter:tasks:id": "FilterTasksID", "Sequential sampling": "SequentialSampling", "ALL_CAPS": "ALLCAPS", "a1": "A1",
		"1st": "1St", "%": "", "identity": "Identity", "hide_urls_in_ui": "HideURLsInUI", "grüße": "GrE",
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := goName(name); got != tests[name] {
				t.Errorf("got %s, want %s", got, tests[name])
			}
		})
	}
}

func TestArgName(t *testing.T) {
	t.Parallel()
	tests := map[string]string{"ID": "id", "UserPk": "userPk", "ProjectID": "projectID", "URL": "url", "URLName": "urlName", "X": "x", "IDs": "ids", "URLsOfX": "urlsOfX"}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := argName(name); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}
