package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// storageState is an import storage as the server shows it.
func storageState(status string, attempts int, more ...string) string {
	fields := []string{
		fmt.Sprintf(`"id":7,"project":1,"type":"s3","status":%q,"meta":{"attempts":%d,"tasks_failed_validation":2}`, status, attempts),
		`"created_at":"2026-01-02T03:04:05Z","aws_sse_kms_key_id":null,"bucket":"b","description":null,"last_sync":null,"last_sync_count":null`,
		`"last_sync_job":null,"prefix":null,"presign":true,"presign_ttl":1,"recursive_scan":false,"regex_filter":null,"region_name":null`,
		`"s3_endpoint":null,"synchronizable":true,"title":null,"use_blob_urls":false`,
	}
	if len(more) == 0 {
		more = []string{`"traceback":null`}
	}
	return "{" + strings.Join(append(fields, more...), ",") + "}"
}

// storageServer answers as scripted, a call of a kind after another; the last
// answer stays. It counts the calls.
type storageServer struct {
	list, validate, create reply
	sync                   func() (reply, error)
	states                 []string // of the storage, for Get

	calls map[string]int
}

func (s *storageServer) handle(req *http.Request) (*http.Response, error) {
	if s.calls == nil {
		s.calls = map[string]int{}
	}
	call := func(name string, r reply) (*http.Response, error) {
		s.calls[name]++
		return answer(r.status, r.body), nil
	}
	switch path := req.URL.Path; {
	case strings.HasSuffix(path, "/sync"):
		s.calls["sync"]++
		r, err := s.sync()
		if err != nil {
			return nil, err
		}
		return answer(r.status, r.body), nil
	case strings.HasSuffix(path, "/validate"):
		return call("validate", s.validate)
	case req.Method == http.MethodPost:
		return call("create", s.create)
	case strings.HasSuffix(path, "/7"):
		state := s.states[min(s.calls["get"], len(s.states)-1)]
		return call("get", say(200, state))
	default:
		return call("list", s.list)
	}
}

// working is a server on which everything goes well, inside of the request.
func working() *storageServer {
	return &storageServer{
		list: say(200, "[]"), validate: say(200, "{}"), create: say(201, storageState("initialized", 0)),
		sync: syncSays(200, storageState("completed", 1)), states: []string{storageState("completed", 1)},
	}
}

func syncSays(status int, body string) func() (reply, error) {
	return func() (reply, error) { return say(status, body), nil }
}

func syncBreaks() (reply, error) { return reply{}, io.ErrUnexpectedEOF }

