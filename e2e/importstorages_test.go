package e2e

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/emulator"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// storedTasks are files with four tasks, one of them in a folder.
var storedTasks = map[string]string{
	"one.json":      `{"text":"one"}`,
	"two.json":      `[{"data":{"text":"two"}},{"data":{"text":"three"}}]`,
	"sub/four.json": `{"text":"four"}`,
}

// importService is what the services of all kinds of import storages have.
type importService[S, P, C, U, V any] interface {
	List(context.Context, *P, ...labelstudio.CallOption) ([]S, error)
	Create(context.Context, C, ...labelstudio.CallOption) (*S, error)
	Get(context.Context, int64, ...labelstudio.CallOption) (*S, error)
	Update(context.Context, int64, U, ...labelstudio.CallOption) (*S, error)
	Delete(context.Context, int64, ...labelstudio.CallOption) error
	Sync(context.Context, int64, ...labelstudio.CallOption) (*S, error)
	Validate(context.Context, V, ...labelstudio.CallOption) error
}

// importKind is one kind of import storage and how to reach one that has storedTasks.
type importKind[S, P, C, U, V any] struct {
	kind    string
	service func(*labelstudio.Client) importService[S, P, C, U, V]
	// fields are all that the bodies take beside those that every kind takes.
	fields object
	// bare are the fewest with which it can be reached.
	bare object
	// tasks is how many tasks there are at the first synchronization, and files in how many files.
	tasks int64
	files int
	// unreachable are fields with which there is nothing to be reached.
	unreachable object
	// listFiles is nil where there is no such operation.
	listFiles func(context.Context, *labelstudio.Client, object) (*labelstudio.StorageFiles, error)
}

// body makes the typed body of a request.
func body[T any](t *testing.T, parts ...object) T {
	t.Helper()
	return typed[T](t, merged(parts...))
}

