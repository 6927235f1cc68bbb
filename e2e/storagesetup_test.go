package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/emulator"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// setUpService is what the services of all kinds of storages have besides their operations.
type setUpService[S, R any] interface {
	SetUp(context.Context, R, func(*S), ...labelstudio.CallOption) (*S, error)
	SyncAndWait(context.Context, int64, func(*S), ...labelstudio.CallOption) (*S, error)
	Wait(context.Context, int64, func(*S), ...labelstudio.CallOption) (*S, error)
}

// secret is what no error, log or storage may show.
const secret = "s3cr3t-5f1c0ffee"

// setUpFailure is what is wrong with a storage, and how that shows.
type setUpFailure struct {
	name   string
	over   object
	step   labelstudio.StorageStep
	is     error
	reason string // a part of it
}

// importSetUp is one kind of import storage and a place that has storedTasks.
type importSetUp[S, R any] struct {
	service func(*labelstudio.Client) setUpService[S, R]
	fields  object
	put     func(ctx context.Context, key, content string) error
	fails   []setUpFailure
}

func (k importSetUp[S, R]) test(t *testing.T) {
	t.Helper()
	s, client := newStorages(t)
	service := k.service(client)
	project := newProject(t, client).ID
	for _, key := range slices.Sorted(maps.Keys(storedTasks)) {
		ok(t, k.put(t.Context(), key, storedTasks[key]))
	}
	request := body[R](t, k.fields, object{"project": project, "title": " as it is typed\n"})

	t.Run("works", func(t *testing.T) {
		var seen []labelstudio.StorageStatus
		made, err := service.SetUp(t.Context(), request, func(storage *S) {
			seen = append(seen, typed[labelstudio.ImportStorage](t, storage).Status)
		})
		ok(t, err)
		storage := typed[labelstudio.ImportStorage](t, made)
		if storage.Status != labelstudio.StorageStatusCompleted || *storage.LastSyncCount != 4 {
			t.Errorf("set up %+v", storage)
		}
		if want := []labelstudio.StorageStatus{labelstudio.StorageStatusInitialized, labelstudio.StorageStatusCompleted}; !slices.Equal(seen, want) {
			t.Errorf("saw %s, want %s", seen, want)
		}
		wantTexts(t, client, project, "four", "one", "three", "two")

		// Again it is the same storage, and no task comes twice.
		again, err := service.SetUp(t.Context(), request, nil)
		if !errors.Is(err, labelstudio.ErrStorageExists) || again == nil || typed[labelstudio.ImportStorage](t, again).ID != storage.ID {
			t.Errorf("set up %+v again: %v", again, err)
		}
		ok(t, k.put(t.Context(), "five.json", `{"text":"five"}`))
		synced, err := service.SyncAndWait(t.Context(), storage.ID, nil)
		ok(t, err)
		if after := typed[labelstudio.ImportStorage](t, synced); *after.LastSyncCount != 1 || *after.Meta.TasksExisted != 4 {
			t.Errorf("synced to %+v", after)
		}
		waited, err := service.Wait(t.Context(), storage.ID, nil)
		ok(t, err)
		if after := typed[labelstudio.ImportStorage](t, waited); after.Status != labelstudio.StorageStatusCompleted {
			t.Errorf("waited for %+v", after)
		}
		wantTexts(t, client, project, "five", "four", "one", "three", "two")
	})

	for _, fail := range k.fails {
		t.Run(fail.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			logged := newClient(t, s.Server, labelstudio.WithToken(server.LegacyToken),
				labelstudio.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			project := newProject(t, client).ID
			storage, err := k.service(logged).SetUp(t.Context(), body[R](t, k.fields, fail.over, object{"project": project}), nil)
			fail.check(t, err, storage != nil)
			wantNoSecret(t, log.String())
			wantNoSecret(t, fmt.Sprintf("%+v %s", storage, mustJSON(t, storage)))
			if all, err := client.ImportStorages.List(t.Context(), &labelstudio.ImportStoragesListParams{Project: project}); err != nil || len(all) > 0 != (storage != nil) {
				t.Errorf("there are %d storages: %v", len(all), err)
			}
		})
	}
}

