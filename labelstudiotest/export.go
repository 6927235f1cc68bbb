package labelstudiotest

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// formats are those of the server, in its order. The server disables those
// that don't fit the label config.
var formats = []struct {
	name, title string
	tags        []string
	known       bool // to this server
}{
	{name: "JSON", title: "JSON", known: true},
	{name: "JSON_MIN", title: "JSON-MIN", known: true},
	{name: "CSV", title: "CSV", known: true},
	{name: "TSV", title: "TSV", known: true},
	{name: "CONLL2003", title: "CONLL2003", tags: []string{"sequence labeling", "text tagging", "named entity recognition"}},
	{name: "COCO", title: "COCO", tags: []string{"image segmentation", "object detection", "keypoints"}},
	{name: "VOC", title: "Pascal VOC XML", tags: []string{"image segmentation", "object detection"}},
	{name: "YOLO", title: "YOLO", tags: []string{"image segmentation", "object detection", "keypoints"}},
	{name: "YOLO_OBB", title: "YOLOv8 OBB", tags: []string{"image segmentation", "object detection"}},
	{name: "BRUSH_TO_NUMPY", title: "Brush labels to NumPy", tags: []string{"image segmentation"}},
	{name: "BRUSH_TO_PNG", title: "Brush labels to PNG", tags: []string{"image segmentation"}},
	{name: "ASR_MANIFEST", title: "ASR Manifest", tags: []string{"speech recognition"}},
}

func exportFormats(s *Server, c *call) (*answer, error) {
	if _, err := s.projectOf(c); err != nil {
		return nil, err
	}
	list := []object{}
	for _, f := range formats {
		o := object{{"title", f.title}, {"description", ""}, {"link", "https://labelstud.io/guide/export.html#" + f.name}}
		if f.tags != nil {
			o = append(o, member{"tags", f.tags})
		}
		o = append(o, member{"name", f.name})
		if !f.known {
			o = append(o, member{"disabled", true})
		}
		list = append(list, o)
	}
	return asJSON(200, list), nil
}

// exported says how annotations and tasks are told in an export.
type exported struct {
	annotators, drafts, predictions bool // whole, not only their ids
	keep                            func(*annotation) bool
}

func (s *Server) exportTask(t *task, how exported) object {
	annotations, drafts, predictions := []object{}, []any{}, []any{}
	for _, a := range s.annotationsOf(t) {
		if how.keep == nil || how.keep(a) {
			annotations = append(annotations, s.exportAnnotation(a, how))
		}
	}
	for _, d := range s.state.drafts.belonging(t.id) {
		if how.drafts {
			drafts = append(drafts, s.showDraft(d))
			continue
		}
		drafts = append(drafts, d.id)
	}
	for _, p := range s.predictionsOf(t) {
		if how.predictions {
			predictions = append(predictions, s.showPrediction(p))
			continue
		}
		predictions = append(predictions, p.id)
	}
	done, cancelled := s.annotated(t)
	o := object{{"id", t.id}, {"annotations", annotations}}
	if f := s.state.files.get(t.file); f != nil {
		o = append(o, member{"file_upload", f.name[strings.LastIndexByte(f.name, '/')+1:]})
	}
	return append(o, object{
		{"drafts", drafts}, {"predictions", predictions}, {"data", t.data}, {"meta", t.meta}, {"created_at", stamp(t.created)},
		{"updated_at", stamp(t.updated)}, {"allow_skip", t.allowSkip}, {"inner_id", t.innerID}, {"total_annotations", done},
		{"cancelled_annotations", cancelled}, {"total_predictions", s.predicted(t)}, {"comment_count", 0},
		{"unresolved_comment_count", 0}, {"last_comment_updated_at", nil}, {"project", t.project},
		{"updated_by", reference(t.updatedBy)}, {"comment_authors", []any{}},
	}...)
}

