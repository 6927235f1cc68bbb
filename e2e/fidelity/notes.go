package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"
)

// notes are the checked-in reasons: what no recording shows.
type notes struct {
	FreeForm map[string]string            // place → why any JSON may stand there
	Evidence map[string]map[string]string // place → "null" or "absent" → where in the server's source
}

// readNotes reads the notes of all topics; a place stands in one file only.
func readNotes(dir string) (*notes, error) {
	n := &notes{FreeForm: map[string]string{}, Evidence: map[string]map[string]string{}}
	return n, errors.Join(readTopics(filepath.Join(dir, "freeform"), n.FreeForm), readTopics(filepath.Join(dir, "evidence"), n.Evidence))
}

func readTopics[T any](dir string, into map[string]T) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var topic map[string]T
		if err := yaml.Unmarshal(text, &topic); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for at, note := range topic {
			if _, taken := into[at]; taken {
				return fmt.Errorf("%s: %s stands in another file, too", file, at)
			}
			into[at] = note
		}
	}
	return nil
}

// cites says whether evidence/ has a source for "Schema.property null".
func (n *notes) cites(key string) bool { return slices.Contains(n.cited(), key) }

func (n *notes) cited() []string {
	var keys []string
	for _, at := range slices.Sorted(maps.Keys(n.Evidence)) {
		for _, kind := range slices.Sorted(maps.Keys(n.Evidence[at])) {
			if n.Evidence[at][kind] != "" {
				keys = append(keys, at+" "+kind)
			}
		}
	}
	return keys
}
