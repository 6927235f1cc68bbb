package main

import (
	"fmt"
	"go/token"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
)

// operation is what the templates need to know of one operation.
type operation struct {
	ID         string // as in the contract, "Projects.Get"
	Group      string // "Projects"
	Name       string // "Get"
	Method     string // HTTP method
	Path       string // path template
	Doc        string // our own one line, without the name, or ""
	Deprecated bool
	PathParams []argument
	Query      []argument
	Body       string // Go type of a JSON body, or ""
	Multipart  bool   // takes a multipart body, beside or instead of JSON
	Statuses   []int  // of success
	Kind       string // None, Decode or Open
	Result     string // Go type of the result, or ""
}

// extSegments marks a path parameter that may hold slashes.
const extSegments = "x-segments"

// argument is a path or query parameter.
type argument struct {
	Name   string // as on the wire
	GoName string // field of the params struct, or argument of the method
	Type   string
	Doc    string // our own one line, or ""
	Joined bool   // a list that is sent as one value joined by commas

	Deprecated string // why it is, or ""

	required bool
	segments bool // a path parameter that may hold slashes
}

// Value is the argument as the request builder passes it on.
func (a argument) Value() string {
	if a.segments {
		return "wire.Segments(" + a.GoName + ")"
	}
	return a.GoName
}

// FieldType is the type in the params struct, where nil means not set.
func (a argument) FieldType() string {
	if a.required || isContainer(a.Type) {
		return a.Type
	}
	return "*" + a.Type
}

var operationID = regexp.MustCompile(`^([A-Z][A-Za-z0-9]*)\.([A-Z][A-Za-z0-9]*)$`)

// operations reads all operations of the contract, by group and name, and
// leaves to oapi-codegen of each what the templates do not write themselves.
func (s *shaper) operations() []*operation {
	var ops []*operation
	seen := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(s.doc.Paths.Map())) {
		item := s.doc.Paths.Value(path)
		if len(item.Parameters) > 0 {
			s.fault("%s: parameters of a whole path are not supported: give them to its operations in an overlay", path)
		}
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			op := s.operation(path, method, item.Operations()[method])
			if op == nil {
				continue
			}
			place := method + " " + path
			if other, taken := seen[op.ID]; taken {
				s.fault("%s and %s are both named %s", place, other, op.ID)
			}
			seen[op.ID] = place
			ops = append(ops, op)
		}
	}
	slices.SortFunc(ops, func(a, b *operation) int { return strings.Compare(a.ID, b.ID) })
	return ops
}

func (s *shaper) operation(path, method string, spec *openapi3.Operation) *operation {
	parts := operationID.FindStringSubmatch(spec.OperationID)
	if parts == nil {
		s.fault("%s %s: operationId %q is not Group.Method: name it in an overlay", method, path, spec.OperationID)
		return nil
	}
	op := &operation{
		ID: spec.OperationID, Group: parts[1], Name: parts[2], Method: method, Path: path,
		Doc: oneLine(spec.Summary), Deprecated: spec.Deprecated,
	}
	spec.Tags = []string{op.Group}
	spec.OperationID = op.Group + op.Name
	spec.Security, spec.Summary, spec.Description = nil, "", ""
	s.parameters(op, spec)
	s.body(op, spec)
	s.success(op, spec)
	spec.Parameters = slices.DeleteFunc(spec.Parameters, func(p *openapi3.ParameterRef) bool {
		return p.Value.In != openapi3.ParameterInPath
	})
	spec.RequestBody = nil
	spec.Responses = openapi3.NewResponses()
	return op
}

// parameters keeps the order of the path for path parameters and that of the
// contract, which is by name, for the query.
func (s *shaper) parameters(op *operation, spec *openapi3.Operation) {
	names := map[string]string{}
	for _, ref := range spec.Parameters {
		p := ref.Value
		place := op.ID + ": parameter " + p.Name
		if p.Schema == nil {
			s.fault("%s: has no schema", place)
			continue
		}
		if method, err := p.SerializationMethod(); err != nil || method.Style != "form" && method.Style != "simple" {
			s.fault("%s: style %s is not supported", place, p.Style)
		}
		arg := argument{Name: p.Name, GoName: goName(p.Name), Doc: oneLine(p.Description), required: p.Required}
		arg.Joined = p.Explode != nil && !*p.Explode
		arg.segments, _ = p.Extensions[extSegments].(bool)
		if given, ok := p.Extensions[extGoName].(string); ok {
			arg.GoName = given
		}
		if p.Deprecated {
			arg.Deprecated = deprecatedReason(p.Extensions)
		}
		s.checkName(place, arg.GoName)
		if other, taken := names[p.In+arg.GoName]; taken {
			s.fault("%s: named %s in Go like parameter %s: set %s in an overlay", place, arg.GoName, other, extGoName)
		}
		names[p.In+arg.GoName] = p.Name
		arg.Type = s.goType(p.Schema, op.Group+op.Name+arg.GoName)
		switch p.In {
		case openapi3.ParameterInPath:
			arg.GoName = argName(arg.GoName)
			if reserved[arg.GoName] || token.IsKeyword(arg.GoName) {
				s.fault("%s: %s means something else in the method: set %s in an overlay", place, arg.GoName, extGoName)
			}
			op.PathParams = append(op.PathParams, arg)
		case openapi3.ParameterInQuery:
			op.Query = append(op.Query, arg)
		default:
			s.fault("%s: parameters in %s are not supported", place, p.In)
		}
		if isContainer(arg.Type) && !strings.HasPrefix(arg.Type, "[]") {
			s.fault("%s: type %s has no form in a URL", place, arg.Type)
		}
	}
	slices.SortFunc(op.PathParams, func(a, b argument) int {
		return strings.Index(op.Path, "{"+a.Name+"}") - strings.Index(op.Path, "{"+b.Name+"}")
	})
}

