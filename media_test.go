package labelstudio

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

func TestMediaIn(t *testing.T) {
	t.Parallel()
	base, err := parseBaseURL("https://labels.test/ls")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		text string
		want string // kinds and what the server is asked for
	}{
		{"/data/upload/1/0a1b2c3d-cat.png", "uploaded 1/0a1b2c3d-cat.png"},
		{" /ls/data/upload/1/a.png\n", "uploaded 1/a.png"},
		{"https://LABELS.test:443/ls/data/upload/1/a%20b.png", "uploaded 1/a b.png"},
		{"/data/upload/1/100%.png", "uploaded 1/100%.png"},
		{"/data/upload/1/a.png?x=1", "uploaded 1/a.png"},
		{"/data/upload/", ""},
		{"/data/local-files/?d=a/b%20c.png", "local a/b c.png"},
		{"https://labels.test/data/local-files?d=x&d=a.png", "local a.png"},
		{"/data/local-files/?e=a.png", ""},
		{"/storage-data/uploaded/?filepath=upload/1/a.png", "stored upload/1/a.png"},
		{"/data/other", ""},
		{"/", ""},
		{"s3://bucket/a b/c.png", "cloud s3://bucket/a b/c.png"},
		{"gs://bucket/a=b.png", "cloud gs://bucket/a=b.png"},
		{"azure-blob://container/a.png", "cloud azure-blob://container/a.png"},
		{"s3://bucket", ""},
		{"s3:bucket/a", ""},
		{"s3://bucket/a.png\nand more", ""},
		{"see s3://bucket/a.png", ""},
		{"https://example.com/a.png", "link /a.png"},
		{"https://labels.test/ls/projects/1", "link "},
		{"http://labels.test/data/upload/1/a.png", "link /data/upload/1/a.png"}, // another origin
		{"https:///a", ""},
		{"https://example.com is a site", ""},
		{"text / more", ""},
		{`<img src="s3://bucket/a.png" alt='x'><img src='/data/upload/1/b.png'>`, "cloud s3://bucket/a.png, uploaded 1/b.png"},
		{`it's <a href="https://example.com/a.png">a</a> "gs://b/c's.png"`, "cloud gs://b/c's.png"},
		{`<p class="/">"/data/upload/1/a.png"`, "uploaded 1/a.png"},
	}
	kinds := []string{"uploaded", "stored", "local", "cloud", "link"}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			var got []string
			for ref := range base.mediaIn(tt.text) {
				if !strings.Contains(tt.text, ref.uri) {
					t.Errorf("the URI %q is not in the text", ref.uri)
				}
				got = append(got, kinds[ref.kind]+" "+ref.at)
			}
			if found := strings.Join(got, ", "); found != tt.want {
				t.Errorf("found %q, want %q", found, tt.want)
			}
		})
	}
}

func TestTextsOf(t *testing.T) {
	t.Parallel()
	tests := []struct{ data, want string }{
		{`{"a":"1","b":["2",{"c":"3","4":4}],"d":{"e":{"f":"5"}},"g":null}`, "1 2 3 5"},
		{`"1"`, "1"},
		{`{"a":"\u0041\/"}`, "A/"},
		{``, ""},
		{`null`, ""},
	}
	for _, tt := range tests {
		var got []string
		for text, err := range textsOf([]byte(tt.data)) {
			if err != nil {
				t.Error(err)
			}
			got = append(got, text)
		}
		if found := strings.Join(got, " "); found != tt.want {
			t.Errorf("%s: found %q, want %q", tt.data, found, tt.want)
		}
	}
}

// mediaRefOf returns what a text is a reference to.
func mediaRefOf(t testing.TB, uri string) mediaRef {
	t.Helper()
	base, err := parseBaseURL(testBase)
	if err != nil {
		t.Fatal(err)
	}
	ref, ok := base.mediaOf(uri)
	if !ok {
		t.Fatalf("%q refers to nothing", uri)
	}
	return ref
}

func TestMediaNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 60)
	tests := []struct{ uri, name, local string }{
		{"/data/upload/1/0a1b2c3d-cat.png", "cat.png", "cat-*.png"},
		{"/data/upload/1/0a1b2c3d-", "0a1b2c3d-", "0a1b2c3d--*"},
		{"/data/local-files/?d=dir/0a1b2c3d-cat.png", "0a1b2c3d-cat.png", "0a1b2c3d-cat-*.png"},
		{"/storage-data/uploaded/?filepath=upload/1/0a1b2c3d-cat.png", "cat.png", "cat-*.png"},
		{"s3://bucket/a/../../b.tar.gz", "b.tar.gz", "b.tar-*.gz"},
		{"s3://bucket/..", "", "*"},
		{"s3://bucket/a/CON.txt", "CON.txt", "CON-*.txt"},
		{`s3://bucket/a\..\b?c:d.png`, "b_c_d.png", "b_c_d-*.png"},
		{"s3://bucket/.hidden", ".hidden", "*.hidden"},
		{"s3://bucket/a.what is this", "a.what is this", "a.what is this-*"},
		{"s3://bucket/" + long + ".png", long + ".png", strings.Repeat("ü", 40) + "-*.png"},
	}
	for _, tt := range tests {
		t.Run(tt.uri, func(t *testing.T) {
			t.Parallel()
			ref := mediaRefOf(t, tt.uri)
			local := ref.localName()
			before, after, _ := strings.Cut(tt.local, "*")
			middle := strings.TrimSuffix(strings.TrimPrefix(local, before), after)
			if ref.name() != tt.name || before+middle+after != local || len(middle) != 16 {
				t.Errorf("%q saved as %q, want %q saved as %q", ref.name(), local, tt.name, tt.local)
			}
			again := mediaRefOf(t, tt.uri)
			if again.localName() != local {
				t.Error("it is not the same again")
			}
		})
	}
	if a, b := mediaRefOf(t, "s3://bucket/a/x.png"), mediaRefOf(t, "s3://bucket/b/x.png"); a.localName() == b.localName() {
		t.Error("two files have the same name")
	}
}

func FuzzMediaName(f *testing.F) {
	for _, uri := range []string{
		"/data/upload/1/0a1b2c3d-cat.png", "s3://b/../..", `gs://b/c:\nul`, "/data/local-files/?d=%2e%2e%2f%00",
		"azure-blob://c/\xff.\u202e", "http://labels.test/data/upload/%2e%2e/%2e%2e", "s3://b/ . . ",
	} {
		f.Add(uri)
	}
	base, err := parseBaseURL(testBase)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for ref := range base.mediaIn(text) {
			name := ref.localName()
			if !utf8.ValidString(name) || len(name) > 120 || strings.ContainsAny(name, "/\\:*?\"<>|\x00\r\n") || strings.TrimRight(name, ". ") != name {
				t.Errorf("%q is not safe", name)
			}
			if dir := filepath.Join("a", "b"); !filepath.IsLocal(name) || filepath.Dir(filepath.Join(dir, name)) != dir {
				t.Errorf("%q leads out of its folder", name)
			}
			if name == mediaManifestName || manifestPart.MatchString(name) {
				t.Errorf("%q is taken", name)
			}
			if req, err := ref.request(t.Context(), 1); err == nil && hasDotSegment(req.URL.Path) {
				t.Errorf("%q asks for %s", text, req.URL)
			}
		}
	})
}

// manifestPart is the name of a manifest that is being written.
var manifestPart = regexp.MustCompile(`^\.` + regexp.QuoteMeta(mediaManifestName) + `\.[0-9a-f]{8}\.part$`)

