package labelstudio

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrSyncFailed is a sync of a storage that the server gave up. What was made
	// before stays, and is not made again by the next sync.
	ErrSyncFailed error = &sentinel{text: "the sync of a storage failed"}
	// ErrSyncIncomplete is a sync that is completed with errors: some tasks were
	// refused, all others were made. It is an [ErrSyncFailed], too.
	ErrSyncIncomplete error = &sentinel{"the sync of a storage left tasks out", ErrSyncFailed}
	// ErrStorageExists is a storage that was not made, as the project has one of
	// the same title, place and filter: see [StorageSetUp.SetUp].
	ErrStorageExists error = &sentinel{"the project has this storage already", ErrConflict}
)

// StorageStep is a step on the way to a storage whose tasks are in a project.
type StorageStep string

// The steps, in their order.
const (
	StorageStepValidate StorageStep = "validate" // whether the server can reach the storage
	StorageStepCreate   StorageStep = "create"   // which checks the same again
	StorageStepSync     StorageStep = "sync"
)

// StorageError is a storage that could not be set up or synced. It matches
// [ErrSyncFailed] when the server says so of a sync, and otherwise what its
// cause matches, such as [ErrValidation].
type StorageError struct {
	// Kind is the kind of storage, such as "S3 import storage".
	Kind string
	// ID is the storage's; 0 if none was made, or none that is known.
	ID int64
	// Step is where it failed.
	Step StorageStep
	// Status is the storage's, when the sync is over; empty before.
	Status StorageStatus
	// Refused is how many tasks the server left out: see [ErrSyncIncomplete].
	Refused int64
	// Reason is why, in the server's words where it gave any. Of what goes wrong
	// in the server it is the last line or lines; the storage's Traceback has all.
	Reason string

	err error
}

func (e *StorageError) Error() string {
	var b strings.Builder
	b.WriteString("labelstudio: " + e.Kind)
	if e.ID != 0 {
		fmt.Fprintf(&b, " %d", e.ID)
	}
	switch {
	case errors.Is(e.err, ErrSyncIncomplete):
		fmt.Fprintf(&b, ": the sync left out tasks that are not valid (%d)", e.Refused)
	case errors.Is(e.err, ErrSyncFailed):
		b.WriteString(": the sync failed")
	case errors.Is(e.err, ErrStorageExists):
		b.WriteString(": the project has it already: use SyncAndWait, or give the new one another title")
		return b.String()
	default:
		fmt.Fprintf(&b, ": %s: %s", e.Step, strings.TrimPrefix(e.err.Error(), "labelstudio: "))
		if e.Step == StorageStepCreate && mayHaveArrived(e.err) {
			b.WriteString(": it may have been made all the same: look with List")
		}
		return b.String() + e.hint()
	}
	if e.Reason != "" {
		b.WriteString(": " + oneLine(e.Reason))
	}
	return b.String() + e.hint()
}

// hint says how to learn the reason that the server keeps to itself.
func (e *StorageError) hint() string {
	if strings.HasPrefix(e.Reason, "Debugging info is not available for s3 endpoints") {
		return " (the server's log has the reason; it tells it to clients for the domains in its setting S3_TRUSTED_STORAGE_DOMAINS)"
	}
	return ""
}

// Unwrap returns the cause: an [*Error], or one of the sentinels.
func (e *StorageError) Unwrap() error { return e.err }

// reasonFrom returns what a server said of a request, or else the error.
func reasonFrom(err error) string {
	var answer *Error
	if !errors.As(err, &answer) {
		return strings.TrimPrefix(err.Error(), "labelstudio: ")
	}
	var reasons []string
	for _, name := range sortedKeys(answer.Fields) {
		reason := strings.Join(answer.Fields[name], " ")
		if name != nonFieldErrors {
			reason = name + ": " + reason
		}
		reasons = append(reasons, reason)
	}
	if len(reasons) == 0 {
		return answer.Detail
	}
	return strings.Join(reasons, "; ")
}

// pythonReason returns the message at the end of a Python traceback, without
// the name of its class, or the text if it is none.
func pythonReason(text string) string {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "Traceback (most recent call last):") {
		return text
	}
	text = text[max(0, len(text)-maxReadText):] // the end has it
	lines := strings.Split(text, "\n")
	last := 0 // line of the innermost frame, or of a heading
	for i, line := range lines {
		if strings.HasPrefix(line, `  File "`) || strings.HasPrefix(line, "Traceback (") {
			last = i
		}
	}
	message := lines[last+1:]
	for len(message) > 1 && strings.HasPrefix(message[0], "    ") { // the frame's code
		message = message[1:]
	}
	reason := strings.TrimSpace(strings.Join(message, "\n"))
	if class, rest, ok := strings.Cut(reason, ": "); ok && !strings.ContainsAny(class, " \n") {
		return strings.TrimSpace(rest)
	}
	return reason
}