func TestStorageSetUp(t *testing.T) {
	t.Parallel()
	inProgress, done := storageState("in_progress", 1), storageState("completed", 1)
	late := slices.Repeat([]string{storageState("initialized", 0)}, 10)
	tests := []struct {
		name   string
		change func(*storageServer)
		is     error
		step   StorageStep
		reason string
		id     int64 // of the storage that is returned
		syncs  int
		gets   int // -1 for any number
	}{
		{"inside of the request", func(*storageServer) {}, nil, "", "", 7, 1, 0},
		{"in a queue", func(s *storageServer) {
			s.sync, s.states = syncSays(200, storageState("queued", 1)), []string{storageState("queued", 1), inProgress, done}
		}, nil, "", "", 7, 1, 3},
		{"began when it was made", func(s *storageServer) {
			s.create, s.states = say(201, storageState("queued", 1)), []string{inProgress, done}
		}, nil, "", "", 7, 0, 2},
		{"cut while it runs", func(s *storageServer) { s.sync, s.states = syncBreaks, []string{inProgress, inProgress, done} }, nil, "", "", 7, 1, 3},
		{"cut by a proxy", func(s *storageServer) {
			s.sync, s.states = syncSays(504, "gateway"), []string{inProgress, done}
		}, nil, "", "", 7, 1, 2},
		{"cut in its answer", func(s *storageServer) { s.sync = syncSays(200, done[:20]) }, nil, "", "", 7, 1, 1},
		{"cut before it begins", func(s *storageServer) { s.sync, s.states = syncBreaks, append(late, inProgress, done) }, nil, "", "", 7, 1, 12},
		{"cut and fails", func(s *storageServer) {
			s.sync, s.states = syncBreaks, []string{inProgress, storageState("failed", 1, `"traceback":"no file"`)}
		}, ErrSyncFailed, "sync", "no file", 7, 1, 2},
		{"cut and never begins", func(s *storageServer) { s.sync, s.states = syncBreaks, late }, io.ErrUnexpectedEOF, "sync", "unexpected EOF", 7, 1, -1},
		{"cut and gone", func(s *storageServer) { s.sync, s.states = syncSays(502, ""), []string{"null"} }, ErrUnexpectedAnswer, "sync", "", 7, 1, 1},
		{"no connection for the sync", func(s *storageServer) {
			s.sync = func() (reply, error) { return reply{}, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED} }
		}, syscall.ECONNREFUSED, "sync", "connection refused", 7, 1, 0},
		{"refused by the server", func(s *storageServer) { s.sync = syncSays(500, errorBody(500, "no such host")) }, ErrServer, "sync", "no such host", 7, 1, 0},
		{"fails", func(s *storageServer) {
			s.sync = syncSays(200, storageState("failed", 1, `"traceback":"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    f()\nValueError: no file"`))
		}, ErrSyncFailed, "sync", "no file", 7, 1, 0},
		{"leaves tasks out", func(s *storageServer) {
			s.sync = syncSays(200, storageState("completed_with_errors", 1, `"traceback":"bad one\nbad two"`))
		}, ErrSyncIncomplete, "sync", "bad one\nbad two", 7, 1, 0},
		{"never asked for", func(s *storageServer) { s.sync = syncSays(200, storageState("initialized", 0)) }, ErrSyncFailed, "sync", "no sync was asked for: see SyncAndWait", 7, 1, 0},
		{"exists", func(s *storageServer) { s.list = say(200, "["+done+"]") }, ErrStorageExists, "validate", "the project has this storage already", 7, 0, 0},
		{"another exists", func(s *storageServer) {
			s.list = say(200, "["+strings.Replace(done, `"bucket":"b"`, `"bucket":"c"`, 1)+"]")
		}, nil, "", "", 7, 1, 0},
		{"no project", func(s *storageServer) { s.list = say(404, errorBody(404, "Not found.")) }, ErrNotFound, "validate", "Not found.", 0, 0, 0},
		{"invalid", func(s *storageServer) {
			s.validate = say(400, `{"detail":"Validation error","validation_errors":{"bucket":["bad name"]}}`)
		},
			ErrValidation, "validate", "bucket: bad name", 0, 0, 0},
		{"not made", func(s *storageServer) { s.create = say(403, errorBody(403, "no")) }, ErrForbidden, "create", "no", 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := working()
				tt.change(server)
				storage, err := fakeServer(t, server.handle).S3ImportStorages.SetUp(t.Context(), S3ImportStorageRequest{Project: 1, Bucket: new("b")}, nil)
				if !errors.Is(err, tt.is) {
					t.Fatalf("error %v, want %v", err, tt.is)
				}
				if got := storageID(storage); got != tt.id {
					t.Errorf("storage %d, want %d", got, tt.id)
				}
				if server.calls["sync"] != tt.syncs || tt.gets >= 0 && server.calls["get"] != tt.gets {
					t.Errorf("calls %v, want %d syncs and %d gets", server.calls, tt.syncs, tt.gets)
				}
				if err == nil {
					return
				}
				var failed *StorageError
				if !errors.As(err, &failed) || failed.Step != tt.step || failed.ID != tt.id || !strings.HasSuffix(failed.Reason, tt.reason) {
					t.Errorf("error %v: %+v", err, failed)
				}
			})
		})
	}
}

func storageID(s *S3ImportStorage) int64 {
	if s == nil {
		return 0
	}
	return s.ID
}

