package labelstudio

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/labelstudio-go/labelstudio/filter"
)

// runKey is what the keys of all tasks of an import begin with, and no other.
func runKey(run string) string { return run + "-" }

// batchKey is what the keys of all tasks of a batch begin with, and no other.
func batchKey(run string, first int) string { return fmt.Sprintf("%s%d/", runKey(run), first) }

// withKey adds a key to the data of a task. All else stays as it is.
func withKey(task json.RawMessage, key, value string) (json.RawMessage, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(task, &object); err != nil {
		return nil, err
	}
	var data map[string]json.RawMessage
	if err := json.Unmarshal(object["data"], &data); err != nil {
		return nil, fmt.Errorf("its data: %w", err)
	}
	if _, ok := data[key]; ok {
		return nil, fmt.Errorf("its data has the key %q of the import already: choose another for BatchOptions.Key", key)
	}
	pair := fmt.Sprintf("{%q:%q", key, value)
	if len(data) > 0 {
		pair += ","
	}
	object["data"] = slices.Concat([]byte(pair), bytes.TrimSpace(object["data"])[1:])
	return Raw(object)
}

// search tells how many tasks of a batch are on the server, as soon as all of
// them are there or else at the end of the settle time. Until then a search that
// fails is only tried again.
func (b *batchImport) search(ctx context.Context, first, count int) (found int, err error) {
	text := batchKey(b.journal.run, first)
	counter := b.withKeyOf(text)
	look := func() (done bool, _ error) {
		var total int64
		if total, err = counter.count(ctx, All()); err == nil {
			found = int(total)
		}
		return found >= count, nil
	}
	settle, cancel := context.WithTimeout(ctx, b.options.Settle)
	defer cancel()
	what := func() string { return fmt.Sprintf("the tasks with the key %s", text) }
	if poll(settle, what, look) != nil && ctx.Err() == nil {
		_, _ = look() // once more, as the time is over
	}
	return found, err
}

// withKeyOf counts the tasks whose key has a text in it.
func (b *batchImport) withKeyOf(text string) taskCounter {
	return taskCounter{b.service.tasks.TasksService, b.project, filter.And(filter.Data(b.options.Key).Contains(text)), b.opts}
}
