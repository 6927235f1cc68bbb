package labelstudiotest

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const emptyConfig = "<View></View>"

type project struct {
	id      int64
	values  object // what a request can set
	creator int64
	created time.Time
}

func (p *project) title() string  { return p.values.text("title") }
func (p *project) config() string { return p.values.text("label_config") }

// overlap is how many annotations make a task done.
func (p *project) overlap() int64 {
	n, _ := p.values.integer("maximum_annotations")
	return n
}

func (p *project) modelVersion() string { return p.values.text("model_version") }

// projectFields are in the order of the answers.
var projectFields = []field{
	{name: "title", null: true, blank: true, min: 3, max: 50, initial: ""},
	{name: "description", null: true, blank: true, initial: ""},
	{name: "label_config", null: true, blank: true, initial: emptyConfig},
	{name: "expert_instruction", null: true, blank: true, initial: ""},
	{name: "show_instruction", kind: boolean, initial: false},
	{name: "show_skip_button", kind: boolean, initial: true},
	{name: "enable_empty_annotation", kind: boolean, initial: true},
	{name: "show_annotation_history", kind: boolean, initial: false},
	{name: "color", null: true, blank: true, max: 16, initial: "#FFFFFF"},
	{name: "maximum_annotations", kind: integer, initial: int64(1)},
	{name: "is_published", kind: boolean, initial: false},
	{name: "model_version", null: true, blank: true, initial: ""},
	{name: "is_draft", kind: boolean, initial: false},
	{name: "min_annotations_to_start_training", kind: integer, initial: int64(0)},
	{name: "show_collab_predictions", kind: boolean, initial: true},
	{name: "sampling", kind: choice, null: true, initial: "Sequential sampling",
		choices: []string{"Sequential sampling", "Uniform sampling", "Uncertainty sampling"}},
	{name: "show_ground_truth_first", kind: boolean, initial: false},
	{name: "annotator_evaluation_enabled", kind: boolean, initial: false},
	{name: "show_overlap_first", kind: boolean, initial: false},
	{name: "overlap_cohort_percentage", kind: integer, initial: int64(100)},
	{name: "task_data_login", null: true, blank: true, max: 256},
	{name: "task_data_password", null: true, blank: true, max: 256},
	{name: "control_weights", kind: anything, null: true, initial: object{}},
	{name: "evaluate_predictions_automatically", kind: boolean, initial: false},
	{name: "skip_queue", kind: choice, null: true, initial: "REQUEUE_FOR_OTHERS",
		choices: []string{"REQUEUE_FOR_ME", "REQUEUE_FOR_OTHERS", "IGNORE_SKIPPED"}},
	{name: "reveal_preannotations_interactively", kind: boolean, initial: false},
	{name: "pinned_at", kind: moment, null: true},
}

// counts are what the server counts of a project, in the order of its answers.
type counts struct {
	annotated, tasks, useful, groundTruth, skipped, annotations, predictions, finished, queued, done int64
}

func (s *Server) count(p *project, by *user) counts {
	var n counts
	for _, t := range s.state.tasks.belonging(p.id) {
		n.tasks++
		if t.isLabeled {
			n.finished++
		}
		mine, doneByMe, annotated := false, false, false
		for _, a := range s.annotationsOf(t) {
			if a.cancelled {
				n.skipped++
			} else {
				n.annotations++
			}
			if a.groundTruth {
				n.groundTruth++
			} else if !a.cancelled && a.result != nil {
				n.useful++
				annotated = true
			}
			if a.completedBy == by.id {
				mine = true
				doneByMe = doneByMe || !a.cancelled || p.values.text("skip_queue") != "REQUEUE_FOR_ME"
			}
		}
		if annotated {
			n.annotated++
		}
		if !t.isLabeled || mine {
			n.queued++
		}
		if doneByMe {
			n.done++
		}
		n.predictions += int64(len(s.predictionsOf(t)))
	}
	return n
}

