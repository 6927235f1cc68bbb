package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/generated"
)

// Check reports what is wrong with filters for a project whose columns the
// data manager lists as columns: each fault as an [*Error], all of them joined:
// [Errors] takes them apart.
// It takes what the server takes and honours.
//
// The keys of the data that the project knows are those of its label config and
// of the tasks that it has.
func Check(filters *generated.Filters, columns *generated.Columns) error {
	if filters == nil || len(filters.Items) == 0 {
		return &Error{Path: "items", Reason: "there is no condition, which would stand for all tasks"}
	}
	c := checker{columns: byName(columns)}
	if filters.Conjunction != generated.ConjunctionAnd && filters.Conjunction != generated.ConjunctionOr {
		c.fault("conjunction", fmt.Sprintf("%q joins nothing", filters.Conjunction),
			string(generated.ConjunctionAnd), string(generated.ConjunctionOr))
	}
	for i, item := range filters.Items {
		at := fmt.Sprintf("items[%d]", i)
		c.condition(at, item)
		if child := item.ChildFilter; child != nil {
			c.condition(at+".child_filter", generated.FilterItem{
				Filter: child.Filter, Operator: child.Operator, Type: child.Type, Value: child.Value,
			})
		}
	}
	return errors.Join(c.faults...)
}

// CheckOrdering reports what is wrong with an order of the tasks of a project,
// as an [*Error]. One that is empty is the server's own order.
func CheckOrdering(ordering []string, columns *generated.Columns) error {
	if len(ordering) == 0 {
		return nil
	}
	const at = "ordering[0]"
	if len(ordering) > 1 {
		return &Error{Path: "ordering[1]", Reason: "the server orders by the first column only and would ignore this"}
	}
	name, ok := strings.CutPrefix(strings.TrimPrefix(ordering[0], "-"), taskPrefix)
	if !ok {
		return &Error{Path: at, Reason: fmt.Sprintf("%q does not begin with %s or -%[2]s", ordering[0], taskPrefix)}
	}
	c := checker{columns: byName(columns)}
	if _, ok := c.columns[name]; !ok {
		reason := fmt.Sprintf("the project has no column %q to order by", name)
		if strings.HasPrefix(name, dataPrefix) && strings.Contains(name, nesting) {
			reason += ", and the server can't order by a field below another"
		}
		return &Error{Path: at, Reason: reason, Valid: c.names()}
	}
	if key, ok := strings.CutPrefix(name, dataPrefix); ok {
		if reason := unordered(key); reason != "" {
			return &Error{Path: at, Reason: reason}
		}
	}
	return nil
}

type checker struct {
	columns map[string]generated.Column
	faults  []error
}

func (c *checker) fault(path, reason string, valid ...string) {
	c.faults = append(c.faults, &Error{Path: path, Reason: reason, Valid: valid})
}

// byName returns the columns by what a filter calls them.
func byName(columns *generated.Columns) map[string]generated.Column {
	names := make(map[string]generated.Column)
	if columns == nil {
		return names
	}
	for _, c := range columns.Columns {
		switch {
		case c.Parent != nil && *c.Parent == dataRoot:
			names[dataPrefix+c.ID] = c
		case c.ID != dataRoot: // which is no column of its own
			names[c.ID] = c
		}
	}
	return names
}

// dataRoot is the column that has the keys of the data below it.
const dataRoot = "data"

