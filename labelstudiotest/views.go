package labelstudiotest

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// view is a tab of the data manager.
type view struct {
	id, project, user int64
	order             any    // a number or null
	data              object // without what follows
	filters           any
	ordering          any
	selected          any
}

func (v *view) selection() (*selection, error) {
	o := object{{"filters", v.filters}, {"ordering", v.ordering}}
	if types, ok := v.data.get("columnsDisplayType"); ok {
		o = append(o, member{"columnsDisplayType", types})
	}
	from := selectionOf(o)
	if !empty(v.selected) {
		selected, ok := v.selected.(object)
		if !ok {
			return nil, misfit("selectedItems\n  Input should be a valid dictionary")
		}
		var err error
		if from.picked, err = readPicked(selected); err != nil {
			return nil, err
		}
	}
	return from, nil
}

// place is where a view stands among the others: first if nothing is said.
func (v *view) place() int64 {
	if n, ok := asInt(v.order); ok {
		return n
	}
	return math.MinInt64
}

func (v *view) show() object {
	data := v.data
	for _, m := range []member{{"filters", v.filters}, {"selectedItems", v.selected}, {"ordering", v.ordering}} {
		if !empty(m.value) {
			data = append(data.without(m.key), m)
		}
	}
	return object{{"id", v.id}, {"data", data}, {"order", v.order}, {"user", reference(v.user)}, {"project", v.project}}
}

// set takes over what the data of a request says. What it leaves out is gone, but
// for filters without a conjunction and an empty order.
func (v *view) set(data object) error {
	value, _ := data.get("filters")
	if filters, _ := value.(object); filters.text("conjunction") != "" {
		if err := checkFilters(filters); err != nil {
			return err
		}
		if !filters.has("items") {
			filters = filters.with("items", []any{})
		}
		v.filters = filters
	}
	if ordering, _ := data.get("ordering"); !empty(ordering) {
		v.ordering = ordering
	}
	v.data = data.without("filters", "ordering")
	return nil
}

// viewBody reads the body of a request about a view, and its data.
func (s *Server) viewBody(c *call) (body, data object, err error) {
	if body, err = c.dictionary(); err != nil {
		return nil, nil, err
	}
	value, given := body.get("data")
	data, ok := value.(object)
	if given && !ok {
		return nil, nil, failf(500, "'%s' object has no attribute 'pop'", pythonType(value))
	}
	if filters, given := data.get("filters"); given {
		if _, ok := filters.(object); !ok {
			return nil, nil, failf(500, "'%s' object has no attribute 'get'", pythonType(filters))
		}
	}
	if body.has("project") {
		if _, err = s.projectIn(body); err != nil {
			return nil, nil, err
		}
	}
	values, err := readFields([]field{{name: "order", kind: integer, null: true}, {name: "user", kind: integer, null: true}}, body)
	if err != nil {
		return nil, nil, err
	}
	if id, given := values.integer("user"); given && s.state.users.get(id) == nil {
		return nil, nil, invalidf("user", "Invalid pk \"%d\" - object does not exist.", id)
	}
	return body, data, nil
}

func checkFilters(filters any) error {
	o, _ := filters.(object)
	value, _ := o.get("items")
	reasons, bad := []any{}, false
	for _, item := range regionsOf(value) {
		if column := item.text("filter"); !strings.HasPrefix(column, "filter:tasks:") {
			reasons = append(reasons, object{{"column", []any{`Filter "` + column + `" should start with "filter:tasks:"`}}})
			bad = true
			continue
		}
		reasons = append(reasons, object{})
	}
	if bad {
		return refuse(object{{"filter_group", object{{"filters", reasons}}}})
	}
	return nil
}

// projectIn reads the project of a body, which must be there.
func (s *Server) projectIn(body object) (*project, error) {
	value, given := body.get("project")
	if !given {
		return nil, invalid("project", "This field is required.")
	}
	id, whole := asInt(value)
	switch text, isText := value.(string); {
	case value == nil:
		return nil, invalid("project", "This field may not be null.")
	case isText && isDigits(text):
		id, _ = asInt(number(text))
	case !whole:
		return nil, invalidf("project", "Incorrect type. Expected pk value, received %s.", pythonType(value))
	}
	p := s.state.projects.get(id)
	if p == nil {
		return nil, invalidf("project", "Invalid pk \"%d\" - object does not exist.", id)
	}
	return p, nil
}

