package filter

import (
	"strconv"
	"strings"
	"time"

	"github.com/labelstudio-go/labelstudio/generated"
)

// Ordered is a column whose values have an order. T is what they are compared
// with: int64 for whole numbers, float64, string or [time.Time].
type Ordered[T int64 | float64 | string | time.Time] struct{ column }

// Equal takes the tasks whose value is v (equal).
func (c Ordered[T]) Equal(v T) Condition { return c.is(generated.FilterOperatorEqual, v) }

// NotEqual takes the tasks that have another value than v (not_equal).
func (c Ordered[T]) NotEqual(v T) Condition { return c.is(generated.FilterOperatorNotEqual, v) }

// Less takes the tasks whose value is less than v (less).
func (c Ordered[T]) Less(v T) Condition { return c.is(generated.FilterOperatorLess, v) }

// Greater takes the tasks whose value is greater than v (greater).
func (c Ordered[T]) Greater(v T) Condition { return c.is(generated.FilterOperatorGreater, v) }

// LessOrEqual takes the tasks whose value is v or less (less_or_equal).
func (c Ordered[T]) LessOrEqual(v T) Condition { return c.is(generated.FilterOperatorLessOrEqual, v) }

// GreaterOrEqual takes the tasks whose value is v or greater (greater_or_equal).
func (c Ordered[T]) GreaterOrEqual(v T) Condition {
	return c.is(generated.FilterOperatorGreaterOrEqual, v)
}

// Between takes the tasks whose value is low, high, or between them (in).
func (c Ordered[T]) Between(low, high T) Condition {
	return c.is(generated.FilterOperatorBetween, between(low, high))
}

// NotBetween takes the tasks whose value is below low or above high (not_in).
func (c Ordered[T]) NotBetween(low, high T) Condition {
	return c.is(generated.FilterOperatorNotBetween, between(low, high))
}

// In takes the tasks whose value is one of values (in_list).
func (c Ordered[T]) In(values ...T) Condition {
	return c.is(generated.FilterOperatorInList, list(values))
}

// NotIn takes the tasks whose value is none of values (not_in_list).
func (c Ordered[T]) NotIn(values ...T) Condition {
	return c.is(generated.FilterOperatorNotInList, list(values))
}

// Integer is a column of whole numbers that every task has.
type Integer struct{ Ordered[int64] }

// Number is a column of numbers that tasks may lack.
type Number struct {
	Ordered[float64]
	optional
}

// Time is a column of points in time, to the microsecond, that tasks may lack.
type Time struct {
	Ordered[time.Time]
	optional
}

// Text is a column of text.
type Text struct {
	Ordered[string]
	fragment
	optional
}

// Fragments is a column of text whose parts can be looked for, but not the
// whole.
type Fragments struct {
	column
	fragment
}

// fragment has what looks into text.
type fragment struct{ in column }

// Contains takes the tasks whose value has part in it; upper and lower case are
// the same, with SQLite only of ASCII letters (contains).
func (f fragment) Contains(part string) Condition {
	return f.in.is(generated.FilterOperatorContains, part)
}

// NotContains takes the tasks whose value doesn't have part in it
// (not_contains).
func (f fragment) NotContains(part string) Condition {
	return f.in.is(generated.FilterOperatorNotContains, part)
}

// Matches takes the tasks of whose value some part matches a regular expression
// of Python and of the server's database (regex).
func (f fragment) Matches(expression string) Condition {
	return f.in.is(generated.FilterOperatorRegex, expression)
}

// optional has what looks for the absence of a value.
type optional struct{ of column }

// Empty takes the tasks that have no value (empty). For text the empty text is
// none, for data null is none, too.
func (o optional) Empty() Condition { return o.of.is(generated.FilterOperatorEmpty, true) }

// NotEmpty takes the tasks that have a value (empty, with false).
func (o optional) NotEmpty() Condition { return o.of.is(generated.FilterOperatorEmpty, false) }

// Bool is a column that is true or false.
type Bool struct{ column }

// Equal takes the tasks whose value is v (equal).
func (c Bool) Equal(v bool) Condition { return c.is(generated.FilterOperatorEqual, v) }

// NotEqual takes the tasks that have another value than v (not_equal).
func (c Bool) NotEqual(v bool) Condition { return c.is(generated.FilterOperatorNotEqual, v) }

// Users is a column of users.
type Users struct {
	column
	optional
}

// Contains takes the tasks that have this user there (contains). For any of
// several use [Or].
func (c Users) Contains(userID int64) Condition {
	return c.is(generated.FilterOperatorContains, userID)
}

// NotContains takes the tasks that don't have this user there, those with no
// user among them (not_contains).
func (c Users) NotContains(userID int64) Condition {
	return c.is(generated.FilterOperatorNotContains, userID)
}

// IDs is a column of ids of annotations.
type IDs struct {
	column
	optional
}

// Contains takes the tasks that have any of ids (contains).
func (c IDs) Contains(ids ...int64) Condition {
	return c.is(generated.FilterOperatorContains, joined(ids))
}

// NotContains takes the tasks that have none of ids (not_contains).
func (c IDs) NotContains(ids ...int64) Condition {
	return c.is(generated.FilterOperatorNotContains, joined(ids))
}

func joined(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ",")
}

// Versions is a column of versions of models.
type Versions struct {
	column
	optional
}

// Contains takes the tasks with a prediction whose version has any of parts in
// it (contains).
func (c Versions) Contains(parts ...string) Condition {
	return c.is(generated.FilterOperatorContains, list(parts))
}

// NotContains takes the tasks without a prediction whose version has any of
// parts in it (not_contains).
func (c Versions) NotContains(parts ...string) Condition {
	return c.is(generated.FilterOperatorNotContains, list(parts))
}

// Results is a column of results of annotations or predictions.
type Results struct{ column }

// Contains takes the tasks with a result whose JSON, as the server keeps it, has
// part in it (contains). It keeps a space after each colon and comma and, with
// SQLite, what is not ASCII escaped, as in \u00fc.
func (c Results) Contains(part string) Condition {
	return c.is(generated.FilterOperatorContains, part)
}

// NotContains takes the tasks that Contains doesn't (not_contains).
func (c Results) NotContains(part string) Condition {
	return c.is(generated.FilterOperatorNotContains, part)
}
