package labelstudio

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/labelstudio-go/labelstudio/filter"
)

// batchKey is what the keys of all tasks of a batch begin with, and no other.
func batchKey(run string, first int) string { return fmt.Sprintf("%s-%d/", run, first) }

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
	until := time.Now().Add(b.options.Settle)
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		var now int
		if now, err = b.count(ctx, batchKey(b.journal.run, first)); err == nil {
			found = now
		}
		left := time.Until(until)
		if found == count || left <= 0 {
			return found, err
		}
		if err := sleep(ctx, min(wait, left)); err != nil {
			return found, err
		}
	}
}

// count asks how many tasks of the project have a key that holds some text
// (GET /api/tasks/).
func (b *batchImport) count(ctx context.Context, text string) (int, error) {
	query, err := Raw(map[string]any{"filters": filter.And(filter.Data(b.options.Key).Contains(text))})
	if err != nil {
		return 0, err
	}
	page, err := b.service.tasks.List(ctx, &TasksListParams{Project: &b.project, Query: queryText(query), PageSize: new(int64(1))}, b.opts...)
	if err != nil {
		return 0, err
	}
	return int(page.Total), nil
}
