package labelstudio

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
)

// ranged is a server of one snapshot whose connections break.
type ranged struct {
	file  string
	md5   string
	cuts  []int // bytes that each answer sends before it breaks; the last for ever, -1 for all
	reply func(from int) *http.Response

	froms []int
}

func (r *ranged) handle(req *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(req.URL.Path, "/download") {
		state := strings.Replace(snapshotState("completed"), `"md5":""`, fmt.Sprintf(`"md5":%q`, r.md5), 1)
		return answer(200, state), nil
	}
	from := 0
	if _, err := fmt.Sscanf(req.Header.Get("Range"), "bytes=%d-", &from); err != nil {
		return nil, err
	}
	r.froms = append(r.froms, from)
	if r.reply != nil && from > 0 {
		return r.reply(from), nil
	}
	res := answer(206, "", "Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(r.file)-1, len(r.file)))
	cut := r.cuts[min(len(r.froms), len(r.cuts))-1]
	if cut < 0 {
		res.Body = io.NopCloser(strings.NewReader(r.file[from:]))
	} else {
		res.Body = io.NopCloser(io.MultiReader(strings.NewReader(r.file[from:][:cut]), brokenReader{}))
	}
	return res, nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errReset }

func TestSnapshotGoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	const file = `[{"id":1},{"id":2},{"id":3}]`
	sum := md5.Sum([]byte(file))
	good := hex.EncodeToString(sum[:])
	page := func(int) *http.Response { return answer(200, file) }
	gone := func(int) *http.Response { return answer(404, `{"detail":"Not found."}`) }
	other := func(from int) *http.Response {
		return answer(206, "x", "Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, from, from+1))
	}
	tests := []struct {
		name  string
		cuts  []int
		md5   string
		reply func(int) *http.Response
		froms []int
		is    error
	}{
		{"never broken", []int{-1}, good, nil, []int{0}, nil},
		{"broken twice", []int{5, 7, -1}, good, nil, []int{0, 5, 12}, nil},
		{"broken before the first byte", []int{0, -1}, good, nil, []int{0, 0}, nil},
		{"broken after the last byte", []int{len(file)}, good, nil, []int{0}, nil},
		{"broken more often than is retried, with bytes between", []int{1, 1, 1, 1, 1, -1}, good, nil, []int{0, 1, 2, 3, 4, 5}, nil},
		{"broken again and again", []int{3, 0}, good, nil, []int{0, 3, 3}, errReset},
		{"of a snapshot without MD5", []int{5, -1}, "", nil, []int{0, 5}, nil},
		{"other than the MD5 says", []int{-1}, strings.Repeat("0", 32), nil, []int{0}, ErrCorruptDownload},
		{"broken, then the whole comes", []int{5}, good, page, []int{0, 5}, errOtherFile},
		{"broken, then another file comes", []int{5}, good, other, []int{0, 5}, errOtherFile},
		{"broken, then it is gone", []int{5}, good, gone, []int{0, 5}, ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &ranged{file: file, md5: tt.md5, cuts: tt.cuts, reply: tt.reply}
				client := fakeServer(t, server.handle, WithRetries(2))
				download, err := client.Snapshots.Open(t.Context(), 1, 3, "")
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(download)
				if err := download.Close(); err != nil {
					t.Error(err)
				}
				if !errors.Is(err, tt.is) {
					t.Errorf("error %v, want %v", err, tt.is)
				}
				if tt.is == nil && string(got) != file || !strings.HasPrefix(file, string(got)) {
					t.Errorf("read %q", got)
				}
				if fmt.Sprint(server.froms) != fmt.Sprint(tt.froms) {
					t.Errorf("asked from %v, want %v", server.froms, tt.froms)
				}
			})
		})
	}
}

func TestSnapshotIsNotResumedAfterTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		server := &ranged{file: "[1,2,3]", cuts: []int{2}}
		client := fakeServer(t, server.handle, WithRetries(9))
		download, err := client.Snapshots.Open(ctx, 1, 3, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(download, make([]byte, 2)); err != nil {
			t.Fatal(err)
		}
		cancel()
		_, err = io.ReadAll(download)
		if !errors.Is(err, context.Canceled) || !errors.Is(err, errReset) || len(server.froms) != 1 {
			t.Errorf("asked from %v, error %v", server.froms, err)
		}
		if want := "after 2 of 7 bytes"; !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	})
}

