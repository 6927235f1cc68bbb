package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/labelstudio-go/labelstudio/e2e/record"
)

// failure is one way in which an exchange, or the contract itself, is not as
// it should be. Alike failures of one operation are counted, not repeated.
type failure struct {
	op, check, what string
}

func (f failure) String() string { return f.op + ": " + f.check + ": " + f.what }

// checker holds exchanges against a description.
type checker struct {
	desc     *description
	names    *description // which operation an exchange is of that desc does not know, or nil
	types    *goTypes     // nil if the description has no Go types: upstream's
	inScope  func(id string) bool
	seen     evidence
	failures map[failure]int
	first    map[failure]string // the test that showed it first
	stats    map[string]*opStats
}

type opStats struct {
	exchanges, conforming int
	statuses              map[int]int
}

func init() { // kin-openapi knows the format, but checks it on demand only
	openapi3.DefineStringFormatValidator("email", openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForEmail))
}

func newChecker(desc *description, types *goTypes, inScope func(string) bool) *checker {
	return &checker{
		desc: desc, types: types, inScope: inScope, seen: evidence{}, failures: map[failure]int{},
		first: map[failure]string{}, stats: map[string]*opStats{},
	}
}

// exchange checks one exchange. Of an operation that is out of scope only the
// security is checked.
func (c *checker) exchange(ex *record.Exchange) {
	op, known := c.desc.find(ex.Method, ex.Path)
	if !known {
		id := "(unknown)"
		if c.names != nil {
			if named, ok := c.names.find(ex.Method, ex.Path); ok {
				id = named.id
			}
		}
		if id == "(unknown)" || c.inScope(id) {
			c.count(id, ex, []failure{{id, "operation known", ex.Method + " " + ex.Path}})
		}
		return
	}
	var found []failure
	fail := func(check, format string, args ...any) {
		found = append(found, failure{op.id, check, fmt.Sprintf(format, args...)})
	}
	c.security(op, ex, fail)
	if !c.inScope(op.id) {
		c.keep(ex, found)
		return
	}
	c.query(op, ex, fail)
	if ex.Status < 300 {
		c.request(op, ex, fail) // a refused request may be anything
	}
	c.response(op, ex, fail)
	c.count(op.id, ex, found)
}

func (c *checker) count(id string, ex *record.Exchange, found []failure) {
	stats := c.stats[id]
	if stats == nil {
		stats = &opStats{statuses: map[int]int{}}
		c.stats[id] = stats
	}
	stats.exchanges++
	stats.statuses[ex.Status]++
	if len(found) == 0 {
		stats.conforming++
	}
	c.keep(ex, found)
}

func (c *checker) keep(ex *record.Exchange, found []failure) {
	for _, f := range found {
		if c.failures[f] == 0 {
			c.first[f] = fmt.Sprintf("%s, %s %s → %d", ex.Test, ex.Method, ex.Path, ex.Status)
		}
		c.failures[f]++
	}
}

type failFunc func(check, format string, args ...any)

func (c *checker) query(op *describedOp, ex *record.Exchange, fail failFunc) {
	values, err := url.ParseQuery(ex.Query)
	if err != nil {
		fail("query readable", "%v", err)
		return
	}
	for name, list := range values {
		i := slices.IndexFunc(op.spec.Parameters, func(p *openapi3.ParameterRef) bool {
			return p.Value.In == openapi3.ParameterInQuery && p.Value.Name == name
		})
		if i < 0 {
			fail("query parameter declared", "%s", name)
			continue
		}
		p := op.spec.Parameters[i].Value
		repeats := p.Schema.Value.Type.Is("array") && (p.Explode == nil || *p.Explode)
		if len(list) > 1 && !repeats {
			fail("query parameter declared", "%s is sent %d times", name, len(list))
		}
		if ex.Status < 300 {
			c.seen[parameterPlace(op, name)+" sent"] = true
			c.queryValue(p, list[0], fail)
		}
	}
	for _, p := range op.spec.Parameters {
		if p.Value.In == openapi3.ParameterInPath {
			value := pathValue(op.template, ex.Path, p.Value.Name)
			if _, err := strconv.ParseInt(value, 10, 64); err != nil {
				c.seen[parameterPlace(op, p.Value.Name)+" text"] = true
			}
			c.queryValue(p.Value, value, fail)
		}
	}
}

// parameterPlace names a parameter, as places name properties.
func parameterPlace(op *describedOp, name string) string { return op.id + " parameter " + name }

// queryValue checks the type of a parameter in the URL.
func (c *checker) queryValue(p *openapi3.Parameter, value string, fail failFunc) {
	t := p.Schema.Value.Type
	var parsed any
	switch err := json.Unmarshal([]byte(value), &parsed); {
	case t.Is("integer"), t.Is("number"), t.Is("boolean"):
		if err != nil || p.Schema.Value.VisitJSON(parsed) != nil {
			fail("parameter valid", "%s: %q is not of type %v", p.Name, value, t.Slice())
		}
	case t.Is("string"):
		if err := p.Schema.Value.VisitJSON(value); err != nil {
			fail("parameter valid", "%s: %q: %s", p.Name, value, reason(err))
		}
	}
}