func TestStorageErrorText(t *testing.T) {
	t.Parallel()
	const debugging = "Debugging info is not available for s3 endpoints on domain: x"
	cut := fmt.Errorf("labelstudio: %w", io.ErrUnexpectedEOF)
	tests := map[string]*StorageError{
		"labelstudio: S3 import storage 7: the sync failed: no file": {Step: StorageStepSync, ID: 7, Reason: "no\nfile", err: ErrSyncFailed},
		"labelstudio: S3 import storage 7: the sync left out tasks that are not valid (2): bad": {
			Step: StorageStepSync, ID: 7, Refused: 2, Reason: "bad", err: ErrSyncIncomplete},
		"labelstudio: S3 import storage 7: the project has it already: use SyncAndWait, or give the new one another title": {
			Step: StorageStepValidate, ID: 7, err: ErrStorageExists},
		"labelstudio: S3 import storage: create: unexpected EOF: it may have been made all the same: look with List": {Step: StorageStepCreate, err: cut},
		"labelstudio: S3 import storage: validate: " + debugging + " " +
			"(the server's log has the reason; it tells it to clients for the domains in its setting S3_TRUSTED_STORAGE_DOMAINS)": {
			Step: StorageStepValidate, Reason: debugging, err: errors.New(debugging)},
		"labelstudio: S3 import storage: validate: unexpected EOF": {Step: StorageStepValidate, err: cut},
	}
	for want, e := range tests {
		e.Kind = "S3 import storage"
		if got := e.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if !errors.Is(ErrSyncIncomplete, ErrSyncFailed) || !errors.Is(ErrStorageExists, ErrConflict) {
		t.Error("the errors don't belong together")
	}
}

func TestStorageSyncAndWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := working()
		server.states = []string{storageState("in_progress", 1), storageState("failed", 1)}
		server.sync = syncSays(200, storageState("completed", 2))
		var seen []StorageStatus
		storage, err := fakeServer(t, server.handle).S3ImportStorages.SyncAndWait(t.Context(), 7, func(s *S3ImportStorage) { seen = append(seen, s.Status) })
		if err != nil || *storage.Meta.Attempts != 2 {
			t.Errorf("synced to %+v: %v", storage, err)
		}
		if want := []StorageStatus{"in_progress", "failed", "completed"}; !slices.Equal(seen, want) {
			t.Errorf("saw %s, want %s: a sync under way ends before another begins", seen, want)
		}
	})
}

func TestStorageWaitEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := working()
		server.states = []string{strings.Replace(storageState("in_progress", 1), `"meta":{`, `"meta":{"time_last_ping":"2026-01-02 03:04:05",`, 1)}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		storage, err := fakeServer(t, server.handle).S3ImportStorages.Wait(ctx, 7, nil)
		want := "labelstudio: waiting for S3 import storage 7, which is in_progress and was last heard of at 2026-01-02 03:04:05: context deadline exceeded"
		if !errors.Is(err, context.DeadlineExceeded) || err.Error() != want || storageID(storage) != 7 {
			t.Errorf("got storage %+v and %v", storage, err)
		}
	})
}

