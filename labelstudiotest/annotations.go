package labelstudiotest

import (
	"fmt"
	"net/http"
	"time"
)

type annotation struct {
	id, task               int64
	project                any // of the task, or null if a request said so
	result                 any
	completedBy, updatedBy int64
	cancelled, groundTruth bool
	leadTime               any
	importID, lastAction   any
	bulk                   any
	imported               bool // then its regions are not counted before it is changed
	draftCreated           any
	parentPrediction       any
	parentAnnotation       any
	lastCreatedBy          any
	uniqueID               string
	prediction             object
	created, updated       time.Time
}

var annotationFields = []field{
	{name: "result", kind: anything}, {name: "completed_by", kind: integer}, {name: "was_cancelled", kind: boolean},
	{name: "ground_truth", kind: boolean}, {name: "draft_created_at", kind: moment, null: true},
	{name: "lead_time", kind: float, null: true}, {name: "import_id", kind: integer, null: true},
	{name: "last_action", kind: choice, null: true, choices: []string{
		"prediction", "propagated_annotation", "imported", "submitted", "updated", "skipped", "accepted", "rejected",
		"fixed_and_accepted", "deleted_review",
	}},
	{name: "bulk_created", kind: boolean, null: true}, {name: "unique_id"},
	{name: "task", kind: integer, null: true}, {name: "project", kind: integer, null: true}, {name: "parent_prediction", kind: integer, null: true},
	{name: "parent_annotation", kind: integer, null: true}, {name: "last_created_by", kind: integer, null: true},
}

// ago is how long ago something was, in the server's words.
func (s *Server) ago(t time.Time) string {
	minutes := int(s.options.now().Sub(t) / time.Minute)
	if minutes == 1 {
		return "1\u00a0minute"
	}
	if minutes == 0 {
		return "0\u00a0minutes"
	}
	return fmt.Sprintf("%d\u00a0minutes", minutes)
}

func (s *Server) showAnnotation(a *annotation) object {
	name := ""
	if u := s.state.users.get(a.completedBy); u != nil {
		name = u.firstName
		if u.lastName != "" {
			name += " " + u.lastName
		}
		name += fmt.Sprintf(" %s, %d", u.email, u.id)
	}
	return object{
		{"id", a.id}, {"result", a.result}, {"created_username", name}, {"created_ago", s.ago(a.created)},
		{"completed_by", reference(a.completedBy)}, {"was_cancelled", a.cancelled}, {"ground_truth", a.groundTruth},
		{"created_at", stamp(a.created)}, {"updated_at", stamp(a.updated)}, {"draft_created_at", a.draftCreated},
		{"lead_time", a.leadTime}, {"import_id", a.importID}, {"last_action", a.lastAction}, {"bulk_created", a.bulk},
		{"task", a.task}, {"project", a.project}, {"updated_by", reference(a.updatedBy)},
		{"parent_prediction", a.parentPrediction}, {"parent_annotation", a.parentAnnotation}, {"last_created_by", a.lastCreatedBy},
	}
}

func (s *Server) annotationOf(c *call) (*annotation, error) {
	a := s.state.annotations.get(c.id(0))
	if a == nil {
		return nil, notFound("Annotation")
	}
	if a.project == nil && c.Method == http.MethodGet { // as a PATCH has made it
		return nil, fail(500, "'NoneType' object has no attribute 'has_permission'")
	}
	return a, c.allowed()
}

// readAnnotation returns what a request sets of an annotation.
func (s *Server) readAnnotation(body object) (object, error) {
	values, err := readFields(annotationFields, body)
	if err != nil {
		return nil, err
	}
	if result, given := values.get("result"); given {
		if text, ok := result.(string); ok {
			if result, err = decode([]byte(text)); err != nil {
				return nil, fail(500, `annotation "result" can't be parse from str to JSON`)
			}
			values = values.with("result", result)
		}
		list, ok := result.([]any)
		if !ok {
			return nil, invalid("result", `annotation "result" field in annotation must be list`)
		}
		for _, item := range list {
			if _, ok := item.(object); !ok {
				return nil, failf(500, "'%s' object has no attribute 'get'", pythonType(item))
			}
		}
	}
	exists := map[string]func(int64) bool{
		"completed_by":      func(id int64) bool { return s.state.users.get(id) != nil },
		"last_created_by":   func(id int64) bool { return s.state.users.get(id) != nil },
		"task":              func(id int64) bool { return s.state.tasks.get(id) != nil },
		"project":           func(id int64) bool { return s.state.projects.get(id) != nil },
		"parent_prediction": func(id int64) bool { return s.state.predictions.get(id) != nil },
		"parent_annotation": func(id int64) bool { return s.state.annotations.get(id) != nil },
	}
	for name, there := range exists {
		if id, given := values.integer(name); given && !there(id) {
			return nil, invalidf(name, "Invalid pk \"%d\" - object does not exist.", id)
		}
	}
	return values, nil
}

func (a *annotation) set(values object) {
	for _, m := range values {
		switch m.key {
		case "result":
			a.result = m.value
		case "completed_by":
			a.completedBy, _ = asInt(m.value)
		case "was_cancelled":
			a.cancelled = m.value == true
		case "ground_truth":
			a.groundTruth = m.value == true
		case "draft_created_at":
			a.draftCreated = m.value
		case "lead_time":
			a.leadTime = m.value
		case "import_id":
			a.importID = m.value
		case "last_action":
			a.lastAction = m.value
		case "bulk_created":
			a.bulk = m.value
		case "unique_id":
			a.uniqueID, _ = m.value.(string)
		case "task":
			a.task, _ = asInt(m.value) // who sets it says so to the table
		case "project":
			a.project = m.value
		case "parent_prediction":
			a.parentPrediction = m.value
		case "parent_annotation":
			a.parentAnnotation = m.value
		case "last_created_by":
			a.lastCreatedBy = m.value
		}
	}
}

