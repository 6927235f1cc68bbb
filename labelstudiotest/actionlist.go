package labelstudiotest

// actions are those that this server performs, in the real one's order.
var actions = []struct {
	id, title   string
	order       int64
	permissions []string
	text        string
}{
	{"retrieve_tasks_predictions", "Retrieve Predictions", 90, []string{"predictions.any"}, "Ask the ML backends for predictions."},
	{"delete_tasks", "Delete Tasks", 100, []string{"tasks.delete"}, "Delete the selected tasks."},
	{"delete_tasks_annotations", "Delete Annotations", 101, []string{"tasks.change", "annotations.delete"}, "Delete their annotations."},
	{"delete_tasks_predictions", "Delete Predictions", 102, []string{"predictions.any"}, "Delete their predictions."},
}

func listActions(s *Server, c *call) (*answer, error) {
	id, err := c.integer("project", 0)
	if err != nil {
		return nil, err
	}
	if _, err := s.theProject(c, id); err != nil {
		return nil, err
	}
	list := []object{}
	for _, a := range actions {
		var permission any = a.permissions
		if len(a.permissions) == 1 {
			permission = a.permissions[0]
		}
		list = append(list, object{
			{"id", a.id}, {"title", a.title}, {"order", a.order}, {"permission", permission},
			{"dialog", object{{"title", a.title}, {"text", a.text}, {"type", "confirm"}}},
		})
	}
	return asJSON(200, list), nil
}
