package labelstudiotest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// loaded is what an import has found in its request.
type loaded struct {
	items   []any
	files   []int64
	table   bool // one of the files may be a list of tasks
	formats object
	columns []any
}

// found are the formats of the files: an object, or an empty list without any.
func (l *loaded) found() any {
	if len(l.files) == 0 {
		return []any{}
	}
	return l.formats
}

func importTasks(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	commit, err := c.flag("commit_to_project", true)
	if err != nil {
		return nil, err
	}
	wantIDs, err := c.flag("return_task_ids", false)
	if err != nil {
		return nil, err
	}
	in, err := s.load(c, p)
	if err != nil {
		return nil, err
	}
	if values := c.Query["preannotated_from_fields"]; len(values) > 0 { // the last one wins
		if in.items, err = preannotated(p, in.items, strings.Split(values[len(values)-1], ",")); err != nil {
			return nil, err
		}
	}
	summary := object{
		{"task_count", len(in.items)}, {"annotation_count", nil}, {"prediction_count", nil}, {"duration", 0.0},
		{"file_upload_ids", in.files}, {"could_be_tasks_list", in.table}, {"found_formats", in.found()}, {"data_columns", in.columns},
	}
	if commit {
		made, err := s.commit(p, c.user, in.items)
		if err != nil {
			return nil, err
		}
		summary[1].value, summary[2].value = made.annotations, made.predictions
		if wantIDs {
			summary = append(summary, member{"task_ids", made.tasks})
		}
	}
	summary[3].value = time.Since(start).Seconds()
	return asJSON(201, summary), nil
}

// load reads the tasks of a request: JSON, or files.
func (s *Server) load(c *call, p *project) (*loaded, error) {
	kind := c.Header.Get("Content-Type")
	in := &loaded{files: []int64{}, formats: object{}, columns: []any{}}
	switch {
	case strings.HasPrefix(kind, "multipart/form-data"):
		return s.loadFiles(c, p)
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		body, err := c.object()
		if err != nil {
			return nil, err
		}
		return s.loadURL(c, p, body.text("url"))
	case !strings.HasPrefix(kind, "application/json"):
		return nil, invalid(nonField, "load_tasks: No data found in DATA or in FILES")
	}
	value, err := c.json()
	if err != nil {
		return nil, err
	}
	switch v := value.(type) {
	case []any:
		in.items = v
	case object:
		in.items = []any{v}
	default:
		return nil, invalid(nonField, "load_tasks: No data found in DATA or in FILES")
	}
	if len(in.items) == 0 {
		return nil, invalid(nonField, "load_tasks: No tasks added")
	}
	return in, nil
}

// made is what an import has made.
type made struct {
	tasks                    []int64
	annotations, predictions int
}

// maxReasons is how many items are refused one by one; the last is a row of dots.
const maxReasons = 100

// commit makes the tasks of an import, or none of them.
func (s *Server) commit(p *project, by *user, items []any) (*made, error) {
	checked, reasons, bad := make([]object, 0, len(items)), []any{}, false
	for i, item := range items {
		o, ok := item.(object)
		if !ok && pythonType(item) != "str" && pythonType(item) != "list" {
			return nil, failf(500, "argument of type '%s' is not iterable", pythonType(item))
		}
		if !ok {
			return nil, invalid(nonField, `Task root must be dict with "data", "meta", "annotations", "predictions" fields`)
		}
		o, err := p.checkItem(o)
		if err == nil {
			checked = append(checked, o)
			reasons = append(reasons, object{})
			continue
		}
		bad = true
		reasons = append(reasons, fmt.Sprintf("Error at item %d: %v :: %s", i, err, repr(item)))
		if len(reasons) >= maxReasons {
			reasons[maxReasons-1] = "..."
			break
		}
	}
	if bad {
		return nil, refuse(object{{nonField, reasons}})
	}
	annotators := make([][]int64, len(checked))
	for i, item := range checked {
		for _, a := range listOf(item, "annotations") {
			id, err := s.completedBy(a, by)
			if err != nil {
				return nil, err
			}
			annotators[i] = append(annotators[i], id)
		}
	}
	result, version := &made{tasks: []int64{}}, any(nil)
	for i, item := range checked {
		t := s.importTask(p, item)
		result.tasks = append(result.tasks, t.id)
		for j, a := range listOf(item, "annotations") {
			s.importAnnotation(t, a, s.state.users.get(annotators[i][j]))
			result.annotations++
		}
		for _, q := range listOf(item, "predictions") {
			version = s.importPrediction(t, q).modelVersion
			result.predictions++
		}
		slices.Sort(annotators[i])
		t.isLabeled = int64(len(slices.Compact(annotators[i]))) >= t.overlap
	}
	if version != nil && p.modelVersion() == "" { // that of the last prediction
		p.values = p.values.with("model_version", version)
	}
	return result, nil
}

