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
	request := body[R](t, k.fields, object{"project": project})

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
		if answer, is := cause.(*labelstudio.Error); is {
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
	database := newDatabase(t)
	host, port, err := net.SplitHostPort(s.Redis)
	ok(t, err)
	ok(t, s.PutRedis(t.Context(), database, "bad/a.json", "no JSON"))
	importSetUp[labelstudio.RedisImportStorage, labelstudio.RedisImportStorageRequest]{
		service: func(c *labelstudio.Client) setUpService[labelstudio.RedisImportStorage, labelstudio.RedisImportStorageRequest] {
			return c.RedisImportStorages
		},
		fields: object{"host": host, "port": port, "db": database, "path": "tasks/"},
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

func TestSetUpLocalImport(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	dir := s.folder(t, nil)
	bad := s.folder(t, map[string]string{"a.json": "no JSON"})
	importSetUp[labelstudio.LocalImportStorage, labelstudio.LocalImportStorageRequest]{
		service: func(c *labelstudio.Client) setUpService[labelstudio.LocalImportStorage, labelstudio.LocalImportStorageRequest] {
			return c.LocalImportStorages
		},
		fields: object{"path": dir, "recursive_scan": true},
		put:    func(_ context.Context, key, content string) error { return writeFile(dir, key, content) },
		fails: []setUpFailure{
			{"no folder", object{"path": dir + "/nothing"}, "validate", labelstudio.ErrValidation, "does not exist"},
			{"not the server's", object{"path": "/etc"}, "validate", labelstudio.ErrValidation, "must be a subdirectory"},
			{"bad pattern", object{"regex_filter": "("}, "sync", labelstudio.ErrSyncFailed, "unterminated subpattern"},
			{"no JSON", object{"path": bad}, "sync", labelstudio.ErrSyncFailed, "Can't import JSON-formatted tasks from "},
		},
	}.test(t)
}

func writeFile(dir, name, content string) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o600)
}
