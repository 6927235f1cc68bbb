package main

import (
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

func readNotes(dir string) (*notes, error) {
	n := new(notes)
	for name, into := range map[string]any{"freeform.yaml": &n.FreeForm, "evidence.yaml": &n.Evidence} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if err := yaml.Unmarshal(text, into); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return n, nil
}

// cites says whether evidence.yaml has a source for "Schema.property null".
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
