package labelstudio

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/weight"
)

func TestLimitOptions(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		option func(int64) Option
		of     func(limits) int64
		most   int64
	}{
		"WithMaxAnswer":   {WithMaxAnswer, func(l limits) int64 { return l.answer }, 128 << 20},
		"WithMaxElement":  {WithMaxElement, func(l limits) int64 { return l.element }, 256 << 20},
		"WithMaxDownload": {WithMaxDownload, func(l limits) int64 { return l.download }, 64 << 30},
	} {
		if _, err := NewClient(testBase, tt.option(-1)); err == nil || !strings.Contains(err.Error(), name+"(-1): give a positive number of bytes") {
			t.Errorf("%s: error %v", name, err)
		}
		if got := tt.of(mustClient(t, testBase).core.limits); got != tt.most {
			t.Errorf("%s: %d by default", name, got)
		}
		for given, want := range map[int64]int64{0: 0, 1: 1, math.MaxInt64: 0} {
			if got := tt.of(mustClient(t, testBase, tt.option(given)).core.limits); got != want {
				t.Errorf("%s(%d): the limit is %d", name, given, got)
			}
		}
	}
}

// Whatever reads a list or a file one by one holds as much as the client says.
func TestMaxElement(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200_000)
	file := `[{"id":1,"data":{"text":"` + long + `"}}]`
	uses := map[string]func(*testing.T, *Client) error{
		"exported tasks": func(t *testing.T, c *Client) error {
			_, err := count(c.Exports.Tasks(t.Context(), 1, ExportOptions{}))
			return err
		},
		"tasks of a snapshot": func(t *testing.T, c *Client) error {
			_, err := count(c.Snapshots.Tasks(t.Context(), 1, 3))
			return err
		},
		"tasks that are imported": func(t *testing.T, c *Client) error {
			report, err := c.Projects.ImportReader(t.Context(), 1, strings.NewReader(file), TaskFormatJSON, BatchOptions{})
			if len(report.Batches) > 0 { // it was read, and sent to a server that takes none
				return nil
			}
			return err
		},
		"a file that is saved": func(t *testing.T, c *Client) error {
			download, err := c.Exports.Open(t.Context(), 1, ExportOptions{Format: "JSON"})
			if err != nil {
				return err
			}
			_, err = download.SaveAs(filepath.Join(t.TempDir(), "out"), nil)
			return err
		},
		"tasks that have media": func(t *testing.T, c *Client) error {
			_, err := saveMedia(t, c, MediaOptions{Folder: t.TempDir()}, []string{long})
			return err
		},
	}
	for name, use := range uses {
		for limit, tooLarge := range map[int64]bool{1000: true, 300_000: false, 0: false} {
			t.Run(fmt.Sprintf("%s, %d", name, limit), func(t *testing.T) {
				t.Parallel()
				c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					switch {
					case strings.HasSuffix(req.URL.Path, "/formats"):
						return answer(200, `[{"name":"JSON"}]`), nil
					case strings.HasSuffix(req.URL.Path, "/exports/3"):
						return answer(200, snapshotState("completed")), nil
					}
					res := answer(200, file)
					res.ContentLength = -1
					return res, nil
				}, WithMaxElement(limit))
				err := use(t, c)
				if errors.Is(err, ErrTooLarge) != tooLarge || !tooLarge && err != nil {
					t.Fatalf("error %v", err)
				}
				if tooLarge && !strings.Contains(err.Error(), "more than 1000 bytes: see WithMaxElement") {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

// What is short and becomes large when it is decoded is as bad as what is long.
func TestElementThatSwells(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	const limit = 2 << 20
	for name, text := range map[string]string{
		"annotations": `[{"id":1,"annotations":[` + strings.Repeat("{},", 600_000) + `{}]}]`,
		"updated by":  `[{"id":1,"updated_by":[` + strings.Repeat("{},", 600_000) + `{}]}]`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var failed error
		for _, failed = range elements[ExportedTask](strings.NewReader(text), limit, exportedOptions) {
		}
		runtime.ReadMemStats(&after)
		if !errors.Is(failed, ErrTooLarge) || !strings.Contains(failed.Error(), "decoded, it would take more than 8 times 2097152 bytes: see WithMaxElement") {
			t.Errorf("%s: error %v", name, failed)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 2*(weight.Most*limit+weight.Object*readAhead) {
			t.Errorf("%s: %d bytes took %d", name, len(text), took)
		}
	}
	// Many that are small are no large one.
	small := `{"id":1,"annotations":[` + strings.Repeat("{},", 1000) + `{}]},`
	n := 0
	for _, err := range elements[ExportedTask](endlessly("[", small), 1<<19, exportedOptions) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 150 {
			break
		}
	}
}

// A line of commas is short and has many values.
func TestTableThatSwells(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	const limit = 2 << 20
	for name, tt := range map[string]struct {
		format      TaskFormat
		text, again string
	}{
		"names":      {TaskFormatCSV, "", ","},
		"a row":      {TaskFormatCSV, "a\nx\n", ","},
		"semicolons": {TaskFormatCSV, "a;b\n", ";"},
		"tabs":       {TaskFormatTSV, "a\n", "\t"},
	} {
		text := tt.text + strings.Repeat(tt.again, limit) // as long as it may be
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var failed error
		for _, failed = range readTasks(strings.NewReader(text), tt.format, limit) {
		}
		runtime.ReadMemStats(&after)
		if !errors.Is(failed, ErrTooLarge) || !errors.Is(failed, ErrTaskFile) {
			t.Errorf("%s: error %v", name, failed)
		}
		// All that is allocated, also what was given up when a list grew.
		if took := after.TotalAlloc - before.TotalAlloc; took > 3*(weight.Most*limit+weight.Object*readAhead) {
			t.Errorf("%s: took %d", name, took)
		}
	}
	// Lines have no limit in number.
	lines := 0
	for _, err := range readTasks(endlessly("a\n", `"`+strings.Repeat(",", 2000)+"\"\n"), TaskFormatCSV, 4096) {
		if err != nil {
			t.Fatal(err)
		}
		if lines++; lines == 1000 {
			break
		}
	}
}

// As many columns as a line has room for are compared in no time.
func TestTableOfManyColumns(t *testing.T) {
	t.Parallel()
	var names strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&names, "%d,", i)
	}
	for _, err := range readTasks(strings.NewReader(names.String()+"7"), TaskFormatCSV, 0) {
		if err == nil || !strings.Contains(err.Error(), `two columns are named "7"`) {
			t.Errorf("error %v", err)
		}
	}
}

// An archive may have more names than there is memory.
func TestArchiveOfManyFiles(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	for i := range 20_000 {
		if _, err := archive.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%0100d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	for most, tooLarge := range map[int64]bool{1 << 20: true, 4 << 20: false, 0: false} {
		folder := t.TempDir()
		download := downloadOf(bytes.NewReader(packed.Bytes()), -1, "Content-Type", "application/zip")
		download.limits.element = most
		saved, err := download.SaveAs(filepath.Join(folder, "out.zip"), nil)
		if !tooLarge {
			if err != nil || saved.Proof != ProofStructure {
				t.Errorf("limit %d: %v, %v", most, saved, err)
			}
			continue
		}
		if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "the directory of the archive has more than 1048576 bytes: see WithMaxElement") {
			t.Errorf("limit %d: error %v", most, err)
		}
		onlyFile(t, folder, "out.zip", "")
	}
}

// watchedBody counts what is read of a body.
type watchedBody struct {
	io.Reader
	bytes  atomic.Int64
	closed atomic.Bool
}

func (w *watchedBody) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.bytes.Add(int64(n))
	return n, err
}

