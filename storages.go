package labelstudio

import (
	"context"
	"encoding/json"
	"fmt"
)

// StorageSetUp is what the services of all kinds of import and export storages
// have besides their operations: [S3ImportStoragesService] and so on. S is the
// storage, R the request that makes one. When one of its methods fails, it
// returns the storage as it was seen last, if it was.
type StorageSetUp[S, R any] struct {
	core     *core
	kind     string // for errors
	list     func(ctx context.Context, projectID int64, opts []CallOption) ([]S, error)
	validate func(context.Context, R, []CallOption) error // nil where Create checks the same and says more
	create   func(context.Context, R, ...CallOption) (*S, error)
	get      func(context.Context, int64, ...CallOption) (*S, error)
	sync     func(context.Context, int64, ...CallOption) (*S, error)
	state    func(*S) syncState
	// place returns the same text for all values of a field that mean the same.
	place func(name string, raw json.RawMessage) string
}

// SetUp connects a project to a storage and returns it when its first sync is
// completed: the tasks are in the project, or the annotations in the storage.
// progress, if not nil, is told each state of the storage that is seen.
//
// Nothing is made when the server can't reach the storage. Nor is when the
// project has a storage of the kind already with the same title, place and
// filter: that one is returned with [ErrStorageExists], as another would make
// all tasks again. What the server stores in other words is the same: space
// around a text, a slash at the end of a folder, the default of a field. The accounts of two Azure storages
// can't be told apart: give them different titles.
//
// What else goes wrong is a [*StorageError] with the step and the server's
// reason. When the storage was made before that, it is returned with the error
// and stays: mend it with Update and call SyncAndWait, or call Delete. What the
// request holds of secrets is replaced in the error and in the storage, one of
// less than four characters only where it is a word of its own.
//
// ctx ends the wait, not the sync. A request with Synchronizable false is
// refused in the last step.
func (u *StorageSetUp[S, R]) SetUp(ctx context.Context, request R, progress func(*S), opts ...CallOption) (*S, error) {
	fields, err := fieldsOf(request)
	if err != nil {
		return nil, fmt.Errorf("labelstudio: the request for a storage: %w", err)
	}
	secrets := secretsOf(fields)
	run, ctx := u.run(progress, secrets, opts), withSecrets(ctx, secrets)
	storage, err := run.connect(ctx, request, fields)
	if err != nil {
		return storage, err
	}
	run.tell(storage)
	if u.state(storage).attempts > 0 { // making an export storage begins a sync; the answer is older than its end
		return run.follow(ctx, storage, nil)
	}
	return run.sync(ctx, storage)
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
	run := u.run(progress, nil, opts)
	storage, err := run.settle(ctx, id, nil)
	if err != nil {
		return storage, err
	}
	return run.sync(ctx, storage)
}

// Wait returns a storage when the sync that was asked for is completed, looking
// at it ever less often, up to every ten seconds. It fails like
// [StorageSetUp.SyncAndWait], and for a storage that was never asked to sync.
//
// A sync whose server was restarted stays in progress until somebody calls List,
// or looks at the web page, which makes the server give it up after 25 seconds
// without a sign of life: give ctx a deadline. Wait doesn't do that, because a
// sync that looks long for its next file gives no sign either and goes on.
func (u *StorageSetUp[S, R]) Wait(ctx context.Context, id int64, progress func(*S), opts ...CallOption) (*S, error) {
	run := u.run(progress, nil, opts)
	storage, err := run.settle(ctx, id, nil)
	if err != nil {
		return storage, err
	}
	return storage, run.outcome(storage)
}
