package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// StorageSetUp is what the services of all kinds of import and export storages
// have besides their operations: [S3ImportStoragesService] and so on. S is the
// storage, R the request that makes one.
type StorageSetUp[S, R any] struct {
	kind     string // for errors
	list     func(ctx context.Context, projectID int64, opts []CallOption) ([]S, error)
	validate func(context.Context, R, []CallOption) error // nil where Create checks the same and says more
	create   func(context.Context, R, ...CallOption) (*S, error)
	get      func(context.Context, int64, ...CallOption) (*S, error)
	sync     func(context.Context, int64, ...CallOption) (*S, error)
	state    func(*S) syncState
}

// syncState is what a storage of any kind says about its last sync.
type syncState struct {
	id        int64
	status    StorageStatus
	attempts  int64    // how many syncs were begun
	refused   int64    // tasks
	traceback **string // the field of the storage
}

func (s syncState) running() bool {
	return s.status == StorageStatusQueued || s.status == StorageStatusInProgress
}

// beginLimit is how long the server may take to begin a sync whose answer got
// lost: it looks whether it can reach the storage first.
const beginLimit = 2 * time.Minute

// SetUp connects a project to a storage and returns it when its first sync is
// completed: the tasks are in the project, or the annotations in the storage.
// progress, if not nil, is told each state of the storage that is seen.
//
// Nothing is made when the server can't reach the storage. Nor is when the
// project has a storage of the kind already with the same title, place and
// filter, written the same way: that one is returned with [ErrStorageExists],
// as another would make all tasks again. The accounts of two Azure storages
// can't be told apart: give them different titles.
//
// What else goes wrong is a [*StorageError] with the step and the server's
// reason. When the storage was made before that, it is returned with the error
// and stays: mend it with Update and call SyncAndWait, or call Delete. What the
// request holds of secrets is replaced in the error and in the storage.
//
// ctx ends the wait, not the sync. A request with Synchronizable false is
// refused in the last step.
func (u *StorageSetUp[S, R]) SetUp(ctx context.Context, request R, progress func(*S), opts ...CallOption) (*S, error) {
	fields, err := fieldsOf(request)
	if err != nil {
		return nil, u.failed(0, StorageStepValidate, err, scrubber{})
	}
	scrub := newScrubber(secretsOf(fields))
	storage, err := u.connect(ctx, request, fields, scrub, opts)
	if err != nil {
		return storage, err
	}
	u.tell(storage, progress, scrub)
	if u.state(storage).attempts > 0 { // making an export storage begins a sync; the answer is older than its end
		return u.follow(ctx, storage, nil, progress, scrub, opts)
	}
	return u.syncOnce(ctx, storage, progress, scrub, opts)
}

// connect makes the storage, if it is none of those that the project has.
func (u *StorageSetUp[S, R]) connect(ctx context.Context, request R, fields map[string]json.RawMessage, scrub scrubber, opts []CallOption) (*S, error) {
	var project int64
	_ = json.Unmarshal(fields["project"], &project) // a request has an integer there
	existing, err := u.list(ctx, project, opts)
	if err != nil {
		return nil, u.failed(0, StorageStepValidate, err, scrub)
	}
	for i := range existing {
		if other, err := fieldsOf(existing[i]); err == nil && samePlace(fields, other) {
			u.tell(&existing[i], nil, scrub)
			id := u.state(&existing[i]).id
			return &existing[i], u.failed(id, StorageStepValidate, ErrStorageExists, scrub)
		}
	}
	if u.validate != nil {
		if err := u.validate(ctx, request, opts); err != nil {
			return nil, u.failed(0, StorageStepValidate, err, scrub)
		}
	}
	storage, err := u.create(ctx, request, opts...)
	if err != nil {
		return nil, u.failed(0, StorageStepCreate, err, scrub)
	}
	return storage, nil
}

