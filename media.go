package labelstudio

import (
	"context"
	"errors"
	"fmt"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// ErrMediaMissing is media of which some files could not be fetched: see
// [MediaReport.Err].
var ErrMediaMissing error = &sentinel{text: "media files are missing"}

// MediaOptions says where the files go that tasks refer to, and how they are
// fetched. The zero value takes every one, four at a time.
//
// Found in the data of tasks, at any depth of lists and objects, are files
// that were uploaded (/data/upload/…, /storage-data/uploaded/?filepath=…), those
// of local storages (/data/local-files/?d=…), with the address of the client's
// server before them or without, and those of cloud storages (s3://…, gs://…,
// azure-blob://…): as a text that is nothing else, or in quotes within a text,
// as in HTML. Annotations and predictions are not looked at.
//
// Other web addresses stand in the manifest, but are not fetched unless Links says
// so. So do files of this server that are under another address of it: make the
// base URL the one that the server calls itself, its LABEL_STUDIO_HOST.
type MediaOptions struct {
	// Folder is where the files go. It is made if it is not there, and should
	// have nothing else in it. By default it is the name of the export with
	// ".media" behind it.
	Folder string
	// Concurrency is how many files are fetched at a time, 4 by default.
	Concurrency int
	// MaxBytes is the most bytes that a file may have: a larger one counts as failed.
	// 0 is the limit of [WithMaxDownload].
	MaxBytes int64
	// MaxFiles is how many files and links may be found, as each takes memory:
	// 10 million by default. Where there are more, the error is [ErrTooLarge] and
	// none is fetched.
	MaxFiles int
	// Links has web addresses fetched as well that a text is nothing but, whatever
	// is there. They are asked for as by anybody, without the token and headers
	// that the server gets; addresses on this server are not. Whoever brings in
	// tasks chooses what this machine asks for then, in its own network too. One
	// whose answer doesn't begin within [WithIdleTimeout], or then brings less than
	// 16 KiB on average in each such time, counts as failed.
	//
	// They go through the transport of the client: one that adds headers by itself
	// has to look at the host.
	Links bool
	// Progress, if not nil, is told the report so far after each file, one at a
	// time.
	Progress func(MediaReport)
}

// MediaReport says what became of the files. Each is counted once, however many
// tasks refer to it: in the end Found is the sum of Saved, Failed and Links.
type MediaReport struct {
	Folder   string
	Manifest string // path of the JSON list of all that was found, each a [MediaFile]: [Elements] reads it
	Found    int
	Saved    int   // files that are there
	Kept     int   // those of Saved that were there before
	Bytes    int64 // of the files in Saved
	Failed   int
	Links    int // web addresses that are not fetched
}

// Err returns an error that is [ErrMediaMissing] if a file failed: for those who
// need all of them.
func (r *MediaReport) Err() error {
	if r == nil || r.Failed == 0 {
		return nil
	}
	return textError{
		fmt.Sprintf("labelstudio: %d of %d media files are missing: %s says why", r.Failed, r.Saved+r.Failed, r.Manifest),
		ErrMediaMissing,
	}
}

// MediaFile is what the manifest says of a file, or of a link.
type MediaFile struct {
	// URI is the file's address as it stands in the data of tasks.
	URI string `json:"uri"`
	// Task is the id of the first task that has it.
	Task int64 `json:"task"`
	// Name is the name of the file: of an uploaded one that which it came with,
	// without the characters that the server took out of it.
	Name string `json:"name,omitempty"`
	// File is the name of the file in the folder: Name, made safe and with a part
	// made of the URI, so that it is the same in each export. Empty if it is not
	// there.
	File        string `json:"file,omitempty"`
	Size        int64  `json:"size"`
	ContentType string `json:"content_type,omitempty"`
	// Proof says how the file is known to be whole.
	Proof Proof `json:"proof,omitempty"`
	// Kept is a file that was there before.
	Kept bool `json:"kept,omitempty"`
	// Link is a web address that is not fetched.
	Link bool `json:"link,omitempty"`
	// Error is why the file is not there.
	Error string `json:"error,omitempty"`
}

const (
	mediaManifestName       = "media-manifest.json"
	defaultMediaConcurrency = 4
	defaultMediaFiles       = 10_000_000
)

// SaveMedia waits until a snapshot is completed and fetches the files that its
// tasks refer to into a folder, each once, with a manifest of them beside:
// uploaded files, and those of storages by way of the server or, if the storage
// signs its addresses, from where the server says, which sees no token.
// [MediaOptions] says what is found; Folder must be set.
//
// A file appears under its name when it is whole. What the server passes on from
// a storage comes in pieces of 8 MiB, each of which must take less than 20
// seconds unless the server is set otherwise; after that it is silent, until
// [WithIdleTimeout] ends. A connection that broke in either way is resumed where
// the length of the file is known, as often as [WithRetries] says without a byte
// between.
//
// A file that can't be fetched doesn't stop the others and is no error: it is
// counted in the report, which is never nil, and the manifest says why. See
// [MediaReport.Err]. The error is one that concerns all: ctx has ended, the
// tasks can't be read, the folder can't be written, the token is not accepted.
// There is no new manifest then, but files that came stay.
//
// When it runs again, a file that is there with the size that the server tells
// is kept; one whose content changed and whose size did not is not noticed:
// remove it first. Files that no task refers to any more stay.
//
// Memory grows with the number of files, some 40 bytes each, not with their size.
func (s *SnapshotsService) SaveMedia(ctx context.Context, projectID, snapshotID int64, options MediaOptions, opts ...CallOption) (*MediaReport, error) {
	if options.Folder == "" {
		return &MediaReport{}, errors.New("labelstudio: SaveMedia needs MediaOptions.Folder")
	}
	if err := options.check(opts); err != nil {
		return &MediaReport{}, err
	}
	return s.saveMedia(ctx, projectID, snapshotID, "", options, opts)
}

func (o *MediaOptions) check(opts []CallOption) error {
	if o.Concurrency < 0 || o.MaxBytes < 0 || o.MaxFiles < 0 {
		return errors.New("labelstudio: a number in MediaOptions is negative: leave it 0 for the default")
	}
	if len(wire.Apply(opts).Responses) > 0 {
		return errors.New("labelstudio: CaptureResponse keeps one answer, and media come several at a time: leave it out")
	}
	return nil
}
