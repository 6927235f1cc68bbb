package drift

import (
	_ "embed"
	"fmt"

	"gopkg.in/yaml.v3"
)

// Class says what drift means to a program that uses the client.
type Class string

// The classes, from harmless to not.
const (
	None       Class = "none"
	Compatible Class = "compatible" // what worked still works
	Breaking   Class = "breaking"
)

// classified is an entry of classes.yaml.
type classified struct {
	Level  string // of oasdiff: error, warning or info
	Class  Class
	Reason string // why the class does not follow from the level
}

//go:embed classes.yaml
var classesFile []byte

func readClasses() (map[string]classified, error) {
	classes := map[string]classified{}
	if err := yaml.Unmarshal(classesFile, &classes); err != nil {
		return nil, fmt.Errorf("gen/drift/classes.yaml: %w", err)
	}
	return classes, nil
}

// classify looks up the class of a change. oasdiff makes a change milder than
// its kind where it proves it harmless, such as in a property that is read-only;
// that counts. A replacement is as bad as the worse of its two.
func classify(classes map[string]classified, f finding) (classified, error) {
	entry, ok := classes[f.Check]
	if !ok {
		return entry, fmt.Errorf("gen/drift/classes.yaml: has no class for %s", f.Check)
	}
	if f.Level == "info" && entry.Level != "info" {
		entry.Class = Compatible
	}
	if f.With == nil {
		return entry, nil
	}
	other, err := classify(classes, *f.With)
	if worse(entry.Class, other.Class) != entry.Class {
		return other, err
	}
	return entry, err
}

// worse returns the worse of two classes.
func worse(a, b Class) Class {
	rank := map[Class]int{None: 0, Compatible: 1, Breaking: 2}
	if rank[b] > rank[a] {
		return b
	}
	return a
}
