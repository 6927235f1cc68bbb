package e2e

import (
	"bytes"

	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/emulator"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// newImages makes a project for pictures.
func newImages(t *testing.T, client *labelstudio.Client) int64 {
	t.Helper()
	return createProject(t, client, labelstudio.ProjectRequest{
		Title: labelstudio.Value(unique(t)), LabelConfig: new(`<View><Image name="i" value="$image"/></View>`),
	}).ID
}

// taskOf makes a task with this data.
func taskOf(t *testing.T, client *labelstudio.Client, project int64, data object) int64 {
	t.Helper()
	raw, err := labelstudio.Raw(data)
	ok(t, err)
	task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project, Data: raw})
	ok(t, err)
	return task.ID
}

// picturesOf returns the picture of each task in an export of raw JSON.
func picturesOf(t *testing.T, path string) (pictures []string) {
	t.Helper()
	file, err := os.Open(path)
	ok(t, err)
	defer func() { _ = file.Close() }() // it was only read
	for task, err := range labelstudio.Elements[labelstudio.ExportedTask](file) {
		ok(t, err)
		var data struct{ Image string }
		ok(t, json.Unmarshal(task.Data, &data))
		pictures = append(pictures, data.Image)
	}
	return pictures
}

// mediaOf reads the manifest of a report, by URI, and checks that the files are those that it names.
func mediaOf(t *testing.T, report *labelstudio.MediaReport) map[string]labelstudio.MediaFile {
	t.Helper()
	file, err := os.Open(report.Manifest)
	ok(t, err)
	defer func() { _ = file.Close() }() // it was only read
	rows, there := map[string]labelstudio.MediaFile{}, 1
	for row, err := range labelstudio.Elements[labelstudio.MediaFile](file) {
		ok(t, err)
		rows[row.URI] = *row
		if row.File == "" {
			continue
		}
		there++
		if info, err := os.Stat(filepath.Join(report.Folder, row.File)); err != nil || info.Size() != row.Size {
			t.Errorf("%+v: %v", row, err)
		}
	}
	entries, err := os.ReadDir(report.Folder)
	ok(t, err)
	if len(rows) != report.Found || len(entries) != there {
		t.Errorf("%d files in the manifest and %d in the folder: %+v", len(rows), len(entries), report)
	}
	return rows
}

func contentOf(t *testing.T, report *labelstudio.MediaReport, row labelstudio.MediaFile) string {
	t.Helper()
	if row.File == "" {
		t.Errorf("not there: %+v", row)
		return ""
	}
	content, err := os.ReadFile(filepath.Join(report.Folder, row.File))
	ok(t, err)
	return string(content)
}

func TestMediaUploaded(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx, project := t.Context(), newImages(t, client)
		names := map[string]string{ // and what the server leaves of them
			"a b ü.png": "a_b_ü.png", "../x.png": "x.png", "100%.png": "100.png", "a#b?.png": "ab.png", "x;y&z.jpg": "xyz.jpg",
			"t.pdf": "t.pdf",
		}
		contents := map[string]string{}
		for name, kept := range names {
			contents[kept] = "content of " + name
			_, err := client.Projects.ImportFiles(ctx, project, []labelstudio.File{labelstudio.FileOf(name, []byte(contents[kept]))}, labelstudio.ImportOptions{})
			ok(t, err)
		}
		path := filepath.Join(t.TempDir(), "tasks.json")
		saved, err := client.Snapshots.ExportFile(ctx, project, path, labelstudio.ExportFileOptions{})
		ok(t, err)
		if saved.Media != nil {
			t.Errorf("media were not asked for: %+v", saved.Media)
		}
		uploads := picturesOf(t, path)
		// Other tasks have one of them again.
		task := taskOf(t, client, project, object{"image": uploads[0]})
		taskOf(t, client, project, object{"image": "https://example.com/a.png", "more": []object{{"deep": []string{uploads[1]}}}})

		options := labelstudio.ExportFileOptions{Media: &labelstudio.MediaOptions{}, DeleteSnapshot: true}
		saved, err = client.Snapshots.ExportFile(ctx, project, path, options)
		ok(t, err)
		report := saved.Media
		ok(t, report.Err())
		if report.Found != 7 || report.Saved != 6 || report.Links != 1 || report.Kept != 0 || report.Folder != path+".media" {
			t.Errorf("reported %+v", report)
		}
		rows := mediaOf(t, report)
		for _, uri := range uploads {
			row := rows[uri]
			content, known := contents[row.Name]
			if got := contentOf(t, report, row); !known || got != content || row.Proof != labelstudio.ProofLength || row.Task >= task {
				t.Errorf("%q: %+v", got, row)
			}
			wantType := map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".pdf": "application/pdf"}
			if row.ContentType != wantType[filepath.Ext(row.File)] {
				t.Errorf("the type of %+v", row)
			}
		}

		again, err := client.Snapshots.ExportFile(ctx, project, path, options)
		ok(t, err)
		if again.Media.Saved != 6 || again.Media.Kept != 6 || again.Media.Bytes != report.Bytes {
			t.Errorf("the second time it was %+v", again.Media)
		}
		mediaOf(t, again.Media)
	})
}

