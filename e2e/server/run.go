package server

import (
	"io"
	"os/exec"
	"runtime"
	"time"
)

// stopGrace is how long a process may take to end when it is asked to.
const stopGrace = 5 * time.Second

// run runs a command to its end with all its output in one place. When the command's context ends, so do the command
// and all it started.
func run(cmd *exec.Cmd, output io.Writer) error {
	ownGroup(cmd)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.Cancel = func() error { return killGroup(cmd.Process.Pid) }
	cmd.WaitDelay = stopGrace
	// The process dies with the thread that started it, which therefore must not be given away meanwhile.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return cmd.Run()
}
