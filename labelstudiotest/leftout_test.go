package labelstudiotest

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio"
)

// What is left out of the contract is found, is in the list with the reasons, and
// nothing of that list is forgotten but what answers with a web page or a 405, and
// routes with a format in the path.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../gen/unoffered.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var reasons []struct {
		Route   string
		Methods []string
	}
	if err := yaml.Unmarshal(text, &reasons); err != nil {
		t.Fatal(err)
	}
	place := regexp.MustCompile(`\{[^}]*\}`)
	used := map[int]bool{}
	for _, op := range leftOut() {
		r, _ := find(place.ReplaceAllString(op.path, "1"))
		if r == nil || r.methods[op.method] != op {
			t.Errorf("%s leads elsewhere: name its parameters as the contract does", op.name)
		}
		covered := false
		for i, reason := range reasons {
			form := "^" + strings.ReplaceAll(regexp.QuoteMeta(reason.Route), `\*`, ".*") + "$"
			if regexp.MustCompile(form).MatchString(place.ReplaceAllString(op.path, "{}")) && (reason.Methods == nil || slices.Contains(reason.Methods, op.method)) {
				used[i], covered = true, true
			}
		}
		if !covered {
			t.Errorf("%s is not in gen/unoffered.yaml", op.name)
		}
		if slices.ContainsFunc(contract, func(has operation) bool { return has.method == op.method && has.path == op.path }) {
			t.Errorf("%s is in the contract", op.name)
		}
	}
	for i, reason := range reasons {
		inPath := strings.HasSuffix(reason.Route, ".{}/") || reason.Route == "/api/{}" || reason.Route == "/api/dm/{}"
		refused := reason.Route == "/api/users/{}/"
		if !used[i] && !inPath && !refused && strings.HasPrefix(reason.Route, "/api/") {
			t.Errorf("%s of gen/unoffered.yaml is not in leftOut", reason.Route)
		}
	}
}

// A route that the contract leaves out is not answered as if there were none, and
// its answer can be scripted.
func TestLeftOutIsUnknown(t *testing.T) {
	t.Parallel()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	project := s.AddProject("Reviews", "")
	client := s.Client()
	for _, tt := range []struct{ method, path, name string }{
		{http.MethodGet, "/api/projects/%d/export/files", "GET /api/projects/{id}/export/files"},
		{http.MethodPut, "/api/projects/%d/", "PUT /api/projects/{id}/"},
	} {
		path, before := fmt.Sprintf(tt.path, project), len(s.Problems())
		err := client.Do(t.Context(), tt.method, path, nil, nil, nil)
		var answer *labelstudio.Error
		if !errors.As(err, &answer) || answer.StatusCode != http.StatusNotImplemented {
			t.Errorf("%s is answered with %v", tt.name, err)
		}
		if got := s.Problems()[before:]; len(got) != 1 || !strings.Contains(got[0], tt.name+" is not known") {
			t.Errorf("%s: the problems are %q", tt.name, got)
		}
		s.Answer(tt.name, http.StatusOK, map[string]any{})
		if err := client.Do(t.Context(), tt.method, path, nil, nil, nil); err != nil {
			t.Errorf("%s is answered with %v", tt.name, err)
		}
	}
	err = client.Do(t.Context(), http.MethodDelete, "/api/projects/", nil, nil, nil)
	var answer *labelstudio.Error
	if !errors.As(err, &answer) || answer.StatusCode != http.StatusMethodNotAllowed || len(s.Problems()) != 2 {
		t.Errorf("what the real server refuses is answered with %v, and the problems are %q", err, s.Problems())
	}
}
