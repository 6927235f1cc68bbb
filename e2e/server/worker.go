package server

import (
	"errors"
	"fmt"
	"os/exec"
)

// workerScript runs a command of Django, past a question that the Redis of the emulators has no answer to.
const workerScript = `import os, sys
sys.path.insert(0, os.environ['SOURCE'])
import redis
redis.Redis.client_list = lambda self, *args, **kwargs: []
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`

// StartWorker starts a process that does the server's jobs, for one whose settings have a queue. It ends with the
// server. It returns at once: a job that was asked for before is done, too.
func (s *Server) StartWorker() error {
	// The class does its jobs itself: one process to end, and each job begins at once.
	cmd := exec.Command(s.environment.Python(), "-c", workerScript, "rqworker", "--worker-class", "rq.SimpleWorker", "critical", "high", "default", "low")
	cmd.Dir = s.DataDir
	cmd.Env = environ(s.DataDir, append([]string{"SOURCE=" + s.environment.source()}, s.variables...)...)
	worker, err := startProcess(cmd, nil)
	if err != nil {
		return fmt.Errorf("starting a worker: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workers = append(s.workers, worker)
	return nil
}

func (s *Server) stopWorkers() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, worker := range s.workers {
		errs = append(errs, worker.stop())
	}
	return errors.Join(errs...)
}