// showProject is the answer about a project. One that was just made has no counts.
func (s *Server) showProject(p *project, by *user, made bool) object {
	v := func(name string) any { value, _ := p.values.get(name); return value }
	n := s.count(p, by)
	number := func(n int64) any {
		if made {
			return nil
		}
		return n
	}
	training, _ := p.values.integer("min_annotations_to_start_training")
	o := object{{"id", p.id}}
	for _, f := range projectFields[:8] {
		o = append(o, member{f.name, v(f.name)})
	}
	config := parsed(p.config())
	return append(o, object{
		{"organization", organization}, {"color", v("color")}, {"maximum_annotations", v("maximum_annotations")},
		{"is_published", v("is_published")}, {"model_version", v("model_version")}, {"is_draft", v("is_draft")},
		{"created_by", s.created(p.creator)}, {"created_at", stamp(p.created)},
		{"min_annotations_to_start_training", training}, {"start_training_on_annotation_update", training != 0},
		{"show_collab_predictions", v("show_collab_predictions")},
		{"num_tasks_with_annotations", number(n.annotated)}, {"task_number", number(n.tasks)},
		{"useful_annotation_number", number(n.useful)}, {"ground_truth_number", number(n.groundTruth)},
		{"skipped_annotations_number", number(n.skipped)}, {"total_annotations_number", number(n.annotations)},
		{"total_predictions_number", number(n.predictions)}, {"sampling", v("sampling")},
		{"show_ground_truth_first", v("show_ground_truth_first")},
		{"annotator_evaluation_enabled", v("annotator_evaluation_enabled")}, {"show_overlap_first", v("show_overlap_first")},
		{"overlap_cohort_percentage", v("overlap_cohort_percentage")}, {"task_data_login", v("task_data_login")},
		{"task_data_password", v("task_data_password")}, {"control_weights", v("control_weights")},
		{"parsed_label_config", config}, {"evaluate_predictions_automatically", v("evaluate_predictions_automatically")},
		{"config_has_control_tags", len(config) > 0}, {"skip_queue", v("skip_queue")},
		{"reveal_preannotations_interactively", v("reveal_preannotations_interactively")}, {"pinned_at", v("pinned_at")},
		{"finished_task_number", number(n.finished)}, {"queue_total", n.queued}, {"queue_done", n.done},
		{"config_suitable_for_bulk_annotation", suitsBulk(p.config())}, {"state", nil},
	}...)
}

func (s *Server) projectOf(c *call) (*project, error) { return s.theProject(c, c.id(0)) }

func (s *Server) theProject(c *call, id int64) (*project, error) {
	p := s.state.projects.get(id)
	if p == nil {
		return nil, notFound("Project")
	}
	return p, c.allowed()
}

// readProject returns what a request sets of a project, nil for one that is made.
func (s *Server) readProject(c *call, p *project) (object, error) {
	read := c.object
	if p != nil {
		read = c.dictionary
	}
	body, err := read()
	if err != nil {
		return nil, err
	}
	if color, given := body.get("color"); given && color == nil {
		return nil, fail(500, "'NoneType' object has no attribute 'startswith'")
	}
	if p == nil && c.isForm() { // a page doesn't send what isn't ticked
		for _, f := range projectFields {
			if f.kind == boolean && !body.has(f.name) {
				body = append(body, member{f.name, false})
			}
		}
	}
	if config, given := body.get("label_config"); given {
		if _, ok := config.(string); config != nil && !ok {
			return nil, notBytes(config)
		}
	}
	if text, given := body.get("expert_instruction"); given {
		if _, ok := text.(string); !ok {
			return nil, failf(500, "argument cannot be of '%s' type, must be of text type", pythonType(text))
		}
	}
	values, err := readFields(projectFields, body)
	reasons := object{}
	if err != nil {
		refused := err.(*failure) //nolint:errorlint // of readFields, which has no other
		reasons = refused.fields
	}
	if _, broken := reasons.get("color"); !broken && body.has("color") && !isColor(body.text("color")) {
		reasons = append(reasons, member{"color", []any{`Color must be in "#RRGGBB" format`}})
	}
	if config := body.text("label_config"); body.has("label_config") {
		err := checkConfig(config)
		if err == nil && p != nil {
			err = s.fits(p, config, false)
		}
		if err != nil {
			why, broken := reason(err)
			if broken != nil {
				return nil, broken
			}
			reasons = append(reasons, member{"label_config", []any{why}})
		}
	}
	named, given := body.get("model_version")
	if version, _ := named.(string); p != nil && given && (named == nil || version != "" && version != p.modelVersion() && !s.hasVersion(p, version)) {
		reasons = reasons.without("model_version")
		reasons = append(reasons, member{"model_version", []any{"Model version doesn't exist either as live model or as static predictions."}})
	}
	switch id, _ := body.get("organization"); v := id.(type) {
	case nil:
	case number:
		if v != "1" {
			reasons = append(reasons, member{"organization", []any{"Invalid pk \"" + string(v) + "\" - object does not exist."}})
		}
	case string:
		if v != "1" {
			reasons = append(reasons, member{"organization", []any{"Incorrect type. Expected pk value, received str."}})
		}
	}
	value, given := body.get("created_by")
	creator, ok := value.(object)
	if email, set := creator.get("email"); given && ok && set {
		if address, _ := email.(string); !strings.Contains(address, "@") {
			reasons = append(reasons, member{"created_by", object{{"email", []any{"Enter a valid email address."}}}})
		}
	}
	if len(reasons) > 0 {
		return nil, refuse(reasons)
	}
	if given && ok {
		verb := "create"
		if p != nil {
			verb = "update"
		}
		return nil, failf(500, "The `.%s()` method does not support writable nested fields by default.\n"+
			"Write an explicit `.%[1]s()` method for serializer `projects.serializers.ProjectSerializer`, "+
			"or set `read_only=True` on nested serializer fields.", verb)
	}
	if body.has("start_training_on_annotation_update") {
		start := int64(0)
		if body.flag("start_training_on_annotation_update") {
			start = 1
		}
		values = values.with("min_annotations_to_start_training", start)
	}
	return values, nil
}

