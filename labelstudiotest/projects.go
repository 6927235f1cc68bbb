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
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if config, given := body.get("label_config"); given {
		if _, ok := config.(string); config != nil && !ok {
			return nil, notBytes(config)
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
			err = s.fits(p, config)
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
	return asJSON(200, s.showProject(p, c.user, false)), nil
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
	before := p.overlap()
	p.set(values)
	if p.overlap() != before {
		for _, t := range s.state.tasks.belonging(p.id) {
			t.overlap = p.overlap()
			s.label(t)
		}
	}
	return asJSON(200, s.showProject(p, c.user, false)), nil
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

// projectsOf are the projects that a list is asked for, in its order.
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
		pinned, _ := p.values.get("pinned_at")
		switch {
		case ids != nil && !slices.Contains(ids, p.id),
			!strings.Contains(strings.ToLower(p.title()), strings.ToLower(title)),
			query.Get("filter") == "pinned_only" && pinned == nil,
			query.Get("filter") == "exclude_pinned" && pinned != nil:
			return false
		}
		return true
	})
	slices.SortStableFunc(list, projectOrder(query.Get("ordering")))
	return list, nil
}

// projectOrder is by default what is pinned first, then the newest.
func projectOrder(ordering string) func(a, b *project) int {
	key, descending := strings.CutPrefix(ordering, "-")
	sign := 1
	if descending {
		sign = -1
	}
	switch key {
	case "id":
		return func(a, b *project) int { return sign * cmp.Compare(a.id, b.id) }
	case "title":
		return func(a, b *project) int { return sign * cmp.Compare(a.title(), b.title()) }
	case "created_at":
		return func(a, b *project) int { return sign * a.created.Compare(b.created) }
	}
	return func(a, b *project) int {
		return cmp.Or(-cmp.Compare(a.values.text("pinned_at"), b.values.text("pinned_at")), b.created.Compare(a.created), cmp.Compare(b.id, a.id))
	}
}

func listProjects(s *Server, c *call) (*answer, error) {
	return s.pageOfProjects(c, func(p *project) object { return s.showProject(p, c.user, false) })
}

func projectCounts(s *Server, c *call) (*answer, error) {
	return s.pageOfProjects(c, func(p *project) object {
		n := s.count(p, c.user)
		return object{
			{"id", p.id}, {"task_number", n.tasks}, {"finished_task_number", n.finished},
			{"total_predictions_number", n.predictions}, {"total_annotations_number", n.annotations},
			{"num_tasks_with_annotations", n.annotated}, {"useful_annotation_number", n.useful},
			{"ground_truth_number", n.groundTruth}, {"skipped_annotations_number", n.skipped},
		}
	})
}

func (s *Server) pageOfProjects(c *call, show func(*project) object) (*answer, error) {
	list, err := s.projectsOf(c.Query)
	if err != nil {
		return nil, err
	}
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
