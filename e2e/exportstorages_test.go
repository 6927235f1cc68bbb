package e2e

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/emulator"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// exportService is what the services of all kinds of export storages have.
type exportService[S, P, C, U, V any] interface {
	List(context.Context, *P, ...labelstudio.CallOption) ([]S, error)
	Create(context.Context, C, ...labelstudio.CallOption) (*S, error)
	Get(context.Context, int64, ...labelstudio.CallOption) (*S, error)
	Update(context.Context, int64, U, ...labelstudio.CallOption) (*S, error)
	Delete(context.Context, int64, ...labelstudio.CallOption) error
	Sync(context.Context, int64, ...labelstudio.CallOption) (*S, error)
	Validate(context.Context, V, ...labelstudio.CallOption) error
}

// exportKind is one kind of export storage and how to reach one.
type exportKind[S, P, C, U, V any] struct {
	kind    string
	service func(*labelstudio.Client) exportService[S, P, C, U, V]
	// fields are all that the bodies take beside those that every kind takes.
	fields object
	// unreachable are fields with which there is nothing to be reached.
	unreachable object
	// read returns what the storage has under the id of an annotation.
	read func(context.Context, string) (string, error)
	// update is true if an update tries to reach the storage.
	update bool
}

func (k exportKind[S, P, C, U, V]) test(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	s, client := newStorages(t)
	project := newProject(t, client).ID
	service, nobody := k.service(client), k.service(newClient(t, s.Server))
	everywhere := object{"project": project, "description": "of a test", "synchronizable": true, "title": "exported", "can_delete_objects": true}
	in := typed[P](t, object{"Project": project})
	task := newTask(t, client, project, "written").ID
	first := annotate(t, client, task, object{"result": json.RawMessage(regions)})

	// What is annotated already is written at once.
	made, err := service.Create(ctx, body[C](t, k.fields, everywhere))
	ok(t, err)
	storage := typed[labelstudio.ExportStorage](t, made)
	if storage.Type != k.kind || storage.Project != project || storage.Status != labelstudio.StorageStatusQueued || *storage.Title != "exported" ||
		*storage.Description != "of a test" || !storage.Synchronizable || storage.CanDeleteObjects == nil || !*storage.CanDeleteObjects ||
		storage.UseBlobURLs != (k.kind == "localfiles") || (storage.RegexFilter == nil) == storage.UseBlobURLs {
		t.Errorf("made %+v", storage)
	}
	if storage.LastSync != nil || storage.LastSyncCount != nil || storage.LastSyncJob != nil || storage.Traceback != nil ||
		*storage.Meta.Attempts != 1 || storage.Meta.TimeQueued == nil || storage.Meta.TimeInProgress != nil {
		t.Errorf("a new storage is %+v with %+v", storage, storage.Meta)
	}
	id := storage.ID
	k.written(t, first, task)
	got, err := service.Get(ctx, id)
	ok(t, err)
	k.completed(t, got, 1, 1)

	// So is what is annotated from then on.
	second := annotate(t, client, task, object{"result": json.RawMessage(regions)})
	k.written(t, second, task)
	synced, err := service.Sync(ctx, id)
	ok(t, err)
	k.completed(t, synced, 2, 2)
	third := annotate(t, client, task, object{"result": json.RawMessage(regions)})
	k.written(t, third, task)
	k.deletes(t, client, third)

	other, err := service.Create(ctx, body[C](t, k.fields, object{"project": project}))
	ok(t, err)
	if plain := typed[labelstudio.ExportStorage](t, other); plain.Title != nil || plain.Description != nil || plain.CanDeleteObjects != nil {
		t.Errorf("made %+v", plain)
	}

	// A check with an id changes the storage.
	ok(t, service.Validate(ctx, body[V](t, k.fields, everywhere, object{"id": id, "title": "checked"})))
	ok(t, service.Validate(ctx, body[V](t, k.fields, everywhere)))
	got, err = service.Get(ctx, id)
	ok(t, err)
	if title := typed[labelstudio.ExportStorage](t, got).Title; *title != "checked" {
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
	if !k.update { // which no longer can be reached
		nothing := object{}
		for field := range k.fields {
			if field != "db" {
				nothing[field] = nil
			}
		}
		plain := unrecorded(t, s.URL, labelstudio.WithToken(server.LegacyToken))
		id := typed[labelstudio.ExportStorage](t, other).ID
		ok(t, plain.Do(ctx, http.MethodPatch, fmt.Sprintf("/api/storages/export/%s/%d", k.kind, id), nil, nothing, nil))
	}

	listed, err := service.List(ctx, &in)
	ok(t, err)
	all, err := client.ExportStorages.List(ctx, &labelstudio.ExportStoragesListParams{Project: project})
	ok(t, err)
	if len(listed) != 2 || len(all) != 2 || !slices.ContainsFunc(all, func(one labelstudio.ExportStorage) bool {
		return one.ID == id && one.Type == k.kind && *one.Title == "changed"
	}) {
		t.Errorf("listed %d, and of all kinds %+v", len(listed), all)
	}

	// What is refused.
	_, err = service.Create(ctx, body[C](t, k.fields, object{"project": missing}))
	wantError(t, err, labelstudio.ErrValidation)
	_, err = service.Create(ctx, body[C](t, k.fields, object{"project": project}, k.unreachable))
	wantError(t, err, labelstudio.ErrValidation)
	wantError(t, service.Validate(ctx, body[V](t, k.fields, object{"project": missing})), labelstudio.ErrValidation)
	wantError(t, service.Validate(ctx, body[V](t, k.fields, object{"project": project}, k.unreachable)), labelstudio.ErrValidation)
	_, err = service.Update(ctx, id, body[U](t, k.fields, object{"title": strings.Repeat("x", 257)}))
	wantError(t, err, labelstudio.ErrValidation)
	_, err = service.Update(ctx, id, body[U](t, object{"title": "alone"}))
	if k.update {
		wantError(t, err, labelstudio.ErrValidation)
	} else {
		ok(t, err)
	}
	gone := typed[P](t, object{"Project": missing})
	_, err = service.List(ctx, &gone)
	wantError(t, err, labelstudio.ErrNotFound)
	wantError(t, service.Validate(ctx, body[V](t, k.fields, object{"project": project, "id": missing})), labelstudio.ErrNotFound)
	refused := func(service exportService[S, P, C, U, V], id int64, kind error) {
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
	without := func(service exportService[S, P, C, U, V], kind error) {
		t.Helper()
		refused(service, id, kind)
		_, err := service.List(ctx, &in)
		wantError(t, err, kind)
		_, err = service.Create(ctx, body[C](t, k.fields, object{"project": project}))
		wantError(t, err, kind)
		wantError(t, service.Validate(ctx, body[V](t, k.fields, object{"project": project, "id": id})), kind)
	}
	without(nobody, labelstudio.ErrUnauthorized)
	without(k.service(s.former(t)), labelstudio.ErrForbidden)

	ok(t, service.Delete(ctx, id))
	_, err = service.Get(ctx, id)
	wantError(t, err, labelstudio.ErrNotFound)
	k.written(t, first, task) // still
}

// written checks that the storage has the annotation, with its task in it.
func (k exportKind[S, P, C, U, V]) written(t *testing.T, annotation, task int64) {
	t.Helper()
	text, err := k.read(t.Context(), itoa(annotation))
	ok(t, err)
	var stored struct {
		ID     int64
		Result []struct{ Type string }
		Task   struct {
			ID   int64
			Data struct{ Text string }
		}
	}
	ok(t, json.Unmarshal([]byte(text), &stored))
	if stored.ID != annotation || stored.Task.ID != task || stored.Task.Data.Text != "written" || len(stored.Result) == 0 || stored.Result[0].Type == "" {
		t.Errorf("the storage has %s", text)
	}
}

// completed checks what the storage says about a synchronization.
func (k exportKind[S, P, C, U, V]) completed(t *testing.T, answer *S, count, attempts int64) {
	t.Helper()
	storage := typed[labelstudio.ExportStorage](t, answer)
	if storage.Status != labelstudio.StorageStatusCompleted || storage.LastSync == nil || storage.LastSyncCount == nil ||
		*storage.LastSyncCount != count || storage.LastSyncJob != nil || storage.Traceback != nil {
		t.Fatalf("synchronized to %+v", storage)
	}
	meta := storage.Meta
	if *meta.Attempts != attempts || *meta.TotalAnnotations != count || *meta.Duration <= 0 || meta.TimeQueued == nil ||
		meta.TimeInProgress == nil || meta.TimeLastPing == nil || meta.TimeCompleted == nil || meta.TimeFailure != nil {
		t.Errorf("the meta is %+v", meta)
	}
}

// deletes checks whether what is stored goes with its annotation, which is up to the kind, whatever the storage says.
func (k exportKind[S, P, C, U, V]) deletes(t *testing.T, client *labelstudio.Client, annotation int64) {
	t.Helper()
	ok(t, client.Do(t.Context(), http.MethodDelete, fmt.Sprintf("/api/annotations/%d/", annotation), nil, nil, nil))
	_, err := k.read(t.Context(), itoa(annotation))
	// Of the kinds that heed it the object was seen to stay, too, on a machine with much to do.
	if heeds := k.kind == "s3" || k.kind == "localfiles"; err != nil && !heeds {
		t.Errorf("reading what stays: %v", err)
	}
}

func TestLocalExportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	dir := s.folder(t, nil)
	exportKind[labelstudio.LocalExportStorage, labelstudio.LocalExportStoragesListParams, labelstudio.LocalExportStorageRequest,
		labelstudio.LocalExportStorageUpdateRequest, labelstudio.LocalExportStorageValidateRequest]{
		kind:        "localfiles",
		fields:      object{"path": dir, "regex_filter": "no.*effect", "use_blob_urls": true},
		unreachable: object{"path": s.root},
		update:      true,
		read: func(_ context.Context, key string) (string, error) {
			text, err := os.ReadFile(filepath.Join(dir, key))
			return string(text), err
		},
		service: func(c *labelstudio.Client) exportService[labelstudio.LocalExportStorage, labelstudio.LocalExportStoragesListParams,
			labelstudio.LocalExportStorageRequest, labelstudio.LocalExportStorageUpdateRequest, labelstudio.LocalExportStorageValidateRequest] {
			return c.LocalExportStorages
		},
	}.test(t)
}

func TestRedisExportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	database := newDatabase(t)
	host, port, err := net.SplitHostPort(s.Redis)
	ok(t, err)
	exportKind[labelstudio.RedisExportStorage, labelstudio.RedisExportStoragesListParams, labelstudio.RedisExportStorageRequest,
		labelstudio.RedisExportStorageUpdateRequest, labelstudio.RedisExportStorageValidateRequest]{
		kind: "redis",
		// The emulator has no password, and none is the same as an empty one. The path is not put before the keys.
		fields:      object{"host": host, "port": port, "db": database, "path": "annotations/", "password": ""},
		unreachable: object{"db": 0},
		read: func(ctx context.Context, key string) (string, error) {
			return s.GetRedis(ctx, database, key)
		},
		service: func(c *labelstudio.Client) exportService[labelstudio.RedisExportStorage, labelstudio.RedisExportStoragesListParams,
			labelstudio.RedisExportStorageRequest, labelstudio.RedisExportStorageUpdateRequest, labelstudio.RedisExportStorageValidateRequest] {
			return c.RedisExportStorages
		},
	}.test(t)
}