func isColor(s string) bool {
	if len(s) != 7 || s[0] != '#' {
		return false
	}
	_, err := strconv.ParseUint(s[1:], 16, 32)
	return err == nil
}

// set takes over what a request has set.
func (p *project) set(values object) {
	before := p.config()
	for _, m := range values {
		p.values = p.values.with(m.key, m.value)
	}
	weighed, _ := p.values.get("control_weights")
	given, _ := weighed.(object)
	if p.config() != before || len(given) == 0 {
		p.values = p.values.with("control_weights", weights(p.config(), weighed))
	}
	if p.values.flag("is_published") {
		p.values = p.values.with("is_draft", false)
	}
}

// newProject makes a project of the values that differ from the initial ones.
func (s *Server) newProject(values object, creator int64) *project {
	p := &project{creator: creator, created: s.now()}
	for _, f := range projectFields {
		p.values = append(p.values, member{f.name, f.initial})
	}
	p.set(values)
	return s.state.projects.add(p, func(id int64) { p.id = id })
}

func createProject(s *Server, c *call) (*answer, error) {
	values, err := s.readProject(c, nil)
	if err != nil {
		return nil, err
	}
	return asJSON(201, s.showProject(s.newProject(values, c.user.id), c.user, true)), nil
}

func getProject(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	return asJSON(200, c.chosen(s.showProject(p, c.user, false))), nil
}

func updateProject(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	values, err := s.readProject(c, p)
	if err != nil {
		return nil, err
	}
	if shown, given := values.get("show_collab_predictions"); given && shown == false {
		values = values.with("model_version", "")
	}
	if s.someOverlap(p, values) {
		return nil, s.unknown("an overlap of some of the tasks with "+c.Operation, c)
	}
	overlap, queue, before := p.overlap(), p.values.text("skip_queue"), s.count(p, c.user)
	p.set(values)
	s.overlapped(p, p.overlap() != overlap, p.values.text("skip_queue") != queue)
	return asJSON(200, s.showProject(p, c.user, false).with("finished_task_number", before.finished)), nil
}

// someOverlap says whether a request changes how many of the tasks need several
// annotations.
func (s *Server) someOverlap(p *project, values object) bool {
	before, _ := p.values.integer("overlap_cohort_percentage")
	share, given := values.integer("overlap_cohort_percentage")
	if !given {
		share = before
	}
	overlap, given := values.integer("maximum_annotations")
	if !given {
		overlap = p.overlap()
	}
	return overlap > 1 && (share != before || share < 100 && overlap != p.overlap()) && len(s.state.tasks.belonging(p.id)) > 0
}

// overlapped finds out which tasks are done, after how many annotations they need
// has changed, or whether skipping is one. Where some need several, the others
// are left alone, unless one is enough.
func (s *Server) overlapped(p *project, overlap, queue bool) {
	tasks := s.state.tasks.belonging(p.id)
	some := p.overlap() > 1 && slices.ContainsFunc(tasks, func(t *task) bool { return t.overlap > 1 })
	for _, t := range tasks {
		if overlap && (!some || t.overlap > 1) {
			t.overlap = p.overlap()
			s.relabel(t)
		}
		if queue && slices.ContainsFunc(s.annotationsOf(t), func(a *annotation) bool { return !a.groundTruth }) {
			s.relabel(t)
		}
	}
}

func deleteProject(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	s.removeTasks(func(t *task) bool { return t.project == p.id })
	s.state.projects.removeWhere(func(other *project) bool { return other == p })
	s.state.files.removeWhere(func(f *file) bool { return f.project == p.id })
	s.state.views.removeWhere(func(v *view) bool { return v.project == p.id })
	s.state.snapshots.removeWhere(func(e *snapshot) bool { return e.project == p.id })
	return asJSON(204, noBody), nil
}