// check checks the error of a storage that could not be set up.
func (f setUpFailure) check(t *testing.T, err error, there bool) {
	t.Helper()
	var failed *labelstudio.StorageError
	if !errors.As(err, &failed) || !errors.Is(err, f.is) {
		t.Fatalf("got %v, want a *StorageError that is %v", err, f.is)
	}
	if failed.Step != f.step || failed.Kind == "" || !strings.Contains(failed.Reason, f.reason) {
		t.Errorf("got %+v: step %q, reason %q", failed, failed.Step, failed.Reason)
	}
	if there != (failed.ID != 0) || there != (f.step == labelstudio.StorageStepSync) {
		t.Errorf("a storage is there: %t, and its id is %d", there, failed.ID)
	}
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		wantNoSecret(t, fmt.Sprintf("%v %+v %#v", cause, cause, cause))
		if answer, is := cause.(*labelstudio.Error); is { //nolint:errorlint // every one of them
			wantNoSecret(t, string(answer.Body)+answer.Detail+fmt.Sprint(answer.Fields))
		}
	}
	wantNoSecret(t, failed.Reason)
}

func wantNoSecret(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, secret) || strings.Contains(text, secret[len(secret)/2:]) {
		t.Errorf("this shows a secret: %s", text)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	ok(t, err)
	return string(raw)
}

// wantTexts checks the text in the data of all tasks of a project.
func wantTexts(t *testing.T, client *labelstudio.Client, project int64, want ...string) {
	t.Helper()
	var got []string
	for task, err := range client.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project}) {
		ok(t, err)
		var data struct{ Text string }
		ok(t, labelstudio.RawInto(task.Data, &data))
		got = append(got, data.Text)
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the tasks are %q, want %q", got, want)
	}
}

// closedPort is a port of this machine at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	ok(t, errors.Join(err, listener.Close()))
	return port
}

// hidden is what the server says in place of the reason for endpoints of S3 that it doesn't trust.
const hidden = "Debugging info is not available for s3 endpoints"

func TestSetUpS3Import(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	bucket := strings.ToLower("setup-" + rand.Text())
	ok(t, s.PutS3(t.Context(), bucket, "bad/a.json", "no JSON"))
	ok(t, s.PutS3(t.Context(), bucket, "picture/a.png", "no JSON"))
	importSetUp[labelstudio.S3ImportStorage, labelstudio.S3ImportStorageRequest]{
		service: func(c *labelstudio.Client) setUpService[labelstudio.S3ImportStorage, labelstudio.S3ImportStorageRequest] {
			return c.S3ImportStorages
		},
		fields: object{"bucket": bucket, "prefix": "tasks", "s3_endpoint": s.S3, "region_name": "us-east-1", "recursive_scan": true,
			"aws_access_key_id": "key", "aws_secret_access_key": secret},
		put: func(ctx context.Context, key, content string) error {
			return s.PutS3(ctx, bucket, "tasks/"+key, content)
		},
		fails: []setUpFailure{
			{"no bucket", object{"bucket": ""}, "validate", labelstudio.ErrValidation, "Error validating storage connection"},
			{"bad name of a bucket", object{"bucket": "/"}, "validate", labelstudio.ErrValidation, `Invalid bucket name "/"`},
			{"nothing there", object{"prefix": "nothing"}, "validate", labelstudio.ErrServer, hidden},
			{"endpoint down", object{"s3_endpoint": "http://user:" + secret + "@127.0.0.1:" + closedPort(t)}, "validate", labelstudio.ErrServer, hidden},
			{"bad pattern", object{"regex_filter": "("}, "sync", labelstudio.ErrSyncFailed, hidden},
			{"no JSON", object{"prefix": "bad"}, "sync", labelstudio.ErrSyncFailed, hidden},
			{"picture", object{"prefix": "picture"}, "sync", labelstudio.ErrSyncFailed, hidden},
		},
	}.test(t)
}

