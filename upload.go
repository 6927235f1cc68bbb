package labelstudio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// File is a file to upload. Its content is read as it is sent, never held in
// memory as a whole.
type File struct {
	// Name is the file's name without a folder. The server tells the format by
	// its extension, which is sent in lower case: it accepts "A.CSV", too, but
	// makes one task of it that holds the file's address.
	Name string
	// Size is the length of the content in bytes. It must be right: the server
	// takes no body of unknown length.
	Size int64
	// Open returns the content from its beginning. It is called for each time
	// that the file is sent.
	Open func() (io.ReadCloser, error)
}

// FileAt returns the file at path, under its own name.
func FileAt(path string) (File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return File{}, fmt.Errorf("labelstudio: %w", err)
	}
	if !info.Mode().IsRegular() {
		return File{}, fmt.Errorf("labelstudio: %s is not a regular file: its length is not known; read it and use FileOf", path)
	}
	open := func() (io.ReadCloser, error) { return os.Open(path) }
	return File{Name: filepath.Base(path), Size: info.Size(), Open: open}, nil
}

// FileOf returns a file with this name and content.
func FileOf(name string, content []byte) File {
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	return File{Name: name, Size: int64(len(content)), Open: open}
}

// upload is a multipart body of known length that can be sent again.
type upload struct {
	contentType string
	files       []File
	heads       [][]byte // what stands before each file
	tail        []byte
}

// newUpload puts each file into a field of its own, because of several files
// in one field the server keeps only the last.
func newUpload(files []File) (*upload, error) {
	if len(files) == 0 {
		return nil, errors.New("no file to upload")
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	u := &upload{contentType: w.FormDataContentType(), files: files}
	for i, f := range files {
		if f.Name == "" || f.Open == nil || f.Size < 0 {
			return nil, fmt.Errorf("file %d has no name, no content or no size: make it with FileAt or FileOf", i+1)
		}
		name := filepath.Base(f.Name)
		extension := filepath.Ext(name)
		name = strings.TrimSuffix(name, extension) + strings.ToLower(extension)
		if _, err := w.CreateFormFile("file"+strconv.Itoa(i+1), name); err != nil {
			return nil, err
		}
		u.heads = append(u.heads, bytes.Clone(buf.Bytes()))
		buf.Reset()
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	u.tail = buf.Bytes()
	return u, nil
}

func (u *upload) length() int64 {
	n := int64(len(u.tail))
	for i, f := range u.files {
		n += int64(len(u.heads[i])) + f.Size
	}
	return n
}

// open returns the body from its beginning. Files are opened when their turn
// comes.
func (u *upload) open() io.ReadCloser {
	body := &uploadBody{}
	for i, f := range u.files {
		body.parts = append(body.parts, bytes.NewReader(u.heads[i]), &fileReader{file: f})
	}
	body.parts = append(body.parts, bytes.NewReader(u.tail))
	body.Reader = io.MultiReader(body.parts...)
	return body
}

// attach makes u the body of req.
func (u *upload) attach(req *http.Request) {
	req.Header.Set("Content-Type", u.contentType)
	req.Body, req.ContentLength = u.open(), u.length()
	req.GetBody = func() (io.ReadCloser, error) { return u.open(), nil }
}

type uploadBody struct {
	io.Reader
	parts []io.Reader
}

func (b *uploadBody) Close() error {
	var errs []error
	for _, part := range b.parts {
		if closer, ok := part.(io.Closer); ok {
			errs = append(errs, closer.Close())
		}
	}
	return errors.Join(errs...)
}

// fileReader opens its file with the first read and closes it at its end. A
// transport may close it while it is read.
type fileReader struct {
	file File
	read int64

	mu      sync.Mutex // guards the following
	content io.ReadCloser
	closed  bool
}

func (r *fileReader) Read(p []byte) (int, error) {
	content, err := r.open()
	if err != nil {
		return 0, err
	}
	n, err := content.Read(p)
	r.read += int64(n)
	atEnd := errors.Is(err, io.EOF)
	if r.read > r.file.Size || atEnd && r.read < r.file.Size {
		return 0, fmt.Errorf("file %s has not the %d bytes that it was said to have: was it written to meanwhile?", r.file.Name, r.file.Size)
	}
	if atEnd {
		if err := r.Close(); err != nil {
			return n, err
		}
	}
	return n, err
}

func (r *fileReader) open() (io.ReadCloser, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, os.ErrClosed
	}
	if r.content == nil {
		content, err := r.file.Open()
		if err != nil {
			return nil, err
		}
		r.content = content
	}
	return r.content, nil
}

func (r *fileReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.content == nil {
		r.closed = true
		return nil
	}
	r.closed = true
	return r.content.Close()
}
