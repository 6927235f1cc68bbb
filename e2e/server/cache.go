package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// cacheVariable names the environment variable that overrides the folder of [CacheDir].
const cacheVariable = "LABELSTUDIO_GO_CACHE"

// CacheDir is the folder that holds installed servers and their migrated databases: the value of the environment
// variable LABELSTUDIO_GO_CACHE, or else labelstudio-go in the user's cache folder. It may be deleted at any time when
// no server runs from it.
func CacheDir() (string, error) {
	if dir := os.Getenv(cacheVariable); dir != "" {
		absolute, err := filepath.Abs(dir)
		if err != nil {
			return "", fmt.Errorf("%s: %w", cacheVariable, err)
		}
		return absolute, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder, set %s to one: %w", cacheVariable, err)
	}
	return filepath.Join(dir, "labelstudio-go"), nil
}

// lockPoll is how often a lock held by another process is tried again.
const lockPoll = 200 * time.Millisecond

// lock takes the lock of a file, which it creates, and returns what gives it back. One process at a time holds it, and
// one caller at a time in this process. The system gives it back when the holder dies.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the cache folder, set %s to another: %w", cacheVariable, err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot write to the cache folder, set %s to another: %w", cacheVariable, err)
	}
	return hold(ctx, file)
}

// LockFolder takes the lock of a folder that is there, and returns what gives it back. One process at a time holds it,
// and one caller at a time in this process. The system gives it back when the holder dies. Nothing is written. Where
// the system has no such locks, the error is [errors.ErrUnsupported].
func LockFolder(ctx context.Context, dir string) (unlock func(), err error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	return hold(ctx, folder)
}

// hold waits for the lock of an open file and returns what gives it back.
func hold(ctx context.Context, file *os.File) (unlock func(), err error) {
	for {
		err := tryLock(file)
		if err == nil {
			// Closing is what gives the lock back; nothing was written that could be lost.
			return func() { _ = file.Close() }, nil
		}
		if !errors.Is(err, errLocked) {
			_ = file.Close()
			return nil, fmt.Errorf("locking %s: %w", file.Name(), err)
		}
		select {
		case <-ctx.Done():
			_ = file.Close()
			return nil, fmt.Errorf("waiting for another process that holds %s: %w", file.Name(), ctx.Err())
		case <-time.After(lockPoll):
		}
	}
}

// errLocked is what tryLock returns when somebody else holds the lock.
var errLocked = errors.New("locked by another process")
