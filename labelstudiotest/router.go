package labelstudiotest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// operation is one of the contract, or one that it leaves out.
type operation struct {
	name, method, path string
	open               bool // needs no login
}

// route is a path with the operations on it.
type route struct {
	segments []string
	methods  map[string]operation
	loose    bool // ids may be no numbers; they find nothing then
}

var routes = sync.OnceValue(func() []*route {
	byPath := map[string]*route{}
	var all []*route
	for _, op := range operations {
		at := byPath[op.path]
		if at == nil {
			at = &route{
				segments: strings.Split(op.path, "/"), methods: map[string]operation{},
				loose: op.path == "/api/predictions/{id}/" || op.path == "/api/dm/views/{id}/" || op.path == "/api/users/{id}/",
			}
			byPath[op.path] = at
			all = append(all, at)
		}
		at.methods[op.method] = op
		if op.method == http.MethodGet {
			at.methods[http.MethodHead] = op
		}
	}
	slices.SortStableFunc(all, func(a, b *route) int { return a.places() - b.places() }) // the plain ones first
	return all
})

// find returns the route of a path and what stands in its place holders. A path
// that lacks its trailing slash is found as well, one that has one too many is
// not.
func find(path string) (r *route, params []string) {
	for _, p := range []string{path, path + "/"} {
		segments := strings.Split(p, "/")
		for _, r := range routes() {
			if params, ok := r.match(segments); ok {
				return r, params
			}
		}
	}
	return nil, nil
}

func (r *route) match(segments []string) (params []string, ok bool) {
	for i, want := range r.segments {
		if i >= len(segments) {
			return nil, false
		}
		switch got := segments[i]; {
		case want == "{filename}":
			rest := strings.Join(segments[i:], "/")
			return append(params, rest), rest != ""
		case want == "{action_id}" || want == "{entity_name}":
			if got == "" {
				return nil, false
			}
			params = append(params, got)
		case strings.HasPrefix(want, "{"):
			if !isDigits(got) && (!r.loose || got == "") {
				return nil, false
			}
			params = append(params, got)
		case want != got:
			return nil, false
		}
	}
	return params, len(segments) == len(r.segments)
}

// places counts the place holders.
func (r *route) places() (n int) {
	for _, segment := range r.segments {
		if strings.HasPrefix(segment, "{") {
			n++
		}
	}
	return n
}

func isDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// slash says whether the paths of a route end with one.
func (r *route) slash() bool { return r.segments[len(r.segments)-1] == "" }

// allowed names the methods of a route for the header Allow.
func (r *route) allowed() string {
	var names []string
	for _, method := range []string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead,
	} {
		if _, ok := r.methods[method]; ok {
			names = append(names, method)
		}
	}
	return strings.Join(append(names, http.MethodOptions), ", ")
}

// offRoutes answers what has no route.
func offRoutes(path string) *answer {
	if path == "/health" || path == "/health/" {
		return &answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, body: []byte(`{"status": "UP"}`), cut: -1}
	}
	return page(http.StatusNotFound)
}