// What is empty is there, though the server has no range of it, and is fetched each time.
func TestMediaEmpty(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken)) // an answer without a body is not described
	project := newImages(t, client)
	_, err := client.Projects.ImportFiles(ctx, project, []labelstudio.File{labelstudio.FileOf("a.png", nil)}, labelstudio.ImportOptions{})
	ok(t, err)
	path := filepath.Join(t.TempDir(), "tasks.json")
	for range 2 {
		saved, err := client.Snapshots.ExportFile(ctx, project, path, labelstudio.ExportFileOptions{Media: &labelstudio.MediaOptions{}})
		ok(t, err)
		if report := saved.Media; report.Saved != 1 || report.Kept != 0 || report.Bytes != 0 {
			t.Errorf("reported %+v", report)
		}
		mediaOf(t, saved.Media)
	}
}

// Whose upload was deleted, or is no upload, is missing; nothing else is.
func TestMediaMissing(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newImages(t, client)
	summary, err := client.Projects.ImportFiles(ctx, project, []labelstudio.File{labelstudio.FileOf("a.png", pixel)}, labelstudio.ImportOptions{})
	ok(t, err)
	path := filepath.Join(t.TempDir(), "tasks.csv")
	_, err = client.FileUploads.DeleteSelected(ctx, project, labelstudio.IDs(summary.FileUploadIDs...))
	ok(t, err)
	climbing := "/data/upload/../../api/version"
	local := "/data/local-files/?d=a.png"
	taskOf(t, client, project, object{"image": climbing, "b": local})

	saved, err := client.Snapshots.ExportFile(ctx, project, path, labelstudio.ExportFileOptions{Format: "CSV", Media: &labelstudio.MediaOptions{}})
	ok(t, err)
	if saved.Media.Failed != 3 || saved.Media.Saved != 0 || !errors.Is(saved.Media.Err(), labelstudio.ErrMediaMissing) {
		t.Errorf("reported %+v", saved.Media)
	}
	for uri, row := range mediaOf(t, saved.Media) {
		want := "500 Internal Server Error"
		switch uri {
		case climbing:
			want = "give the value that the server knows it by"
		case local:
			want = "403 Forbidden"
		}
		if !strings.Contains(row.Error, want) {
			t.Errorf("%+v, want the reason %s", row, want)
		}
	}
}