// tasksFile writes an export of tasks, each of which has these texts as its data.
func tasksFile(t *testing.T, tasks ...[]string) string {
	t.Helper()
	type task struct {
		ID   int                 `json:"id"`
		Data map[string][]string `json:"data"`
	}
	list := []task{}
	for i, texts := range tasks {
		list = append(list, task{i + 1, map[string][]string{"files": texts}})
	}
	raw, err := Raw(list)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tasks.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// saveMedia fetches what the tasks refer to.
func saveMedia(t *testing.T, client *Client, options MediaOptions, tasks ...[]string) (*MediaReport, error) {
	t.Helper()
	return client.Snapshots.saveMedia(t.Context(), 7, 8, tasksFile(t, tasks...), options, nil)
}

// manifest reads the manifest of a report, by URI.
func manifestOf(t *testing.T, report *MediaReport) map[string]MediaFile {
	t.Helper()
	file, err := os.Open(report.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	rows := map[string]MediaFile{}
	for row, err := range Elements[MediaFile](file) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := rows[row.URI]; twice {
			t.Errorf("%s is in the manifest twice", row.URI)
		}
		rows[row.URI] = *row
	}
	return rows
}

// saved returns the content of a file of the manifest.
func savedContent(t *testing.T, report *MediaReport, row MediaFile) string {
	t.Helper()
	if row.File == "" {
		t.Fatalf("not saved: %+v", row)
	}
	content, err := os.ReadFile(filepath.Join(report.Folder, row.File))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// serve answers with a file as servers do that know of ranges.
func serve(req *http.Request, content string, headers ...string) *http.Response {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "image/png")
	for i := 0; i < len(headers); i += 2 {
		w.Header().Set(headers[i], headers[i+1])
	}
	http.ServeContent(w, req, "", time.Time{}, strings.NewReader(content))
	return w.Result()
}

// fileURI decodes what a resolve route is asked for.
func fileURI(t *testing.T, req *http.Request) string {
	t.Helper()
	uri, err := base64.URLEncoding.DecodeString(req.URL.Query().Get("fileuri"))
	if err != nil {
		t.Errorf("%s: %v", req.URL, err)
	}
	return string(uri)
}

const signature = "X-Amz-Signature=0123456789abcdef"

func TestSaveMedia(t *testing.T) {
	t.Parallel()
	var seen recorder
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		seen.add(t, req)
		at := req.URL.Host + req.URL.Path
		switch {
		case req.Header.Get("Accept-Encoding") != "identity":
			t.Errorf("%s may come compressed", req.URL)
		case req.URL.Host == "labels.test" && req.Header.Get("Authorization") == "":
			t.Errorf("%s is asked for without a token", req.URL)
		case req.URL.Host != "labels.test" && (len(req.Header["Authorization"]) > 0 || len(req.Header["X-Api-Key"]) > 0 || len(req.Header["X-Own"]) > 0):
			t.Errorf("%s is shown %v", req.URL, req.Header)
		}
		switch at {
		case "labels.test/data/upload/7/0a1b2c3d-cat.png":
			return serve(req, "a cat"), nil
		case "labels.test/data/local-files/":
			return serve(req, "local "+req.URL.Query().Get("d"), "Content-Disposition", `attachment; filename="own.png"`), nil
		case "labels.test/projects/7/resolve/":
			key := strings.TrimPrefix(fileURI(t, req), "s3://bucket/")
			return answer(http.StatusSeeOther, "", "Location", "http://bucket.test/"+key+"?"+signature), nil
		case "bucket.test/ab~.png":
			return serve(req, "signed"), nil
		case "bucket.test/empty.png":
			if req.Header.Get("Range") != "" {
				return answer(http.StatusRequestedRangeNotSatisfiable, ""), nil
			}
			return serve(req, ""), nil
		case "bucket.test/cut.png":
			res := answer(200, "", "Content-Type", "image/png")
			res.Body, res.ContentLength = io.NopCloser(iotest.ErrReader(fmt.Errorf("connection to %s reset", req.URL))), 9
			return res, nil
		case "bucket.test/gone.png":
			return answer(http.StatusForbidden, "<Error>AccessDenied "+signature+"</Error>", "Content-Type", "application/xml"), nil
		case "bucket.test/broken.png":
			return nil, fmt.Errorf("connection to %s reset", req.URL)
		case "labels.test/data/upload/7/page.html":
			return serve(req, "<html>", "Content-Type", "text/html"), nil
		case "labels.test/data/upload/7/login.png":
			return serve(req, "<html>", "Content-Type", "text/html"), nil
		}
		return answer(http.StatusNotFound, errorBody(404, "Not found.")), nil
	}, WithToken(testLegacy))
	folder := filepath.Join(t.TempDir(), "a", "media")
	var told []MediaReport
	cat := "/data/upload/7/0a1b2c3d-cat.png"
	up := "/data/upload/../../api/users/1"
	tasks := tasksFile(t,
		[]string{cat, "no file", "https://example.com/x.png"},
		[]string{cat, `<img src="s3://bucket/ab~.png">`, "/data/local-files/?d=b/c.png", "s3://bucket/empty.png"},
		[]string{"s3://bucket/gone.png", "s3://bucket/broken.png", "s3://bucket/cut.png", "/data/upload/7/none.png", "/data/upload/7/page.html", "/data/upload/7/login.png", up},
	)
	report, err := client.Snapshots.saveMedia(t.Context(), 7, 8, tasks, MediaOptions{Folder: folder, Progress: func(r MediaReport) { told = append(told, r) }},
		[]CallOption{WithHeader("X-Own", "1")})
	if err != nil {
		t.Fatal(err)
	}
	want := MediaReport{
		Folder: folder, Manifest: filepath.Join(folder, "media-manifest.json"),
		Found: 12, Saved: 5, Failed: 6, Links: 1, Bytes: int64(len("a cat" + "signed" + "local b/c.png" + "<html>")),
	}
	if *report != want {
		t.Errorf("reported %+v, want %+v", *report, want)
	}
	if err := report.Err(); !errors.Is(err, ErrMediaMissing) || !strings.Contains(err.Error(), "6 of 11 media files are missing: "+report.Manifest) {
		t.Errorf("the error is %v", err)
	}
	if last := told[len(told)-1]; len(told) != 12 || last.Found != 12 || last.Saved != 5 {
		t.Errorf("%d times it was told, at last %+v", len(told), last)
	}

	rows := manifestOf(t, report)
	for uri, content := range map[string]string{
		cat: "a cat", "s3://bucket/ab~.png": "signed", "/data/local-files/?d=b/c.png": "local b/c.png", "s3://bucket/empty.png": "",
		"/data/upload/7/page.html": "<html>",
	} {
		row := rows[uri]
		if got := savedContent(t, report, row); got != content || row.Size != int64(len(content)) || row.Proof != ProofLength {
			t.Errorf("%s is %q, %+v", uri, got, row)
		}
	}
	catRef := mediaRefOf(t, cat)
	if row, want := rows[cat], (MediaFile{
		URI: cat, Task: 1, Name: "cat.png", File: catRef.localName(), Size: 5, ContentType: "image/png", Proof: ProofLength,
	}); row != want {
		t.Errorf("the cat is %+v, want %+v", row, want)
	}
	if name := rows["/data/local-files/?d=b/c.png"].Name; name != "own.png" {
		t.Errorf("what the server names own.png is %s", name)
	}
	if row, want := rows["https://example.com/x.png"], (MediaFile{URI: "https://example.com/x.png", Task: 1, Name: "x.png", Link: true}); row != want {
		t.Errorf("the link is %+v", row)
	}
	for uri, reason := range map[string]string{
		"s3://bucket/gone.png":     "labelstudio: bucket.test answers 403 Forbidden",
		"s3://bucket/broken.png":   "labelstudio: GET /projects/7/resolve/: connection to http://bucket.test/broken.png?[redacted] reset",
		"s3://bucket/cut.png":      "broke off after 0 of 9 bytes: labelstudio: GET /projects/7/resolve/: reading the answer: connection to http://bucket.test/cut.png?[redacted] reset",
		"/data/upload/7/none.png":  "labelstudio: GET /data/upload/7/none.png: 404 Not Found: Not found.",
		"/data/upload/7/login.png": "unexpected answer: an HTML page was not expected",
		up:                         `path parameter filename is "../../api/users/1"`,
	} {
		row := rows[uri]
		if !strings.Contains(row.Error, reason) || row.File != "" || row.Size != 0 {
			t.Errorf("%s: %+v, want the reason %s", uri, row, reason)
		}
		checkNoSecret(t, uri, fmt.Sprintf("%+v", row), signature)
	}
	requests, _ := seen.all()
	asked := 0
	for _, req := range requests {
		if strings.HasSuffix(req.URL.Path, "cat.png") {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("a file of two tasks is asked for %d times", asked)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 6 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

func TestMediaLinks(t *testing.T) {
	t.Parallel()
	var seen recorder
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		seen.add(t, req)
		switch req.URL.String() {
		case "http://files.test/a%2Fb.png?" + signature:
			return serve(req, "a"), nil
		case "http://files.test/page":
			return serve(req, "<html>", "Content-Type", "text/html"), nil
		case "http://files.test/moved?" + signature:
			return answer(http.StatusFound, "", "Location", testBase+"/api/users/1"), nil
		case testBase + "/api/users/1":
			return answer(http.StatusUnauthorized, errorBody(401, "Authentication credentials were not provided.")), nil
		case "http://files.test/":
			return serve(req, "/"), nil
		}
		return answer(http.StatusNotFound, ""), nil
	}, WithToken(testLegacy), WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripFunc(func(req *http.Request) (*http.Response, error) {
			t.Errorf("%s goes by the middleware", req.URL)
			return next.RoundTrip(req)
		})
	}))
	moved := "http://files.test/moved?" + signature
	tasks := tasksFile(t, []string{
		"http://files.test/a%2Fb.png?" + signature, "http://files.test/page", moved, "http://me:password@files.test", "http://files.test/gone.png",
		testBase + "/projects/1", `<a href="http://files.test/quoted">`,
	})
	report, err := client.Snapshots.saveMedia(t.Context(), 7, 8, tasks, MediaOptions{Folder: t.TempDir(), Links: true}, []CallOption{WithHeader("X-Own", "1")})
	if err != nil || report.Saved != 3 || report.Failed != 2 || report.Links != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	rows := manifestOf(t, report)
	for uri, content := range map[string]string{
		"http://files.test/a%2Fb.png?" + signature: "a", "http://files.test/page": "<html>", "http://me:password@files.test": "/",
	} {
		if got := savedContent(t, report, rows[uri]); got != content {
			t.Errorf("%s is %q", uri, got)
		}
	}
	if row := rows["http://files.test/gone.png"]; row.Error != "labelstudio: files.test answers 404 Not Found" {
		t.Errorf("%+v", row)
	}
	if row := rows[moved]; row.Error != "labelstudio: labels.test answers 401 Unauthorized" {
		t.Errorf("%+v", row)
	}
	requests, _ := seen.all()
	for _, req := range requests {
		for key := range req.Header {
			if !slices.Contains([]string{"Accept", "Accept-Encoding", "Range", "User-Agent"}, key) {
				t.Errorf("%s is shown %s: %q", req.URL, key, req.Header[key])
			}
		}
	}
}