// checkItem refuses an item of an import, or returns it with its data in "data".
func (p *project) checkItem(item object) (object, error) {
	value, given := item.get("data")
	if !given {
		data, err := p.checkData(item)
		if err != nil {
			return nil, fmt.Errorf("%w [assume: item as is = task root with values] ", err)
		}
		return object{{"data", data}}, nil
	}
	data, ok := value.(object)
	if !ok {
		return nil, fmt.Errorf("Task[data] must be dict or list") //nolint:staticcheck // in the server's words
	}
	data, err := p.checkData(data)
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, dataRoot)
	}
	for _, name := range []string{"annotations", "predictions"} {
		value, given := item.get(name)
		list, ok := value.([]any)
		if given && !ok {
			return nil, fmt.Errorf("Task[%s] must be list", name) //nolint:staticcheck // in the server's words
		}
		for _, o := range regionsOf(list) {
			result, given := o.get("result")
			if !given {
				return nil, fmt.Errorf(`%s must have "result" fields`, strings.ToUpper(name[:1])+name[1:len(name)-1])
			}
			if _, ok := result.([]any); !ok && name == "annotations" {
				return nil, fmt.Errorf(`"result" field in annotation must be list`)
			}
		}
	}
	if meta, given := item.get("meta"); given {
		switch meta.(type) {
		case object, []any:
		default:
			return nil, fmt.Errorf("Task[meta] must be dict or list") //nolint:staticcheck // in the server's words
		}
	}
	return item.with("data", data), nil
}

func listOf(item object, name string) []object {
	value, _ := item.get(name)
	return regionsOf(value)
}

// completedBy finds who has made an annotation: by the address, or by the id.
func (s *Server) completedBy(a object, by *user) (int64, error) {
	value, _ := a.get("completed_by")
	switch who := value.(type) {
	case nil:
		return by.id, nil
	case object:
		email, given := who.get("email")
		if !given {
			return 0, invalid(nonField, "It's expected to have 'email' field in 'completed_by' data in annotations")
		}
		address, _ := email.(string)
		if u := s.byEmail(address); u != nil && u.organization {
			return u.id, nil
		}
		return 0, invalidf(nonField, "Unknown annotator's email %s", address)
	}
	if id, ok := asInt(value); ok && s.state.users.get(id) != nil {
		return id, nil
	}
	return 0, invalidf(nonField, "Import data contains completed_by=%s which is not a valid annotator's email or ID", repr(value))
}

func (s *Server) importTask(p *project, item object) *task {
	now := s.now()
	t := &task{project: p.id, meta: object{}, overlap: p.overlap(), allowSkip: true, created: now, updated: now}
	t.innerID = s.state.inner[p.id] + 1
	t.set(item.pick(func(key string) bool { return key == "data" || key == "meta" || key == "allow_skip" }))
	t.file, _ = item.integer("file_upload_id")
	s.addTask(t)
	return t
}

// importAnnotation makes an annotation, which is the ground truth unless it says not.
func (s *Server) importAnnotation(t *task, item object, by *user) {
	a := s.newAnnotation(t, nil, by)
	a.updatedBy, a.groundTruth = 0, true
	a.set(item.pick(func(key string) bool {
		return key == "result" || key == "ground_truth" || key == "was_cancelled" || key == "lead_time"
	}))
	a.importID, _ = item.get("id")
}

