package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime/multipart"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/labelstudio-go/labelstudio"
)

func importCalls() []*call {
	const group = "import"
	imports := func(name string, count int, do func(ctx context.Context, w *world, c *labelstudio.Client, marker string) (any, error)) *call {
		return write(group, name, func(_ context.Context, w *world) (*try, error) {
			return w.newTasks(count, func(ctx context.Context, c *labelstudio.Client, marker string) (any, error) {
				return do(ctx, w, c, marker)
			})
		})
	}
	plain := imports("Import", 3, func(ctx context.Context, w *world, c *labelstudio.Client, marker string) (any, error) {
		return c.Projects.Import(ctx, w.scratch, inputs(marker, 3), labelstudio.ImportOptions{TaskIDs: true})
	})
	plain.exchanged = true
	all := []*call{
		plain,
		imports("ImportMultipart", 2, func(ctx context.Context, w *world, c *labelstudio.Client, marker string) (any, error) {
			body, contentType, err := form("a.csv", table(marker))
			if err != nil {
				return nil, err
			}
			return c.Projects.ImportMultipart(ctx, w.scratch, nil, contentType, body)
		}),
		imports("ImportFiles", 2, func(ctx context.Context, w *world, c *labelstudio.Client, marker string) (any, error) {
			files := []labelstudio.File{labelstudio.FileOf("a.csv", []byte(table(marker)))}
			return c.Projects.ImportFiles(ctx, w.scratch, files, labelstudio.ImportOptions{})
		}),
		imports("ImportURL", 2, func(ctx context.Context, w *world, c *labelstudio.Client, marker string) (any, error) {
			return c.Projects.ImportURL(ctx, w.scratch, w.bucket.URL+"/table/"+marker+".csv", labelstudio.ImportOptions{})
		}),
		write(group, "ImportPredictions", func(ctx context.Context, w *world) (*try, error) {
			task, err := w.newTask(ctx)
			if err != nil {
				return nil, err
			}
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					prediction := labelstudio.TaskPredictionInput{Task: task, Result: []byte(regions), ModelVersion: labelstudio.Value("v2")}
					return c.Projects.ImportPredictions(ctx, w.scratch, []labelstudio.TaskPredictionInput{prediction})
				},
				effect: func(ctx context.Context) (int, error) {
					now, err := w.direct.Tasks.Get(ctx, task, nil)
					if err != nil {
						return 0, err
					}
					return len(now.Predictions), nil
				},
			}, nil
		}),
		write(group, "Reimport", inProject(0, func(ctx context.Context, w *world, project int64, _ string) (*try, error) {
			upload, err := w.newUpload(ctx, project)
			if err != nil {
				return nil, err
			}
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					return c.Projects.Reimport(ctx, project, labelstudio.ReimportRequest{FileUploadIDs: []int64{upload}})
				},
				effect: func(ctx context.Context) (int, error) {
					tasks, err := w.taskIDs(ctx, project)
					return len(tasks) / 2, err
				},
			}, nil
		})),
		// The Community edition imports at once, and knows no imports in the background.
		read(group, "GetImport", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			_, err := c.Projects.GetImport(ctx, w.project, 1)
			return notFound(err)
		}),
		read(group, "GetReimport", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			_, err := c.Projects.GetReimport(ctx, w.project, 1)
			return notFound(err)
		}),
		read(group, "WaitImport", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			_, err := c.Projects.WaitImport(ctx, w.project, 1, nil)
			return notFound(err)
		}),
		read(group, "WaitReimport", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			_, err := c.Projects.WaitReimport(ctx, w.project, 1, nil)
			return notFound(err)
		}),
		batches("ImportReader", labelstudio.BatchOptions{Tasks: 2}),
		batches("ImportSeq", labelstudio.BatchOptions{Tasks: 2}),
		batches("ImportSeq, key", labelstudio.BatchOptions{Tasks: 2, Key: "import_key", Settle: 300 * time.Millisecond}),
		batches("ImportSeq, two at a time", labelstudio.BatchOptions{Tasks: 2, Concurrency: 2}),
		batches("ImportTaskFile", labelstudio.BatchOptions{Tasks: 2}),
		batches("ImportTaskFile, checkpoint", labelstudio.BatchOptions{
			Tasks: 2, Key: "import_key", Settle: 300 * time.Millisecond, Checkpoint: "checkpoint",
		}),
	}
	return append(all, uploadCalls()...)
}

// notFound makes a result of the error that is the right answer.
func notFound(err error) (any, error) {
	if errors.Is(err, labelstudio.ErrNotFound) {
		return "not found", nil
	}
	return nil, err
}

// table is a CSV file of two tasks.
func table(marker string) string { return fmt.Sprintf("text\n%s 0\n%s 1\n", marker, marker) }

// form is a multipart form with one file.
func form(name, content string) (io.Reader, string, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		return nil, "", err
	}
	if _, err := io.WriteString(part, content); err != nil {
		return nil, "", err
	}
	return &body, w.FormDataContentType(), w.Close()
}

// batchTasks is how many tasks an import in batches has.
const batchTasks = 4