// A link that never answers holds up nothing but itself.
func TestMediaLinkThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var hung, late atomic.Int64
		client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			switch req.URL.Path {
			case "/hangs.png":
				hung.Add(1)
				<-req.Context().Done()
				return nil, context.Cause(req.Context())
			case "/late.png":
				late.Add(1)
				<-req.Context().Done()
				return serve(req, "late"), nil
			}
			return serve(req, "a"), nil
		})
		tasks := tasksFile(t, []string{"http://files.test/hangs.png", "http://files.test/late.png", "http://files.test/a.png"})
		report, err := client.Snapshots.saveMedia(t.Context(), 7, 8, tasks, MediaOptions{Folder: t.TempDir(), Links: true, Concurrency: 1}, nil)
		if err != nil || report.Saved != 1 || report.Failed != 2 {
			t.Fatalf("%+v, %v", report, err)
		}
		for uri, row := range manifestOf(t, report) {
			if !strings.HasSuffix(uri, "a.png") && !strings.Contains(row.Error, "no byte of the answer came for 2m0s: see WithIdleTimeout") {
				t.Errorf("%s: %+v", uri, row)
			}
		}
		if hung.Load() != 1 || late.Load() != 1 {
			t.Errorf("asked %d and %d times", hung.Load(), late.Load())
		}
	})
}