// merged has the keys of all parts, the last of which wins.
func merged(parts ...object) object {
	all := object{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// typed goes by JSON from one type to another.
func typed[T any](t *testing.T, from any) T {
	t.Helper()
	raw, err := json.Marshal(from)
	ok(t, err)
	var to T
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	ok(t, decoder.Decode(&to))
	return to
}

func (k importKind[S, P, C, U, V]) test(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	s, client := newStorages(t)
	project := newProject(t, client).ID
	service, nobody := k.service(client), k.service(newClient(t, s.Server))
	everywhere := object{"project": project, "description": "of a test", "regex_filter": `.*\.json$`, "synchronizable": true,
		"title": "stored", "use_blob_urls": false}
	in := typed[P](t, object{"Project": project})

	made, err := service.Create(ctx, body[C](t, k.fields, everywhere))
	ok(t, err)
	storage := typed[labelstudio.ImportStorage](t, made)
	if storage.Type != k.kind || storage.Project != project || storage.Status != labelstudio.StorageStatusInitialized ||
		*storage.Title != "stored" || *storage.Description != "of a test" || !storage.Synchronizable || storage.UseBlobURLs {
		t.Errorf("made %+v", storage)
	}
	if storage.LastSync != nil || storage.LastSyncCount != nil || storage.LastSyncJob != nil || storage.Traceback != nil || storage.Meta.Attempts != nil {
		t.Errorf("a new storage has been synchronized: %+v", storage)
	}
	id := storage.ID
	other, err := service.Create(ctx, body[C](t, k.bare, object{"project": project}))
	ok(t, err)
	if plain := typed[labelstudio.ImportStorage](t, other); plain.Title != nil || plain.Description != nil || plain.RegexFilter != nil {
		t.Errorf("made %+v", plain)
	} else if _, scans := k.fields["recursive_scan"]; scans && k.kind != "s3" {
		// Null is no false to the server, but nobody has a reason to send it.
		sender := unrecorded(t, s.URL, labelstudio.WithToken(server.LegacyToken))
		path := fmt.Sprint("/api/storages/", k.kind, "/", plain.ID)
		ok(t, sender.Do(ctx, http.MethodPatch, path, nil, merged(k.bare, object{"recursive_scan": nil}), nil))
		unset, err := service.Get(ctx, plain.ID)
		ok(t, err)
		if string(keysOf(t, unset)["recursive_scan"]) != "null" {
			t.Errorf("changed to %+v", unset)
		}
	}

	k.sync(t, service, id, k.tasks, 0, 1)
	tasks, err := client.Tasks.List(ctx, &labelstudio.TasksListParams{Project: &project})
	ok(t, err)
	if tasks.Total != k.tasks {
		t.Errorf("the project has %d tasks, want %d", tasks.Total, k.tasks)
	}
	k.sync(t, service, id, 0, k.tasks, 2)

	// A check with an id changes the storage.
	ok(t, service.Validate(ctx, body[V](t, k.fields, everywhere, object{"id": id, "title": "checked"})))
	ok(t, service.Validate(ctx, body[V](t, k.fields, everywhere)))
	got, err := service.Get(ctx, id)
	ok(t, err)
	if title := typed[labelstudio.ImportStorage](t, got).Title; *title != "checked" {
		t.Errorf("the title is %q after a check", *title)
	}

	changed, err := service.Update(ctx, id, body[U](t, k.fields, everywhere, object{"title": "changed", "synchronizable": false}))
	ok(t, err)
	after := keysOf(t, changed)
	if _, there := after["type"]; there || string(after["title"]) != `"changed"` || string(after["synchronizable"]) != "false" {
		t.Errorf("changed to %s", after)
	}
	_, err = service.Sync(ctx, id)
	if answer := wantAnswer(t, err, labelstudio.ErrValidation); !strings.Contains(answer.Detail, "not synchronizable") {
		t.Errorf("the detail is %q", answer.Detail)
	}

	listed, err := service.List(ctx, &in)
	ok(t, err)
	all, err := client.ImportStorages.List(ctx, &labelstudio.ImportStoragesListParams{Project: project})
	ok(t, err)
	if len(listed) != 2 || len(all) != 2 || !slices.ContainsFunc(all, func(one labelstudio.ImportStorage) bool { return one.ID == id && one.Type == k.kind }) {
		t.Errorf("listed %d, and of all kinds %+v", len(listed), all)
	}
	if k.listFiles != nil {
		k.testFiles(t, client, project, id)
	}

	// What is refused.
	_, err = service.Create(ctx, body[C](t, k.fields, object{"project": missing}))
	wantError(t, err, labelstudio.ErrValidation)
	wantError(t, service.Validate(ctx, body[V](t, k.fields, object{"project": missing})), labelstudio.ErrValidation)
	wantError(t, service.Validate(ctx, body[V](t, k.fields, object{"project": project}, k.unreachable)), labelstudio.ErrValidation)
	_, err = service.Update(ctx, id, body[U](t, k.fields, object{"title": strings.Repeat("x", 257)}))
	wantError(t, err, labelstudio.ErrValidation)
	gone := typed[P](t, object{"Project": missing})
	_, err = service.List(ctx, &gone)
	wantError(t, err, labelstudio.ErrNotFound)
	wantError(t, service.Validate(ctx, body[V](t, k.fields, object{"project": project, "id": missing})), labelstudio.ErrNotFound)
	refused := func(service importService[S, P, C, U, V], id int64, kind error) {
		t.Helper()
		_, err := service.Get(ctx, id)
		wantError(t, err, kind)
		_, err = service.Update(ctx, id, body[U](t, k.fields, object{"title": "x"}))
		wantError(t, err, kind)
		_, err = service.Sync(ctx, id)
		wantError(t, err, kind)
		wantError(t, service.Delete(ctx, id), kind)
	}
	refused(service, missing, labelstudio.ErrNotFound)
	without := func(service importService[S, P, C, U, V], kind error) {
		t.Helper()
		refused(service, id, kind)
		_, err := service.List(ctx, &in)
		wantError(t, err, kind)
		_, err = service.Create(ctx, body[C](t, k.fields, object{"project": project}))
		wantError(t, err, kind)
		wantError(t, service.Validate(ctx, body[V](t, k.fields, object{"project": project, "id": id})), kind)
	}
	without(nobody, labelstudio.ErrUnauthorized)
	former := s.former(t)
	without(k.service(former), labelstudio.ErrForbidden)
	if k.listFiles != nil {
		files := object{"project": project, "id": id}
		_, err = k.listFiles(ctx, newClient(t, s.Server), files)
		wantError(t, err, labelstudio.ErrUnauthorized)
		_, err = k.listFiles(ctx, former, files)
		wantError(t, err, labelstudio.ErrForbidden)
		_, err = k.listFiles(ctx, client, object{"project": project, "id": missing})
		wantError(t, err, labelstudio.ErrNotFound)
		_, err = k.listFiles(ctx, client, object{"project": project, "regex_filter": "("})
		wantError(t, err, labelstudio.ErrValidation)
	}

	ok(t, service.Delete(ctx, id))
	_, err = service.Get(ctx, id)
	wantError(t, err, labelstudio.ErrNotFound)
	left, err := client.Tasks.List(ctx, &labelstudio.TasksListParams{Project: &project})
	ok(t, err)
	if left.Total != k.tasks {
		t.Errorf("the project has %d tasks without the storage, want %d", left.Total, k.tasks)
	}
}

// sync synchronizes and checks what the storage says about it.
func (k importKind[S, P, C, U, V]) sync(t *testing.T, service importService[S, P, C, U, V], id, count, existed, attempts int64) {
	t.Helper()
	answer, err := service.Sync(t.Context(), id)
	ok(t, err)
	storage := typed[labelstudio.ImportStorage](t, answer)
	if storage.Status != labelstudio.StorageStatusCompleted || storage.LastSync == nil || storage.LastSyncCount == nil || *storage.LastSyncCount != count {
		t.Fatalf("synchronized to %+v", storage)
	}
	meta := storage.Meta
	if *meta.Attempts != attempts || *meta.TasksExisted != existed || *meta.Duration <= 0 || meta.TimeQueued == nil ||
		meta.TimeInProgress == nil || meta.TimeLastPing == nil || meta.TimeCompleted == nil || meta.TimeFailure != nil {
		t.Errorf("the meta is %+v", meta)
	}
}

// testFiles lists the files as they come, and only the first.
func (k importKind[S, P, C, U, V]) testFiles(t *testing.T, client *labelstudio.Client, project, id int64) {
	t.Helper()
	answer, err := k.listFiles(t.Context(), client, object{"project": project, "regex_filter": `.*\.json$`})
	ok(t, err)
	if len(answer.Files) != k.files {
		t.Fatalf("listed %+v", answer.Files)
	}
	for _, file := range answer.Files {
		if file.Key == nil || !strings.HasSuffix(*file.Key, ".json") || file.LastModified == nil || *file.Size < 10 {
			t.Errorf("listed %+v", file)
		}
	}
	answer, err = k.listFiles(t.Context(), client, object{"project": project, "id": id, "limit": 1})
	ok(t, err)
	if len(answer.Files) != 2 || answer.Files[0].Key == nil || answer.Files[1] != (labelstudio.StorageFile{}) {
		t.Errorf("listed %+v", answer.Files)
	}
}

func keysOf(t *testing.T, v any) map[string]json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	ok(t, err)
	return keys(t, raw)
}

func TestLocalImportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	fields := object{"path": s.folder(t, storedTasks), "recursive_scan": true}
	importKind[labelstudio.LocalImportStorage, labelstudio.LocalImportStoragesListParams, labelstudio.LocalImportStorageRequest,
		labelstudio.LocalImportStorageUpdateRequest, labelstudio.LocalImportStorageValidateRequest]{
		kind:        "localfiles",
		bare:        object{"path": fields["path"]},
		fields:      fields,
		tasks:       4,
		files:       3,
		unreachable: object{"path": s.root},
		service: func(c *labelstudio.Client) importService[labelstudio.LocalImportStorage, labelstudio.LocalImportStoragesListParams,
			labelstudio.LocalImportStorageRequest, labelstudio.LocalImportStorageUpdateRequest, labelstudio.LocalImportStorageValidateRequest] {
			return c.LocalImportStorages
		},
		listFiles: func(ctx context.Context, c *labelstudio.Client, o object) (*labelstudio.StorageFiles, error) {
			return c.LocalImportStorages.ListFiles(ctx, files[labelstudio.LocalImportStorageListFilesRequest](t, fields, o))
		},
	}.test(t)
}

func TestRedisImportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	database := newDatabase(t)
	for key, content := range storedTasks {
		ok(t, s.PutRedis(t.Context(), database, "tasks/"+key, content))
	}
	host, port, err := net.SplitHostPort(s.Redis)
	ok(t, err)
	importKind[labelstudio.RedisImportStorage, labelstudio.RedisImportStoragesListParams, labelstudio.RedisImportStorageRequest,
		labelstudio.RedisImportStorageUpdateRequest, labelstudio.RedisImportStorageValidateRequest]{
		kind: "redis",
		// The emulator has no password, and none is the same as an empty one.
		fields:      object{"host": host, "port": port, "db": database, "path": "tasks/", "password": ""},
		bare:        object{"host": host, "port": port, "db": database},
		tasks:       4,
		unreachable: object{"db": 0},
		service: func(c *labelstudio.Client) importService[labelstudio.RedisImportStorage, labelstudio.RedisImportStoragesListParams,
			labelstudio.RedisImportStorageRequest, labelstudio.RedisImportStorageUpdateRequest, labelstudio.RedisImportStorageValidateRequest] {
			return c.RedisImportStorages
		},
	}.test(t)
}

func TestS3ImportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	bucket := strings.ToLower("import-" + rand.Text())
	for key, content := range storedTasks {
		ok(t, s.PutS3(t.Context(), bucket, "tasks/"+key, content))
	}
	fields := object{"bucket": bucket, "prefix": "tasks", "s3_endpoint": s.S3, "region_name": "us-east-1", "aws_access_key_id": "a",
		"aws_secret_access_key": "b", "aws_session_token": "c", "aws_sse_kms_key_id": "d", "presign": false, "presign_ttl": 5, "recursive_scan": true}
	importKind[labelstudio.S3ImportStorage, labelstudio.S3ImportStoragesListParams, labelstudio.S3ImportStorageRequest,
		labelstudio.S3ImportStorageUpdateRequest, labelstudio.S3ImportStorageValidateRequest]{
		kind:        "s3",
		bare:        object{},
		fields:      fields,
		tasks:       4,
		files:       3,
		unreachable: object{"bucket": ""},
		service: func(c *labelstudio.Client) importService[labelstudio.S3ImportStorage, labelstudio.S3ImportStoragesListParams,
			labelstudio.S3ImportStorageRequest, labelstudio.S3ImportStorageUpdateRequest, labelstudio.S3ImportStorageValidateRequest] {
			return c.S3ImportStorages
		},
		listFiles: func(ctx context.Context, c *labelstudio.Client, o object) (*labelstudio.StorageFiles, error) {
			return c.S3ImportStorages.ListFiles(ctx, files[labelstudio.S3ImportStorageListFilesRequest](t, fields, o))
		},
	}.test(t)
}

func TestGCSImportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	bucket := strings.ToLower("import-" + rand.Text())
	ok(t, s.MakeGCSBucket(t.Context(), bucket))
	for key, content := range storedTasks {
		ok(t, s.PutGCS(t.Context(), bucket, "tasks/"+key, content))
	}
	fields := object{"bucket": bucket, "prefix": "tasks", "google_project_id": "test", "google_application_credentials": googleCredentials(t),
		"presign": false, "presign_ttl": 5, "recursive_scan": true}
	importKind[labelstudio.GCSImportStorage, labelstudio.GCSImportStoragesListParams, labelstudio.GCSImportStorageRequest,
		labelstudio.GCSImportStorageUpdateRequest, labelstudio.GCSImportStorageValidateRequest]{
		kind:        "gcs",
		bare:        object{"bucket": bucket},
		fields:      fields,
		tasks:       4,
		files:       3,
		unreachable: object{"prefix": "nothing"},
		service: func(c *labelstudio.Client) importService[labelstudio.GCSImportStorage, labelstudio.GCSImportStoragesListParams,
			labelstudio.GCSImportStorageRequest, labelstudio.GCSImportStorageUpdateRequest, labelstudio.GCSImportStorageValidateRequest] {
			return c.GCSImportStorages
		},
		listFiles: func(ctx context.Context, c *labelstudio.Client, o object) (*labelstudio.StorageFiles, error) {
			return c.GCSImportStorages.ListFiles(ctx, files[labelstudio.GCSImportStorageListFilesRequest](t, fields, o))
		},
	}.test(t)
}

func TestAzureImportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	container := strings.ToLower("import-" + rand.Text())
	ok(t, s.azure.MakeContainer(t.Context(), container))
	for key, content := range storedTasks {
		ok(t, s.azure.Put(t.Context(), container, "tasks/"+key, content))
	}
	fields := object{"container": container, "prefix": "tasks", "account_name": s.azure.AccountName(), "account_key": emulator.AzureKey,
		"presign": false, "presign_ttl": 5, "recursive_scan": true}
	importKind[labelstudio.AzureImportStorage, labelstudio.AzureImportStoragesListParams, labelstudio.AzureImportStorageRequest,
		labelstudio.AzureImportStorageUpdateRequest, labelstudio.AzureImportStorageValidateRequest]{
		kind:        "azure",
		bare:        object{"container": container, "account_name": s.azure.AccountName(), "account_key": emulator.AzureKey},
		fields:      fields,
		tasks:       4,
		files:       3,
		unreachable: object{"container": "nothing"},
		service: func(c *labelstudio.Client) importService[labelstudio.AzureImportStorage, labelstudio.AzureImportStoragesListParams,
			labelstudio.AzureImportStorageRequest, labelstudio.AzureImportStorageUpdateRequest, labelstudio.AzureImportStorageValidateRequest] {
			return c.AzureImportStorages
		},
		listFiles: func(ctx context.Context, c *labelstudio.Client, o object) (*labelstudio.StorageFiles, error) {
			return c.AzureImportStorages.ListFiles(ctx, files[labelstudio.AzureImportStorageListFilesRequest](t, fields, o))
		},
	}.test(t)
}

// files is the body that lists files: what has no effect on them is left out.
func files[T any](t *testing.T, fields, over object) T {
	t.Helper()
	all := merged(fields, over)
	delete(all, "presign")
	delete(all, "presign_ttl")
	return typed[T](t, all)
}