// storageMedia makes storages of each kind that serves files, with some in them, and returns their contents by URI.
func storageMedia(t *testing.T, s *storages, client *labelstudio.Client, project int64) map[string]string {
	t.Helper()
	ctx := t.Context()
	var signed, passed, azure string
	for _, bucket := range []*string{&signed, &passed, &azure} {
		*bucket = strings.ToLower("media-" + rand.Text())
	}
	for _, bucket := range []string{signed, passed} {
		ok(t, s.PutS3(ctx, bucket, "a/one.png", bucket))
		ok(t, s.PutS3(ctx, bucket, "empty.png", ""))
		_, err := client.S3ImportStorages.Create(ctx, body[labelstudio.S3ImportStorageRequest](t, object{
			"project": project, "bucket": bucket, "s3_endpoint": s.S3, "region_name": "us-east-1", "aws_access_key_id": "key",
			"aws_secret_access_key": "secret", "presign": bucket == signed,
		}))
		ok(t, err)
	}
	ok(t, s.azure.MakeContainer(ctx, azure))
	ok(t, s.azure.Put(ctx, azure, "a/one.png", azure))
	ok(t, s.azure.Put(ctx, azure, "empty.png", ""))
	_, err := client.AzureImportStorages.Create(ctx, body[labelstudio.AzureImportStorageRequest](t, object{
		"project": project, "container": azure, "account_name": s.azure.AccountName(), "account_key": emulator.AzureKey, "presign": false,
	}))
	ok(t, err)
	folder := s.folder(t, map[string]string{"a b.png": "local a b", "sub/ü.png": "local ü"})
	_, err = client.LocalImportStorages.Create(ctx, body[labelstudio.LocalImportStorageRequest](t, object{"project": project, "path": folder}))
	ok(t, err)
	local := "/data/local-files/?d=" + url.QueryEscape(filepath.Base(folder))
	return map[string]string{
		"s3://" + signed + "/a/one.png": signed, "s3://" + signed + "/empty.png": "",
		"s3://" + passed + "/a/one.png": passed, "s3://" + passed + "/empty.png": "",
		"azure-blob://" + azure + "/a/one.png": azure, "azure-blob://" + azure + "/empty.png": "",
		s.URL + local + "/a%20b.png": "local a b",
		local + "/sub/%C3%BC.png":    "local ü",
	}
}

func TestMediaStorages(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, _ := newStorages(t)
	at, err := url.Parse(s.URL)
	ok(t, err)
	transport := newTransport(t) // unrecorded, as an answer without a body is not described
	client := connect(t, s.URL, byHost{at.Host, transport, noToken{t, transport}}, labelstudio.WithToken(server.LegacyToken))
	project := newImages(t, client)
	files := storageMedia(t, s, client, project)
	// All in one task and each in another again; those in quotes once.
	all := []string{}
	for uri := range files {
		all = append(all, uri)
	}
	taskOf(t, client, project, object{"image": "x.png", "more": object{"list": all}})
	for _, uri := range all {
		taskOf(t, client, project, object{"image": uri, "html": fmt.Sprintf(`<p>It's <img src="%s" alt="a"></p>`, uri)})
	}
	gone := map[string]string{"s3://other/x.png": "has no import storage for it"}
	for uri := range files {
		scheme, rest, _ := strings.Cut(uri, "://")
		if bucket, _, found := strings.Cut(rest, "/a/"); found {
			gone[scheme+"://"+bucket+"/gone.png"] = ""
		}
	}
	for uri := range gone {
		taskOf(t, client, project, object{"image": uri})
	}

	path := filepath.Join(t.TempDir(), "tasks.csv")
	folder := filepath.Join(t.TempDir(), "files")
	saved, err := client.Snapshots.ExportFile(ctx, project, path, labelstudio.ExportFileOptions{
		Format: "CSV", Media: &labelstudio.MediaOptions{Folder: folder, Concurrency: 3}, DeleteSnapshot: true,
	})
	ok(t, err)
	if report := saved.Media; report.Saved != len(files) || report.Failed != len(gone) || report.Folder != folder {
		t.Errorf("reported %+v, want %d and %d failures", report, len(files), len(gone))
	}
	rows := mediaOf(t, saved.Media)
	for uri, content := range files {
		row := rows[uri]
		if got := contentOf(t, saved.Media, row); got != content || row.Error != "" || row.Proof != labelstudio.ProofLength {
			t.Errorf("%q: %+v", got, row)
		}
	}
	for uri, reason := range gone {
		row := rows[uri]
		if row.Error == "" || row.File != "" || !strings.Contains(row.Error, reason) || strings.Contains(row.Error, "?") {
			t.Errorf("%s: %+v", uri, row)
		}
	}
}

// noToken fails a test in which a storage is shown what is the server's.
type noToken struct {
	t    *testing.T
	next http.RoundTripper
}

func (n noToken) RoundTrip(req *http.Request) (*http.Response, error) {
	if len(req.Header["Authorization"]) > 0 || len(req.Header["X-Api-Key"]) > 0 {
		n.t.Errorf("%s is shown %v", req.URL.Path, req.Header)
	}
	return n.next.RoundTrip(req)
}

// cutWriter breaks the connection after some bytes.
type cutWriter struct {
	http.ResponseWriter
	left int
}