func TestS3ExportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	bucket := strings.ToLower("export-" + rand.Text())
	// Of an empty prefix the emulator leaves out the number of keys, which the server counts on.
	ok(t, s.PutS3(t.Context(), bucket, "annotations/any", ""))
	exportKind[labelstudio.S3ExportStorage, labelstudio.S3ExportStoragesListParams, labelstudio.S3ExportStorageRequest,
		labelstudio.S3ExportStorageUpdateRequest, labelstudio.S3ExportStorageValidateRequest]{
		kind: "s3",
		fields: object{"bucket": bucket, "prefix": "annotations", "s3_endpoint": s.S3, "region_name": "us-east-1", "aws_access_key_id": "a",
			"aws_secret_access_key": "b", "aws_session_token": "c", "aws_sse_kms_key_id": "d"},
		unreachable: object{"bucket": "no bucket"},
		read: func(ctx context.Context, key string) (string, error) {
			return s.GetS3(ctx, bucket, "annotations/"+key)
		},
		service: func(c *labelstudio.Client) exportService[labelstudio.S3ExportStorage, labelstudio.S3ExportStoragesListParams,
			labelstudio.S3ExportStorageRequest, labelstudio.S3ExportStorageUpdateRequest, labelstudio.S3ExportStorageValidateRequest] {
			return c.S3ExportStorages
		},
	}.test(t)
}

func TestGCSExportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	bucket := strings.ToLower("export-" + rand.Text())
	ok(t, s.MakeGCSBucket(t.Context(), bucket))
	exportKind[labelstudio.GCSExportStorage, labelstudio.GCSExportStoragesListParams, labelstudio.GCSExportStorageRequest,
		labelstudio.GCSExportStorageUpdateRequest, labelstudio.GCSExportStorageValidateRequest]{
		kind: "gcs",
		fields: object{"bucket": bucket, "prefix": "annotations", "google_project_id": "test",
			"google_application_credentials": googleCredentials(t)},
		unreachable: object{"bucket": bucket + "-not"},
		read: func(ctx context.Context, key string) (string, error) {
			return s.GetGCS(ctx, bucket, "annotations/"+key)
		},
		service: func(c *labelstudio.Client) exportService[labelstudio.GCSExportStorage, labelstudio.GCSExportStoragesListParams,
			labelstudio.GCSExportStorageRequest, labelstudio.GCSExportStorageUpdateRequest, labelstudio.GCSExportStorageValidateRequest] {
			return c.GCSExportStorages
		},
	}.test(t)
}

func TestAzureExportStorages(t *testing.T) {
	t.Parallel()
	s, _ := newStorages(t)
	container := strings.ToLower("export-" + rand.Text())
	ok(t, s.azure.MakeContainer(t.Context(), container))
	exportKind[labelstudio.AzureExportStorage, labelstudio.AzureExportStoragesListParams, labelstudio.AzureExportStorageRequest,
		labelstudio.AzureExportStorageUpdateRequest, labelstudio.AzureExportStorageValidateRequest]{
		kind: "azure",
		fields: object{"container": container, "prefix": "annotations", "account_name": s.azure.AccountName(),
			"account_key": emulator.AzureKey},
		unreachable: object{"container": "nothing"},
		read: func(ctx context.Context, key string) (string, error) {
			return s.azure.Get(ctx, container, "annotations/"+key)
		},
		service: func(c *labelstudio.Client) exportService[labelstudio.AzureExportStorage, labelstudio.AzureExportStoragesListParams,
			labelstudio.AzureExportStorageRequest, labelstudio.AzureExportStorageUpdateRequest, labelstudio.AzureExportStorageValidateRequest] {
			return c.AzureExportStorages
		},
	}.test(t)
}

