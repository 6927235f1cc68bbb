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
// (POST /api/projects/{id}/import). It holds in memory the batches under way and
// the one that is read, and of the others what the report says. The report is
// never nil. It says which are committed and where to go on, also beside an
// error, which is one of the sequence or of the first batch that is not
// committed: it wraps the [*ImportError] or [*Error] of the server, or is
// [ErrImportUnknown].
//
// No request is sent again whose outcome is not known, unless there is a
// [BatchOptions.Key]. [Repeatable] is refused.
func (s *ProjectsService) ImportSeq(ctx context.Context, projectID int64, tasks iter.Seq2[TaskInput, error], options BatchOptions, opts ...CallOption) (*ImportReport, error) {
	if tasks == nil {
		return &ImportReport{}, errors.New("labelstudio: there is no sequence of tasks to import")
	}
	return s.importBatches(ctx, projectID, encoded(tasks), options, opts)
}

// ImportReader is [ProjectsService.ImportSeq] for a file of tasks of any size,
// which is read as it is sent. An object with data is an item to import, with
// its annotations and predictions; any other is the data of a task. Values of a
// table are texts. What can't be read is [ErrTaskFile], and nothing of its batch
// is sent. While r gives nothing the import waits for it, also when ctx has ended:
// have r end with ctx if that may last.
func (s *ProjectsService) ImportReader(ctx context.Context, projectID int64, r io.Reader, format TaskFormat, options BatchOptions, opts ...CallOption) (*ImportReport, error) {
	if r == nil {
		return &ImportReport{}, errors.New("labelstudio: there is no reader of tasks to import")
	}
	return s.importBatches(ctx, projectID, readTasks(r, format, s.core.limits.element), options, opts)
}

// ImportTaskFile is [ProjectsService.ImportReader] for the file at path, whose
// suffix is that of its format: .json, .jsonl, .ndjson, .csv or .tsv.
//
// Unlike [ProjectsService.ImportFiles] it uploads no file: the server has the
// tasks alone, and reads a table's numbers as texts.
func (s *ProjectsService) ImportTaskFile(ctx context.Context, projectID int64, path string, options BatchOptions, opts ...CallOption) (*ImportReport, error) {
	format, err := taskFormatOf(path)
	if err != nil {
		return &ImportReport{}, err
	}
	file, err := os.Open(path)
	if err != nil {
		return &ImportReport{}, fmt.Errorf("labelstudio: %w", err)
	}
	report, err := s.ImportReader(ctx, projectID, file, format, options, opts...)
	if err != nil {
		err = fmt.Errorf("labelstudio: importing %s: %w", path, err)
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
	b := &batchImport{service: s, project: projectID, opts: opts}
	if ctx == nil {
		return &b.report, fmt.Errorf("labelstudio: importing into project %d: %w", projectID, wire.ErrNilContext)
	}
	if err := b.prepare(options); err != nil {
		return &b.report, err
	}
	err := b.run(ctx, tasks)
	return &b.report, errors.Join(err, b.reconcile(ctx, err == nil), b.journal.close())
}

func (b *batchImport) prepare(options BatchOptions) (err error) {
	if b.options, err = options.withDefaults(); err != nil {
		return err
	}
	switch of := wire.Apply(b.opts); {
	case of.Repeatable:
		return errors.New("labelstudio: an import is not repeatable: it would import twice; use BatchOptions.Key")
	case len(of.Responses) > 0 && b.options.Concurrency > 1:
		return errors.New("labelstudio: CaptureResponse keeps one answer, and requests are sent several at a time: leave one of them out")
	}
	if b.params, err = (ImportOptions{TaskIDs: options.TaskIDs, PreannotatedFrom: options.PreannotatedFrom}).params(); err != nil {
		return err
	}
	b.journal, err = openJournal(options.Checkpoint, journalHead{Server: b.service.core.base.String(), Project: b.project, Key: options.Key})
	return err
}

// run sends the batches, some at a time, until one is not committed.
func (b *batchImport) run(ctx context.Context, tasks iter.Seq2[json.RawMessage, error]) error {
	var wg sync.WaitGroup
	slots := make(chan struct{}, b.options.Concurrency)
	next := 0
	limit := func(first int) (int, bool) { return b.journal.limit(first, b.options.Tasks) }
	var failed error
	for batch, err := range batchesOf(tasks, b.options.Bytes, limit) {
		if failed = err; err != nil {
			break
		}
		row, known, err := b.journal.known(batch)
		if failed = err; err != nil { // before anything after it is sent
			break
		}
		next = batch[0].index + len(batch)
		slots <- struct{}{}
		if failed = b.stop(ctx); failed != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			b.settle(ctx, batch, row, known)
		})
	}
	wg.Wait()
	if b.stopped != nil {
		return b.stopped // what came first
	}
	if failed == nil {
		failed = b.journal.checkEnd(next)
	}
	return failed
}

// stop returns why no other batch may begin, if so.
func (b *batchImport) stop(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped == nil && ctx.Err() != nil {
		return stoppedBy(ctx)
	}
	return b.stopped
}

