// Package emulator runs what cloud storages keep files in, on loopback, for tests: the command of the module e2e/parts.
package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Emulators are running storages, all empty at first. Their methods may be called from several goroutines.
type Emulators struct {
	// S3 is the endpoint URL of an S3 server that takes any credentials and makes a bucket when one is first named.
	S3 string
	// GCS is the URL of a Google Cloud Storage server, for STORAGE_EMULATOR_HOST in a server's environment.
	GCS string
	// Redis is the host and port of a Redis server without a password.
	Redis string

	redisKeys string
	program   *program
}

// Start builds the emulators, which takes a minute the first time, and runs them until Stop or the end of this process.
// The folder is that of the module e2e/parts.
func Start(folder string) (*Emulators, error) {
	program, err := start(folder, "go", "run", ".")
	if err != nil {
		return nil, fmt.Errorf("starting the emulators: %w", err)
	}
	var addresses struct {
		S3, GCS, Redis string
		RedisKeys      string `json:"redis_keys"`
	}
	if err := json.NewDecoder(program.stdout).Decode(&addresses); err != nil {
		return nil, fmt.Errorf("starting the emulators: %w", errors.Join(err, program.stop()))
	}
	return &Emulators{addresses.S3, addresses.GCS, addresses.Redis, addresses.RedisKeys, program}, nil
}

// Stop ends the emulators and waits until they have ended.
func (e *Emulators) Stop() error { return e.program.stop() }

// PutS3 puts an object into a bucket.
func (e *Emulators) PutS3(ctx context.Context, bucket, key, content string) error {
	_, err := send(ctx, http.MethodPut, e.S3+"/"+bucket+"/"+key, content)
	return err
}

// GetS3 returns the content of an object.
func (e *Emulators) GetS3(ctx context.Context, bucket, key string) (string, error) {
	return send(ctx, http.MethodGet, e.S3+"/"+bucket+"/"+key, "")
}

// MakeGCSBucket makes a bucket: unlike that of S3, one of GCS must be there before anything is put into it.
func (e *Emulators) MakeGCSBucket(ctx context.Context, bucket string) error {
	_, err := send(ctx, http.MethodPost, e.GCS+"/storage/v1/b?project=test", fmt.Sprintf(`{"name":%q}`, bucket))
	return err
}

// PutGCS puts an object into a bucket.
func (e *Emulators) PutGCS(ctx context.Context, bucket, key, content string) error {
	_, err := send(ctx, http.MethodPost, e.GCS+"/upload/storage/v1/b/"+bucket+"/o?uploadType=media&name="+url.QueryEscape(key), content)
	return err
}

// GetGCS returns the content of an object.
func (e *Emulators) GetGCS(ctx context.Context, bucket, key string) (string, error) {
	return send(ctx, http.MethodGet, e.GCS+"/storage/v1/b/"+bucket+"/o/"+url.PathEscape(key)+"?alt=media", "")
}

// PutRedis sets a key of a database.
func (e *Emulators) PutRedis(ctx context.Context, database int, key, value string) error {
	_, err := send(ctx, http.MethodPut, fmt.Sprintf("%s/%d/%s", e.redisKeys, database, key), value)
	return err
}

// GetRedis returns the value of a key of a database.
func (e *Emulators) GetRedis(ctx context.Context, database int, key string) (string, error) {
	return send(ctx, http.MethodGet, fmt.Sprintf("%s/%d/%s", e.redisKeys, database, key), "")
}

func send(ctx context.Context, method, address, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	return receive(req)
}

func receive(req *http.Request) (string, error) {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	answer, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return "", err
	}
	if resp.StatusCode >= 300 {
		return "", fmt.Errorf("%s %s: %s: %.200s", req.Method, req.URL, resp.Status, answer)
	}
	return string(answer), nil
}
