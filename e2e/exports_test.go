package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

// read reads a download to its end.
func read(t *testing.T, download *labelstudio.Download) []byte {
	t.Helper()
	content, err := io.ReadAll(download)
	ok(t, errors.Join(err, download.Close()))
	return content
}

func TestExport(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		project := newProject(t, client).ID
		task := newTask(t, client, project, "annotated").ID
		annotate(t, client, task, object{"result": json.RawMessage(regions)})
		newTask(t, client, project, "bare")

		formats, err := client.Exports.Formats(t.Context(), project)
		ok(t, err)
		if len(formats) == 0 || formats[0].Name == "" {
			t.Fatalf("the formats are %+v", formats)
		}
		download, err := client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "JSON"})
		ok(t, err)
		content := read(t, download)
		var tasks []struct{ ID int64 }
		ok(t, json.Unmarshal(content, &tasks))
		if len(tasks) != 1 || tasks[0].ID != task {
			t.Errorf("exported %v, want the annotated task %d", tasks, task)
		}
		if filepath.Ext(download.Name) != ".json" || download.ContentType != "application/.json" || download.Size != int64(len(content)) {
			t.Errorf("%s of type %s is said to have %d bytes and has %d", download.Name, download.ContentType, download.Size, len(content))
		}
	})
}

func TestExportOptions(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	ids := newTasks(t, client, project, 3)
	annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
	tests := []struct {
		name    string
		options labelstudio.ExportOptions
		rows    int
	}{
		{"annotated", labelstudio.ExportOptions{Format: "CSV"}, 1},
		{"all", labelstudio.ExportOptions{Format: "CSV", AllTasks: true}, 3},
		{"some, one of them without annotations", labelstudio.ExportOptions{Format: "CSV", TaskIDs: ids[:2]}, 2},
		{"without resources, with all frames", labelstudio.ExportOptions{Format: "CSV", NoResources: true, InterpolateKeyFrames: true}, 1},
		{"tabs", labelstudio.ExportOptions{Format: "TSV", AllTasks: true}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			download, err := client.Exports.Open(t.Context(), project, tt.options)
			ok(t, err)
			table := csv.NewReader(download)
			if tt.options.Format == "TSV" {
				table.Comma = '\t'
			}
			rows, err := table.ReadAll()
			ok(t, errors.Join(err, download.Close()))
			if len(rows)-1 != tt.rows {
				t.Errorf("%d rows, want %d", len(rows)-1, tt.rows)
			}
		})
	}
}

// brushed makes a project whose one annotation is a mask, for the formats that
// are a file of their own.
func brushed(t *testing.T, client *labelstudio.Client) int64 {
	t.Helper()
	project := createProject(t, client, labelstudio.ProjectRequest{
		Title:       labelstudio.Value(unique(t)),
		LabelConfig: new(`<View><Image name="i" value="$image"/><BrushLabels name="b" toName="i"><Label value="Q"/></BrushLabels></View>`),
	}).ID
	task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project, Data: json.RawMessage(`{"image":"x.png"}`)})
	ok(t, err)
	annotate(t, client, task.ID, object{"result": json.RawMessage(`[{"from_name":"b","to_name":"i","type":"brushlabels",` +
		`"original_width":4,"original_height":4,"image_rotation":0,"value":{"format":"rle","rle":` +
		`[0,0,0,64,57,27,254,19,0,159,254,112,9,255,240,152,0],"brushlabels":["Q"]}}]`)})
	return project
}

func TestExportOtherFormats(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	annotate(t, client, newTask(t, client, project, "x").ID, object{"result": json.RawMessage(regions)})
	mask := brushed(t, client)
	tests := []struct {
		format, contentType string
		project             int64
	}{
		{"JSON_MIN", "application/.json", project},
		{"CONLL2003", "application/.conll", project},
		{"COCO", "application/zip", project},
		{"BRUSH_TO_PNG", "application/.png", mask},
		{"BRUSH_TO_NUMPY", "application/.npy", mask},
	}
	for _, tt := range tests {
		t.Run(tt.format, func(t *testing.T) {
			t.Parallel()
			download, err := client.Exports.Open(t.Context(), tt.project, labelstudio.ExportOptions{Format: tt.format})
			ok(t, err)
			content := read(t, download)
			if download.ContentType != tt.contentType || len(content) == 0 {
				t.Errorf("%d bytes of type %s, want %s", len(content), download.ContentType, tt.contentType)
			}
			if tt.format == "COCO" {
				_, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
				ok(t, err)
			}
		})
	}
}

func TestExportRefused(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID

	_, err := client.Exports.Open(ctx, project, labelstudio.ExportOptions{Format: "json"})
	if !errors.Is(err, labelstudio.ErrUnknownFormat) || !strings.Contains(err.Error(), "JSON_MIN") {
		t.Errorf("a misspelt format: %v", err)
	}
	_, err = client.Exports.Open(ctx, project, labelstudio.ExportOptions{Format: "JSON", TaskIDs: []int64{}})
	if err == nil {
		t.Error("an empty list of tasks exports everything")
	}
	_, err = client.Exports.Open(ctx, project, labelstudio.ExportOptions{Format: "JSON", TaskIDs: make([]int64, 2000)})
	if err == nil || !strings.Contains(err.Error(), "Snapshots.Create") {
		t.Errorf("2000 ids in a URL: %v", err)
	}
	_, err = client.Exports.Open(ctx, missing, labelstudio.ExportOptions{Format: "JSON"})
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = client.Exports.Export(ctx, missing, nil)
	wantError(t, err, labelstudio.ErrNotFound)
	_, err = newClient(t, withLegacy).Exports.Formats(ctx, project)
	wantError(t, err, labelstudio.ErrUnauthorized)
	_, err = newClient(t, withLegacy).Exports.Export(ctx, project, nil)
	wantError(t, err, labelstudio.ErrUnauthorized)

	// What the server itself says to a format that it doesn't know, and to a flag.
	_, err = client.Exports.Export(ctx, project, &labelstudio.ExportsExportParams{ExportType: new("NOPE")})
	wantError(t, err, labelstudio.ErrServer)
	err = client.Do(ctx, http.MethodGet, fmt.Sprintf("/api/projects/%d/export", project), url.Values{"download_all_tasks": {"maybe"}}, nil, nil)
	wantError(t, err, labelstudio.ErrValidation)
}
