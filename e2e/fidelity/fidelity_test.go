package main

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/labelstudio-go/labelstudio/e2e/record"
)

// contractText has one operation of each kind that the checks tell apart.
const contractText = `
openapi: 3.0.3
info: {title: test, version: "1"}
security: [{LegacyToken: []}, {AccessToken: []}]
paths:
  /things/:
    get:
      operationId: Things.List
      parameters:
        - {in: query, name: page, schema: {type: integer}}
        - {in: query, name: ids, schema: {type: array, items: {type: string}}}
      responses:
        "200": {description: "", content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}
    post:
      operationId: Things.Create
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/ThingRequest'}}}
      responses:
        "201": {description: "", content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
        "400": {$ref: '#/components/responses/BadRequest'}
  /things/{id}/:
    get:
      operationId: Things.Get
      parameters: [{in: path, name: id, required: true, schema: {type: integer}}]
      responses:
        "200": {description: "", content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
  /things/check/:
    post:
      operationId: Things.Check
      security: []
      responses:
        "204": {description: ""}
  /others/{name}/:
    get:
      operationId: Others.Get
      parameters: [{in: path, name: name, required: true, schema: {type: string}}]
      responses:
        "200": {description: "", content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  securitySchemes:
    LegacyToken: {type: apiKey, in: header, name: Authorization}
    AccessToken: {type: http, scheme: bearer}
  responses:
    BadRequest: {description: "", content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
  schemas:
    Error: {type: object, required: [detail], properties: {detail: {type: string}}}
    ThingRequest: {type: object, required: [name], properties: {name: {type: string}, note: {type: string, nullable: true}}}
    Page: {type: object, required: [results], properties: {results: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}
    Thing:
      type: object
      required: [id]
      properties:
        id: {type: integer}
        made: {type: string, format: date-time}
        mail: {type: string, format: email}
        score: {type: number, nullable: true}
        data: {}
        parts: {type: object, additionalProperties: {$ref: '#/components/schemas/Part'}}
        owner:
          allOf: [{$ref: '#/components/schemas/Part'}]
          nullable: true
    Part: {type: object, properties: {size: {type: integer}}}
`

func load(t *testing.T, text string) *description {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return newDescription(doc)
}

// things are in scope, others are not.
func things(id string) bool { return strings.HasPrefix(id, "Things.") }

func failures(c *checker) []string {
	var list []string
	for f := range c.failures {
		list = append(list, f.String())
	}
	slices.Sort(list)
	return list
}

const jsonType = "application/json"

// good is an exchange that fits the contract.
func good() *record.Exchange {
	return &record.Exchange{
		Test: "T", Method: "GET", Path: "/things/1/", Scheme: "Token", Status: 200, ResponseType: jsonType, ResponseBody: []byte(`{"id":1}`),
	}
}

