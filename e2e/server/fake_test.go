//go:build unix

package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fakeVariable makes the test binary act as another program instead of running the tests.
const fakeVariable = "LABELSTUDIO_TEST_ACT_AS"

func TestMain(m *testing.M) {
	if role := os.Getenv(fakeVariable); role != "" {
		os.Exit(act(role, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// act plays a role. The last argument is a port or a path.
func act(role string, args []string) int {
	// Whatever goes wrong in a test, nothing of it is left behind for long.
	time.AfterFunc(time.Minute, func() { os.Exit(9) })
	switch last := args[len(args)-1]; role {
	case "server":
		return serve(last, "")
	case "server with child":
		child := fake("sleeper", "")
		child.Stdout = os.Stdout
		if err := child.Start(); err != nil {
			return 1
		}
		return serve(last, fmt.Sprintf("child %d\n", child.Process.Pid))
	case "stubborn server":
		signal.Ignore(syscall.SIGTERM)
		return serve(last, "")
	case "broken server":
		fmt.Println("Traceback (most recent call last):")
		fmt.Println("ImportError: no such module")
		syscall.Exit(3) // without what the end of a program built for coverage says
	case "lock holder":
		if _, err := lock(context.Background(), last); err != nil {
			return 1
		}
		fmt.Println("locked")
	case "parent":
		server, err := startProcess(fake("server", "0"), os.Stdout)
		if err != nil {
			return 1
		}
		fmt.Printf("child %d\n", server.cmd.Process.Pid)
	}
	select {} // "sleeper", "silent server" and all who wait to be ended
}

// serve answers as much of the API as Start needs.
func serve(port, greeting string) int {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		fmt.Println("Error: That port is already in use.")
		return 1
	}
	fmt.Printf("%sStarting development server at http://%s/\n", greeting, listener.Addr())
	ready := time.Now().Add(100 * time.Millisecond)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		if time.Now().Before(ready) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	answer := func(pattern, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Token "+LegacyToken {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			fmt.Println(r.Method, r.URL.Path)
			_, _ = w.Write([]byte(body))
		})
	}
	answer("POST /api/token/", `{"token": "made-up"}`)
	answer("POST /api/jwt/settings", `{}`)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	_ = server.Serve(listener)
	return 1
}

// fake is a command that runs the test binary in a role.
func fake(role, arg string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], arg)
	cmd.Env = append(os.Environ(), fakeVariable+"="+role)
	return cmd
}

// script writes an executable shell script.
func script(t *testing.T, path, text string) string {
	t.Helper()
	// A program that another test starts at this moment must not inherit the open file, or the script is "busy".
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// fakePython writes an interpreter that makes environments whose pip and manage.py do what the shell text says. It
// notes each installation in a file beside it, whose name it returns.
func fakePython(t *testing.T, pip, manage string) (python Python, installations string) {
	t.Helper()
	dir := t.TempDir()
	installations = filepath.Join(dir, "installations")
	text := fmt.Sprintf(`
for last; do :; done
case "$*" in
"-I -m venv "*)
	mkdir -p "$last/bin" "$last/lib/python3.11/site-packages/label_studio"
	cp "$0" "$last/bin/python"
	cat >"$last/bin/label-studio" <<'END'
#!/bin/sh
case $1 in
init) echo migrated >label_studio.sqlite3 ;;
*) exec %q "$@" ;;
esac
END
	chmod +x "$last/bin/label-studio"
	;;
"-I -m pip "*)
	echo "$*" >>%q
	%s
	;;
*)
	%s
	;;
esac
`, os.Args[0], installations, pip, manage)
	return Python{Path: script(t, filepath.Join(dir, "python"), text), Version: "3.11.7", Minor: 11}, installations
}

// lines counts the lines of a file.
func lines(t *testing.T, path string) int {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(content), "\n")
}

// firstLine starts a command and returns the first line that it prints.
func firstLine(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// gone waits until a process has ended.
func gone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if !alive(pid) {
			return
		}
	}
	t.Errorf("process %d is still there", pid)
}

// alive reports whether a process runs. One that has ended and was not yet collected does not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	var state string
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		state = string(stat[bytes.LastIndexByte(stat, ')')+1:])
	} else if stat, err := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output(); err == nil {
		state = string(stat)
	}
	state = strings.TrimSpace(state)
	return state != "" && state[0] != 'Z'
}
