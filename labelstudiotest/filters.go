package labelstudiotest

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// selection says which tasks, and in which order.
type selection struct {
	conjunction string
	items       []object
	ordering    string
	numeric     bool // the order is that of numbers
	selected    object
}

// readSelection reads the query of a list.
func readSelection(query string) (*selection, error) {
	if query == "" {
		return &selection{}, nil
	}
	value, err := decode([]byte(query))
	if err != nil {
		return nil, fail(500, "Expected object or value")
	}
	o, ok := value.(object)
	if !ok {
		return nil, failf(500, "'%s' object has no attribute 'get'", pythonType(value))
	}
	return selectionOf(o), nil
}

func selectionOf(o object) *selection {
	from := &selection{}
	value, _ := o.get("filters")
	filters, _ := value.(object)
	from.conjunction = filters.text("conjunction")
	value, _ = filters.get("items")
	from.items = regionsOf(value)
	value, _ = o.get("ordering")
	if list, ok := value.([]any); ok && len(list) > 0 {
		from.ordering, _ = list[0].(string)
	}
	value, _ = o.get("columnsDisplayType")
	types, _ := value.(object)
	from.numeric = types.text(strings.TrimLeft(from.ordering, "-+")) == "Number"
	value, _ = o.get("selectedItems")
	from.selected, _ = value.(object)
	return from
}

// uses says whether a column is filtered or ordered by.
func (f *selection) uses(column string) bool {
	if strings.HasSuffix(f.ordering, ":"+column) {
		return true
	}
	return slices.ContainsFunc(f.items, func(item object) bool { return strings.HasSuffix(item.text("filter"), ":"+column) })
}

// columns are those that every task has, beside the properties of its data.
var columns = strings.Fields(`id inner_id total_annotations cancelled_annotations total_predictions completed_at
	annotations_results predictions_results predictions_score file_upload storage_filename annotations_ids
	predictions_model_versions avg_lead_time draft_exists updated_by annotators created_at updated_at is_labeled
	ground_truth annotations_ids comment_count unresolved_comment_count last_comment_updated_at overlap`)

// column is the value of a column of a task: a list for those that have several.
func (s *Server) column(t *task, by *user, name string) (any, error) {
	if key, ok := strings.CutPrefix(name, "data."); ok {
		value, found := t.data.get(key)
		if !found {
			value, _ = at(t.data, strings.Split(key, "."))
		}
		return value, nil
	}
	if !slices.Contains(columns, name) {
		return nil, noColumn(name)
	}
	switch name {
	case "id":
		return t.id, nil
	case "annotators", "updated_by":
		return s.usersOf(t, name), nil
	case "ground_truth":
		return slices.ContainsFunc(s.annotationsOf(t), func(a *annotation) bool { return a.groundTruth }), nil
	case "annotations_ids":
		ids := []any{}
		for _, a := range s.annotationsOf(t) {
			ids = append(ids, a.id)
		}
		return ids, nil
	case "predictions_model_versions":
		versions := []any{}
		for _, p := range s.predictionsOf(t) {
			versions = append(versions, p.modelVersion)
		}
		return versions, nil
	}
	value, _ := s.listed(t, by, all).get(name)
	if n, ok := value.(int); ok {
		value = int64(n)
	}
	return value, nil
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

// selected are the tasks of a project that a selection leaves, in its order.
func (s *Server) selected(p *project, from *selection) ([]*task, error) {
	admin := s.state.users.get(s.state.users.ids[0])
	var tasks []*task
	for _, t := range s.state.tasks.belonging(p.id) {
		fits, err := s.passes(t, admin, from)
		if err != nil {
			return nil, err
		}
		if fits && from.includes(t.id) {
			tasks = append(tasks, t)
		}
	}
	if from.ordering != "" {
		return tasks, s.sort(tasks, admin, from.ordering, from.numeric)
	}
	return tasks, nil
}

func (f *selection) includes(id int64) bool {
	if f.selected == nil {
		return true
	}
	list := func(name string) []any { value, _ := f.selected.get(name); l, _ := value.([]any); return l }
	has := func(l []any) bool {
		return slices.ContainsFunc(l, func(item any) bool { n, _ := asInt(item); return n == id })
	}
	if f.selected.flag("all") {
		return !has(list("excluded"))
	}
	return has(list("included"))
}

func (s *Server) passes(t *task, by *user, from *selection) (bool, error) {
	if len(from.items) == 0 {
		return true, nil
	}
	any, every := false, true
	for _, item := range from.items {
		fits, err := s.condition(t, by, item)
		if err != nil {
			return false, err
		}
		if child, ok := item.get("child_filter"); ok && child != nil {
			below, _ := child.(object)
			also, err := s.condition(t, by, below)
			if err != nil {
				return false, err
			}
			fits = fits && also
		}
		any, every = any || fits, every && fits
	}
	if from.conjunction == "or" {
		return any, nil
	}
	return every, nil
}

// condition says whether a task meets one condition. An operator that there is
// none of means equal.
func (s *Server) condition(t *task, by *user, item object) (bool, error) {
	name, ok := strings.CutPrefix(item.text("filter"), "filter:tasks:")
	want, _ := item.get("value")
	if !ok || want == nil {
		return true, nil
	}
	got, err := s.column(t, by, name)
	if err != nil {
		return false, err
	}
	if name == "ground_truth" || name == "draft_exists" || name == "is_labeled" {
		want = truth(want)
	}
	op := item.text("operator")
	if list, several := got.([]any); several {
		return severalFit(list, op, want, strings.HasPrefix(name, "data."))
	}
	numeric := item.text("type") == "Number"
	switch op {
	case "not_equal", "not_contains", "not_in", "not_in_list":
		return !fitsOne(got, strings.TrimPrefix(op, "not_"), want, numeric), nil
	case "empty":
		counted := name == "total_annotations" || name == "cancelled_annotations" || name == "total_predictions"
		empty := got == nil || got == "" || counted && got == int64(0)
		return empty == truth(want), nil
	}
	return fitsOne(got, op, want, numeric), nil
}

// severalFit is condition for a column of several values.
func severalFit(list []any, op string, want any, data bool) (bool, error) {
	if data {
		if strings.Contains(op, "equal") {
			return false, invalid(nonField, "Not supported filter type")
		}
		return fitsOne(string(encode(list, spaced)), strings.TrimPrefix(op, "not_"), want, false) != strings.HasPrefix(op, "not_"), nil
	}
	if op == "empty" {
		return (len(list) == 0) == truth(want), nil
	}
	wanted, isList := want.([]any)
	if !isList {
		wanted = []any{want}
		if s, ok := want.(string); ok {
			wanted = nil
			for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",; ", r) }) {
				wanted = append(wanted, part)
			}
		}
	}
	found := slices.ContainsFunc(list, func(item any) bool {
		return slices.ContainsFunc(wanted, func(w any) bool { return plainText(item) == plainText(w) })
	})
	return found != strings.HasPrefix(op, "not_"), nil
}