func TestExchanges(t *testing.T) {
	tests := []struct {
		name   string
		change func(ex *record.Exchange)
		want   []string
	}{
		{"good", func(*record.Exchange) {}, nil},
		{"content type with a parameter", func(ex *record.Exchange) { ex.ResponseType = "application/json; charset=utf-8" }, nil},
		{"unknown operation", func(ex *record.Exchange) { ex.Path = "/nonesuch/" }, []string{"(unknown): operation known: GET /nonesuch/"}},
		{"unknown method", func(ex *record.Exchange) { ex.Method = "PUT" }, []string{"(unknown): operation known: PUT /things/1/"}},

		{"undeclared status", func(ex *record.Exchange) { ex.Status = 418 }, []string{"Things.Get: status declared: 418"}},
		{"undeclared content type", func(ex *record.Exchange) { ex.ResponseType = "text/html" },
			[]string{"Things.Get: content type declared: 200 text/html"}},
		{"empty body", func(ex *record.Exchange) { ex.ResponseBody = nil }, []string{"Things.Get: content type declared: 200 has no body"}},
		{"body that was not read", func(ex *record.Exchange) { ex.ResponseBody, ex.Partial = nil, true }, nil},
		{"no JSON", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1`) }, []string{"Things.Get: 200 valid: not JSON: unexpected EOF"}},
		{"two documents", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1}{}`) },
			[]string{"Things.Get: 200 valid: not JSON: something follows the document"}},
		{"body where none is declared", func(ex *record.Exchange) { ex.Method, ex.Path, ex.Status = "POST", "/things/check/", 204 },
			[]string{"Things.Check: content type declared: 204 application/json"}},

		{"missing property", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{}`) },
			[]string{`Things.Get: 200 valid: /id: property "id" is missing (required)`}},
		{"wrong type", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":"1"}`) },
			[]string{`Things.Get: 200 valid: /id: value must be an integer (type)`}},
		{"null", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1,"made":null}`) },
			[]string{`Things.Get: 200 valid: /made: Value is not nullable (nullable)`}},
		{"null that is allowed", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1,"score":null,"owner":null}`) }, nil},
		{"time that is none", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1,"made":"2024-01-01 00:00"}`) },
			[]string{`Things.Get: 200 date-time valid: Thing.made: "2024-01-01 00:00"`, `Things.Get: 200 valid: /made: string doesn't match the format "date-time"`}},
		{"time that only looks like one", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1,"made":"2024-02-31T00:00:00Z"}`) },
			[]string{`Things.Get: 200 date-time valid: Thing.made: "2024-02-31T00:00:00Z"`}},
		{"address that is none", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1,"mail":"Deleted"}`) },
			[]string{`Things.Get: 200 valid: /mail: string doesn't match the format "email"`}},
		{"integer that Go can't hold", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":12345678901234567890}`) },
			[]string{`Things.Get: 200 integer valid: Thing.id: 12345678901234567890`}},
		{"undeclared property", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1,"new":1}`) },
			[]string{"Things.Get: 200 property declared: Thing.new"}},
		{"undeclared property in a map", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1,"parts":{"a":{"size":1,"new":1}}}`) },
			[]string{"Things.Get: 200 property declared: Part.new"}},
		{"undeclared property behind a nullable reference", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1,"owner":{"new":1}}`) },
			[]string{"Things.Get: 200 property declared: Part.new"}},
		{"undeclared property in a list", func(ex *record.Exchange) {
			ex.Path, ex.ResponseBody = "/things/", []byte(`{"results":[{"id":1},{"id":2,"new":1},{"id":3,"new":1}]}`)
		}, []string{"Things.List: 200 property declared: Thing.new"}},
		{"anything in free-form JSON", func(ex *record.Exchange) { ex.ResponseBody = []byte(`{"id":1,"data":{"new":[1]}}`) }, nil},

		{"undeclared parameter", func(ex *record.Exchange) { ex.Query = "new=1" }, []string{"Things.Get: query parameter declared: new"}},
		{"parameter of another type", func(ex *record.Exchange) {
			ex.Path, ex.Query, ex.ResponseBody = "/things/", "page=x", []byte(`{"results":[]}`)
		}, []string{`Things.List: parameter valid: page: "x" is not of type [integer]`}},
		{"parameter sent twice", func(ex *record.Exchange) {
			ex.Path, ex.Query, ex.ResponseBody = "/things/", "page=1&page=2", []byte(`{"results":[]}`)
		}, []string{"Things.List: query parameter declared: page is sent 2 times"}},
		{"list sent as such", func(ex *record.Exchange) {
			ex.Path, ex.Query, ex.ResponseBody = "/things/", "ids=1&ids=2", []byte(`{"results":[]}`)
		}, nil},
		{"path of another type", func(ex *record.Exchange) { ex.Path = "/things/x/" },
			[]string{`Things.Get: parameter valid: id: "x" is not of type [integer]`}},

		{"no credentials", func(ex *record.Exchange) { ex.Scheme = "" }, []string{"Things.Get: login needed: answered 200 without credentials"}},
		{"undeclared scheme", func(ex *record.Exchange) { ex.Scheme = "Basic" }, []string{"Things.Get: scheme declared: Basic was accepted"}},
		{"other scheme", func(ex *record.Exchange) { ex.Scheme = "Bearer" }, nil},
		{"credentials asked for where none are needed", func(ex *record.Exchange) {
			*ex = record.Exchange{
				Method: "POST", Path: "/things/check/", Status: 401, ResponseType: jsonType,
				ResponseBody: []byte(`{"detail":"Authentication credentials were not provided."}`),
			}
		}, []string{"Things.Check: login needed: asked for credentials", "Things.Check: status declared: 401"}},
		{"out of scope", func(ex *record.Exchange) { ex.Path, ex.Status = "/others/x/", 418 }, nil},
		{"out of scope, without credentials", func(ex *record.Exchange) { ex.Path, ex.Scheme = "/others/x/", "" },
			[]string{"Others.Get: login needed: answered 200 without credentials"}},
	}
	for _, test := range tests {
		c, ex := newChecker(load(t, contractText), nil, things), good()
		test.change(ex)
		c.exchange(ex)
		if got := failures(c); !slices.EqualFunc(got, test.want, strings.HasPrefix) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

func TestRequests(t *testing.T) {
	tests := []struct {
		name, body, contentType string
		status                  int
		want                    []string
	}{
		{"good", `{"name":"x","note":null}`, jsonType, 201, nil},
		{"no body", ``, ``, 201, []string{"Things.Create: request body valid: it is missing"}},
		{"undeclared content type", `name=x`, "application/x-www-form-urlencoded", 201,
			[]string{"Things.Create: request body valid: content type application/x-www-form-urlencoded is not declared"}},
		{"undeclared property", `{"name":"x","new":1}`, jsonType, 201, []string{"Things.Create: request property declared: ThingRequest.new"}},
		{"missing property", `{}`, jsonType, 201, []string{`Things.Create: request valid: /name: property "name" is missing (required)`}},
		{"refused, whatever it is", `{"new":1}`, jsonType, 400, nil},
	}
	for _, test := range tests {
		c := newChecker(load(t, contractText), nil, things)
		answer := `{"id":1}`
		if test.status == 400 {
			answer = `{"detail":"no"}`
		}
		c.exchange(&record.Exchange{
			Method: "POST", Path: "/things/", Scheme: "Token", RequestType: test.contentType, RequestBody: []byte(test.body),
			Status: test.status, ResponseType: jsonType, ResponseBody: []byte(answer),
		})
		if got := failures(c); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFind(t *testing.T) {
	desc := load(t, contractText)
	tests := []struct{ method, path, want string }{
		{"GET", "/things/1/", "Things.Get"},
		{"GET", "/things/check/", "Things.Get"}, // as only POST has the literal path
		{"POST", "/things/check/", "Things.Check"},
		{"POST", "/things/ch%65ck/", "Things.Check"},
		{"GET", "/things/", "Things.List"},
		{"GET", "/things//", ""},
		{"GET", "/things", ""},
		{"GET", "/things/1/2/", ""},
		{"POST", "/things/1/", ""},
	}
	for _, test := range tests {
		got := ""
		if op, ok := desc.find(test.method, test.path); ok {
			got = op.id
		}
		if got != test.want {
			t.Errorf("%s %s: found %q, want %q", test.method, test.path, got, test.want)
		}
	}
	literal := load(t, `
