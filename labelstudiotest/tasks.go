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

// label finds out whether a task is done, after its annotations have changed: who
// annotates twice counts once.
func (s *Server) label(t *task) {
	t.isLabeled = s.annotatedBy(t, func(a *annotation) bool { return !a.cancelled && a.result != nil }) >= t.overlap
}

// relabel finds out whether a task is done, after its project or several tasks have changed.
func (s *Server) relabel(t *task) {
	t.isLabeled = s.annotatedBy(t, func(a *annotation) bool { return !a.cancelled }) >= t.overlap
}

// annotatedBy counts who has made such annotations of a task, or any where the
// project ignores that tasks are skipped.
func (s *Server) annotatedBy(t *task, counts func(*annotation) bool) int64 {
	all := s.state.projects.get(t.project).values.text("skip_queue") == "IGNORE_SKIPPED"
	who := map[int64]bool{}
	for _, a := range s.annotationsOf(t) {
		if all || counts(a) {
			who[a.completedBy] = true
		}
	}
	return int64(len(who))
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
// nameless value gets the name that the config has for it, even if it is refused.
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
			return data, errors.New(`"` + strings.Join(key.Path, ".") + `" key is expected in task data`)
		}
	}
	return data, errors.New(problems[0].Reason)
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
	t := &task{project: p.id, data: data, meta: object{}, overlap: 1, allowSkip: true, created: now, updated: now} // whatever the project's
	t.set(values.without("data"))
	if !values.has("inner_id") {
		t.innerID = max(s.state.inner[p.id], 1) + 1 // the first is 2
	}
	s.addTask(t)
	return t, nil
}

func (s *Server) addTask(t *task) {
	s.state.tasks.add(t, func(id int64) { t.id = id })
	s.numbered(t)
}

// numbered notes the inner_id of a task: the next is that after the highest.
func (s *Server) numbered(t *task) {
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
	if meta, given := values.get("meta"); given {
		switch meta.(type) {
		case object, []any:
		default:
			return nil, invalid(nonField, "Task[meta] must be dict or list")
		}
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
	body, err := c.dictionary()
	if err != nil {
		return nil, err
	}
	p, err := s.projectOfTask(body)
	if err != nil {
		return nil, err
	}
	return s.createTaskIn(p, body)
}

// projectOfTask finds the project that a body names. One that names none is
// refused for its other faults first.
func (s *Server) projectOfTask(body object) (*project, error) {
	value, _ := body.get("project")
	switch v := value.(type) {
	case nil:
	case string:
		if v == "" {
			break
		}
		if !isDigits(strings.TrimSpace(v)) {
			return nil, fail(404, "Not found.")
		}
		value = number(strings.TrimSpace(v))
	case number:
		value = number(strings.TrimSuffix(string(v), ".0"))
	case bool:
		return nil, invalid("project", "Incorrect type. Expected pk value, received bool.")
	default:
		return nil, fail(404, "Not found.")
	}
	if id, ok := asInt(value); ok && id != 0 {
		if p := s.state.projects.get(id); p != nil {
			return p, nil
		}
		return nil, notFound("Project")
	}
	values, err := s.readTask(body)
	switch {
	case err != nil:
		return nil, err
	case !values.has("data"):
		return nil, invalid("data", "This field is required.")
	case value == number("0"):
		return nil, invalid("project", "Invalid pk \"0\" - object does not exist.")
	}
	return nil, invalid("project", "This field is required.")
}

// readTask returns what a request sets of a task.
func (s *Server) readTask(body object) (object, error) {
	values, err := readFields(taskFields, body)
	if err != nil {
		return nil, err
	}
	if id, given := values.integer("file_upload"); given && s.state.files.get(id) == nil {
		return nil, invalidf("file_upload", "Invalid pk \"%d\" - object does not exist.", id)
	}
	return values, nil
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
	values, err := s.readTask(body)
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
	return asJSON(200, c.chosen(shown.with("annotations", annotations))), nil
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
	body, err := c.dictionary()
	if err != nil {
		return nil, err
	}
	if id, given := body.integer("project"); given && s.state.projects.get(id) == nil {
		return nil, fail(500, "Project matching query does not exist.")
	}
	values, err := s.readTask(body)
	if err != nil {
		return nil, err
	}
	if data, given := values.get("data"); given { // which may lack what the label config shows
		if _, ok := data.(object); !ok {
			return nil, failf(500, "'%s' object has no attribute 'keys'", pythonType(data))
		}
	}
	t.set(values)
	s.numbered(t)
	t.updated = s.now()
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
		clear(s.state.inner)
		for t := range s.state.tasks.all() {
			s.numbered(t)
		}
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
	text := c.Query.Get("page_size")
	if !c.Query.Has("page_size") {
		text = cmp.Or(c.Query.Get("length"), "50")
	}
	size, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return nil, failf(500, "invalid literal for int() with base 10: '%s'", text)
	}
	page, err := c.integer("page", 1)
	if err != nil {
		return nil, err
	}
	tasks := slices.Clone(s.state.tasks.belonging(p.id))
	slices.SortStableFunc(tasks, func(a, b *task) int { return cmp.Or(b.updated.Compare(a.updated), cmp.Compare(b.id, a.id)) })
	count := int64(len(tasks))
	if size == -1 {
		page, size = 1, count
	}
	if count == 0 || size < 1 || page < 1 || page-1 > (count-1)/size {
		return nil, fail(404, "Not found.")
	}
	from := (page - 1) * size
	list := []object{}
	for _, t := range tasks[from:min(from+size, count)] {
		list = append(list, c.chosen(s.whole(t)))
	}
	return asJSON(200, list), nil
}
