package emulator

import (
	"context"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func TestEmulators(t *testing.T) {
	e, err := Start("../parts")
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := e.MakeGCSBucket(ctx, "gcs-bucket"); err != nil {
		t.Error(err)
	}
	stores := []struct {
		name string
		put  func(key, content string) error
		get  func(key string) (string, error)
	}{
		{"S3", func(k, c string) error { return e.PutS3(ctx, "s3-bucket", k, c) }, func(k string) (string, error) { return e.GetS3(ctx, "s3-bucket", k) }},
		{"GCS", func(k, c string) error { return e.PutGCS(ctx, "gcs-bucket", k, c) }, func(k string) (string, error) { return e.GetGCS(ctx, "gcs-bucket", k) }},
		{"Redis", func(k, c string) error { return e.PutRedis(ctx, 3, k, c) }, func(k string) (string, error) { return e.GetRedis(ctx, 3, k) }},
	}
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			if err := s.put("a/b.json", s.name); err != nil {
				t.Fatal(err)
			}
			if content, err := s.get("a/b.json"); err != nil || content != s.name {
				t.Errorf("got %q and %v", content, err)
			}
			if _, err := s.get("missing"); err == nil {
				t.Error("what is missing is no error")
			}
		})
	}
	if err := e.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := e.GetS3(context.WithoutCancel(ctx), "s3-bucket", "a/b.json"); err == nil {
		t.Error("it answers after it was stopped")
	}
}

func TestAzure(t *testing.T) {
	ctx := t.Context()
	env, err := server.Install(ctx, server.InstallOptions{})
	if err != nil {
		t.Fatal(err)
	}
	azure, err := StartAzure(ctx, env)
	if err != nil {
		t.Fatal(err)
	}
	if err := azure.MakeContainer(ctx, "files"); err != nil {
		t.Error(err)
	}
	if err := azure.Put(ctx, "files", "a/b.json", "content"); err != nil {
		t.Error(err)
	}
	if content, err := azure.Get(ctx, "files", "a/b.json"); err != nil || content != "content" {
		t.Errorf("got %q and %v", content, err)
	}
	if _, err := azure.Get(ctx, "files", "missing"); err == nil {
		t.Error("what is missing is no error")
	}
	if err := azure.Stop(); err != nil {
		t.Error(err)
	}
}
