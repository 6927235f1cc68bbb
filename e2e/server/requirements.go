package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// uvVersion pins the resolver, so that the same input and package index give the same files.
const uvVersion = "0.13.9"

// SourceOnly are the packages that are published as source only; all others are taken as wheels.
var SourceOnly = []string{"attr", "django-ranged-fileresponse", "drf-flex-fields", "drf-generators", "ordered-set"}

// LockRequirements resolves what a version of Label Studio needs, with the network at hand. It returns the lock files,
// one for each supported Python, by their names. Packages that are not among the sources are taken as wheels.
func LockRequirements(ctx context.Context, version string, sources []string) (files map[string][]byte, err error) {
	scratch, err := os.MkdirTemp("", "labelstudio-lock-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	python, err := scratchPython(ctx, scratch)
	if err != nil {
		return nil, err
	}
	if _, err := output(ctx, "", python, "-I", "-m", "pip", "install", "--quiet", "uv=="+uvVersion); err != nil {
		return nil, fmt.Errorf("installing uv: %w", err)
	}
	files = map[string][]byte{}
	for _, minor := range Minors() {
		name := fmt.Sprintf("py3.%d.txt", minor)
		if files[name], err = resolve(ctx, filepath.Join(filepath.Dir(python), "uv"), version, minor, sources); err != nil {
			return nil, fmt.Errorf("locking label-studio %s on Python 3.%d: %w", version, minor, err)
		}
	}
	return files, nil
}

// comment is a line of a lock file that a tool wrote for itself.
var comment = regexp.MustCompile(`(?m)^#.*\n`)

// resolve returns the lock file of one Python.
func resolve(ctx context.Context, uv, version string, minor int, sources []string) ([]byte, error) {
	args := []string{
		"pip", "compile", "-", "--quiet", "--universal", "--generate-hashes", "--python-version", "3." + strconv.Itoa(minor),
		"--no-python-downloads", "--no-config", "--no-header", "--no-annotate", "--no-emit-index-url",
		"--only-binary", ":all:",
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
	header := fmt.Sprintf("# What label-studio %s needs on Python 3.%d. Written by: go run ./e2e/lock -version %[1]s\n"+
		"--only-binary :all:\n--no-binary %[3]s\n\n", version, minor, strings.Join(sources, ","))
	return append([]byte(header), resolved...), nil
}

// released is a version that is no pre-release.
var released = regexp.MustCompile(`(?m)^label-studio \((\d+(?:\.\d+)*(?:\.post\d+)?)\)$`)

// LatestVersion asks the package index for the newest released version of Label Studio, as pip would install it on the
// Python that [FindPython] finds.
func LatestVersion(ctx context.Context) (version string, err error) {
	scratch, err := os.MkdirTemp("", "labelstudio-latest-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	python, err := scratchPython(ctx, scratch)
	if err != nil {
		return "", err
	}
	listed, err := output(ctx, "", python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color",
		"index", "versions", "label-studio")
	if err != nil {
		if ctx.Err() == nil && networkTrouble.MatchString(err.Error()) {
			err = because("the package index cannot be reached: check the network and pip's settings", err)
		}
		return "", fmt.Errorf("looking for the latest Label Studio: %w", err)
	}
	found := released.FindSubmatch(listed)
	if found == nil {
		first, _, _ := strings.Cut(string(listed), "\n")
		return "", fmt.Errorf("looking for the latest Label Studio: pip names no released version: %q", first)
	}
	return string(found[1]), nil
}

// scratchPython makes a virtual environment in a folder, which has a pip even if the system's Python has none, and
// returns its interpreter.
func scratchPython(ctx context.Context, dir string) (string, error) {
	python, err := FindPython(ctx)
	if err != nil {
		return "", err
	}
	venv := filepath.Join(dir, "venv")
	if _, err := output(ctx, "", python.Path, "-I", "-m", "venv", venv); err != nil {
		return "", fmt.Errorf("making a virtual environment: %w", err)
	}
	return filepath.Join(venv, "bin", "python"), nil
}

// output runs a command and returns what it printed. The error holds what it complained about.
func output(ctx context.Context, input, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(input)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	printed, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return printed, nil
}