// projectsOf are the projects that a list is asked for, by their ids.
func (s *Server) projectsOf(query url.Values) ([]*project, error) {
	title := query.Get("title")
	if strings.Contains(title, "\x00") {
		return nil, invalid("title", "Null characters are not allowed.")
	}
	var ids []int64
	if query.Get("ids") != "" {
		for id := range strings.SplitSeq(query.Get("ids"), ",") {
			n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64)
			if err != nil {
				return nil, failf(500, "Field 'id' expected a number but got '%s'.", id)
			}
			ids = append(ids, n)
		}
	}
	list := s.state.projects.where(func(p *project) bool {
		return (ids == nil || slices.Contains(ids, p.id)) && strings.Contains(lower(p.title()), lower(title))
	})
	return list, nil
}

// byOrdering compares as a list of names says: by default what is pinned comes
// first, then the newest. Names that the server can't order by are left out.
func byOrdering(ordering string) func(a, b *project) int {
	var keys []string
	for key := range strings.SplitSeq(ordering, ",") {
		key = strings.TrimSpace(key)
		if name := strings.TrimPrefix(key, "-"); slices.Contains(orderable, name) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return func(a, b *project) int {
			return cmp.Or(-cmp.Compare(a.values.text("pinned_at"), b.values.text("pinned_at")), b.created.Compare(a.created), cmp.Compare(b.id, a.id))
		}
	}
	return func(a, b *project) int {
		for _, key := range keys {
			name, descending := strings.CutPrefix(key, "-")
			compared := a.compare(b, name)
			if descending {
				compared = -compared
			}
			if compared != 0 {
				return compared
			}
		}
		return 0
	}
}

// orderable are the properties that projects can be ordered by.
var orderable = strings.Fields(`id title description label_config expert_instruction show_instruction show_skip_button
	enable_empty_annotation show_annotation_history color maximum_annotations is_published model_version is_draft created_at
	min_annotations_to_start_training show_collab_predictions sampling show_ground_truth_first show_overlap_first
	overlap_cohort_percentage task_data_login task_data_password evaluate_predictions_automatically skip_queue
	reveal_preannotations_interactively pinned_at`)

func (p *project) compare(other *project, name string) int {
	switch name {
	case "id":
		return cmp.Compare(p.id, other.id)
	case "created_at":
		return p.created.Compare(other.created)
	}
	x, _ := p.values.get(name)
	y, _ := other.values.get(name)
	if a, ok := asInt(x); ok {
		b, _ := asInt(y)
		return cmp.Compare(a, b)
	}
	return cmp.Compare(plainText(x), plainText(y)) // null first
}

func listProjects(s *Server, c *call) (*answer, error) {
	list, err := s.projectsOf(c.Query)
	if err != nil {
		return nil, err
	}
	switch filter := c.Query.Get("filter"); filter {
	case "pinned_only", "exclude_pinned":
		list = slices.DeleteFunc(list, func(p *project) bool {
			pinned, _ := p.values.get("pinned_at")
			return (pinned == nil) == (filter == "pinned_only")
		})
	}
	slices.SortStableFunc(list, byOrdering(c.Query.Get("ordering")))
	return c.pageOfProjects(list, func(p *project) object { return s.showProject(p, c.user, false) })
}

// projectCounts lists the projects by their ids, whatever order is asked for.
func projectCounts(s *Server, c *call) (*answer, error) {
	list, err := s.projectsOf(c.Query)
	if err != nil {
		return nil, err
	}
	return c.pageOfProjects(list, func(p *project) object {
		n := s.count(p, c.user)
		return object{
			{"id", p.id}, {"task_number", n.tasks}, {"finished_task_number", n.finished},
			{"total_predictions_number", n.predictions}, {"total_annotations_number", n.annotations},
			{"num_tasks_with_annotations", n.annotated}, {"useful_annotation_number", n.useful},
			{"ground_truth_number", n.groundTruth}, {"skipped_annotations_number", n.skipped},
		}
	})
}

func (c *call) pageOfProjects(list []*project, show func(*project) object) (*answer, error) {
	results := []object{}
	for _, p := range list {
		results = append(results, c.chosen(show(p)))
	}
	return c.paged(results, 30)
}

func annotators(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	list := []object{}
	for u := range s.state.users.all() {
		if len(s.state.annotations.where(func(a *annotation) bool {
			return a.completedBy == u.id && s.state.tasks.get(a.task).project == p.id
		})) > 0 {
			list = append(list, u.short())
		}
	}
	return asJSON(200, list), nil
}