func pathValue(template, path, name string) string {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if i := slices.Index(want, "{"+name+"}"); i >= 0 {
		return got[i]
	}
	return ""
}

// security compares what was sent and answered with what the contract demands.
func (c *checker) security(op *describedOp, ex *record.Exchange, fail failFunc) {
	open := len(op.security) == 0
	switch {
	case ex.Scheme == "" && !open && ex.Status != http.StatusUnauthorized:
		fail("login needed", "answered %d without credentials", ex.Status)
	case ex.Scheme == "" && open && ex.Status == http.StatusUnauthorized && bytes.Contains(ex.ResponseBody, []byte("were not provided")):
		fail("login needed", "asked for credentials")
	case ex.Scheme != "" && !open && ex.Status < 400 && !c.accepts(op, ex.Scheme):
		fail("scheme declared", "%s was accepted", ex.Scheme)
	}
}

func (c *checker) accepts(op *describedOp, sent string) bool {
	for _, alternative := range op.security {
		for name := range alternative {
			ref := c.desc.doc.Components.SecuritySchemes[name]
			if ref == nil {
				continue // looseness tells
			}
			scheme := ref.Value
			if scheme.Type == "apiKey" && sent == "Token" || scheme.Type == "http" && strings.EqualFold(scheme.Scheme, sent) {
				return true
			}
		}
	}
	return false
}

func (c *checker) request(op *describedOp, ex *record.Exchange, fail failFunc) {
	if len(ex.RequestBody) == 0 {
		if op.spec.RequestBody != nil && op.spec.RequestBody.Value.Required {
			fail("request body valid", "it is missing")
		}
		return
	}
	if op.spec.RequestBody == nil {
		fail("request body valid", "none is declared")
		return
	}
	media, ok := mediaOf(op.spec.RequestBody.Value.Content, ex.RequestType)
	if !ok {
		fail("request body valid", "content type %s is not declared", ex.RequestType)
		return
	}
	c.seen[op.id+" request "+mediaName(ex.RequestType)+" sent"] = true
	if media.Schema == nil || !strings.HasPrefix(ex.RequestType, "application/json") {
		return
	}
	c.document(op, "request", media.Schema, ex.RequestBody, c.seen, fail)
	if c.types != nil {
		if t := c.types.request(op.id); t != nil {
			c.roundTrip(t, "request", media.Schema, ex.RequestBody, fail)
		}
	}
}

func (c *checker) response(op *describedOp, ex *record.Exchange, fail failFunc) {
	declared := op.response(ex.Status)
	if declared == nil {
		fail("status declared", "%d", ex.Status)
		return
	}
	c.seen[fmt.Sprintf("%s %d answered", op.id, ex.Status)] = true
	if len(ex.ResponseBody) == 0 {
		if len(declared.Content) > 0 && !ex.Partial && ex.Method != http.MethodHead {
			fail("content type declared", "%d has no body", ex.Status)
		}
		return
	}
	media, ok := mediaOf(declared.Content, ex.ResponseType)
	if !ok {
		fail("content type declared", "%d %s", ex.Status, ex.ResponseType)
		return
	}
	c.seen[responsePlace(op, fmt.Sprint(ex.Status))+" "+mediaName(ex.ResponseType)+" answered"] = true
	if ex.Partial || media.Schema == nil || !strings.HasPrefix(ex.ResponseType, "application/json") {
		return
	}
	where := fmt.Sprint(ex.Status)
	var seen evidence
	if ex.Status < 300 {
		seen = c.seen
	}
	c.document(op, where, media.Schema, ex.ResponseBody, seen, fail)
	if c.types != nil && ex.Status < 300 {
		if t := c.types.result(op.id); t != nil {
			c.roundTrip(t, where, media.Schema, ex.ResponseBody, fail)
		}
	}
}

// document checks a JSON document against a schema: valid, and nothing in it
// that the schema doesn't know. What is absent, null and has a value goes into
// seen.
func (c *checker) document(op *describedOp, where string, schema *openapi3.SchemaRef, body []byte, seen evidence, fail failFunc) {
	value, err := decode(body)
	if err != nil {
		fail(where+" valid", "not JSON: %v", err)
		return
	}
	if err := schema.Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		var all openapi3.MultiError
		if !errors.As(err, &all) {
			all = openapi3.MultiError{err}
		}
		for _, err := range all {
			fail(where+" valid", "%s", reason(err))
		}
	}
	w := walker{seen: seen, fail: func(check, format string, args ...any) { fail(where+" "+check, format, args...) }}
	w.walk(schema, value, op.id+" "+where)
}

func decode(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the document")
	}
	return value, nil
}

// reason is a validation error in one line, list positions left out, so that
// the same fault in many items is one.
func reason(err error) string {
	var schemaErr *openapi3.SchemaError
	if !errors.As(err, &schemaErr) {
		return strings.Join(strings.Fields(err.Error()), " ")
	}
	var at strings.Builder
	for _, step := range schemaErr.JSONPointer() {
		if strings.Trim(step, "0123456789") == "" {
			step = "*"
		}
		at.WriteString("/" + step)
	}
	return fmt.Sprintf("%s: %s (%s)", at.String(), schemaErr.Reason, schemaErr.SchemaField)
}