func TestSetUpGCSImport(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	bucket := strings.ToLower("setup-" + rand.Text())
	ok(t, s.MakeGCSBucket(t.Context(), bucket))
	ok(t, s.PutGCS(t.Context(), bucket, "bad/a.json", "no JSON"))
	broken := mustJSON(t, object{"type": "service_account", "client_email": "someone@example.com", "token_uri": s.GCS,
		"private_key": "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----\n"})
	importSetUp[labelstudio.GCSImportStorage, labelstudio.GCSImportStorageRequest]{
		service: func(c *labelstudio.Client) setUpService[labelstudio.GCSImportStorage, labelstudio.GCSImportStorageRequest] {
			return c.GCSImportStorages
		},
		fields: object{"bucket": bucket, "prefix": "tasks", "google_project_id": "test", "google_application_credentials": googleCredentials(t), "recursive_scan": true},
		put: func(ctx context.Context, key, content string) error {
			return s.PutGCS(ctx, bucket, "tasks/"+key, content)
		},
		fails: []setUpFailure{
			{"no bucket", object{"bucket": "nothing"}, "validate", labelstudio.ErrValidation, "Not Found"},
			{"nothing there", object{"prefix": "nothing"}, "validate", labelstudio.ErrValidation, "No blobs found"},
			{"no credentials", object{"google_application_credentials": secret}, "validate", labelstudio.ErrValidation, "must be valid JSON"},
			{"broken key", object{"google_application_credentials": broken}, "validate", labelstudio.ErrValidation, "Unable to load PEM file"},
			{"bad pattern", object{"regex_filter": "("}, "sync", labelstudio.ErrSyncFailed, "unterminated subpattern"},
			{"no JSON", object{"prefix": "bad"}, "sync", labelstudio.ErrSyncFailed, "Can't import JSON-formatted tasks from "},
		},
	}.test(t)
}

func TestSetUpAzureImport(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	container := strings.ToLower("setup-" + rand.Text())
	ok(t, s.azure.MakeContainer(t.Context(), container))
	ok(t, s.azure.Put(t.Context(), container, "bad/a.json", "no JSON"))
	importSetUp[labelstudio.AzureImportStorage, labelstudio.AzureImportStorageRequest]{
		service: func(c *labelstudio.Client) setUpService[labelstudio.AzureImportStorage, labelstudio.AzureImportStorageRequest] {
			return c.AzureImportStorages
		},
		fields: object{"container": container, "prefix": "tasks", "account_name": s.azure.AccountName(), "account_key": emulator.AzureKey, "recursive_scan": true},
		put: func(ctx context.Context, key, content string) error {
			return s.azure.Put(ctx, container, "tasks/"+key, content)
		},
		fails: []setUpFailure{
			{"no container", object{"container": "nothing"}, "validate", labelstudio.ErrValidation, "Container not found: nothing"},
			{"nothing there", object{"prefix": "nothing"}, "validate", labelstudio.ErrValidation, "/nothing not found"},
			{"key that is no base64", object{"account_key": secret}, "validate", labelstudio.ErrValidation, "Incorrect padding"},
			{"other key", object{"account_key": base64.StdEncoding.EncodeToString([]byte(secret))}, "validate", labelstudio.ErrValidation, "failed to authenticate"},
			{"bad pattern", object{"regex_filter": "("}, "sync", labelstudio.ErrSyncFailed, "unterminated subpattern"},
			{"no JSON", object{"prefix": "bad"}, "sync", labelstudio.ErrSyncFailed, "Can't import JSON-formatted tasks from "},
		},
	}.test(t)
}

