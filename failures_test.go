package labelstudio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// Wherever a call of several requests fails, its error is that of the request.
func TestFailuresOnTheWay(t *testing.T) {
	t.Parallel()
	const completed = `{"id":5,"status":"completed","converted_formats":[]}`
	folder := t.TempDir()
	tests := []struct {
		name    string
		answers map[string]string // by method and end of the path; all else fails
		call    func(context.Context, *Client) error
		failed  string // request
	}{
		{"the download of a snapshot", map[string]string{"GET exports/5": completed}, func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.Open(ctx, 1, 5, "")
			return err
		}, "GET /api/projects/1/exports/5/download"},
		{"the file of a snapshot", map[string]string{"GET exports/5": completed}, func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.SaveFile(ctx, 1, 5, filepath.Join(folder, "a.json"), "", nil)
			return err
		}, "GET /api/projects/1/exports/5/download"},
		{"the tasks whose media are wanted", map[string]string{"GET exports/5": completed}, func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.SaveMedia(ctx, 1, 5, MediaOptions{Folder: filepath.Join(folder, "media")})
			return err
		}, "GET /api/projects/1/exports/5/download"},
		{"taking a snapshot", nil, func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.ExportFile(ctx, 1, filepath.Join(folder, "b.json"), ExportFileOptions{})
			return err
		}, "POST /api/projects/1/exports/"},
		{"the state of a conversion", map[string]string{"POST convert": `{}`}, func(ctx context.Context, c *Client) error {
			_, err := c.Snapshots.ConvertAndWait(ctx, 1, 5, "CSV", nil)
			return err
		}, "GET /api/projects/1/exports/5"},
		{"what actions there are", nil, func(ctx context.Context, c *Client) error {
			_, err := c.Actions.Perform(ctx, &ActionsPerformParams{ID: "of_a_plugin", Project: 1}, ActionRequest{SelectedItems: SelectedItems{Included: []int64{1}}})
			return err
		}, "GET /api/dm/actions/"},
		{"counting what is selected", nil, func(ctx context.Context, c *Client) error {
			_, err := c.Tasks.DeleteSelected(ctx, 1, IDs(1, 2).Expect(2))
			return err
		}, "GET /api/tasks/"},
		{"deleting all uploads", nil, func(ctx context.Context, c *Client) error {
			_, err := c.FileUploads.DeleteAll(ctx, 1, All())
			return err
		}, "DELETE /api/projects/1/file-uploads"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				for request, body := range tt.answers {
					if method, path, _ := strings.Cut(request, " "); req.Method == method && strings.HasSuffix(req.URL.Path, path) {
						return answer(200, body), nil
					}
				}
				return answer(503, errorBody(503, "busy")), nil
			})
			err := tt.call(t.Context(), c)
			var failed *Error
			if !errors.As(err, &failed) || failed.StatusCode != 503 || !strings.Contains(err.Error(), tt.failed+": 503") {
				t.Errorf("error %v, want that of %s", err, tt.failed)
			}
		})
	}
}

// An answer that breaks off before its first byte is none.
func TestBrokenBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		res := answer(200, "")
		res.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
		return res, nil
	})
	if _, err := c.Projects.Get(t.Context(), 1); !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, ErrUnexpectedAnswer) {
		t.Errorf("error %v", err)
	}
}

// What is wrong with an answer may quote it, and so a token.
func TestCauseOfAnUnexpectedAnswerIsScrubbed(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		return answer(200, "{}", "Content-Type", "no type "+testLegacy), nil
	}, WithToken(testLegacy))
	_, err := c.Projects.Get(t.Context(), 1)
	if !errors.Is(err, ErrUnexpectedAnswer) || strings.Contains(err.Error(), testLegacy) || !strings.Contains(err.Error(), redacted) {
		t.Errorf("error %v", err)
	}
}

// A body that can't be had a second time is the end of the call.
func TestBodyThatCannotBeHadAgain(t *testing.T) {
	t.Parallel()
	sent := 0
	next := roundTripFunc(func(*http.Request) (*http.Response, error) {
		sent++
		return answer(503, errorBody(503, "busy"), "Retry-After", "0"), nil
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, testBase+"/x", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	req.GetBody = func() (io.ReadCloser, error) { return nil, errReset }
	_, err = (&retryTransport{next: next, retries: 2}).RoundTrip(req) //nolint:bodyclose // there is no answer
	if !errors.Is(err, errReset) || sent != 1 {
		t.Errorf("%d requests, error %v", sent, err)
	}
}
