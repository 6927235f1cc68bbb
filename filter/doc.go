// Package filter builds the conditions that the data manager of Label Studio
// filters tasks by, and checks them against the columns of a project before
// they are sent:
//
//	filter.And(filter.TotalAnnotations.Equal(0), filter.Data("text").Contains("refund"))
//
// What it builds is a [generated.Filters], which lists of tasks, views,
// snapshots and actions take. The columns have types, so that an operator that
// the server would not honour for a column, or a value of another type, does
// not compile. [Check] finds the same in filters that were made by hand or read
// from a view, and what only a project can tell: a column or a key of the data
// that it doesn't have. The client calls it where it takes filters.
//
// It has to be done here, because the server doesn't: it takes an operator that
// it doesn't know for equal, no conditions for all tasks, and answers 500 to an
// unknown column or a value that it can't read.
//
// A task that has no value in a column meets no comparison with it, neither
// Less nor NotEqual nor NotIn: see Empty.
package filter