func truth(value any) bool {
	switch v := value.(type) {
	case bool:
		return v
	case string:
		b, _ := strconv.ParseBool(strings.ToLower(v)) // anything else is false
		return b
	}
	n, _ := asInt(value)
	return n != 0
}

// plainText is a value as the database turns it into text.
func plainText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	return string(encode(value, spaced))
}

func fitsOne(got any, op string, want any, numeric bool) bool {
	switch op {
	case "contains":
		return got != nil && strings.Contains(strings.ToLower(plainText(got)), strings.ToLower(plainText(want)))
	case "regex":
		expression, err := regexp.Compile(plainText(want))
		return err == nil && got != nil && expression.MatchString(plainText(got))
	case "in_list":
		list, _ := want.([]any)
		return slices.ContainsFunc(list, func(w any) bool { return got != nil && order(got, w, numeric) == 0 })
	case "in":
		bounds, _ := want.(object)
		least, _ := bounds.get("min")
		most, _ := bounds.get("max")
		return got != nil && order(got, least, numeric) >= 0 && order(got, most, numeric) <= 0
	}
	if got == nil {
		return false
	}
	compared := order(got, want, numeric)
	switch op {
	case "less":
		return compared < 0
	case "greater":
		return compared > 0
	case "less_or_equal":
		return compared <= 0
	case "greater_or_equal":
		return compared >= 0
	}
	return compared == 0
}

// order compares two values: as numbers if both are, as times, or else as text,
// which comes after numbers.
func order(a, b any, numeric bool) int {
	x, xIsNumber := toNumber(a, numeric)
	y, yIsNumber := toNumber(b, numeric)
	if xIsNumber && yIsNumber {
		return cmp.Compare(x, y)
	}
	if xIsNumber != yIsNumber {
		if xIsNumber {
			return -1
		}
		return 1
	}
	if x, err := time.Parse(time.RFC3339Nano, plainText(a)); err == nil {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05"} {
			if y, err := time.Parse(layout, plainText(b)); err == nil {
				return x.Compare(y)
			}
		}
	}
	return cmp.Compare(plainText(a), plainText(b))
}

func toNumber(value any, text bool) (float64, bool) {
	if s, ok := value.(string); ok && text {
		f, _ := strconv.ParseFloat(strings.TrimSpace(s), 64) // what is no number is 0 in SQLite
		return f, true
	}
	return asFloat(value)
}

// sort orders tasks by one column, those without a value last. Among the values
// of the data, numbers come before text, unless a view takes all for numbers.
func (s *Server) sort(tasks []*task, by *user, ordering string, numeric bool) error {
	name, descending := strings.CutPrefix(ordering, "-")
	name = strings.TrimPrefix(name, "tasks:")
	values := map[int64]any{}
	for _, t := range tasks {
		value, err := s.column(t, by, name)
		if err != nil {
			return err
		}
		if list, ok := value.([]any); ok {
			value = nil
			if len(list) > 0 {
				value = list[0]
			}
		}
		if f, ok := toNumber(value, true); ok && numeric && value != nil {
			value = f
		}
		values[t.id] = value
	}
	if len(tasks) == 0 {
		if !strings.HasPrefix(name, "data.") && !slices.Contains(columns, name) {
			return noColumn(name)
		}
	}
	slices.SortStableFunc(tasks, func(a, b *task) int {
		x, y := values[a.id], values[b.id]
		switch {
		case x == nil || y == nil:
			return cmp.Compare(absent(x), absent(y))
		case descending:
			return order(y, x, false)
		}
		return order(x, y, false)
	})
	return nil
}

func absent(value any) int {
	if value == nil {
		return 1
	}
	return 0
}
