package labelstudio

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// fetch saves a file, unless it is there with the right size, and completes its
// row.
func (m *mediaRun) fetch(ctx context.Context, ref mediaRef, row *MediaFile) error {
	row.File = ref.localName()
	path := filepath.Join(m.options.Folder, row.File)
	if kept, err := m.keep(ctx, ref, path, row); kept || err != nil {
		return err
	}
	download, err := m.open(ctx, ref)
	if err != nil {
		return err
	}
	row.ContentType = download.ContentType
	if download.Name != "" {
		row.Name = download.Name
	}
	if limit := m.options.MaxBytes; limit > 0 {
		if download.Size > limit {
			return errors.Join(errTooLarge(limit), download.Close())
		}
		download.ReadCloser = &limitedBody{download.ReadCloser, limit, limit}
	}
	saved, err := download.SaveAs(path, nil)
	if cause := errors.Unwrap(err); cause != nil && !isLocal(err) {
		return cause // without the path, which is of no use to who reads the manifest elsewhere
	}
	if err != nil {
		return err
	}
	row.Size, row.Proof = saved.Size, saved.Proof
	return nil
}

// keep reports whether the file is there with the size that the server tells.
// It asks for the last byte alone.
func (m *mediaRun) keep(ctx context.Context, ref mediaRef, path string, row *MediaFile) (bool, error) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false, nil //nolint:nilerr // it is fetched, which tells what is wrong
	}
	body, res, err := m.request(ctx, ref, info.Size()-1)
	if isStatus(err, http.StatusRequestedRangeNotSatisfiable, http.StatusFailedDependency) {
		return false, nil // it is shorter now
	}
	if err != nil {
		return false, err
	}
	if fileSize(res) != info.Size() {
		return false, body.Close()
	}
	closeDrained(body)
	row.Size, row.ContentType, row.Proof, row.Kept = info.Size(), res.Header.Get("Content-Type"), ProofLength, true
	return true, nil
}

// open opens a file. If its length is known it goes on where the connection
// breaks.
func (m *mediaRun) open(ctx context.Context, ref mediaRef) (*Download, error) {
	from := int64(0)
	if ref.kind == cloudMedia {
		from = wholeFile // the length comes without, and of an empty file there is no range
	}
	body, res, err := m.request(ctx, ref, from)
	if err != nil {
		return nil, err
	}
	download := newDownload(body, res)
	if size := download.Size; size > 0 {
		tag := res.Header.Get("ETag")
		ctx, cancel := context.WithCancel(ctx)
		download.ReadCloser = &resumed{
			ctx: ctx, cancel: cancel, body: body, size: size, retries: m.retries,
			open: func(ctx context.Context, from int64) (io.ReadCloser, error) {
				body, res, err := m.request(ctx, ref, from)
				if err != nil {
					return nil, err
				}
				return more(body, res, from, size, tag)
			},
		}
	}
	return download, nil
}

// more checks that an answer goes on with a file from a byte on, though not need
// be to its end, and returns it.
func more(body io.ReadCloser, res *http.Response, from, size int64, tag string) (io.ReadCloser, error) {
	begin, got := fmt.Sprintf("bytes %d-", from), res.Header.Get("Content-Range")
	if res.StatusCode != http.StatusPartialContent || !strings.HasPrefix(got, begin) || fileSize(res) != size || res.Header.Get("ETag") != tag {
		_ = body.Close() // nothing of it is wanted
		return nil, fmt.Errorf("%w: bytes %d-%d/%d were asked for and %d %q came", errOtherFile, from, size-1, size, res.StatusCode, got)
	}
	return body, nil
}

// wholeFile asks for no range.
const wholeFile = -1

// request asks for a file from a byte on.
func (m *mediaRun) request(ctx context.Context, ref mediaRef, from int64) (body io.ReadCloser, res *http.Response, err error) {
	req, err := ref.request(ctx, m.project)
	if err != nil {
		return nil, nil, err
	}
	// What is compressed on the way has no length and can't be resumed.
	opts := cloneOptions(m.opts, WithHeader("Accept-Encoding", "identity"), CaptureResponse(&res))
	if from != wholeFile {
		opts = append(opts, WithHeader("Range", fmt.Sprintf("bytes=%d-", from)))
	}
	want := wire.Answer{Status: []int{http.StatusOK, http.StatusPartialContent}, Body: wire.Stream}
	if isPage(ref.at) {
		want.Body = raw // else a page is taken for that of a proxy
	}
	if err := m.core.Call(req, want, &body, opts...); err != nil {
		return nil, nil, m.refusal(err, res)
	}
	return body, res, nil
}

// request makes the request for a file.
func (r *mediaRef) request(ctx context.Context, project int64) (*http.Request, error) {
	switch r.kind {
	case uploadedMedia:
		return generated.NewFileUploadsDownloadRequest(ctx, r.at)
	case storedMedia:
		return generated.NewFileUploadsDownloadStoredRequest(ctx, &generated.FileUploadsDownloadStoredParams{Path: r.at})
	case localMedia:
		return generated.NewFileUploadsLocalFileRequest(ctx, &generated.FileUploadsLocalFileParams{Path: r.at})
	case cloudMedia:
		// By the project, as the task may be gone meanwhile.
		uri := base64.URLEncoding.EncodeToString([]byte(r.at))
		return generated.NewProjectsResolveFileRequest(ctx, project, &generated.ProjectsResolveFileParams{FileURI: uri})
	}
	return nil, fmt.Errorf("%s is not fetched", r.uri)
}

// refusal says of an error that it came from a storage, where the server had
// pointed: what the client says of its token doesn't apply there.
func (m *mediaRun) refusal(err error, res *http.Response) error {
	var answer *Error
	if res == nil || res.Request == nil || !errors.As(err, &answer) || originOf(res.Request.URL) == m.core.base.origin {
		return err
	}
	return fmt.Errorf("labelstudio: the storage at %s answers %d %s", res.Request.URL.Host, res.StatusCode, http.StatusText(res.StatusCode))
}

func isStatus(err error, statuses ...int) bool {
	var answer *Error
	if !errors.As(err, &answer) {
		return false
	}
	for _, status := range statuses {
		if answer.StatusCode == status {
			return true
		}
	}
	return false
}

func isPage(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".htm") || strings.HasSuffix(name, ".xhtml")
}

// limitedBody ends with an error where it is too large.
type limitedBody struct {
	io.ReadCloser
	limit, left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, errTooLarge(b.limit)
	}
	return n, err
}

func errTooLarge(limit int64) error {
	return fmt.Errorf("labelstudio: the file has more than the %d bytes of MediaOptions.MaxBytes", limit)
}
