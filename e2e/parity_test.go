package e2e

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// rawAnswer is an answer as it came, without what differs from one server to another.
type rawAnswer struct {
	status int
	header string
	body   string
}

var (
	momentForm = regexp.MustCompile(`\d{4}-\d\d-\d\d[T-]\d\d[:-]\d\d(:\d\d)?(\.\d+)?(Z|\+\d\d:\d\d)?`)
	hexForm    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|\b[0-9a-f]{40}\b|-[0-9a-f]{8}\.|\b[0-9a-f]{8}-`)
	tookForm   = regexp.MustCompile(`("duration": ?)[\d.e-]+`)
	agoForm    = regexp.MustCompile(`("created_ago": ?)"[^"]*"`) // which is a minute later on a busy machine
	sizeForm   = regexp.MustCompile(`\d{3,}`)                    // the digits of ids and times count in
)

// plain takes out times and sums.
func (c *talker) plain(text string) string {
	text = strings.ReplaceAll(text, c.url, "http://server")
	text = momentForm.ReplaceAllString(text, "TIME")
	text = hexForm.ReplaceAllString(text, "HEX")
	text = tookForm.ReplaceAllString(text, "${1}TIME")
	text = agoForm.ReplaceAllString(text, "${1}TIME")
	return c.ids.inText(text)
}

// talker sends the same requests to one of the servers.
type talker struct {
	url string
	ids knownIDs
}

func (c *talker) send(t *testing.T, method, path, contentType, body string, header ...string) rawAnswer {
	t.Helper()
	path, body = c.ids.fill(path), c.ids.fill(body)
	req, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(body))
	ok(t, err)
	req.Header.Set("Authorization", "Token "+server.LegacyToken)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := newTransport(t).RoundTrip(req)
	ok(t, err)
	text, err := io.ReadAll(resp.Body)
	ok(t, err)
	ok(t, resp.Body.Close())
	var shown []string
	for _, name := range []string{
		"Content-Type", "Content-Disposition", "Filename", "Content-Range", "Accept-Ranges", "Www-Authenticate",
	} {
		if value := resp.Header.Get(name); value != "" {
			value = c.plain(value)
			if name == "Content-Range" {
				value = sizeForm.ReplaceAllString(value, "#")
			}
			shown = append(shown, name+": "+value)
		}
	}
	shown = append(shown, fmt.Sprint("with a length: ", resp.ContentLength >= 0))
	answer := rawAnswer{status: resp.StatusCode, header: strings.Join(shown, "\n"), body: string(text)}
	switch {
	case strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html"):
		answer.body = "a page"
	case strings.HasPrefix(answer.body, "{") || strings.HasPrefix(answer.body, "["):
		answer.body = c.ids.inJSON(answer.body, kindOfPath(path))
	case strings.Contains(path, "exportType=CSV"):
		answer.body = c.ids.inTable(answer.body, ',')
	case strings.Contains(path, "exportType=TSV"):
		answer.body = c.ids.inTable(answer.body, '\t')
	}
	answer.body = c.plain(answer.body)
	return answer
}

// parityRow is a request that both servers are sent. {project} and others stand
// for ids in its path and body: see knownIDs.
type parityRow struct {
	name, method, path, contentType, body string
	header                                []string // names and values
}

const (
	jsonType      = "application/json"
	formType      = "application/x-www-form-urlencoded"
	multipartType = "multipart/form-data; boundary=x"
)

// multipartFile is a form with one file.
func multipartFile(name, content string) string {
	return "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + content + "\r\n--x--\r\n"
}

// projectBody is a body that creates a project with the config of the tests.
func projectBody(title string) string {
	return `{"title":"` + title + `","label_config":"` + strings.ReplaceAll(config, `"`, `\"`) + `"}`
}

