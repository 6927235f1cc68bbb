package labelstudiotest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
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
	} else if err := iterable(in.items); err != nil {
		return nil, err
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
	case !strings.HasPrefix(kind, "application/json") && len(c.Body) == 0:
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
	if err := iterable(items); err != nil {
		return nil, err
	}
	checked, reasons, bad := make([]object, 0, len(items)), []any{}, false
	for i, item := range items {
		o, ok := item.(object)
		err := fmt.Errorf(`Task root must be dict with "data", "meta", "annotations", "predictions" fields`)
		if ok {
			if !finite(o) {
				return nil, fail(500, `CHECK constraint failed: (JSON_VALID("data") OR "data" IS NULL)`)
			}
			if o, err = p.checkItem(o); o != nil {
				item = o
			}
		}
		if err == nil {
			checked = append(checked, o)
			reasons = append(reasons, object{})
			continue
		}
		bad = true
		shown, isText := item.(string)
		if !isText {
			shown = repr(item)
		}
		reasons = append(reasons, fmt.Sprintf("Error at item %d: %v :: %s", i, err, shown))
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
		ids, err := s.checkStored(item, by)
		if err != nil {
			return nil, err
		}
		annotators[i] = ids
	}
	result := &made{tasks: []int64{}}
	var predictions []object
	var lost error
	for i, item := range checked {
		t := s.importTask(p, item)
		result.tasks = append(result.tasks, t.id)
		for j, a := range listOf(item, "annotations") {
			s.importAnnotation(t, a, s.state.users.get(annotators[i][j]))
			result.annotations++
		}
		list, err := p.predictions(item, t)
		if err != nil {
			lost = err
		}
		t.ghosts = len(list)
		predictions = append(predictions, list...)
		slices.Sort(annotators[i])
		t.isLabeled = int64(len(slices.Compact(annotators[i]))) >= t.overlap
	}
	if lost != nil { // the tasks are made, and count predictions that are not
		return nil, lost
	}
	for _, q := range predictions {
		id, _ := q.integer("task")
		s.newPrediction(s.state.tasks.get(id), q)
	}
	result.predictions = len(predictions)
	if len(predictions) > 0 && p.modelVersion() == "" {
		if version := predictions[len(predictions)-1].text("model_version"); version != "" {
			p.values = p.values.with("model_version", version)
		}
	}
	return result, nil
}

// iterable fails as the server does for what it looks into before it checks it.
func iterable(items []any) error {
	for _, item := range items {
		switch v := item.(type) {
		case string, []any:
		case object:
			predictions, given := v.get("predictions")
			switch predictions.(type) {
			case string, []any, object:
			default:
				if given {
					return failf(500, "'%s' object is not iterable", pythonType(predictions))
				}
			}
		default:
			return failf(500, "argument of type '%s' is not iterable", pythonType(item))
		}
	}
	return nil
}

// checkStored refuses what the database doesn't take of an item, and finds out who
// has made its annotations.
func (s *Server) checkStored(item object, by *user) (annotators []int64, err error) {
	annotations, _ := item.get("annotations")
	list, _ := annotations.([]any)
	for _, value := range list {
		a, ok := value.(object)
		if !ok {
			return nil, failf(500, "'%s' object has no attribute 'get'", pythonType(value))
		}
		id, err := s.completedBy(a, by)
		if err != nil {
			return nil, err
		}
		annotators = append(annotators, id)
		for _, name := range []string{"ground_truth", "was_cancelled"} {
			value, given := a.get(name)
			if _, ok := storedBoolean(value); given && !ok {
				if value == nil {
					return nil, fail(500, "NOT NULL constraint failed: task_completion."+name)
				}
				return nil, failf(500, "['“%s” value must be either True or False.']", plainText(value))
			}
		}
		if lead, _ := a.get("lead_time"); lead != nil {
			if _, reason := readFloat(lead); reason != "" {
				return nil, failf(500, "Field 'lead_time' expected a number but got %s.", repr(lead))
			}
		}
	}
	if id, given := item.integer("file_upload_id"); given && s.state.files.get(id) == nil {
		return nil, fail(500, "FOREIGN KEY constraint failed")
	}
	return annotators, nil
}

// storedBoolean reads what the database takes for a boolean.
func storedBoolean(value any) (is, ok bool) {
	switch plainText(value) {
	case "true", "t", "True", "1":
		return true, true
	case "false", "f", "False", "0":
		return false, true
	}
	return false, false
}