// googleCredentials are the credentials of a service account that gets its tokens from this test.
func googleCredentials(t *testing.T) string {
	t.Helper()
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"any","expires_in":3600,"token_type":"Bearer"}`)
	}))
	t.Cleanup(tokens.Close)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	ok(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	ok(t, err)
	raw, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "test", "client_email": "someone@example.com", "token_uri": tokens.URL,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	ok(t, err)
	return string(raw)
}

// The status says how a synchronization went, not an error.
func TestImportStorageFailures(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, client := newStorages(t)
	project := newProject(t, client).ID
	dir := s.folder(t, map[string]string{"a.json": "no JSON"})
	storage, err := client.LocalImportStorages.Create(ctx, labelstudio.LocalImportStorageRequest{Project: project, Path: &dir})
	ok(t, err)

	failed, err := client.LocalImportStorages.Sync(ctx, storage.ID)
	ok(t, err)
	if failed.Status != labelstudio.StorageStatusFailed || failed.LastSync != nil || failed.LastSyncCount != nil ||
		failed.Traceback == nil || failed.Meta.TimeFailure == nil || failed.Meta.TimeCompleted != nil {
		t.Errorf("synchronized to %+v", failed)
	}

	some := `[{"data":{"text":"x"}},{"data":{"text":"y"},"predictions":[{"result":[],"score":"high"}]}]`
	ok(t, os.WriteFile(filepath.Join(dir, "a.json"), []byte(some), 0o600))
	partly, err := client.LocalImportStorages.Sync(ctx, storage.ID)
	ok(t, err)
	if partly.Status != labelstudio.StorageStatusCompletedWithErrors || *partly.LastSyncCount != 1 || *partly.Meta.TasksFailedValidation != 1 {
		t.Errorf("synchronized to %+v", partly)
	}

	ok(t, os.WriteFile(filepath.Join(dir, "b.png"), nil, 0o600))
	failed, err = client.LocalImportStorages.Sync(ctx, storage.ID)
	ok(t, err)
	if failed.Status != labelstudio.StorageStatusFailed {
		t.Errorf("a file that is no JSON: %+v", failed)
	}
	_, err = client.LocalImportStorages.Update(ctx, storage.ID, labelstudio.LocalImportStorageUpdateRequest{Path: &dir, UseBlobURLs: new(true)})
	ok(t, err)
	done, err := client.LocalImportStorages.Sync(ctx, storage.ID)
	ok(t, err)
	if done.Status != labelstudio.StorageStatusCompleted || *done.LastSyncCount != 1 || done.Traceback == nil || *done.Traceback != *failed.Traceback {
		t.Errorf("synchronized to %+v", done)
	}
	tasks, err := client.Tasks.List(ctx, &labelstudio.TasksListParams{Project: &project})
	ok(t, err)
	if last := string(tasks.Tasks[len(tasks.Tasks)-1].Data); !strings.Contains(last, "/data/local-files/?d=") {
		t.Errorf("the task of a file is %s", last)
	}

	ok(t, os.RemoveAll(dir))
	_, err = client.LocalImportStorages.Sync(ctx, storage.ID)
	wantError(t, err, labelstudio.ErrServer)

	// Without a bucket nothing is checked, and so nothing is known.
	bare, err := client.S3ImportStorages.Create(ctx, labelstudio.S3ImportStorageRequest{Project: project})
	ok(t, err)
	if bare.Bucket != nil || bare.Prefix != nil || bare.RegionName != nil || bare.S3Endpoint != nil || bare.AWSSSEKMSKeyID != nil ||
		!bare.Presign || bare.PresignTTL != 1 || bare.RecursiveScan {
		t.Errorf("made %+v", bare)
	}
	wantError(t, client.S3ImportStorages.Validate(ctx, labelstudio.S3ImportStorageValidateRequest{Project: project}), labelstudio.ErrValidation)
	_, err = client.S3ImportStorages.Sync(ctx, bare.ID)
	wantError(t, err, labelstudio.ErrServer)
	all, err := client.ImportStorages.List(ctx, &labelstudio.ImportStoragesListParams{Project: project})
	ok(t, err)
	if len(all) != 2 || all[0].Type != "s3" || !all[0].Bucket.IsNull() || all[1].Type != "localfiles" {
		t.Errorf("listed %+v", all)
	}
}

func TestImportStorages(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		types, err := client.ImportStorages.Types(ctx)
		ok(t, err)
		want := []labelstudio.StorageType{{Name: "s3", Title: "AWS S3"}, {Name: "gcs", Title: "Google Cloud Storage"},
			{Name: "azure", Title: "Microsoft Azure"}, {Name: "redis", Title: "Redis"}, {Name: "localfiles", Title: "Local files"}}
		if !slices.Equal(types, want) {
			t.Errorf("the types are %+v", types)
		}
		for _, project := range []int64{newProject(t, client).ID, missing} {
			none, err := client.ImportStorages.List(ctx, &labelstudio.ImportStoragesListParams{Project: project})
			ok(t, err)
			if len(none) != 0 {
				t.Errorf("listed %+v", none)
			}
		}
	})
	nobody := newClient(t, withLegacy)
	_, err := nobody.ImportStorages.Types(t.Context())
	wantError(t, err, labelstudio.ErrUnauthorized)
	_, err = nobody.ImportStorages.List(t.Context(), &labelstudio.ImportStoragesListParams{Project: 1})
	wantError(t, err, labelstudio.ErrUnauthorized)
}