func (c *checker) names() []string {
	names := make([]string, 0, len(c.columns))
	for name := range c.columns {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// condition checks one condition. Where one part is wrong, those that depend on
// it are not looked at.
func (c *checker) condition(at string, item generated.FilterItem) {
	name, ok := strings.CutPrefix(item.Filter, filterPrefix)
	if !ok {
		c.fault(at+".filter", fmt.Sprintf("%q does not begin with %s: the server would ignore the condition, "+
			"and so take more tasks", item.Filter, filterPrefix))
		return
	}
	rule, ok := c.rule(at, name, item)
	if !ok {
		return
	}
	if !slices.Contains(operators, item.Operator) {
		reason := fmt.Sprintf("%q is no operator: the server would take it for equal", item.Operator)
		c.fault(at+".operator", reason, texts(rule.operators)...)
		return
	}
	if !slices.Contains(rule.operators, item.Operator) {
		reason := fmt.Sprintf("the server doesn't honour %s for %s as %s", item.Operator, name, item.Type)
		c.fault(at+".operator", reason, texts(rule.operators)...)
		return
	}
	if reason := rule.read(item.Operator, item.Value); reason != "" {
		c.fault(at+".value", reason)
		return
	}
	if rule.users {
		c.choice(at+".value", name, item)
	}
}

// rule finds out what can be done with a column whose values are read as the
// condition says.
func (c *checker) rule(at, name string, item generated.FilterItem) (rule, bool) {
	if key, ok := strings.CutPrefix(name, dataPrefix); ok {
		return c.dataRule(at, key, item)
	}
	column, ok := c.columns[name]
	if !ok {
		c.fault(at+".filter", fmt.Sprintf("the project has no column %q: the server would answer 500", name), c.names()...)
		return rule{}, false
	}
	r := ruleOf(column)
	if !slices.Contains(r.types, item.Type) {
		c.fault(at+".type", fmt.Sprintf("%s can't be read as %q", name, item.Type), texts(r.types)...)
		return rule{}, false
	}
	return r, true
}

func (c *checker) dataRule(at, key string, item generated.FilterItem) (rule, bool) {
	r, ok := dataRules[item.Type]
	if !ok {
		c.fault(at+".type", fmt.Sprintf("the server can't read data as %q", item.Type), texts(dataTypes)...)
		return rule{}, false
	}
	_, known := c.columns[dataPrefix+key]
	keys := []string{key}
	if item.Type != generated.FilterTypeNumber {
		keys = strings.Split(key, nesting)
	}
	if known = known && len(keys) == 1; !known && len(keys) > 1 {
		_, known = c.columns[dataPrefix+keys[0]]
	}
	if !known {
		c.fault(at+".filter", c.unknownKey(key, keys), c.keys()...)
		return rule{}, false
	}
	if reason := unfiltered(keys, item.Operator); reason != "" {
		c.fault(at+".filter", reason)
		return rule{}, false
	}
	return r, true
}

func (c *checker) unknownKey(key string, keys []string) string {
	reason := fmt.Sprintf("the data of the project have no key %q", keys[0])
	_, known := c.columns[dataPrefix+key]
	first, _, dotted := strings.Cut(key, ".")
	_, above := c.columns[dataPrefix+first]
	switch {
	case known:
		reason = fmt.Sprintf("%q can't be filtered by but as a Number: "+
			"the server takes the underscores for a field below another", key)
	case strings.Contains(key, nesting) && len(keys) == 1:
		reason += ", and the server can't read a field below another as a Number: " +
			"compare it as a String with a number, as Field.Number does"
	case dotted && above:
		reason += fmt.Sprintf(`: for the field below %q use Data("%s")`, first, strings.ReplaceAll(key, ".", `", "`))
	}
	return reason
}

// keys are the names of columns that are keys of the data.
func (c *checker) keys() []string {
	return slices.DeleteFunc(c.names(), func(name string) bool { return !strings.HasPrefix(name, dataPrefix) })
}

// choice checks a user against those of the project, where the server lists
// them.
func (c *checker) choice(at, name string, item generated.FilterItem) {
	schema := c.columns[name].Schema
	if schema == nil || len(schema.Items) == 0 || item.Operator == generated.FilterOperatorEmpty {
		return
	}
	var valid []string
	for _, choice := range schema.Items {
		valid = append(valid, string(choice))
	}
	if value := strings.TrimSpace(string(item.Value)); !slices.Contains(valid, value) {
		c.fault(at, fmt.Sprintf("no user of the project has the id %s", value), valid...)
	}
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
