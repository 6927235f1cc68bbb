package filter

// Sortable is what tasks can be ordered by: a column, or a [Field] that is not
// below another.
type Sortable interface{ sortName() string }

// By returns the order of tasks by a column, ascending. Tasks without a value
// come last. The server orders by one column only; where values are equal the
// order is any. A [Field] is ordered as text, its Number as well: only a view can
// do otherwise, see [AsNumbers].
func By(c Sortable) []string { return []string{taskPrefix + sortName(c)} }

// ByDescending is [By] in descending order; tasks without a value come last as
// well.
func ByDescending(c Sortable) []string { return []string{"-" + taskPrefix + sortName(c)} }

// sortName is empty for no column, which CheckOrdering refuses.
func sortName(c Sortable) string {
	if c == nil {
		return ""
	}
	return c.sortName()
}

// AsNumbers returns the ColumnsDisplayType of a view that is ordered by fields
// of the data as numbers. Without it PostgreSQL orders them as text, and SQLite
// numbers before text.
func AsNumbers(fields ...Field) map[string]string {
	types := make(map[string]string, len(fields))
	for _, f := range fields {
		types[taskPrefix+f.sortName()] = "Number"
	}
	return types
}
