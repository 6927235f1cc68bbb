package labelstudio

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func zipped(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("a.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(f, strings.Repeat("a", 100))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// download makes one that the server would have sent with these headers.
func downloadOf(body io.Reader, size int, headers ...string) *Download {
	res := answer(200, "", headers...) //nolint:bodyclose // it is empty
	res.ContentLength = int64(size)
	return newDownload(io.NopCloser(body), res, defaultLimits)
}

// onlyFile fails the test unless a folder has this file and no other. An empty
// content stands for no file.
func onlyFile(t *testing.T, folder, name, content string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	want := []string{name}
	if content == "" {
		want = nil
	}
	if fmt.Sprint(names) != fmt.Sprint(want) {
		t.Fatalf("the folder has %q, want %q", names, want)
	}
	if content == "" {
		return
	}
	got, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != content {
		t.Errorf("the file is %q, want %q", got, content)
	}
}

func TestSaveAs(t *testing.T) {
	t.Parallel()
	archive := zipped(t)
	const unknown, text, jsonType = -1, "application/.csv", "application/json"
	tests := []struct {
		name, content, kind string
		size                int
		proof               Proof
		is                  error
	}{
		{"of known length", "a,b\n", text, 4, ProofLength, nil},
		{"shorter than its length", "a,b\n", text, 5, "", io.ErrUnexpectedEOF},
		{"text of unknown length", "a,b\n", text, unknown, ProofNone, nil},
		{"nothing", " ", text, 1, ProofLength, nil},
		{"archive", archive, "application/zip", unknown, ProofStructure, nil},
		{"archive without its end", archive[:len(archive)-1], "application/zip", unknown, "", io.ErrUnexpectedEOF},
		{"JSON", `[{"a":[1,"]"]}]`, jsonType, unknown, ProofStructure, nil},
		{"JSON of the server's type", "{}\n", "application/.json", unknown, ProofStructure, nil},
		{"JSON without its end", `[{"a":[1,"]"]}`, jsonType, unknown, "", io.ErrUnexpectedEOF},
		{"JSON cut in a string", `[{"a":"b`, jsonType, unknown, "", io.ErrUnexpectedEOF},
		{"JSON of nothing", "", jsonType, unknown, "", io.ErrUnexpectedEOF},
		{"JSON that may be cut", `12`, jsonType, unknown, "", io.ErrUnexpectedEOF},
		{"JSON as Python writes it", `[NaN]`, jsonType, unknown, ProofNone, nil},
		{"text that begins like an archive", "PK,name\n", text, unknown, ProofNone, nil},
		{"JSON cut in a number", `[1`, jsonType, unknown, "", io.ErrUnexpectedEOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			folder, told := t.TempDir(), int64(0)
			path := filepath.Join(folder, "out")
			download := downloadOf(strings.NewReader(tt.content), tt.size, "Content-Type", tt.kind)
			saved, err := download.SaveAs(path, func(n int64) { told = n })
			if !errors.Is(err, tt.is) {
				t.Fatalf("error %v, want %v", err, tt.is)
			}
			if told != int64(len(tt.content)) { // 0 for nothing
				t.Errorf("%d bytes were told", told)
			}
			if tt.is != nil {
				onlyFile(t, folder, "out", "")
				return
			}
			onlyFile(t, folder, "out", tt.content)
			if want := (SavedFile{Path: path, Size: int64(len(tt.content)), Proof: tt.proof}); *saved != want {
				t.Errorf("saved %+v, want %+v", saved, want)
			}
		})
	}
}

func TestSaveAsKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "out.csv")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := io.MultiReader(strings.NewReader("a,b\n"), brokenReader{})
	if _, err := downloadOf(broken, 9).SaveAs(path, nil); !errors.Is(err, errReset) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that names the file", err)
	}
	onlyFile(t, folder, "out.csv", "before")
	if _, err := downloadOf(strings.NewReader("after"), 5).SaveAs(path, nil); err != nil {
		t.Error(err)
	}
	onlyFile(t, folder, "out.csv", "after")
}

func TestSaveAsClosesTheDownload(t *testing.T) {
	t.Parallel()
	for _, path := range []string{filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "no", "folder")} {
		body := &closeRecorder{Reader: strings.NewReader("x")}
		_, err := (&Download{ReadCloser: body}).SaveAs(path, nil)
		if missing := strings.Contains(path, "folder"); missing != errors.Is(err, fs.ErrNotExist) || !body.closed {
			t.Errorf("%s: error %v, closed: %v", path, err, body.closed)
		}
	}
}

// exporting is a server of one project, whose snapshot is file.
type exporting struct {
	file    string
	refuse  string // a method that is answered 500
	deleted bool
}