func (w *cutWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		_, _ = w.ResponseWriter.Write(p[:w.left])
		panic(http.ErrAbortHandler)
	}
	w.left -= len(p)
	return w.ResponseWriter.Write(p)
}

// A bucket breaks off in the first piece of a file. The server, which passes on pieces, is silent then.
func TestMediaOverABadConnection(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, _ := newStorages(t)
	large := bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	var cuts, pieces atomic.Int64
	bucket := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("ETag", `"1"`)
		if strings.HasPrefix(r.Header.Get("Range"), "bytes=0-") {
			cuts.Add(1)
			w = &cutWriter{w, 50_000}
		} else if r.Method == http.MethodGet {
			pieces.Add(1)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(large))
	}))
	t.Cleanup(bucket.Close)
	google := strings.ToLower("media-" + rand.Text())
	ok(t, s.MakeGCSBucket(ctx, google))
	ok(t, s.PutGCS(ctx, google, "a b/ü.png", string(large)))

	const passedOn = 100_000
	alone := startServer(t, "SSRF_PROTECTION_ENABLED=false", fmt.Sprint("RESOLVER_PROXY_MAX_RANGE_SIZE=", passedOn), "RESOLVER_PROXY_BUFFER_SIZE=16384",
		"STORAGE_EMULATOR_HOST="+s.GCS, "RESOLVER_PROXY_GCS_DOWNLOAD_URL="+s.GCS+"/storage/v1/b/{bucket_name}/o/{blob_name}?alt=media")
	connect := func(retries int) *labelstudio.Client {
		return unrecorded(t, alone.URL, labelstudio.WithToken(server.LegacyToken), labelstudio.WithRetries(retries), labelstudio.WithIdleTimeout(3*time.Second))
	}
	client, once := connect(2), connect(0)
	project := newImages(t, client)
	for name, presign := range map[string]bool{"signed": true, "passed": false} {
		_, err := client.S3ImportStorages.Create(ctx, body[labelstudio.S3ImportStorageRequest](t, object{
			"project": project, "bucket": name, "s3_endpoint": bucket.URL, "region_name": "us-east-1", "aws_access_key_id": "key",
			"aws_secret_access_key": "secret", "presign": presign,
		}))
		ok(t, err)
	}
	_, err := client.GCSImportStorages.Create(ctx, body[labelstudio.GCSImportStorageRequest](t, object{
		"project": project, "bucket": google, "google_project_id": "test", "google_application_credentials": googleCredentials(t), "presign": false,
	}))
	ok(t, err)
	tests := []struct {
		uri          string
		cuts, pieces int64 // pieces after the cut
	}{
		{"s3://signed/large.png", 1, 1},
		{"s3://passed/large.png", 1, 6},
		{"gs://" + google + "/a b/ü.png", 0, 0},
	}
	for _, tt := range tests {
		task := taskOf(t, client, project, object{"image": tt.uri})
		path := filepath.Join(t.TempDir(), "tasks.json")
		options := labelstudio.ExportFileOptions{Media: &labelstudio.MediaOptions{}, DeleteSnapshot: true}
		cuts.Store(0)
		pieces.Store(0)
		saved, err := client.Snapshots.ExportFile(ctx, project, path, options)
		ok(t, err)
		row := mediaOf(t, saved.Media)[tt.uri]
		if got := contentOf(t, saved.Media, row); got != string(large) {
			t.Errorf("%d of %d bytes came: %+v", len(got), len(large), row)
		}
		if cuts.Load() != tt.cuts || pieces.Load() != tt.pieces {
			t.Errorf("%s: %d cuts and %d pieces, want %d and %d", tt.uri, cuts.Load(), pieces.Load(), tt.cuts, tt.pieces)
		}
		saved, err = once.Snapshots.ExportFile(ctx, project, path+" again", options)
		ok(t, err)
		row = mediaOf(t, saved.Media)[tt.uri]
		if cut := strings.Contains(row.Error, "broke off after"); cut != (tt.cuts > 0) || cut == (row.File != "") {
			t.Errorf("without retries: %+v", row)
		}
		_, err = client.Tasks.DeleteSelected(ctx, project, labelstudio.IDs(task))
		ok(t, err)
	}
}