// A link is a stranger's: what it sends now and then ends, however often its
// connection breaks.
func TestMediaLinkThatTrickles(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]func(*http.Request) io.Reader{
		"a byte a minute": func(req *http.Request) io.Reader {
			return &stallingBody{ctx: req.Context(), wait: time.Minute, pieces: 1000, size: 1}
		},
		"a byte a connection": func(*http.Request) io.Reader {
			return io.MultiReader(strings.NewReader("x"), brokenReader{})
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if requests++; requests > 5000 {
					return nil, errRefused // it has gone on for an hour
				}
				from := 0
				_, _ = fmt.Sscanf(req.Header.Get("Range"), "bytes=%d-", &from)
				res := answer(206, "", "Content-Type", "image/png", "Content-Range", fmt.Sprintf("bytes %d-99999/100000", from))
				res.Body, res.ContentLength = io.NopCloser(body(req)), -1
				return res, nil
			}, WithRetries(2))
			start := time.Now()
			report, err := saveMedia(t, client, MediaOptions{Folder: t.TempDir(), Links: true}, []string{"http://files.test/a.png"})
			if took := time.Since(start); err != nil || report.Failed != 1 || took > 3*time.Minute {
				t.Fatalf("%s: %+v, %v after %s", name, report, err, took)
			}
			if row := manifestOf(t, report)["http://files.test/a.png"]; !strings.Contains(row.Error, "less than 16384 bytes in 2m0s: see WithIdleTimeout") {
				t.Errorf("%s: %+v", name, row)
			}
		})
	}
}

