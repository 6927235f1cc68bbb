package labelstudiotest

import "fmt"

// performAction does what the data manager's buttons do to the selected tasks.
// Nothing selected is everything.
func performAction(s *Server, c *call) (*answer, error) {
	id, err := c.integer("project", 0)
	if err != nil {
		return nil, err
	}
	if _, err := s.theProject(c, id); err != nil {
		return nil, err
	}
	if !c.Query.Has("id") {
		return nil, &failure{status: 422, bare: object{{"detail", `No action id "None", use ?id=<action-id>`}}}
	}
	p, from, err := s.tab(c)
	if err != nil {
		return nil, err
	}
	if from == nil {
		body, err := c.object()
		if err != nil {
			return nil, err
		}
		if from, err = checkedSelection(body); err != nil {
			return nil, err
		}
	}
	tasks, err := s.selected(p, from)
	if err != nil {
		return nil, err
	}
	chosen := map[int64]bool{}
	for _, t := range tasks {
		chosen[t.id] = true
	}
	switch action := c.Query.Get("id"); action {
	case "delete_tasks":
		n := s.removeTasks(func(t *task) bool { return chosen[t.id] })
		left := len(s.state.tasks.belonging(p.id))
		if left == 0 { // the views go with the last task
			s.state.views.removeWhere(func(v *view) bool { return v.project == p.id })
		}
		return asJSON(200, object{
			{"processed_items", n}, {"reload", left == 0}, {"detail", fmt.Sprintf("Deleted %d tasks", n)},
		}), nil
	case "delete_tasks_annotations":
		body, err := c.object()
		if err != nil {
			return nil, err
		}
		of, _ := body.integer("annotator")
		by := of != 0
		n := s.state.annotations.removeWhere(func(a *annotation) bool { return chosen[a.task] && (!by || a.completedBy == of) })
		s.state.drafts.removeWhere(func(d *draft) bool { return chosen[d.task] && (!by || d.user == of) })
		for _, t := range tasks {
			s.relabel(t)
			s.touch(t, c.user)
		}
		return processed(n, fmt.Sprintf("Deleted %d annotations", n)), nil
	case "delete_tasks_predictions":
		for _, t := range tasks { // each lowers the count to what it would be without that one alone
			t.ghosts = max(s.predicted(t)-1, 0)
		}
		n := s.state.predictions.removeWhere(func(q *prediction) bool { return chosen[q.task] })
		return processed(n, fmt.Sprintf("Deleted %d predictions", n)), nil
	case "retrieve_tasks_predictions": // of no ML backend
		return processed(len(tasks), fmt.Sprintf("Retrieved %d predictions", len(tasks))), nil
	default:
		return nil, s.unknown("the action "+action+" of Actions.Perform", c)
	}
}

func processed(n int, detail string) *answer {
	return asJSON(200, object{{"processed_items", n}, {"detail", detail}})
}
