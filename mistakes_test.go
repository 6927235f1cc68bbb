package labelstudio

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What can be seen to be wrong is told before the server is asked for anything.
func TestMistakesAreToldFirst(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	absent := filepath.Join(folder, "absent")
	tests := []struct {
		name string
		call func(context.Context, *Client) error
		want string
		is   error
	}{
		{"export to a folder", func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.ExportFile(ctx, 1, folder, ExportFileOptions{})
			return err
		}, "is a folder: give the path of a file", nil},
		{"export into a folder that is not there", func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.ExportFile(ctx, 1, filepath.Join(absent, "a.json"), ExportFileOptions{})
			return err
		}, "exporting project 1: ", os.ErrNotExist},
		{"a negative number of media", func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.ExportFile(ctx, 1, filepath.Join(folder, "a.json"), ExportFileOptions{Media: &MediaOptions{Concurrency: -1}})
			return err
		}, "a number in MediaOptions is negative", nil},
		{"import of a file that is not there", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.ImportTaskFile(ctx, 1, absent+".csv", BatchOptions{})
			return err
		}, "labelstudio: ", os.ErrNotExist},
		{"an upload of no file", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.ImportFiles(ctx, 1, nil, ImportOptions{})
			return err
		}, "no file to upload", nil},
		{"an upload of a file without a name", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.ImportFiles(ctx, 1, []File{{Size: 1}}, ImportOptions{})
			return err
		}, "file 1 has no name", nil},
		{"an upload with names that the server splits", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.ImportFiles(ctx, 1, []File{FileOf("a.csv", nil)}, ImportOptions{PreannotatedFrom: []string{"a|b"}})
			return err
		}, "splits names", nil},
		{"an import from nowhere", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.ImportURL(ctx, 1, "", ImportOptions{})
			return err
		}, "the address to import from is empty", nil},
		{"names that the server splits", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.ImportURL(ctx, 1, "https://example.com/a.csv", ImportOptions{PreannotatedFrom: []string{"a,b"}})
			return err
		}, "splits names", nil},
		{"media without a folder", func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.SaveMedia(ctx, 1, 5, MediaOptions{})
			return err
		}, "needs MediaOptions.Folder", nil},
		{"a negative size of media", func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.SaveMedia(ctx, 1, 5, MediaOptions{Folder: folder, MaxBytes: -1})
			return err
		}, "a number in MediaOptions is negative", nil},
		{"answers kept of media", func(ctx context.Context, c *Client) error {
			var res *http.Response
			_, err := c.Snapshots.SaveMedia(ctx, 1, 5, MediaOptions{Folder: folder}, CaptureResponse(&res))
			return err
		}, "CaptureResponse keeps one answer", nil},
		{"uploads to be counted that can't be", func(ctx context.Context, c *Client) error {
			_, err := c.FileUploads.DeleteAll(ctx, 1, All().Expect(2))
			return err
		}, "which can't be counted", nil},
		{"data that is no JSON", func(context.Context, *Client) error {
			_, err := NewTaskInputs([]any{1, func() {}})
			return err
		}, "item 1: labelstudio: the data of a task: ", nil},
		{"duplicates to delete without a key", func(ctx context.Context, c *Client) error {
			_, err := c.Projects.ImportSeq(ctx, 1, numbered(1), BatchOptions{DeleteDuplicates: true})
			return err
		}, "knows tasks by their key: set BatchOptions.Key", nil},
		{"a label of all projects", func(ctx context.Context, c *Client) error {
			_, err := c.Labels.BulkUpdate(ctx, LabelBulkUpdateRequest{})
			return err
		}, "no Project is set", nil},
		{"all uploads, but some", func(ctx context.Context, c *Client) error {
			_, err := c.FileUploads.DeleteAll(ctx, 1, All().Except(2))
			return err
		}, "without Where and Except", nil},
		{"no selection of uploads", func(ctx context.Context, c *Client) error {
			_, err := c.FileUploads.DeleteAll(ctx, 1, Selection{})
			return err
		}, "the Selection is empty", nil},
		{"an action on nothing", func(ctx context.Context, c *Client) error {
			_, err := c.Actions.Perform(ctx, &ActionsPerformParams{ID: "delete_tasks", Project: 1}, ActionRequest{})
			return err
		}, "nothing", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				t.Errorf("%s %s was sent", req.Method, req.URL.Path)
				return answer(500, ""), nil
			})
			err := tt.call(t.Context(), c)
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
