package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/filter"
)

func exportCalls() []*call {
	const group = "export"
	open := read(group, "Exports.Open", func(ctx context.Context, w *world, c *labelstudio.Client) (io.ReadCloser, error) {
		return c.Exports.Open(ctx, w.project, labelstudio.ExportOptions{Format: "JSON", AllTasks: true})
	})
	open.exchanged = true
	exported := read(group, "Exports.Tasks", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
		return all(c.Exports.Tasks(ctx, w.project, labelstudio.ExportOptions{AllTasks: true}))
	})
	taken := read(group, "Snapshots.Tasks", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
		return all(c.Snapshots.Tasks(ctx, w.project, w.snapshot))
	})
	exported.streams, taken.streams = true, true
	conversion := labelstudio.SnapshotConversionRequest{ExportType: "CSV"}
	return []*call{
		open, exported, taken,
		read(group, "Exports.Formats", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Exports.Formats(ctx, w.project)
		}),
		read(group, "Exports.Export", func(ctx context.Context, w *world, c *labelstudio.Client) (io.ReadCloser, error) {
			return c.Exports.Export(ctx, w.project, &labelstudio.ExportsExportParams{ExportType: new("CSV")})
		}),
		read(group, "Snapshots.List", func(ctx context.Context, w *world, c *labelstudio.Client) (int, error) {
			list, err := c.Snapshots.List(ctx, w.project)
			return len(list), err
		}),
		read(group, "Snapshots.Get", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Snapshots.Get(ctx, w.project, w.snapshot)
		}),
		read(group, "Snapshots.Wait", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Snapshots.Wait(ctx, w.project, w.snapshot, nil)
		}),
		read(group, "Snapshots.Open", func(ctx context.Context, w *world, c *labelstudio.Client) (io.ReadCloser, error) {
			return c.Snapshots.Open(ctx, w.project, w.snapshot, "")
		}),
		read(group, "Snapshots.Open, CSV", func(ctx context.Context, w *world, c *labelstudio.Client) (io.ReadCloser, error) {
			return c.Snapshots.Open(ctx, w.project, w.snapshot, "CSV")
		}),
		read(group, "Snapshots.Download", func(ctx context.Context, w *world, c *labelstudio.Client) (io.ReadCloser, error) {
			return c.Snapshots.Download(ctx, w.project, w.snapshot, nil)
		}),
		write(group, "Snapshots.Create", func(_ context.Context, w *world) (*try, error) {
			title := w.name()
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					return c.Snapshots.Create(ctx, w.exports, labelstudio.SnapshotRequest{Title: new(title)})
				},
				effect: func(ctx context.Context) (int, error) { return w.snapshots(ctx, title) },
				end:    func(ctx context.Context) error { return w.forget(ctx, title) },
			}, nil
		}),
		{group: group, name: "Snapshots.CreateWhere", post: true, steps: true, clears: true, begin: inProject(2, func(_ context.Context, w *world, project int64, name string) (*try, error) {
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					where := filter.And(filter.TotalAnnotations.Equal(0))
					return c.Snapshots.CreateWhere(ctx, project, where, labelstudio.SnapshotRequest{})
				},
				effect: func(ctx context.Context) (int, error) {
					list, err := w.direct.Snapshots.List(ctx, project)
					return len(list), err
				},
			}, nil
		})},
		{group: group, name: "Snapshots.Delete", begin: func(ctx context.Context, w *world) (*try, error) {
			made, err := w.newSnapshot(ctx)
			if err != nil {
				return nil, err
			}
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					return nothing(c.Snapshots.Delete(ctx, w.exports, made))
				},
				effect: func(ctx context.Context) (int, error) {
					_, err := w.direct.Snapshots.Get(ctx, w.exports, made)
					return gone(err)
				},
			}, nil
		}},
		write(group, "Snapshots.Convert", converts(func(ctx context.Context, w *world, c *labelstudio.Client, snapshot int64) (any, error) {
			return c.Snapshots.Convert(ctx, w.exports, snapshot, conversion)
		})),
		{group: group, name: "Snapshots.ConvertAndWait", post: true, steps: true, begin: converts(
			func(ctx context.Context, w *world, c *labelstudio.Client, snapshot int64) (any, error) {
				return c.Snapshots.ConvertAndWait(ctx, w.exports, snapshot, conversion.ExportType, nil)
			},
		)},
		exportsFile("Snapshots.ExportFile", labelstudio.ExportFileOptions{}),
		exportsFile("Snapshots.ExportFile, CSV", labelstudio.ExportFileOptions{Format: "CSV"}),
		exportsFile("Snapshots.ExportFile, deleted", labelstudio.ExportFileOptions{DeleteSnapshot: true}),
		{group: group, name: "Snapshots.SaveFile", streams: true, begin: saves("Snapshots.SaveFile", func(ctx context.Context, w *world, c *labelstudio.Client, path, _ string) (*labelstudio.SavedFile, error) {
			return c.Snapshots.SaveFile(ctx, w.project, w.snapshot, path, "", nil)
		})},
	}
}

