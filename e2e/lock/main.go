// Command lock writes the locked Python requirements of a Label Studio server, one file for each supported Python.
//
// Run it from the top of the module, with the network at hand:
//
//	go run ./e2e/lock -version 1.23.2
//
// Of an older version it writes one file for all Pythons, with the packages that there were when a day began, best the
// one after the version was released: later ones may not go with it.
//
//	go run ./e2e/lock -version 1.22.0 -older 2025-12-20
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// uvVersion pins the resolver, so that the same input and package index give the same files.
const uvVersion = "0.13.9"

func main() {
	version := flag.String("version", server.LockedVersion(), "version of Label Studio to lock")
	dir := flag.String("dir", filepath.Join("e2e", "requirements"), "folder of the lock files")
	sources := flag.String("sources", "attr,django-ranged-fileresponse,drf-flex-fields,drf-generators,ordered-set",
		"packages that are published as source only; all others are taken as wheels")
	older := flag.String("older", "", "lock a version besides the one that the tests and the demo run, with the packages that there were when this `day` began")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := lock(ctx, *version, *dir, *older, strings.Split(*sources, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "lock:", err)
		stop()
		os.Exit(1)
	}
}

// lock resolves all files before it writes any.
func lock(ctx context.Context, version, dir, older string, sources []string) (err error) {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("run this from the top of the module: %w", err)
	}
	scratch, err := os.MkdirTemp("", "labelstudio-lock-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	uv, err := installUV(ctx, scratch)
	if err != nil {
		return err
	}
	minors := server.Minors()
	if older != "" {
		minors = minors[:1] // what is resolved for the oldest Python says what newer ones need instead
	}
	files := map[string][]byte{}
	for _, minor := range minors {
		name := fmt.Sprintf("py3.%d.txt", minor)
		if older != "" {
			name = filepath.Join("older", version+".txt")
		}
		if files[name], err = resolve(ctx, uv, version, older, minor, sources); err != nil {
			return fmt.Errorf("locking label-studio %s on Python 3.%d: %w", version, minor, err)
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// installUV installs the resolver into a scratch environment and returns the path of its program.
func installUV(ctx context.Context, scratch string) (string, error) {
	python, err := server.FindPython(ctx)
	if err != nil {
		return "", err
	}
	venv := filepath.Join(scratch, "venv")
	if _, err := output(ctx, "", python.Path, "-I", "-m", "venv", venv); err != nil {
		return "", fmt.Errorf("making a virtual environment: %w", err)
	}
	if _, err := output(ctx, "", filepath.Join(venv, "bin", "python"), "-I", "-m", "pip", "install", "--quiet", "uv=="+uvVersion); err != nil {
		return "", fmt.Errorf("installing uv: %w", err)
	}
	return filepath.Join(venv, "bin", "uv"), nil
}

// comment is a line of a lock file that a tool wrote for itself.
var comment = regexp.MustCompile(`(?m)^#.*\n`)

// resolve returns the lock file of one Python.
func resolve(ctx context.Context, uv, version, older string, minor int, sources []string) ([]byte, error) {
	args := []string{
		"pip", "compile", "-", "--quiet", "--universal", "--generate-hashes", "--python-version", "3." + strconv.Itoa(minor),
		"--no-python-downloads", "--no-config", "--no-header", "--no-annotate", "--no-emit-index-url",
		"--only-binary", ":all:",
	}
	pythons, written := fmt.Sprintf("Python 3.%d", minor), "go run ./e2e/lock -version "+version
	if older != "" {
		args = append(args, "--exclude-newer", older+"T00:00:00Z")
		pythons, written = pythons+" and newer", written+" -older "+older
	}
	for _, name := range sources {
		args = append(args, "--no-binary", name)
	}
	resolved, err := output(ctx, "label-studio=="+version+"\n", uv, args...)
	if err != nil {
		return nil, err
	}
	resolved = comment.ReplaceAll(resolved, nil)
	// The files are for everybody, whichever package index was asked here.
	if bytes.Contains(resolved, []byte("://")) {
		return nil, errors.New("the result names an address; it may only hold packages and hashes")
	}
	// For pip the order matters: an only-binary of all cancels what no-binary said before it.
	header := fmt.Sprintf("# What label-studio %s needs on %s. Written by: %s\n--only-binary :all:\n--no-binary %s\n\n",
		version, pythons, written, strings.Join(sources, ","))
	return append([]byte(header), resolved...), nil
}

// output runs a command and returns what it printed. The error holds what it complained about.
func output(ctx context.Context, input, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(input)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	printed, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return printed, nil
}
