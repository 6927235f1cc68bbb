package labelstudio

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const formatsAnswer = `[{"name":"JSON","title":"JSON","description":"","link":""},{"name":"CSV","title":"CSV","description":"","link":""},` +
	`{"name":"YOLO","title":"YOLO","description":"","link":"","disabled":true}]`

func TestExportSends(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options ExportOptions
		query   url.Values
	}{
		{"format", ExportOptions{Format: "CSV"}, url.Values{"exportType": {"CSV"}}},
		{"all", ExportOptions{Format: "CSV", AllTasks: true}, url.Values{"exportType": {"CSV"}, "download_all_tasks": {"true"}}},
		{"some", ExportOptions{Format: "CSV", TaskIDs: []int64{1, 2}}, url.Values{"exportType": {"CSV"}, "download_all_tasks": {"true"}, "ids[]": {"1", "2"}}},
		{"no resources", ExportOptions{Format: "CSV", NoResources: true}, url.Values{"exportType": {"CSV"}, "download_resources": {"false"}}},
		{"frames", ExportOptions{Format: "CSV", InterpolateKeyFrames: true}, url.Values{"exportType": {"CSV"}, "interpolate_key_frames": {"true"}}},
		{"disabled format, which works all the same", ExportOptions{Format: "YOLO"}, url.Values{"exportType": {"YOLO"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var query url.Values
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if strings.HasSuffix(req.URL.Path, "/formats") {
					return answer(200, formatsAnswer), nil
				}
				query = req.URL.Query()
				return answer(200, "a,b\n", "Content-Type", "application/.csv", "Content-Disposition", `attachment; filename="../p.csv"`), nil
			})
			var res *http.Response
			download, err := client.Exports.Open(t.Context(), 1, tt.options, CaptureResponse(&res))
			if err != nil {
				t.Fatal(err)
			}
			if err := download.Close(); err != nil {
				t.Fatal(err)
			}
			if query.Encode() != tt.query.Encode() {
				t.Errorf("query %s, want %s", query.Encode(), tt.query.Encode())
			}
			if download.Name != "p.csv" || download.ContentType != "application/.csv" || download.Size != 4 {
				t.Errorf("the download is %+v", download)
			}
			if res == nil {
				t.Error("the caller's CaptureResponse was lost")
			}
		})
	}
}

func TestExportRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options ExportOptions
		want    []string // of the error
		is      error
		sent    int
	}{
		{"misspelt format", ExportOptions{Format: "csv"}, []string{`"csv"`, "JSON, CSV"}, ErrUnknownFormat, 1},
		{"no format", ExportOptions{}, []string{"JSON, CSV"}, ErrUnknownFormat, 1},
		{"empty selection", ExportOptions{Format: "CSV", TaskIDs: []int64{}}, []string{"every task"}, nil, 0},
		{"too many ids", ExportOptions{Format: "CSV", TaskIDs: make([]int64, 1000)}, []string{"1000 task ids", "Snapshots.Create"}, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sent := 0
			client := fakeServer(t, func(*http.Request) (*http.Response, error) {
				sent++
				return answer(200, formatsAnswer), nil
			})
			_, err := client.Exports.Open(t.Context(), 1, tt.options)
			if err == nil || tt.is != nil && !errors.Is(err, tt.is) {
				t.Fatalf("error %v", err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q doesn't say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "YOLO") {
				t.Errorf("%q offers a disabled format", err)
			}
			if sent != tt.sent {
				t.Errorf("%d requests, want %d", sent, tt.sent)
			}
		})
	}
}

// A list of ids that is taken makes a URL that servers and proxies take.
func TestExportURLIsShortEnough(t *testing.T) {
	t.Parallel()
	var ids []int64
	for id := int64(1_000_000); (ExportOptions{TaskIDs: append(ids, id)}).fits(); id++ {
		ids = append(ids, id)
	}
	var longest int
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/formats") {
			return answer(200, formatsAnswer), nil
		}
		longest = len(req.URL.RequestURI())
		return answer(200, "[]"), nil
	})
	download, err := client.Exports.Open(t.Context(), 1, ExportOptions{Format: "JSON", TaskIDs: ids})
	if err != nil {
		t.Fatal(err)
	}
	if err := download.Close(); err != nil {
		t.Fatal(err)
	}
	if longest > 8000 {
		t.Errorf("%d ids make a URL of %d bytes", len(ids), longest)
	}
}

func (o ExportOptions) fits() bool {
	_, err := o.params()
	return err == nil
}
