package labelstudiotest_test

import (
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// exported is a server with two tasks, one of them annotated, at a time that hardly passes.
func exported(t *testing.T) (client *labelstudio.Client, project int64) {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	s := labelstudiotest.NewServer(t, labelstudiotest.WithClock(func() time.Time { return at }))
	project = s.AddProject("Reviews", config)
	ids := s.AddTasks(project, map[string]any{"text": `a "b"`, "n": 1.5}, map[string]any{"text": "c"})
	s.AddAnnotation(ids[0], json.RawMessage(`[{"from_name":"label","to_name":"text","type":"choices","value":{"choices":["good"]}}]`))
	// The client's own clock is the real one: its access token is not taken for an old one.
	return s.Client(labelstudio.WithToken(s.LegacyToken)), project
}

func content(t *testing.T, download *labelstudio.Download, err error) string {
	t.Helper()
	ok(t, err)
	text, err := io.ReadAll(download)
	ok(t, errors.Join(err, download.Close()))
	return string(text)
}

func TestExportFormats(t *testing.T) {
	t.Parallel()
	client, project := exported(t)
	for format, want := range map[string]string{
		"CSV": `"annotation_id","annotator","created_at","id","label","lead_time","n","text","updated_at"` + "\r\n" +
			`1,"1","2026-01-02T03:04:05.000010Z",1,"good","",1.5,"a ""b""","2026-01-02T03:04:05.000010Z"` + "\r\n" +
			`"","","",2,"","","","c",""` + "\r\n",
		"TSV": "\"annotation_id\"\t\"annotator\"\t\"created_at\"\t\"id\"\t\"label\"\t\"lead_time\"\t\"n\"\t\"text\"\t\"updated_at\"\r\n" +
			"1\t\"1\"\t\"2026-01-02T03:04:05.000010Z\"\t1\t\"good\"\t\"\"\t1.5\t\"a \"\"b\"\"\"\t\"2026-01-02T03:04:05.000010Z\"\r\n" +
			"\"\"\t\"\"\t\"\"\t2\t\"\"\t\"\"\t\"\"\t\"c\"\t\"\"\r\n",
		"JSON_MIN": `[
{
  "n": 1.5,
  "text": "a \"b\"",
  "id": 1,
  "label": "good",
  "annotator": 1,
  "annotation_id": 1,
  "created_at": "2026-01-02T03:04:05.000010Z",
  "updated_at": "2026-01-02T03:04:05.000010Z",
  "lead_time": null
},
{
  "text": "c",
  "id": 2,
  "annotator": null,
  "annotation_id": null,
  "created_at": null,
  "updated_at": null,
  "lead_time": null
}
]`,
	} {
		download, err := client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: format, AllTasks: true})
		if got := content(t, download, err); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", format, got, want)
		}
	}
}

func TestSnapshotRanges(t *testing.T) {
	t.Parallel()
	client, project := exported(t)
	made, err := client.Snapshots.Create(t.Context(), project, labelstudio.SnapshotRequest{})
	ok(t, err)
	download, err := client.Snapshots.Open(t.Context(), project, made.ID, "")
	whole := content(t, download, err)
	if sum := fmt.Sprintf("%x", md5.Sum([]byte(whole))); sum != made.MD5 {
		t.Errorf("the sum is %s, said was %s", sum, made.MD5)
	}
	tests := []struct {
		header string
		status int
		want   string
		length int64
	}{
		{"", 200, whole, -1},
		{"bytes=0-", 206, whole, int64(len(whole))},
		{"bytes=2-4", 206, whole[2:5], 3},
		{"bytes=-3", 206, whole[len(whole)-3:], 3},
		{"bytes=9999999-", 200, whole, -1},
		{"bytes=9999999-9999999", 416, whole, -1},
		{"lines=1-2", 200, whole, -1},
	}
	for _, tt := range tests {
		var answer *http.Response
		body, err := client.Snapshots.Download(t.Context(), project, made.ID, nil,
			labelstudio.WithHeader("Range", tt.header), labelstudio.CaptureResponse(&answer))
		if answer.StatusCode != tt.status || answer.ContentLength != tt.length {
			t.Errorf("%q: answered %d with the length %d, want %d with %d", tt.header, answer.StatusCode, answer.ContentLength, tt.status, tt.length)
		}
		if tt.status == 416 {
			continue
		}
		ok(t, err)
		text, err := io.ReadAll(body)
		ok(t, errors.Join(err, body.Close()))
		if string(text) != tt.want {
			t.Errorf("%q: got %q, want %q", tt.header, text, tt.want)
		}
	}
}
