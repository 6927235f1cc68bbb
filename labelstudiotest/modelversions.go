package labelstudiotest

import (
	"cmp"
	"slices"
	"strconv"
)

// versions counts the predictions of a project by their model versions.
func (s *Server) versions(p *project) object {
	found := object{}
	for q := range s.state.predictions.all() {
		if s.state.tasks.get(q.task).project != p.id {
			continue
		}
		version, _ := q.modelVersion.(string)
		n, _ := found.integer(version)
		found = found.with(version, n+1)
	}
	slices.SortStableFunc(found, func(a, b member) int { return cmp.Compare(a.key, b.key) })
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
	removed := s.state.predictions.removeWhere(func(q *prediction) bool {
		return q.modelVersion == version && s.state.tasks.get(q.task).project == p.id
	})
	if p.modelVersion() == version {
		p.values = p.values.with("model_version", nil)
	}
	return asJSON(200, object{{"deleted_predictions", removed}}), nil
}
