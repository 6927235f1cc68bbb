package labelstudiotest

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

type snapshot struct {
	id, project, creator int64
	title, status        string
	content              []byte
	sum                  string
	tasks                []object
	file                 string // its path
	created, finished    time.Time
	conversions          []*conversion
}

type conversion struct {
	id     int64
	format string
	status string
}

func (s *Server) showSnapshot(e *snapshot) object {
	conversions := []object{}
	for _, c := range e.conversions {
		conversions = append(conversions, object{{"id", c.id}, {"status", c.status}, {"export_type", c.format}, {"traceback", nil}})
	}
	counters := object{}
	if e.status == "completed" {
		counters = object{{"task_number", len(e.tasks)}}
	}
	return object{
		{"title", e.title}, {"id", e.id}, {"created_by", s.created(e.creator)}, {"created_at", stamp(e.created)},
		{"finished_at", stamp(e.finished)}, {"status", e.status}, {"md5", e.sum}, {"counters", counters}, {"converted_formats", conversions},
	}
}

func (s *Server) snapshotOf(c *call) (*snapshot, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	e := s.state.snapshots.get(c.id(1))
	if e == nil || e.project != p.id {
		return nil, notFound("Export")
	}
	return e, nil
}

func listSnapshots(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	list := []object{}
	for e := range s.state.snapshots.all() {
		if e.project == p.id {
			list = append(list, s.showSnapshot(e))
		}
	}
	slices.Reverse(list)
	return asJSON(200, list[:min(len(list), 100)]), nil
}

// chosenBy reads one of the options of a snapshot.
func chosenBy(body object, group string, fields []field) (object, error) {
	value, given := body.get(group)
	if !given {
		return nil, nil
	}
	if value == nil {
		return nil, invalid(group, "This field may not be null.")
	}
	o, ok := value.(object)
	if !ok {
		return nil, refuse(object{{group, object{{nonField, []any{"Invalid data. Expected a dictionary, but got " + pythonType(value) + "."}}}}})
	}
	values, err := readFields(fields, o)
	if err != nil {
		return nil, refuse(object{{group, err.(*failure).fields}}) //nolint:errorlint // of readFields, which has no other
	}
	return values, nil
}

var onlyOrExclude = []string{"only", "exclude"}

func createSnapshot(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	values, err := readFields([]field{{name: "title", blank: true, max: 2048}}, body)
	if err != nil {
		return nil, err
	}
	taskOptions, err := chosenBy(body, "task_filter_options", []field{
		{name: "view", kind: integer}, {name: "skipped", kind: choice, null: true, choices: onlyOrExclude},
		{name: "finished", kind: choice, null: true, choices: onlyOrExclude},
		{name: "annotated", kind: choice, null: true, choices: onlyOrExclude}, {name: "only_with_annotations", kind: boolean},
	})
	if err != nil {
		return nil, err
	}
	annotationOptions, err := chosenBy(body, "annotation_filter_options", []field{
		{name: "usual", kind: boolean, null: true}, {name: "ground_truth", kind: boolean, null: true}, {name: "skipped", kind: boolean, null: true},
	})
	if err != nil {
		return nil, err
	}
	layout, err := chosenBy(body, "serialization_options", []field{
		{name: "drafts", kind: anything}, {name: "predictions", kind: anything}, {name: "annotations__completed_by", kind: anything},
		{name: "include_annotation_history", kind: boolean}, {name: "interpolate_key_frames", kind: boolean},
	})
	if err != nil {
		return nil, err
	}
	if body.has("converted_formats") {
		return nil, fail(500, "The `.create()` method does not support writable nested fields by default.")
	}
	now := s.now()
	e := &snapshot{project: p.id, creator: c.user.id, created: now, finished: now, title: values.text("title"), status: "completed"}
	if e.title == "" {
		e.title = strings.ReplaceAll(p.title(), " ", "-") + "-at-" + now.Format("2006-01-02-15-04")
	}
	s.state.snapshots.add(e, func(id int64) { e.id = id })
	if status := body.text("status"); status == "in_progress" { // never taken, then
		e.status, e.finished = status, time.Time{}
	} else if err := s.take(e, p, taskOptions, annotationOptions, layout); err != nil {
		e.status = "failed"
	}
	return asJSON(201, append(s.showSnapshot(e), object{ // whatever was asked for
		{"task_filter_options", nil}, {"annotation_filter_options", nil}, {"serialization_options", nil},
	}...)), nil
}

