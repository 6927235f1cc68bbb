package labelstudiotest

import (
	"slices"
	"strings"
)

// columns are those that every task has, beside the properties of its data.
var columns = strings.Fields(`id inner_id total_annotations cancelled_annotations total_predictions completed_at
	annotations_results predictions_results predictions_score file_upload storage_filename annotations_ids
	predictions_model_versions avg_lead_time draft_exists updated_by annotators created_at updated_at is_labeled
	comment_count unresolved_comment_count last_comment_updated_at overlap`)

// cell is what a task has in a column.
type cell struct {
	value any   // nil for null
	list  []any // of a column that has several
	gone  bool  // no such key in the data, or null in the database
}

// column is what a task has in a column. Of the data, nested keys are joined by
// two underscores.
func (s *Server) column(t *task, by *user, name string, numeric bool) (cell, error) {
	if key, ok := strings.CutPrefix(name, "data."); ok {
		value, found := t.data.get(key)
		if !found && !numeric {
			value, found = at(t.data, strings.Split(key, "__"))
		}
		list, _ := value.([]any)
		return cell{value, list, !found}, nil
	}
	if !slices.Contains(columns, name) {
		return cell{}, noColumn(name)
	}
	list := []any{}
	switch name {
	case "id":
		return cell{value: t.id}, nil
	case "storage_filename":
		return cell{value: ";;;;"}, nil // between the names that the task has in five kinds of storages
	case "annotators", "updated_by":
		return cell{list: s.usersOf(t, name)}, nil
	case "annotations_ids":
		for _, a := range s.annotationsOf(t) {
			list = append(list, a.id)
		}
		return cell{list: list}, nil
	case "predictions_model_versions":
		for _, p := range s.predictionsOf(t) {
			list = append(list, plainText(p.modelVersion))
		}
		return cell{list: list}, nil
	case "annotations_results":
		for _, a := range s.annotationsOf(t) {
			list = append(list, a.result)
		}
		return cell{list: list}, nil
	case "predictions_results":
		for _, p := range s.predictionsOf(t) {
			list = append(list, p.result)
		}
		return cell{list: list}, nil
	}
	value, _ := s.listed(t, by, all).get(name)
	if n, ok := value.(int); ok {
		value = int64(n)
	}
	return cell{value: value, gone: value == nil}, nil
}

// choices are the fields of the database's table, as the server names them.
const choices = "allow_skip, annotations, cancelled_annotations, comment_authors, comment_count, created_at, data, drafts, " +
	"failed_predictions, file_upload, file_upload_id, fsm_states, id, inner_id, io_storages_azureblobimportstoragelink, " +
	"io_storages_gcsimportstoragelink, io_storages_localfilesimportstoragelink, io_storages_redisimportstoragelink, " +
	"io_storages_s3importstoragelink, is_labeled, last_comment_updated_at, locks, meta, overlap, precomputed_agreement, " +
	"predictions, project, project_id, total_annotations, total_predictions, unresolved_comment_count, updated_at, updated_by, " +
	"updated_by_id"

func noColumn(name string) error {
	return failf(500, "Cannot resolve keyword '%s' into field. Choices are: %s", name, choices)
}

func (s *Server) usersOf(t *task, column string) []any {
	ids := []any{}
	if column == "updated_by" {
		if t.updatedBy != 0 {
			ids = append(ids, t.updatedBy)
		}
		return ids
	}
	for _, a := range s.annotationsOf(t) {
		if a.completedBy != 0 {
			ids = append(ids, a.completedBy)
		}
	}
	return ids
}

// isEmpty says whether a task has nothing in a column.
func (s *Server) isEmpty(t *task, by *user, name, kind string, got cell) bool {
	counted := strings.HasPrefix(name, "total_") || name == "cancelled_annotations"
	if kind != "String" && kind != "Unknown" {
		return got.gone || counted && got.value == int64(0)
	}
	first, err := s.column(s.firstBeside(t), by, name, false)
	if err == nil && first.list != nil { // what is empty is that of the first task's kind
		return false
	}
	return got.gone || got.value == nil || got.value == "" || counted && got.value == int64(0)
}

// firstBeside is the first task of a task's project.
func (s *Server) firstBeside(t *task) *task {
	if all := s.state.tasks.belonging(t.project); len(all) > 0 {
		return all[0]
	}
	return t
}