// A server may repeat what it was sent, wherever it gives a reason.
func TestStorageSetUpHidesSecrets(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t/5f1c+0ffee"
	spill := func(status int) reply {
		return say(status, `{"detail":"bad `+secret+`","validation_errors":{"bucket":["bad `+secret+`"],"`+secret+`":["bad"]}}`)
	}
	spilled := storageState("failed", 1, `"traceback":"ValueError: Invalid header value b'`+secret+`'"`)
	tests := map[string]func(*storageServer){
		"validate":              func(s *storageServer) { s.validate = spill(400) },
		"create":                func(s *storageServer) { s.create = spill(500) },
		"sync":                  func(s *storageServer) { s.sync = syncSays(500, spill(500).body) },
		"traceback":             func(s *storageServer) { s.sync = syncSays(200, spilled) },
		"traceback, waited":     func(s *storageServer) { s.sync, s.states = syncBreaks, []string{spilled} },
		"what can't be decoded": func(s *storageServer) { s.create = say(201, `{"id":7,"created_at":"`+secret+`"}`) },
		"what can't be decoded, waited": func(s *storageServer) {
			s.sync, s.states = syncBreaks, []string{`{"id":7,"created_at":"` + secret + `"}`}
		},
		"a page": func(s *storageServer) {
			s.sync = syncSays(500, `<html><title>`+strings.Repeat("x", 70)+secret+`</title>`)
			s.states = []string{storageState("initialized", 0)}
		},
		"connection": func(s *storageServer) {
			s.sync = func() (reply, error) { return reply{}, errors.New("dialing " + secret) }
			s.states = []string{storageState("initialized", 0)}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := working()
				change(server)
				request := S3ImportStorageRequest{Project: 1, Bucket: new("b"), AWSSecretAccessKey: new(secret + "\n")}
				storage, err := fakeServer(t, server.handle).S3ImportStorages.SetUp(t.Context(), request, func(s *S3ImportStorage) {
					if s.Traceback != nil {
						checkNoSecret(t, "the state", *s.Traceback, secret)
					}
				})
				if err == nil || !strings.Contains(err.Error(), redacted) {
					t.Errorf("the error is %v", err)
				}
				for cause := err; cause != nil; cause = errors.Unwrap(cause) {
					checkNoSecret(t, "the error", fmt.Sprintf("%v %+v", cause, cause), secret)
					if answer, ok := cause.(*Error); ok { //nolint:errorlint // every one of them
						checkNoSecret(t, "the answer", allTexts(answer), secret)
					}
				}
				if storage != nil && storage.Traceback != nil {
					checkNoSecret(t, "the storage", *storage.Traceback, secret)
				}
			})
		})
	}
}

