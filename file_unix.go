//go:build unix

package labelstudio

import (
	"errors"
	"os"
	"syscall"
)

// lockFile keeps others off a file until it is closed or the process ends.
func lockFile(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// syncFolder makes sure that the names in a folder survive a crash.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