func (w *watchedBody) Close() error {
	w.closed.Store(true)
	return nil
}

func TestMaxDownload(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	tests := []struct {
		name     string
		body     io.Reader
		size     int64
		most     int64
		tooLarge bool
	}{
		{"endless", endlessly("", "x"), -1, limit, true},
		{"of a length that is too great", endlessly("", "x"), limit + 1, limit, true},
		{"one byte more", strings.NewReader(strings.Repeat("x", limit+1)), -1, limit, true},
		{"as long as it may be", strings.NewReader(strings.Repeat("x", limit)), -1, limit, false},
		{"as long as it may be, and says so", strings.NewReader(strings.Repeat("x", limit)), limit, limit, false},
		{"without a limit", strings.NewReader(strings.Repeat("x", limit+1)), -1, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := &watchedBody{Reader: tt.body}
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if strings.HasSuffix(req.URL.Path, "/formats") {
					return answer(200, `[{"name":"CSV"}]`), nil
				}
				res := answer(200, "", "Content-Type", "application/.csv")
				res.Body, res.ContentLength = body, tt.size
				return res, nil
			}, WithMaxDownload(tt.most))
			download, err := c.Exports.Open(t.Context(), 1, ExportOptions{Format: "CSV"})
			if err != nil {
				t.Fatal(err)
			}
			folder := t.TempDir()
			saved, err := download.SaveAs(filepath.Join(folder, "out"), nil)
			if !body.closed.Load() {
				t.Error("the download is left open")
			}
			if !tt.tooLarge {
				if err != nil || saved.Size != body.bytes.Load() {
					t.Errorf("%v, %v", saved, err)
				}
				return
			}
			if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "the file has more than the 1048576 bytes of WithMaxDownload") {
				t.Errorf("error %v", err)
			}
			if got := body.bytes.Load(); got > limit+1 || tt.size > 0 && got > 0 {
				t.Errorf("%d bytes were read", got)
			}
			onlyFile(t, folder, "out", "")
		})
	}
}