// The server sends 30 bytes at a time. A cut is an answer that promised more.
func TestMediaInPieces(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789", 10)
	type change struct { // of an answer
		status     int
		key, value string
		body       io.Reader
	}
	none := change{}
	tests := []struct {
		name        string
		retries     int
		first, next change // next is that of all answers but the first
		want        string // in the reason
	}{
		{"pieces", 0, none, none, ""},
		{"cut", 1, change{body: io.MultiReader(strings.NewReader(content[:10]), brokenReader{})}, none, ""},
		{"cut, without retries", 0, none, change{body: brokenReader{}}, "broke off after 30 of 100 bytes"},
		{"empty pieces", 1, none, change{body: http.NoBody}, "broke off after 30 of 100 bytes"},
		{
			"another file", 1, none, change{key: "ETag", value: `"2"`},
			`the file has changed: byte 30 of 100 with the tag "1" was asked for, byte 30 of 100 with the tag "2" came`,
		},
		{"another length", 1, none, change{key: "Content-Range", value: "bytes 30-59/99"}, "the file has changed"},
		{"other bytes", 1, none, change{key: "Content-Range", value: "bytes 31-60/100"}, "the file has changed"},
		{"from the beginning again", 1, none, change{status: 200}, "the file has changed"},
		{"gone", 1, none, change{status: 404}, "404 Not Found"},
		{"a piece of no known length", 1, change{key: "Content-Range", value: "bytes 0-29/*"}, none, ""},
		{"not the beginning", 1, change{key: "Content-Range", value: "bytes 10-39/100"}, none, ""},
		{"no range", 1, change{status: 416}, none, ""},
		{"no range through the server", 1, change{status: 424}, none, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					var from int
					if n, _ := fmt.Sscanf(req.Header.Get("Range"), "bytes=%d-", &from); n == 0 {
						return answer(200, content, "ETag", `"1"`, "Content-Type", "image/png"), nil
					}
					part := content[from:min(from+30, len(content))]
					res := answer(206, part, "ETag", `"1"`, "Content-Type", "image/png",
						"Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, from+len(part)-1, len(content)))
					edit := tt.next
					if from == 0 {
						edit = tt.first
					}
					res.StatusCode = cmp.Or(edit.status, res.StatusCode)
					if edit.key != "" {
						res.Header.Set(edit.key, edit.value)
					}
					if edit.body != nil {
						res.Body = io.NopCloser(edit.body)
					}
					return res, nil
				}, WithRetries(tt.retries))
				report, err := saveMedia(t, client, MediaOptions{Folder: t.TempDir()}, []string{"s3://bucket/a.png"})
				if err != nil {
					t.Fatal(err)
				}
				row := manifestOf(t, report)["s3://bucket/a.png"]
				if tt.want != "" {
					if report.Failed != 1 || !strings.Contains(row.Error, tt.want) || strings.Contains(row.Error, report.Folder) {
						t.Errorf("%+v, want the reason %s", row, tt.want)
					}
					onlyFile(t, report.Folder, mediaManifestName, readFile(t, report.Manifest))
					return
				}
				if got := savedContent(t, report, row); got != content || row.Proof != ProofLength {
					t.Errorf("%d bytes came: %+v", len(got), row)
				}
			})
		})
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestMediaTooLarge(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		content := strings.TrimPrefix(fileURI(t, req), "s3://bucket/")
		res := answer(200, content, "Content-Type", "image/png")
		switch {
		case strings.HasPrefix(content, "unknown"):
			res.ContentLength = -1
		case len(content) > 10:
			res.Body = io.NopCloser(brokenReader{}) // nothing of it is read
		}
		return res, nil
	})
	report, err := saveMedia(t, client, MediaOptions{Folder: t.TempDir(), MaxBytes: 10},
		[]string{"s3://bucket/0123456789", "s3://bucket/01234567890", "s3://bucket/unknown", "s3://bucket/unknown length"})
	if err != nil {
		t.Fatal(err)
	}
	rows := manifestOf(t, report)
	for uri, row := range rows {
		long := len(strings.TrimPrefix(uri, "s3://bucket/")) > 10
		if long != (row.Error == "the file has more than the 10 bytes of MediaOptions.MaxBytes") || long == (row.File != "") {
			t.Errorf("%+v", row)
		}
	}
	if row := rows["s3://bucket/unknown"]; row.Proof != ProofNone || report.Saved != 2 || report.Failed != 2 {
		t.Errorf("%+v of %+v", row, report)
	}
}

func TestMediaAgain(t *testing.T) {
	t.Parallel()
	var seen recorder
	files := map[string]string{"same": "same", "longer": "short", "shorter": "some length", "gone": "gone", "empty": ""}
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		seen.add(t, req)
		content, ok := files[strings.TrimPrefix(fileURI(t, req), "s3://bucket/")]
		if !ok {
			return answer(404, ""), nil
		}
		return serve(req, content), nil
	})
	tasks := []string{"s3://bucket/same", "s3://bucket/longer", "s3://bucket/shorter", "s3://bucket/gone", "s3://bucket/empty"}
	options := MediaOptions{Folder: t.TempDir()}
	before, err := saveMedia(t, client, options, tasks)
	if err != nil || before.Saved != 5 || before.Err() != nil {
		t.Fatalf("%+v, %v", before, err)
	}
	files["longer"], files["shorter"] = "much longer", "x"
	delete(files, "gone")
	after, err := saveMedia(t, client, options, tasks)
	if err != nil || after.Saved != 4 || after.Kept != 1 || after.Failed != 1 || after.Bytes != int64(len("same"+"much longer"+"x")) {
		t.Fatalf("%+v, %v", after, err)
	}
	rows := manifestOf(t, after)
	for name, content := range files {
		row := rows["s3://bucket/"+name]
		if got := savedContent(t, after, row); got != content || row.Size != int64(len(content)) || row.ContentType != "image/png" || row.Kept != (name == "same") {
			t.Errorf("%q: %+v", got, row)
		}
	}
	requests, _ := seen.all()
	for _, req := range requests[len(tasks):] {
		if fileURI(t, req) == "s3://bucket/same" && req.Header.Get("Range") != "bytes=3-" {
			t.Errorf("what is there is asked for with %v", req.Header)
		}
	}
}

func TestMediaAtATime(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]int{"by default": 0, "more": 9} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				now, peak := 0, 0
				client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					mu.Lock()
					now++
					peak = max(peak, now)
					mu.Unlock()
					time.Sleep(time.Second) // until all have come who may
					mu.Lock()
					now--
					mu.Unlock()
					return serve(req, "x"), nil
				})
				var texts []string
				for i := range 30 {
					texts = append(texts, fmt.Sprintf("s3://bucket/%d", i))
				}
				report, err := saveMedia(t, client, MediaOptions{Folder: t.TempDir(), Concurrency: most}, texts)
				if err != nil || report.Saved != 30 {
					t.Fatalf("%+v, %v", report, err)
				}
				if want := max(most, 4*(1-min(most, 1))); peak != want {
					t.Errorf("%d files at a time, want %d", peak, want)
				}
			})
		})
	}
}

