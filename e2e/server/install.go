package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// InstallOptions says what [Install] installs. The zero value installs the locked version into the cache.
type InstallOptions struct {
	// Python makes the environment. Default: what FindPython finds.
	Python Python
	// Version installs this version of Label Studio instead of the locked one: without Dir, one that has locked
	// requirements of its own; with Dir, any, with whatever dependencies the package index gives today.
	Version string
	// Dir is where an unlocked Version gets a folder of its own. It is made when absent; removing it is the caller's
	// business. The version is not installed again where that was done before.
	Dir string
	// Progress is told, in one line without a line end, before a step that takes long. Default: nobody is.
	Progress func(line string)
}

// Environment is an installed Label Studio server. Get one from [Install].
type Environment struct {
	// Version is the installed version of Label Studio.
	Version string
	// Dir is the folder with the virtual environment, the logs of its making and the migrated database.
	Dir string

	minor    int
	lockPath string
}

// versionPattern is what a version may look like, so that no other argument of pip can be smuggled in.
var versionPattern = regexp.MustCompile(`^[0-9][0-9A-Za-z.+!_-]*$`)

// Install installs a Label Studio server into a virtual environment of its own.
//
// Without options it installs the locked version into [CacheDir], once for each lock file and Python: later calls find
// it there. Processes that install the same at once wait for one of them.
//
// The error is one line; where pip failed, it holds pip's reason and says where the whole log is.
func Install(ctx context.Context, options InstallOptions) (*Environment, error) {
	if options.Version == "" && options.Dir != "" {
		return nil, errors.New("install: Dir is for a Version, which is missing")
	}
	if options.Version != "" && !versionPattern.MatchString(options.Version) {
		return nil, fmt.Errorf("install: %q is not a version of Label Studio", options.Version)
	}
	python := options.Python
	if python.Path == "" {
		var err error
		if python, err = FindPython(ctx); err != nil {
			return nil, err
		}
	}
	env := &Environment{Version: options.Version, minor: python.Minor}
	var lockText string
	if options.Dir != "" {
		dir, err := filepath.Abs(options.Dir)
		if err != nil {
			return nil, fmt.Errorf("install: %w", err)
		}
		env.Dir = filepath.Join(dir, fmt.Sprintf("label-studio-%s-py3.%d", env.Version, env.minor))
	} else {
		var err error
		if env.Version == "" {
			env.Version = LockedVersion()
		}
		if lockText, err = lockFileOf(env.Version, python.Minor); err != nil {
			return nil, err
		}
		cache, err := CacheDir()
		if err != nil {
			return nil, err
		}
		env.Dir = filepath.Join(cache, fmt.Sprintf("label-studio-%s-py3.%d-%s", env.Version, env.minor, lockKey(lockText)))
	}
	env.lockPath = env.Dir + ".lock"
	if err := env.ensureInstalled(ctx, python, lockText, options.Progress); err != nil {
		return nil, err
	}
	return env, nil
}

// ensureInstalled installs unless that was done before. The marker is written last, so an installation that was cut
// short is started anew.
func (e *Environment) ensureInstalled(ctx context.Context, python Python, lockText string, progress func(string)) error {
	if e.installed() {
		return nil
	}
	unlock, err := lock(ctx, e.lockPath)
	if err != nil {
		return err
	}
	defer unlock()
	if e.installed() {
		return nil
	}
	if err := os.RemoveAll(e.Dir); err != nil {
		return fmt.Errorf("removing an unfinished installation: %w", err)
	}
	if err := os.MkdirAll(e.Dir, 0o755); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	tell(progress, "installing Label Studio %s on Python %s (takes a few minutes, once)", e.Version, python.Version)
	if err := e.install(ctx, python, lockText); err != nil {
		return err
	}
	if err := os.WriteFile(e.marker(), nil, 0o644); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	return nil
}

func (e *Environment) install(ctx context.Context, python Python, lockText string) error {
	log, err := os.Create(filepath.Join(e.Dir, "install.log"))
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	defer func() { _ = log.Close() }() // a log that lost its end is no reason to fail

	venv := exec.CommandContext(ctx, python.Path, "-I", "-m", "venv", e.venv())
	if err := run(venv, log); err != nil {
		return e.installError(ctx, "making a virtual environment", log.Name(), err)
	}
	if lockText == "" {
		if err := e.PipInstall(ctx, log, "label-studio=="+e.Version); err != nil {
			return e.installError(ctx, "installing Label Studio "+e.Version, log.Name(), err)
		}
		return nil
	}
	for _, step := range []struct{ file, text string }{
		{"build-tools.txt", buildTools(lockText)},
		{"requirements.txt", lockText},
	} {
		file := filepath.Join(e.Dir, step.file)
		if err := os.WriteFile(file, []byte(step.text), 0o644); err != nil {
			return fmt.Errorf("install: %w", err)
		}
		if err := e.PipInstall(ctx, log, "--require-hashes", "--no-deps", "--no-build-isolation", "-r", file); err != nil {
			return e.installError(ctx, "installing Label Studio "+e.Version, log.Name(), err)
		}
	}
	return nil
}

// PipInstall runs "pip install" in the environment. It takes the user's own settings of pip, such as another package
// index. What pip prints goes to log.
func (e *Environment) PipInstall(ctx context.Context, log io.Writer, args ...string) error {
	args = append([]string{"-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color", "install", "--progress-bar", "off"}, args...)
	return run(exec.CommandContext(ctx, e.Python(), args...), log)
}

// installError makes one line of a failed step.
func (e *Environment) installError(ctx context.Context, step, logName string, cause error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", step, ctx.Err())
	}
	output, err := os.ReadFile(logName)
	if err != nil {
		return fmt.Errorf("%s: %w", step, cause)
	}
	return fmt.Errorf("%s: %w; the whole log is in %s", step, because(pipReason(string(output), e.Version), cause), logName)
}

// tell tells the caller's function, when there is one.
func tell(progress func(string), format string, args ...any) {
	if progress != nil {
		progress(fmt.Sprintf(format, args...))
	}
}

// installed reports whether the installation was finished and its interpreter, a link to the one of the system, is
// still there.
func (e *Environment) installed() bool {
	_, markerErr := os.Stat(e.marker())
	_, pythonErr := os.Stat(e.Python())
	return markerErr == nil && pythonErr == nil
}

func (e *Environment) marker() string { return filepath.Join(e.Dir, "installed") }

func (e *Environment) venv() string { return filepath.Join(e.Dir, "venv") }

// Python is the path of the Python that Label Studio, and so its SDK, is installed for.
func (e *Environment) Python() string { return filepath.Join(e.venv(), "bin", "python") }

func (e *Environment) program() string { return filepath.Join(e.venv(), "bin", "label-studio") }

// source is the folder of the installed package label_studio.
func (e *Environment) source() string {
	return filepath.Join(e.venv(), "lib", fmt.Sprintf("python3.%d", e.minor), "site-packages", "label_studio")
}
