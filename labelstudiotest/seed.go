package labelstudiotest

import (
	"encoding/json"
	"fmt"
)

// Task is a task as the server keeps it.
type Task struct {
	ID      int64
	Project int64
	Data    json.RawMessage
	Meta    json.RawMessage
	// IsLabeled says that there are as many annotations as the project wants.
	IsLabeled   bool
	Annotations []Annotation
	Predictions []Prediction
}

// Annotation is an annotation of a [Task].
type Annotation struct {
	ID           int64
	Result       json.RawMessage
	CompletedBy  int64 // the id of a user, 0 for a deleted one
	WasCancelled bool
	GroundTruth  bool
}

// Prediction is a prediction of a [Task].
type Prediction struct {
	ID           int64
	Result       json.RawMessage
	ModelVersion string
}

// AddProject makes a project of the administrator, and returns its id. The label
// config may be "". A title or config that the server refuses fails the test.
func (s *Server) AddProject(title, labelConfig string) (id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	values, err := readFields(projectFields, object{{"title", title}})
	if err != nil {
		s.fatal(fmt.Errorf("labelstudiotest: the project %q: %w", title, err))
	}
	if labelConfig != "" {
		if err := checkConfig(labelConfig); err != nil {
			s.fatal(fmt.Errorf("labelstudiotest: the label config of project %q: %w", title, err))
		}
		values = append(values, member{"label_config", labelConfig})
	}
	return s.newProject(values, owner).id
}

// AddTasks makes tasks as an import does, and returns their ids. Each item is
// what encoding/json makes an object of: the data of a task, or a whole task such
// as a [labelstudio.TaskInput] with its annotations and predictions. An item that
// an import refuses fails the test.
func (s *Server) AddTasks(project int64, items ...any) (ids []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.state.projects.get(project)
	if p == nil {
		s.fatal(fmt.Errorf("labelstudiotest: there is no project %d", project))
	}
	list := make([]any, 0, len(items))
	for i, item := range items {
		text, err := json.Marshal(item)
		if err != nil {
			s.fatal(fmt.Errorf("labelstudiotest: task %d: %w", i, err))
		}
		value, err := decode(text)
		if err != nil {
			s.fatal(fmt.Errorf("labelstudiotest: task %d: %w", i, err))
		}
		switch value.(type) {
		case object:
			list = append(list, value)
		case []any:
			s.fatal(fmt.Errorf("labelstudiotest: task %d is a %T: pass its elements one by one, or as a []any with \"...\"", i, item))
		case string:
			s.fatal(fmt.Errorf("labelstudiotest: task %d is a %T: pass JSON as a json.RawMessage", i, item))
		default:
			s.fatal(fmt.Errorf("labelstudiotest: task %d is a %T, of which encoding/json makes no object", i, item))
		}
	}
	made, err := s.commit(p, s.state.users.get(owner), list)
	if err != nil {
		s.fatal(fmt.Errorf("labelstudiotest: the tasks of project %d: %w", project, err))
	}
	return made.tasks
}

// AddAnnotation annotates a task as the administrator does, and returns the id. The
// result is what encoding/json makes an array of.
func (s *Server) AddAnnotation(task int64, result any) (id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.state.tasks.get(task)
	if t == nil {
		s.fatal(fmt.Errorf("labelstudiotest: there is no task %d", task))
	}
	text, err := json.Marshal(result)
	if err != nil {
		s.fatal(fmt.Errorf("labelstudiotest: the result of task %d: %w", task, err))
	}
	value, err := decode(text)
	if err == nil {
		_, err = s.readAnnotation(object{{"result", value}})
	}
	if err != nil {
		s.fatal(fmt.Errorf("labelstudiotest: the result of task %d: %w", task, err))
	}
	by := s.state.users.get(owner)
	a := s.newAnnotation(t, object{{"result", value}}, by)
	s.annotationChanged(a, t, by)
	return a.id
}

// Projects are the ids of the projects, ascending.
func (s *Server) Projects() (ids []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(ids, s.state.projects.ids...)
}

// Tasks are the tasks of a project, in the order of their ids.
func (s *Server) Tasks(project int64) (list []Task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.state.tasks.belonging(project) {
		shown := Task{
			ID: t.id, Project: t.project, Data: encode(t.data, compact), Meta: encode(t.meta, compact), IsLabeled: t.isLabeled,
		}
		for _, a := range s.annotationsOf(t) {
			shown.Annotations = append(shown.Annotations, Annotation{
				ID: a.id, Result: encode(a.result, compact), CompletedBy: a.completedBy, WasCancelled: a.cancelled, GroundTruth: a.groundTruth,
			})
		}
		for _, p := range s.predictionsOf(t) {
			version, _ := p.modelVersion.(string)
			shown.Predictions = append(shown.Predictions, Prediction{ID: p.id, Result: encode(p.result, compact), ModelVersion: version})
		}
		list = append(list, shown)
	}
	return list
}
