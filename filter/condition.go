package filter

import (
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labelstudio-go/labelstudio/generated"
)

// And returns filters for the tasks that meet all of terms. The server can't
// nest filters: for a pair of conditions within an Or see [Condition.With].
// Without terms they would stand for all tasks, so [Check] refuses them.
func And(terms ...Term) *generated.Filters { return join(generated.ConjunctionAnd, terms) }

// Or returns filters for the tasks that meet any of terms. Without terms they
// would stand for all tasks, so [Check] refuses them.
func Or(terms ...Term) *generated.Filters { return join(generated.ConjunctionOr, terms) }

func join(conjunction generated.Conjunction, terms []Term) *generated.Filters {
	filters := &generated.Filters{Conjunction: conjunction, Items: make([]generated.FilterItem, len(terms))}
	for i, term := range terms {
		if term != nil { // Check refuses the item that stays empty
			filters.Items[i] = term.item()
		}
	}
	return filters
}

// Term is what [And] and [Or] join: a [Condition] or a [Pair].
type Term interface{ item() generated.FilterItem }

// Condition is a comparison of a column with a value. The methods of columns
// make it, such as ID.Greater(10).
type Condition struct{ made generated.FilterItem }

func (c Condition) item() generated.FilterItem { return c.made }

// With joins two conditions that must both hold, as one term of an [Or] or
// [And]. Those about annotations must hold for the same annotation then. The
// server can't join more than two.
func (c Condition) With(child Condition) Pair {
	made := c.made
	made.ChildFilter = &generated.ChildFilterItem{
		Filter: child.made.Filter, Operator: child.made.Operator, Type: child.made.Type, Value: child.made.Value,
	}
	return Pair{made}
}

// Pair is two conditions that must both hold: see [Condition.With].
type Pair struct{ made generated.FilterItem }

func (p Pair) item() generated.FilterItem { return p.made }

// OfView returns the filters of a view as others take them; nil if it has none.
func OfView(view *generated.View) *generated.Filters {
	if view == nil || view.Data.Filters == nil {
		return nil
	}
	filters := &generated.Filters{Conjunction: view.Data.Filters.Conjunction}
	for _, of := range view.Data.Filters.Items {
		item := generated.FilterItem{Filter: of.Filter, Operator: of.Operator, Type: of.Type, Value: of.Value}
		if child := of.ChildFilter; child != nil {
			item.ChildFilter = &generated.ChildFilterItem{
				Filter: child.Filter, Operator: child.Operator, Type: child.Type, Value: child.Value,
			}
		}
		filters.Items = append(filters.Items, item)
	}
	return filters
}

// column names a column, without the prefixes, and says how its values are read.
type column struct {
	name string
	kind generated.FilterType
}

func (c column) sortName() string { return c.name }

func (c column) is(operator generated.FilterOperator, value any) Condition {
	return Condition{generated.FilterItem{
		Filter: filterPrefix + c.name, Operator: operator, Type: c.kind, Value: encode(value),
	}}
}

// span is the value of the operators in and not_in.
type span struct {
	Min json.RawMessage `json:"min"`
	Max json.RawMessage `json:"max"`
}

func between[T any](low, high T) span { return span{encode(low), encode(high)} }

func list[T any](values []T) []json.RawMessage {
	items := make([]json.RawMessage, len(values))
	for i, v := range values {
		items[i] = encode(v)
	}
	return items
}

// timeLayout is what the server reads, with the one kind of fraction that it
// writes.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// encode returns null for what JSON can't hold; Check refuses that.
func encode(value any) json.RawMessage {
	switch v := value.(type) {
	case time.Time:
		value = v.UTC().Format(timeLayout)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			value = nil
		}
	case string:
		if !utf8.ValidString(v) {
			value = nil
		}
	}
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // none of the types above can fail
	}
	return raw
}

// path joins the keys that lead to a field of the data.
func path(key string, below []string) string {
	return dataPrefix + strings.Join(append([]string{key}, below...), nesting)
}