// What concerns all files ends it, and leaves the manifest that was there.
func TestMediaStops(t *testing.T) {
	t.Parallel()
	errGone := errors.New("the user has left")
	first := mediaRefOf(t, "s3://bucket/1")
	tests := []struct {
		name string
		is   []error
		file func(t *testing.T, stop context.CancelCauseFunc, folder string) *http.Response
	}{
		{"context", []error{context.Canceled, errGone}, func(_ *testing.T, stop context.CancelCauseFunc, _ string) *http.Response {
			stop(errGone)
			return answer(404, "")
		}},
		{"token", []error{ErrUnauthorized}, func(*testing.T, context.CancelCauseFunc, string) *http.Response {
			return answer(401, errorBody(401, "Invalid token."))
		}},
		{"folder", []error{os.ErrExist}, func(t *testing.T, _ context.CancelCauseFunc, folder string) *http.Response {
			if err := os.MkdirAll(filepath.Join(folder, first.localName(), "x"), 0o700); err != nil {
				t.Error(err)
			}
			return answer(200, "x", "Content-Type", "image/png")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			folder, requests := t.TempDir(), 0
			manifest := filepath.Join(folder, mediaManifestName)
			if err := os.WriteFile(manifest, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancelCause(t.Context())
			defer stop(nil)
			client := fakeServer(t, func(*http.Request) (*http.Response, error) {
				requests++
				return tt.file(t, stop, folder), nil
			}, WithToken(testLegacy))
			tasks := tasksFile(t, []string{"s3://bucket/1", "s3://bucket/2", "s3://bucket/3"})
			report, err := client.Snapshots.saveMedia(ctx, 7, 8, tasks, MediaOptions{Folder: folder, Concurrency: 1}, nil)
			for _, is := range tt.is {
				if !errors.Is(err, is) {
					t.Errorf("error %v, want %v", err, is)
				}
			}
			if err == nil || !strings.Contains(err.Error(), "the media of project 7, whose snapshot is 8") {
				t.Errorf("the error doesn't say what it was about: %v", err)
			}
			if requests != 1 || report.Found != 3 || report.Saved != 0 || report.Manifest != "" {
				t.Errorf("%d requests, %+v", requests, report)
			}
			_ = os.RemoveAll(filepath.Join(folder, first.localName()))
			onlyFile(t, folder, mediaManifestName, "before")
		})
	}
}

func TestMediaRefused(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		t.Errorf("%s is asked for", req.URL)
		return nil, io.EOF
	})
	folder := filepath.Join(t.TempDir(), "media")
	var res *http.Response
	tests := []struct {
		name    string
		options MediaOptions
		opts    []CallOption
		want    string
	}{
		{"no folder", MediaOptions{}, nil, "SaveMedia needs MediaOptions.Folder"},
		{"less than none at a time", MediaOptions{Folder: folder, Concurrency: -1}, nil, "negative"},
		{"less than no bytes", MediaOptions{Folder: folder, MaxBytes: -1}, nil, "negative"},
		{"one answer", MediaOptions{Folder: folder}, []CallOption{CaptureResponse(&res)}, "CaptureResponse keeps one answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			report, err := client.Snapshots.SaveMedia(t.Context(), 1, 2, tt.options, tt.opts...)
			if err == nil || !strings.Contains(err.Error(), tt.want) || report == nil {
				t.Errorf("error %v, want %q; %+v", err, tt.want, report)
			}
			if tt.options.Folder == "" {
				return
			}
			path := filepath.Join(t.TempDir(), "tasks.json")
			if _, err := client.Snapshots.ExportFile(t.Context(), 1, path, ExportFileOptions{Media: &tt.options}, tt.opts...); err == nil {
				t.Error("ExportFile takes it")
			}
		})
	}
}

