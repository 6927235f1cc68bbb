package e2e

import (
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// snapshot makes a snapshot of a project.
func snapshot(t *testing.T, client *labelstudio.Client, project int64, body labelstudio.SnapshotRequest) int64 {
	t.Helper()
	made, err := client.Snapshots.Create(t.Context(), project, body)
	ok(t, err)
	return made.ID
}

func TestSnapshotLife(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project := newProject(t, client).ID
		annotate(t, client, newTask(t, client, project, "x").ID, object{"result": json.RawMessage(regions)})

		id := snapshot(t, client, project, labelstudio.SnapshotRequest{Title: new("Nightly")})
		var states []labelstudio.JobStatus
		done, err := client.Snapshots.Wait(ctx, project, id, func(s *labelstudio.Snapshot) { states = append(states, s.Status) })
		ok(t, err)
		if len(states) == 0 || done.Title != "Nightly" || done.Counters.TaskNumber == nil || *done.Counters.TaskNumber != 1 {
			t.Errorf("states %v, then %+v", states, done)
		}
		download, err := client.Snapshots.Open(ctx, project, id, "")
		ok(t, err)
		content := read(t, download)
		if sum := fmt.Sprintf("%x", md5.Sum(content)); sum != done.MD5 || download.Size != int64(len(content)) {
			t.Errorf("%d bytes with the sum %s came, said were %d with %s", len(content), sum, download.Size, done.MD5)
		}
		download, err = client.Snapshots.Open(ctx, project, id, "CSV")
		ok(t, err)
		if content := read(t, download); len(content) == 0 || download.ContentType != "application/csv" {
			t.Errorf("%d bytes of type %s", len(content), download.ContentType)
		}
		for range 2 { // the second conversion is refused, and only waited for
			converted, err := client.Snapshots.ConvertAndWait(ctx, project, id, "CSV", nil)
			ok(t, err)
			if len(converted.ConvertedFormats) != 1 || converted.ConvertedFormats[0].ExportType != "CSV" {
				t.Errorf("the conversions are %+v", converted.ConvertedFormats)
			}
		}
		list, err := client.Snapshots.List(ctx, project)
		ok(t, err)
		if len(list) != 1 || list[0].ID != id {
			t.Errorf("the list is %+v", list)
		}
		ok(t, client.Snapshots.Delete(ctx, project, id))
		_, err = client.Snapshots.Get(ctx, project, id)
		wantError(t, err, labelstudio.ErrNotFound)
	})
}

func TestSnapshotOptions(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	ids := newTasks(t, client, project, 2)
	annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
	view := post(t, client, "/api/dm/views/", object{"project": project, "data": object{
		"title": "first", "filters": object{"conjunction": "and", "items": []object{
			{"filter": "filter:tasks:id", "operator": "equal", "type": "Number", "value": ids[0]},
		}},
	}})
	only, no := new(labelstudio.OnlyOrExcludeOnly), &labelstudio.SerializationOptionInput{OnlyID: new(false)}
	id := snapshot(t, client, project, labelstudio.SnapshotRequest{
		TaskFilterOptions: &labelstudio.TaskFilterOptionsInput{
			View: &view, Annotated: only, Finished: only, OnlyWithAnnotations: new(true), Skipped: new(labelstudio.OnlyOrExcludeExclude),
		},
		AnnotationFilterOptions: &labelstudio.AnnotationFilterOptionsInput{GroundTruth: new(true), Skipped: new(false), Usual: new(true)},
		SerializationOptions: &labelstudio.SerializationOptionsInput{
			AnnotationsCompletedBy: no, Drafts: no, Predictions: no, IncludeAnnotationHistory: new(false), InterpolateKeyFrames: new(false),
		},
	})
	download, err := client.Snapshots.Open(ctx, project, id, "")
	ok(t, err)
	var tasks []struct{ ID int64 }
	ok(t, json.Unmarshal(read(t, download), &tasks))
	if len(tasks) != 1 || tasks[0].ID != ids[0] {
		t.Errorf("the snapshot holds %v, want task %d", tasks, ids[0])
	}

	before, err := client.Snapshots.List(ctx, project)
	ok(t, err)
	foreign := post(t, client, "/api/dm/views/", object{"project": newProject(t, client).ID, "data": object{"title": "other"}})
	for _, wrong := range []int64{foreign, missing} {
		_, err = client.Snapshots.Create(ctx, project, labelstudio.SnapshotRequest{TaskFilterOptions: &labelstudio.TaskFilterOptionsInput{View: &wrong}})
		if !errors.Is(err, labelstudio.ErrNotFound) {
			t.Errorf("view %d: %v", wrong, err)
		}
	}
	after, err := client.Snapshots.List(ctx, project)
	ok(t, err)
	if len(after) != len(before) {
		t.Errorf("%d snapshots, %d before the views that are not of the project", len(after), len(before))
	}
}