func TestSetUpRedisImport(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	const database = 1 // that of a request without one
	host, port, err := net.SplitHostPort(s.Redis)
	ok(t, err)
	ok(t, s.PutRedis(t.Context(), database, "bad/a.json", "no JSON"))
	importSetUp[labelstudio.RedisImportStorage, labelstudio.RedisImportStorageRequest]{
		service: func(c *labelstudio.Client) setUpService[labelstudio.RedisImportStorage, labelstudio.RedisImportStorageRequest] {
			return c.RedisImportStorages
		},
		fields: object{"host": host, "port": port, "path": "tasks/"},
		put: func(ctx context.Context, key, content string) error {
			return s.PutRedis(ctx, database, "tasks/"+key, content)
		},
		fails: []setUpFailure{
			{"database 0", object{"db": 0}, "validate", labelstudio.ErrValidation, "Can't connect to Redis server"},
			{"password", object{"password": secret}, "validate", labelstudio.ErrValidation, "Can't connect to Redis server"},
			{"nobody listens", object{"port": closedPort(t), "password": secret}, "validate", labelstudio.ErrValidation, "Can't connect to Redis server"},
			{"no JSON", object{"path": "bad/"}, "sync", labelstudio.ErrSyncFailed, "Can't import JSON-formatted tasks from "},
		},
	}.test(t)
}

// No path and an empty one are two places: without one, the server looks for keys that begin with None.
func TestSetUpRedisPath(t *testing.T) {
	t.Parallel()
	s, client := newStorages(t)
	project, database := newProject(t, client).ID, newDatabase(t)
	host, port, err := net.SplitHostPort(s.Redis)
	ok(t, err)
	ok(t, s.PutRedis(t.Context(), database, "a.json", `{"text":"a"}`))
	ok(t, s.PutRedis(t.Context(), database, "None.json", `{"text":"none"}`))
	for i, path := range []*string{nil, new("")} {
		want := int64(i + 1)
		request := labelstudio.RedisImportStorageRequest{Project: project, Host: &host, Port: &port, DB: new(int64(database)), Path: path}
		storage, err := client.RedisImportStorages.SetUp(t.Context(), request, nil)
		ok(t, err)
		if *storage.LastSyncCount != want {
			t.Errorf("%d tasks, want %d", *storage.LastSyncCount, want)
		}
	}
}

func TestSetUpLocalImport(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	dir := s.folder(t, nil)
	bad := s.folder(t, map[string]string{"a.json": "no JSON"})
	importSetUp[labelstudio.LocalImportStorage, labelstudio.LocalImportStorageRequest]{
		service: func(c *labelstudio.Client) setUpService[labelstudio.LocalImportStorage, labelstudio.LocalImportStorageRequest] {
			return c.LocalImportStorages
		},
		fields: object{"path": dir + "/", "recursive_scan": true, "regex_filter": ".* "},
		put:    func(_ context.Context, key, content string) error { return writeFile(dir, key, content) },
		fails: []setUpFailure{
			{"no folder", object{"path": dir + "/nothing"}, "validate", labelstudio.ErrValidation, "does not exist"},
			{"not the server's", object{"path": "/etc"}, "validate", labelstudio.ErrValidation, "must be a subdirectory"},
			{"bad pattern", object{"regex_filter": "("}, "sync", labelstudio.ErrSyncFailed, "unterminated subpattern"},
			{"no JSON", object{"path": bad}, "sync", labelstudio.ErrSyncFailed, "Can't import JSON-formatted tasks from "},
		},
	}.test(t)
}

// What needs a server of its own: one that trusts any S3, and that nobody else writes to while it syncs.
func TestSetUpAlone(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	alone := startServer(t, "SSRF_PROTECTION_ENABLED=false", "S3_TRUSTED_STORAGE_DOMAINS=amazonaws.com,",
		"LOCAL_FILES_SERVING_ENABLED=true", "LOCAL_FILES_DOCUMENT_ROOT="+s.root)
	t.Run("trusted S3", func(t *testing.T) {
		setUpTrustedS3(t, s, newClient(t, alone, labelstudio.WithToken(server.LegacyToken)))
	})
	t.Run("cut", func(t *testing.T) { setUpCut(t, s, alone) })
}

