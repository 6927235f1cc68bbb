package labelstudiotest

import (
	"slices"
	"strconv"
)

// versions counts the predictions of a project by their model versions, that of
// the last prediction first.
func (s *Server) versions(p *project) object {
	found := object{}
	for q := range s.state.predictions.all() {
		if s.state.tasks.get(q.task).project != p.id {
			continue
		}
		version, counted := q.modelVersion.(string)
		n, _ := found.integer(version)
		if !counted { // by the database, which doesn't count nulls
			version, n = "null", -1
		}
		found = append(found.without(version), member{version, n + 1})
	}
	slices.Reverse(found)
	return found
}

func (s *Server) hasVersion(p *project, version string) bool { return s.versions(p).has(version) }

func modelVersions(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	found := s.versions(p)
	if text := c.Query.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil {
			return nil, failf(500, "invalid literal for int() with base 10: '%s'", text)
		}
		if limit < 0 {
			return nil, fail(500, "Negative indexing is not supported.")
		}
		found = found[:min(limit, len(found))]
	}
	return asJSON(200, found), nil
}

func deleteModelVersion(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	version := body.text("model_version")
	if version == "" {
		return nil, invalid(nonField, "model_version param is required")
	}
	found := map[*task]int{}
	removed := s.state.predictions.removeWhere(func(q *prediction) bool {
		t := s.state.tasks.get(q.task)
		if q.modelVersion != version || t.project != p.id {
			return false
		}
		found[t]++
		return true
	})
	for t, n := range found { // each lowers the count to what it would be without that one alone
		t.ghosts = n - 1
	}
	if p.modelVersion() == version {
		p.values = p.values.with("model_version", nil)
	}
	return asJSON(200, object{{"deleted_predictions", removed}}), nil
}
