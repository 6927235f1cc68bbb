package labelstudio

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestUpload(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "b.json")
	if err := os.WriteFile(path, []byte(`[{"text":"b"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	onDisk, err := FileAt(path)
	if err != nil {
		t.Fatal(err)
	}
	u, err := newUpload([]File{FileOf("../a.CSV", []byte("text\na\n")), onDisk, FileOf(`quo"te.txt`, nil)})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // it can be sent again
		body := u.open()
		all, err := io.ReadAll(body)
		if err := errors.Join(err, body.Close()); err != nil {
			t.Fatal(err)
		}
		if int64(len(all)) != u.length() {
			t.Errorf("the body has %d bytes, said are %d", len(all), u.length())
		}
		_, params, err := mime.ParseMediaType(u.contentType)
		if err != nil {
			t.Fatal(err)
		}
		form, err := multipart.NewReader(strings.NewReader(string(all)), params["boundary"]).ReadForm(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		for field, want := range map[string]string{"file1": "a.csv", "file2": "b.json", "file3": `quo"te.txt`} {
			if got := form.File[field]; len(got) != 1 || got[0].Filename != want {
				t.Errorf("field %s holds %v, want one file %s", field, got, want)
			}
		}
	}
}

func TestUploadRefuses(t *testing.T) {
	t.Parallel()
	open := FileOf("x", nil).Open
	tests := []struct {
		name  string
		files []File
	}{
		{"no files", nil},
		{"no name", []File{{Open: open}}},
		{"no content", []File{{Name: "a.csv"}}},
		{"no size", []File{{Name: "a.csv", Size: -1, Open: open}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := newUpload(tt.files); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestUploadNoticesAWrongSize(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{2, 4} {
		f := FileOf("a.csv", []byte("abc"))
		f.Size = size
		u, err := newUpload([]File{f})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(u.open()); err == nil {
			t.Errorf("said %d bytes of 3: no error", size)
		}
	}
}

func TestUploadClosesWhatItOpened(t *testing.T) {
	t.Parallel()
	opened, closed := 0, 0
	f := File{Name: "a.csv", Size: 3, Open: func() (io.ReadCloser, error) {
		opened++
		return closeFunc{strings.NewReader("abc"), func() error { closed++; return nil }}, nil
	}}
	u, err := newUpload([]File{f, f})
	if err != nil {
		t.Fatal(err)
	}
	body := u.open()
	head := make([]byte, len(u.heads[0])+1) // into the first file
	if _, err := io.ReadFull(body, head); err != nil {
		t.Fatal(err)
	}
	if err := body.Close(); err != nil {
		t.Fatal(err)
	}
	if opened != 1 || closed != 1 {
		t.Errorf("%d files opened and %d closed, want 1 and 1", opened, closed)
	}
}

type closeFunc struct {
	io.Reader
	close func() error
}

func (c closeFunc) Close() error { return c.close() }

func TestFileAtRefuses(t *testing.T) {
	t.Parallel()
	if _, err := FileAt(t.TempDir()); err == nil {
		t.Error("a folder is no file")
	}
	if _, err := FileAt(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want os.ErrNotExist", err)
	}
}

func TestUploadAttach(t *testing.T) {
	t.Parallel()
	u, err := newUpload([]File{FileOf("a.csv", []byte("abc"))})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, "http://labels.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	u.attach(req)
	if req.ContentLength != u.length() || !canRepeat(req) {
		t.Errorf("length %d, repeatable %v", req.ContentLength, canRepeat(req))
	}
}

// A transport that gives up closes the body while it is read.
func TestUploadIsClosedWhileItIsRead(t *testing.T) {
	t.Parallel()
	for range 100 {
		u, err := newUpload([]File{FileOf("a.csv", make([]byte, 1<<10))})
		if err != nil {
			t.Fatal(err)
		}
		body := u.open()
		var closing sync.WaitGroup
		closing.Go(func() {
			if err := body.Close(); err != nil {
				t.Error(err)
			}
		})
		if _, err := io.ReadAll(body); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
		closing.Wait()
	}
}

// A file that can't be opened when its turn comes ends the upload.
func TestUploadOfAFileThatIsGone(t *testing.T) {
	t.Parallel()
	gone := FileOf("gone.csv", []byte("text\na\n"))
	gone.Open = func() (io.ReadCloser, error) { return nil, os.ErrNotExist }
	u, err := newUpload([]File{gone})
	if err != nil {
		t.Fatal(err)
	}
	body := u.open()
	if _, err := io.ReadAll(body); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if err := body.Close(); err != nil {
		t.Errorf("closing it: %v", err)
	}
	if _, err := io.ReadAll(body); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after closing it: %v", err)
	}
}

func TestUploadOfAFileThatCannotBeClosed(t *testing.T) {
	t.Parallel()
	file := FileOf("a.csv", []byte("a"))
	file.Open = func() (io.ReadCloser, error) { return failingCloser{strings.NewReader("a")}, nil }
	u, err := newUpload([]File{file})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(u.open()); !errors.Is(err, errReset) {
		t.Errorf("error %v", err)
	}
}

type failingCloser struct{ io.Reader }

func (failingCloser) Close() error { return errReset }