func listViews(s *Server, c *call) (*answer, error) {
	id := int64(0)
	if value := c.Query.Get("project"); value != "" {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || s.state.projects.get(n) == nil {
			return nil, invalid("project", "Select a valid choice. That choice is not one of the available choices.")
		}
		id = n
	}
	views := s.state.views.where(func(v *view) bool { return id == 0 || v.project == id })
	slices.SortStableFunc(views, func(a, b *view) int { return cmp.Compare(a.place(), b.place()) })
	list := []object{}
	for _, v := range views {
		list = append(list, v.show())
	}
	return asJSON(200, list), nil
}

func createView(s *Server, c *call) (*answer, error) {
	body, data, err := s.viewBody(c)
	if err != nil {
		return nil, err
	}
	p, err := s.projectIn(body)
	if err != nil {
		return nil, err
	}
	v := &view{project: p.id, user: c.user.id, data: object{}}
	v.selected, _ = body.get("selected_items")
	v.order = int64(0)
	if order, given := body.get("order"); given {
		v.order, _ = readInteger(order) // which was possible before, unless it is null
	}
	if err := v.set(data); err != nil {
		return nil, err
	}
	if v.filters != nil { // alone come after those there are
		v.order = int64(len(s.state.views.where(func(v *view) bool { return v.project == p.id })))
	}
	s.state.views.add(v, func(id int64) { v.id = id })
	return asJSON(201, v.show()), nil
}

func (s *Server) viewOf(c *call) (*view, error) {
	if !isDigits(c.params[0]) {
		return nil, fail(404, "Not found.")
	}
	v := s.state.views.get(c.id(0))
	if v == nil {
		return nil, notFound("View")
	}
	return v, nil
}

func getView(s *Server, c *call) (*answer, error) {
	v, err := s.viewOf(c)
	if err != nil {
		return nil, err
	}
	return asJSON(200, v.show()), nil
}

func updateView(s *Server, c *call) (*answer, error) {
	v, err := s.viewOf(c)
	if err != nil {
		return nil, err
	}
	_, data, err := s.viewBody(c)
	switch {
	case err != nil:
		return nil, err
	case data == nil:
		return nil, fail(500, "'data'")
	}
	changed := *v
	if err := changed.set(data); err != nil {
		return nil, err
	}
	*v = changed
	return asJSON(200, v.show()), nil
}

func replaceView(s *Server, c *call) (*answer, error) {
	if _, err := s.viewOf(c); err != nil {
		return nil, err
	}
	body, _, err := s.viewBody(c)
	if err != nil {
		return nil, err
	}
	if _, err := s.projectIn(body); err != nil {
		return nil, err
	}
	return updateView(s, c)
}

func deleteView(s *Server, c *call) (*answer, error) {
	v, err := s.viewOf(c)
	if err != nil {
		return nil, err
	}
	s.state.views.removeWhere(func(other *view) bool { return other == v })
	return asJSON(204, noBody), nil
}

func deleteViews(s *Server, c *call) (*answer, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if !body.has("project") {
		value := any(nil)
		if c.Query.Has("project") {
			value = c.Query.Get("project")
		}
		body = body.with("project", value)
	}
	p, err := s.projectIn(body)
	if err != nil {
		return nil, err
	}
	s.state.views.removeWhere(func(v *view) bool { return v.project == p.id })
	return asJSON(204, noBody), nil
}

func reorderViews(s *Server, c *call) (*answer, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	values, err := readFields([]field{{name: "project", kind: integer, required: true}, {name: "ids", kind: anything, required: true}}, body)
	if err != nil {
		return nil, err
	}
	value, _ := values.get("ids")
	ids, ok := value.([]any)
	if !ok {
		return nil, invalidf("ids", "Expected a list of items but got type \"%s\".", pythonType(value))
	}
	if len(ids) == 0 {
		return nil, invalid("ids", "This list may not be empty.")
	}
	wrong := object{}
	for i, item := range ids {
		if _, reason := readInteger(item); reason != "" {
			wrong = append(wrong, member{strconv.Itoa(i), []any{reason}})
		}
	}
	if len(wrong) > 0 {
		return nil, refuse(object{{"ids", wrong}})
	}
	id, _ := values.integer("project")
	if s.state.projects.get(id) == nil {
		return nil, notFound("Project")
	}
	for i, n := range idsOf(ids) {
		if v := s.state.views.get(n); v != nil && v.project == id {
			v.order = int64(i)
		}
	}
	return &answer{status: 200, cut: -1}, nil
}
