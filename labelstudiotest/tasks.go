package labelstudiotest

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

type task struct {
	id, project      int64
	data             object
	meta             any
	isLabeled        bool
	overlap          int64
	innerID          any // int64 or nil
	allowSkip        any // bool or nil
	file             int64
	ghosts           int // predictions that were deleted and are still counted
	updatedBy        int64
	created, updated time.Time
}

var taskFields = []field{
	{name: "data", kind: anything}, {name: "meta", kind: anything, null: true}, {name: "is_labeled", kind: boolean},
	{name: "overlap", kind: integer}, {name: "inner_id", kind: integer, null: true}, {name: "file_upload", kind: integer, null: true},
	{name: "allow_skip", kind: boolean, null: true},
}

// plain is the answer about a task that was made or changed.
func (s *Server) plain(t *task) object {
	done, cancelled := s.annotated(t)
	return object{
		{"id", t.id}, {"data", t.data}, {"meta", t.meta}, {"created_at", stamp(t.created)}, {"updated_at", stamp(t.updated)},
		{"is_labeled", t.isLabeled}, {"overlap", t.overlap}, {"inner_id", t.innerID}, {"total_annotations", done},
		{"cancelled_annotations", cancelled}, {"total_predictions", s.predicted(t)}, {"comment_count", 0},
		{"unresolved_comment_count", 0}, {"last_comment_updated_at", nil}, {"project", t.project},
		{"updated_by", reference(t.updatedBy)}, {"file_upload", reference(t.file)}, {"comment_authors", []any{}},
	}
}

