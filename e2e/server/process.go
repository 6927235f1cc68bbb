package server

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// process is a running process that leads a process group of its own.
type process struct {
	cmd    *exec.Cmd
	output *tail
	// done is closed when the process has ended.
	done chan struct{}

	stopOnce sync.Once
	stopErr  error
}

// startProcess starts a command with its output passed on to the log, which may be nil.
func startProcess(cmd *exec.Cmd, log io.Writer) (*process, error) {
	p := &process{cmd: cmd, output: &tail{next: log}, done: make(chan struct{})}
	ownGroup(cmd)
	cmd.Stdout, cmd.Stderr = p.output, p.output
	// What the process leaves behind may hold its output open; its end must not wait for that.
	cmd.WaitDelay = stopGrace
	started := make(chan error)
	go func() {
		// The process dies with the thread that started it, so that thread stays here until the process has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		_ = cmd.Wait() // how it ended is in cmd.ProcessState
		// At once, and nowhere later: once the group is empty the system may give its number to somebody else.
		_ = killGroup(cmd.Process.Pid)
		close(p.done)
	}()
	return p, <-started
}

// state says how the process ended. It may be called when done is closed.
func (p *process) state() string { return p.cmd.ProcessState.String() }

// stop ends the process group: it asks, waits, and then kills what is left. It may be called again, and returns the
// same.
func (p *process) stop() error {
	p.stopOnce.Do(func() {
		select {
		case <-p.done:
			return
		default:
		}
		err := terminateGroup(p.cmd.Process.Pid)
		select {
		case <-p.done:
			return
		case <-time.After(stopGrace):
			err = errors.Join(err, killGroup(p.cmd.Process.Pid))
		}
		select {
		case <-p.done:
		case <-time.After(2 * stopGrace):
			p.stopErr = fmt.Errorf("process %d cannot be stopped: %w", p.cmd.Process.Pid, errors.Join(err, os.ErrDeadlineExceeded))
		}
	})
	return p.stopErr
}
