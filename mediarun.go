package labelstudio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// saveMedia is SaveMedia for the tasks in a file, or those of the snapshot if
// tasks is empty. They are downloaded first: the server should not have to wait
// with them until the files are here.
func (s *SnapshotsService) saveMedia(ctx context.Context, projectID, snapshotID int64, tasks string, options MediaOptions, opts []CallOption,
) (_ *MediaReport, err error) {
	options.Concurrency = cmp.Or(options.Concurrency, defaultMediaConcurrency)
	options.MaxFiles = cmp.Or(options.MaxFiles, defaultMediaFiles)
	m := &mediaRun{
		core: s.core, retries: s.retries, project: projectID, options: options, opts: opts,
		report: MediaReport{Folder: options.Folder},
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("labelstudio: fetching the media of project %d, whose snapshot is %d: %w", projectID, snapshotID, err)
		}
	}()
	if err := os.MkdirAll(options.Folder, 0o777); err != nil {
		return &m.report, err
	}
	if tasks == "" {
		tasks = filepath.Join(options.Folder, fmt.Sprintf(".tasks-%d.json", snapshotID))
		defer func() { _ = os.Remove(tasks) }() // of no use any more
		if _, err := s.SaveFile(ctx, projectID, snapshotID, tasks, "", nil, opts...); err != nil {
			return &m.report, err
		}
	}
	return &m.report, m.run(ctx, tasks)
}

// mediaRun fetches the files of one export.
type mediaRun struct {
	core    *core
	retries int
	project int64
	options MediaOptions
	opts    []CallOption

	mu       sync.Mutex
	report   MediaReport
	manifest *mediaManifest
}

func (m *mediaRun) run(ctx context.Context, tasks string) error {
	left := map[mediaKey]struct{}{} // what is yet to be fetched
	for ref, err := range m.refs(tasks) {
		if err != nil {
			return err
		}
		if left[ref.key] = struct{}{}; len(left) > m.options.MaxFiles {
			return tooLarge("the tasks refer to more than %d files and links: see MediaOptions.MaxFiles", m.options.MaxFiles)
		}
	}
	m.report.Found = len(left)
	manifest, err := createManifest(filepath.Join(m.options.Folder, mediaManifestName))
	if err != nil {
		return err
	}
	m.manifest = manifest
	err = m.fetchAll(ctx, tasks, left)
	if ended := ctx.Err(); err != nil && ended != nil && !errors.Is(err, ended) {
		err = fmt.Errorf("%w: %w", ended, err)
	}
	if err := m.manifest.close(err); err != nil {
		return err
	}
	m.report.Manifest = manifest.path
	return nil
}

// fetchAll fetches what is left, some at a time, in the order of the tasks.
func (m *mediaRun) fetchAll(ctx context.Context, tasks string, left map[mediaKey]struct{}) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan struct{}, m.options.Concurrency)
	for ref, err := range m.refs(tasks) {
		if err != nil {
			cancel(err)
			return err
		}
		if _, ok := left[ref.key]; !ok {
			continue
		}
		delete(left, ref.key)
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil { // select takes either where both are ready
			return context.Cause(ctx)
		}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := m.settle(ctx, ref); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// settle fetches a file and notes what became of it. Its error concerns all.
func (m *mediaRun) settle(ctx context.Context, ref mediaRef) error {
	row := MediaFile{URI: ref.uri, Task: ref.task, Name: ref.name()}
	row.Link = ref.kind == linkMedia && (!m.options.Links || ref.at == "")
	if !row.Link {
		if err := m.fetch(ctx, ref, &row); err != nil {
			if ctx.Err() != nil || isLocal(err) || errors.Is(err, ErrUnauthorized) {
				return err
			}
			row.File, row.Size, row.Proof = "", 0, ProofNone
			row.Error = m.reason(err)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if ctx.Err() != nil { // another has stopped it
		return context.Cause(ctx)
	}
	r := &m.report
	switch {
	case row.Link:
		r.Links++
	case row.Error != "":
		r.Failed++
	default:
		r.Saved++
		r.Bytes += row.Size
		if row.Kept {
			r.Kept++
		}
	}
	if err := m.manifest.add(row); err != nil {
		return err
	}
	if m.options.Progress != nil {
		m.options.Progress(*r)
	}
	return nil
}

// reason is an error as the manifest may show it: in one line, with no token and
// no signature.
func (m *mediaRun) reason(err error) string {
	return oneLine(maskURLs(m.core.scrubber().text(err.Error())))
}

// isLocal reports whether err is of this machine's file system, such as a full
// disk.
func isLocal(err error) bool {
	var path *fs.PathError
	var link *os.LinkError
	return errors.As(err, &path) || errors.As(err, &link)
}
