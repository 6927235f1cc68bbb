package labelstudio

import (
	"context"

	"github.com/labelstudio-go/labelstudio/generated"
)

// S3ImportStoragesService gets tasks from an S3 bucket. It has the methods of
// [generated.S3ImportStoragesService] and SetUp, SyncAndWait and Wait of [StorageSetUp]:
//
//	storage, err := client.S3ImportStorages.SetUp(ctx, request, nil)
type S3ImportStoragesService struct {
	*generated.S3ImportStoragesService
	StorageSetUp[S3ImportStorage, S3ImportStorageRequest]
}

func newS3ImportStorages(s *generated.S3ImportStoragesService, core *core) *S3ImportStoragesService {
	return &S3ImportStoragesService{s, StorageSetUp[S3ImportStorage, S3ImportStorageRequest]{
		core: core, kind: "S3 import storage", create: s.Create, get: s.Get, sync: s.Sync, place: prefixPlace,
		list: func(ctx context.Context, project int64, opts []CallOption) ([]S3ImportStorage, error) {
			return s.List(ctx, &S3ImportStoragesListParams{Project: project}, opts...)
		},
		validate: validating[S3ImportStorageRequest](s.Validate),
		state: func(s *S3ImportStorage) syncState {
			return importSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

// GCSImportStoragesService gets tasks from a Google Cloud Storage bucket. It has the methods of
// [generated.GCSImportStoragesService] and SetUp, SyncAndWait and Wait of [StorageSetUp]:
//
//	storage, err := client.GCSImportStorages.SetUp(ctx, request, nil)
type GCSImportStoragesService struct {
	*generated.GCSImportStoragesService
	StorageSetUp[GCSImportStorage, GCSImportStorageRequest]
}

func newGCSImportStorages(s *generated.GCSImportStoragesService, core *core) *GCSImportStoragesService {
	return &GCSImportStoragesService{s, StorageSetUp[GCSImportStorage, GCSImportStorageRequest]{
		core: core, kind: "GCS import storage", create: s.Create, get: s.Get, sync: s.Sync, place: prefixPlace,
		list: func(ctx context.Context, project int64, opts []CallOption) ([]GCSImportStorage, error) {
			return s.List(ctx, &GCSImportStoragesListParams{Project: project}, opts...)
		},
		validate: validating[GCSImportStorageRequest](s.Validate),
		state: func(s *GCSImportStorage) syncState {
			return importSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

// AzureImportStoragesService gets tasks from an Azure container. It has the methods of
// [generated.AzureImportStoragesService] and SetUp, SyncAndWait and Wait of [StorageSetUp]:
//
//	storage, err := client.AzureImportStorages.SetUp(ctx, request, nil)
type AzureImportStoragesService struct {
	*generated.AzureImportStoragesService
	StorageSetUp[AzureImportStorage, AzureImportStorageRequest]
}

func newAzureImportStorages(s *generated.AzureImportStoragesService, core *core) *AzureImportStoragesService {
	return &AzureImportStoragesService{s, StorageSetUp[AzureImportStorage, AzureImportStorageRequest]{
		core: core, kind: "Azure import storage", create: s.Create, get: s.Get, sync: s.Sync, place: prefixPlace,
		list: func(ctx context.Context, project int64, opts []CallOption) ([]AzureImportStorage, error) {
			return s.List(ctx, &AzureImportStoragesListParams{Project: project}, opts...)
		},
		validate: validating[AzureImportStorageRequest](s.Validate),
		state: func(s *AzureImportStorage) syncState {
			return importSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

// RedisImportStoragesService gets tasks from a Redis database. It has the methods of
// [generated.RedisImportStoragesService] and SetUp, SyncAndWait and Wait of [StorageSetUp]:
//
//	storage, err := client.RedisImportStorages.SetUp(ctx, request, nil)
type RedisImportStoragesService struct {
	*generated.RedisImportStoragesService
	StorageSetUp[RedisImportStorage, RedisImportStorageRequest]
}

func newRedisImportStorages(s *generated.RedisImportStoragesService, core *core) *RedisImportStoragesService {
	return &RedisImportStoragesService{s, StorageSetUp[RedisImportStorage, RedisImportStorageRequest]{
		core: core, kind: "Redis import storage", create: s.Create, get: s.Get, sync: s.Sync, place: redisImportPlace,
		list: func(ctx context.Context, project int64, opts []CallOption) ([]RedisImportStorage, error) {
			return s.List(ctx, &RedisImportStoragesListParams{Project: project}, opts...)
		},
		validate: validating[RedisImportStorageRequest](s.Validate),
		state: func(s *RedisImportStorage) syncState {
			return importSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

// LocalImportStoragesService gets tasks from a folder of the server. It has the methods of
// [generated.LocalImportStoragesService] and SetUp, SyncAndWait and Wait of [StorageSetUp]:
//
//	storage, err := client.LocalImportStorages.SetUp(ctx, request, nil)
type LocalImportStoragesService struct {
	*generated.LocalImportStoragesService
	StorageSetUp[LocalImportStorage, LocalImportStorageRequest]
}

func newLocalImportStorages(s *generated.LocalImportStoragesService, core *core) *LocalImportStoragesService {
	return &LocalImportStoragesService{s, StorageSetUp[LocalImportStorage, LocalImportStorageRequest]{
		core: core, kind: "local import storage", create: s.Create, get: s.Get, sync: s.Sync, place: folderPlace,
		list: func(ctx context.Context, project int64, opts []CallOption) ([]LocalImportStorage, error) {
			return s.List(ctx, &LocalImportStoragesListParams{Project: project}, opts...)
		},
		validate: validating[LocalImportStorageRequest](s.Validate),
		state: func(s *LocalImportStorage) syncState {
			return importSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

// S3ExportStoragesService writes annotations to an S3 bucket. It has the methods of
// [generated.S3ExportStoragesService] and SetUp, SyncAndWait and Wait of [StorageSetUp]:
//
//	storage, err := client.S3ExportStorages.SetUp(ctx, request, nil)
type S3ExportStoragesService struct {
	*generated.S3ExportStoragesService
	StorageSetUp[S3ExportStorage, S3ExportStorageRequest]
}

func newS3ExportStorages(s *generated.S3ExportStoragesService, core *core) *S3ExportStoragesService {
	return &S3ExportStoragesService{s, StorageSetUp[S3ExportStorage, S3ExportStorageRequest]{
		core: core, kind: "S3 export storage", create: s.Create, get: s.Get, sync: s.Sync, place: fieldPlace,
		list: func(ctx context.Context, project int64, opts []CallOption) ([]S3ExportStorage, error) {
			return s.List(ctx, &S3ExportStoragesListParams{Project: project}, opts...)
		},
		state: func(s *S3ExportStorage) syncState {
			return exportSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

// GCSExportStoragesService writes annotations to a Google Cloud Storage bucket. It has the
// methods of [generated.GCSExportStoragesService], and of [StorageSetUp] SetUp, SyncAndWait and
// Wait:
//
//	storage, err := client.GCSExportStorages.SetUp(ctx, request, nil)
type GCSExportStoragesService struct {
	*generated.GCSExportStoragesService
	StorageSetUp[GCSExportStorage, GCSExportStorageRequest]
}

func newGCSExportStorages(s *generated.GCSExportStoragesService, core *core) *GCSExportStoragesService {
	return &GCSExportStoragesService{s, StorageSetUp[GCSExportStorage, GCSExportStorageRequest]{
		core: core, kind: "GCS export storage", create: s.Create, get: s.Get, sync: s.Sync, place: fieldPlace,
		list: func(ctx context.Context, project int64, opts []CallOption) ([]GCSExportStorage, error) {
			return s.List(ctx, &GCSExportStoragesListParams{Project: project}, opts...)
		},
		state: func(s *GCSExportStorage) syncState {
			return exportSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

// AzureExportStoragesService writes annotations to an Azure container. It has the methods of
// [generated.AzureExportStoragesService] and SetUp, SyncAndWait and Wait of [StorageSetUp]:
//
//	storage, err := client.AzureExportStorages.SetUp(ctx, request, nil)
type AzureExportStoragesService struct {
	*generated.AzureExportStoragesService
	StorageSetUp[AzureExportStorage, AzureExportStorageRequest]
}

func newAzureExportStorages(s *generated.AzureExportStoragesService, core *core) *AzureExportStoragesService {
	return &AzureExportStoragesService{s, StorageSetUp[AzureExportStorage, AzureExportStorageRequest]{
		core: core, kind: "Azure export storage", create: s.Create, get: s.Get, sync: s.Sync, place: fieldPlace,
		list: func(ctx context.Context, project int64, opts []CallOption) ([]AzureExportStorage, error) {
			return s.List(ctx, &AzureExportStoragesListParams{Project: project}, opts...)
		},
		state: func(s *AzureExportStorage) syncState {
			return exportSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

// RedisExportStoragesService writes annotations to a Redis database. It has the methods of
// [generated.RedisExportStoragesService] and SetUp, SyncAndWait and Wait of [StorageSetUp]:
//
//	storage, err := client.RedisExportStorages.SetUp(ctx, request, nil)
type RedisExportStoragesService struct {
	*generated.RedisExportStoragesService
	StorageSetUp[RedisExportStorage, RedisExportStorageRequest]
}

func newRedisExportStorages(s *generated.RedisExportStoragesService, core *core) *RedisExportStoragesService {
	return &RedisExportStoragesService{s, StorageSetUp[RedisExportStorage, RedisExportStorageRequest]{
		core: core, kind: "Redis export storage", create: s.Create, get: s.Get, sync: s.Sync, place: redisPlace("2"),
		list: func(ctx context.Context, project int64, opts []CallOption) ([]RedisExportStorage, error) {
			return s.List(ctx, &RedisExportStoragesListParams{Project: project}, opts...)
		},
		state: func(s *RedisExportStorage) syncState {
			return exportSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

// LocalExportStoragesService writes annotations to a folder of the server. It has the methods of
// [generated.LocalExportStoragesService] and SetUp, SyncAndWait and Wait of [StorageSetUp]:
//
//	storage, err := client.LocalExportStorages.SetUp(ctx, request, nil)
type LocalExportStoragesService struct {
	*generated.LocalExportStoragesService
	StorageSetUp[LocalExportStorage, LocalExportStorageRequest]
}

func newLocalExportStorages(s *generated.LocalExportStoragesService, core *core) *LocalExportStoragesService {
	return &LocalExportStoragesService{s, StorageSetUp[LocalExportStorage, LocalExportStorageRequest]{
		core: core, kind: "local export storage", create: s.Create, get: s.Get, sync: s.Sync, place: folderPlace,
		list: func(ctx context.Context, project int64, opts []CallOption) ([]LocalExportStorage, error) {
			return s.List(ctx, &LocalExportStoragesListParams{Project: project}, opts...)
		},
		state: func(s *LocalExportStorage) syncState {
			return exportSync(s.ID, s.Status, s.Meta, &s.Traceback)
		},
	}}
}

func importSync(id int64, status StorageStatus, meta ImportStorageMeta, traceback **string) syncState {
	return syncState{
		id: id, status: status, traceback: traceback, ping: meta.TimeLastPing,
		attempts: *orDefault(meta.Attempts, 0), refused: *orDefault(meta.TasksFailedValidation, 0),
	}
}

func exportSync(id int64, status StorageStatus, meta ExportStorageMeta, traceback **string) syncState {
	return syncState{
		id: id, status: status, traceback: traceback, ping: meta.TimeLastPing,
		attempts: *orDefault(meta.Attempts, 0),
	}
}

// validating makes of the operation that only checks a request one that takes the
// request that makes a storage. Its own has an id besides.
func validating[R, V any](send func(context.Context, V, ...CallOption) error) func(context.Context, R, []CallOption) error {
	return func(ctx context.Context, request R, opts []CallOption) error {
		raw, err := Raw(request)
		if err != nil {
			return err
		}
		var body V
		if err := RawInto(raw, &body); err != nil {
			return err
		}
		return send(ctx, body, opts...)
	}
}
