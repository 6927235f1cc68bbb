package labelconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrTask is what every error of [Config.CheckTask] matches.
var ErrTask = errors.New("labelconfig: the task does not fit the label config")

// TaskError is one thing that is wrong with a task. It matches [ErrTask].
type TaskError struct {
	Path   string // such as data.text, or data.images[2].url
	Reason string
}

func (e *TaskError) Error() string { return "labelconfig: " + e.Path + ": " + e.Reason }

// Is makes it match [ErrTask].
func (e *TaskError) Is(target error) bool { return target == ErrTask }

// TaskErrors returns what an error of [Config.CheckTask] consists of.
func TaskErrors(err error) []*TaskError {
	var joined interface{ Unwrap() []error }
	var one *TaskError
	var all []*TaskError
	switch {
	case errors.As(err, &joined):
		for _, err := range joined.Unwrap() {
			all = append(all, TaskErrors(err)...)
		}
	case errors.As(err, &one):
		all = append(all, one)
	}
	return all
}

// undefined is the name that the server gives the column of a file without
// names: it stands for the first key of the config.
const undefined = "$undefined$"

// CheckTask says whether the server would import a task with this data into a
// project with this config: the keys that it asks for are there, and of a type
// that it takes. It returns nil, or one or several [*TaskError] that are joined:
// [TaskErrors] takes them apart.
//
// The data is the object of the keys, without {"data": …} around it. Whether the
// editor can show the task is another question: see [Config.CheckTaskStrict].
func (c *Config) CheckTask(data json.RawMessage) error { return c.check(data, false) }

// CheckTaskStrict is [Config.CheckTask] for what the server doesn't ask for but the
// editor needs, too: keys that are not required, and the items of what a
// Repeater or a valueList shows.
func (c *Config) CheckTaskStrict(data json.RawMessage) error { return c.check(data, true) }

func (c *Config) check(data json.RawMessage, strict bool) error {
	if c == nil {
		return &TaskError{"config", "there is none to check with: read one with Parse"}
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // or large ones fail
	var task map[string]any
	if err := decoder.Decode(&task); err != nil || task == nil || !json.Valid(data) {
		return &TaskError{"data", "it must be a JSON object"}
	}
	first := slices.IndexFunc(c.keys, func(key DataKey) bool { return key.Required })
	if value, ok := task[undefined]; ok && first >= 0 {
		task[c.keys[first].Key] = value
	}
	var problems []error
	for _, key := range c.keys {
		if key.Required || strict {
			problems = append(problems, key.check(task, strict)...)
		}
	}
	return errors.Join(problems...)
}

func (k DataKey) check(task map[string]any, strict bool) []error {
	path := "data." + strings.Join(k.Path, ".")
	value, ok := find(task, k.Path)
	if !ok {
		return []error{&TaskError{path, "missing: " + k.needed()}}
	}
	if got := typeOf(value); !slices.Contains(k.Types, got) {
		return []error{&TaskError{path, fmt.Sprintf("%s: %s as %s", got, k.needed(), joinTypes(k.Types))}}
	}
	if !strict {
		return nil
	}
	return k.checkItems(path, value)
}

// checkItems checks that each item of a Repeater's list has what is shown of it.
func (k DataKey) checkItems(path string, value any) []error {
	items, ok := value.([]any)
	if !ok || !slices.Equal(k.Types, []Type{TypeList}) {
		return nil
	}
	var problems []error
	for i, item := range items {
		at := path + "[" + strconv.Itoa(i) + "]"
		if len(k.Item) > 0 {
			at += "." + strings.Join(k.Item, ".")
		}
		if value, ok := find(item, k.Item); !ok || value == nil {
			problems = append(problems, &TaskError{at, "missing: " + k.needed()})
		}
	}
	return problems
}

// find goes down a path of keys.
func find(value any, path []string) (any, bool) {
	for _, key := range path {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = object[key]; !ok {
			return nil, false
		}
	}
	return value, true
}

// needed says who needs a key.
func (k DataKey) needed() string {
	use := k.decisive()
	name := ""
	if use.Name != "" {
		name = " name=" + strconv.Quote(use.Name)
	}
	return "the label config's <" + use.Tag + name + "> needs it"
}

func joinTypes(types []Type) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = string(t)
	}
	return strings.Join(words, ", ")
}

func typeOf(value any) Type {
	switch value.(type) {
	case string:
		return TypeString
	case json.Number:
		return TypeNumber
	case bool:
		return TypeBoolean
	case []any:
		return TypeList
	case map[string]any:
		return TypeObject
	}
	return TypeNull
}
