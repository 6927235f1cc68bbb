package labelstudiotest

import (
	"cmp"
	"errors"
	"math"
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
	case "annotators", "updated_by":
		return cell{list: s.usersOf(t, name)}, nil
	case "ground_truth":
		return cell{value: slices.ContainsFunc(s.annotationsOf(t), func(a *annotation) bool { return a.groundTruth })}, nil
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
	return len(list("included")) == 0 || has(list("included")) // none are all
}

func (s *Server) passes(t *task, by *user, from *selection) (bool, error) {
	if len(from.items) == 0 {
		return true, nil
	}
	any, every := false, true
	for _, item := range from.items {
		fits, err := s.line(t, by, item)
		if err != nil {
			return false, err
		}
		any, every = any || fits, every && fits
	}
	if from.conjunction == "or" {
		return any, nil
	}
	return every, nil
}

// errNoCondition is of an item that says nothing.
var errNoCondition = errors.New("no condition")

// line is a condition with the one below it. One of them may say nothing.
func (s *Server) line(t *task, by *user, item object) (bool, error) {
	fits, err := s.condition(t, by, item)
	empty := errors.Is(err, errNoCondition)
	if err != nil && !empty {
		return false, err
	}
	if child, _ := item.get("child_filter"); child != nil {
		below, _ := child.(object)
		also, err := s.condition(t, by, below)
		switch {
		case err == nil:
			return fits && also, nil
		case !errors.Is(err, errNoCondition):
			return false, err
		}
	}
	if empty {
		return false, fail(500, "reduce() of empty iterable with no initial value")
	}
	return fits, nil
}

// condition says whether a task meets one condition. An operator that there is
// none of means equal, or not equal if it begins with not_.
func (s *Server) condition(t *task, by *user, item object) (bool, error) {
	name, ok := strings.CutPrefix(item.text("filter"), "filter:tasks:")
	want, _ := item.get("value")
	if !ok || want == nil { // no condition at all
		return true, errNoCondition
	}
	numeric := item.text("type") == "Number"
	op := item.text("operator")
	if err := castable(name, op, item.text("type"), want); err != nil {
		return false, err
	}
	got, err := s.column(t, by, name, numeric)
	if err != nil {
		return false, err
	}
	switch {
	case name == "ground_truth" || name == "draft_exists" || name == "is_labeled":
		want = truth(want)
	case strings.HasSuffix(name, "_results"):
		return s.resultFits(t, got.list, op, want), nil
	case op == "empty" && (got.list == nil || strings.HasPrefix(name, "data.")):
		return s.isEmpty(t, by, name, item.text("type"), got) == truth(want), nil
	case got.list != nil:
		return severalFit(got.list, name, op, want)
	}
	if got.gone {
		return false, nil // nothing is true of null, nor is the contrary
	}
	value := got.value
	if numeric && strings.HasPrefix(name, "data.") && value == nil {
		value = int64(0)
	}
	if n, ok := value.(int64); ok && op == "equal" && numeric && n >= 0 {
		if f, ok := toNumber(want, true); ok { // an integer is compared with integers
			want = math.Trunc(f)
		}
	}
	if numeric && strings.HasSuffix(op, "contains") {
		f, _ := toNumber(want, true)
		want = string(pythonFloat(f))
	}
	if plain, contrary := strings.CutPrefix(op, "not_"); contrary {
		return !fitsOne(value, plain, want, numeric), nil
	}
	return fitsOne(value, op, want, numeric), nil
}

// isEmpty says whether a task has nothing in a column.
func (s *Server) isEmpty(t *task, by *user, name, kind string, got cell) bool {
	counted := strings.HasPrefix(name, "total_") || name == "cancelled_annotations"
	if kind != "String" && kind != "Unknown" {
		return got.gone || counted && got.value == int64(0)
	}
	first, err := s.column(s.state.tasks.belonging(t.project)[0], by, name, false)
	if err == nil && first.list != nil { // what is empty is that of the first task's kind
		return false
	}
	return got.gone || got.value == nil || got.value == "" || counted && got.value == int64(0)
}

// databaseTime is the only form of a time that filters know.
const databaseTime = "2006-01-02T15:04:05.999999Z"

