package e2e

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/emulator"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// storages is what the tests of storages share: a server that may reach this machine, and what it reaches there.
type storages struct {
	*server.Server
	*emulator.Emulators
	azure *emulator.Azure
	// root is the folder below which the server's own files are.
	root string
}

// theStorages starts what storages returns, once.
var theStorages = sync.OnceValues(startStorages)

// started is stopped by TestMain.
var started storages

func startStorages() (_ *storages, err error) {
	ctx := context.Background()
	root, err := os.MkdirTemp("", "labelstudio-e2e-")
	if err != nil {
		return nil, err
	}
	// The server compares the folder with what it finds, links resolved.
	if started.root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, err
	}
	if started.Emulators, err = emulator.Start("parts"); err != nil {
		return nil, err
	}
	env, err := server.Install(ctx, server.InstallOptions{})
	if err != nil {
		return nil, err
	}
	if started.azure, err = emulator.StartAzure(ctx, env); err != nil {
		return nil, err
	}
	started.Server, err = server.Start(ctx, server.Options{Environment: env, LegacyTokens: true, Env: []string{
		"LOCAL_FILES_SERVING_ENABLED=true", "LOCAL_FILES_DOCUMENT_ROOT=" + started.root,
		"SSRF_PROTECTION_ENABLED=false", "STORAGE_EMULATOR_HOST=" + started.GCS,
		"fflag_feat_utc_210_prediction_validation_15082025=true", // else what is wrong with a prediction goes unnoticed
	}})
	return &started, err
}

// stopStorages ends what was started for the tests of storages, if anything was.
func stopStorages() (err error) {
	if started.Server != nil {
		err = started.Server.Stop()
	}
	if started.azure != nil {
		err = errors.Join(err, started.azure.Stop())
	}
	if started.Emulators != nil {
		err = errors.Join(err, started.Emulators.Stop())
	}
	if started.root != "" {
		err = errors.Join(err, os.RemoveAll(started.root))
	}
	return err
}

// newStorages returns the server and the emulators, which all tests share, and a client of its administrator.
func newStorages(t *testing.T) (*storages, *labelstudio.Client) {
	t.Helper()
	needsReal(t, "storages")
	s, err := theStorages()
	ok(t, err)
	return s, newClient(t, s.Server, labelstudio.WithToken(server.LegacyToken))
}

// folder makes a folder below the server's root with the given files, by name.
func (s *storages) folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := os.MkdirTemp(s.root, "folder-")
	ok(t, err)
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		ok(t, os.MkdirAll(filepath.Dir(path), 0o755))
		ok(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return dir
}

// databases gives each test a Redis database of its own; 0 is refused by the server, and 1 and 2 are what it takes for nothing.
var databases = struct {
	sync.Mutex
	last int
}{last: 2}

func newDatabase(t *testing.T) int {
	t.Helper()
	databases.Lock()
	defer databases.Unlock()
	databases.last++
	if databases.last > 15 {
		t.Fatal("no Redis database is left")
	}
	return databases.last
}

// former returns a client of somebody who is no longer a member, by a legacy token, which goes on working.
func (s *storages) former(t *testing.T) *labelstudio.Client {
	t.Helper()
	member := signUp(t, s.Server)
	owner := unrecorded(t, s.URL, labelstudio.WithToken(server.LegacyToken))
	ok(t, owner.Members.Delete(t.Context(), organization, member.id))
	return newClient(t, s.Server, labelstudio.WithToken(member.token))
}

// The access token of somebody who is no longer a member makes the server fail, whatever is asked for.
func TestStoragesOfFormerMember(t *testing.T) {
	t.Parallel()
	member := newUser(t)
	access := member.access(t)
	ok(t, admin(t).Members.Delete(t.Context(), organization, member.id))
	wantFailures(t, access, func(path string) bool { return strings.HasPrefix(path, "/api/storages") })
}