// SyncAndWait has the server look at a storage once, and returns the storage
// when that is completed. A sync that is under way already is waited for before:
// it may have missed what is new, and two at a time make tasks twice.
//
// The sync is asked for once, whatever happens. When the connection breaks
// before the answer, the server goes on and so does SyncAndWait, by Get.
//
// LastSyncCount of the storage is how many tasks were made this time, without
// those that had been made before, or to how many annotations the server came:
// one that it could not write counts as well, and nothing tells.
//
// progress, errors and ctx are as for [StorageSetUp.SetUp], but the client
// doesn't know the secrets of a storage that exists.
func (u *StorageSetUp[S, R]) SyncAndWait(ctx context.Context, id int64, progress func(*S), opts ...CallOption) (*S, error) {
	storage, err := u.settle(ctx, id, nil, progress, scrubber{}, opts)
	if err != nil {
		return storage, err
	}
	return u.syncOnce(ctx, storage, progress, scrubber{}, opts)
}

// Wait returns a storage when the sync that was asked for is completed, looking
// at it ever less often, up to every ten seconds. It fails like
// [StorageSetUp.SyncAndWait], and for a storage that was never asked to sync.
//
// When the worker that does a sync dies, the sync stays in progress until
// somebody calls List, which makes the server look: give ctx a deadline.
func (u *StorageSetUp[S, R]) Wait(ctx context.Context, id int64, progress func(*S), opts ...CallOption) (*S, error) {
	storage, err := u.settle(ctx, id, nil, progress, scrubber{}, opts)
	if err != nil {
		return storage, err
	}
	return storage, u.outcome(storage)
}

// syncOnce asks for a sync of a storage as it was seen last, and waits.
func (u *StorageSetUp[S, R]) syncOnce(ctx context.Context, storage *S, progress func(*S), scrub scrubber, opts []CallOption) (*S, error) {
	before := u.state(storage)
	synced, err := u.sync(ctx, before.id, opts...)
	if err != nil {
		if ctx.Err() != nil || !mayHaveArrived(err) {
			return storage, u.failed(before.id, StorageStepSync, err, scrub)
		}
		return u.follow(ctx, storage, &lostSync{before.attempts, err}, progress, scrub, opts)
	}
	if u.state(synced).running() {
		return u.follow(ctx, storage, nil, progress, scrub, opts)
	}
	u.tell(synced, progress, scrub)
	return synced, u.outcome(synced)
}

// lostSync is a sync that was asked for, without an answer.
type lostSync struct {
	attempts int64 // before it
	err      error
}

// follow waits for a sync that was asked for when the storage was as given.
func (u *StorageSetUp[S, R]) follow(ctx context.Context, before *S, lost *lostSync, progress func(*S), scrub scrubber, opts []CallOption) (*S, error) {
	storage, err := u.settle(ctx, u.state(before).id, lost, progress, scrub, opts)
	if storage == nil {
		storage = before
	}
	if err != nil {
		return storage, err
	}
	return storage, u.outcome(storage)
}

// settle waits until no sync is under way and, of one that was lost, until it
// has been.
func (u *StorageSetUp[S, R]) settle(ctx context.Context, id int64, lost *lostSync, progress func(*S), scrub scrubber, opts []CallOption) (storage *S, err error) {
	what := func() string { return fmt.Sprintf("%s %d, which is %s", u.kind, id, u.state(storage).status) }
	start := time.Now()
	err = poll(ctx, what, func() (done bool, err error) {
		seen, err := u.get(ctx, id, opts...)
		if err != nil {
			return false, u.failed(id, StorageStepSync, err, scrub)
		}
		storage = seen
		u.tell(storage, progress, scrub)
		state := u.state(storage)
		if lost != nil && state.attempts <= lost.attempts {
			if time.Since(start) > beginLimit {
				return false, u.failed(id, StorageStepSync, lost.err, scrub)
			}
			return false, nil
		}
		return !state.running(), nil
	})
	return storage, err
}

// tell hides the secrets in what the server says of a storage, and reports it.
func (u *StorageSetUp[S, R]) tell(storage *S, progress func(*S), scrub scrubber) {
	if text := u.state(storage).traceback; *text != nil {
		*text = new(scrub.text(**text))
	}
	if progress != nil {
		progress(storage)
	}
}

// outcome is the error of a sync that is over.
func (u *StorageSetUp[S, R]) outcome(storage *S) error {
	state := u.state(storage)
	e := &StorageError{Kind: u.kind, ID: state.id, Step: StorageStepSync, Status: state.status}
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

func (u *StorageSetUp[S, R]) failed(id int64, step StorageStep, err error, scrub scrubber) error {
	err = scrub.error(err)
	return &StorageError{Kind: u.kind, ID: id, Step: step, Reason: reasonFrom(err), err: err}
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