func TestSnapshotFails(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	newTask(t, client, project, "x")
	view := post(t, client, "/api/dm/views/", object{"project": project, "data": object{
		"title": "gone", "filters": object{"conjunction": "and", "items": []object{
			{"filter": "filter:tasks:nope", "operator": "equal", "type": "Number", "value": 1},
		}},
	}})
	made, err := client.Snapshots.Create(ctx, project, labelstudio.SnapshotRequest{TaskFilterOptions: &labelstudio.TaskFilterOptionsInput{View: &view}})
	ok(t, err)
	if _, err := client.Snapshots.Wait(ctx, project, made.ID, nil); !errors.Is(err, labelstudio.ErrSnapshotFailed) {
		t.Errorf("waited for a snapshot that failed: %v", err)
	}
	if _, err := client.Snapshots.Open(ctx, project, made.ID, ""); !errors.Is(err, labelstudio.ErrSnapshotFailed) {
		t.Errorf("opened a snapshot that failed: %v", err)
	}
	_, err = client.Snapshots.Download(ctx, project, made.ID, nil)
	wantError(t, err, labelstudio.ErrNotFound)

	if _, err := client.Snapshots.Open(ctx, project, snapshot(t, client, project, labelstudio.SnapshotRequest{}), "CVS"); !errors.Is(err, labelstudio.ErrUnknownFormat) {
		t.Errorf("opened a snapshot in a format that there is none of: %v", err)
	}

	// One that was never taken. The status is not described, as it does no good.
	plain := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	pending := post(t, plain, fmt.Sprintf("/api/projects/%d/exports/", project), object{"status": "in_progress"})
	if state, err := client.Snapshots.Get(ctx, project, pending); err != nil || state.FinishedAt != nil {
		t.Errorf("the pending snapshot is %+v, %v", state, err)
	}
	if _, err := client.Snapshots.Open(ctx, project, pending, ""); err == nil {
		t.Error("opened a snapshot that was never taken")
	}
	_, err = client.Snapshots.Convert(ctx, project, pending, labelstudio.SnapshotConversionRequest{ExportType: "CSV"})
	wantError(t, err, labelstudio.ErrServer)
	state, err := client.Snapshots.Get(ctx, project, pending)
	ok(t, err)
	if len(state.ConvertedFormats) != 1 || state.ConvertedFormats[0].Status != labelstudio.JobStatusInProgress {
		t.Errorf("the failed conversion is %+v", state.ConvertedFormats)
	}
}