// sameAnswers sends rows to a real server and to one in memory, which must
// answer byte for byte the same but for times, sums and ids. The ids are those
// of this call's: a first row that creates a project makes it {project}.
func sameAnswers(t *testing.T, rows []parityRow) {
	t.Helper()
	needsReal(t, "compares with it")
	stand := labelstudiotest.NewServer(t, labelstudiotest.WithLegacyToken(server.LegacyToken), labelstudiotest.WithEmail(server.Email))
	other := newTask(t, admin(t), newProject(t, admin(t)).ID, "x") // so that the ids differ in any case
	annotate(t, admin(t), other.ID, object{"result": []any{}})
	real, memory := &talker{url: withLegacy.URL, ids: knownIDs{}}, &talker{url: stand.URL, ids: knownIDs{}}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			want := real.send(t, row.method, row.path, row.contentType, row.body, row.header...)
			got := memory.send(t, row.method, row.path, row.contentType, row.body, row.header...)
			if got.status != want.status || got.header != want.header {
				t.Errorf("answered %d\n%s\nwant %d\n%s", got.status, got.header, want.status, want.header)
			}
			if got.body != want.body {
				from := 0
				for from < min(len(got.body), len(want.body)) && got.body[from] == want.body[from] {
					from++
				}
				from = max(from-60, 0)
				t.Errorf("answered …%.500s\nwant …%.500s", got.body[min(from, len(got.body)):], want.body[min(from, len(want.body)):])
			}
		})
	}
}

