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
	"slices"
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
	last, err := m.request(ctx, ref, fmt.Sprintf("bytes=%d-", info.Size()-1))
	if noRange(err) {
		return false, nil // it is shorter now
	}
	if err != nil {
		return false, err
	}
	if last.size != info.Size() {
		return false, last.body.Close()
	}
	closeDrained(last.body)
	row.Size, row.ContentType, row.Proof, row.Kept = info.Size(), last.contentType, ProofLength, true
	return true, nil
}

// mediaPiece is how much of a file in a cloud storage is asked for at first. Of
// more than that the server passes on what it can in 20 seconds, and then leaves
// the connection as it is.
const mediaPiece = 8 << 20

// open opens a file. If its length is known it goes on where a piece of it ends
// or the connection breaks.
func (m *mediaRun) open(ctx context.Context, ref mediaRef) (*Download, error) {
	bytes := "bytes=0-"
	if ref.kind == cloudMedia {
		bytes = fmt.Sprintf("bytes=0-%d", mediaPiece-1)
	}
	first, err := m.request(ctx, ref, bytes)
	if err == nil && first.from != 0 {
		err = errors.Join(errOtherFile, first.body.Close())
	}
	if noRange(err) { // as an empty file has none
		first, err = m.request(ctx, ref, "")
	}
	if err != nil {
		return nil, err
	}
	download := &Download{ReadCloser: first.body, Name: first.name, ContentType: first.contentType, Size: first.size}
	if first.size >= 0 {
		download.proof = ProofLength
	}
	if first.size > 0 {
		ctx, cancel := context.WithCancel(ctx)
		next := func(from int64) (io.ReadCloser, error) {
			return m.rest(ctx, ref, piece{from, first.size, first.tag})
		}
		download.ReadCloser = &resumed{
			ctx: ctx, cancel: cancel, body: &pieces{body: first.body, size: first.size, next: next}, size: first.size, retries: m.retries,
			open: func(_ context.Context, from int64) (io.ReadCloser, error) {
				body, err := next(from)
				if err != nil {
					return nil, err
				}
				return &pieces{body: body, at: from, size: first.size, next: next}, nil
			},
		}
	}
	return download, nil
}

// rest asks for the rest of a file, of which less may come.
func (m *mediaRun) rest(ctx context.Context, ref mediaRef, want piece) (io.ReadCloser, error) {
	got, err := m.request(ctx, ref, fmt.Sprintf("bytes=%d-", want.from))
	if err != nil {
		return nil, err
	}
	if got.piece != want {
		_ = got.body.Close() // nothing of it is wanted
		return nil, fmt.Errorf("%w: %s was asked for, %s came", errOtherFile, want, got.piece)
	}
	return got.body, nil
}

// piece is a part of a file.
type piece struct {
	from int64 // -1 if the answer doesn't say
	size int64 // of the whole file, or -1
	tag  string
}

func (p piece) String() string {
	return fmt.Sprintf("byte %d of %d with the tag %s", p.from, p.size, p.tag)
}

// pieceOf tells which part of a file an answer is.
func pieceOf(res *http.Response) piece {
	p := piece{0, res.ContentLength, res.Header.Get("ETag")}
	if res.StatusCode == http.StatusPartialContent {
		var last int64
		if _, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-%d/%d", &p.from, &last, &p.size); err != nil {
			p.from, p.size = -1, -1
		}
	}
	return p
}

// pieces is a file of which the server sends a part at a time.
type pieces struct {
	body     io.ReadCloser
	at, size int64
	begun    bool // something of the body has come
	next     func(from int64) (io.ReadCloser, error)
}

func (p *pieces) Read(b []byte) (int, error) {
	n, err := p.body.Read(b)
	p.at += int64(n)
	p.begun = p.begun || n > 0
	if !errors.Is(err, io.EOF) || p.at >= p.size || !p.begun {
		return n, err
	}
	_ = p.body.Close() // it has been read
	body, err := p.next(p.at)
	if err != nil {
		return n, err
	}
	p.body, p.begun = body, false
	return n, nil
}

func (p *pieces) Close() error { return p.body.Close() }

// mediaAnswer is a piece of a file that comes.
type mediaAnswer struct {
	piece
	body              io.ReadCloser
	name, contentType string
}

// request asks for bytes of a file, such as "bytes=0-", or for all of it.
func (m *mediaRun) request(ctx context.Context, ref mediaRef, bytes string) (*mediaAnswer, error) {
	req, err := ref.request(ctx, m.project)
	if err != nil {
		return nil, err
	}
	var res *http.Response
	// What is compressed on the way has no length and can't be resumed.
	opts := append(slices.Clone(m.opts), WithHeader("Accept-Encoding", "identity"), CaptureResponse(&res))
	if bytes != "" {
		opts = append(opts, WithHeader("Range", bytes))
	}
	want := wire.Answer{Status: []int{http.StatusOK, http.StatusPartialContent}, Body: wire.Stream}
	if isPage(ref.at) {
		want.Body = raw // else a page is taken for that of a proxy
	}
	var body io.ReadCloser
	if err := m.core.Call(req, want, &body, opts...); err != nil {
		return nil, m.refusal(err, res, ref)
	}
	return &mediaAnswer{pieceOf(res), body, fileName(res.Header), res.Header.Get("Content-Type")}, nil
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

// refusal says what an error doesn't: that the server knows no storage, or that
// the answer is that of a storage, to which what the client says of its token
// doesn't apply.
func (m *mediaRun) refusal(err error, res *http.Response, ref mediaRef) error {
	var answer *Error
	if res == nil || res.Request == nil || !errors.As(err, &answer) {
		return err
	}
	if originOf(res.Request.URL) == m.core.base.origin {
		if ref.kind == cloudMedia && answer.StatusCode == http.StatusNotFound {
			return fmt.Errorf("%w (project %d has no import storage for it)", err, m.project)
		}
		return err
	}
	text := fmt.Sprintf("labelstudio: the storage at %s answers %d %s", res.Request.URL.Host, res.StatusCode, http.StatusText(res.StatusCode))
	if res.StatusCode == http.StatusRequestedRangeNotSatisfiable {
		return textError{text, errNoRange}
	}
	return errors.New(text)
}

var errNoRange = errors.New("there are no such bytes")

// noRange reports whether err may mean that there are no such bytes: a storage
// says so, and the server makes of it what it makes of everything.
func noRange(err error) bool {
	var answer *Error
	return errors.Is(err, errOtherFile) || errors.Is(err, errNoRange) ||
		errors.As(err, &answer) && (answer.StatusCode == http.StatusRequestedRangeNotSatisfiable || answer.StatusCode == http.StatusFailedDependency)
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
