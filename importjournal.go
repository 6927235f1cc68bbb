package labelstudio

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// ErrCheckpoint is a checkpoint that does not belong to the import: of another
// project, or of other tasks.
var ErrCheckpoint error = &sentinel{text: "the checkpoint is of another import"}

// importJournal is the file of [BatchOptions.Checkpoint]: a line for the import,
// and one before and after each request. What was to be sent is on the disk
// before it is sent, so that after a crash nothing is taken for unsent that
// was sent.
type importJournal struct {
	mu      sync.Mutex
	file    *os.File
	Run     string             // what the keys of this import begin with
	batches map[int]journalRow // by the index of the first task: what need not, or must not, be sent
}

// journalRow is a line of the file. The first has Project, the others First.
type journalRow struct {
	Project int64  `json:"project,omitzero"`
	Run     string `json:"run,omitzero"`
	Key     string `json:"key,omitzero"`

	First   int           `json:"first"`
	Count   int           `json:"count,omitzero"`
	Sum     string        `json:"sum,omitzero"`     // of the tasks
	Outcome BatchOutcome  `json:"outcome,omitzero"` // none before the answer
	Refused []RefusedItem `json:"refused,omitzero"`
}

func newRun() string { return rand.Text() }

// openJournal opens the checkpoint at path or begins one. Without a path there
// is none, and nothing is kept.
func openJournal(path string, projectID int64, key string) (journal *importJournal, err error) {
	journal = &importJournal{Run: newRun(), batches: map[int]journalRow{}}
	if path == "" {
		return journal, nil
	}
	if journal.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return nil, fmt.Errorf("labelstudio: the checkpoint: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("labelstudio: the checkpoint %s: %w", path, err), journal.file.Close())
		}
	}()
	content, err := io.ReadAll(journal.file)
	if err != nil {
		return nil, err
	}
	whole := bytes.LastIndexByte(content, '\n') + 1 // a crash may have cut the last line
	if err := journal.file.Truncate(int64(whole)); err != nil {
		return nil, err
	}
	if _, err := journal.file.Seek(int64(whole), io.SeekStart); err != nil {
		return nil, err
	}
	if whole == 0 {
		return journal, journal.write(journalRow{Project: projectID, Run: journal.Run, Key: key})
	}
	return journal, journal.load(bytes.Split(content[:whole-1], []byte("\n")), projectID, key)
}

func (j *importJournal) load(lines [][]byte, projectID int64, key string) error {
	for i, line := range lines {
		var row journalRow
		if err := json.Unmarshal(line, &row); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
		switch {
		case i == 0 && row.Project != projectID:
			return fmt.Errorf("%w: of project %d, not of %d", ErrCheckpoint, row.Project, projectID)
		case i == 0 && row.Key != key:
			return fmt.Errorf("%w: with the key %q, not %q", ErrCheckpoint, row.Key, key)
		case i == 0:
			j.Run = row.Run
		case row.Outcome == BatchUnsent:
			delete(j.batches, row.First) // to be sent, in batches of any size
		default:
			j.batches[row.First] = row
		}
	}
	return nil
}

// limit is for [batchesOf]: what the checkpoint has keeps its bounds.
func (j *importJournal) limit(first, most int) (count int, whole bool) {
	if row, ok := j.batches[first]; ok {
		return row.Count, true
	}
	for begin := range j.batches {
		if begin > first {
			most = min(most, begin-first)
		}
	}
	return most, false
}

// known returns what the checkpoint has of a batch. The tasks must be the same.
func (j *importJournal) known(batch []item) (row journalRow, ok bool, err error) {
	first := batch[0].index
	row, ok = j.batches[first]
	if ok && (row.Count != len(batch) || row.Sum != sumOf(batch)) {
		return row, true, fmt.Errorf("labelstudio: %w: tasks %d to %d are not those that were sent", ErrCheckpoint, first, first+row.Count-1)
	}
	return row, ok, nil
}

// begin notes that a batch is about to be sent.
func (j *importJournal) begin(batch []item) error {
	return j.write(journalRow{First: batch[0].index, Count: len(batch), Sum: sumOf(batch)})
}

// end notes what became of a batch.
func (j *importJournal) end(batch []item, done ImportBatch) error {
	row := journalRow{First: done.First, Count: done.Count, Sum: sumOf(batch), Outcome: done.Outcome, Refused: done.Refused}
	switch {
	case done.Outcome == BatchUnknown:
		return nil // as it stands there
	case done.Err != nil: // nothing of it is on the server
		row = journalRow{First: done.First, Outcome: BatchUnsent}
	}
	return j.write(row)
}

func (j *importJournal) write(row journalRow) error {
	if j.file == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	line, err := Raw(row)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("labelstudio: the checkpoint: %w", err)
	}
	return nil
}

func (j *importJournal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// sumOf is a sum over the tasks of a batch, by which it is known again.
func sumOf(batch []item) string {
	hash := sha256.New()
	for _, task := range batch {
		hash.Write(task.raw)
		hash.Write([]byte{'\n'})
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}