openapi: 3.0.3
info: {title: test, version: "1"}
paths:
  /a/{x}/: {get: {operationId: A.Parameter, responses: {}}}
  /a/b/: {get: {operationId: A.Literal, responses: {}}}
  /{y}/b/: {get: {operationId: A.Other, responses: {}}}
`)
	if op, _ := literal.find("GET", "/a/b/"); op.id != "A.Literal" {
		t.Errorf("found %s, want the operation with the literal path", op.id)
	}
}

// full is everything that contractText allows, recorded.
func full() []*record.Exchange {
	get := func(path, query, answer string) *record.Exchange {
		ex := good()
		ex.Path, ex.Query, ex.ResponseBody = path, query, []byte(answer)
		return ex
	}
	create := func(body string, status int, answer string) *record.Exchange {
		ex := good()
		ex.Method, ex.Path, ex.RequestType, ex.RequestBody = "POST", "/things/", jsonType, []byte(body)
		ex.Status, ex.ResponseBody = status, []byte(answer)
		return ex
	}
	return []*record.Exchange{
		get("/things/", "page=1&ids=1&ids=2", `{"results":[{"id":1,"score":null,"owner":null}]}`),
		get("/things/1/", "", `{"id":1,"parts":{"a":{}}}`),
		create(`{"name":"x","note":"y"}`, 201, `{"id":1}`),
		create(`{"name":"x","note":null}`, 201, `{"id":1}`),
		create(`{}`, 400, `{"detail":"no"}`),
		{Method: "POST", Path: "/things/check/", Status: 204},
	}
}

func TestLooseness(t *testing.T) {
	freeForm := map[string]string{"Thing.data": "a reason"}
	tests := []struct {
		name   string
		drop   int // exchange of full to leave out; -1 for none
		change func(text string) string
		notes  notes
		want   []string
	}{
		{name: "nothing loose", drop: -1, notes: notes{FreeForm: freeForm}},
		{name: "no reason for free form", drop: -1, want: []string{"Thing.data: free form reasoned: give the reason"}},
		{name: "reason without free form", drop: -1, notes: notes{FreeForm: map[string]string{"Thing.data": "r", "Thing.id": "r"}},
			want: []string{"Thing.id: free form reasoned: freeform/ names it"}},
		{name: "free form by name", drop: -1, notes: notes{FreeForm: freeForm}, change: func(text string) string {
			return strings.Replace(text, "Part: {type: object, properties: {size: {type: integer}}}", "Part: {}", 1)
		}, want: []string{"Part: free form reasoned: give the reason", "Thing.parts: free form reasoned: give the reason"}},
		{name: "free form by name, in a list", drop: -1, notes: notes{FreeForm: freeForm}, change: func(text string) string {
			text = strings.Replace(text, "data: {}\n", "data: {}\n        list: {type: array, items: {$ref: '#/components/schemas/Any'}}\n", 1)
			return strings.Replace(text, "  schemas:\n", "  schemas:\n    Any: {}\n", 1)
		}, want: []string{"Any: free form reasoned: give the reason"}},
		{name: "nothing absent or null, parameters not sent", drop: 0, notes: notes{FreeForm: freeForm}, want: []string{
			"Thing.owner: looseness seen: null", "Thing.score: looseness seen: null",
			"Things.List 200 application/json: looseness seen: answered", "Things.List 200: looseness seen: answered",
			"Things.List parameter ids: looseness seen: sent", "Things.List parameter page: looseness seen: sent",
		}},
		{name: "cited instead", drop: 0, notes: notes{FreeForm: freeForm, Evidence: map[string]map[string]string{
			"Thing.owner": {"null": "a.py:1"}, "Thing.score": {"null": "a.py:2"}, "Things.List 200": {"answered": "a.py:3"},
			"Things.List 200 application/json": {"answered": "a.py:3"},
			"Things.List parameter ids":        {"sent": "a.py:4"}, "Things.List parameter page": {"sent": "a.py:5"},
		}}},
		{name: "cited without a source", drop: 1, notes: notes{FreeForm: freeForm, Evidence: map[string]map[string]string{
			"Part.size": {"absent": ""}, "Things.Get 200": {"answered": "a.py:3"}, "Things.Get 200 application/json": {"answered": "a.py:3"},
		}}, want: []string{"Part.size: looseness seen: absent"}},
		{name: "stale citation", drop: -1, notes: notes{FreeForm: freeForm, Evidence: map[string]map[string]string{
			"Thing.id": {"null": "a.py:1"}, "Thing.score": {"null": "a.py:2"},
		}}, want: []string{"Thing.id null: looseness seen: evidence/ cites it, but the contract does not allow it"}},
		{name: "property not sent", drop: 2, notes: notes{FreeForm: freeForm}, want: []string{"ThingRequest.note: looseness seen: value"}},
		{name: "null not sent", drop: 3, notes: notes{FreeForm: freeForm}, want: []string{"ThingRequest.note: looseness seen: null"}},
		{name: "status not answered", drop: 4, notes: notes{FreeForm: freeForm}, want: []string{
			"BadRequest application/json: looseness seen: answered", "Things.Create 400: looseness seen: answered",
		}},
		{name: "body that nobody sends", drop: -1, notes: notes{FreeForm: freeForm}, change: func(text string) string {
			return strings.Replace(text, "content: {application/json: {schema: {$ref: '#/components/schemas/ThingRequest'}}}",
				"content: {application/json: {schema: {$ref: '#/components/schemas/ThingRequest'}}, multipart/form-data: {schema: {$ref: '#/components/schemas/ThingRequest'}}}", 1)
		}, want: []string{"Things.Create request multipart/form-data: looseness seen: sent"}},
		{name: "text that is always a number", drop: -1, notes: notes{FreeForm: freeForm}, change: func(text string) string {
			return strings.Replace(text, "name: id, required: true, schema: {type: integer}", "name: id, required: true, schema: {type: string}", 1)
		}, want: []string{"Things.Get parameter id: looseness seen: text"}},
		{name: "status for everything", drop: -1, notes: notes{FreeForm: freeForm}, change: func(text string) string {
			return strings.Replace(text, `"204": {description: ""}`, `"204": {description: ""}`+"\n        "+`default: {description: ""}`, 1)
		}, want: []string{"Things.Check: status exact: default says nothing"}},
		{name: "unused components", drop: -1, notes: notes{FreeForm: freeForm}, change: func(text string) string {
			text = strings.Replace(text, "  schemas:\n", "  schemas:\n    Unused: {type: string}\n", 1)
			return strings.Replace(text, "  securitySchemes:\n", "  securitySchemes:\n    Old: {type: apiKey, in: header, name: X}\n", 1)
		}, want: []string{"schemas/Unused: used: nothing refers to it", "securitySchemes/Old: used: no operation asks for it"}},
		{name: "unknown scheme", drop: -1, notes: notes{FreeForm: freeForm}, change: func(text string) string {
			return strings.Replace(text, "operationId: Things.Get", "operationId: Things.Get\n      security: [{LegacyToken: []}, {Old: []}]", 1)
		}, want: []string{"Things.Get: scheme declared: Old is not"}},
	}
	for _, test := range tests {
		text := contractText
		if test.change != nil {
			if text = test.change(text); text == contractText {
				t.Fatalf("%s: changes nothing", test.name)
			}
		}
		c := newChecker(load(t, text), nil, things)
		for i, ex := range full() {
			if i != test.drop {
				c.exchange(ex)
			}
		}
		c.looseness(&test.notes)
		if got := failures(c); !slices.EqualFunc(got, test.want, strings.HasPrefix) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

func TestDocumented(t *testing.T) {
	const text = `
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /things/{id}/:
    get:
      operationId: Things.Get
      summary: Returns it.
      parameters: [{name: id, in: path, required: true, schema: {type: integer}, description: which}]
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema:
                type: object
                properties:
                  name: {type: string, description: its name}