// stoppedBy is the error of a context that has ended, with its cause.
func stoppedBy(ctx context.Context) error {
	err := ctx.Err()
	if cause := context.Cause(ctx); !errors.Is(cause, err) {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return fmt.Errorf("labelstudio: the import stopped: %w", err)
}

// settle brings a batch to an end and notes it. row is what the checkpoint has
// of it, if it is known there.
func (b *batchImport) settle(ctx context.Context, batch []item, row journalRow, known bool) {
	done := ImportBatch{First: batch[0].index, Count: len(batch), Outcome: row.Outcome, Refused: row.Refused, Earlier: row.Outcome != ""}
	if row.Outcome == "" {
		b.send(ctx, batch, known, &done)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(done)
}

// note puts a batch into the report. b.mu is locked.
func (b *batchImport) note(done ImportBatch) {
	r := &b.report
	if done.settled() {
		r.Refused += len(done.Refused)
		r.Committed += done.Count - len(done.Refused)
	}
	if done.Err != nil && b.stopped == nil {
		b.stopped = done.Err
	}
	at, _ := slices.BinarySearchFunc(r.Batches, done.First, func(b ImportBatch, first int) int { return b.First - first })
	r.Batches = slices.Insert(r.Batches, at, done)
	for ; at < len(r.Batches) && r.Batches[at].First == r.Next && r.Batches[at].settled(); at++ {
		r.Next += r.Batches[at].Count
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
	left, sum := without(batch, done.Refused), b.journal.sum(batch)
	if maybe {
		done.Outcome, done.Err = BatchUnknown, errors.New("an earlier import did not see the answer: look what is there, delete the checkpoint and give the tasks that are not")
	}
	for sends := 0; ; sends++ {
		if done.Outcome == BatchUnknown {
			done.doubtful = true
			if again := b.lookFor(ctx, len(left), done); !again || sends == maxSends {
				break
			}
		}
		if ctx.Err() != nil {
			done.Outcome, done.Err = BatchUnsent, stoppedBy(ctx)
			break
		}
		body, err := b.body(left, done.First)
		if err == nil {
			err = b.journal.begin(sum, done)
		}
		if err != nil {
			done.Outcome, done.Err = BatchUnsent, err
			break
		}
		done.Outcome, done.TaskIDs, done.Err = b.post(ctx, body, len(left))
		var refused *ImportError
		if done.Outcome == BatchRefused && errors.As(done.Err, &refused) {
			named := refusedOf(left, refused)
			done.Refused = append(done.Refused, named...)
			if b.options.SkipRefused && len(named) > 0 {
				left = without(left, named)
				if done.Err = nil; len(left) > 0 {
					sends, done.Outcome = -1, ""
					continue
				}
			}
		}
		if done.Outcome != BatchUnknown {
			break
		}
	}
	if done.doubtful && done.Err != nil && done.Outcome != BatchUnknown { // what was sent before may come yet
		done.Outcome, done.Err = BatchUnknown, unknown(done.Err)
	}
	if done.Err != nil {
		are := "are " + string(done.Outcome)
		if done.Outcome == BatchUnknown {
			are = "may be on the server"
		}
		done.Err = fmt.Errorf("labelstudio: tasks %d to %d %s: %w", done.First, done.First+done.Count-1, are, done.Err)
	}
	if err := b.journal.end(sum, done); err != nil && done.Err == nil {
		done.Err = err
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
	case found >= count: // more if it was carried out twice, as will be seen
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
	raws, size := make([]json.RawMessage, len(batch)), 2
	for i, task := range batch {
		raws[i] = task.raw
		if b.options.Key != "" {
			var err error
			if raws[i], err = withKey(task.raw, b.options.Key, fmt.Sprint(batchKey(b.journal.run, first), task.index)); err != nil {
				return nil, fmt.Errorf("task %d: %w", task.index, err)
			}
		}
		size += len(raws[i]) + 1
	}
	body := append(make([]byte, 0, size), '[')
	for i, raw := range raws {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, raw...)
	}
	return append(body, ']'), nil
}

// post sends the body of a batch of some tasks once.
func (b *batchImport) post(ctx context.Context, body []byte, count int) (BatchOutcome, []int64, error) {
	// Any content goes through the request that is for forms.
	req, err := generated.NewProjectsImportMultipartRequest(ctx, b.project, b.params, "application/json", bytes.NewReader(body))
	answer, err := wire.Decode[*ImportSummary](b.service.core, req, err, []int{http.StatusCreated}, b.opts)
	summary, failed := b.service.imported(ctx, b.project, answer, err, b.opts)
	switch {
	case err != nil:
		return outcomeOf(err), nil, failed
	case failed != nil: // it was accepted, and is imported in the background
		return BatchUnknown, nil, failed
	case summary.TaskCount != int64(count):
		return BatchUnknown, nil, fmt.Errorf("%d tasks were sent and the server says that it made %d", count, summary.TaskCount)
	case len(summary.TaskIDs) > count: // the report would keep them
		return BatchUnknown, nil, fmt.Errorf("%d tasks were sent and the server gives %d ids", count, len(summary.TaskIDs))
	}
	return BatchCommitted, summary.TaskIDs, nil
}

// outcomeOf says what an error of an import shows of its tasks.
func outcomeOf(err error) BatchOutcome {
	var answer *Error
	switch {
	case neverSent(err):
		return BatchUnsent
	case errors.As(err, &answer) && answer.StatusCode >= 300 && answer.StatusCode < 500 && answer.StatusCode != http.StatusRequestTimeout:
		return BatchRefused
	}
	return BatchUnknown // also a 500: it may come after the tasks were committed
}

// refusedOf returns those of the tasks that were sent that the server named, each
// once, by their index in the input.
func refusedOf(sent []item, refused *ImportError) (named []RefusedItem) {
	seen := make([]bool, len(sent))
	for _, bad := range refused.Items {
		if bad.Index < len(sent) && !seen[bad.Index] {
			seen[bad.Index] = true
			named = append(named, RefusedItem{Index: sent[bad.Index].index, Reason: bad.Reason})
		}
	}
	return named
}

// without returns the tasks that were not refused.
func without(batch []item, refused []RefusedItem) []item {
	return slices.DeleteFunc(slices.Clone(batch), func(task item) bool {
		return slices.ContainsFunc(refused, func(bad RefusedItem) bool { return bad.Index == task.index })
	})
}
