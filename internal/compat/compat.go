// Package compat holds the versions of Label Studio that the client is tested
// with, and what is known to differ between them. The client tells it to its
// users, and go run ./e2e/compatibility holds it against the real servers.
package compat

// Tested are the versions that the end-to-end tests of the core groups run
// against, oldest first. The last is the contract's; each other one has a lock
// file in e2e/requirements/older, which go run ./e2e/lock writes.
var Tested = []string{"1.21.0", "1.22.0", "1.23.0", "1.23.2"}

// Difference is something that some versions of the server do otherwise than
// the contract says.
type Difference struct {
	// From is the first version that does so: empty for all old ones.
	From string
	// Before is the first version that does so no more.
	Before string
	// Group is the service of the client that meets it, such as "Tasks".
	Group string
	// Text says what differs, for users of the client.
	Text string
	// Failures are what the end-to-end tests of that version report for it.
	Failures []Failure
}

// Failure is a line of a test that fails.
type Failure struct {
	// Test is the name of the test. Subtests are part of it.
	Test string
	// Says is a part of the line that tells what the difference is.
	Says string
}

// In reports whether a version of the server has the difference.
func (d Difference) In(v Version) bool {
	if d.From != "" {
		if from, ok := Parse(d.From); !ok || v.Compare(from) < 0 {
			return false
		}
	}
	before, ok := Parse(d.Before)
	return ok && v.Compare(before) < 0
}
