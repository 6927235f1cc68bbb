//go:build unix

package server

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fakeEnvironment is an installed server that is not one: its program is the test binary.
func fakeEnvironment(t *testing.T) *Environment {
	t.Helper()
	python, _ := fakePython(t, "", "")
	env, err := Install(t.Context(), InstallOptions{Python: python, Version: "1.99.0", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// as makes the started program play a role.
func as(role string) []string { return []string{fakeVariable + "=" + role} }

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	server, err := Start(t.Context(), Options{Environment: fakeEnvironment(t), Env: as("server"), Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(server.DataDir + "/label_studio.sqlite3"); err != nil || string(got) != "migrated\n" {
		t.Errorf("the data are not a copy of the migrated ones: %q, %v", got, err)
	}
	if token, err := server.PAT(t.Context()); err != nil || token != "made-up" {
		t.Errorf("got the token %q, %v", token, err)
	}
	for range 2 {
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(log.String(), "POST /api/token/"); got != 1 {
		t.Errorf("asked %d times for a token", got)
	}
	if !strings.Contains(log.String(), "POST /api/jwt/settings") {
		t.Error("legacy tokens were not turned off")
	}
	if _, err := os.Stat(server.DataDir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the data are still there: %v", err)
	}
	if res, err := http.Get(server.URL + "/health"); err == nil {
		t.Error("the server still answers", res.Body.Close())
	}
}

func TestStartWithLegacyTokens(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	server, err := Start(t.Context(), Options{Environment: fakeEnvironment(t), LegacyTokens: true, Env: as("server"), Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "POST") {
		t.Errorf("something was changed: %s", log.String())
	}
}

func TestStartEndsEarly(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Options{Environment: fakeEnvironment(t), Env: as("broken server")})
	want := "the server ended before it answered (exit status 3); its last lines:\n\tTraceback (most recent call last):\n\tImportError: no such module"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %v", err, want)
	}
}

func TestStartInTime(t *testing.T) {
	t.Parallel()
	env := fakeEnvironment(t)
	if err := env.ensureData(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := Start(ctx, Options{Environment: env, Env: as("silent server")}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestPortClash(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	_, takenPort, _ := net.SplitHostPort(taken.Addr().String())

	t.Run("once", func(t *testing.T) {
		t.Parallel()
		attempts := 0
		process, url, err := startOnFreePort(t.Context(), func(port int) *exec.Cmd {
			if attempts++; attempts == 1 {
				return fake("server", takenPort)
			}
			return fake("server", strconv.Itoa(port))
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if attempts != 2 || strings.HasSuffix(url, ":"+takenPort) {
			t.Errorf("%d attempts, at last %s", attempts, url)
		}
		if err := process.stop(); err != nil {
			t.Error(err)
		}
	})
	t.Run("always", func(t *testing.T) {
		t.Parallel()
		attempts := 0
		_, _, err := startOnFreePort(t.Context(), func(int) *exec.Cmd {
			attempts++
			return fake("server", takenPort)
		}, nil)
		if attempts != startAttempts || err == nil || !strings.Contains(err.Error(), "port is already in use") {
			t.Errorf("%d attempts, at last %v", attempts, err)
		}
	})
}

func TestStartRealServer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a real server")
	}
	t.Parallel()
	if _, err := FindPython(t.Context()); err != nil {
		t.Fatal(err)
	}
	server, err := Start(t.Context(), Options{Progress: func(line string) { t.Log(line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	if got := status(t, server.URL+"/api/version", ""); got != http.StatusOK {
		t.Errorf("/api/version: status %d", got)
	}
	if got := status(t, server.URL+"/api/projects/", "Token "+LegacyToken); got != http.StatusUnauthorized {
		t.Errorf("a legacy token that is turned off: status %d", got)
	}
	if token, err := server.PAT(t.Context()); err != nil || strings.Count(token, ".") != 2 {
		t.Errorf("got the token %q, %v", token, err)
	}
	pid := server.process.cmd.Process.Pid
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
	if connection, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://")); err == nil {
		_ = connection.Close()
		t.Error("the port is still open")
	}
}

func status(t *testing.T, url, authorization string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := direct.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}
