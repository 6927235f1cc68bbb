package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	bucketFile = "s3://bucket/a.txt"
	localFile  = "shared/a.txt"
)

// content is that of the files that the server passes on.
var content = bytes.Repeat([]byte("what there is to label. "), 100)

// serveFiles gives the server something to fetch: a bucket, tables and a folder.
func (w *world) serveFiles() (err error) {
	w.bucket = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		if name, ok := strings.CutPrefix(req.URL.Path, "/table/"); ok {
			_, _ = rw.Write([]byte(table(strings.TrimSuffix(name, ".csv")))) // the server tells
			return
		}
		rw.Header().Set("Content-Type", "text/plain")
		http.ServeContent(rw, req, "", time.Unix(0, 0), bytes.NewReader(content))
	}))
	if w.root, err = os.MkdirTemp("", "labelstudio-faults-"); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(w.root, "shared"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.root, localFile), content, 0o600)
}

// connectStorages lets the server pass those files on.
func (w *world) connectStorages(ctx context.Context) (err error) {
	if w.stored, err = w.newProject(ctx, "fault files", 1); err != nil {
		return err
	}
	tasks, err := w.taskIDs(ctx, w.stored)
	if err != nil {
		return err
	}
	w.storedTask = tasks[0]
	for path, storage := range map[string]map[string]any{
		"/api/storages/s3/": {
			"project": w.stored, "bucket": "bucket", "presign": false, "s3_endpoint": w.bucket.URL, "region_name": "us-east-1",
			"aws_access_key_id": "key", "aws_secret_access_key": "secret", "use_blob_urls": true,
		},
		"/api/storages/localfiles/": {"project": w.stored, "path": filepath.Join(w.root, "shared"), "use_blob_urls": true},
	} {
		if err := w.direct.Do(ctx, http.MethodPost, path, nil, storage, nil); err != nil {
			return err
		}
	}
	return nil
}
