package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/filter"
)

func TestExportFile(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	ids := newTasks(t, client, project, 3)
	annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
	tests := []struct {
		name  string
		proof labelstudio.Proof
		only  bool // the annotated task
		check func(t *testing.T, content []byte)
	}{
		{"", labelstudio.ProofMD5, false, hasTasks(3)},
		{"", labelstudio.ProofMD5, true, hasTasks(1)},
		{"JSON", labelstudio.ProofLength, false, hasTasks(3)},
		{"CSV", labelstudio.ProofLength, true, func(t *testing.T, content []byte) {
			if lines := bytes.Count(content, []byte("\n")); lines != 2 {
				t.Errorf("%d lines, want a header and a task", lines)
			}
		}},
		{"COCO", labelstudio.ProofLength, false, func(t *testing.T, content []byte) {
			archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
			ok(t, err)
			if _, err := archive.Open("result.json"); err != nil {
				t.Error(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.name, tt.only), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "export")
			options := labelstudio.ExportFileOptions{Format: tt.name, DeleteSnapshot: true}
			if tt.only {
				options.Where = filter.And(filter.TotalAnnotations.Equal(1))
			}
			var last labelstudio.ExportProgress
			options.Progress = func(p labelstudio.ExportProgress) { last = p }
			saved, err := client.Snapshots.ExportFile(t.Context(), project, path, options)
			ok(t, err)
			content, err := os.ReadFile(path)
			ok(t, err)
			size := int64(len(content))
			if saved.Proof != tt.proof || saved.Size != size || last.Bytes != size || last.Size != size {
				t.Errorf("%d bytes are there, saved %+v, at last %+v", size, saved, last)
			}
			tt.check(t, content)
			_, err = client.Snapshots.Get(t.Context(), project, last.Snapshot.ID)
			wantError(t, err, labelstudio.ErrNotFound)
		})
	}
}

func hasTasks(want int) func(*testing.T, []byte) {
	return func(t *testing.T, content []byte) {
		var tasks []json.RawMessage
		ok(t, json.Unmarshal(content, &tasks))
		if len(tasks) != want {
			t.Errorf("%d tasks, want %d", len(tasks), want)
		}
	}
}

// A proxy breaks every connection on which a snapshot comes, somewhere.
func TestExportFileOverABadConnection(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	_, err := client.Projects.Import(ctx, project, inputs(t, strings.Fields(strings.Repeat("word ", 500))...), labelstudio.ImportOptions{})
	ok(t, err)
	made, err := client.Snapshots.Wait(ctx, project, snapshot(t, client, project, labelstudio.SnapshotRequest{}), nil)
	ok(t, err)

	target, err := url.Parse(withLegacy.URL)
	ok(t, err)
	const longestCut = 100_000
	seed := rand.Uint64()
	t.Logf("the cuts are those of seed %d", seed)
	var mu sync.Mutex
	random, cuts := rand.New(rand.NewPCG(seed, 0)), 0
	forward := &httputil.ReverseProxy{
		ErrorLog:  log.New(io.Discard, "", 0), // it would tell of each cut
		Transport: newTransport(t),
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: func(res *http.Response) error {
			if strings.HasSuffix(res.Request.URL.Path, "/download") {
				mu.Lock()
				defer mu.Unlock()
				if cut := random.Int64N(longestCut); cut < res.ContentLength {
					cuts++
					res.Body = cutBody{io.LimitReader(res.Body, cut), res.Body}
				}
			}
			return nil
		},
	}
	proxy := httptest.NewServer(forward)
	t.Cleanup(proxy.Close)

	through := unrecorded(t, proxy.URL, labelstudio.WithToken(server.LegacyToken), labelstudio.WithRetries(3))
	path := filepath.Join(t.TempDir(), "tasks.json")
	saved, err := through.Snapshots.SaveFile(ctx, project, made.ID, path, "", nil)
	ok(t, err)
	content, err := os.ReadFile(path)
	ok(t, err)
	if int64(len(content)) < longestCut {
		t.Fatalf("%d bytes are too few to be cut for sure", len(content))
	}
	if sum := fmt.Sprintf("%x", md5.Sum(content)); sum != made.MD5 || saved.Proof != labelstudio.ProofMD5 {
		t.Errorf("%d bytes with the MD5 %s, want %s; saved %+v", len(content), sum, made.MD5, saved)
	}
	mu.Lock()
	t.Logf("%d bytes, %d cuts", len(content), cuts)
	mu.Unlock()

	// The first answer is always cut, so that without another there is no file.
	once := unrecorded(t, proxy.URL, labelstudio.WithToken(server.LegacyToken))
	if _, err := once.Snapshots.SaveFile(ctx, project, made.ID, path, "", nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v, want io.ErrUnexpectedEOF", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, content) {
		t.Errorf("of the file that was there %d bytes are left, %v", len(after), err)
	}
}

// cutBody ends with an error, upon which the proxy breaks the connection.
type cutBody struct {
	io.Reader
	io.Closer
}

func (b cutBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
