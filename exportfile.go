package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ExportFileOptions says what [SnapshotsService.ExportFile] exports and how.
// The zero value takes all tasks, annotated or not, as raw JSON, and keeps the
// snapshot on the server.
type ExportFileOptions struct {
	// Snapshot chooses the tasks and annotations, and how much of them.
	Snapshot SnapshotRequest
	// Where leaves only the tasks that meet conditions, which package filter
	// makes: see [SnapshotsService.CreateWhere].
	Where *Filters
	// Format is the name of a format, such as "CSV" or "COCO"; see
	// [ExportsService.Formats]. Empty is raw JSON, the only one whose download
	// is resumed and compared with the server's MD5.
	Format string
	// DeleteSnapshot deletes the snapshot from the server when the file is
	// there. After an error, or if Media are missing, it stays for another try with
	// [SnapshotsService.SaveFile].
	DeleteSnapshot bool
	// Media, if not nil, has the files that the tasks refer to fetched as well,
	// whatever the format, and put beside the export: see
	// [SnapshotsService.SaveMedia]. A file that fails is no error: look at
	// SavedFile.Media.
	Media *MediaOptions
	// Progress, if not nil, is told how far the export is.
	Progress func(ExportProgress)
}

// ExportProgress says how far an export is: first the states of the snapshot,
// then the bytes that have come.
type ExportProgress struct {
	Snapshot *Snapshot // as it was seen last
	Bytes    int64     // that have come
	Size     int64     // of the file, or -1 if the server doesn't tell; 0 before the download
}

// ExportFile exports a project of any size to a file: it takes a snapshot,
// waits for it and saves it as [SnapshotsService.SaveFile] does. The error names
// the snapshot if one was taken and stays. With an error the file is there if it
// is returned: then only the media could not be fetched, for which
// [SnapshotsService.SaveMedia] is another try, or something on the server could
// not be cleared away.
func (s *SnapshotsService) ExportFile(ctx context.Context, projectID int64, path string, options ExportFileOptions, opts ...CallOption) (*SavedFile, error) {
	if path == "" {
		return nil, errors.New("labelstudio: there is no path to export to")
	}
	if options.Format != "" { // before the snapshot is taken, which may last
		if err := checkFormat(ctx, s.core, s.exports, projectID, options.Format, opts); err != nil {
			return nil, err
		}
	}
	if options.Media != nil {
		if err := options.Media.check(opts); err != nil {
			return nil, err
		}
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("labelstudio: exporting project %d: %s is a folder: give the path of a file", projectID, path)
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("labelstudio: exporting project %d: %w", projectID, err)
	}
	progress := options.Progress
	if progress == nil {
		progress = func(ExportProgress) {}
	}
	snapshotID, left, err := s.take(ctx, projectID, options, progress, opts)
	if err != nil {
		return nil, err
	}
	saved, err := s.SaveFile(ctx, projectID, snapshotID, path, options.Format, progress, opts...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("labelstudio: exporting project %d, whose snapshot is %d: %w", projectID, snapshotID, err), left)
	}
	if options.Media != nil {
		if saved.Media, err = s.exportedMedia(ctx, projectID, snapshotID, path, options, opts); err != nil {
			return saved, errors.Join(fmt.Errorf("%w: %s is exported without them: see SaveMedia", err, path), left)
		}
	}
	if options.DeleteSnapshot && (saved.Media == nil || saved.Media.Failed == 0) {
		if err := s.Delete(ctx, projectID, snapshotID, opts...); err != nil && !isGone(err) {
			left = errors.Join(left, fmt.Errorf("labelstudio: %s is exported, but its snapshot %d is not deleted: %w", path, snapshotID, err))
		}
	}
	return saved, left
}

// exportedMedia fetches the media of an export. Only raw JSON tells the tasks: of
// another format they are taken from the snapshot.
func (s *SnapshotsService) exportedMedia(ctx context.Context, projectID, snapshotID int64, path string, options ExportFileOptions, opts []CallOption,
) (*MediaReport, error) {
	media := *options.Media
	if media.Folder == "" {
		media.Folder = path + ".media"
	}
	if options.Format != "" {
		path = ""
	}
	return s.saveMedia(ctx, projectID, snapshotID, path, media, opts)
}

// take takes the snapshot. left is what could not be cleared away after it.
func (s *SnapshotsService) take(ctx context.Context, projectID int64, options ExportFileOptions, progress func(ExportProgress), opts []CallOption,
) (snapshotID int64, left, err error) {
	if options.Where == nil {
		created, err := s.Create(ctx, projectID, options.Snapshot, opts...)
		if err != nil {
			return 0, nil, err
		}
		return created.ID, nil, nil
	}
	tell := func(state *Snapshot) { progress(ExportProgress{Snapshot: state}) }
	snapshot, err := s.createWhere(ctx, projectID, options.Where, options.Snapshot, tell, opts)
	if snapshot == nil {
		return 0, nil, err
	}
	return snapshot.ID, err, nil
}

// SaveFile waits until a snapshot is completed, downloads it in a format, raw
// JSON if that is empty, and saves it under path: see [SnapshotsService.Open]
// for what is resumed and checked and [Download.SaveAs] for how the file comes
// to be. The download of another format begins again if it breaks off, as often
// as [WithRetries] says. progress, if not nil, is told how far it is.
func (s *SnapshotsService) SaveFile(ctx context.Context, projectID, snapshotID int64, path, format string, progress func(ExportProgress), opts ...CallOption) (*SavedFile, error) {
	if progress == nil {
		progress = func(ExportProgress) {}
	}
	snapshot, err := s.Wait(ctx, projectID, snapshotID, func(state *Snapshot) { progress(ExportProgress{Snapshot: state}) }, opts...)
	if err != nil {
		return nil, err
	}
	for failed := 0; ; {
		download, err := s.Open(ctx, projectID, snapshotID, format, opts...)
		if err != nil {
			return nil, err
		}
		saved, err := download.SaveAs(path, func(bytes int64) { progress(ExportProgress{snapshot, bytes, download.Size}) })
		failed++
		if again := format != "" && download.brokeOff && failed <= s.retries; !again {
			return saved, err
		}
		if ended := sleep(ctx, backoff(failed)); ended != nil {
			return nil, errors.Join(err, ended)
		}
	}
}