func TestMediaOfBrokenTasks(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(*http.Request) (*http.Response, error) { return nil, io.EOF })
	path, folder := filepath.Join(t.TempDir(), "tasks.json"), t.TempDir()
	if err := os.WriteFile(path, []byte(`[{"id":1,"data":{"a":"s3://b/c"}},{"id":2`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Snapshots.saveMedia(t.Context(), 7, 8, path, MediaOptions{Folder: folder}, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
	onlyFile(t, folder, "", "")
}

func TestMediaOfNoTasks(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(*http.Request) (*http.Response, error) { return nil, io.EOF })
	report, err := saveMedia(t, client, MediaOptions{Folder: t.TempDir()}, []string{"nothing"})
	if err != nil || report.Found != 0 || report.Err() != nil {
		t.Errorf("%+v, %v", report, err)
	}
	if rows := manifestOf(t, report); len(rows) != 0 || readFile(t, report.Manifest) != "[]\n" {
		t.Errorf("the manifest is %s", readFile(t, report.Manifest))
	}
}

// A file takes a buffer, whatever its size.
func TestMediaMemory(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	const size = 64 << 20
	block := bytes.Repeat([]byte("x"), 32<<10)
	client := fakeServer(t, func(*http.Request) (*http.Response, error) {
		res := answer(200, "", "Content-Type", "image/png")
		res.ContentLength = size
		var blocks []io.Reader
		for range size / len(block) {
			blocks = append(blocks, bytes.NewReader(block))
		}
		res.Body = io.NopCloser(io.MultiReader(blocks...))
		return res, nil
	})
	tasks := tasksFile(t, []string{"s3://bucket/large"})
	options := MediaOptions{Folder: t.TempDir()}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	report, err := client.Snapshots.saveMedia(t.Context(), 7, 8, tasks, options, nil)
	runtime.ReadMemStats(&after)
	if err != nil || report.Bytes != size {
		t.Fatalf("%+v, %v", report, err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > size/8 {
		t.Errorf("%d bytes are allocated for %d", allocated, size)
	}
}

// Media come beside an export in any format, of which the tasks are read apart.
func TestExportFileMedia(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"", "CSV"} {
		for _, failing := range []bool{false, true} {
			t.Run(fmt.Sprint(format, failing), func(t *testing.T) {
				t.Parallel()
				var seen recorder
				client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					seen.add(t, req)
					switch at := req.Method + " " + req.URL.Path; {
					case at == "GET /api/projects/7/export/formats":
						return answer(200, `[{"name":"CSV","title":"CSV","description":""}]`), nil
					case at == "POST /api/projects/7/exports/":
						return answer(201, `{"id":8,"status":"completed"}`), nil
					case at == "GET /api/projects/7/exports/8":
						return answer(200, `{"id":8,"status":"completed"}`), nil
					case at == "GET /api/projects/7/exports/8/download" && req.URL.Query().Get("exportType") == "CSV":
						return serve(req, "id\n1\n", "Content-Type", "application/csv"), nil
					case at == "GET /api/projects/7/exports/8/download":
						return serve(req, `[{"id":1,"data":{"image":"/data/upload/7/a.png"}}]`, "Content-Type", "application/json"), nil
					case at == "GET /data/upload/7/a.png" && failing:
						return answer(401, errorBody(401, "Invalid token.")), nil
					case at == "GET /data/upload/7/a.png":
						return serve(req, "a"), nil
					case at == "DELETE /api/projects/7/exports/8":
						return answer(204, ""), nil
					}
					t.Errorf("%s %s is asked for", req.Method, req.URL)
					return answer(404, ""), nil
				}, WithToken(testLegacy))
				path := filepath.Join(t.TempDir(), "export")
				saved, err := client.Snapshots.ExportFile(t.Context(), 7, path, ExportFileOptions{Format: format, DeleteSnapshot: true, Media: &MediaOptions{}})
				requests, _ := seen.all()
				deleted := slices.ContainsFunc(requests, func(req *http.Request) bool { return req.Method == http.MethodDelete })
				if saved == nil || saved.Media == nil || saved.Media.Folder != path+".media" || readFile(t, path) == "" {
					t.Fatalf("saved %+v, %v", saved, err)
				}
				if failing {
					if !errors.Is(err, ErrUnauthorized) || deleted || !strings.Contains(err.Error(), path+" is exported without them: see SaveMedia") {
						t.Errorf("error %v, snapshot deleted: %v", err, deleted)
					}
					onlyFile(t, saved.Media.Folder, "", "")
					return
				}
				if err != nil || !deleted || saved.Media.Saved != 1 {
					t.Errorf("%v, snapshot deleted: %v, %+v", err, deleted, saved.Media)
				}
				if row := manifestOf(t, saved.Media)["/data/upload/7/a.png"]; savedContent(t, saved.Media, row) != "a" {
					t.Errorf("%+v", row)
				}
			})
		}
	}
}

// Once it has stopped, no other file is asked for, also where there is room.
func TestMediaStopsWithRoom(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		t.Errorf("%s is asked for", req.URL)
		return answer(404, ""), nil
	}, WithToken(testLegacy))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	tasks := tasksFile(t, []string{"s3://bucket/1"})
	for range 20 { // as select is random
		_, err := client.Snapshots.saveMedia(ctx, 7, 8, tasks, MediaOptions{Folder: t.TempDir()}, nil)
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v", err)
		}
	}
}
