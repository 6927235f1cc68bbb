package server

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Describe lets an installed server write its OpenAPI description, as JSON, to a file. It needs neither a database nor
// a running server and takes about ten seconds. Versions before 1.21.0 lack the command that does it.
//
// The error is one line with the server's own reason. The file is only written when there is none.
func Describe(ctx context.Context, env *Environment, outFile string) error {
	description, err := describe(ctx, env)
	if err == nil {
		err = os.WriteFile(outFile, description, 0o644)
	}
	if err != nil {
		return fmt.Errorf("describing the API of Label Studio %s: %w", env.Version, err)
	}
	return nil
}

func describe(ctx context.Context, env *Environment) ([]byte, error) {
	scratch, err := os.MkdirTemp("", "labelstudio-describe-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(scratch) }() // what is left of a scratch folder harms nobody

	file := filepath.Join(scratch, "openapi.json")
	cmd := exec.CommandContext(ctx, env.Python(), "manage.py", "spectacular", "--format", "openapi-json", "--file", file)
	cmd.Dir = env.source()
	cmd.Env = environ(scratch)
	var output bytes.Buffer
	if err := run(cmd, &output); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if strings.Contains(output.String(), "Unknown command: 'spectacular'") {
			return nil, because("it has no command for that, which came with 1.21.0", err)
		}
		return nil, because(lastMeaningful(output.String()), err)
	}
	return os.ReadFile(file)
}