// newAnnotation makes an annotation of a task.
func (s *Server) newAnnotation(t *task, values object, by *user) *annotation {
	now := s.now()
	a := &annotation{
		task: t.id, project: t.project, completedBy: by.id, updatedBy: by.id, bulk: false, uniqueID: newUUID(),
		prediction: object{}, created: now, updated: now,
	}
	a.set(values)
	return s.state.annotations.add(a, func(id int64) { a.id = id })
}

func listAnnotations(s *Server, c *call) (*answer, error) {
	t, err := s.taskOf(c)
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, a := range s.annotationsOf(t) {
		if !a.cancelled {
			list = append(list, s.showAnnotation(a))
		}
	}
	return asJSON(200, list), nil
}

func createAnnotation(s *Server, c *call) (*answer, error) {
	if s.state.tasks.get(c.id(0)) != nil && c.allowed() != nil {
		return nil, c.allowed()
	}
	t, err := s.taskOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	values, err := s.readAnnotation(body.without("project", "task"))
	if err != nil {
		return nil, err
	}
	if s.hasUnique(values, nil) {
		return nil, fail(409, "Annotation with this unique id already exists")
	}
	if c.Query.Has("was_cancelled") {
		cancelled, err := c.flag("was_cancelled", false)
		if err != nil {
			return nil, err
		}
		values = values.with("was_cancelled", cancelled)
	}
	if values.flag("was_cancelled") && t.allowSkip == false {
		return nil, fail(400, "This task cannot be skipped.")
	}
	draftID, _ := body.integer("draft_id")
	from := s.state.drafts.get(draftID)
	if from != nil {
		if from.task != t.id || from.user != c.user.id {
			return nil, failf(403, "You have no permission to draft id:%d", draftID)
		}
		values = values.with("draft_created_at", stamp(from.created))
	}
	a := s.newAnnotation(t, values, c.user)
	if version := s.state.projects.get(t.project).modelVersion(); a.result != nil {
		for _, p := range s.predictionsOf(t) {
			if p.modelVersion == version {
				a.prediction = s.showPrediction(p)
				break
			}
		}
	} else {
		a.updatedBy = c.user.id
	}
	if from != nil {
		s.state.drafts.removeWhere(func(d *draft) bool { return d == from })
	}
	s.annotationChanged(a, t, c.user)
	return asJSON(201, s.showAnnotation(a)), nil
}

// hasUnique says whether another annotation has the id that a request gives.
func (s *Server) hasUnique(values object, but *annotation) bool {
	unique := values.text("unique_id")
	return unique != "" && len(s.state.annotations.where(func(a *annotation) bool { return a != but && a.uniqueID == unique })) > 0
}

// annotationChanged updates the task of an annotation. Only one is the ground truth.
func (s *Server) annotationChanged(a *annotation, t *task, by *user) {
	if a.groundTruth {
		for _, other := range s.annotationsOf(t) {
			other.groundTruth = other == a
		}
	}
	s.label(t)
	s.touch(t, by)
}

func getAnnotation(s *Server, c *call) (*answer, error) {
	a, err := s.annotationOf(c)
	if err != nil {
		return nil, err
	}
	return asJSON(200, s.showAnnotation(a)), nil
}

func updateAnnotation(s *Server, c *call) (*answer, error) {
	a, err := s.annotationOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	values, err := s.readAnnotation(body)
	if err != nil {
		return nil, err
	}
	if s.hasUnique(values, a) {
		return nil, fail(500, "UNIQUE constraint failed: task_completion.unique_id")
	}
	before := s.state.tasks.get(a.task)
	a.set(values)
	s.state.annotations.moved()
	s.state.drafts.removeWhere(func(d *draft) bool { return d.annotation == a.id && d.user == c.user.id })
	a.updated, a.updatedBy = s.now(), c.user.id
	if a.task != before.id {
		s.label(before)
	}
	s.annotationChanged(a, s.state.tasks.get(a.task), c.user)
	return asJSON(200, s.showAnnotation(a)), nil
}

func deleteAnnotation(s *Server, c *call) (*answer, error) {
	a, err := s.annotationOf(c)
	if err != nil {
		return nil, err
	}
	s.removeAnnotation(a, c.user)
	return asJSON(204, noBody), nil
}

func (s *Server) removeAnnotation(a *annotation, by *user) {
	s.state.annotations.removeWhere(func(other *annotation) bool { return other == a })
	s.state.drafts.removeWhere(func(d *draft) bool { return d.annotation == a.id })
	for other := range s.state.annotations.all() {
		if other.parentAnnotation == a.id {
			other.parentAnnotation = nil
		}
	}
	t := s.state.tasks.get(a.task)
	s.label(t)
	s.touch(t, by)
}

// convertToDraft makes a draft of an annotation, which is then gone.
func convertToDraft(s *Server, c *call) (*answer, error) {
	a, err := s.annotationOf(c)
	if err != nil {
		return nil, err
	}
	if a.result == nil {
		return nil, fail(500, "NOT NULL constraint failed: tasks_annotationdraft.result")
	}
	d := s.newDraft(&draft{task: a.task, user: c.user.id, result: a.result, leadTime: a.leadTime})
	s.removeAnnotation(a, c.user)
	return asJSON(201, s.showDraft(d)), nil
}