// castable fails as the server does for values that it can't make what it wants.
func castable(name, op, kind string, want any) error {
	if _, several := want.([]any); several || op == "empty" || op == "regex" {
		return nameable(name, op, kind)
	}
	values := []any{want}
	if bounds, ok := want.(object); ok {
		least, _ := bounds.get("min")
		most, _ := bounds.get("max")
		values = []any{least, most}
	}
	for _, value := range values {
		text, isText := value.(string)
		switch kind {
		case "Number":
			if _, err := strconv.ParseFloat(plainText(value), 64); err != nil {
				return failf(500, "could not convert string to float: %s", repr(value))
			}
		case "Datetime":
			if _, err := time.Parse(databaseTime, text); err != nil {
				return failf(500, "time data %s does not match format '%%Y-%%m-%%dT%%H:%%M:%%S.%%fZ'", repr(value))
			}
			if strings.HasPrefix(name, "data.") {
				return fail(500, "Object of type datetime is not JSON serializable")
			}
		case "String":
			if strings.HasSuffix(name, "_at") && isText && !strings.HasSuffix(op, "contains") {
				if _, err := time.Parse(databaseTime, text); err != nil {
					return failf(500, "['“%s” value has an invalid date format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format.']", text)
				}
			}
		}
	}
	return nameable(name, op, kind)
}

// spaced2 fails for keys of the data that the database can't have as names.
func nameable(name, op, kind string) error {
	key, ok := strings.CutPrefix(name, "data.")
	switch {
	case ok && kind != "String" && kind != "Unknown" && strings.ContainsAny(key, " \t\"';"):
		return fail(500, "Column aliases cannot contain whitespace characters, quotation marks, semicolons, or SQL comments.")
	case ok && kind != "Number" && strings.HasSuffix(op, "equal") && (key == "range" || key == "in" || key == "isnull"):
		return failf(500, "Field 'data' has no lookup for the key %s", key)
	}
	return nil
}

// resultFits is condition for results, which are searched as text.
func (s *Server) resultFits(t *task, results []any, op string, want any) bool {
	if op == "empty" { // of the annotations, also where predictions are asked for
		annotations := s.annotationsOf(t)
		if len(annotations) == 0 {
			return truth(want)
		}
		return slices.ContainsFunc(annotations, func(a *annotation) bool { return (len(regionsOf(a.result)) == 0) == truth(want) })
	}
	plain, contrary := strings.CutPrefix(op, "not_")
	text := plainText(want)
	value, err := decode([]byte(text))
	if plain == "equal" && err != nil {
		return false
	}
	return contrary != slices.ContainsFunc(results, func(result any) bool {
		if plain == "equal" {
			return string(encode(result, compact)) == string(encode(value, compact))
		}
		return strings.Contains(strings.ToLower(string(encode(result, spaced))), strings.ToLower(text))
	})
}

// severalFit is condition for a column of several values.
func severalFit(list []any, name, op string, want any) (bool, error) {
	plain, contrary := strings.CutPrefix(op, "not_")
	if strings.HasPrefix(name, "data.") {
		if plain == "equal" {
			return false, invalid(nonField, "Not supported filter type")
		}
		return fitsOne(string(encode(list, spaced)), plain, want, false) != contrary, nil
	}
	if op == "empty" {
		return (len(list) == 0) == truth(want), nil
	}
	versions := name == "predictions_model_versions"
	wanted, isList := want.([]any)
	if text, ok := want.(string); ok && !isList {
		separated := func(r rune) bool { return strings.ContainsRune(",; ", r) }
		parts := strings.FieldsFunc(text, separated)
		if versions { // letter by letter
			parts = strings.Split(text, "")
		}
		for _, part := range parts {
			wanted = append(wanted, part)
		}
	} else if !isList {
		wanted = []any{want}
	}
	if versions && len(wanted) == 0 {
		return true, nil
	}
	found := slices.ContainsFunc(list, func(item any) bool {
		return slices.ContainsFunc(wanted, func(w any) bool {
			if versions {
				return strings.Contains(strings.ToLower(plainText(item)), strings.ToLower(plainText(w)))
			}
			return plainText(item) == plainText(w)
		})
	})
	return found != contrary, nil
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
		got, err := s.column(t, by, name, false)
		if err != nil {
			return err
		}
		value := got.value
		if len(got.list) > 0 && !strings.HasPrefix(name, "data.") {
			value = got.list[0]
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