// The server of package labelstudiotest answers byte for byte what the real one
// does, but for times, sums and ids.
func TestEmbeddedAnswersTheSame(t *testing.T) {
	t.Parallel()
	sameAnswers(t, []parityRow{
		{"project", "POST", "/api/projects/", jsonType, projectBody("Parity"), nil},
		{"task", "POST", "/api/tasks/", jsonType, `{"project":{project},"data":{"text":"a \"b\", ü","n":1.50,"deep":{"k":[1,null]}}}`, nil},
		{"task without data", "POST", "/api/tasks/", jsonType, `{"project":{project}}`, nil},
		{"annotation", "POST", "/api/tasks/{task}/annotations/", jsonType, `{"result":` + regions + `,"lead_time":2.5}`, nil},
		{"skipped", "POST", "/api/tasks/{task}/annotations/?was_cancelled=1", jsonType, `{"result":[]}`, nil},
		{"prediction", "POST", "/api/predictions/", jsonType, `{"task":{task},"result":` + regions + `,"score":0.5,"model_version":"v1"}`, nil},
		{"task read", "GET", "/api/tasks/{task}/", "", "", nil},
		{"tasks", "GET", "/api/tasks/?project={project}", "", "", nil},
		{"tasks with all", "GET", "/api/tasks/?project={project}&fields=all", "", "", nil},
		{"tasks of the project", "GET", "/api/projects/{project}/tasks/", "", "", nil},
		{"project read", "GET", "/api/projects/{project}/", "", "", nil},
		{"import", "POST", "/api/projects/{project}/import?return_task_ids=1", jsonType, `[{"text":"x"},{"data":{"text":"y"},"annotations":[{"result":[]}]}]`, nil},
		{"import of one", "POST", "/api/projects/{project}/import", jsonType, `{"text":"x"}`, nil},
		{"import of nothing", "POST", "/api/projects/{project}/import", jsonType, `[]`, nil},
		{"import refused", "POST", "/api/projects/{project}/import", jsonType, `[{"text":"x"},{"other":[1,null,true,"it's"]},{"data":5}]`, nil},
		{"import of a file", "POST", "/api/projects/{project}/import", multipartType, multipartFile("a.csv", "text\nx\n\"y, z\"\n"), nil},
		{"import of a file of another kind", "POST", "/api/projects/{project}/import", multipartType, multipartFile("a.exe", "x"), nil},
		{"import of an empty table", "POST", "/api/projects/{project}/import", multipartType, multipartFile("a.csv", "text\n"), nil},
		{"import by a form", "POST", "/api/projects/{project}/import", formType, `url=`, nil},
		{"no object", "POST", "/api/projects/", jsonType, `[1]`, nil},
		{"export", "GET", "/api/projects/{project}/export?exportType=JSON&download_all_tasks=true", "", "", nil},
		{"export JSON_MIN", "GET", "/api/projects/{project}/export?exportType=JSON_MIN", "", "", nil},
		{"export JSON_MIN of all", "GET", "/api/projects/{project}/export?exportType=JSON_MIN&download_all_tasks=true", "", "", nil},
		{"export CSV", "GET", "/api/projects/{project}/export?exportType=CSV&download_all_tasks=true", "", "", nil},
		{"export TSV", "GET", "/api/projects/{project}/export?exportType=TSV", "", "", nil},
		{"export of no format", "GET", "/api/projects/{project}/export?exportType=NOPE", "", "", nil},
		{"method", "DELETE", "/api/projects/", "", "", nil},
		{"no slash", "GET", "/api/projects/{project}", "", "", nil},
		{"no route", "GET", "/api/nonesuch", "", "", nil},
		{"slash too many", "POST", "/api/projects/{project}/import/", jsonType, `[]`, nil},
		{"wrong token", "GET", "/api/projects/", "", "", []string{"Authorization", "Token 0000"}},
		{"wrong key", "GET", "/api/projects/", "", "", []string{"X-Api-Key", "0000"}},
		{"no token", "GET", "/api/projects/", "", "", []string{"Authorization", ""}},
		{"refresh", "POST", "/api/token/refresh/", jsonType, `{"refresh":"x"}`, nil},
		{"token revoked", "POST", "/api/token/blacklist/", jsonType, `{"refresh":"x"}`, nil},
		{"view", "POST", "/api/dm/views/", jsonType, `{"project":{project},"data":{"title":"a","ordering":["-tasks:id"]}}`, nil},
		{"order by nothing", "GET", "/api/tasks/?project={project}&query=%7B%22ordering%22%3A%5B%22tasks%3Anope%22%5D%7D", "", "", nil},
		{"versions", "GET", "/api/projects/{project}/model-versions/", "", "", nil},
		{"form", "POST", "/api/projects/validate/", formType, "label_config=%3CView%2F%3E", nil},
		{"media type", "POST", "/api/projects/validate/", "text/plain", "x", nil},
		{"snapshot", "POST", "/api/projects/{project}/exports/", jsonType, `{"title":"s","task_filter_options":{"skipped":"exclude"}}`, nil},
		{"snapshots", "GET", "/api/projects/{project}/exports/", "", "", nil},
		{"snapshot read", "GET", "/api/projects/{project}/exports/{snapshot}", "", "", nil},
		{"download", "GET", "/api/projects/{project}/exports/{snapshot}/download", "", "", nil},
		{"download of JSON", "GET", "/api/projects/{project}/exports/{snapshot}/download?exportType=JSON", "", "", nil},
		{"download of CSV", "GET", "/api/projects/{project}/exports/{snapshot}/download?exportType=CSV", "", "", nil},
		{"range", "GET", "/api/projects/{project}/exports/{snapshot}/download", "", "", []string{"Range", "bytes=0-"}},
		{"range inside", "GET", "/api/projects/{project}/exports/{snapshot}/download", "", "", []string{"Range", "bytes=2-5"}},
		{"range of the end", "GET", "/api/projects/{project}/exports/{snapshot}/download", "", "", []string{"Range", "bytes=-5"}},
		{"range of CSV", "GET", "/api/projects/{project}/exports/{snapshot}/download?exportType=CSV", "", "", []string{"Range", "bytes=0-"}},
		{"range past the end", "GET", "/api/projects/{project}/exports/{snapshot}/download", "", "", []string{"Range", "bytes=9999999-"}},
		{"range that ends past the end", "GET", "/api/projects/{project}/exports/{snapshot}/download", "", "", []string{"Range", "bytes=9999999-99999999"}},
		{"conversion", "POST", "/api/projects/{project}/exports/{snapshot}/convert", jsonType, `{"export_type":"CSV"}`, nil},
		{"conversion again", "POST", "/api/projects/{project}/exports/{snapshot}/convert", jsonType, `{"export_type":"CSV"}`, nil},
		{"no snapshot", "GET", "/api/projects/{project}/exports/999999999", "", "", nil},
		{"deletion", "DELETE", "/api/projects/{project}/", "", "", nil},
	})
}