func TestSnapshotDownloads(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	annotate(t, client, newTask(t, client, project, "x").ID, object{"result": json.RawMessage(regions)})
	mask := brushed(t, client)
	text := snapshot(t, client, project, labelstudio.SnapshotRequest{})
	brush := snapshot(t, client, mask, labelstudio.SnapshotRequest{})
	tests := []struct {
		format      string
		project, id int64
	}{
		{"JSON", project, text}, {"CSV", project, text}, {"CONLL2003", project, text}, {"COCO", project, text},
		{"BRUSH_TO_PNG", mask, brush}, {"BRUSH_TO_NUMPY", mask, brush},
	}
	for _, tt := range tests {
		t.Run(tt.format, func(t *testing.T) {
			t.Parallel()
			params := &labelstudio.SnapshotsDownloadParams{ExportType: &tt.format}
			for _, header := range []string{"", "bytes=0-"} {
				body, err := client.Snapshots.Download(t.Context(), tt.project, tt.id, params, labelstudio.WithHeader("Range", header))
				ok(t, err)
				if content := read(t, &labelstudio.Download{ReadCloser: body}); len(content) == 0 {
					t.Errorf("Range %q: nothing came", header)
				}
			}
		})
	}

	download := func(id int64, params *labelstudio.SnapshotsDownloadParams, opts ...labelstudio.CallOption) error {
		_, err := client.Snapshots.Download(ctx, project, id, params, opts...)
		return err
	}
	raw, err := client.Snapshots.Download(ctx, project, text, nil)
	ok(t, err)
	read(t, &labelstudio.Download{ReadCloser: raw})
	wantError(t, download(text, &labelstudio.SnapshotsDownloadParams{ExportType: new("NOPE")}), labelstudio.ErrServer)
	wantError(t, download(missing, nil), labelstudio.ErrNotFound)
	beyond := wantAnswer(t, download(text, nil, labelstudio.WithHeader("Range", "bytes=10000000-10000001")))
	if beyond.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range past the end is answered %d", beyond.StatusCode)
	}
}

func TestSnapshotRefused(t *testing.T) {
	t.Parallel()
	ctx, client, nobody := t.Context(), admin(t), newClient(t, withLegacy)
	project := newProject(t, client).ID
	id := snapshot(t, client, project, labelstudio.SnapshotRequest{})
	convert := labelstudio.SnapshotConversionRequest{ExportType: "CSV", DownloadResources: new(false)}

	_, err := client.Snapshots.Convert(ctx, project, id, convert)
	ok(t, err)
	calls := []struct {
		name string
		call func(c *labelstudio.Client, project, id int64) error
	}{
		{"list", func(c *labelstudio.Client, project, _ int64) error {
			_, err := c.Snapshots.List(ctx, project)
			return err
		}},
		{"create", func(c *labelstudio.Client, project, _ int64) error {
			_, err := c.Snapshots.Create(ctx, project, labelstudio.SnapshotRequest{})
			return err
		}},
		{"get", func(c *labelstudio.Client, project, id int64) error {
			_, err := c.Snapshots.Get(ctx, project, id)
			return err
		}},
		{"convert", func(c *labelstudio.Client, project, id int64) error {
			_, err := c.Snapshots.Convert(ctx, project, id, convert)
			return err
		}},
		{"download", func(c *labelstudio.Client, project, id int64) error {
			_, err := c.Snapshots.Download(ctx, project, id, nil)
			return err
		}},
		{"delete", func(c *labelstudio.Client, project, id int64) error { return c.Snapshots.Delete(ctx, project, id) }},
	}
	for _, tt := range calls {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, tt.call(nobody, project, id), labelstudio.ErrUnauthorized)
			wantError(t, tt.call(client, missing, missing), labelstudio.ErrNotFound)
		})
	}
	for _, format := range []string{"CSV", "NOPE"} { // started before, and unknown
		_, err := client.Snapshots.Convert(ctx, project, id, labelstudio.SnapshotConversionRequest{ExportType: format})
		wantError(t, err, labelstudio.ErrValidation)
	}
	t.Run("convert to pictures", func(t *testing.T) {
		_, err := client.Snapshots.Convert(ctx, project, id, labelstudio.SnapshotConversionRequest{ExportType: "BRUSH_TO_PNG"})
		wantError(t, err, labelstudio.ErrServer)
	})
	wrong := labelstudio.OnlyOrExclude("nope")
	_, err = client.Snapshots.Create(ctx, project, labelstudio.SnapshotRequest{TaskFilterOptions: &labelstudio.TaskFilterOptionsInput{Skipped: &wrong}})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Snapshots.List(ctx, -1)
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = client.Snapshots.Create(ctx, -1, labelstudio.SnapshotRequest{})
	wantError(t, err, labelstudio.ErrNotFound)
}
