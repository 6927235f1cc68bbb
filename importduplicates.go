package labelstudio

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ErrDuplicateTasks is an import of which tasks are on the server more than
// once: [ImportReport.Duplicates] says which.
var ErrDuplicateTasks error = &sentinel{text: "tasks were imported more than once"}

// DuplicateTask is a task of the input that is on the server more than once.
type DuplicateTask struct {
	Index   int     // in the whole input, from 0
	TaskIDs []int64 // of all that were found, in order
	Deleted []int64 // those of them that were deleted
}

// reconcile looks for tasks that are on the server more than once: in the
// batches that may have been carried out twice, and in all if there are more
// tasks than were committed.
func (b *batchImport) reconcile(ctx context.Context, complete bool) error {
	if b.options.Key == "" {
		return nil
	}
	if ctx.Err() != nil {
		if !complete {
			return nil // the import has failed with it
		}
		return notReconciled(stoppedBy(ctx))
	}
	all := false
	if complete && b.report.Committed > 0 {
		total, err := b.withKeyOf(runKey(b.journal.run)).count(ctx, All())
		if err != nil {
			return notReconciled(err)
		}
		all = total > int64(b.report.Committed)
	}
	for _, batch := range b.report.Batches {
		if !batch.settled() || !all && !batch.doubtful && !b.journal.again[batch.First] {
			continue
		}
		duplicates, err := b.duplicatesOf(ctx, batch)
		b.report.Duplicates = append(b.report.Duplicates, duplicates...)
		if err != nil {
			return notReconciled(err)
		}
	}
	return b.report.duplicated()
}

// duplicatesOf finds the duplicates of a batch, and deletes them if asked.
func (b *batchImport) duplicatesOf(ctx context.Context, batch ImportBatch) (duplicates []DuplicateTask, err error) {
	copies, err := b.copies(ctx, batch)
	if err != nil {
		return nil, err
	}
	if want := batch.Count - len(batch.Refused); len(copies) < want {
		return nil, fmt.Errorf("of tasks %d to %d the server has %d in place of %d: give those that are missing",
			batch.First, batch.First+batch.Count-1, len(copies), want)
	}
	var spares [][]int64
	for _, index := range slices.Sorted(maps.Keys(copies)) {
		if len(copies[index]) > 1 {
			duplicate, spare := newDuplicate(index, copies[index])
			duplicates, spares = append(duplicates, duplicate), append(spares, spare)
		}
	}
	ids := slices.Concat(spares...)
	if !b.options.DeleteDuplicates || len(ids) == 0 {
		return duplicates, nil
	}
	if _, err := b.service.tasks.DeleteSelected(ctx, b.project, IDs(ids...), b.opts...); err != nil {
		return duplicates, err
	}
	for i := range duplicates {
		duplicates[i].Deleted = spares[i]
	}
	return duplicates, nil
}

func notReconciled(err error) error {
	return fmt.Errorf("labelstudio: it could not be seen to that each task is on the server once; with a Checkpoint, call again: %w", err)
}

// duplicated is the error of tasks that are still there more than once.
func (r *ImportReport) duplicated() error {
	var left []DuplicateTask
	for _, task := range r.Duplicates {
		if len(task.TaskIDs)-len(task.Deleted) > 1 {
			left = append(left, task)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return textError{
		fmt.Sprintf("labelstudio: tasks were imported more than once, %d in number: task %d has the ids %v; see ImportReport.Duplicates and BatchOptions.DeleteDuplicates",
			len(left), left[0].Index, left[0].TaskIDs),
		ErrDuplicateTasks,
	}
}

// taskCopy is one of the tasks with the same key.
type taskCopy struct {
	id          int64
	annotations int64
	touched     bool // somebody has a draft or changed something, or that can't be told
}

// maxCopies is far more than the number of times that a batch may be sent.
const maxCopies = 100

// copies returns the tasks of a batch that are on the server, by their index in
// the input.
func (b *batchImport) copies(ctx context.Context, batch ImportBatch) (map[int][]taskCopy, error) {
	begin := batchKey(b.journal.run, batch.First)
	found, seen := map[int][]taskCopy{}, 0
	tasks := TaskFilter{Project: b.project, Where: b.withKeyOf(begin).filters, Annotations: true, RawURIs: true}
	for task, err := range b.service.tasks.All(ctx, tasks, b.opts...) {
		if err != nil {
			return nil, err
		}
		if seen++; seen > maxCopies*batch.Count {
			return nil, endless("more than %d tasks have come of %d that were imported", maxCopies*batch.Count, batch.Count)
		}
		var data map[string]any
		if err := RawInto(task.Data, &data); err != nil {
			return nil, fmt.Errorf("labelstudio: the data of task %d: %w", task.ID, err)
		}
		key, _ := data[b.options.Key].(string)
		if index, err := strconv.Atoi(strings.TrimPrefix(key, begin)); err == nil {
			found[index] = append(found[index], taskCopy{
				id:          task.ID,
				annotations: *orDefault(task.TotalAnnotations, 0) + *orDefault(task.CancelledAnnotations, 0),
				touched:     task.TotalAnnotations == nil || task.CancelledAnnotations == nil || *orDefault(task.DraftExists, true) || len(task.UpdatedBy) > 0,
			})
		}
	}
	return found, nil
}

// newDuplicate makes of the copies of a task what the report says of them.
// spare are those that can go: all that nobody has begun to work on, but for one
// of the whole.
func newDuplicate(index int, copies []taskCopy) (duplicate DuplicateTask, spare []int64) {
	imported := slices.MinFunc(copies, func(a, b taskCopy) int { return cmp.Compare(a.annotations, b.annotations) }).annotations
	duplicate.Index = index
	for _, task := range copies { // in the order of their ids
		duplicate.TaskIDs = append(duplicate.TaskIDs, task.id)
		if task.annotations == imported && !task.touched {
			spare = append(spare, task.id)
		}
	}
	if len(spare) == len(copies) {
		spare = spare[1:]
	}
	return duplicate, spare
}
