package server

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The administrator of every started server. These are for servers on this machine that live as long as a test.
const (
	// Email is the administrator's login name.
	Email = "admin@example.com"
	// Password is the administrator's password.
	Password = "correct-horse-battery"
	// LegacyToken is the administrator's legacy API token.
	LegacyToken = "0123456789abcdef0123456789abcdef01234567"
)

// ensureData makes the migrated data folder that servers start from a copy of, unless it is there. It takes about half
// a minute and ends with a rename, so a folder that is there is whole.
func (e *Environment) ensureData(ctx context.Context, progress func(string)) error {
	if e.hasData() {
		return nil
	}
	unlock, err := lock(ctx, e.lockPath)
	if err != nil {
		return err
	}
	defer unlock()
	if e.hasData() {
		return nil
	}
	tell(progress, "migrating the database of Label Studio %s (takes about a minute, once)", e.Version)
	unfinished := e.data() + ".unfinished"
	if err := os.RemoveAll(unfinished); err != nil {
		return fmt.Errorf("removing an unfinished database: %w", err)
	}
	if err := os.Mkdir(unfinished, 0o700); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	cmd := exec.CommandContext(ctx, e.program(), "init", "--quiet", "--username", Email, "--password", Password, "--user-token", LegacyToken)
	cmd.Dir = unfinished
	// The organization is made here, and only then does the server take its setting of legacy tokens from this variable.
	cmd.Env = environ(unfinished, "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN=true")
	var output bytes.Buffer
	if err := run(cmd, &output); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("migrating the database: %w", ctx.Err())
		}
		log := filepath.Join(e.Dir, "migrate.log")
		if err := os.WriteFile(log, output.Bytes(), 0o644); err != nil {
			return fmt.Errorf("migrating the database: %w", err)
		}
		return fmt.Errorf("migrating the database: %w; the whole log is in %s", because(lastMeaningful(output.String()), err), log)
	}
	if err := os.Rename(unfinished, e.data()); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

func (e *Environment) hasData() bool {
	_, err := os.Stat(e.data())
	return err == nil
}

func (e *Environment) data() string { return filepath.Join(e.Dir, "data") }