func (s *exporting) handle(req *http.Request) (*http.Response, error) {
	switch {
	case req.Method == s.refuse:
		return answer(500, errorBody(500, "oops")), nil
	case strings.HasSuffix(req.URL.Path, "/formats"):
		return answer(200, formatsAnswer), nil
	case req.Method == http.MethodPost:
		return answer(201, strings.Replace(snapshotState("created"), `"counters":{},`, "", 1)), nil
	case req.Method == http.MethodDelete:
		s.deleted = true
		return answer(204, ""), nil
	case strings.HasSuffix(req.URL.Path, "/download"):
		return answer(206, s.file, "Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(s.file)-1, len(s.file))), nil
	}
	return answer(200, snapshotState("completed")), nil
}

func TestExportFile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, format, refuse, deletes string
		saved                         bool
		is                            error
	}{
		{"raw JSON", "", "", "", true, nil},
		{"a format", "CSV", "", "", true, nil},
		{"deleted after", "", "", "yes", true, nil},
		{"not deleted after", "", http.MethodDelete, "yes", true, ErrServer},
		{"no such format", "CVS", "", "yes", false, ErrUnknownFormat},
		{"no snapshot", "", http.MethodPost, "yes", false, ErrServer},
		{"no download", "", http.MethodGet, "yes", false, ErrServer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := &exporting{file: "[1,2]", refuse: tt.refuse}
			folder, states, last := t.TempDir(), 0, ExportProgress{}
			saved, err := fakeServer(t, server.handle).Snapshots.ExportFile(t.Context(), 1, filepath.Join(folder, "f"), ExportFileOptions{
				Format: tt.format, DeleteSnapshot: tt.deletes != "",
				Progress: func(p ExportProgress) {
					if last = p; p.Bytes == 0 {
						states++
					}
				},
			})
			if !errors.Is(err, tt.is) || tt.saved != (saved != nil) {
				t.Fatalf("saved %+v, error %v, want %v", saved, err, tt.is)
			}
			if want := tt.deletes != "" && tt.is == nil; server.deleted != want {
				t.Errorf("the snapshot is deleted: %v", server.deleted)
			}
			if !tt.saved {
				onlyFile(t, folder, "f", "")
				return
			}
			onlyFile(t, folder, "f", server.file)
			if states == 0 || last.Bytes != 5 || last.Size != 5 || last.Snapshot.ID != 3 {
				t.Errorf("%d states were told, at last %+v", states, last)
			}
		})
	}
}

// A snapshot that can't be downloaded stays, and the error says which it is.
func TestExportFileNamesTheSnapshot(t *testing.T) {
	t.Parallel()
	server := &exporting{refuse: http.MethodGet}
	_, err := fakeServer(t, server.handle).Snapshots.ExportFile(t.Context(), 1, filepath.Join(t.TempDir(), "f"), ExportFileOptions{DeleteSnapshot: true})
	if err == nil || !strings.Contains(err.Error(), "snapshot is 3") || server.deleted {
		t.Errorf("error %v, deleted: %v", err, server.deleted)
	}
}

// killedExport is the environment variable that makes of the test that has it
// a process that is killed while it exports.
const killedExport = "LABELSTUDIO_TEST_KILLED_EXPORT"

// A process that dies leaves no file under the real name, and the next run is
// not troubled by what it leaves.
func TestExportFileOfAProcessThatIsKilled(t *testing.T) {
	t.Parallel()
	const file = "[1,2,3,4,5,6]"
	if target := os.Getenv(killedExport); target != "" {
		exporter := &exporting{file: file}
		client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			res, err := exporter.handle(req)
			if strings.HasSuffix(req.URL.Path, "/download") {
				res.Body = io.NopCloser(io.MultiReader(strings.NewReader(file[:5]), forever{}))
			}
			return res, err
		})
		_, err := client.Snapshots.ExportFile(t.Context(), 1, target, ExportFileOptions{Progress: func(p ExportProgress) {
			if p.Bytes > 0 {
				fmt.Println("half of it has come")
			}
		}})
		t.Fatal("the export came to an end: ", err)
	}
	folder := t.TempDir()
	target := filepath.Join(folder, "tasks.json")
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestExportFileOfAProcessThatIsKilled$")
	process.Env = append(os.Environ(), killedExport+"="+target)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("half"))); err != nil {
		t.Fatal(err)
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := process.Wait(); err == nil {
		t.Fatal("the process was not killed")
	}
	if _, err := os.Stat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the killed export left %s: %v", target, err)
	}
	parts, err := filepath.Glob(filepath.Join(folder, ".tasks.json.*.part"))
	if err != nil || len(parts) != 1 {
		t.Errorf("the killed export left the parts %q, %v", parts, err)
	}
	server := &exporting{file: file}
	saved, err := fakeServer(t, server.handle).Snapshots.ExportFile(t.Context(), 1, target, ExportFileOptions{})
	if err != nil || saved.Proof != ProofLength {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	if got, err := os.ReadFile(target); err != nil || string(got) != file {
		t.Errorf("the file is %q, %v", got, err)
	}
}

// forever is a reader of a connection on which nothing more comes.
type forever struct{}

func (forever) Read([]byte) (int, error) { select {} }

// An answer that is longer than it says is not the file that was asked for.
func TestSaveAsOfMoreThanWasTold(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	saved, err := downloadOf(strings.NewReader("abcde"), 3).SaveAs(filepath.Join(folder, "f"), nil)
	if err == nil {
		t.Errorf("saved %+v", saved)
	}
	onlyFile(t, folder, "f", "")
}
