package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/labelstudio-go/labelstudio/generated"
)

// SnapshotsService exports projects of any size: the server makes a snapshot
// and keeps it, to be downloaded as often as needed, in any format. It has the
// methods of [generated.SnapshotsService] as well: List, Get, Delete and so on.
type SnapshotsService struct {
	*generated.SnapshotsService

	views   *ViewsService
	exports *generated.ExportsService
	core    *core
	retries int
}

// ErrSnapshotFailed is a snapshot, or the conversion of one, that the server
// could not make.
var ErrSnapshotFailed error = &sentinel{text: "snapshot failed"}

// Create makes a snapshot of a project (POST /api/projects/{id}/exports/). The
// Community edition makes it before it answers, unless Redis queues are set up,
// and answers as well when it failed: see [SnapshotsService.Wait]. A view that
// doesn't exist, or is of another project, is refused with [ErrNotFound]: the
// server would export everything.
func (s *SnapshotsService) Create(ctx context.Context, projectID int64, body SnapshotRequest, opts ...CallOption) (*CreatedSnapshot, error) {
	if body.TaskFilterOptions != nil && body.TaskFilterOptions.View != nil {
		if _, err := viewOf(ctx, s.views.ViewsService, "the snapshot", *body.TaskFilterOptions.View, projectID, opts); err != nil {
			return nil, err
		}
	}
	return s.SnapshotsService.Create(ctx, projectID, body, opts...)
}

// CreateWhere makes a snapshot of the tasks of a project that meet where, which
// package filter makes, and returns it when it is completed, as
// [SnapshotsService.Wait] does. body.TaskFilterOptions may leave out more tasks.
// Filters that [ViewsService.Create] would refuse are refused with
// [ErrInvalidFilter], nil as well.
//
// The server takes filters from views only. So a view of the project comes for
// the time that this takes, and goes however it ends. If the snapshot can't be
// waited for, it goes first: without the view it would be of all tasks. If only
// the view could not be deleted, the snapshot comes with the error that says so.
// When ctx has ended, deleting them may go on for ten seconds each.
func (s *SnapshotsService) CreateWhere(ctx context.Context, projectID int64, where *Filters, body SnapshotRequest, opts ...CallOption) (*Snapshot, error) {
	return s.createWhere(ctx, projectID, where, body, nil, opts)
}

// clearingLimit is how long deleting something may take that must not be left
// behind, whatever became of the caller's context.
const clearingLimit = 10 * time.Second

func (s *SnapshotsService) createWhere(ctx context.Context, projectID int64, where *Filters, body SnapshotRequest, progress func(*Snapshot), opts []CallOption,
) (snapshot *Snapshot, err error) {
	options := orEmpty(body.TaskFilterOptions)
	if where == nil {
		return nil, textError{
			"labelstudio: a snapshot where nothing is asked for: use Snapshots.Create for all tasks", ErrInvalidFilter,
		}
	}
	if options.View != nil {
		return nil, errors.New("labelstudio: a snapshot has the tasks of one view: " +
			"leave out TaskFilterOptions.View, or use Snapshots.Create")
	}
	view, err := s.views.Create(ctx, ViewRequest{
		Project: projectID, Data: &ViewDataRequest{Title: new("snapshot under way"), Filters: where},
	}, opts...)
	if err != nil {
		return nil, err
	}
	after := func(clear func(ctx context.Context) error) error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearingLimit)
		defer cancel()
		return clear(ctx)
	}
	defer func() {
		gone := after(func(ctx context.Context) error { return s.views.Delete(ctx, view.ID, opts...) })
		if gone != nil && !isGone(gone) {
			err = errors.Join(err, fmt.Errorf("view %d, made for the snapshot, is still there: %w", view.ID, gone))
		}
	}()
	options.View = &view.ID
	body.TaskFilterOptions = &options
	created, err := s.SnapshotsService.Create(ctx, projectID, body, opts...)
	if err != nil {
		return nil, err
	}
	snapshot, err = s.Wait(ctx, projectID, created.ID, progress, opts...)
	if err != nil && !errors.Is(err, ErrSnapshotFailed) {
		err = errors.Join(err, after(func(ctx context.Context) error { return s.Delete(ctx, projectID, created.ID, opts...) }))
	}
	return snapshot, err
}

// Wait returns a snapshot when the server has completed it, looking at it ever
// less often, up to every ten seconds. progress, if not nil, is told each state
// that is seen. The error is [ErrSnapshotFailed] if the server gave up, or that
// of ctx; the snapshot is nil then.
func (s *SnapshotsService) Wait(ctx context.Context, projectID, snapshotID int64, progress func(*Snapshot), opts ...CallOption) (*Snapshot, error) {
	var snapshot *Snapshot
	what := func() string {
		return fmt.Sprintf("snapshot %d of project %d, which is %s", snapshotID, projectID, s.core.quoted(string(snapshot.Status)))
	}
	err := poll(ctx, what, func() (done bool, err error) {
		if snapshot, err = s.Get(ctx, projectID, snapshotID, opts...); err != nil {
			return false, err
		}
		if progress != nil {
			progress(snapshot)
		}
		if snapshot.Status == JobStatusFailed {
			return false, failedSnapshot(projectID, snapshotID)
		}
		return snapshot.Status == JobStatusCompleted, nil
	})
	if err != nil {
		return nil, err
	}
	return snapshot, nil
}

func failedSnapshot(projectID, snapshotID int64) error {
	return textError{
		fmt.Sprintf("labelstudio: snapshot %d of project %d failed: a view with a filter for a column that is gone does that; the server's log has more",
			snapshotID, projectID),
		ErrSnapshotFailed,
	}
}

