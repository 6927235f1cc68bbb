package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// queueSettings are backgroundSettings with a queue, which the Community edition has no variable for.
const queueSettings = backgroundSettings + `
REDIS_ENABLED = True
for queue in RQ_QUEUES.values():
    queue['HOST'], queue['PORT'] = os.environ['QUEUE_HOST'], int(os.environ['QUEUE_PORT'])
`

// A server with a real queue does in a worker what the others do inside of a request.
func TestQueue(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	host, port, err := net.SplitHostPort(s.Redis)
	ok(t, err)
	settings := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(settings, "queue_settings.py"), []byte(queueSettings), 0o600))
	queued := startServer(t, "PYTHONPATH="+settings, "DJANGO_SETTINGS_MODULE=queue_settings", "QUEUE_HOST="+host, "QUEUE_PORT="+port,
		"LOCAL_FILES_SERVING_ENABLED=true", "LOCAL_FILES_DOCUMENT_ROOT="+s.root)
	client := newClient(t, queued, labelstudio.WithToken(server.LegacyToken))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // for a worker that doesn't come
	defer cancel()
	project := newProject(t, client).ID

	// The worker comes when somebody waits for it.
	work := sync.OnceFunc(func() { ok(t, queued.StartWorker()) })
	var seen []labelstudio.StorageStatus
	dir := s.folder(t, storedTasks)
	storage, err := client.LocalImportStorages.SetUp(ctx, labelstudio.LocalImportStorageRequest{Project: project, Path: &dir, RecursiveScan: new(true)},
		func(storage *labelstudio.LocalImportStorage) {
			if seen = append(seen, storage.Status); storage.Status == labelstudio.StorageStatusQueued {
				work()
			}
		})
	ok(t, err)
	if *storage.LastSyncCount != 4 || storage.LastSyncJob == nil {
		t.Errorf("set up %+v", storage)
	}
	for _, status := range []labelstudio.StorageStatus{"initialized", "queued", "completed"} {
		if !slices.Contains(seen, status) {
			t.Errorf("saw %s, without %s", seen, status)
		}
	}
	wantTexts(t, client, project, "four", "one", "three", "two")

	ok(t, writeFile(dir, "bad.json", "no JSON"))
	_, err = client.LocalImportStorages.SyncAndWait(ctx, storage.ID, nil)
	var failed *labelstudio.StorageError
	if !errors.Is(err, labelstudio.ErrSyncFailed) || !errors.As(err, &failed) || failed.Reason == "" {
		t.Errorf("synced: %v", err)
	}

	target := s.folder(t, nil)
	task := newTask(t, client, project, "x").ID
	annotation := annotate(t, client, task, object{"result": json.RawMessage(regions)})
	export, err := client.LocalExportStorages.SetUp(ctx, labelstudio.LocalExportStorageRequest{Project: project, Path: &target}, nil)
	ok(t, err)
	if _, err := os.Stat(filepath.Join(target, itoa(annotation))); err != nil || *export.LastSyncCount != 1 {
		t.Errorf("set up %+v: %v", export, err)
	}

	snapshot, err := client.Snapshots.Create(ctx, project, labelstudio.SnapshotRequest{})
	ok(t, err)
	made, err := client.Snapshots.Wait(ctx, project, snapshot.ID, nil)
	ok(t, err)
	if made.Status != labelstudio.JobStatusCompleted {
		t.Errorf("the snapshot is %+v", made)
	}

	summary, err := client.Projects.Import(ctx, project, inputs(t, "five", "six"), labelstudio.ImportOptions{TaskIDs: true})
	ok(t, err)
	if summary.TaskCount != 2 || len(summary.TaskIDs) != 2 {
		t.Errorf("imported %+v", summary)
	}
	states := 0
	imported, err := client.Projects.WaitImport(ctx, project, summary.ImportID, func(*labelstudio.ProjectImport) { states++ })
	ok(t, err)
	if imported.TaskCount != 2 || states != 1 {
		t.Errorf("imported %+v after %d states", imported, states)
	}
	bad := inputs(t, "x")
	bad[0].Data = []byte(`{"other":1}`)
	_, err = client.Projects.Import(ctx, project, bad, labelstudio.ImportOptions{})
	if !errors.Is(err, labelstudio.ErrImportFailed) {
		t.Errorf("imported: %v", err)
	}

	uploaded, err := client.Projects.ImportFiles(ctx, project, []labelstudio.File{labelstudio.FileOf("a.csv", []byte("text\nseven\n"))}, labelstudio.ImportOptions{})
	ok(t, err)
	started, err := client.Projects.Reimport(ctx, project, labelstudio.ReimportRequest{FileUploadIDs: uploaded.FileUploadIDs})
	ok(t, err)
	states = 0
	reimport, err := client.Projects.WaitReimport(ctx, project, *started.ReimportID, func(*labelstudio.ProjectReimport) { states++ })
	ok(t, err)
	if reimport.TaskCount != 1 || states == 0 {
		t.Errorf("reimported %+v after %d states", reimport, states)
	}
}
