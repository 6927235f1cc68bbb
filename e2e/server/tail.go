package server

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// tailSize is how much of a log is kept to explain a failure.
const tailSize = 16 << 10

// tail passes a log on and keeps its end.
type tail struct {
	mu   sync.Mutex
	next io.Writer
	kept []byte
}

// Write never fails: a log that nobody can take any more is no reason to end what writes it.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next != nil {
		_, _ = t.next.Write(p)
	}
	t.kept = append(t.kept, p...)
	if excess := len(t.kept) - tailSize; excess > 0 {
		t.kept = bytes.Clone(t.kept[excess:])
	}
	return len(p), nil
}

// String returns what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}

// lastLines returns the last lines that hold anything, indented.
func (t *tail) lastLines(count int) string {
	var lines []string
	for line := range strings.Lines(t.String()) {
		if line = strings.TrimRight(line, " \r\n"); line != "" {
			lines = append(lines, "\t"+line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
