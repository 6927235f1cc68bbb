// Package server installs a real Label Studio server, lets it describe its API, and runs it for tests: on this machine
// only, with an administrator whose credentials are known, and with everything gone when it is stopped.
//
// It needs a Python (see [FindPython]) and, the first time, a Python package index.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options says how [Start] runs a server. The zero value runs the locked version as Label Studio comes: with legacy
// tokens turned off.
type Options struct {
	// Environment is the installed server. Default: what Install gives without options.
	Environment *Environment
	// LegacyTokens lets the organization use legacy API tokens, such as LegacyToken. When false, the administrator has
	// a Personal Access Token from the start; when true, not before PAT is called.
	LegacyTokens bool
	// Env adds variables, as "NAME=value", to the server's environment. They win over those that Start sets. Nothing is
	// taken over from the environment of this process but what programs need to run.
	Env []string
	// Log receives what the server prints. It is written to by one goroutine at a time. Default: dropped.
	Log io.Writer
	// Progress is told, in one line without a line end, before a step that takes long. Default: nobody is.
	Progress func(line string)
}

// Server is a running Label Studio server with one organization and one administrator, both with id 1. Its methods
// may be called from several goroutines.
type Server struct {
	// URL is the server's base address, without a slash at the end.
	URL string
	// Version is the version of Label Studio.
	Version string
	// DataDir is the server's data folder. Stop removes it.
	DataDir string

	process *process
	// environment and variables are what the server was started with.
	environment *Environment
	variables   []string

	mu      sync.Mutex
	pat     string
	workers []*process

	stopOnce sync.Once
	stopErr  error
}

const (
	// startLimit ends the wait for a server that runs and does not answer, when the context does not.
	startLimit = 3 * time.Minute
	// startAttempts is how often another port is tried when one is taken between its choice and its use.
	startAttempts = 5
	// healthPoll is how often a starting server is looked at.
	healthPoll = 50 * time.Millisecond
)

// Start installs the server and migrates a database where that was not done before, starts a server on a free port of
// 127.0.0.1 with a copy of that database, and returns when it answers. With everything in the cache this takes a few
// seconds; the first time, some minutes.
//
// The context bounds Start, not the server: end it with Stop. On Linux it also ends when this process does; elsewhere a
// program that is interrupted must still call Stop.
//
// The error says what to do where that is known; when the server ended early, it holds the last lines of its log.
func Start(ctx context.Context, options Options) (*Server, error) {
	env := options.Environment
	if env == nil {
		var err error
		if env, err = Install(ctx, InstallOptions{Progress: options.Progress}); err != nil {
			return nil, err
		}
	}
	if err := env.ensureData(ctx, options.Progress); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "labelstudio-server-")
	if err != nil {
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	server := &Server{Version: env.Version, DataDir: filepath.Join(dir, "data"), environment: env, variables: options.Env}
	if err := server.start(ctx, env, options); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	return server, nil
}

func (s *Server) start(ctx context.Context, env *Environment, options Options) error {
	if err := os.CopyFS(s.DataDir, os.DirFS(env.data())); err != nil {
		return fmt.Errorf("copying the migrated database: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	launch := func(port int) *exec.Cmd {
		cmd := exec.Command(env.program(), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", strconv.Itoa(port))
		cmd.Dir = s.DataDir
		cmd.Env = environ(s.DataDir, options.Env...)
		return cmd
	}
	var err error
	if s.process, s.URL, err = startOnFreePort(limited, launch, options.Log); err != nil {
		return err
	}
	if options.LegacyTokens {
		return nil
	}
	return s.DisableLegacyTokens(limited)
}

// startOnFreePort starts a server and waits until it answers.
func startOnFreePort(ctx context.Context, launch func(port int) *exec.Cmd, log io.Writer) (*process, string, error) {
	for attempt := 1; ; attempt++ {
		port, err := freePort()
		if err != nil {
			return nil, "", fmt.Errorf("looking for a free port: %w", err)
		}
		process, err := startProcess(launch(port), log)
		if err != nil {
			return nil, "", fmt.Errorf("starting the server: %w", err)
		}
		url, err := process.waitReady(ctx)
		if err == nil {
			return process, url, nil
		}
		err = errors.Join(err, process.stop())
		if attempt == startAttempts || !strings.Contains(process.output.String(), "port is already in use") {
			return nil, "", err
		}
	}
}

// freePort returns a port that nobody listens on at this moment.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	return port, listener.Close()
}

// listening is what the server prints when it has its port. Label Studio takes another port than it was told when that
// one is in use, so only this line tells which one is its own.
var listening = regexp.MustCompile(`Starting development server at (http://127\.0\.0\.1:\d+)/`)

// waitReady waits until the server answers and returns its address.
func (p *process) waitReady(ctx context.Context) (string, error) {
	ticker := time.NewTicker(healthPoll)
	defer ticker.Stop()
	for {
		if found := listening.FindStringSubmatch(p.output.String()); found != nil && healthy(ctx, found[1]) {
			return found[1], nil
		}
		select {
		case <-p.done:
			return "", fmt.Errorf("the server ended before it answered (%s); its last lines:\n%s", p.state(), p.output.lastLines(10))
		case <-ctx.Done():
			return "", fmt.Errorf("the server did not answer in time: %w; its last lines:\n%s", ctx.Err(), p.output.lastLines(10))
		case <-ticker.C:
		}
	}
}

// direct talks to the started server: past any proxy, and without a connection that outlives the call.
var direct = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}

func healthy(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/health", http.NoBody)
	if err != nil {
		return false
	}
	response, err := direct.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// Stop ends the server and all it started, and removes its data folder. It may be called again, and returns the same.
func (s *Server) Stop() error {
	s.stopOnce.Do(func() {
		s.stopErr = s.stopWorkers()
		if s.process != nil {
			s.stopErr = errors.Join(s.stopErr, s.process.stop())
		}
		if err := os.RemoveAll(filepath.Dir(s.DataDir)); err != nil {
			s.stopErr = errors.Join(s.stopErr, fmt.Errorf("removing the server's data: %w", err))
		}
	})
	return s.stopErr
}