`
	for _, words := range []string{"summary: Returns it.", ", description: which", ", description: its name"} {
		c := newChecker(load(t, strings.Replace(text, words, "", 1)), nil, things)
		c.documented()
		if len(c.failures) != 1 {
			t.Errorf("without %q: %v", words, failures(c))
		}
	}
	c := newChecker(load(t, text), nil, things)
	c.documented()
	if len(c.failures) != 0 {
		t.Errorf("with all words: %v", failures(c))
	}
}

func TestAlikeFailuresAreCounted(t *testing.T) {
	c := newChecker(load(t, contractText), nil, things)
	for range 3 {
		ex := good()
		ex.Status = 418
		c.exchange(ex)
	}
	c.exchange(good())
	if got := slices.Collect(maps.Values(c.failures)); !slices.Equal(got, []int{3}) {
		t.Errorf("the counts of the failures are %v, want one of 3", got)
	}
	if s := c.stats["Things.Get"]; s.exchanges != 4 || s.conforming != 1 || s.statuses[418] != 3 {
		t.Errorf("the figures are %+v", s)
	}
	var out strings.Builder
	c.report(&out, nil)
	if !strings.Contains(out.String(), "Things.Get: status declared: 418 (3×, first in T, GET /things/1/ → 418)") ||
		!strings.Contains(out.String(), "1 operations, 4 exchanges, 1 conforming (25%), 1 different failures") {
		t.Errorf("the report is\n%s", out.String())
	}
}

// Of an operation that must be reached, a success and an error must be seen.
func TestCoverage(t *testing.T) {
	desc := load(t, contractText)
	c := newChecker(desc, nil, things)
	c.exchange(good())
	c.coverage(desc, func(id string) bool { return id == "Things.Get" || id == "Things.List" })
	want := []string{
		"Things.Get: reached: no error was recorded", "Things.List: reached: no error was recorded",
		"Things.List: reached: no success was recorded",
	}
	if got := failures(c); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCommandRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "recorded")
	run := func(spec string) error {
		return runCommand(io.Discard, filepath.Join("..", ".."), file, spec, "", false)
	}
	if err := run("effective"); err == nil || !strings.Contains(err.Error(), "reading the recorded exchanges") {
		t.Errorf("no file: got %v", err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run("effective"); err == nil || !strings.Contains(err.Error(), "nothing was recorded") {
		t.Errorf("an empty file: got %v", err)
	}
	if err := os.WriteFile(file, []byte(`{"Method":"GET","Path":"/health","Status":200}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run("other"); err == nil || !strings.Contains(err.Error(), "say effective or upstream") {
		t.Errorf("an unknown contract: got %v", err)
	}
	for _, spec := range []string{"effective", "upstream"} {
		if err := run(spec); err == nil || !strings.Contains(err.Error(), "failures") {
			t.Errorf("%s: got %v for an exchange that is not described", spec, err)
		}
	}
}