// A synchronization that cannot write is completed all the same; one that cannot begin is an error of the server.
func TestExportStorageFailures(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, client := newStorages(t)
	project := newProject(t, client).ID
	annotation := annotate(t, client, newTask(t, client, project, "x").ID, object{"result": json.RawMessage(regions)})
	dir := s.folder(t, map[string]string{itoa(annotation) + "/in.the.way": ""})
	storage, err := client.LocalExportStorages.Create(ctx, labelstudio.LocalExportStorageRequest{Project: project, Path: &dir})
	ok(t, err)
	synced, err := client.LocalExportStorages.Sync(ctx, storage.ID)
	ok(t, err)
	if synced.Status != labelstudio.StorageStatusCompleted || *synced.LastSyncCount != 1 || synced.Traceback != nil {
		t.Errorf("synchronized to %+v", synced)
	}
	ok(t, os.RemoveAll(dir))
	_, err = client.LocalExportStorages.Sync(ctx, storage.ID)
	wantError(t, err, labelstudio.ErrServer)

	_, err = client.S3ExportStorages.Create(ctx, labelstudio.S3ExportStorageRequest{Project: project, Bucket: new("bucket"),
		S3Endpoint: new("http://127.0.0.1:1"), AWSAccessKeyID: new("a"), AWSSecretAccessKey: new("b")})
	wantError(t, err, labelstudio.ErrServer)
}

func TestExportStorages(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		types, err := client.ExportStorages.Types(ctx)
		ok(t, err)
		want := []labelstudio.StorageType{{Name: "s3", Title: "AWS S3"}, {Name: "gcs", Title: "Google Cloud Storage"},
			{Name: "azure", Title: "Microsoft Azure"}, {Name: "redis", Title: "Redis"}, {Name: "localfiles", Title: "Local files"}}
		if !slices.Equal(types, want) {
			t.Errorf("the types are %+v", types)
		}
		for _, project := range []int64{newProject(t, client).ID, missing} {
			none, err := client.ExportStorages.List(ctx, &labelstudio.ExportStoragesListParams{Project: project})
			ok(t, err)
			if len(none) != 0 {
				t.Errorf("listed %+v", none)
			}
		}
	})
	nobody := newClient(t, withLegacy)
	_, err := nobody.ExportStorages.Types(t.Context())
	wantError(t, err, labelstudio.ErrUnauthorized)
	_, err = nobody.ExportStorages.List(t.Context(), &labelstudio.ExportStoragesListParams{Project: 1})
	wantError(t, err, labelstudio.ErrUnauthorized)
}