// reference is the id of something, or null for nothing.
func reference(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// whole is plain with the annotations and predictions.
func (s *Server) whole(t *task) object {
	annotations, predictions := []object{}, []object{}
	for _, a := range s.annotationsOf(t) {
		annotations = append(annotations, s.showAnnotation(a))
	}
	for _, p := range s.predictionsOf(t) {
		predictions = append(predictions, s.showPrediction(p))
	}
	return append(s.plain(t), member{"annotations", annotations}, member{"predictions", predictions})
}

// annotated counts the annotations of a task, and those that skip it.
func (s *Server) annotated(t *task) (done, cancelled int64) {
	for _, a := range s.annotationsOf(t) {
		if a.cancelled {
			cancelled++
		} else {
			done++
		}
	}
	return done, cancelled
}

// predicted counts the predictions of a task.
func (s *Server) predicted(t *task) int { return len(s.predictionsOf(t)) + t.ghosts }

func (s *Server) annotationsOf(t *task) []*annotation {
	return s.state.annotations.belonging(t.id)
}

func (s *Server) predictionsOf(t *task) []*prediction {
	return s.state.predictions.belonging(t.id)
}

// label finds out whether a task is done, after its annotations have changed.
func (s *Server) label(t *task) {
	all := s.state.projects.get(t.project).values.text("skip_queue") == "IGNORE_SKIPPED"
	n := int64(0)
	for _, a := range s.annotationsOf(t) {
		if !a.groundTruth && (all || !a.cancelled && a.result != nil) {
			n++
		}
	}
	t.isLabeled = n >= t.overlap
}

// touch notes a change of a task.
func (s *Server) touch(t *task, by *user) {
	t.updated, t.updatedBy = s.now(), by.id
}

func (s *Server) taskOf(c *call) (*task, error) {
	t := s.state.tasks.get(c.id(0))
	if t == nil || c.allowed() != nil {
		return nil, notFound("Task")
	}
	return t, nil
}

const dataRoot = ` [assume: item["data"] = task root with values]`

// checkData refuses data that lacks what the label config shows. Data of one
// nameless value gets the name that the config has for it.
func (p *project) checkData(data object) (object, error) {
	config, err := labelconfig.Parse(p.config())
	if err != nil {
		return data, nil //nolint:nilerr // it was refused when it was set
	}
	keys := config.DataKeys()
	if value, nameless := data.get(undefinedKey); nameless && len(keys) > 0 {
		data = data.without(undefinedKey).with(keys[0].Key, value)
	}
	problems := labelconfig.TaskErrors(config.CheckTask(encode(data, compact)))
	if len(problems) == 0 {
		return data, nil
	}
	for _, key := range keys {
		if _, found := at(data, key.Path); !found && key.Required {
			return nil, errors.New(`"` + strings.Join(key.Path, ".") + `" key is expected in task data`)
		}
	}
	return nil, errors.New(problems[0].Reason)
}

const undefinedKey = "$undefined$"

func at(value any, path []string) (any, bool) {
	for _, key := range path {
		ok := false
		switch v := value.(type) {
		case object:
			value, ok = v.get(key)
		case []any:
			i, err := strconv.Atoi(key)
			if ok = err == nil && i >= 0 && i < len(v); ok {
				value = v[i]
			}
		}
		if !ok {
			return nil, false
		}
	}
	return value, true
}

// makeTask makes a task of the values of a request.
func (s *Server) makeTask(p *project, values object) (*task, error) {
	data, err := p.data(values)
	if err != nil {
		return nil, err
	}
	now := s.now()
	t := &task{project: p.id, data: data, meta: object{}, overlap: p.overlap(), allowSkip: true, created: now, updated: now}
	t.set(values.without("data"))
	if !values.has("inner_id") {
		t.innerID = max(s.state.inner[p.id], 1) + 1 // the first is 2
	}
	s.addTask(t)
	return t, nil
}

func (s *Server) addTask(t *task) {
	s.state.tasks.add(t, func(id int64) { t.id = id })
	if n, ok := t.innerID.(int64); ok {
		s.state.inner[t.project] = max(s.state.inner[t.project], n)
	}
}

// data reads and checks the data of a request.
func (p *project) data(values object) (object, error) {
	value, given := values.get("data")
	if !given {
		return nil, invalid("data", "This field is required.")
	}
	data, ok := value.(object)
	if !ok {
		return nil, invalidf(nonField, "Task[data] must be dict or list")
	}
	data, err := p.checkData(data)
	if err != nil {
		return nil, invalid(nonField, err.Error()+dataRoot)
	}
	return data, nil
}

func (t *task) set(values object) {
	for _, m := range values {
		switch m.key {
		case "data":
			t.data, _ = m.value.(object)
		case "meta":
			t.meta = m.value
		case "is_labeled":
			t.isLabeled = m.value == true
		case "overlap":
			t.overlap, _ = asInt(m.value)
		case "inner_id":
			t.innerID = m.value
		case "file_upload":
			t.file, _ = asInt(m.value)
		case "allow_skip":
			t.allowSkip = m.value
		}
	}
}

func createTask(s *Server, c *call) (*answer, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	id, _ := body.integer("project")
	p := s.state.projects.get(id)
	if p == nil {
		return nil, notFound("Project")
	}
	return s.createTaskIn(p, body)
}

func createTaskByProject(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	return s.createTaskIn(p, body)
}

func (s *Server) createTaskIn(p *project, body object) (*answer, error) {
	values, err := readFields(taskFields, body)
	if err != nil {
		return nil, err
	}
	t, err := s.makeTask(p, values)
	if err != nil {
		return nil, err
	}
	return asJSON(201, s.plain(t)), nil
}

func getTask(s *Server, c *call) (*answer, error) {
	t, err := s.taskOf(c)
	if err != nil {
		return nil, err
	}
	if _, err := c.flag("resolve_uri", true); err != nil {
		return nil, err
	}
	shown := s.listed(t, c.user, all)
	shown = shown.with("annotations_results", "").with("predictions_results", "")
	annotations := []object{}
	for _, a := range s.annotationsOf(t) {
		annotations = append(annotations, s.showAnnotation(a).with("completed_by", s.annotator(a)))
	}
	return asJSON(200, shown.with("annotations", annotations)), nil
}

// annotator is who has made an annotation, as a task has it.
func (s *Server) annotator(a *annotation) any {
	u := s.state.users.get(a.completedBy)
	if u == nil {
		return nil
	}
	u = u.shown()
	o := object{
		{"id", u.id}, {"first_name", u.firstName}, {"last_name", u.lastName}, {"avatar", nil}, {"email", u.email},
		{"initials", u.initials()},
	}
	if u.removed {
		o = append(o, member{"username", u.username})
	}
	return o
}

func updateTask(s *Server, c *call) (*answer, error) {
	t, err := s.taskOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if id, given := body.integer("project"); given && s.state.projects.get(id) == nil {
		return nil, fail(500, "Project matching query does not exist.")
	}
	values, err := readFields(taskFields, body)
	if err != nil {
		return nil, err
	}
	if values.has("data") {
		data, err := s.state.projects.get(t.project).data(values)
		if err != nil {
			return nil, err
		}
		values = values.with("data", data)
	}
	t.set(values)
	t.updated = s.now()
	if values.has("overlap") && !values.has("is_labeled") {
		s.label(t)
	}
	return asJSON(200, s.whole(t)), nil
}

func deleteTask(s *Server, c *call) (*answer, error) {
	t, err := s.taskOf(c)
	if err != nil {
		return nil, err
	}
	s.removeTasks(func(other *task) bool { return other == t })
	return asJSON(204, noBody), nil
}

// removeTasks removes tasks with all that belongs to them.
func (s *Server) removeTasks(is func(*task) bool) int {
	removed := s.state.tasks.removeWhere(is)
	if removed > 0 {
		s.state.annotations.removeWhere(func(a *annotation) bool { return s.state.tasks.get(a.task) == nil })
		s.state.predictions.removeWhere(func(p *prediction) bool { return s.state.tasks.get(p.task) == nil })
		s.state.drafts.removeWhere(func(d *draft) bool { return s.state.tasks.get(d.task) == nil })
	}
	return removed
}

func deleteAllTasks(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	s.removeTasks(func(t *task) bool { return t.project == p.id })
	return asJSON(204, noBody), nil
}

// listByProject is an array, the newest change first, and 404 where it is empty.
func listByProject(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	size := int64(30)
	if value := c.Query.Get("page_size"); value != "" {
		n, reason := readInteger(value)
		if reason != "" {
			return nil, failf(500, "invalid literal for int() with base 10: '%s'", value)
		}
		size, _ = n.(int64)
	}
	page, err := c.integer("page", 1)
	if err != nil {
		return nil, err
	}
	tasks := slices.Clone(s.state.tasks.belonging(p.id))
	slices.SortStableFunc(tasks, func(a, b *task) int { return cmp.Or(b.updated.Compare(a.updated), cmp.Compare(b.id, a.id)) })
	count := int64(len(tasks))
	if size == -1 {
		size = count
	}
	from := (page - 1) * size
	if from < 0 || from >= count {
		return nil, fail(404, "Not found.")
	}
	list := []object{}
	for _, t := range tasks[from:min(from+size, count)] {
		list = append(list, s.whole(t))
	}
	return asJSON(200, list), nil
}
