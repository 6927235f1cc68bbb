package labelstudiotest

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exportFormat is one of an export. Those that have tags are not known to this server.
type exportFormat struct {
	name, title, link string
	tags              []string
}

// formats are those of the real server, in its order.
var formats = []exportFormat{
	{"JSON", "JSON", "JSON", nil},
	{"JSON_MIN", "JSON-MIN", "JSON-MIN", nil},
	{"CSV", "CSV", "CSV", nil},
	{"TSV", "TSV", "TSV", nil},
	{"CONLL2003", "CONLL2003", "CONLL2003", []string{"sequence labeling", "text tagging", "named entity recognition"}},
	{"COCO", "COCO", "COCO", []string{"image segmentation", "object detection", "keypoints"}},
	{"COCO_WITH_IMAGES", "COCO with Images", "COCO", []string{"image segmentation", "object detection", "keypoints"}},
	{"VOC", "Pascal VOC XML", "Pascal-VOC-XML", []string{"image segmentation", "object detection"}},
	{"YOLO", "YOLO", "YOLO", []string{"image segmentation", "object detection", "keypoints"}},
	{"YOLO_WITH_IMAGES", "YOLO with Images", "YOLO", []string{"image segmentation", "object detection", "keypoints"}},
	{"YOLO_OBB", "YOLOv8 OBB", "YOLO", []string{"image segmentation", "object detection"}},
	{"YOLO_OBB_WITH_IMAGES", "YOLOv8 OBB with Images", "YOLO", []string{"image segmentation", "object detection"}},
	{"BRUSH_TO_NUMPY", "Brush labels to NumPy", "Brush-labels-to-NumPy-amp-PNG", []string{"image segmentation"}},
	{"BRUSH_TO_PNG", "Brush labels to PNG", "Brush-labels-to-NumPy-amp-PNG", []string{"image segmentation"}},
	{"ASR_MANIFEST", "ASR Manifest", "ASR-MANIFEST", []string{"speech recognition"}},
	{"BRUSH_TO_COCO", "Brush labels to COCO", "COCO", []string{"image segmentation", "brush annotations"}},
	{"DOCLANG", "DocLang (.dclx)", "", []string{"document", "doclang"}},
}

func (f exportFormat) known() bool { return f.tags == nil }

// exportFormats lists first those that suit the label config. Their descriptions
// are left out.
func exportFormats(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	suits := suitable(p.config())
	list, unsuited := []object{}, []object{}
	for _, f := range formats {
		link := "https://labelstud.io/guide/export.html#" + f.link
		if f.link == "" {
			link = "https://github.com/doclang-project/doclang/blob/main/spec.md#doclang-archive-format"
		}
		o := object{{"title", f.title}, {"description", ""}, {"link", link}}
		if f.tags != nil {
			o = append(o, member{"tags", f.tags})
		}
		o = append(o, member{"name", f.name})
		if suits(f) {
			list = append(list, o)
		} else {
			unsuited = append(unsuited, append(o, member{"disabled", true}))
		}
	}
	return asJSON(200, append(list, unsuited...)), nil
}

// suitable says which formats the real server has for a label config.
func suitable(config string) func(exportFormat) bool {
	in, out, keys, several := map[string]bool{}, map[string]bool{}, map[string]bool{}, false
	for _, control := range parsed(config) {
		info, _ := control.value.(object)
		out[info.text("type")] = true
		inputs, _ := info.get("inputs")
		for _, input := range regionsOf(inputs) {
			several = several || input.has("valueList")
			keys[input.text("value")+input.text("valueList")] = true
			if input.text("type") != "Text" || input.text("valueType") != "url" {
				in[input.text("type")] = true
			}
		}
	}
	labels, boxes, image := out["Labels"], out["RectangleLabels"], in["Image"] && !several
	shapes := image && (boxes || out["PolygonLabels"] || out["KeyPointLabels"]) ||
		!several && labels && (out["Rectangle"] || out["PolygonLabels"] || out["KeyPointLabels"])
	return func(f exportFormat) bool {
		family, _, _ := strings.Cut(strings.TrimSuffix(f.name, "_WITH_IMAGES"), "_TO_")
		switch {
		case f.known():
			return true
		case f.name == "DOCLANG":
			return out["TextArea"] || out["ReactCode"] || out["CustomInterface"]
		case len(keys) > 1:
			return false
		}
		switch family {
		case "CONLL2003":
			return in["Text"] && labels
		case "COCO", "YOLO":
			return shapes && (boxes || !out["KeyPointLabels"])
		case "YOLO_OBB":
			return shapes && (!in["Video"] || !out["TimelineLabels"])
		case "VOC":
			return image && (boxes || labels && out["Rectangle"])
		case "BRUSH":
			return in["Image"] && (out["BrushLabels"] || labels && out["Brush"])
		default: // ASR_MANIFEST
			return (in["Audio"] || in["AudioPlus"]) && out["TextArea"]
		}
	}
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
	if a.imported && a.updatedBy == 0 && a.updated.Equal(a.created) {
		clear(regions)
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
		if c.Query.Get(name) == "" {
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
	format := "JSON"
	for _, name := range []string{"export_type", "exportType"} {
		if values := c.Query[name]; len(values) > 0 {
			format = cmp.Or(values[len(values)-1], format)
		}
	}
	var tasks []object
	var ids []int64
	for _, text := range c.Query["ids[]"] {
		n, reason := readInteger(text)
		if reason != "" {
			return nil, failf(500, "Field 'id' expected a number but got %s.", repr(text))
		}
		id, _ := asInt(n)
		ids = append(ids, id)
	}
	for _, t := range s.state.tasks.belonging(p.id) {
		if len(ids) > 0 && !slices.Contains(ids, t.id) ||
			!whole && len(s.annotationsOf(t)) == 0 {
			continue
		}
		tasks = append(tasks, s.exportTask(t, exported{drafts: true}))
	}
	content, extension, err := s.convert(p, tasks, format, dense, c)
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
func (s *Server) convert(p *project, tasks []object, name string, json style, c *call) (content []byte, extension string, err error) {
	i := slices.IndexFunc(formats, func(f exportFormat) bool { return f.name == name })
	switch {
	case i < 0 && name != "CSV_OLD": // which is nowhere listed
		return nil, "", fail(500, "")
	case i < 0 || !formats[i].known():
		return nil, "", s.unknown(c.Operation+" of the format "+name, c)
	case name == "JSON":
		if tasks == nil {
			tasks = []object{}
		}
		return encode(tasks, json), "json", nil
	}
	rows, err := p.rows(tasks)
	switch {
	case err != nil:
		return nil, "", err
	case name == "JSON_MIN":
		return minimal(rows), "json", nil
	case name == "TSV":
		return asTable(rows, "\t"), "csv", nil
	}
	return asTable(rows, ","), "csv", nil
}