// batches imports in two batches. The report is what it claims.
func batches(name string, options labelstudio.BatchOptions) *call {
	file := strings.HasPrefix(name, "ImportTaskFile")
	c := write("import", name, func(_ context.Context, w *world) (*try, error) {
		marker, options := w.name(), options
		dir, err := os.MkdirTemp("", "labelstudio-faults-")
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, "tasks.jsonl")
		var lines strings.Builder
		for _, task := range inputs(marker, batchTasks) {
			fmt.Fprintln(&lines, string(task.Data))
		}
		if err := os.WriteFile(path, []byte(lines.String()), 0o600); err != nil {
			return nil, err
		}
		if options.Checkpoint != "" {
			options.Checkpoint = filepath.Join(dir, options.Checkpoint)
		}
		return &try{
			do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
				if name == "ImportReader" {
					return c.Projects.ImportReader(ctx, w.scratch, strings.NewReader(lines.String()), labelstudio.TaskFormatJSONLines, options)
				}
				if file {
					return c.Projects.ImportTaskFile(ctx, w.scratch, path, options)
				}
				return c.Projects.ImportSeq(ctx, w.scratch, each(inputs(marker, batchTasks)), options)
			},
			effect: func(ctx context.Context) (int, error) {
				return w.tasksWith(ctx, w.scratch, marker, 1)
			},
			claim: claimOfReport,
			end:   func(context.Context) error { return os.RemoveAll(dir) },
		}, nil
	})
	c.resends, c.alike = options.Key != "", options.Concurrency
	return c
}

func each(tasks []labelstudio.TaskInput) iter.Seq2[labelstudio.TaskInput, error] {
	return func(yield func(labelstudio.TaskInput, error) bool) {
		for _, task := range tasks {
			if !yield(task, nil) {
				return
			}
		}
	}
}

// claimOfReport is how many tasks are there by the report of an import.
func claimOfReport(got any, err error) (least, most int) {
	report := got.(*labelstudio.ImportReport)
	least, most = report.Committed, report.Committed
	for _, batch := range report.Batches {
		if batch.Outcome == labelstudio.BatchUnknown {
			most += batch.Count
		}
	}
	if err == nil && least != batchTasks {
		return batchTasks, batchTasks // without an error all are there
	}
	return least, most
}

// uploadCalls are those of the files that imports leave behind.
func uploadCalls() []*call {
	const group = "import"
	upload := func(begin func(w *world, project, upload int64) *try) func(context.Context, *world) (*try, error) {
		return inProject(0, func(ctx context.Context, w *world, project int64, _ string) (*try, error) {
			id, err := w.newUpload(ctx, project)
			if err != nil {
				return nil, err
			}
			return begin(w, project, id), nil
		})
	}
	removes := func(do func(ctx context.Context, c *labelstudio.Client, project, upload int64) error) func(w *world, project, upload int64) *try {
		return func(w *world, project, upload int64) *try {
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					return nothing(do(ctx, c, project, upload))
				},
				effect: func(ctx context.Context) (int, error) {
					_, err := w.direct.FileUploads.Get(ctx, upload)
					return gone(err)
				},
			}
		}
	}
	return []*call{
		read(group, "FileUploads.List", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			files, err := c.FileUploads.List(ctx, w.project, &labelstudio.FileUploadsListParams{All: new(true)})
			slices.SortFunc(files, func(a, b labelstudio.FileUpload) int { return int(a.ID - b.ID) })
			return files, err
		}),
		read(group, "FileUploads.Get", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.FileUploads.Get(ctx, w.upload)
		}),
		read(group, "FileUploads.Download", func(ctx context.Context, w *world, c *labelstudio.Client) (io.ReadCloser, error) {
			return c.FileUploads.Download(ctx, strings.TrimPrefix(w.file, "upload/"))
		}),
		read(group, "FileUploads.DownloadStored", func(ctx context.Context, w *world, c *labelstudio.Client) (io.ReadCloser, error) {
			return c.FileUploads.DownloadStored(ctx, &labelstudio.FileUploadsDownloadStoredParams{Path: w.file})
		}),
		read(group, "FileUploads.LocalFile", func(ctx context.Context, _ *world, c *labelstudio.Client) (io.ReadCloser, error) {
			return c.FileUploads.LocalFile(ctx, &labelstudio.FileUploadsLocalFileParams{Path: localFile})
		}),
		write(group, "FileUploads.Update", upload(func(w *world, _, upload int64) *try {
			const content = "text\nof another size\n"
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					body, contentType, err := form("b.csv", content)
					if err != nil {
						return nil, err
					}
					return c.FileUploads.Update(ctx, upload, contentType, body)
				},
				effect: func(ctx context.Context) (int, error) {
					now, err := w.direct.FileUploads.Get(ctx, upload)
					return once(err == nil && now.Size != nil && *now.Size == int64(len(content)), err)
				},
			}
		})),
		{group: group, name: "FileUploads.Delete", begin: upload(removes(
			func(ctx context.Context, c *labelstudio.Client, _, upload int64) error {
				return c.FileUploads.Delete(ctx, upload)
			},
		))},
		{group: group, name: "FileUploads.DeleteSelected", begin: upload(removes(
			func(ctx context.Context, c *labelstudio.Client, project, upload int64) error {
				_, err := c.FileUploads.DeleteSelected(ctx, project, labelstudio.IDs(upload))
				return err
			},
		))},
		{group: group, name: "FileUploads.DeleteAll", begin: upload(removes(
			func(ctx context.Context, c *labelstudio.Client, project, _ int64) error {
				_, err := c.FileUploads.DeleteAll(ctx, project, labelstudio.All())
				return err
			},
		))},
	}
}
