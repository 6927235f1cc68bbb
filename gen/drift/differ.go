package drift

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Differ is the program of the module in differ/, built.
type Differ struct{ path string }

// BuildDiffer builds the program of a checkout into a folder.
func BuildDiffer(ctx context.Context, root, folder string) (*Differ, error) {
	path, err := filepath.Abs(filepath.Join(folder, "differ"))
	if err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", path, ".")
	build.Dir = filepath.Join(root, "gen", "drift", "differ")
	build.Env = append(os.Environ(), "GOWORK=off")
	if _, err := output(build); err != nil {
		return nil, fmt.Errorf("building gen/drift/differ: %w", err)
	}
	return &Differ{path}, nil
}

func (d *Differ) run(ctx context.Context, result any, args ...string) error {
	text, err := output(exec.CommandContext(ctx, d.path, args...))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, result); err != nil {
		return fmt.Errorf("the output of gen/drift/differ: %w", err)
	}
	return nil
}

// output runs a command. The error is what it wrote to standard error, if anything.
func output(cmd *exec.Cmd) ([]byte, error) {
	var reason bytes.Buffer
	cmd.Stderr = &reason
	text, err := cmd.Output()
	if err != nil {
		if said := strings.TrimSpace(reason.String()); said != "" {
			err = errors.New(said)
		}
		return nil, err
	}
	return text, nil
}
