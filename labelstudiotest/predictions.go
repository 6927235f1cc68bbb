package labelstudiotest

import (
	"strconv"
	"strings"
	"time"
)

type prediction struct {
	id, task                              int64
	result                                any
	modelVersion                          any // string or null
	score, cluster, neighbors, mislabeled any
	created, updated                      time.Time
}

var predictionFields = []field{
	{name: "result", kind: anything}, {name: "model_version", blank: true}, {name: "score", kind: float, null: true},
	{name: "cluster", kind: integer, null: true}, {name: "neighbors", kind: anything, null: true},
	{name: "mislabeling", kind: float}, {name: "task", kind: integer},
}

func (s *Server) showPrediction(p *prediction) object {
	return object{
		{"id", p.id}, {"result", p.result}, {"model_version", p.modelVersion}, {"created_ago", s.ago(p.created)}, {"score", p.score},
		{"cluster", p.cluster}, {"neighbors", p.neighbors}, {"mislabeling", p.mislabeled}, {"created_at", stamp(p.created)},
		{"updated_at", stamp(p.updated)}, {"model", nil}, {"model_run", nil}, {"task", p.task},
		{"project", s.state.tasks.get(p.task).project},
	}
}

func (p *prediction) set(values object) {
	for _, m := range values {
		switch m.key {
		case "result":
			p.result = m.value
		case "model_version":
			p.modelVersion = m.value
		case "score":
			p.score = m.value
		case "cluster":
			p.cluster = m.value
		case "neighbors":
			p.neighbors = m.value
		case "mislabeling":
			p.mislabeled = m.value
		case "task":
			p.task, _ = asInt(m.value)
		}
	}
}

func (s *Server) newPrediction(t *task, values object) *prediction {
	now := s.now()
	p := &prediction{modelVersion: "", mislabeled: 0.0, created: now, updated: now}
	p.set(values)
	p.task, t.ghosts = t.id, 0
	return s.state.predictions.add(p, func(id int64) { p.id = id })
}

// readPrediction returns what a request sets of a prediction of a task, or of the
// one that it names.
func (s *Server) readPrediction(c *call, task int64, required bool) (object, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	fields := append([]field{}, predictionFields...)
	fields[0].required, fields[len(fields)-1].required = required, required
	values, err := readFields(fields, body)
	if err != nil {
		return nil, err
	}
	if id, given := values.integer("task"); given {
		if task = id; s.state.tasks.get(id) == nil {
			return nil, invalidf("task", "Invalid pk \"%d\" - object does not exist.", id)
		}
	}
	if id, given := body.integer("project"); given {
		if s.state.projects.get(id) == nil {
			return nil, invalidf("project", "Invalid pk \"%d\" - object does not exist.", id)
		}
		if of := s.state.tasks.get(task); of == nil || of.project != id {
			return nil, s.unknown("a prediction in another project than its task with "+c.Operation, c)
		}
	}
	return values, nil
}

// expanded makes a whole result of a short one: of the first control that it
// may be the value of. What fits none is null.
func (p *project) expanded(result any) (any, error) {
	list, isList := result.([]any)
	if isList {
		if len(regionsOf(list)) < len(list) {
			return nil, invalid(nonField, "Each item in prediction result should be dict")
		}
		return list, nil
	}
	fits := func(kind string) bool {
		switch v := result.(type) {
		case object:
			return v.has(kind)
		case string:
			return kind == "choices" || kind == "textarea"
		default:
			_, whole := asInt(v)
			return whole && kind == "rating"
		}
	}
	switch pythonType(result) {
	case "dict", "str", "int", "bool":
	default:
		return nil, invalidf(nonField, "Incorrect format <class '%s'> for prediction result %s", pythonType(result), repr(result))
	}
	for _, control := range parsed(p.config()) {
		info, _ := control.value.(object)
		kind := strings.ToLower(info.text("type"))
		if !fits(kind) {
			continue
		}
		value, whole := result.(object)
		if !whole {
			value = object{{kind, []any{result}}}
		}
		to, _ := info.get("to_name")
		return []any{object{
			{"from_name", control.key}, {"to_name", strings.Join(to.([]string), ",")}, {"type", kind}, {"value", value},
		}}, nil
	}
	return nil, nil //nolint:nilnil // null is what the server makes of it
}

// expand expands the result among the values that a request sets of a prediction.
func (p *project) expand(values object) (object, error) {
	result, given := values.get("result")
	if !given || result == nil {
		return values, nil
	}
	result, err := p.expanded(result)
	if err != nil {
		return nil, err
	}
	return values.with("result", result), nil
}

func (s *Server) predictionOf(c *call) (*prediction, error) {
	if !isDigits(c.params[0]) {
		return nil, fail(404, "Not found.")
	}
	p := s.state.predictions.get(c.id(0))
	if p == nil || c.allowed() != nil {
		return nil, notFound("Prediction")
	}
	return p, nil
}

func listPredictions(s *Server, c *call) (*answer, error) {
	list := []object{}
	filters := map[string]int64{}
	for _, name := range []string{"task", "project", "task__project"} {
		value := c.Query.Get(name)
		if value == "" {
			continue
		}
		id, err := strconv.ParseInt(value, 10, 64)
		there := s.state.tasks.get(id) != nil
		if name != "task" {
			there = s.state.projects.get(id) != nil
		}
		if err != nil || !there {
			return nil, invalid(name, "Select a valid choice. That choice is not one of the available choices.")
		}
		filters[name] = id
	}
	for p := range s.state.predictions.all() {
		of := s.state.tasks.get(p.task)
		fits := true
		for name, id := range filters {
			fits = fits && (name == "task" && p.task == id || name != "task" && of.project == id)
		}
		if fits {
			list = append(list, s.showPrediction(p))
		}
	}
	return asJSON(200, list), nil
}

func createPrediction(s *Server, c *call) (*answer, error) {
	values, err := s.readPrediction(c, 0, true)
	if err != nil {
		return nil, err
	}
	id, _ := values.integer("task")
	t := s.state.tasks.get(id)
	if values, err = s.state.projects.get(t.project).expand(values); err != nil {
		return nil, err
	}
	p := s.newPrediction(t, values)
	s.touch(t, c.user)
	return asJSON(201, s.showPrediction(p)), nil
}

func getPrediction(s *Server, c *call) (*answer, error) {
	p, err := s.predictionOf(c)
	if err != nil {
		return nil, err
	}
	return asJSON(200, s.showPrediction(p)), nil
}

func updatePrediction(s *Server, c *call) (*answer, error) { return s.changePrediction(c, false) }

func replacePrediction(s *Server, c *call) (*answer, error) { return s.changePrediction(c, true) }

func (s *Server) changePrediction(c *call, whole bool) (*answer, error) {
	p, err := s.predictionOf(c)
	if err != nil {
		return nil, err
	}
	values, err := s.readPrediction(c, p.task, whole)
	if err != nil {
		return nil, err
	}
	if values, err = s.state.projects.get(s.state.tasks.get(p.task).project).expand(values); err != nil {
		return nil, err
	}
	p.set(values)
	s.state.predictions.moved()
	p.updated = s.now()
	return asJSON(200, s.showPrediction(p)), nil
}

func deletePrediction(s *Server, c *call) (*answer, error) {
	p, err := s.predictionOf(c)
	if err != nil {
		return nil, err
	}
	s.state.predictions.removeWhere(func(other *prediction) bool { return other == p })
	s.state.tasks.get(p.task).ghosts = 0
	return asJSON(204, noBody), nil
}
