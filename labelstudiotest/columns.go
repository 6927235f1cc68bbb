package labelstudiotest

import (
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// column is one of those that every task has.
type column struct {
	id, title, kind, help string
	explore, labeling     bool // is shown at first
}

var fixedColumns = []column{
	{"id", "ID", "Number", "Task ID", true, false},
	{"inner_id", "Inner ID", "Number", "Number in the project", false, false},
	{"completed_at", "Completed", "Datetime", "Time of the last annotation", true, false},
	{"total_annotations", "Annotations", "Number", "Annotations of the task", true, true},
	{"cancelled_annotations", "Cancelled", "Number", "Annotations that skip the task", true, false},
	{"total_predictions", "Predictions", "Number", "Predictions of the task", true, false},
	{"annotators", "Annotated by", "List", "Who has annotated the task", true, false},
	{"annotations_results", "Annotation results", "String", "Results of all annotations", false, false},
	{"annotations_ids", "Annotation IDs", "String", "Ids of all annotations", false, false},
	{"predictions_score", "Prediction score", "Number", "Mean score of the predictions", false, false},
	{"predictions_model_versions", "Prediction model versions", "List", "Model versions of the predictions", false, false},
	{"predictions_results", "Prediction results", "String", "Results of all predictions", false, false},
	{"file_upload", "Upload filename", "String", "Name of the uploaded file", false, false},
	{"storage_filename", "Storage filename", "String", "Name of the file in the storage", false, false},
	{"created_at", "Created at", "Datetime", "Time of creation", false, false},
	{"updated_at", "Updated at", "Datetime", "Time of the last change", false, false},
	{"updated_by", "Updated by", "List", "Who has made the last change", false, false},
	{"avg_lead_time", "Lead Time", "Time", "Mean lead time of the annotations", false, false},
	{"draft_exists", "Drafts", "Boolean", "Whether there is a draft", false, false},
}

// visible says where a column is shown at first.
func visible(explore, labeling bool) object {
	return object{{"explore", explore}, {"labeling", labeling}}
}

func listColumns(s *Server, c *call) (*answer, error) {
	id, err := c.integer("project", 1)
	if err != nil {
		return nil, err
	}
	p, err := s.theProject(c, id)
	if err != nil {
		return nil, err
	}
	list, children := []object{}, []string{}
	add := func(key, kind string, labeling bool) {
		if slices.Contains(children, key) {
			return
		}
		children = append(children, key)
		list = append(list, object{
			{"id", key}, {"title", key}, {"type", kind}, {"target", "tasks"}, {"parent", "data"},
			{"visibility_defaults", visible(true, labeling)}, {"project_defined", true},
		})
	}
	if config, err := labelconfig.Parse(p.config()); err == nil {
		for _, key := range config.DataKeys() {
			if !strings.Contains(key.Key, "[") {
				add(key.Key, kindOf(key), true)
			}
		}
	}
	users, versions := []int64{}, []string{}
	for _, t := range s.state.tasks.belonging(p.id) {
		for _, m := range t.data {
			add(m.key, "Unknown", false)
		}
	}
	for u := range s.state.users.all() {
		if u.organization {
			users = append(users, u.id)
		}
	}
	for _, m := range s.versions(p) {
		versions = append(versions, m.key)
	}
	for _, f := range fixedColumns {
		o := object{{"id", f.id}, {"title", f.title}, {"type", f.kind}, {"help", f.help}, {"target", "tasks"}}
		switch f.id {
		case "annotators", "updated_by":
			o = append(o, member{"schema", object{{"items", users}}})
		case "predictions_model_versions":
			o = append(o, member{"schema", object{{"items", versions}, {"multiple", true}}})
		}
		list = append(list, append(o, member{"visibility_defaults", visible(f.explore, f.labeling)}, member{"project_defined", false}))
	}
	list = append(list, object{
		{"id", "data"}, {"title", "data"}, {"type", "List"}, {"target", "tasks"}, {"children", children}, {"project_defined", false},
	})
	return asJSON(200, object{{"columns", list}}), nil
}

// kindOf is the type of a column of the data, by the tag that shows it.
func kindOf(key labelconfig.DataKey) string {
	if len(key.Uses) > 0 {
		tag := key.Uses[len(key.Uses)-1].Tag
		if slices.Contains([]string{"Image", "Audio", "AudioPlus", "Video"}, tag) {
			return tag
		}
	}
	return "String"
}
