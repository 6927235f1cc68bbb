package labelstudiotest

import (
	"fmt"
	"slices"
	"time"
)

type draft struct {
	id, task, annotation, user int64
	result                     any
	leadTime, importID         any
	postponed                  bool
	created, updated           time.Time
}

var draftFields = []field{
	{name: "result", kind: anything, required: true}, {name: "lead_time", kind: float, null: true},
	{name: "was_postponed", kind: boolean}, {name: "import_id", kind: integer, null: true},
	{name: "task", kind: integer, null: true}, {name: "annotation", kind: integer, null: true},
}

func (s *Server) newDraft(d *draft) *draft {
	d.created = s.now()
	d.updated = d.created
	return s.state.drafts.add(d, func(id int64) { d.id = id })
}

func (s *Server) showDraft(d *draft) object {
	email := ""
	if u := s.state.users.get(d.user); u != nil {
		email = u.email
	}
	return object{
		{"id", d.id}, {"user", email}, {"created_username", fmt.Sprintf("%s, %d", email, d.user)}, {"created_ago", s.ago(d.created)},
		{"result", d.result}, {"lead_time", d.leadTime}, {"was_postponed", d.postponed}, {"import_id", d.importID},
		{"created_at", stamp(d.created)}, {"updated_at", stamp(d.updated)}, {"task", d.task}, {"annotation", reference(d.annotation)},
	}
}

func (d *draft) set(values object) {
	for _, m := range values {
		switch m.key {
		case "result":
			d.result = m.value
		case "lead_time":
			d.leadTime = m.value
		case "was_postponed":
			d.postponed = m.value == true
		case "import_id":
			d.importID = m.value
		case "task":
			d.task, _ = asInt(m.value)
		case "annotation":
			d.annotation, _ = asInt(m.value)
		}
	}
}

func (s *Server) draftsOf(task int64, by *user) []*draft {
	return slices.DeleteFunc(slices.Clone(s.state.drafts.belonging(task)), func(d *draft) bool { return d.user != by.id })
}

func listDrafts(s *Server, c *call) (*answer, error) {
	list := []object{}
	for _, d := range s.draftsOf(c.id(0), c.user) {
		list = append(list, s.showDraft(d))
	}
	return asJSON(200, list), nil
}

func listAnnotationDrafts(s *Server, c *call) (*answer, error) {
	return listDrafts(s, c) // of the task, whichever annotation they are of
}

func createDraft(s *Server, c *call) (*answer, error) { return s.createDraft(c, 0) }

func createAnnotationDraft(s *Server, c *call) (*answer, error) { return s.createDraft(c, c.id(1)) }

func (s *Server) createDraft(c *call, annotation int64) (*answer, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	values, err := readFields(draftFields, body)
	if err != nil {
		return nil, err
	}
	if s.state.tasks.get(c.id(0)) == nil {
		return nil, fail(500, "Task matching query does not exist.")
	}
	if annotation != 0 && s.state.annotations.get(annotation) == nil {
		return nil, fail(500, "FOREIGN KEY constraint failed")
	}
	d := &draft{user: c.user.id}
	d.set(values)
	d.task, d.annotation = c.id(0), annotation
	return asJSON(201, s.showDraft(s.newDraft(d))), nil
}

func (s *Server) draftOf(c *call) (*draft, error) {
	d := s.state.drafts.get(c.id(0))
	if d == nil {
		return nil, notFound("AnnotationDraft")
	}
	if d.user != c.user.id || c.allowed() != nil {
		return nil, fail(403, forbidden)
	}
	return d, nil
}

func getDraft(s *Server, c *call) (*answer, error) {
	d, err := s.draftOf(c)
	if err != nil {
		return nil, err
	}
	return asJSON(200, s.showDraft(d)), nil
}

func updateDraft(s *Server, c *call) (*answer, error) {
	d, err := s.draftOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if who, given := body.get("user"); given {
		return nil, failf(500, "Cannot assign \"%s\": \"AnnotationDraft.user\" must be a \"User\" instance.", repr(who))
	}
	fields := append([]field{}, draftFields...)
	fields[0].required = false
	values, err := readFields(fields, body)
	if err != nil {
		return nil, err
	}
	d.set(values)
	s.state.drafts.moved()
	d.updated = s.now()
	return asJSON(200, s.showDraft(d)), nil
}

func deleteDraft(s *Server, c *call) (*answer, error) {
	d, err := s.draftOf(c)
	if err != nil {
		return nil, err
	}
	s.state.drafts.removeWhere(func(other *draft) bool { return other == d })
	return asJSON(204, noBody), nil
}