func (s *Server) exportAnnotation(a *annotation, how exported) object {
	by := reference(a.completedBy)
	if u := s.state.users.get(a.completedBy); u != nil && how.annotators {
		by = object{{"id", u.id}, {"email", u.email}, {"first_name", u.firstName}, {"last_name", u.lastName}}
	}
	regions := map[string]bool{}
	for _, r := range regionsOf(a.result) {
		regions[r.text("id")] = true
	}
	return object{
		{"id", a.id}, {"completed_by", by}, {"result", a.result}, {"was_cancelled", a.cancelled}, {"ground_truth", a.groundTruth},
		{"created_at", stamp(a.created)}, {"updated_at", stamp(a.updated)}, {"draft_created_at", a.draftCreated},
		{"lead_time", a.leadTime}, {"prediction", a.prediction}, {"result_count", len(regions)}, {"unique_id", a.uniqueID},
		{"import_id", a.importID}, {"last_action", a.lastAction}, {"bulk_created", a.bulk}, {"task", a.task}, {"project", a.project},
		{"updated_by", reference(a.updatedBy)}, {"parent_prediction", a.parentPrediction},
		{"parent_annotation", a.parentAnnotation}, {"last_created_by", a.lastCreatedBy},
	}
}

// exportTasks answers with a whole export, which was built before. It knows no
// ranges. Without download_all_tasks only annotated tasks come.
func exportTasks(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	reasons := object{}
	whole := false
	for _, name := range []string{"interpolate_key_frames", "download_resources", "download_all_tasks"} {
		if !c.Query.Has(name) {
			continue
		}
		value, reason := readBoolean(c.Query.Get(name))
		if reason != "" {
			reasons = append(reasons, member{name, []any{reason}})
		} else if name == "download_all_tasks" {
			whole = value == true
		}
	}
	if len(reasons) > 0 {
		return nil, refuse(reasons)
	}
	format := c.Query.Get("exportType")
	if format == "" {
		format = c.Query.Get("export_type")
	}
	if format == "" {
		format = "JSON"
	}
	var tasks []object
	ids := c.Query["ids[]"]
	for _, t := range s.state.tasks.belonging(p.id) {
		if len(ids) > 0 && !slices.Contains(ids, strconv.FormatInt(t.id, 10)) ||
			!whole && len(s.annotationsOf(t)) == 0 {
			continue
		}
		tasks = append(tasks, s.exportTask(t, exported{drafts: true}))
	}
	content, extension, err := s.convert(p, tasks, format, compact, c)
	if err != nil {
		return nil, err
	}
	name := exportName(p, content, s.now()) + "." + extension
	a := &answer{status: 200, body: content, cut: -1, header: map[string][]string{
		"Content-Type":        {"application/." + extension},
		"Content-Disposition": {`attachment; filename="` + name + `"`},
		"Filename":            {name},
	}}
	return a, nil
}

// exportName is the name of an export's file, without its extension.
func exportName(p *project, content []byte, at time.Time) string {
	sum := md5.Sum(content)
	return "project-" + strconv.FormatInt(p.id, 10) + "-at-" + at.Format("2006-01-02-15-04") + "-" + hex.EncodeToString(sum[:])[:8]
}

// convert lays tasks out in a format. JSON is as compact as the style says.
func (s *Server) convert(p *project, tasks []object, format string, json style, c *call) (content []byte, extension string, err error) {
	i := slices.IndexFunc(formats, func(f struct {
		name, title string
		tags        []string
		known       bool
	}) bool {
		return f.name == format
	})
	switch {
	case i < 0:
		return nil, "", fail(500, "")
	case !formats[i].known:
		return nil, "", s.unknown("the export format "+format, c)
	case format == "JSON":
		if tasks == nil {
			tasks = []object{}
		}
		return encode(tasks, json), "json", nil
	}
	rows := p.rows(tasks)
	switch format {
	case "JSON_MIN":
		return minimal(rows), "json", nil
	case "TSV":
		return asTable(rows, "\t"), "csv", nil
	}
	return asTable(rows, ","), "csv", nil
}
