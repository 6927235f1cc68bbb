package labelstudio

import (
	"archive/zip"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// SavedFile is a download that has become a file.
type SavedFile struct {
	Path  string
	Size  int64 // in bytes
	Proof Proof // how it is known to be whole

	// Media says what became of the files that the tasks refer to, if they were
	// asked for: see [ExportFileOptions].
	Media *MediaReport
}

// Proof says how a file is known to be whole.
type Proof string

const (
	// ProofNone is a text file of which the server told no length: if the
	// connection was closed in good order it looks whole, but need not be.
	ProofNone Proof = ""
	// ProofMD5 is a file with the MD5 that the server took of it.
	ProofMD5 Proof = "md5"
	// ProofLength is a file of the length that the server told.
	ProofLength Proof = "length"
	// ProofStructure is a JSON document that ends or a ZIP archive that has its
	// directory, which stands at its end.
	ProofStructure Proof = "structure"
)

// saveBuffer is large, as the sum is taken of one piece while the next is read.
const saveBuffer = 256 << 10

// SaveAs writes the download to a file and closes the download. The file
// appears under its name when all of it is on the disk and found to be whole,
// in place of one that may be there; until then it has a name beside it that
// ends in ".part". An archive is not unpacked: whoever does so has to mind the
// paths in it, for instance with [filepath.IsLocal]. After an error neither is left, but a process that is killed
// leaves the part. A file of more bytes than [WithMaxDownload] says is [ErrTooLarge]. progress, if not nil, is told
// the bytes that have come.
func (d *Download) SaveAs(path string, progress func(bytes int64)) (saved *SavedFile, err error) {
	if d == nil || d.ReadCloser == nil {
		return nil, fmt.Errorf("labelstudio: saving %s: there is nothing to save: a Download comes from Exports.Open or Snapshots.Open", path)
	}
	limits := *orDefault(d.limits, defaultLimits)
	tooLong := tooLarge("the file has more than the %d bytes of %s", limits.download, cmp.Or(d.setBy, "WithMaxDownload"))
	if limits.download > 0 && d.Size > limits.download {
		_ = d.Close() // nothing of it is wanted
		return nil, fmt.Errorf("labelstudio: saving %s: %w", path, tooLong)
	}
	part, err := createPart(path)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name()) // of no use
			saved, err = nil, fmt.Errorf("labelstudio: saving %s: %w", path, err)
		}
	}()
	reader := &progressReader{Reader: d, tell: progress}
	from := io.Reader(reader)
	if limits.download > 0 {
		from = &bounded{reader, limits.download, tooLong}
	}
	// Without the file's ReadFrom, which would read in small pieces.
	size, err := io.CopyBuffer(struct{ io.Writer }{part}, from, make([]byte, saveBuffer))
	proof := d.proof
	if err == nil && proof == ProofNone {
		proof, err = d.checkStructure(part, size, limits.element)
	}
	if err == nil && proof == ProofLength && size != d.Size {
		err = fmt.Errorf("%d bytes came, and the server told %d: it is not the file", size, d.Size)
	}
	d.brokeOff = reader.failed || errors.Is(err, io.ErrUnexpectedEOF)
	if err == nil {
		err = part.Sync()
	}
	if err := errors.Join(err, part.Close(), d.Close()); err != nil {
		return nil, err
	}
	return &SavedFile{Path: path, Size: size, Proof: proof}, errors.Join(os.Rename(part.Name(), path), syncFolder(filepath.Dir(path)))
}

// createPart creates a new file beside path. os.CreateTemp would do, if its
// files had the usual permissions.
func createPart(path string) (*os.File, error) {
	for range 100 {
		name := fmt.Sprintf(".%s.%08x.part", filepath.Base(path), rand.Uint32())
		file, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("labelstudio: saving %s: %w", path, err)
		}
		return file, nil
	}
	return nil, fmt.Errorf("labelstudio: saving %s: no name is free for the part", path)
}

// checkStructure looks whether a file of no known length ends as its kind does. It
// holds most bytes of it, or without a limit if that is 0.
func (d *Download) checkStructure(file *os.File, size, most int64) (Proof, error) {
	head := make([]byte, 4)
	if _, err := file.ReadAt(head, 0); err == nil && (string(head) == "PK\x03\x04" || string(head) == "PK\x05\x06") {
		// Nothing is unpacked here, so its names don't matter.
		_, err := zip.NewReader(&boundedAt{file, most, most}, size)
		if errors.Is(err, ErrTooLarge) {
			return ProofNone, err
		}
		if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
			return ProofNone, fmt.Errorf("%w: the ZIP archive is cut off: %w", io.ErrUnexpectedEOF, err)
		}
		return ProofStructure, nil
	}
	if !strings.Contains(d.ContentType, "json") {
		return ProofNone, nil
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return ProofNone, err
	}
	return jsonProof(file, most)
}

// boundedAt reads the directory of an archive, all of which is held, until that
// is too large. most is zero for no limit.
type boundedAt struct {
	io.ReaderAt
	most, left int64
}

func (b *boundedAt) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < -readAhead && b.most > 0 { // its end is read twice
		return 0, tooLarge("the directory of the archive has more than %d bytes: see WithMaxElement", b.most)
	}
	return b.ReaderAt.ReadAt(p, at)
}

// maxNesting is what the decoder of answers takes, too.
const maxNesting = 10_000

// jsonProof reads a JSON document to its end. Where it is not JSON, as NaN which
// the server may write, nothing is shown.
func jsonProof(r io.Reader, most int64) (Proof, error) {
	proof, depth, ended := ProofNone, 0, false
	limit := newElementLimit(r, most) // a text is held in memory
	decoder := json.NewDecoder(limit)
	for {
		limit.next()
		token, err := decoder.Token()
		var syntax *json.SyntaxError
		switch {
		case errors.Is(err, io.EOF) && ended && proof == ProofStructure: // a number may be a part of one
			return proof, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return ProofNone, fmt.Errorf("%w: the JSON is cut off", io.ErrUnexpectedEOF)
		case errors.As(err, &syntax):
			return ProofNone, nil
		case err != nil:
			return ProofNone, err
		case ended:
			return ProofNone, errors.New("something follows the JSON document")
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			if depth++; depth > maxNesting {
				return ProofNone, tooLarge("the JSON is nested more than %d deep", maxNesting)
			}
		case json.Delim(']'), json.Delim('}'):
			if depth--; depth == 0 {
				proof = ProofStructure
			}
		}
		ended = depth == 0
	}
}

// progressReader tells how much has been read, and whether that failed.
type progressReader struct {
	io.Reader
	bytes  int64
	tell   func(bytes int64)
	failed bool
}

func (c *progressReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.bytes += int64(n); n > 0 && c.tell != nil {
		c.tell(c.bytes)
	}
	c.failed = err != nil && !errors.Is(err, io.EOF)
	return n, err
}