func TestAClosedDownloadIsNotResumed(t *testing.T) {
	t.Parallel()
	server := &ranged{file: "[1,2,3]", cuts: []int{2}}
	client := fakeServer(t, server.handle, WithRetries(9))
	download, err := client.Snapshots.Open(t.Context(), 1, 3, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := download.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(new(bytes.Buffer), download); err == nil || len(server.froms) != 1 {
		t.Errorf("read %d bytes, asked from %v, error %v", n, server.froms, err)
	}
}

// A format is converted anew for each request, and need not be the same.
func TestAConvertedSnapshotIsNotResumed(t *testing.T) {
	t.Parallel()
	server := &ranged{file: "a,b\n1,2\n", cuts: []int{2}}
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/formats") {
			return answer(200, formatsAnswer), nil
		}
		return server.handle(req)
	}, WithRetries(9))
	download, err := client.Snapshots.Open(t.Context(), 1, 3, "CSV")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = download.Close() }()
	if _, err := io.ReadAll(download); !errors.Is(err, errReset) || len(server.froms) != 1 {
		t.Errorf("asked from %v, error %v", server.froms, err)
	}
}

// A file of a format is downloaded again from its beginning, which writes
// nothing of what came before.
func TestAConvertedSnapshotBeginsAgain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		cuts    []int
		retries int
		is      error
	}{
		{"broken twice", []int{2, 5, -1}, 2, nil},
		{"broken too often", []int{2, 5, -1}, 1, errReset},
		{"never repeated", []int{2, -1}, 0, errReset},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &ranged{file: "a,b\n1,2\n", cuts: tt.cuts}
				client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					if strings.HasSuffix(req.URL.Path, "/formats") {
						return answer(200, formatsAnswer), nil
					}
					return server.handle(req)
				}, WithRetries(tt.retries))
				folder := t.TempDir()
				saved, err := client.Snapshots.SaveFile(t.Context(), 1, 3, filepath.Join(folder, "f"), "CSV", nil)
				if !errors.Is(err, tt.is) {
					t.Fatalf("error %v, want %v", err, tt.is)
				}
				want := ""
				if tt.is == nil {
					want = server.file
				}
				onlyFile(t, folder, "f", want)
				if tt.is == nil && (saved.Size != int64(len(want)) || len(server.froms) != 3) {
					t.Errorf("%+v after %d downloads", saved, len(server.froms))
				}
			})
		})
	}
}

// A download may be closed while it is read, and while it waits to go on.
func TestADownloadIsClosedWhileItIsRead(t *testing.T) {
	t.Parallel()
	for _, hangs := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			server := &ranged{file: "[1,2,3]", md5: "0", cuts: []int{2}}
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				res, err := server.handle(req)
				if strings.HasSuffix(req.URL.Path, "/download") && hangs && req.Header.Get("Range") == "bytes=0-" {
					res.Body = &heldBody{Reader: strings.NewReader("[1"), released: make(chan struct{})}
				}
				return res, err
			}, WithRetries(9))
			download, err := client.Snapshots.Open(t.Context(), 1, 3, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(download, make([]byte, 2)); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error)
			go func() {
				_, err := io.ReadAll(download)
				ended <- err
			}()
			synctest.Wait() // it waits for a byte, or to go on
			if err := download.Close(); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; !errors.Is(err, os.ErrClosed) || len(server.froms) != 1 {
				t.Errorf("asked from %v, error %v", server.froms, err)
			}
			if _, err := download.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
				t.Errorf("read again: %v", err)
			}
		})
	}
}

// heldBody has nothing more until it is closed.
type heldBody struct {
	io.Reader
	released chan struct{}
}

func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if n > 0 {
		return n, nil
	}
	<-b.released
	return 0, err
}

func (b *heldBody) Close() error {
	close(b.released)
	return nil
}

// What is wrong once stays wrong.
func TestACorruptDownloadStaysSo(t *testing.T) {
	t.Parallel()
	server := &ranged{file: "[1,2,3]", md5: "0", cuts: []int{-1}}
	download, err := fakeServer(t, server.handle).Snapshots.Open(t.Context(), 1, 3, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = download.Close() }()
	for range 2 {
		if _, err := io.ReadAll(download); !errors.Is(err, ErrCorruptDownload) {
			t.Errorf("error %v", err)
		}
	}
}
