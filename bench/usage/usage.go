// Package usage tells what a program of the benchmarks takes for its tasks. Each
// of them carries it, so that it weighs the same in all.
package usage

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"time"
)

// Meter measures a program from [Start] to [Meter.Print].
type Meter struct {
	start  time.Time
	before runtime.MemStats
	tasks  int
	first  time.Duration
}

// Start begins to measure.
func Start() *Meter {
	m := &Meter{}
	runtime.ReadMemStats(&m.before)
	m.start = time.Now()
	return m
}

// Came counts tasks that are there.
func (m *Meter) Came(tasks int) {
	if m.tasks == 0 {
		m.first = time.Since(m.start)
	}
	m.tasks += tasks
}

// Print writes the line that the benchmarks read.
func (m *Meter) Print() {
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	allocs := 0.0
	if m.tasks > 0 {
		allocs = float64(after.Mallocs-m.before.Mallocs) / float64(m.tasks)
	}
	fmt.Printf(`{"tasks":%d,"first_ms":%.3f,"allocs":%.1f,"peak_kb":%d}`+"\n",
		m.tasks, float64(m.first.Microseconds())/1000, allocs, peakKB())
}

// peakKB is the peak of memory of this process. What the system tells the
// parent begins with the parent's own.
func peakKB() (kb int) {
	status, _ := os.ReadFile("/proc/self/status") // of Linux; 0 elsewhere
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	_, _ = fmt.Sscan(string(after), &kb)
	return kb
}
