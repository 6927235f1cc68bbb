package labelstudio

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"time"
)

// BatchOptions says how an import of any size is cut into requests, and what
// becomes of those whose outcome is not known. The zero value sends up to 1,000
// tasks or 16 MiB at a time, one request after another, and stops at the first
// that is not committed.
type BatchOptions struct {
	// Tasks is the most tasks of a request, 1,000 by default. The server takes a
	// million.
	Tasks int
	// Bytes is the most bytes of a request, 16 MiB by default. The server takes
	// 250 MiB unless it is set otherwise, proxies often much less. A task that
	// is larger goes alone.
	Bytes int
	// Concurrency is the number of requests at a time, 1 by default. More
	// help a server on PostgreSQL; one on SQLite writes one at a time and gets
	// many times slower.
	Concurrency int

	// TaskIDs asks for the ids of the new tasks: see [ImportBatch].
	TaskIDs bool
	// PreannotatedFrom is as in [ImportOptions].
	PreannotatedFrom []string

	// SkipRefused sends a batch of which the server refused some tasks again
	// without these. They are in the report. By default the import stops there.
	SkipRefused bool

	// Key is a key that is added to the data of each task, such as "import_key",
	// and stays there, with a value that no other task has. Another import has
	// other values: it does not keep the same tasks from being imported again, as
	// a Checkpoint does. By it a batch whose outcome is not known is looked for on
	// the server, and goes again if the server has none of it. Without a key the
	// import stops there, and with a Checkpoint for good: then look what is there,
	// delete the checkpoint and give the tasks that are not. The key must be new to
	// the tasks, and can't be added later.
	Key string
	// Settle is how long such a batch is looked for, 2 minutes by default. The
	// server may commit long after the connection has broken: give more than the
	// longest time that it works on a request.
	Settle time.Duration
	// DeleteDuplicates deletes tasks that turn out to be on the server more than
	// once when all is done, such as those of a request that was carried out later
	// than Settle. One of each is left, or all that somebody has annotated or has
	// a draft of. Without it they are reported: see [ErrDuplicateTasks]. It needs a
	// Key. With a Checkpoint it can be seen to later by another call.
	DeleteDuplicates bool

	// Checkpoint is the path of a file that keeps what is done, so that an
	// import that has stopped, or whose process was killed, goes on when it is
	// called again with the same tasks. Tasks may be added behind the others; any
	// other change to those that were sent is [ErrCheckpoint]. The file is made if
	// it is not there and stays when all is done: then another call sends
	// nothing. Keep it where it lasts, beside the tasks. One import at a time can
	// use it (on Windows nothing sees to that). If the server has another address
	// now, change the one in the file's first line.
	Checkpoint string

	// Progress, if not nil, is told the report so far after each batch, one at
	// a time. Its Batches must not be kept.
	Progress func(ImportReport)
}

const (
	defaultBatchTasks  = 1000
	defaultBatchBytes  = 16 << 20
	defaultBatchSettle = 2 * time.Minute
)

// searchableKey is a key that a filter of the server can't take for anything else.
var searchableKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

func (o BatchOptions) withDefaults() (BatchOptions, error) {
	if o.Tasks < 0 || o.Bytes < 0 || o.Concurrency < 0 || o.Settle < 0 {
		return o, errors.New("labelstudio: a number in BatchOptions is negative: leave it 0 for the default")
	}
	if o.Key == "" && o.Settle > 0 {
		return o, errors.New("labelstudio: BatchOptions.Settle does nothing without BatchOptions.Key")
	}
	if o.Key == "" && o.DeleteDuplicates {
		return o, errors.New("labelstudio: BatchOptions.DeleteDuplicates knows tasks by their key: set BatchOptions.Key")
	}
	if o.Key != "" && (!searchableKey.MatchString(o.Key) || strings.Contains(o.Key, "__")) {
		return o, fmt.Errorf("labelstudio: BatchOptions.Key %q can't be looked for: use letters, digits and single underscores", o.Key)
	}
	o.Tasks = cmp.Or(o.Tasks, defaultBatchTasks)
	o.Bytes = cmp.Or(o.Bytes, defaultBatchBytes)
	o.Concurrency = cmp.Or(o.Concurrency, 1)
	o.Settle = cmp.Or(o.Settle, defaultBatchSettle)
	return o, nil
}

// BatchOutcome is what became of a batch.
type BatchOutcome string

// The outcomes of a batch.
const (
	// BatchCommitted is a batch that is on the server, once.
	BatchCommitted BatchOutcome = "committed"
	// BatchRefused is a batch of which the server took nothing.
	BatchRefused BatchOutcome = "refused"
	// BatchUnsent is a batch that has not reached the server.
	BatchUnsent BatchOutcome = "unsent"
	// BatchUnknown is a batch that may be on the server, now or later, or not.
	BatchUnknown BatchOutcome = "unknown"
)

// ImportBatch is a run of tasks that were sent in one request.
type ImportBatch struct {
	First   int // index of the first task in the whole input, from 0
	Count   int // tasks of the input, refused ones among them
	Outcome BatchOutcome
	Earlier bool // it was brought to its end by an earlier call, as the checkpoint has it
	// Refused are the tasks that the server named, by their index in the whole
	// input. If the batch is committed, it is without these.
	Refused []RefusedItem
	TaskIDs []int64 // of the new tasks, with [BatchOptions.TaskIDs] and unless it was found on the server or in the checkpoint
	Err     error   // why it is not committed, or can't be noted in the checkpoint

	doubtful bool // a request may have been carried out twice
}

// settled reports whether nothing is left to be done for the tasks: they are
// committed, or were refused and passed over.
func (b *ImportBatch) settled() bool {
	return b.Outcome == BatchCommitted || b.Outcome == BatchRefused && b.Err == nil
}

// ImportReport is what became of an import in batches.
type ImportReport struct {
	Committed int // tasks that were committed, by earlier calls as well
	Refused   int // tasks that were refused and passed over, with [BatchOptions.SkipRefused]
	// Next is the index in the input of the first task that is neither: from
	// there on the import must go on. It is the number of all tasks when it is
	// done. With [BatchOptions.Concurrency] later ones may be committed, too, as
	// Batches tells: let a Checkpoint see to that.
	Next int
	// Batches are those that were sent or found in the checkpoint, in order.
	Batches []ImportBatch
	// Duplicates are the tasks that were found on the server more than once, with
	// [BatchOptions.Key].
	Duplicates []DuplicateTask
}

// item is a task as it is sent and the number that it has in the input.
type item struct {
	index int
	raw   json.RawMessage
}

// batchesOf cuts a sequence of tasks into batches. limit says how many tasks
// the batch that begins with an index may have, and whether it has to have all
// of them, whatever their size. An error of the sequence comes after the batches
// before it; what has come of a batch is not given.
func batchesOf(tasks iter.Seq2[json.RawMessage, error], size int, limit func(first int) (count int, whole bool)) iter.Seq2[[]item, error] {
	return func(yield func([]item, error) bool) {
		var batch []item
		bytes, index := 0, 0
		count, whole := limit(0)
		for raw, err := range tasks {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(batch) > 0 && (len(batch) == count || !whole && bytes+len(raw)+1 > size) {
				if !yield(batch, nil) {
					return
				}
				batch, bytes = nil, 0
				count, whole = limit(index)
			}
			batch = append(batch, item{index, raw})
			bytes += len(raw) + 1
			index++
		}
		if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}