// A file that comes in pieces is counted as one, and a download that is too large
// is not tried again.
func TestMaxDownloadOfPieces(t *testing.T) {
	t.Parallel()
	file := `["` + strings.Repeat("x", 96) + `"]`
	for size, tooLarge := range map[int64]bool{100: false, 99: true} {
		for _, unknown := range []bool{false, true} { // of what length it is
			server := &ranged{file: file, cuts: []int{40, 40, -1}}
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if strings.HasSuffix(req.URL.Path, "/formats") {
					return answer(200, `[{"name":"CSV"}]`), nil
				}
				res, err := server.handle(req)
				if unknown && strings.HasSuffix(req.URL.Path, "/download") {
					res = answer(200, file)
					res.ContentLength = -1
				}
				return res, err
			}, WithMaxDownload(size), WithRetries(3))
			format, folder := map[bool]string{true: "CSV"}[unknown], t.TempDir()
			_, err := c.Snapshots.SaveFile(t.Context(), 1, 3, filepath.Join(folder, "out"), format, nil)
			if errors.Is(err, ErrTooLarge) != tooLarge || !tooLarge && err != nil {
				t.Errorf("limit %d: error %v", size, err)
			}
			if tooLarge {
				onlyFile(t, folder, "out", "")
				if len(server.froms) > 1 {
					t.Errorf("it was asked for from %v", server.froms)
				}
			}
		}
	}
}

// The limit holds for each of the media, unless they have their own.
func TestMaxDownloadOfMedia(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		own    int64
		reason string
	}{{0, "the file has more than the 10 bytes of WithMaxDownload"}, {12, ""}, {math.MaxInt64, ""}, {8, "the file has more than the 8 bytes of MediaOptions.MaxBytes"}} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return answer(200, "twelve bytes", "Content-Type", "image/png"), nil
		}, WithMaxDownload(10))
		report, err := saveMedia(t, c, MediaOptions{Folder: t.TempDir(), MaxBytes: tt.own}, []string{"s3://bucket/a"})
		if err != nil {
			t.Fatal(err)
		}
		if row := manifestOf(t, report)["s3://bucket/a"]; row.Error != tt.reason || cmp.Or(row.File, "none") == "none" != (tt.reason != "") {
			t.Errorf("%+v", row)
		}
		parts, err := filepath.Glob(filepath.Join(report.Folder, ".*.part"))
		if _, gone := os.Stat(report.Manifest); err != nil || gone != nil || len(parts) > 0 {
			t.Errorf("%v is left, %v, %v", parts, err, gone)
		}
	}
}

// A word of the server in an error is no longer than a line, and takes no more
// than itself to be cut.
func TestErrorsOfLongAnswers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x ", 1<<20)
	status := strings.Replace(snapshotState("completed"), `"completed"`, `"`+long+`"`, 1)
	for name, tt := range map[string]struct {
		body string
		call func(*testing.T, *Client) error
	}{
		"formats": {`[{"name":"` + long + `"}` + strings.Repeat(`,{"name":"xxxxxxxxx"}`, 10_000) + `]`, func(t *testing.T, c *Client) error {
			_, err := c.Exports.Open(t.Context(), 1, ExportOptions{Format: "CSV"})
			return err
		}},
		"actions": {`[{"id":"` + long + `"}` + strings.Repeat(`,{"id":"xxxxxxxxx"}`, 10_000) + `]`, func(t *testing.T, c *Client) error {
			_, err := c.Actions.Perform(t.Context(), &ActionsPerformParams{ID: "of_a_plugin", Project: 1}, ActionRequest{SelectedItems: SelectedItems{Included: []int64{1}}})
			return err
		}},
		"a time that is none": {`[{"name":"JSON","created_at":"` + long + `"}]`, func(t *testing.T, c *Client) error {
			_, err := count(c.Exports.Tasks(t.Context(), 1, ExportOptions{Format: "JSON"}))
			return err
		}},
		"columns": {`{"columns":[{"id":"` + long + `"}` + strings.Repeat(`,{"id":"xxxxxxxxx"}`, 10_000) + `]}`, func(t *testing.T, c *Client) error {
			_, err := count(c.Tasks.All(t.Context(), TaskFilter{Project: 1, OrderBy: []string{"tasks:none"}}))
			return err
		}},
		"the status of a snapshot": {status, func(t *testing.T, c *Client) error {
			_, err := c.Snapshots.Open(t.Context(), 1, 3, "")
			return err
		}},
		"the status of one that is waited for": {status, func(t *testing.T, c *Client) error {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := c.Snapshots.Wait(ctx, 1, 3, func(*Snapshot) { cancel() })
			return err
		}},
		"the status of an import": {`{"id":5,"status":"` + long + `"}`, func(t *testing.T, c *Client) error {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := c.Projects.WaitImport(ctx, 1, 5, func(*ProjectImport) { cancel() })
			return err
		}},
		"the MD5 of a snapshot": {strings.Replace(snapshotState("completed"), `"md5":""`, `"md5":"`+long+`"`, 1), func(t *testing.T, c *Client) error {
			_, err := count(c.Snapshots.Tasks(t.Context(), 1, 3))
			return err
		}},
	} {
		c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, "/download") {
				return answer(200, "[]"), nil
			}
			return answer(200, tt.body), nil
		})
		if err := tt.call(t, c); err == nil || len(err.Error()) > 5000 {
			t.Errorf("%s: error %.200v", name, err)
		}
	}
}

