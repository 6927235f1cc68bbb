package main

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// description is a contract made ready for looking up operations.
type description struct {
	doc *openapi3.T
	ops []*describedOp
}

type describedOp struct {
	id       string // "Projects.Get", or method and path where it has no such name
	method   string
	template string
	spec     *openapi3.Operation
	security openapi3.SecurityRequirements
	rest     bool // the last path parameter may hold slashes
}

func newDescription(doc *openapi3.T) *description {
	d := &description{doc: doc}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		ops := doc.Paths.Value(path).Operations()
		for _, method := range slices.Sorted(maps.Keys(ops)) {
			op := &describedOp{id: ops[method].OperationID, method: method, template: path, spec: ops[method]}
			if !strings.Contains(op.id, ".") {
				op.id = method + " " + path
			}
			op.security = doc.Security
			if op.spec.Security != nil {
				op.security = *op.spec.Security
			}
			for _, p := range op.spec.Parameters {
				if rest, _ := p.Value.Extensions["x-segments"].(bool); rest {
					op.rest = true
				}
			}
			d.ops = append(d.ops, op)
		}
	}
	return d
}

// find returns the operation whose template fits, the one with the fewest
// parameters if several do.
func (d *description) find(method, path string) (*describedOp, bool) {
	var best *describedOp
	for _, op := range d.ops {
		if op.method == method && fits(op.template, path, op.rest) &&
			(best == nil || strings.Count(op.template, "{") < strings.Count(best.template, "{")) {
			best = op
		}
	}
	return best, best != nil
}

// fits says whether a path is of a template. With rest, the last parameter
// takes all that remains of the path.
func fits(template, path string, rest bool) bool {
	want := strings.Split(template, "/")
	got := strings.Split(path, "/")
	if rest {
		got = strings.SplitN(path, "/", len(want))
	}
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if strings.HasPrefix(want[i], "{") && got[i] != "" {
			continue
		}
		if segment, err := url.PathUnescape(got[i]); err != nil || segment != want[i] {
			return false
		}
	}
	return true
}

// response returns what the operation declares for a status.
func (op *describedOp) response(status int) *openapi3.Response {
	if ref := op.spec.Responses.Value(fmt.Sprint(status)); ref != nil {
		return ref.Value
	}
	return nil
}

// mediaOf returns the declared content for a Content-Type header.
func mediaOf(content openapi3.Content, header string) (*openapi3.MediaType, bool) {
	media, ok := content[mediaName(header)]
	return media, ok
}

// mediaName is the media type of a Content-Type header, without parameters.
func mediaName(header string) string {
	name, _, _ := strings.Cut(header, ";")
	return strings.ToLower(strings.TrimSpace(name))
}

// responsePlace names an answer: by its component, which operations share, or
// by the operation and the status.
func responsePlace(op *describedOp, status string) string {
	if ref := op.spec.Responses.Value(status); ref != nil && ref.Ref != "" {
		return ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]
	}
	return op.id + " " + status
}

// schemaName returns the component that ref names, or "".
func schemaName(ref *openapi3.SchemaRef) string {
	name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/")
	if !ok {
		return ""
	}
	return name
}
