package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// usage is what a program took for its work.
type usage struct {
	Tasks   int     `json:"tasks"`
	FirstMS float64 `json:"first_ms"` // until the first task was there
	Allocs  float64 `json:"allocs"`   // for each task
	PeakKB  float64 `json:"peak_kb"`  // of memory

	wall, cpu float64 // seconds
}

// run runs a program to its end. What it prints last is a usage.
func run(ctx context.Context, program string, args ...string) (usage, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	start := time.Now()
	output, err := cmd.Output()
	took := time.Since(start)
	if err != nil {
		return usage{}, fmt.Errorf("%s %s: %w", program, strings.Join(args, " "), err)
	}
	var u usage
	if err := json.Unmarshal(output, &u); err != nil {
		return usage{}, fmt.Errorf("%s printed %q: %w", program, output, err)
	}
	state := cmd.ProcessState
	u.wall, u.cpu = took.Seconds(), (state.UserTime() + state.SystemTime()).Seconds()
	return u, nil
}

// replayServer is a replay server that has been started.
type replayServer struct {
	url   string
	cmd   *exec.Cmd
	stdin io.Closer
}

func startReplay(ctx context.Context, program string, args ...string) (*replayServer, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the replay server: %w", err), cmd.Wait())
	}
	return &replayServer{strings.TrimSpace(url), cmd, stdin}, nil
}

func (s *replayServer) stop() error { return errors.Join(s.stdin.Close(), s.cmd.Wait()) }

// measure runs two programs in turn and returns all runs of each.
func measure(rounds int, ours, peer func() (usage, error)) (a, b []usage, err error) {
	for range rounds {
		one, err := ours()
		if err != nil {
			return nil, nil, err
		}
		other, err := peer()
		if err != nil {
			return nil, nil, err
		}
		if one.Tasks != other.Tasks {
			return nil, nil, fmt.Errorf("one did %d tasks, the other %d", one.Tasks, other.Tasks)
		}
		a, b = append(a, one), append(b, other)
	}
	return a, b, nil
}

// middle is the median of what get takes from the runs.
func middle(runs []usage, get func(usage) float64) float64 {
	values := make([]float64, len(runs))
	for i, u := range runs {
		values[i] = get(u)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