// Of a storage that exists the client knows no secrets, but what URLs may carry.
func TestStorageWaitHidesURLs(t *testing.T) {
	t.Parallel()
	server := working()
	server.states = []string{storageState("failed", 1, `"traceback":"no answer from https://user:s3cr3t@host/b?sig=s3cr3t"`)}
	_, err := fakeServer(t, server.handle).S3ImportStorages.Wait(t.Context(), 7, nil)
	want := "labelstudio: S3 import storage 7: the sync failed: no answer from https://[redacted]@host/b?[redacted]"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestSecretsOf(t *testing.T) {
	t.Parallel()
	key := "-----BEGIN PRIVATE KEY-----\nfirstline\nsecondline\n-----END PRIVATE KEY-----\n"
	credentials, err := Raw(map[string]string{"private_key": key, "private_key_id": "the-id", "project_id": "public"})
	if err != nil {
		t.Fatal(err)
	}
	fields, err := fieldsOf(GCSImportStorageRequest{Bucket: new("bucket"), GoogleApplicationCredentials: new(string(credentials))})
	if err != nil {
		t.Fatal(err)
	}
	scrub := newScrubber(secretsOf(fields))
	for _, secret := range []string{string(credentials), key, "firstline", "secondline", "the-id"} {
		if got := scrub.text("a " + secret + " b"); got != "a "+redacted+" b" {
			t.Errorf("%q becomes %q", secret, got)
		}
	}
	if got := scrub.text("bucket of public"); got != "bucket of public" {
		t.Errorf("a name becomes %q", got)
	}
}

// Each of these fields tells two storages apart, and no other.
func TestSamePlaceFields(t *testing.T) {
	t.Parallel()
	const request = `{"bucket":"b","container":"c","db":3,"host":"h","path":"/p","port":"1","prefix":"x","recursive_scan":true,
		"regex_filter":"r","s3_endpoint":"e","title":"t","description":"d","project":1,"use_blob_urls":true,"region_name":"r",
		"presign":true,"presign_ttl":5,"synchronizable":true,"aws_sse_kms_key_id":"k","google_project_id":"g","can_delete_objects":true}`
	others := []string{
		"description", "project", "use_blob_urls", "region_name", "presign", "presign_ttl", "synchronizable", "aws_sse_kms_key_id",
		"google_project_id", "can_delete_objects",
	}
	apart := []string{
		"bucket", "container", "db", "host", "path", "port", "prefix", "recursive_scan", "regex_filter", "s3_endpoint", "title",
	}
	for _, place := range []func(string, json.RawMessage) string{fieldPlace, prefixPlace, folderPlace, redisPlace("2"), redisImportPlace} {
		for _, name := range slices.Concat(apart, others) {
			fields, other := jsonFields(t, request), jsonFields(t, request)
			delete(other, name)
			if got, want := samePlace(fields, other, place), slices.Contains(others, name); got != want {
				t.Errorf("without %s it is the same place: %t, want %t", name, got, want)
			}
			other[name] = json.RawMessage(`"another"`)
			if got, want := samePlace(fields, other, place), slices.Contains(others, name); got != want {
				t.Errorf("with another %s it is the same place: %t, want %t", name, got, want)
			}
		}
	}
}

func jsonFields(t *testing.T, text string) map[string]json.RawMessage {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

// The server stores some of a request in other words.
func TestSamePlaceAsStored(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, nil)
	places := map[string]func(string, json.RawMessage) string{
		"S3 import": c.S3ImportStorages.place, "GCS import": c.GCSImportStorages.place, "Azure import": c.AzureImportStorages.place,
		"Redis import": c.RedisImportStorages.place, "local import": c.LocalImportStorages.place,
		"S3 export": c.S3ExportStorages.place, "GCS export": c.GCSExportStorages.place, "Azure export": c.AzureExportStorages.place,
		"Redis export": c.RedisExportStorages.place, "local export": c.LocalExportStorages.place,
	}
	tests := []struct {
		name            string
		request, stored string
		kinds           []string // that it is the same for; none for all
	}{
		{"spaces", `{"title":" t\u001f","regex_filter":"\n.* "}`, `{"title":"t","regex_filter":".*"}`, nil},
		{"only spaces", `{"title":"  ","regex_filter":"\t"}`, `{"title":"","regex_filter":""}`, nil},
		{"nothing", `{"recursive_scan":null,"title":""}`, `{"recursive_scan":false,"title":null,"prefix":"","regex_filter":null,"bucket":null}`, nil},
		{"escaped", `{"title":"\u003ca\u003e"}`, `{"title":"<a>"}`, nil},
		{"a pattern for all", `{"regex_filter":".*"}`, `{"regex_filter":null}`, []string{"none"}},
		{"no database", `{}`, `{"db":1}`, []string{"Redis import"}},
		{"no database of an export", `{"db":null}`, `{"db":2}`, []string{"Redis export"}},
		{"host and port", `{"db":3,"port":""}`, `{"db":3,"host":"localhost","port":"6379"}`, []string{"Redis import", "Redis export"}},
		{"empty path", `{"path":""}`, `{"path":null}`, []string{
			"S3 import", "GCS import", "Azure import", "local import", "S3 export", "GCS export", "Azure export", "Redis export", "local export",
		}},
		{"slash after a folder", `{"path":"/a/b//"}`, `{"path":"/a/b"}`, []string{"local import", "local export"}},
		{"path with dots", `{"path":"/a/./c/../b/ "}`, `{"path":"/a/b"}`, []string{"local import", "local export"}},
		{"backslashes", `{"path":"\\a\\b"}`, `{"path":"/a/b"}`, []string{"local import", "local export"}},
		{"slash after a prefix", `{"prefix":"a/b//"}`, `{"prefix":"a/b"}`, []string{"S3 import", "GCS import", "Azure import"}},
		{"slash before a prefix", `{"prefix":"/a"}`, `{"prefix":"a"}`, []string{"none"}},
		{"a slash is no empty prefix", `{"prefix":"/"}`, `{"prefix":""}`, []string{"none"}},
	}
	for _, tt := range tests {
		for kind, place := range places {
			want := tt.kinds == nil || slices.Contains(tt.kinds, kind)
			if got := samePlace(jsonFields(t, tt.request), jsonFields(t, tt.stored), place); got != want {
				t.Errorf("%s, %s: the same place %t, want %t", tt.name, kind, got, want)
			}
		}
	}
}

// Every field of a request that no answer has is a secret, and every field of a
// request gets into the body that is checked.
func TestStorageFields(t *testing.T) {
	t.Parallel()
	checkStorage[S3ImportStorage, S3ImportStorageRequest, S3ImportStorageValidateRequest](t)
	checkStorage[GCSImportStorage, GCSImportStorageRequest, GCSImportStorageValidateRequest](t)
	checkStorage[AzureImportStorage, AzureImportStorageRequest, AzureImportStorageValidateRequest](t)
	checkStorage[RedisImportStorage, RedisImportStorageRequest, RedisImportStorageValidateRequest](t)
	checkStorage[LocalImportStorage, LocalImportStorageRequest, LocalImportStorageValidateRequest](t)
	checkStorage[S3ExportStorage, S3ExportStorageRequest, S3ExportStorageValidateRequest](t)
	checkStorage[GCSExportStorage, GCSExportStorageRequest, GCSExportStorageValidateRequest](t)
	checkStorage[AzureExportStorage, AzureExportStorageRequest, AzureExportStorageValidateRequest](t)
	checkStorage[RedisExportStorage, RedisExportStorageRequest, RedisExportStorageValidateRequest](t)
	checkStorage[LocalExportStorage, LocalExportStorageRequest, LocalExportStorageValidateRequest](t)
}

func checkStorage[S, R, V any](t *testing.T) {
	t.Helper()
	storage, request, check := jsonNames[S](), jsonNames[R](), jsonNames[V]()
	for _, name := range request {
		if !slices.Contains(storage, name) && !slices.Contains(secretFields, name) {
			t.Errorf("%T: %s comes back in no answer and is no secret", *new(R), name)
		}
		if !slices.Contains(check, name) {
			t.Errorf("%T: %s is not checked", *new(R), name)
		}
	}
}

func jsonNames[T any]() []string {
	var names []string
	for field := range reflect.TypeFor[T]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func TestValidateSendsAll(t *testing.T) {
	t.Parallel()
	request := S3ImportStorageRequest{Project: 3, Bucket: new("<b>"), Presign: new(false), PresignTTL: new(int64(0)), Prefix: new("")}
	var sent string
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(req.Body)
		sent = string(body)
		return answer(200, "{}"), err
	})
	if err := client.S3ImportStorages.validate(t.Context(), request, nil); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(map[string]any{"project": 3, "bucket": "<b>", "presign": false, "presign_ttl": 0, "prefix": ""})
	if err != nil {
		t.Fatal(err)
	}
	if !sameJSON(t, sent, string(want)) {
		t.Errorf("sent %s, want %s", sent, want)
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal([]byte(a), &x), json.Unmarshal([]byte(b), &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

func TestPythonReason(t *testing.T) {
	t.Parallel()
	const traceback = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    f()\n    ^^^\n"
	tests := map[string]string{
		"":                        "",
		" no traceback: at all\n": "no traceback: at all",
		traceback + "ValueError: no\n  such file": "no\n  such file",
		traceback + "KeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\n" + traceback + "a.b.Error: y": "y",
		traceback + "json.Error: a: b":       "a: b",
		traceback + "StopIteration":          "StopIteration",
		traceback + "Two words: here":        "Two words: here",
		"Traceback (most recent call last):": "",
		traceback + "    indented":           "indented",
	}
	for text, want := range tests {
		if got := pythonReason(text); got != want {
			t.Errorf("the reason of %q is %q, want %q", text, got, want)
		}
	}
}

func FuzzPythonReason(f *testing.F) {
	f.Add("Traceback (most recent call last):\n  File \"a.py\", line 1\n    f()\nValueError: no")
	f.Fuzz(func(t *testing.T, text string) {
		if reason := pythonReason(text); !strings.Contains(text, reason) {
			t.Errorf("the reason of %q is %q, which is no part of it", text, reason)
		}
	})
}
