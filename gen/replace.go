package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// Files of a checkout change all together or not at all, also when the process
// is killed: what shall change is written to a folder beside, with copies of
// what was there; then a journal says what is about to happen; then the files
// are moved to their places and the journal goes. A kill before the journal is
// there has changed nothing. A kill while it is there, in the milliseconds of
// the moves, may leave some files moved and others not: the next command of gen,
// whichever it is, sees the journal and puts everything back as it was.
const (
	stagingDir  = ".build/replace"
	journalFile = stagingDir + "/journal.json"
)

// journal says what a change of files does, by their paths below the root.
type journal map[string]journalEntry

type journalEntry struct {
	Was string // SHA-256 of what was there; empty if there was no file
	Is  string // SHA-256 of what is to be there; empty if the file is removed
}

// exclusiveWait is how long to wait for another process at work here.
const exclusiveWait = 30 * time.Second

// beforeStep is told before each step that changes something on the disk. Tests
// kill the process there.
var beforeStep = func() {}

// replace gives files of the checkout at root new contents; nil removes one.
// On an error all are as they were.
func replace(root string, files map[string][]byte) error {
	if len(files) == 0 {
		return nil
	}
	return exclusively(root, func() error {
		if err := restore(root); err != nil {
			return err
		}
		if err := stage(root, files); err != nil {
			return errors.Join(err, unstage(root))
		}
		if err := move(root, files); err != nil {
			return errors.Join(err, restore(root))
		}
		return unstage(root)
	})
}

// recoverCheckout puts back what a killed command has left half done.
func recoverCheckout(root string) error {
	if _, err := os.Stat(filepath.Join(root, stagingDir)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return exclusively(root, func() error { return restore(root) })
}

// exclusively works on a checkout while no other process does. Another's work
// takes milliseconds, unless it is stopped.
func exclusively(root string, work func() error) error {
	ctx, cancel := context.WithTimeout(context.Background(), exclusiveWait)
	defer cancel()
	unlock, err := server.LockFolder(ctx, root)
	if errors.Is(err, errors.ErrUnsupported) {
		return work() // on such a system, one has to do one thing at a time
	}
	if err != nil {
		return err
	}
	defer unlock()
	return work()
}

// stage writes what shall change, and the journal when all the rest is written.
func stage(root string, files map[string][]byte) error {
	plan := journal{}
	for _, name := range sortedNames(files) {
		old, err := os.ReadFile(filepath.Join(root, name))
		if err == nil {
			err = writeBeside(root, "old", name, old)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if files[name] != nil {
			if err := writeBeside(root, "new", name, files[name]); err != nil {
				return err
			}
		}
		plan[name] = journalEntry{Was: digest(old), Is: digest(files[name])}
	}
	text, err := json.MarshalIndent(plan, "", "  ")
	if err != nil {
		return err
	}
	if err := writeBeside(root, "new", filepath.Base(journalFile), text); err != nil {
		return err
	}
	beforeStep()
	return os.Rename(beside(root, "new", filepath.Base(journalFile)), filepath.Join(root, journalFile))
}

// move puts the staged files in place. The journal goes last: then it is done.
func move(root string, files map[string][]byte) error {
	for _, name := range sortedNames(files) {
		path := filepath.Join(root, name)
		beforeStep()
		if files[name] == nil {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.Rename(beside(root, "new", name), path); err != nil {
			return err
		}
	}
	beforeStep()
	return os.Remove(filepath.Join(root, journalFile))
}

// restore puts all files of the journal, if there is one, back as they were. It
// may be killed and begun again. If somebody has edited one since, it does nothing.
func restore(root string) error {
	text, err := os.ReadFile(filepath.Join(root, journalFile))
	if errors.Is(err, os.ErrNotExist) {
		return unstage(root)
	}
	if err != nil {
		return err
	}
	var plan journal
	if err := json.Unmarshal(text, &plan); err != nil {
		return fmt.Errorf("%s: %w", journalFile, err)
	}
	now := map[string]string{}
	for name, entry := range plan {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if now[name] = digest(text); now[name] != entry.Was && now[name] != entry.Is {
			return fmt.Errorf("a command was killed before it was done, and %s was edited since: see what was there in %s, "+
				"then remove %s", name, filepath.Join(stagingDir, "old"), stagingDir)
		}
	}
	for _, name := range sortedNames(plan) {
		beforeStep()
		switch {
		case now[name] == plan[name].Was:
			continue
		case plan[name].Was == "":
			err = os.Remove(filepath.Join(root, name))
		default:
			err = putBack(root, name)
		}
		if err != nil {
			return err
		}
	}
	beforeStep()
	if err := os.Remove(filepath.Join(root, journalFile)); err != nil {
		return err
	}
	return unstage(root)
}

// putBack leaves the copy where it is, for the case that this is killed too.
func putBack(root, name string) error {
	old, err := os.ReadFile(beside(root, "old", name))
	if err != nil {
		return err
	}
	if err := writeBeside(root, "again", name, old); err != nil {
		return err
	}
	return os.Rename(beside(root, "again", name), filepath.Join(root, name))
}

// unstage removes what was written beside, when there is no journal (any more).
func unstage(root string) error {
	beforeStep()
	if err := os.RemoveAll(filepath.Join(root, stagingDir)); err != nil {
		return err
	}
	_ = os.Remove(filepath.Join(root, filepath.Dir(stagingDir))) // it stays when something else is in it
	return nil
}

func beside(root, kind, name string) string { return filepath.Join(root, stagingDir, kind, name) }

func writeBeside(root, kind, name string, text []byte) error {
	beforeStep()
	path := beside(root, kind, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// digest tells contents apart, and no file from an empty one.
func digest(text []byte) string {
	if text == nil {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}