func (s *Server) importPrediction(t *task, item object) *prediction {
	values := item.pick(func(key string) bool { return key == "result" || key == "score" || key == "model_version" })
	if !values.has("model_version") {
		values = values.with("model_version", "undefined")
	}
	if score, ok := values.get("score"); ok && score != nil {
		f, valid := asFloat(score)
		values = values.with("score", f)
		if !valid {
			values = values.with("score", nil)
		}
	}
	return s.newPrediction(t, values)
}

// preannotated makes predictions of some properties of the tasks' data.
func preannotated(p *project, items []any, names []string) ([]any, error) {
	config, err := labelconfig.Parse(p.config())
	if err != nil {
		return nil, err
	}
	list := make([]any, 0, len(items))
	for _, item := range items {
		data, _ := item.(object)
		if inner, given := data.get("data"); given {
			data, _ = inner.(object)
		}
		predictions := []any{}
		for _, name := range names {
			value, given := data.get(name)
			if !given || value == nil {
				continue
			}
			to, kind := "text", "choices"
			if control, ok := config.Control(name); ok {
				to, kind = control.ToName[0], strings.ToLower(control.Tag)
			}
			predictions = append(predictions, object{
				{"result", []any{object{{"from_name", name}, {"to_name", to}, {"type", kind}, {"value", valueOf(kind, value)}}}},
				{"score", 1.0}, {"model_version", "preannotated"},
			})
		}
		list = append(list, object{{"data", data}, {"predictions", predictions}})
	}
	return list, nil
}

func valueOf(kind string, value any) any {
	if o, ok := value.(object); ok {
		return o
	}
	key := kind
	if kind == "textarea" {
		key = "text"
	}
	if _, isList := value.([]any); !isList && kind != "rating" && kind != "number" && kind != "datetime" {
		value = []any{value}
	}
	return object{{key, value}}
}

// importPredictions leaves out in silence what doesn't fit the label config.
func importPredictions(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.json()
	if err != nil {
		return nil, err
	}
	items, _ := body.([]any)
	config, err := labelconfig.Parse(p.config())
	if err != nil {
		return nil, err
	}
	var fitting []object
	for _, item := range items {
		o, ok := item.(object)
		if !ok {
			return nil, failf(500, "'%s' object has no attribute 'get'", pythonType(item))
		}
		id, _ := o.integer("task")
		if t := s.state.tasks.get(id); t == nil || t.project != p.id {
			return nil, refuse(object{{nonField, []any{fmt.Sprintf("%s contains invalid \"task\" field: corresponding task ID couldn't be "+
				"retrieved from project %s (id=%d) tasks", repr(o), p.title(), p.id)}}})
		}
		if fitsConfig(config, o) {
			fitting = append(fitting, o)
		}
	}
	for _, o := range fitting {
		id, _ := o.integer("task")
		values, err := p.expand(o)
		if err != nil {
			return nil, err
		}
		if !o.has("model_version") {
			values = values.with("model_version", "undefined")
		}
		s.newPrediction(s.state.tasks.get(id), values)
	}
	return asJSON(201, object{{"created", len(fitting)}}), nil
}

// fitsConfig says whether every region of a prediction is by a control that there is.
func fitsConfig(config *labelconfig.Config, prediction object) bool {
	value, _ := prediction.get("result")
	list, ok := value.([]any)
	if !ok || len(regionsOf(list)) < len(list) {
		return false
	}
	for _, region := range regionsOf(list) {
		control, ok := config.Control(region.text("from_name"))
		if !ok || !slices.Contains(control.ToName, region.text("to_name")) ||
			!strings.EqualFold(control.Tag, region.text("type")) || !region.has("value") {
			return false
		}
	}
	return true
}

// createMany is the import by another path.
func createMany(s *Server, c *call) (*answer, error) { return importTasks(s, c) }
