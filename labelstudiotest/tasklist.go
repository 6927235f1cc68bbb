package labelstudiotest

import (
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// detail is how much of its tasks a list tells.
type detail int

const (
	brief  detail = iota
	review        // with annotations and predictions
	all
)

// costly are told with everything, and where filters or ordering need them.
var costly = []string{"completed_at", "predictions_score", "avg_lead_time", "draft_exists"}

// listed is a task as lists have it.
func (s *Server) listed(t *task, by *user, how detail) object {
	done, cancelled := s.annotated(t)
	predictions, annotations, drafts, annotators := []object{}, []object{}, []object{}, []int64{}
	var results, guesses []any
	var annotationIDs, versions []string
	for _, p := range s.predictionsOf(t) {
		predictions = append(predictions, s.showPrediction(p))
		guesses = append(guesses, p.result)
		if version, ok := p.modelVersion.(string); ok && !slices.Contains(versions, version) {
			versions = append(versions, version)
		}
	}
	for _, a := range s.annotationsOf(t) {
		annotations = append(annotations, s.showAnnotation(a))
		if a.completedBy != 0 && !slices.Contains(annotators, a.completedBy) {
			annotators = append(annotators, a.completedBy)
		}
		if a.result != nil {
			results = append(results, a.result)
		}
		annotationIDs = append(annotationIDs, strconv.FormatInt(a.id, 10))
	}
	for _, d := range s.draftsOf(t.id, by) {
		drafts = append(drafts, s.showDraft(d))
	}
	updatedBy := []object{}
	if t.updatedBy != 0 {
		updatedBy = append(updatedBy, object{{"user_id", t.updatedBy}})
	}
	name := any(nil)
	if f := s.state.files.get(t.file); f != nil {
		name = path.Base(f.name)
	}
	o := object{
		{"id", t.id}, {"predictions", predictions}, {"annotations", annotations}, {"drafts", drafts}, {"annotators", annotators},
		{"inner_id", t.innerID}, {"cancelled_annotations", cancelled}, {"total_annotations", done},
		{"total_predictions", s.predicted(t)}, {"completed_at", s.completed(t)}, {"annotations_results", pretty(results, len(predictions))},
		{"predictions_results", pretty(guesses, len(annotations))}, {"predictions_score", s.score(t)}, {"file_upload", name}, {"storage_filename", nil},
		{"annotations_ids", strings.Join(annotationIDs, ",")}, {"predictions_model_versions", strings.Join(versions, ",")},
		{"avg_lead_time", s.leadTime(t)}, {"draft_exists", s.hasDraft(t)}, {"updated_by", updatedBy}, {"data", t.data}, {"meta", t.meta},
		{"created_at", stamp(t.created)}, {"updated_at", stamp(t.updated)}, {"is_labeled", t.isLabeled}, {"overlap", t.overlap},
		{"comment_count", 0}, {"unresolved_comment_count", 0}, {"last_comment_updated_at", nil}, {"project", t.project},
		{"comment_authors", []any{}},
	}
	switch how {
	case brief:
		o = o.without("predictions", "annotations").with("drafts", []any{}).with("annotators", []any{}).with("file_upload", nil)
		fallthrough
	case review:
		o = o.without(costly...)
		for _, empty := range []string{"annotations_results", "predictions_results", "annotations_ids", "predictions_model_versions"} {
			o = o.with(empty, "")
		}
	}
	return o
}

// pretty shows results in a line, without quotes and cut at 500 characters. Each
// is told as often as there are things of the other kind, if there are any.
func pretty(results []any, others int) string {
	var texts []string
	for _, result := range results {
		if result == nil {
			continue
		}
		for range max(others, 1) {
			texts = append(texts, string(encode(result, stored)))
		}
	}
	text := []rune(strings.Join(texts, ","))
	return strings.NewReplacer("],[", "] [", `"`, "").Replace(string(text[:min(len(text), 500)]))
}

// completed is when the task got its last annotation, or null.
func (s *Server) completed(t *task) any {
	if !t.isLabeled {
		return nil
	}
	if list := s.annotationsOf(t); len(list) > 0 {
		return stamp(list[len(list)-1].created)
	}
	return nil
}

func average(values []any) any {
	sum, n := 0.0, 0.0
	for _, value := range values {
		if f, ok := asFloat(value); ok {
			sum += f
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return sum / n
}

// score is the mean of the predictions of the project's model version, or of all
// if it has none.
func (s *Server) score(t *task) any {
	version, _ := s.state.projects.get(t.project).values.get("model_version")
	var values []any
	for _, p := range s.predictionsOf(t) {
		if version == nil || p.modelVersion == version {
			values = append(values, p.score)
		}
	}
	return average(values)
}

func (s *Server) leadTime(t *task) any {
	var values []any
	for _, a := range s.annotationsOf(t) {
		values = append(values, a.leadTime)
	}
	return average(values)
}

func (s *Server) hasDraft(t *task) bool {
	return len(s.state.drafts.belonging(t.id)) > 0
}

func listTasks(s *Server, c *call) (*answer, error) {
	p, from, err := s.tab(c)
	if err != nil {
		return nil, err
	}
	if from == nil {
		if from, err = readSelection(c.Query.Get("query")); err != nil {
			return nil, err
		}
	}
	tasks, err := s.selected(p, from)
	if err != nil {
		return nil, err
	}
	count := int64(len(tasks))
	page, size, err := c.page(count, 100, math.MaxInt64) // without a limit
	if err != nil {
		return nil, err
	}
	how := brief
	if c.Query.Get("fields") == "all" {
		how = all
		if inReview, err := c.flag("review", false); err != nil {
			return nil, err
		} else if inReview {
			how = review
		}
	}
	list, annotations, predictions := []object{}, int64(0), 0
	for _, t := range tasks {
		done, _ := s.annotated(t)
		annotations += done
		predictions += s.predicted(t)
	}
	for _, t := range tasks[(page-1)*size : min((page-1)*size+min(size, count), count)] {
		shown := s.listed(t, c.user, how)
		if how != all {
			whole := s.listed(t, c.user, all)
			for _, name := range costly {
				if from.uses(name) {
					value, _ := whole.get(name)
					shown = shown.with(name, value)
				}
			}
		}
		list = append(list, c.chosenTask(shown))
	}
	return asJSON(200, object{
		{"total_annotations", annotations}, {"total_predictions", predictions}, {"total", count}, {"tasks", list},
	}), nil
}

// chosenTask leaves what a list is asked for, of the annotations as well.
func (c *call) chosenTask(o object) object {
	o = c.chosen(o)
	value, _ := o.get("annotations")
	list, _ := value.([]object)
	for i := range list {
		list[i] = c.chosen(list[i])
	}
	return o
}

// tab finds the project of a list, and the selection of its view if it has one.
func (s *Server) tab(c *call) (*project, *selection, error) {
	projectID, err := c.integer("project", 0)
	if err != nil {
		return nil, nil, err
	}
	viewID, err := c.integer("view", 0)
	if err != nil {
		return nil, nil, err
	}
	if projectID == 0 && viewID == 0 {
		return nil, nil, &failure{status: 404, bare: object{{"detail", "Neither project nor view id specified"}}}
	}
	var from *selection
	if viewID != 0 {
		v := s.state.views.get(viewID)
		if v == nil {
			return nil, nil, notFound("View")
		}
		if projectID == 0 {
			projectID = v.project
		}
		if projectID != v.project {
			return nil, nil, fail(500, "Project and View mismatch")
		}
		if from, err = v.selection(); err != nil {
			return nil, nil, err
		}
	}
	p, err := s.theProject(c, projectID)
	return p, from, err
}
