package labelstudio

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// ErrCheckpoint is a checkpoint that can't be used: it is of another server,
// project or key, of other tasks, in use, or no checkpoint at all.
var ErrCheckpoint error = &sentinel{text: "the checkpoint can't be used"}

func badCheckpoint(format string, args ...any) error {
	return textError{fmt.Sprintf(format, args...), ErrCheckpoint}
}

// importJournal is the file of [BatchOptions.Checkpoint]: a line for the import,
// and one before and after each request. What is to be sent is on the disk
// before it is sent, so that after a crash nothing is taken for unsent that
// was sent.
type importJournal struct {
	run     string             // what the keys of this import begin with
	batches map[int]journalRow // by the index of the first task: what need not, or must not, be sent
	firsts  []int              // of batches, in order
	again   map[int]bool       // by the same: what was sent twice

	mu   sync.Mutex
	file *os.File // nil without a checkpoint
	err  error    // of the first write that failed: what follows would make no sense
}

// journalHead is the first line.
type journalHead struct {
	Server  string `json:"server"`
	Project int64  `json:"project"`
	Key     string `json:"key"`
	Run     string `json:"run"`
}

// journalRow is one of the other lines.
type journalRow struct {
	First   int           `json:"first"`
	Count   int           `json:"count,omitzero"`
	Sum     string        `json:"sum,omitzero"`     // of the tasks
	Outcome BatchOutcome  `json:"outcome,omitzero"` // none before the answer
	Refused []RefusedItem `json:"refused,omitzero"` // and so not sent again
}

// openJournal opens the checkpoint at path or begins one. Without a path there
// is none, and nothing is kept.
func openJournal(path string, head journalHead) (journal *importJournal, err error) {
	journal = &importJournal{run: rand.Text(), batches: map[int]journalRow{}, again: map[int]bool{}}
	if path == "" {
		return journal, nil
	}
	head.Run = journal.run
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, fmt.Errorf("labelstudio: the checkpoint: %w", err)
	}
	journal.file = file
	if err := journal.open(head); err != nil {
		return nil, errors.Join(fmt.Errorf("labelstudio: the checkpoint %s: %w", path, err), file.Close())
	}
	return journal, nil
}

func (j *importJournal) open(head journalHead) error {
	if err := lockFile(j.file); err != nil {
		return badCheckpoint("another import uses it: %v", err)
	}
	reader := bufio.NewReader(j.file)
	const begin = `{"server":`
	start, _ := reader.Peek(len(begin)) // what can't be read shows later
	if !strings.HasPrefix(begin, string(start)) {
		return badCheckpoint("the file is no checkpoint")
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(content, '\n') + 1 // a crash may have cut the last line
	if whole > 0 {
		if err := j.load(bytes.Split(content[:whole-1], []byte("\n")), head); err != nil {
			return err
		}
	}
	if err := j.file.Truncate(int64(whole)); err != nil {
		return err
	}
	if whole > 0 {
		return nil
	}
	if err := j.write(head); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(j.file.Name()))
}

func (j *importJournal) load(lines [][]byte, head journalHead) error {
	var found journalHead
	if err := json.Unmarshal(lines[0], &found); err != nil || found.Run == "" {
		return badCheckpoint("the file is no checkpoint")
	}
	j.run, found.Run = found.Run, head.Run
	if found != head {
		return badCheckpoint("it is of project %d of %s with the key %q, not of project %d of %s with the key %q",
			found.Project, found.Server, found.Key, head.Project, head.Server, head.Key)
	}
	for i, line := range lines[1:] {
		var row journalRow
		if err := json.Unmarshal(line, &row); err != nil {
			return badCheckpoint("line %d: %v", i+2, err)
		}
		if row.First < 0 || row.Count < 1 && row.Outcome != BatchUnsent {
			return badCheckpoint("line %d is of no batch", i+2)
		}
		if before, ok := j.batches[row.First]; ok && before.Outcome == "" && row.Outcome == "" && len(before.Refused) == len(row.Refused) {
			j.again[row.First] = true
		}
		if row.Outcome == BatchUnsent {
			delete(j.batches, row.First) // to be sent, in batches of any size
		} else {
			j.batches[row.First] = row
		}
	}
	j.firsts = slices.Sorted(maps.Keys(j.batches))
	return nil
}

// limit is for [batchesOf]: what the checkpoint has keeps its bounds.
func (j *importJournal) limit(first, most int) (count int, whole bool) {
	if row, ok := j.batches[first]; ok {
		return row.Count, true
	}
	if next, _ := slices.BinarySearch(j.firsts, first); next < len(j.firsts) {
		most = min(most, j.firsts[next]-first)
	}
	return most, false
}

// known returns what the checkpoint has of a batch. The tasks must be the same.
func (j *importJournal) known(batch []item) (row journalRow, ok bool, err error) {
	first := batch[0].index
	row, ok = j.batches[first]
	if ok && (row.Count != len(batch) || row.Sum != j.sum(batch)) {
		return row, true, badCheckpoint("labelstudio: the checkpoint is of other tasks: %d to %d are not those that were sent", first, first+row.Count-1)
	}
	return row, ok, nil
}

// checkEnd reports batches that were sent of tasks that are not given any more.
func (j *importJournal) checkEnd(tasks int) error {
	for first := range j.batches {
		if first >= tasks {
			return badCheckpoint("labelstudio: the checkpoint is of more tasks: task %d was sent, and %d are given", first, tasks)
		}
	}
	return nil
}

// begin notes that a batch is about to be sent, without those that were refused.
func (j *importJournal) begin(sum string, done *ImportBatch) error {
	return j.write(journalRow{First: done.First, Count: done.Count, Sum: sum, Refused: done.Refused})
}

// end notes what became of a batch.
func (j *importJournal) end(sum string, done *ImportBatch) error {
	switch {
	case done.Outcome == BatchUnknown:
		return nil // as it stands there
	case done.Err != nil: // nothing of it is on the server
		return j.write(journalRow{First: done.First, Outcome: BatchUnsent})
	}
	return j.write(journalRow{First: done.First, Count: done.Count, Sum: sum, Outcome: done.Outcome, Refused: done.Refused})
}

func (j *importJournal) write(row any) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil || j.err != nil {
		return j.err
	}
	line, err := Raw(row)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.err = fmt.Errorf("labelstudio: the checkpoint: %w", err)
	}
	return j.err
}

func (j *importJournal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// sum is a sum over the tasks of a batch, by which it is known again. Without a
// checkpoint nobody asks for it.
func (j *importJournal) sum(batch []item) string {
	if j.file == nil {
		return ""
	}
	hash := sha256.New()
	for _, task := range batch {
		hash.Write(task.raw)
		hash.Write([]byte{'\n'})
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}