// reserved are the names that mean something in the functions that the
// templates write.
var reserved = map[string]bool{
	"body": true, "context": true, "contentType": true, "ctx": true, "err": true, "http": true, "int": true, "io": true,
	"nil": true, "opts": true, "params": true, "r": true, "req": true, "s": true, "wire": true,
}

func (s *shaper) body(op *operation, spec *openapi3.Operation) {
	if spec.RequestBody == nil {
		return
	}
	content := spec.RequestBody.Value.Content
	for _, mediaType := range slices.Sorted(maps.Keys(content)) {
		schema := content[mediaType].Schema
		switch {
		case mediaType == "application/json" && schema == nil:
			s.fault("%s: the JSON body has no schema", op.ID)
		case mediaType == "application/json":
			op.Body = s.goType(schema, op.Group+op.Name+"Request")
		case mediaType == "multipart/form-data":
			op.Multipart = true
		default:
			s.fault("%s: a body of type %s is not supported: drop or replace it in an overlay", op.ID, mediaType)
		}
	}
}

func (s *shaper) success(op *operation, spec *openapi3.Operation) {
	for _, status := range slices.Sorted(maps.Keys(spec.Responses.Map())) {
		code, err := strconv.Atoi(status)
		if err != nil {
			s.fault("%s: answer %q is not a status: `default` and ranges say nothing", op.ID, status)
			continue
		}
		if code < 200 || code > 299 {
			continue
		}
		kind, result := s.answer(op, spec.Responses.Value(status).Value)
		if len(op.Statuses) > 0 && (kind != op.Kind || result != op.Result) {
			s.fault("%s: its successes %v and %d differ in body", op.ID, op.Statuses, code)
		}
		op.Statuses = append(op.Statuses, code)
		op.Kind, op.Result = kind, result
	}
	if len(op.Statuses) == 0 {
		s.fault("%s: no success is described", op.ID)
	}
}

// answer tells what a success carries: nothing, one JSON document, or a file.
func (s *shaper) answer(op *operation, answer *openapi3.Response) (kind, result string) {
	if len(answer.Content) == 0 {
		return "Send", ""
	}
	media := answer.Content["application/json"]
	if media == nil || len(answer.Content) > 1 || media.Schema == nil || media.Schema.Value.Format == "binary" {
		return "Open", "io.ReadCloser"
	}
	t := s.goType(media.Schema, op.Group+op.Name+"Response")
	if s.isStruct(t) {
		t = "*" + t
	}
	return "Decode", t
}

// isStruct says whether a Go type is a struct that answers are returned as a
// pointer to.
func (s *shaper) isStruct(t string) bool {
	shaped := s.shaped[t]
	return shaped != nil && isObject(shaped.Value)
}

// argName turns an exported name into one for an argument: "UserPk" → "userPk",
// "IDs" → "ids".
func argName(exported string) string {
	for i, r := range exported {
		if i > 0 && r >= 'a' && r <= 'z' {
			if rest := exported[i:]; rest == "s" || len(rest) > 1 && rest[0] == 's' && unicode.IsUpper(rune(rest[1])) {
				i++ // the plural of an abbreviation
			} else if i > 1 {
				i--
			}
			return strings.ToLower(exported[:i]) + exported[i:]
		}
	}
	return strings.ToLower(exported)
}

// StatusList writes the statuses as Go.
func (op *operation) StatusList() string {
	list := make([]string, len(op.Statuses))
	for i, code := range op.Statuses {
		list[i] = statusName[code]
		if list[i] == "" {
			list[i] = strconv.Itoa(code)
		}
	}
	return "[]int{" + strings.Join(list, ", ") + "}"
}

var statusName = map[int]string{
	http.StatusOK: "http.StatusOK", http.StatusCreated: "http.StatusCreated",
	http.StatusAccepted: "http.StatusAccepted", http.StatusNoContent: "http.StatusNoContent",
}

// Comment is the doc comment of the method: our one line, then the endpoint.
func (op *operation) Comment(name string) string {
	doc := "sends the request."
	if op.Doc != "" {
		doc = lowerFirst(op.Doc)
	}
	comment := fmt.Sprintf("// %s %s\n//\n// %s %s", name, doc, op.Method, op.Path)
	if op.Deprecated {
		comment += "\n//\n// Deprecated: the server's description marks it so."
	}
	return comment
}

// lowerFirst begins a sentence with a small letter, unless it begins with an
// abbreviation such as JSON.
func lowerFirst(sentence string) string {
	runes := []rune(sentence)
	if len(runes) < 2 || !unicode.IsUpper(runes[1]) {
		runes[0] = unicode.ToLower(runes[0])
	}
	return string(runes)
}

// oneLine makes a text fit for a comment.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