// The server tells the reasons of S3, too, when it trusts the endpoint. They quote that endpoint.
func setUpTrustedS3(t *testing.T, s *storages, client *labelstudio.Client) {
	project := newProject(t, client).ID
	bucket := strings.ToLower("setup-" + rand.Text())
	ok(t, s.PutS3(t.Context(), bucket, "bad/a.json", "no JSON"))
	fields := object{"project": project, "bucket": bucket, "s3_endpoint": s.S3, "recursive_scan": true, "aws_access_key_id": "key", "aws_secret_access_key": "another"}
	fails := []setUpFailure{
		{"endpoint down", object{"s3_endpoint": "http://user:" + secret + "@127.0.0.1:" + closedPort(t)}, "validate", labelstudio.ErrServer, "Could not connect to the endpoint URL: \"http://[redacted]@127.0.0.1:"},
		{"the key for an endpoint", object{"s3_endpoint": "nothing", "aws_secret_access_key": "nothing"}, "validate", labelstudio.ErrServer, "Invalid endpoint: [redacted]"},
		{"nothing there", object{"prefix": "nothing"}, "validate", labelstudio.ErrValidation, "/nothing not found"},
		{"no JSON", object{"prefix": "bad"}, "sync", labelstudio.ErrSyncFailed, "Can't import JSON-formatted tasks from bad/a.json"},
	}
	for _, fail := range fails {
		t.Run(fail.name, func(t *testing.T) {
			request := body[labelstudio.S3ImportStorageRequest](t, fields, fail.over)
			storage, err := client.S3ImportStorages.SetUp(t.Context(), request, nil)
			fail.check(t, err, storage != nil)
		})
	}
}

// Each kind of export storage has the annotations of a project when it is set up.
func TestSetUpExports(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	name := strings.ToLower("setup-" + rand.Text())
	const database = 2 // that of a request without one
	host, port, err := net.SplitHostPort(s.Redis)
	ok(t, err)
	ok(t, s.PutS3(t.Context(), name, "annotations/any", "")) // as the emulator doesn't count nothing
	ok(t, errors.Join(s.MakeGCSBucket(t.Context(), name), s.azure.MakeContainer(t.Context(), name)))
	dir := s.folder(t, nil)
	t.Run("S3", func(t *testing.T) {
		t.Parallel()
		exportSetUp[labelstudio.S3ExportStorage, labelstudio.S3ExportStorageRequest]{
			func(c *labelstudio.Client) setUpService[labelstudio.S3ExportStorage, labelstudio.S3ExportStorageRequest] {
				return c.S3ExportStorages
			},
			object{"bucket": name, "prefix": "annotations", "s3_endpoint": s.S3, "aws_access_key_id": "key", "aws_secret_access_key": secret},
			func(ctx context.Context, key string) (string, error) { return s.GetS3(ctx, name, "annotations/"+key) },
			setUpFailure{"", object{"s3_endpoint": "http://127.0.0.1:" + closedPort(t)}, "create", labelstudio.ErrServer, hidden},
		}.test(t)
	})
	t.Run("GCS", func(t *testing.T) {
		t.Parallel()
		exportSetUp[labelstudio.GCSExportStorage, labelstudio.GCSExportStorageRequest]{
			func(c *labelstudio.Client) setUpService[labelstudio.GCSExportStorage, labelstudio.GCSExportStorageRequest] {
				return c.GCSExportStorages
			},
			object{"bucket": name, "prefix": "annotations", "google_application_credentials": googleCredentials(t)},
			func(ctx context.Context, key string) (string, error) { return s.GetGCS(ctx, name, "annotations/"+key) },
			setUpFailure{"", object{"google_application_credentials": secret}, "create", labelstudio.ErrValidation, "must be valid JSON"},
		}.test(t)
	})
	t.Run("Azure", func(t *testing.T) {
		t.Parallel()
		exportSetUp[labelstudio.AzureExportStorage, labelstudio.AzureExportStorageRequest]{
			func(c *labelstudio.Client) setUpService[labelstudio.AzureExportStorage, labelstudio.AzureExportStorageRequest] {
				return c.AzureExportStorages
			},
			object{"container": name, "prefix": "annotations", "account_name": s.azure.AccountName(), "account_key": emulator.AzureKey},
			func(ctx context.Context, key string) (string, error) {
				return s.azure.Get(ctx, name, "annotations/"+key)
			},
			setUpFailure{"", object{"account_key": secret}, "create", labelstudio.ErrValidation, "Incorrect padding"},
		}.test(t)
	})
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		exportSetUp[labelstudio.RedisExportStorage, labelstudio.RedisExportStorageRequest]{
			func(c *labelstudio.Client) setUpService[labelstudio.RedisExportStorage, labelstudio.RedisExportStorageRequest] {
				return c.RedisExportStorages
			},
			object{"host": host, "port": port},
			func(ctx context.Context, key string) (string, error) { return s.GetRedis(ctx, database, key) },
			setUpFailure{"", object{"password": secret}, "create", labelstudio.ErrValidation, "without any password configured"},
		}.test(t)
	})
	t.Run("local", func(t *testing.T) {
		t.Parallel()
		exportSetUp[labelstudio.LocalExportStorage, labelstudio.LocalExportStorageRequest]{
			func(c *labelstudio.Client) setUpService[labelstudio.LocalExportStorage, labelstudio.LocalExportStorageRequest] {
				return c.LocalExportStorages
			},
			object{"path": dir + "/"},
			func(_ context.Context, key string) (string, error) {
				text, err := os.ReadFile(filepath.Join(dir, key))
				return string(text), err
			},
			setUpFailure{"", object{"path": dir + "/nothing"}, "create", labelstudio.ErrValidation, "does not exist"},
		}.test(t)
	})
}