// snapshots counts those with a title.
func (w *world) snapshots(ctx context.Context, title string) (int, error) {
	list, err := w.direct.Snapshots.List(ctx, w.exports)
	count := 0
	for _, s := range list {
		if s.Title == title {
			count++
		}
	}
	return count, err
}

// forget deletes the snapshots with a title.
func (w *world) forget(ctx context.Context, title string) error {
	list, err := w.direct.Snapshots.List(ctx, w.exports)
	for _, s := range list {
		if err == nil && s.Title == title {
			err = w.direct.Snapshots.Delete(ctx, w.exports, s.ID)
		}
	}
	return err
}

func (w *world) newSnapshot(ctx context.Context) (int64, error) {
	made, err := w.direct.Snapshots.Create(ctx, w.exports, labelstudio.SnapshotRequest{})
	if err != nil {
		return 0, err
	}
	return made.ID, nil
}

// converts begins with a snapshot that has not been converted.
func converts(do func(ctx context.Context, w *world, c *labelstudio.Client, snapshot int64) (any, error)) func(context.Context, *world) (*try, error) {
	return func(ctx context.Context, w *world) (*try, error) {
		snapshot, err := w.newSnapshot(ctx)
		if err != nil {
			return nil, err
		}
		return &try{
			do: func(ctx context.Context, c *labelstudio.Client) (any, error) { return do(ctx, w, c, snapshot) },
			effect: func(ctx context.Context) (int, error) {
				now, err := w.direct.Snapshots.Get(ctx, w.exports, snapshot)
				if err != nil {
					return 0, err
				}
				return len(now.ConvertedFormats), nil
			},
			end: func(ctx context.Context) error { return w.direct.Snapshots.Delete(ctx, w.exports, snapshot) },
		}, nil
	}
}

// exportsFile exports to a file. What it does on the server is a snapshot.
func exportsFile(name string, options labelstudio.ExportFileOptions) *call {
	begin := saves(name, func(ctx context.Context, w *world, c *labelstudio.Client, path, title string) (*labelstudio.SavedFile, error) {
		options := options
		options.Snapshot.Title = &title
		return c.Snapshots.ExportFile(ctx, w.exports, path, options)
	})
	return &call{group: "export", name: name, post: true, steps: true, streams: true, begin: func(ctx context.Context, w *world) (*try, error) {
		title := w.name()
		t, err := begin(context.WithValue(ctx, titleKey{}, title), w)
		if err != nil {
			return nil, err
		}
		t.effect = func(ctx context.Context) (int, error) { return w.snapshots(ctx, title) }
		if options.DeleteSnapshot {
			t.claim = func(_ any, err error) (least, most int) {
				if err == nil {
					return 0, 0
				}
				return 0, 1
			}
		}
		end := t.end
		t.end = func(ctx context.Context) error { return errors.Join(end(ctx), w.forget(ctx, title)) }
		return t, nil
	}}
}

type titleKey struct{}

// saving saves something under path, and may give it a title on the server.
type saving func(ctx context.Context, w *world, c *labelstudio.Client, path, title string) (*labelstudio.SavedFile, error)

// saves begins with a folder for a file, which must be there and whole if it is
// returned, and else not, with nothing beside it.
func saves(name string, do saving) func(context.Context, *world) (*try, error) {
	return func(ctx context.Context, w *world) (*try, error) {
		title, _ := ctx.Value(titleKey{}).(string)
		dir, err := os.MkdirTemp("", "labelstudio-faults-")
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, "export")
		var saved *labelstudio.SavedFile
		return &try{
			do: func(ctx context.Context, c *labelstudio.Client) (_ any, err error) {
				saved, err = do(ctx, w, c, path, title)
				return nil, err
			},
			end: func(context.Context) error {
				return errors.Join(w.checkSaved(name, dir, path, saved), os.RemoveAll(dir))
			},
		}, nil
	}
}

// checkSaved holds what is in a folder against what was returned.
func (w *world) checkSaved(name, dir, path string, saved *labelstudio.SavedFile) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err != nil:
		return err
	case saved == nil && len(entries) > 0, len(entries) > 1:
		return fmt.Errorf("%d files are there, and the call returned %v", len(entries), saved)
	case saved == nil:
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	// The first is of the clean run.
	if want, _ := w.files.LoadOrStore(name, string(content)); string(content) != want {
		return fmt.Errorf("the file has %d bytes that are not the %d of a clean run", len(content), len(want.(string)))
	}
	return nil
}
