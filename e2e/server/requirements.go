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

// SourceOnly are the packages that are published as source only.
var SourceOnly = []string{"attr", "django-ranged-fileresponse", "drf-flex-fields", "drf-generators", "ordered-set"}

// LockOptions says what [LockRequirements] locks.
type LockOptions struct {
	// Version of Label Studio.
	Version string
	// Older is a day, such as 2025-12-20, for a version besides the one that the tests and the demo run: it gets one
	// file for all Pythons, with the packages that there were when the day began. Default: one file for each Python,
	// with today's packages.
	Older string
	// Sources are packages that are taken as source. Default: SourceOnly.
	Sources []string
}

// LockRequirements resolves what a version of Label Studio needs, with the network at hand, and returns the lock files
// by their names in the folder of the package requirements.
func LockRequirements(ctx context.Context, options LockOptions) (files map[string][]byte, err error) {
	if options.Sources == nil {
		options.Sources = SourceOnly
	}
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
	minors := Minors()
	if options.Older != "" {
		minors = minors[:1] // what is resolved for the oldest Python says what newer ones need instead
	}
	files = map[string][]byte{}
	for _, minor := range minors {
		name := fmt.Sprintf("py3.%d.txt", minor)
		if options.Older != "" {
			name = "older/" + options.Version + ".txt"
		}
		if files[name], err = resolve(ctx, filepath.Join(filepath.Dir(python), "uv"), minor, options); err != nil {
			return nil, fmt.Errorf("locking label-studio %s on Python 3.%d: %w", options.Version, minor, err)
		}
	}
	return files, nil
}

// comment is a line of a lock file that a tool wrote for itself.
var comment = regexp.MustCompile(`(?m)^#.*\n`)

// resolve returns the lock file of one Python.
func resolve(ctx context.Context, uv string, minor int, options LockOptions) ([]byte, error) {
	args := []string{
		"pip", "compile", "-", "--quiet", "--universal", "--generate-hashes", "--python-version", "3." + strconv.Itoa(minor),
		"--no-python-downloads", "--no-config", "--no-header", "--no-annotate", "--no-emit-index-url",
		"--only-binary", ":all:",
	}
	pythons, written := fmt.Sprintf("Python 3.%d", minor), "go run ./e2e/lock -version "+options.Version
	if options.Older != "" {
		args = append(args, "--exclude-newer", options.Older+"T00:00:00Z")
		pythons, written = pythons+" and newer", written+" -older "+options.Older
	}
	for _, name := range options.Sources {
		args = append(args, "--no-binary", name)
	}
	resolved, err := output(ctx, "label-studio=="+options.Version+"\n", uv, args...)
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
		options.Version, pythons, written, strings.Join(options.Sources, ","))
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