// exportSetUp is one kind of export storage.
type exportSetUp[S, R any] struct {
	service func(*labelstudio.Client) setUpService[S, R]
	fields  object
	read    func(ctx context.Context, key string) (string, error)
	fail    setUpFailure
}

func (k exportSetUp[S, R]) test(t *testing.T) {
	t.Helper()
	_, client := newStorages(t)
	service, project := k.service(client), newProject(t, client).ID
	task := newTask(t, client, project, "written").ID
	annotation := annotate(t, client, task, object{"result": json.RawMessage(regions)})

	storage, err := service.SetUp(t.Context(), body[R](t, k.fields, k.fail.over, object{"project": project}), nil)
	k.fail.check(t, err, storage != nil)

	request := body[R](t, k.fields, object{"project": project, "title": " as it is typed\n"})
	made, err := service.SetUp(t.Context(), request, nil)
	ok(t, err)
	if storage := typed[labelstudio.ExportStorage](t, made); storage.Status != labelstudio.StorageStatusCompleted ||
		*storage.LastSyncCount != 1 || *storage.Meta.Attempts != 1 {
		t.Errorf("set up %+v", storage)
	}
	text, err := k.read(t.Context(), itoa(annotation))
	ok(t, err)
	var stored struct {
		ID     int64
		Result json.RawMessage
		Task   struct{ ID int64 }
	}
	ok(t, json.Unmarshal([]byte(text), &stored))
	if stored.ID != annotation || stored.Task.ID != task || !strings.Contains(string(stored.Result), "good") {
		t.Errorf("the storage has %s", text)
	}
	synced, err := service.SyncAndWait(t.Context(), typed[labelstudio.ExportStorage](t, made).ID, nil)
	ok(t, err)
	if storage := typed[labelstudio.ExportStorage](t, synced); *storage.LastSyncCount != 1 || *storage.Meta.Attempts != 2 {
		t.Errorf("synced to %+v", storage)
	}
	again, err := service.SetUp(t.Context(), request, nil)
	if !errors.Is(err, labelstudio.ErrStorageExists) || typed[labelstudio.ExportStorage](t, again).ID != typed[labelstudio.ExportStorage](t, made).ID {
		t.Errorf("set up %+v again: %v", again, err)
	}
}