func TestLongTextsOfErrors(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	const size = 8 << 20
	for name, tt := range map[string]struct {
		text string
		cut  func(string) string
	}{
		"words":     {strings.Repeat("x ", size/2), oneLine},
		"one word":  {strings.Repeat("x", size), oneLine},
		"traceback": {"Traceback (most recent call last):\n" + strings.Repeat("\n", size) + "x", pythonReason},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_ = tt.cut(tt.text)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > size {
			t.Errorf("%s: %d bytes took %d", name, size, took)
		}
	}
	long := "Traceback (most recent call last):\n" + strings.Repeat("  File \"a.py\", line 1, in f\n    f()\n", 10_000) + "ValueError: too deep"
	if got := pythonReason(long); got != "too deep" {
		t.Errorf("the reason is %.100q", got)
	}
}

// A file that was given by mistake is not read, however large.
func TestCheckpointThatIsALargeFile(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	const size = 64 << 20
	path := filepath.Join(t.TempDir(), "checkpoint")
	if err := errors.Join(os.WriteFile(path, []byte(`{"text":"x"}`), 0o600), os.Truncate(path, size)); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := openJournal(path, journalHead{})
	runtime.ReadMemStats(&after)
	if !errors.Is(err, ErrCheckpoint) {
		t.Errorf("error %v", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("%d bytes took %d", size, took)
	}
}

// What is found in a text takes no more than the text.
func TestTextOfManyMedia(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	base, err := parseBaseURL(testBase)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat(`"/a"`, 1<<18)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range base.mediaIn(`"s3://b/c"` + text) {
		break // whoever wants one
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 4*uint64(len(text)) {
		t.Errorf("%d bytes took %d", len(text), took)
	}
}

// Each of the media is held in memory, and a line of the manifest.
func TestMediaWithoutEnd(t *testing.T) {
	t.Parallel()
	requests := 0
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		requests++
		return answer(200, "x", "Content-Type", "image/"+strings.Repeat("x", 1<<16)), nil
	})
	media := []string{"s3://bucket/a", "s3://bucket/b", "s3://bucket/a", "https://links.test/c"}
	report, err := saveMedia(t, c, MediaOptions{Folder: t.TempDir(), MaxFiles: 2, Concurrency: 1}, media)
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "more than 2 files and links: see MediaOptions.MaxFiles") || requests > 0 {
		t.Errorf("%d requests, error %v, %+v", requests, err, report)
	}
	report, err = saveMedia(t, c, MediaOptions{Folder: t.TempDir(), MaxFiles: 3, Concurrency: 1}, media)
	if err != nil || report.Found != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	if row := manifestOf(t, report)["s3://bucket/a"]; !strings.HasPrefix(row.ContentType, "image/x") || len(row.ContentType) > 200 {
		t.Errorf("a content type of %d bytes", len(row.ContentType))
	}
}

// An address that the server sends somebody to makes no error long either.
func TestErrorsOfLongAddresses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<19)
	for name, location := range map[string]string{
		"another origin":       "http://other.test/" + long,
		"the server's own":     "/" + long,
		"no address":           "http://[" + long,
		"another scheme":       "file:///" + long,
		"a host that is long":  "http://" + long + ".test/",
		"a redirect of a POST": "http://other.test/post/" + long,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := defaultTransport()
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				switch {
				case req.URL.Path == "/":
					return answer(http.StatusTemporaryRedirect, "", "Location", location), nil
				case strings.HasSuffix(req.URL.Host, ".test") && len(req.URL.Host) < 100:
					return answer(http.StatusUnauthorized, ""), nil
				}
				return transport.RoundTrip(req)
			}, WithToken(testLegacy))
			method := http.MethodGet
			if strings.Contains(location, "/post/") {
				method = http.MethodPost
			}
			if err := c.Do(t.Context(), method, "/", nil, nil, nil); err == nil || len(err.Error()) > 5000 {
				t.Errorf("error of %d bytes: %.200v", len(fmt.Sprint(err)), err)
			}
		})
	}
}
