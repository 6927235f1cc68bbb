package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

func TestFileUploads(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	files := []labelstudio.File{
		labelstudio.FileOf("a.csv", []byte("text\none\n")), labelstudio.FileOf("b.csv", []byte("text\ntwo\n")),
	}
	summary, err := client.Projects.ImportFiles(ctx, project, files, labelstudio.ImportOptions{UploadOnly: true})
	ok(t, err)
	if len(summary.FileUploadIDs) != 2 {
		t.Fatalf("uploaded %v", summary.FileUploadIDs)
	}
	first := summary.FileUploadIDs[0]

	// A task can say which file it comes from.
	tasks := inputs(t, "x")
	tasks[0].FileUploadID = &first
	_, err = client.Projects.Import(ctx, project, tasks, labelstudio.ImportOptions{})
	ok(t, err)

	none, err := client.FileUploads.List(ctx, project, nil)
	ok(t, err)
	all, err := client.FileUploads.List(ctx, project, &labelstudio.FileUploadsListParams{All: new(true)})
	ok(t, err)
	one, err := client.FileUploads.List(ctx, project, &labelstudio.FileUploadsListParams{IDs: new(fmt.Sprintf("[%d]", first))})
	ok(t, err)
	if len(none) != 0 || len(all) != 2 || len(one) != 1 {
		t.Errorf("listed %d, %d and %d files, want 0, 2 and 1", len(none), len(all), len(one))
	}
	file, err := client.FileUploads.Get(ctx, first)
	ok(t, err)
	if file.Size == nil || *file.Size != 9 {
		t.Errorf("the file is %+v", file)
	}

	body, contentType := form(t, "new.csv", "text\nreplaced\n")
	replaced, err := client.FileUploads.Update(ctx, first, contentType, body)
	ok(t, err)
	stream, err := client.FileUploads.Download(ctx, strings.TrimPrefix(replaced.File, "upload/"))
	ok(t, err)
	if content := read(t, &labelstudio.Download{ReadCloser: stream}); string(content) != "text\nreplaced\n" {
		t.Errorf("the file holds %q", content)
	}
	empty, contentType := form(t, "empty.csv", "")
	_, err = client.FileUploads.Update(ctx, first, contentType, empty)
	wantError(t, err, labelstudio.ErrValidation)

	ok(t, client.FileUploads.Delete(ctx, first))
	wantError(t, client.FileUploads.Delete(ctx, first), labelstudio.ErrNotFound)
	deleted, err := client.FileUploads.DeleteSelected(ctx, project, labelstudio.All())
	ok(t, err)
	if deleted != 1 {
		t.Errorf("deleted %d files", deleted)
	}
}

func TestFileUploadsRefused(t *testing.T) {
	t.Parallel()
	ctx, client, nobody := t.Context(), admin(t), newClient(t, withLegacy)
	project := newProject(t, client).ID
	calls := []struct {
		name string
		call func(c *labelstudio.Client, id int64) error
	}{
		{"list", func(c *labelstudio.Client, id int64) error { _, err := c.FileUploads.List(ctx, id, nil); return err }},
		{"delete some", func(c *labelstudio.Client, id int64) error {
			_, err := c.FileUploads.DeleteSelected(ctx, id, labelstudio.IDs(1))
			return err
		}},
		{"get", func(c *labelstudio.Client, id int64) error { _, err := c.FileUploads.Get(ctx, id); return err }},
		{"delete", func(c *labelstudio.Client, id int64) error { return c.FileUploads.Delete(ctx, id) }},
		{"update", func(c *labelstudio.Client, id int64) error {
			body, contentType := form(t, "a.csv", "text\nx\n")
			_, err := c.FileUploads.Update(ctx, id, contentType, body)
			return err
		}},
	}
	for _, tt := range calls {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, tt.call(nobody, missing), labelstudio.ErrUnauthorized)
			wantError(t, tt.call(client, missing), labelstudio.ErrNotFound)
		})
	}
	_, err := client.FileUploads.List(ctx, project, &labelstudio.FileUploadsListParams{IDs: new("1")})
	wantError(t, err, labelstudio.ErrServer)
	err = client.Do(ctx, http.MethodGet, fmt.Sprintf("/api/projects/%d/file-uploads", project), url.Values{"all": {"maybe"}}, nil, nil)
	wantError(t, err, labelstudio.ErrValidation)
}

// The type of a file is what the server makes of its name.
func TestUploadedFile(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := createProject(t, client, labelstudio.ProjectRequest{
		Title: labelstudio.Value(unique(t)), LabelConfig: new(`<View><Image name="i" value="$image"/></View>`),
	}).ID
	upload := func(name string, content []byte) string {
		t.Helper()
		summary, err := client.Projects.ImportFiles(ctx, project, []labelstudio.File{labelstudio.FileOf(name, content)},
			labelstudio.ImportOptions{UploadOnly: true})
		ok(t, err)
		file, err := client.FileUploads.Get(ctx, summary.FileUploadIDs[0])
		ok(t, err)
		return strings.TrimPrefix(file.File, "upload/")
	}
	table := []byte("image\nx.png\n")
	files := []struct {
		name    string
		content []byte
	}{
		{"a.bmp", pixel}, {"a.csv", table}, {"a.gif", pixel}, {"a.jpg", pixel}, {"a.json", []byte(`[{"image":"x.png"}]`)},
		{"a.mp3", pixel}, {"a.mp4", pixel}, {"a.pdf", pixel}, {"a.png", pixel}, {"a.svg", []byte("<svg/>")},
		{"a.tsv", table}, {"a.txt", []byte("x.png\n")}, {"a.wav", pixel}, {"a.webm", pixel},
	}
	for _, f := range files {
		stream, err := client.FileUploads.Download(ctx, upload(f.name, f.content))
		ok(t, err)
		if content := read(t, &labelstudio.Download{ReadCloser: stream}); !bytes.Equal(content, f.content) {
			t.Errorf("%s came back with %d bytes of %d", f.name, len(content), len(f.content))
		}
	}

	// A page is refused: it cannot be told from a proxy's.
	_, err := client.FileUploads.Download(ctx, upload("a.html", []byte("<html>x</html>")))
	if !errors.Is(err, labelstudio.ErrUnexpectedAnswer) {
		t.Errorf("an uploaded page: %v", err)
	}

	name := upload("b.png", pixel)
	get := func(c *labelstudio.Client, name, bytes string) error {
		stream, err := c.FileUploads.Download(ctx, name, labelstudio.WithHeader("Range", bytes))
		if err != nil {
			return err
		}
		read(t, &labelstudio.Download{ReadCloser: stream})
		return nil
	}
	ok(t, get(client, name, "bytes=0-0"))
	beyond := wantAnswer(t, get(client, name, "bytes=5000-6000"))
	if beyond.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range past the end is answered %d", beyond.StatusCode)
	}
	wantError(t, get(newClient(t, withLegacy), name, ""), labelstudio.ErrUnauthorized)
	wantError(t, get(client, "nope.csv", ""), labelstudio.ErrServer)
}
