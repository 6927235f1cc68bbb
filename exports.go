package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/generated"
)

// ExportsService exports the annotated tasks of a project at once, in one
// answer. The server builds it in memory before the first byte comes: for large
// projects, of some ten thousand tasks or more, use [SnapshotsService]. It has
// the methods of [generated.ExportsService] as well, such as Formats.
type ExportsService struct {
	*generated.ExportsService

	core *core
}

// ExportOptions says what to export and how. Only Format is required. Without
// more, an export holds the tasks that have an annotation.
type ExportOptions struct {
	// Format is the name of a format, such as "JSON", "JSON_MIN", "CSV" or
	// "COCO"; see [ExportsService.Formats].
	Format string
	// TaskIDs exports these tasks only, annotated or not; ids that the project
	// doesn't have are left out. An empty list that is not nil is refused: the
	// server would export every task.
	TaskIDs []int64
	// AllTasks exports the tasks without annotations, too.
	AllTasks bool
	// NoResources leaves the files that tasks refer to, such as images, out of
	// archives. The server puts them in unless it is set otherwise.
	NoResources bool
	// InterpolateKeyFrames writes out the frames between the key frames of a video.
	InterpolateKeyFrames bool
}

// ErrUnknownFormat is a format that the server doesn't have for a project. The
// error lists those that it has.
var ErrUnknownFormat error = &sentinel{text: "unknown export format"}

// maxExportQuery bounds the query of an export in bytes. Servers and proxies
// refuse longer ones, many of them from 8 KiB on.
const maxExportQuery = 6 << 10

// Open exports a project (GET /api/projects/{id}/export). It asks for the
// formats first, because the server answers 500 to one that it doesn't know.
// The caller closes the download.
func (s *ExportsService) Open(ctx context.Context, projectID int64, options ExportOptions, opts ...CallOption) (*Download, error) {
	params, err := options.params()
	if err != nil {
		return nil, fmt.Errorf("labelstudio: exporting project %d: %w", projectID, err)
	}
	if err := checkFormat(ctx, s.core, s.ExportsService, projectID, options.Format, opts); err != nil {
		return nil, err
	}
	var res *http.Response
	body, err := s.Export(ctx, projectID, params, append(slices.Clone(opts), CaptureResponse(&res))...)
	if err != nil {
		return nil, err
	}
	return newDownload(body, res, s.core.limits), nil
}

func (o ExportOptions) params() (*ExportsExportParams, error) {
	if o.TaskIDs != nil && len(o.TaskIDs) == 0 {
		return nil, errors.New("ExportOptions.TaskIDs is empty: the server would export every task; leave it nil if that is meant")
	}
	params := &ExportsExportParams{ExportType: &o.Format, IDs: o.TaskIDs}
	if o.AllTasks || o.TaskIDs != nil {
		params.DownloadAllTasks = new(true) // or the unannotated ones of TaskIDs are dropped in silence
	}
	if o.NoResources {
		params.DownloadResources = new(false)
	}
	if o.InterpolateKeyFrames {
		params.InterpolateKeyFrames = new(true)
	}
	if length := len(o.TaskIDs) * len("ids%5B%5D=&"); length+digits(o.TaskIDs) > maxExportQuery {
		return nil, fmt.Errorf("%d task ids are too many for one URL: take a snapshot of a view that selects them, with Snapshots.Create", len(o.TaskIDs))
	}
	return params, nil
}

func digits(ids []int64) int {
	n := 0
	for _, id := range ids {
		n += len(fmt.Sprint(id))
	}
	return n
}

// maxShownFormats is more than a project has.
const maxShownFormats = 100

// checkFormat returns an error that is [ErrUnknownFormat] unless the project
// has the format.
func checkFormat(ctx context.Context, core *core, exports *generated.ExportsService, projectID int64, format string, opts []CallOption) error {
	formats, err := exports.Formats(ctx, projectID, opts...)
	if err != nil {
		return err
	}
	var known []string
	for _, f := range formats {
		if f.Name == format {
			return nil
		}
		if (f.Disabled == nil || !*f.Disabled) && len(known) < maxShownFormats {
			known = append(known, cut(core.quoted(f.Name), maxFieldName))
		}
	}
	return textError{
		fmt.Sprintf("labelstudio: project %d has no export format %q: use one of %s", projectID, format, strings.Join(known, ", ")),
		ErrUnknownFormat,
	}
}
