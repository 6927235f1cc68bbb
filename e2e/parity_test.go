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
	hexForm    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|-[0-9a-f]{8}\.|[0-9a-f]{8}-`)
	numberForm = regexp.MustCompile(`\d+(\.\d+)?(e-\d+)?`)
)

// plain takes out times, sums, and numbers.
func plain(text string) string {
	text = momentForm.ReplaceAllString(text, "TIME")
	text = hexForm.ReplaceAllString(text, "HEX")
	return numberForm.ReplaceAllString(text, "#")
}

// talker sends the same requests to one of the servers.
type talker struct {
	t       *testing.T
	url     string
	project string
	task    string
	export  string // a snapshot
}

var idForm = regexp.MustCompile(`"id": ?(\d+)`)

func (c *talker) send(method, path, contentType, body string, header ...string) rawAnswer {
	c.t.Helper()
	ids := strings.NewReplacer("{project}", c.project, "{task}", c.task, "{snapshot}", c.export)
	path, body = ids.Replace(path), ids.Replace(body)
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	ok(c.t, err)
	req.Header.Set("Authorization", "Token "+server.LegacyToken)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := newTransport(c.t).RoundTrip(req)
	ok(c.t, err)
	text, err := io.ReadAll(resp.Body)
	ok(c.t, err)
	ok(c.t, resp.Body.Close())
	if c.project == "" {
		c.project = idForm.FindStringSubmatch(string(text))[1]
	}
	if c.export == "" && strings.HasSuffix(path, "/exports/") && resp.StatusCode == http.StatusCreated {
		c.export = idForm.FindStringSubmatch(string(text))[1]
	}
	if c.task == "" && strings.HasSuffix(path, "/api/tasks/") && method == http.MethodPost && resp.StatusCode == http.StatusCreated {
		c.task = idForm.FindStringSubmatch(string(text))[1]
	}
	var shown []string
	for _, name := range []string{
		"Content-Type", "Content-Disposition", "Filename", "Content-Range", "Accept-Ranges", "Www-Authenticate",
	} {
		if value := resp.Header.Get(name); value != "" {
			shown = append(shown, name+": "+plain(value))
		}
	}
	shown = append(shown, fmt.Sprint("with a length: ", resp.ContentLength >= 0))
	answer := rawAnswer{resp.StatusCode, strings.Join(shown, "\n"), plain(string(text))}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		answer.body = "a page"
	}
	return answer
}

// The server of package labelstudiotest answers byte for byte what the real one
// does, but for times, sums and numbers.
func TestEmbeddedAnswersTheSame(t *testing.T) {
	t.Parallel()
	needsReal(t, "compares with it")
	stand := labelstudiotest.NewServer(t, labelstudiotest.WithLegacyToken(server.LegacyToken), labelstudiotest.WithEmail(server.Email))
	real, memory := &talker{t: t, url: withLegacy.URL}, &talker{t: t, url: stand.URL}

	const jsonType, formType = "application/json", "application/x-www-form-urlencoded"
	quoted := strings.ReplaceAll(config, `"`, `\"`)
	multipart := func(name, content string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + content + "\r\n--x--\r\n"
	}
	const multipartType = "multipart/form-data; boundary=x"
	tests := []struct {
		name, method, path, contentType, body string
		header                                []string
	}{
		{"project", "POST", "/api/projects/", jsonType, `{"title":"Parity","label_config":"` + quoted + `"}`, nil},
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
		{"import of a file", "POST", "/api/projects/{project}/import", multipartType, multipart("a.csv", "text\nx\n\"y, z\"\n"), nil},
		{"import of a file of another kind", "POST", "/api/projects/{project}/import", multipartType, multipart("a.exe", "x"), nil},
		{"import of an empty table", "POST", "/api/projects/{project}/import", multipartType, multipart("a.csv", "text\n"), nil},
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
	}
	for _, tt := range tests {
		want := real.send(tt.method, tt.path, tt.contentType, tt.body, tt.header...)
		got := memory.send(tt.method, tt.path, tt.contentType, tt.body, tt.header...)
		if got.status != want.status || got.header != want.header {
			t.Errorf("%s: answered %d\n%s\nwant %d\n%s", tt.name, got.status, got.header, want.status, want.header)
		}
		if got.body != want.body {
			from := 0
			for from < min(len(got.body), len(want.body)) && got.body[from] == want.body[from] {
				from++
			}
			from = max(from-60, 0)
			t.Errorf("%s: answered …%.500s\nwant …%.500s", tt.name, got.body[min(from, len(got.body)):], want.body[min(from, len(want.body)):])
		}
	}
}
