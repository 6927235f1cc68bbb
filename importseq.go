package labelstudio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"slices"
	"sync"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// ErrImportUnknown is an import that stopped because the outcome of a request
// is not known: its tasks may be on the server, now or later, or not. Look
// before you send them again, or use [BatchOptions.Key].
var ErrImportUnknown error = &sentinel{text: "it is not known whether tasks were imported"}

// ImportSeq imports any number of tasks in batches
// (POST /api/projects/{id}/import), holding one batch in memory for each
// request under way. The report says which are committed and where to go on,
// also beside an error, which is one of the sequence or of the first batch that
// is not committed: it wraps the [*ImportError] or [*Error] of the server, or is
// [ErrImportUnknown].
//
// No request is sent again whose outcome is not known, unless there is a
// [BatchOptions.Key].
func (s *ProjectsService) ImportSeq(ctx context.Context, projectID int64, tasks iter.Seq2[TaskInput, error], options BatchOptions, opts ...CallOption) (*ImportReport, error) {
	return s.importBatches(ctx, projectID, encoded(tasks), options, opts)
}

// ImportReader is [ProjectsService.ImportSeq] for a file of tasks of any size,
// which is read as it is sent. An object with data is an item to import, with
// its annotations and predictions; any other is the data of a task. Values of a
// table are texts. What can't be read is [ErrTaskFile], and nothing of its batch
// is sent.
func (s *ProjectsService) ImportReader(ctx context.Context, projectID int64, r io.Reader, format TaskFormat, options BatchOptions, opts ...CallOption) (*ImportReport, error) {
	return s.importBatches(ctx, projectID, readTasks(r, format), options, opts)
}

// ImportFile is [ProjectsService.ImportReader] for the file at path, whose
// suffix is that of its format: .json, .jsonl, .ndjson, .csv or .tsv.
//
// Unlike [ProjectsService.ImportFiles] it uploads no file: the server has the
// tasks alone, and reads a table's numbers as texts.
func (s *ProjectsService) ImportFile(ctx context.Context, projectID int64, path string, options BatchOptions, opts ...CallOption) (*ImportReport, error) {
	format, err := taskFormatOf(path)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("labelstudio: %w", err)
	}
	report, err := s.ImportReader(ctx, projectID, file, format, options, opts...)
	if err != nil {
		err = fmt.Errorf("importing %s: %w", path, err)
	}
	return report, errors.Join(err, file.Close())
}

func encoded(tasks iter.Seq2[TaskInput, error]) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		index := 0
		for task, err := range tasks {
			var raw json.RawMessage
			if err == nil {
				raw, err = Raw(task)
			}
			if err != nil {
				yield(nil, fmt.Errorf("labelstudio: task %d: %w", index, err))
				return
			}
			if !yield(raw, nil) {
				return
			}
			index++
		}
	}
}

// batchImport is an import in batches that is under way.
type batchImport struct {
	service *ProjectsService
	project int64
	options BatchOptions
	params  *ProjectsImportParams
	opts    []CallOption
	journal *importJournal

	mu      sync.Mutex
	report  ImportReport
	stopped error // why no other batch may begin
}

func (s *ProjectsService) importBatches(ctx context.Context, projectID int64, tasks iter.Seq2[json.RawMessage, error], options BatchOptions, opts []CallOption,
) (*ImportReport, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	params, err := ImportOptions{TaskIDs: options.TaskIDs, PreannotatedFrom: options.PreannotatedFrom}.params()
	if err != nil {
		return nil, err
	}
	journal, err := openJournal(options.Checkpoint, projectID, options.Key)
	if err != nil {
		return nil, err
	}
	b := &batchImport{service: s, project: projectID, options: options, params: params, opts: opts, journal: journal}
	err = errors.Join(b.run(ctx, tasks), journal.close())
	return &b.report, err
}

// run sends the batches, some at a time, until one is not committed.
func (b *batchImport) run(ctx context.Context, tasks iter.Seq2[json.RawMessage, error]) error {
	var wg sync.WaitGroup
	slots := make(chan struct{}, b.options.Concurrency)
	limit := func(first int) (int, bool) { return b.journal.limit(first, b.options.Tasks) }
	var failed error
	for batch, err := range batchesOf(tasks, b.options.Bytes, limit) {
		if failed = err; err != nil {
			break
		}
		slots <- struct{}{}
		if failed = b.stop(ctx); failed != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			b.settle(ctx, batch)
		})
	}
	wg.Wait()
	if b.stopped != nil {
		return b.stopped // what came first
	}
	return failed
}

// stop returns why no other batch may begin, if so.
func (b *batchImport) stop(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped == nil && ctx.Err() != nil {
		return fmt.Errorf("labelstudio: the import stopped: %w", context.Cause(ctx))
	}
	return b.stopped
}

