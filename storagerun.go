package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// syncState is what a storage of any kind says about its last sync.
type syncState struct {
	id        int64
	status    StorageStatus
	attempts  int64    // how many syncs were begun
	refused   int64    // tasks
	ping      *string  // when the server last said that the sync goes on
	traceback **string // the field of the storage
}

func (s syncState) running() bool {
	return s.status == StorageStatusQueued || s.status == StorageStatusInProgress
}

func (s syncState) lastHeard() string {
	if s.ping == nil || !s.running() {
		return ""
	}
	return " and was last heard of at " + *s.ping
}

// beginLimit is how long the server may take to begin a sync whose answer got
// lost: it looks whether it can reach the storage first.
const beginLimit = 2 * time.Minute

// storageRun is one call that sets up a storage or waits for it.
type storageRun[S, R any] struct {
	*StorageSetUp[S, R]
	progress func(*S)
	scrub    scrubber
	opts     []CallOption
}

// run begins a call. secrets are those of the request, if there is one, beside the
// client's own. What is in URLs is hidden as well: the server quotes the address of an S3 server that it
// can't reach.
func (u *StorageSetUp[S, R]) run(progress func(*S), secrets []string, opts []CallOption) storageRun[S, R] {
	scrub := newScrubber(append(u.core.cred.secrets(), secrets...))
	scrub.urls = true
	return storageRun[S, R]{u, progress, scrub, opts}
}

// connect makes the storage, if it is none of those that the project has.
func (r storageRun[S, R]) connect(ctx context.Context, request R, fields map[string]json.RawMessage) (*S, error) {
	var project int64
	_ = json.Unmarshal(fields["project"], &project) // a request has an integer there
	existing, err := r.list(ctx, project, r.opts)
	if err != nil {
		return nil, r.failed(0, StorageStepValidate, err)
	}
	for i := range existing {
		if other, err := fieldsOf(existing[i]); err == nil && samePlace(fields, other, r.place) {
			r.clean(&existing[i])
			id := r.state(&existing[i]).id
			return &existing[i], r.failed(id, StorageStepValidate, ErrStorageExists)
		}
	}
	if r.validate != nil {
		if err := r.validate(ctx, request, r.opts); err != nil {
			return nil, r.failed(0, StorageStepValidate, err)
		}
	}
	storage, err := r.create(ctx, request, r.opts...)
	if err != nil {
		return nil, r.failed(0, StorageStepCreate, err)
	}
	return storage, nil
}

// sync asks for a sync of a storage as it was seen last, and waits.
func (r storageRun[S, R]) sync(ctx context.Context, storage *S) (*S, error) {
	before := r.state(storage)
	synced, err := r.StorageSetUp.sync(ctx, before.id, r.opts...)
	if err != nil {
		if ctx.Err() != nil || !mayHaveArrived(err) {
			return storage, r.failed(before.id, StorageStepSync, err)
		}
		return r.follow(ctx, storage, &lostSync{before.attempts, err})
	}
	if r.state(synced).running() {
		return r.follow(ctx, storage, nil)
	}
	r.tell(synced)
	return synced, r.outcome(synced)
}

// lostSync is a sync that was asked for, without an answer.
type lostSync struct {
	attempts int64 // before it
	err      error
}

// follow waits for a sync that was asked for when the storage was as given.
func (r storageRun[S, R]) follow(ctx context.Context, before *S, lost *lostSync) (*S, error) {
	storage, err := r.settle(ctx, r.state(before).id, lost)
	if storage == nil {
		storage = before
	}
	if err != nil {
		return storage, err
	}
	return storage, r.outcome(storage)
}

// settle waits until no sync is under way and, of one that was lost, until it
// has been.
func (r storageRun[S, R]) settle(ctx context.Context, id int64, lost *lostSync) (storage *S, err error) {
	what := func() string {
		state := r.state(storage)
		return fmt.Sprintf("%s %d, which is %s", r.kind, id, oneLine(r.scrub.text(string(state.status)+state.lastHeard())))
	}
	start := time.Now()
	err = poll(ctx, what, func() (done bool, err error) {
		seen, err := r.get(ctx, id, r.opts...)
		if err != nil {
			return false, r.failed(id, StorageStepSync, err)
		}
		storage = seen
		r.tell(storage)
		state := r.state(storage)
		if lost != nil && state.attempts <= lost.attempts {
			if time.Since(start) > beginLimit {
				return false, r.failed(id, StorageStepSync, lost.err)
			}
			return false, nil
		}
		return !state.running(), nil
	})
	return storage, err
}

// tell reports what the server says of a storage.
func (r storageRun[S, R]) tell(storage *S) {
	r.clean(storage)
	if r.progress != nil {
		r.progress(storage)
	}
}

// clean hides the secrets in what the server says of a storage.
func (r storageRun[S, R]) clean(storage *S) {
	if text := r.state(storage).traceback; *text != nil {
		*text = new(r.scrub.text(**text))
	}
}

// outcome is the error of a sync that is over.
func (r storageRun[S, R]) outcome(storage *S) error {
	state := r.state(storage)
	e := &StorageError{Kind: r.kind, ID: state.id, Step: StorageStepSync, Status: state.status}
	if *state.traceback != nil {
		e.Reason = pythonReason(**state.traceback)
	}
	switch state.status {
	case StorageStatusFailed:
		e.err = ErrSyncFailed
	case StorageStatusCompletedWithErrors:
		e.Refused, e.err = state.refused, ErrSyncIncomplete
	case StorageStatusInitialized:
		e.Reason, e.err = "no sync was asked for: see SyncAndWait", ErrSyncFailed
	default:
		return nil
	}
	return e
}

// failed is the error of a step that a request went wrong in.
func (r storageRun[S, R]) failed(id int64, step StorageStep, err error) error {
	return &StorageError{Kind: r.kind, ID: id, Step: step, Reason: reasonFrom(err), err: err}
}

// mayHaveArrived says whether a request that got no answer, or none of the
// server itself, may have reached it.
func mayHaveArrived(err error) bool {
	var answer *Error
	if errors.As(err, &answer) {
		return answer.StatusCode > http.StatusInternalServerError || errors.Is(err, ErrUnexpectedAnswer)
	}
	return !neverSent(err)
}
