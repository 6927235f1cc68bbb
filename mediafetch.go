package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// fetch saves a file, unless it is there with the right size, and completes its
// row.
func (m *mediaRun) fetch(ctx context.Context, ref mediaRef, row *MediaFile) error {
	row.File = ref.localName()
	path := filepath.Join(m.options.Folder, row.File)
	if kept, err := m.keep(ctx, ref, path, row); kept || err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	download, err := m.open(ctx, ref)
	if err != nil {
		return err
	}
	if ref.kind == linkMedia { // a stranger may not hold up the rest, however often it is resumed
		paced := newBody(ctx, cancel, download.ReadCloser, m.core.idle)
		paced.paced = true
		download.ReadCloser = paced
	}
	row.ContentType = download.ContentType
	if download.Name != "" {
		row.Name = download.Name
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
	limits := m.core.limits
	download := &Download{ReadCloser: first.body, Name: first.name, ContentType: first.contentType, Size: first.size, limits: &limits}
	if m.options.MaxBytes > 0 {
		limits.download, download.setBy = m.options.MaxBytes, "MediaOptions.MaxBytes"
	}
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
