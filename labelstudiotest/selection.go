package labelstudiotest

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// selection says which tasks, and in which order.
type selection struct {
	conjunction string
	items       []object
	ordering    string
	numeric     bool // the order is that of numbers
	picked      *picked
}

// readSelection reads the query of a list.
func readSelection(query string) (*selection, error) {
	if query == "" {
		return &selection{}, nil
	}
	value, err := decode([]byte(escape.ReplaceAllStringFunc(query, func(s string) string {
		text, _ := url.PathUnescape(s)
		return strings.ToValidUTF8(text, "\uFFFD")
	})))
	if err != nil {
		return nil, fail(500, "Expected object or value")
	}
	o, ok := value.(object)
	if !ok {
		return nil, failf(500, "'%s' object has no attribute 'get'", pythonType(value))
	}
	return checkedSelection(o)
}

// escape is what the server decodes in a query, although it was decoded before.
var escape = regexp.MustCompile(`(%[0-9A-Fa-f]{2})+`)

// checkedSelection reads a selection that has the form that the server wants.
func checkedSelection(o object) (*selection, error) {
	const form = `{"all": [true|false], "excluded | included": [...task_ids...]}. Found`
	from := selectionOf(o)
	if value, given := o.get("selectedItems"); given {
		text, isText := value.(string)
		if isText {
			decoded, err := decode([]byte(text))
			if err != nil {
				return nil, failf(500, "selectedItems must be JSON encoded string for dict: %s: %s", form, text)
			}
			value = decoded
		}
		selected, ok := value.(object)
		if !ok && !isText {
			return nil, failf(500, "selectedItems must be dict: %s type: <class '%s'> with value: %s", form, pythonType(value), repr(value))
		}
		var err error
		if from.picked, err = readPicked(selected); err != nil {
			return nil, err
		}
	}
	if wrong := wrongPart(o); wrong != "" {
		return nil, misfit(wrong)
	}
	return from, nil
}

// misfit refuses a query for one of its parts.
func misfit(part string) *failure { return fail(500, "1 validation error for PrepareParams\n"+part) }

// wrongPart names the first part of a query that has not the form that the server
// wants, if there is one.
func wrongPart(o object) string {
	if value, given := o.get("ordering"); given {
		list, ok := value.([]any)
		if !ok {
			return "ordering\n  Input should be a valid list"
		}
		for i, item := range list {
			if _, ok := item.(string); !ok {
				return fmt.Sprintf("ordering.%d\n  Input should be a valid string", i)
			}
		}
	}
	value, _ := o.get("filters")
	if value == nil {
		return ""
	}
	filters, ok := value.(object)
	if !ok {
		return "filters\n  Input should be a valid dictionary or instance of Filters"
	}
	if conjunction := filters.text("conjunction"); conjunction != "and" && conjunction != "or" {
		return "filters.conjunction\n  Input should be 'or' or 'and'"
	}
	value, _ = filters.get("items")
	items, ok := value.([]any)
	if !ok {
		return "filters.items\n  Input should be a valid list"
	}
	for i, value := range items {
		item, ok := value.(object)
		if !ok {
			return fmt.Sprintf("filters.items.%d\n  Input should be a valid dictionary or instance of Filter", i)
		}
		for _, name := range []string{"filter", "operator", "type", "value"} {
			value, given := item.get(name)
			if _, ok := value.(string); !given || name != "value" && !ok {
				return fmt.Sprintf("filters.items.%d.%s\n  Input should be a valid string", i, name)
			}
		}
	}
	return ""
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
	return from
}

// uses says whether a column is filtered or ordered by.
func (f *selection) uses(column string) bool {
	if strings.HasSuffix(f.ordering, ":"+column) {
		return true
	}
	return slices.ContainsFunc(f.items, func(item object) bool { return strings.HasSuffix(item.text("filter"), ":"+column) })
}

// selected are the tasks of a project that a selection leaves, in its order.
func (s *Server) selected(p *project, from *selection) ([]*task, error) {
	admin := s.state.users.get(s.state.users.ids[0])
	from, all := from.past(s.state.tasks.belonging(p.id))
	if len(all) == 0 { // what is wrong is refused all the same
		if _, err := s.passes(&task{project: p.id, data: object{}}, admin, from); err != nil {
			return nil, err
		}
	}
	var tasks []*task
	for _, t := range all {
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

// past takes the condition that ids are greater than one, by which pages follow
// each other, and the tasks below it out: to look at each of these for every page
// would take the square of the time.
func (f *selection) past(tasks []*task) (rest *selection, left []*task) {
	for i, item := range f.items {
		value, _ := item.get("value")
		id, ok := asFloat(value)
		below, _ := item.get("child_filter")
		if !ok || below != nil || f.conjunction == "or" || item.text("filter") != "filter:tasks:id" ||
			item.text("operator") != "greater" || item.text("type") != "Number" {
			continue
		}
		narrowed := *f
		narrowed.items = slices.Concat(f.items[:i], f.items[i+1:])
		at, _ := slices.BinarySearchFunc(tasks, id, func(t *task, id float64) int {
			if float64(t.id) > id {
				return 1
			}
			return -1
		})
		return &narrowed, tasks[at:]
	}
	return f, tasks
}

func (f *selection) includes(id int64) bool {
	switch {
	case f.picked == nil:
		return true
	case f.picked.all:
		return !slices.Contains(f.picked.excluded, id)
	}
	return len(f.picked.included) == 0 || slices.Contains(f.picked.included, id) // none are all
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
		if data := strings.HasPrefix(name, "data."); data && !got.gone {
			switch value.(type) {
			case nil: // which is a word to the database, and so are true and false
				value = "null"
			case bool:
				value = plainText(value)
			}
		}
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