// settle brings a batch to an end and notes it.
func (b *batchImport) settle(ctx context.Context, batch []item) {
	row, known, err := b.journal.known(batch)
	done := ImportBatch{First: batch[0].index, Count: len(batch), Outcome: row.Outcome, Refused: row.Refused, Err: err}
	switch {
	case err != nil:
		done.Outcome = BatchUnsent
	case known && row.Outcome != "": // in an earlier call
	default:
		b.send(ctx, batch, known, &done)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(done)
}

// note puts a batch into the report. b.mu is locked.
func (b *batchImport) note(done ImportBatch) {
	r := &b.report
	if done.Err == nil {
		r.Refused += len(done.Refused)
		r.Committed += done.Count - len(done.Refused)
	} else if b.stopped == nil {
		b.stopped = done.Err
	}
	r.Batches = append(r.Batches, done)
	slices.SortFunc(r.Batches, func(a, b ImportBatch) int { return a.First - b.First })
	r.Next = 0
	for _, batch := range r.Batches {
		if batch.First != r.Next || batch.Err != nil {
			break
		}
		r.Next += batch.Count
	}
	if b.options.Progress != nil {
		b.options.Progress(*r)
	}
}

// maxSends bounds how often a batch is sent of which the server turned out to
// have nothing.
const maxSends = 3

// send sends a batch until its outcome is known, as far as the options allow,
// and puts that into done. maybe says that it may have been sent before.
func (b *batchImport) send(ctx context.Context, batch []item, maybe bool, done *ImportBatch) {
	left, sends := slices.Clone(batch), 0
	if maybe {
		done.Outcome, done.Err = BatchUnknown, errors.New("it was sent by a process that did not see the answer")
	}
	for {
		if done.Outcome == BatchUnknown {
			again := b.lookFor(ctx, len(left), done)
			if !again || sends == maxSends {
				break
			}
		}
		if err := ctx.Err(); err != nil {
			done.Outcome, done.Err = BatchUnsent, context.Cause(ctx)
			break
		}
		if sends == 0 {
			if err := b.journal.begin(batch); err != nil {
				done.Outcome, done.Err = BatchUnsent, err
				return
			}
		}
		sends++
		body, err := b.body(left, done.First)
		if err != nil {
			done.Outcome, done.Err = BatchUnsent, err
			break
		}
		done.Outcome, done.TaskIDs, done.Err = b.post(ctx, body)
		var refused *ImportError
		if done.Outcome == BatchRefused && errors.As(done.Err, &refused) {
			left = withoutRefused(left, refused, done)
			if b.options.SkipRefused && len(left) > 0 {
				sends, done.Outcome, done.Err = 1, "", nil
				continue
			}
			if b.options.SkipRefused {
				done.Err = nil // all of it is in the report
			}
		}
		if done.Outcome != BatchUnknown {
			break
		}
	}
	if err := b.journal.end(batch, *done); err != nil && done.Err == nil {
		done.Err = err
	}
	if done.Err != nil {
		done.Err = fmt.Errorf("labelstudio: tasks %d to %d are %s: %w", done.First, done.First+done.Count-1, done.Outcome, done.Err)
	}
}

// lookFor makes of an unknown outcome a known one, if it can. It reports
// whether the batch may be sent again.
func (b *batchImport) lookFor(ctx context.Context, count int, done *ImportBatch) (again bool) {
	if b.options.Key == "" || ctx.Err() != nil {
		done.Err = unknown(done.Err)
		return false
	}
	found, err := b.search(ctx, done.First, count)
	switch {
	case found == count:
		done.Outcome, done.Err = BatchCommitted, nil
		return false
	case err != nil:
		done.Err = unknown(errors.Join(done.Err, err))
		return false
	case found > 0 || ctx.Err() != nil:
		done.Err = unknown(fmt.Errorf("the server has %d of %d: %w", found, count, done.Err))
		return false
	}
	done.Err = unknown(done.Err) // unless it is sent again
	return true
}

func unknown(err error) error { return fmt.Errorf("%w: %w", ErrImportUnknown, err) }

// body is a batch as it is sent.
func (b *batchImport) body(batch []item, first int) ([]byte, error) {
	body := []byte{'['}
	for i, task := range batch {
		raw := task.raw
		if b.options.Key != "" {
			var err error
			if raw, err = withKey(raw, b.options.Key, fmt.Sprint(batchKey(b.journal.Run, first), task.index)); err != nil {
				return nil, fmt.Errorf("task %d: %w", task.index, err)
			}
		}
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, raw...)
	}
	return append(body, ']'), nil
}

// post sends the body of a batch once.
func (b *batchImport) post(ctx context.Context, body []byte) (BatchOutcome, []int64, error) {
	// Any content goes through the request that is for forms.
	req, err := generated.NewProjectsImportMultipartRequest(ctx, b.project, b.params, "application/json", bytes.NewReader(body))
	summary, err := wire.Decode[*ImportSummary](b.service.core, req, err, []int{http.StatusCreated}, b.opts)
	if summary, err = b.service.imported(ctx, b.project, summary, err, b.opts); err != nil {
		return outcomeOf(err), nil, err
	}
	return BatchCommitted, summary.TaskIDs, nil
}

// outcomeOf says what an error of an import shows of its tasks.
func outcomeOf(err error) BatchOutcome {
	var answer *Error
	switch {
	case errors.As(err, &answer) && answer.StatusCode >= 300 && answer.StatusCode < 500:
		return BatchRefused
	case errors.As(err, &answer):
		return BatchUnknown // a 500 may come after the tasks were committed
	case neverSent(err):
		return BatchUnsent
	}
	return BatchUnknown
}

// withoutRefused returns the tasks that the server did not name, and adds those
// that it did to done.
func withoutRefused(batch []item, refused *ImportError, done *ImportBatch) (left []item) {
	reasons := map[int]string{}
	for _, bad := range refused.Items {
		reasons[bad.Index] = bad.Reason
	}
	for i, task := range batch {
		if reason, ok := reasons[i]; ok {
			done.Refused = append(done.Refused, RefusedItem{Index: task.index, Reason: reason})
		} else {
			left = append(left, task)
		}
	}
	return left
}
