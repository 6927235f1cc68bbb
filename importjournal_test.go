package labelstudio

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"testing"
)

// What is to be sent is on the disk before, or nothing is sent: a crash must not
// lose it. A pipe takes what is written and has no disk.
func TestJournalIsOnTheDisk(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a pipe waits for its reader")
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // nothing is read
	journal := &importJournal{file: writer}
	defer journal.close() //nolint:errcheck // it is of no use
	first := journal.begin("sum", &ImportBatch{Count: 1})
	var failed *fs.PathError
	if !errors.As(first, &failed) || failed.Op != "sync" {
		t.Errorf("error %v, want that of sync", first)
	}
	if again := journal.end("sum", &ImportBatch{Count: 1, Outcome: BatchCommitted}); !errors.Is(again, first) {
		t.Errorf("then %v", again)
	}
}
