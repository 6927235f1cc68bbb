package emulator

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// program is a running program that ends when its standard input does, so that it never outlives the tests.
type program struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout io.Reader
	stderr bytes.Buffer
}

// start runs a program in a folder until stop or the end of this process.
func start(folder, name string, args ...string) (*program, error) {
	p := &program{cmd: exec.Command(name, args...)}
	p.cmd.Dir, p.cmd.Stderr = folder, &p.stderr
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.stdin, p.stdout = stdin, stdout
	return p, p.cmd.Start()
}

// stop ends the program and waits until it has ended. The error has what it said.
func (p *program) stop() error {
	_ = p.stdin.Close() // which is what ends it
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w: %s", p.cmd, err, strings.TrimSpace(p.stderr.String()))
	}
	return nil
}