// take exports the tasks into a snapshot.
func (s *Server) take(e *snapshot, p *project, tasks, annotations, layout object) error {
	from, err := &selection{}, error(nil)
	if id, ok := tasks.integer("view"); ok {
		if v := s.state.views.get(id); v != nil && v.project == p.id { // any other is ignored
			if from, err = v.selection(); err != nil {
				return err
			}
		}
	}
	chosen, err := s.selected(p, from)
	if err != nil {
		return err
	}
	slices.SortFunc(chosen, func(a, b *task) int { return int(a.id - b.id) })
	whole := func(key string) bool {
		value, given := layout.get(key)
		o, ok := value.(object)
		return given && ok && !o.flag("only_id")
	}
	how := exported{annotators: whole("annotations__completed_by"), drafts: whole("drafts"), predictions: whole("predictions")}
	usual, truth, skipped := true, annotations.flag("ground_truth"), annotations.flag("skipped")
	if value, given := annotations.get("usual"); given {
		usual = value == true
	}
	if annotations != nil && (usual || truth || skipped) {
		how.keep = func(a *annotation) bool {
			return usual && !a.cancelled && !a.groundTruth || truth && a.groundTruth || skipped && a.cancelled
		}
	}
	e.tasks = []object{}
	for _, t := range chosen {
		done, cancelled := s.annotated(t)
		if agrees(tasks.text("skipped"), cancelled > 0) && agrees(tasks.text("finished"), t.isLabeled) &&
			agrees(tasks.text("annotated"), done > 0) && (!tasks.flag("only_with_annotations") || done+cancelled > 0) {
			e.tasks = append(e.tasks, s.exportTask(t, how))
		}
	}
	e.content = encode(e.tasks, spaced)
	sum := md5.Sum(e.content)
	e.sum = hex.EncodeToString(sum[:])
	e.file = fmt.Sprintf("export/%d/%s", p.id, exportName(p, e.content, e.created))
	if s.state.exportFiles[e.file] {
		e.file += "_" + randomHex(4)[1:]
	}
	s.state.exportFiles[e.file] = true
	e.file += ".json"
	return nil
}

// agrees says whether a task is among those that "only" or "exclude" leaves.
func agrees(option string, is bool) bool {
	switch option {
	case "only":
		return is
	case "exclude":
		return !is
	}
	return true
}

func getSnapshot(s *Server, c *call) (*answer, error) {
	e, err := s.snapshotOf(c)
	if err != nil {
		return nil, err
	}
	return asJSON(200, s.showSnapshot(e)), nil
}

func deleteSnapshot(s *Server, c *call) (*answer, error) {
	e, err := s.snapshotOf(c)
	if err != nil {
		return nil, err
	}
	s.state.snapshots.removeWhere(func(other *snapshot) bool { return other == e })
	return asJSON(204, noBody), nil
}

// convertSnapshot refuses to convert to a format a second time.
func convertSnapshot(s *Server, c *call) (*answer, error) {
	e, err := s.snapshotOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	values, err := readFields([]field{{name: "export_type", required: true}, {name: "download_resources", kind: boolean}}, body)
	if err != nil {
		return nil, err
	}
	format := values.text("export_type")
	if !knownFormat(format) {
		return nil, invalid("export_type", format+" is not supported export format")
	}
	for _, done := range e.conversions {
		if done.format == format {
			return nil, invalid(nonField, "Conversion to "+format+" already started")
		}
	}
	s.state.conversions++
	made := &conversion{id: s.state.conversions, format: format, status: "completed"}
	e.conversions = append(e.conversions, made)
	broken := e.status != "completed"
	if !broken {
		_, _, err := s.convert(s.state.projects.get(e.project), e.tasks, format, spaced, c)
		if refused := new(failure); errors.As(err, &refused) && refused.status == http.StatusNotImplemented {
			return nil, err
		}
		broken = err != nil
	}
	if broken {
		made.status = "in_progress" // and stays so
		return nil, fail(500, "set_convert_background_failure() missing 1 required positional argument: 'traceback_obj'")
	}
	return asJSON(200, object{{"export_type", format}, {"converted_format", made.id}}), nil
}

func knownFormat(name string) bool {
	for _, f := range formats {
		if f.name == name {
			return true
		}
	}
	return false
}

// downloadSnapshot converts anew each time. Without exportType the name of the
// file is a path.
func downloadSnapshot(s *Server, c *call) (*answer, error) {
	e, err := s.snapshotOf(c)
	if err != nil {
		return nil, err
	}
	if e.status != "completed" {
		return nil, fail(404, "Export is not completed")
	}
	content, extension, name := e.content, "json", e.file
	if c.Query.Has("exportType") {
		format := c.Query.Get("exportType")
		if content, extension, err = s.convert(s.state.projects.get(e.project), e.tasks, format, spaced, c); err != nil {
			return nil, err
		}
		name = strings.TrimSuffix(path.Base(e.file), "json") + extension
		if format == "JSON" {
			content = e.content
		}
	}
	a := ranged(c, content)
	a.header.Set("Content-Type", "application/"+extension)
	a.header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	a.header.Set("Filename", name)
	return a, nil
}