// What a sync made of a part of the files, and what it makes of them when they are mended.
func TestSyncAndWaitFailures(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, client := newStorages(t)
	project := newProject(t, client).ID
	dir := s.folder(t, map[string]string{"a.json": `[{"data":{"text":"x"}},{"data":{"text":"y"},"predictions":[{"result":[],"score":"high"}]}]`})

	storage, err := client.LocalImportStorages.SetUp(ctx, labelstudio.LocalImportStorageRequest{Project: project, Path: &dir}, nil)
	var failed *labelstudio.StorageError
	if !errors.Is(err, labelstudio.ErrSyncIncomplete) || !errors.As(err, &failed) || failed.Refused != 1 || !strings.Contains(failed.Reason, "a.json") {
		t.Fatalf("set up %+v: %v", storage, err)
	}
	if *storage.LastSyncCount != 1 || failed.Status != labelstudio.StorageStatusCompletedWithErrors {
		t.Errorf("set up %+v", storage)
	}
	wantTexts(t, client, project, "x")

	ok(t, writeFile(dir, "b.json", "no JSON"))
	_, err = client.LocalImportStorages.SyncAndWait(ctx, storage.ID, nil)
	if !errors.Is(err, labelstudio.ErrSyncFailed) || errors.Is(err, labelstudio.ErrSyncIncomplete) {
		t.Errorf("synced: %v", err)
	}
	_, err = client.LocalImportStorages.Wait(ctx, storage.ID, nil)
	if !errors.Is(err, labelstudio.ErrSyncFailed) {
		t.Errorf("waited: %v", err)
	}
	ok(t, writeFile(dir, "b.json", `{"text":"z"}`))
	synced, err := client.LocalImportStorages.SyncAndWait(ctx, storage.ID, nil)
	ok(t, err)
	if *synced.LastSyncCount != 1 {
		t.Errorf("synced to %+v", synced)
	}
	wantTexts(t, client, project, "x", "z")

	ok(t, os.RemoveAll(dir))
	_, err = client.LocalImportStorages.SyncAndWait(ctx, storage.ID, nil)
	if !errors.Is(err, labelstudio.ErrServer) || !errors.As(err, &failed) || failed.Step != labelstudio.StorageStepSync || failed.ID != storage.ID {
		t.Errorf("synced: %v", err)
	}
	_, err = client.LocalImportStorages.Wait(ctx, missing, nil)
	if !errors.Is(err, labelstudio.ErrNotFound) {
		t.Errorf("waited: %v", err)
	}
}

// The server goes on when the client is gone, and the sync is not asked for twice.
func setUpCut(t *testing.T, s *storages, alone *server.Server) {
	client := newClient(t, alone, labelstudio.WithToken(server.LegacyToken))
	project := newProject(t, client).ID
	files, want := map[string]string{}, []string{}
	for i := range 10 {
		text := fmt.Sprintf("%02d", i)
		files[text+".json"], want = fmt.Sprintf(`{"text":%q}`, text), append(want, text)
	}
	syncs := 0
	cutting := newClient(t, alone, labelstudio.WithToken(server.LegacyToken), labelstudio.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(req.URL.Path, "/sync") {
				return next.RoundTrip(req)
			}
			syncs++
			ctx, cancel := context.WithCancel(req.Context())
			defer cancel()
			sent := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { cancel() }}
			return next.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, sent)))
		})
	}))
	storage, err := cutting.LocalImportStorages.SetUp(t.Context(), labelstudio.LocalImportStorageRequest{Project: project, Path: new(s.folder(t, files))}, nil)
	ok(t, err)
	if syncs != 1 || *storage.Meta.Attempts != 1 || *storage.LastSyncCount != 10 {
		t.Errorf("after %d syncs it is %+v", syncs, storage)
	}
	wantTexts(t, client, project, want...)
}

func writeFile(dir, name, content string) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o600)
}