// Open downloads a completed snapshot
// (GET /api/projects/{id}/exports/{export_pk}/download). An empty format is raw
// JSON, of which the snapshot has the MD5. To another one the Community edition
// converts the snapshot again at each call, with no conversion of its own
// before. It asks for the whole as a range, as only then does the server tell
// the length: a download that ends early is an error. The caller closes it.
//
// A download of raw JSON whose length the server tells goes on where its
// connection breaks, after a wait, as often as [WithRetries] says without a byte
// between, each time with a request that is repeated like others. Its end is
// checked against the MD5 and may be [ErrCorruptDownload]. Other formats are not
// resumed: what is converted a second time need not be the same.
//
// A snapshot that is not completed is refused, because the server answers 404
// without a reason, and a format that the server doesn't have with
// [ErrUnknownFormat], because it answers 500.
func (s *SnapshotsService) Open(ctx context.Context, projectID, snapshotID int64, format string, opts ...CallOption) (*Download, error) {
	snapshot, err := s.Get(ctx, projectID, snapshotID, opts...)
	if err != nil {
		return nil, err
	}
	if snapshot.Status == JobStatusFailed {
		return nil, failedSnapshot(projectID, snapshotID)
	}
	if snapshot.Status != JobStatusCompleted {
		return nil, fmt.Errorf("labelstudio: snapshot %d of project %d is %s: see Wait", snapshotID, projectID, s.core.quoted(string(snapshot.Status)))
	}
	params := &SnapshotsDownloadParams{}
	if format != "" {
		if err := checkFormat(ctx, s.core, s.exports, projectID, format, opts); err != nil {
			return nil, err
		}
		params.ExportType = &format
	}
	body, res, err := s.download(ctx, projectID, snapshotID, params, 0, opts) //nolint:bodyclose // what is captured has no body
	if isGone(err) {
		// The server sends a page without a reason.
		return nil, textError{fmt.Sprintf("labelstudio: snapshot %d of project %d has nothing in the format %q", snapshotID, projectID, format), err}
	}
	if err != nil {
		return nil, err
	}
	download := newDownload(body, res, s.core.limits)
	if format != "" {
		return download, nil
	}
	if size := download.Size; size >= 0 {
		ctx, cancel := context.WithCancel(ctx)
		download.ReadCloser = &resumed{
			ctx: ctx, cancel: cancel, body: body, size: size, retries: s.retries,
			open: func(ctx context.Context, from int64) (io.ReadCloser, error) {
				body, res, err := s.download(ctx, projectID, snapshotID, params, from, opts)
				if err != nil {
					return nil, err
				}
				return rest(body, res, from, size)
			},
		}
	}
	if snapshot.MD5 != "" {
		download.ReadCloser, download.proof = newMD5Body(download.ReadCloser, snapshot.MD5, s.core.quoted), ProofMD5
	}
	return download, nil
}

// download asks for a snapshot from a byte on.
func (s *SnapshotsService) download(ctx context.Context, projectID, snapshotID int64, params *SnapshotsDownloadParams, from int64, opts []CallOption,
) (body io.ReadCloser, res *http.Response, err error) {
	opts = append(slices.Clone(opts), WithHeader("Range", fmt.Sprintf("bytes=%d-", from)), CaptureResponse(&res))
	body, err = s.Download(ctx, projectID, snapshotID, params, opts...)
	return body, res, err
}

// ConvertAndWait has the server convert a snapshot to a format and keep the
// result, and returns the snapshot when that is done
// (POST /api/projects/{id}/exports/{export_pk}/convert). If the conversion was
// started before, it is only waited for, and one that failed then is in progress
// for ever: give ctx a deadline. progress and what comes with an error are as for
// [SnapshotsService.Wait].
func (s *SnapshotsService) ConvertAndWait(ctx context.Context, projectID, snapshotID int64, format string, progress func(*Snapshot), opts ...CallOption) (*Snapshot, error) {
	_, err := s.Convert(ctx, projectID, snapshotID, SnapshotConversionRequest{ExportType: format}, opts...)
	if err != nil && !errors.Is(err, ErrValidation) {
		return nil, err
	}
	refused := err // it may have been started before; the snapshot tells
	var snapshot *Snapshot
	what := func() string {
		return fmt.Sprintf("the conversion of snapshot %d of project %d to %s", snapshotID, projectID, format)
	}
	err = poll(ctx, what, func() (done bool, err error) {
		if snapshot, err = s.Get(ctx, projectID, snapshotID, opts...); err != nil {
			return false, err
		}
		conversion := lastConversion(snapshot, format)
		if conversion == nil && refused != nil {
			return false, refused
		}
		if progress != nil {
			progress(snapshot)
		}
		if conversion == nil {
			return false, nil
		}
		if conversion.Status == JobStatusFailed {
			return false, textError{
				fmt.Sprintf("labelstudio: the conversion of snapshot %d of project %d to %s failed: download it in another format", snapshotID, projectID, format),
				ErrSnapshotFailed,
			}
		}
		return conversion.Status == JobStatusCompleted, nil
	})
	if err != nil {
		return nil, err
	}
	return snapshot, nil
}

// lastConversion returns the last conversion to a format: one that failed is
// kept beside the next, in no order.
func lastConversion(snapshot *Snapshot, format string) *SnapshotConversion {
	var last *SnapshotConversion
	for i := range snapshot.ConvertedFormats {
		c := &snapshot.ConvertedFormats[i]
		if c.ExportType == format && (last == nil || c.ID > last.ID) {
			last = c
		}
	}
	return last
}