// predictions are what an item's predictions set. If one of them can't be made, none is.
func (p *project) predictions(item object, t *task) ([]object, error) {
	value, _ := item.get("predictions")
	list, _ := value.([]any)
	predictions := make([]object, 0, len(list))
	var lost error
	for _, value := range list {
		o, ok := value.(object)
		result, _ := o.get("result")
		result, err := p.expanded(result)
		if !ok || err != nil {
			lost = fail(500, "'BaseTaskSerializerBulk' object has no attribute 'db_predictions'")
		}
		score, _ := o.get("score")
		if f, reason := readFloat(score); reason == "" {
			score = f
		} else {
			score = nil
		}
		version, given := o.get("model_version")
		switch {
		case !given:
			version = "undefined"
		case version != nil:
			version = plainText(version)
		}
		predictions = append(predictions, object{
			{"result", result}, {"score", score}, {"model_version", version}, {"task", t.id},
		})
	}
	return predictions, lost
}

// checkItem refuses an item of an import, or returns it with its data in "data".
// One whose data lack something is returned as well.
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
		return item.with("data", data), fmt.Errorf("%w%s", err, dataRoot)
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
	return 0, invalidf(nonField, "Import data contains completed_by=%s which is not a valid annotator's email or ID", plainText(value))
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
	a.updatedBy, a.groundTruth, a.imported = 0, true, true
	a.result, _ = item.get("result")
	if truth, given := item.get("ground_truth"); given {
		a.groundTruth, _ = storedBoolean(truth)
	}
	cancelled, _ := item.get("was_cancelled")
	a.cancelled, _ = storedBoolean(cancelled)
	if lead, _ := item.get("lead_time"); lead != nil {
		a.leadTime, _ = readFloat(lead)
	}
	a.importID, _ = item.get("id")
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
	items, ok := body.([]any)
	if o, isObject := body.(object); !ok && (!isObject || len(o) > 0) {
		return nil, fail(500, "'str' object has no attribute 'get'")
	}
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
		if score, _ := o.get("score"); score != nil {
			f, _ := readFloat(score) // tried above
			values = values.with("score", f)
		}
		version, given := o.get("model_version")
		switch {
		case !given:
			values = values.with("model_version", "undefined")
		case version != nil:
			values = values.with("model_version", plainText(version))
		}
		s.newPrediction(s.state.tasks.get(id), values)
	}
	return asJSON(201, object{{"created", len(fitting)}}), nil
}

// fitsConfig says whether a prediction's score is one, and every region by a
// control that there is and of a value that it may have.
func fitsConfig(config *labelconfig.Config, prediction object) bool {
	value, _ := prediction.get("result")
	list, ok := value.([]any)
	if !ok || len(regionsOf(list)) < len(list) {
		return false
	}
	if score, _ := prediction.get("score"); score != nil {
		f, reason := readFloat(score)
		if n, _ := asFloat(f); reason != "" || n < 0 || n > 1 {
			return false
		}
	}
	for _, region := range regionsOf(list) {
		control, ok := config.Control(region.text("from_name"))
		value, _ := region.get("value")
		if !ok || !slices.Contains(control.ToName, region.text("to_name")) ||
			!strings.EqualFold(control.Tag, region.text("type")) || !fitsControl(control, value) {
			return false
		}
	}
	return true
}

// fitsControl checks the values of choices, labels and ratings.
func fitsControl(control *labelconfig.Control, value any) bool {
	o, ok := value.(object)
	key := strings.ToLower(control.Tag)
	chosen, given := o.get(key)
	switch {
	case !ok:
		return false
	case key == "rating":
		most, err := strconv.ParseInt(cmp.Or(control.Attrs["maxRating"], "5"), 10, 64)
		n, whole := asInt(chosen)
		return err == nil && whole && n >= 0 && n <= most
	case key == "textarea":
		list, ok := o.get("text")
		_, several := list.([]any)
		return ok && several
	case key == "number":
		_, reason := readFloat(chosen)
		return reason == ""
	case key != "choices" && !strings.HasSuffix(key, "labels"):
		return true
	}
	list, several := chosen.([]any)
	if !given || !several {
		return false
	}
	for _, item := range list {
		name, ok := item.(string)
		known := slices.ContainsFunc(control.Labels, func(l labelconfig.Label) bool { return l.Value == name })
		if !ok || len(control.Labels) > 0 && !known {
			return false
		}
	}
	return true
}

// createMany is the import by another path.
func createMany(s *Server, c *call) (*answer, error) { return importTasks(s, c) }
