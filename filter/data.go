package filter

import "github.com/labelstudio-go/labelstudio/generated"

// Field is a field of the data of tasks. Its own methods compare it as text,
// those of Number and Bool as what these say. A number is never equal to its
// text: 5 is not "5". Null is a value to NotEqual, NotIn and NotContains.
//
// Dates are text to the server; those of ISO 8601 in one time zone compare as
// one expects.
//
// The server looks at the value of the first task: if that is a list, it
// refuses Equal and NotEqual, and Empty misses tasks. Missing is always right.
type Field struct {
	Text

	nested bool
}

// Data is a key of the data of tasks, or with more keys a field below it:
// Data("meta", "price") is the price in {"meta": {"price": 1}}. In a list the
// key is the index, from "0". A dot has no meaning: Data("meta.price") is a key
// of that name.
//
// Not every key can be filtered by. [Check] refuses those of which the server
// makes something else or a 500, such as those with a space in them.
func Data(key string, below ...string) Field {
	return Field{text(column{path(key, below), generated.FilterTypeString}), len(below) > 0}
}

// Number compares the field as a number. Text that holds a number counts as it;
// with SQLite other text and null count as 0, or as what number they begin
// with. Below another key only numbers count as numbers, but text and null as
// more than any with SQLite.
func (f Field) Number() Number {
	c := f.in
	if !f.nested { // the server would look for a key with underscores in it
		c.kind = generated.FilterTypeNumber
	}
	return Number{Ordered[float64]{c}, optional{f.in}}
}

// Bool compares the field with true and false. The text "true" counts as true
// with SQLite.
func (f Field) Bool() Bool { return Bool{column{f.in.name, generated.FilterTypeBoolean}} }

// Missing takes the tasks whose data doesn't have the field (empty). Null is
// not missing.
func (f Field) Missing() Condition {
	return column{f.in.name, generated.FilterTypeList}.is(generated.FilterOperatorEmpty, true)
}

// Present takes the tasks whose data has the field (empty, with false).
func (f Field) Present() Condition {
	return column{f.in.name, generated.FilterTypeList}.is(generated.FilterOperatorEmpty, false)
}