func TestTable(t *testing.T) {
	desc := load(t, contractText)
	ours, published := newChecker(desc, nil, things), newChecker(load(t, contractText), nil, things)
	refused := good()
	refused.Status, refused.ResponseBody = 404, nil
	for _, c := range []*checker{ours, published} {
		c.exchange(good())
		c.exchange(refused) // is declared by neither
	}
	unknown := good()
	unknown.Path = "/elsewhere/"
	published.names = load(t, strings.ReplaceAll(contractText, "/things/{id}/", "/elsewhere/"))
	published.exchange(unknown)

	file := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(file, []byte("before\n"+tableBegin+"old\n"+tableEnd+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeTable(file, desc, published, ours); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "before\n" + tableBegin + `| group | operations | reached | exchanges checked | failing, as published | failing, as corrected |
|---|--:|--:|--:|--:|--:|
| Others | 1 | 0 | 0 | 0 | 0 |
| Things | 4 | 1 | 2 | 2 | 1 |
| **all** | 5 | 1 | 2 | 2 | 1 |
` + tableEnd + "after\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if err := os.WriteFile(file, []byte("no marks\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeTable(file, desc, published, ours); err == nil || !strings.Contains(err.Error(), "has no place for the table") {
		t.Errorf("without marks: %v", err)
	}
}
