package e2e

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// coreRow is a request to both servers. Its answers must have the same status and
// the same values of the keys, wherever they stand.
type coreRow struct {
	as, method, path, body string // the first id of the answer is {as} later on
	keys                   string
	header                 []string
}

var (
	idForm = regexp.MustCompile(`"id": ?(\d+)`)
	byForm = regexp.MustCompile(`"created_by": ?\{[^}]*\}`) // whose id is of another kind
)

// coreTalker sends them to one of the servers.
type coreTalker struct {
	url   string
	ids   []string          // pairs of "{as}" and the id
	names map[string]string // of "projects 7", with its kind: an id of one kind may be that of another as well
}

func (c *coreTalker) send(t *testing.T, row coreRow) (status int, values string) {
	t.Helper()
	ids := strings.NewReplacer(c.ids...)
	req, err := http.NewRequestWithContext(t.Context(), row.method, c.url+ids.Replace(row.path), strings.NewReader(ids.Replace(row.body)))
	ok(t, err)
	req.Header.Set("Authorization", "Token "+server.LegacyToken)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(row.header); i += 2 {
		req.Header[row.header[i]] = []string{row.header[i+1]}
	}
	resp, err := newTransport(t).RoundTrip(req)
	ok(t, err)
	text, err := io.ReadAll(resp.Body)
	ok(t, err)
	ok(t, resp.Body.Close())
	kind := kindOfPath(row.path)
	text = byForm.ReplaceAll(text, nil)
	if row.method == http.MethodPost && resp.StatusCode == http.StatusCreated && idForm.Match(text) {
		id := idForm.FindStringSubmatch(string(text))[1]
		if row.as != "" {
			c.ids = append([]string{"{" + row.as + "}", id}, c.ids...)
		}
		c.names[kind+" "+id] = row.as
	}
	var found []string
	if row.keys != "" {
		form := regexp.MustCompile(`"(` + strings.ReplaceAll(row.keys, " ", "|") + `)": ?("(\\.|[^"\\])*"|\[[^\]{]*\]|[^,}\]]*)`)
		for _, value := range form.FindAllStringSubmatch(string(text), -1) {
			key, value := value[1], value[2]
			if key == "id" && strings.HasPrefix(value, `"`) { // of an error
				continue
			}
			of := map[string]string{"id": kind, "project": "projects", "task": "tasks"}[key]
			if name, known := c.names[of+" "+value]; known {
				value = name
			}
			found = append(found, key+":"+value)
		}
	}
	return resp.StatusCode, strings.Join(found, "\n")
}

// sameRows sends rows to a real server and to one in memory, and deletes the
// projects that they leave.
func sameRows(t *testing.T, rows []coreRow) {
	t.Helper()
	needsReal(t, "compares with it")
	stand := labelstudiotest.NewServer(t, labelstudiotest.WithLegacyToken(server.LegacyToken), labelstudiotest.WithEmail(server.Email))
	real, memory := &coreTalker{url: withLegacy.URL, names: map[string]string{}}, &coreTalker{url: stand.URL, names: map[string]string{}}
	defer func() {
		for name := range real.names {
			if id, ok := strings.CutPrefix(name, "projects "); ok {
				real.send(t, coreRow{method: "DELETE", path: "/api/projects/" + id + "/"})
			}
		}
	}()
	for i, row := range rows {
		t.Run(fmt.Sprintf("%03d %s%s", i, row.method, strings.ReplaceAll(row.path, "/", " ")), func(t *testing.T) {
			want, wantValues := real.send(t, row)
			got, gotValues := memory.send(t, row)
			if got != want || gotValues != wantValues {
				t.Errorf("%s %s %s: answered %d\n%s\nwant %d\n%s", row.method, row.path, row.body, got, gotValues, want, wantValues)
			}
		})
	}
}

// TestEmbeddedCore compares what the server of package labelstudiotest makes of
// tasks, annotations, predictions, projects, views, users and bad requests.
func TestEmbeddedCore(t *testing.T) {
	t.Parallel()
	quoted := strings.ReplaceAll(config, `"`, `\"`)
	const done = "is_labeled overlap total_annotations cancelled_annotations"
	const counters = "task_number finished_task_number total_annotations_number total_predictions_number ground_truth_number " +
		"skipped_annotations_number useful_annotation_number num_tasks_with_annotations"
	list := func(query string) string { return "/api/tasks/?project={p}&include=inner_id&query=" + query }
	var rows []coreRow
	add := func(as, method, path, body, keys string, header ...string) {
		rows = append(rows, coreRow{as, method, path, body, keys, header})
	}
	project := func(as, title, more string) {
		add(as, "POST", "/api/projects/", fmt.Sprintf(`{"title":"%s","label_config":"%s"%s}`, title, quoted, more), "title")
	}
	mark := rand.Text()
	title := "Core " + mark
	project("p", title+" b", "")
	project("q", title+" a", `,"maximum_annotations":2`)
	project("r", title+" a", "")
	// who counts for a task
	add("t", "POST", "/api/tasks/", `{"project":{p},"data":{"text":"a"}}`, done)
	add("", "POST", "/api/tasks/{t}/annotations/", `{"result":`+regions+`,"ground_truth":true}`, "")
	add("", "GET", "/api/tasks/{t}/", "", done)
	add("", "GET", "/api/projects/{p}/", "", counters)
	add("u", "POST", "/api/tasks/", `{"project":{q},"data":{"text":"a"}}`, done)
	add("", "PATCH", "/api/tasks/{u}/", `{"overlap":2}`, done)
	add("", "POST", "/api/tasks/{u}/annotations/", `{"result":`+regions+`}`, "")
	add("", "POST", "/api/tasks/{u}/annotations/", `{"result":`+regions+`}`, "")
	add("", "GET", "/api/tasks/{u}/", "", done)
	add("", "PATCH", "/api/projects/{q}/", `{"maximum_annotations":1}`, "maximum_annotations")
	add("", "GET", "/api/tasks/{u}/", "", done)
	add("s", "POST", "/api/tasks/", `{"project":{r},"data":{"text":"a"}}`, done)
	add("", "POST", "/api/tasks/{s}/annotations/", `{"result":[],"was_cancelled":true}`, "")
	add("", "GET", "/api/tasks/{s}/", "", done)
	add("", "PATCH", "/api/projects/{r}/", `{"skip_queue":"IGNORE_SKIPPED"}`, "skip_queue")
	add("", "GET", "/api/tasks/{s}/", "", done)
	add("", "GET", "/api/projects/{r}/", "", counters)
	// pages
	for i := range 55 {
		add("", "POST", "/api/tasks/", fmt.Sprintf(`{"project":{p},"data":{"text":"%d"}}`, i), "inner_id")
	}
	for _, query := range []string{
		"", "?page=2", "?page=3", "?page=-1", "?page=0", "?page=", "?page=x", "?page_size=-1", "?page_size=-2", "?page_size=0", "?page_size=x", "?length=2",
		"?page_size=7&page=9", "?include=inner_id,overlap&page_size=2", "?omit=data,inner_id&page_size=2",
	} {
		add("", "GET", "/api/projects/{p}/tasks/"+query, "", "inner_id text")
	}
	for _, query := range []string{"page=x", "page=last", "page=0", "page_size=-1", "page_size=x", "page_size=20&page=3", "page_size=20&page=4"} {
		add("", "GET", "/api/tasks/?project={p}&"+query, "", "inner_id total")
	}
	for _, path := range []string{"/api/tasks/?project=", "/api/tasks/?project=x", "/api/tasks/?view=", "/api/tasks/"} {
		add("", "GET", path, "", "detail")
	}
	// fields
	add("", "POST", "/api/predictions/", `{"task":{t},"result":`+regions+`,"score":true}`, "score")
	for _, path := range []string{
		"/api/tasks/{t}/?include=id,inner_id", "/api/tasks/{t}/?omit=data,result", "/api/projects/{p}/?include=title,task_number",
		"/api/projects/{p}/?omit=title", "/api/projects/{p}/?include=title&omit=title",
		"/api/tasks/?project={p}&fields=all&page_size=1&include=inner_id,predictions", "/api/tasks/?project={p}&fields=all&page_size=1&omit=score,result",
	} {
		add("", "GET", path, "", "inner_id title text task_number total_annotations score type from_name overlap")
	}
	// projects
	for _, query := range []string{"ordering=title,-id", "ordering=-title,id", "ordering=nope", "page_size=2&page=last", "page_size=2&page=3", "page="} {
		add("", "GET", "/api/projects/?title=core%20"+mark+"&"+query, "", "id title count")
		add("", "GET", "/api/projects/counts/?ids={r},{p},{q}&"+query, "", "id count")
	}
	project("", "Ünïcode "+mark, "")
	add("", "GET", "/api/projects/?title=%C3%BCn%C3%AFcode%20"+mark, "", "title")
	add("", "GET", "/api/projects/?title=%C3%9Cn%C3%AFCODE%20"+mark, "", "title")
	for _, more := range []string{
		`"show_instruction":"yes"`, `"show_instruction":"oFf"`, `"show_instruction":1.0`, `"show_instruction":null`, `"color":null`,
		`"organization":55`, `"organization":"x"`,
	} {
		project("", title+" c", ","+more)
		rows[len(rows)-1].keys = "show_instruction"
	}
	add("", "POST", "/api/projects/", "--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nForm\r\n--x--\r\n", "title show_skip_button",
		"Content-Type", "multipart/form-data; boundary=x")
	add("", "POST", "/api/projects/", "title=Form", "title show_skip_button", "Content-Type", "application/x-www-form-urlencoded")
	for _, path := range []string{"/api/projects/{p}/", "/api/tasks/{t}/"} {
		add("", "PATCH", path, "[1]", "detail")
	}
	add("", "POST", "/api/projects/validate/", "[1]", "non_field_errors detail")
	// labels that are in use
	lost := strings.Replace(`{"label_config":"`+quoted+`"}`, `<Choice value=\"good\"/>`, "", 1)
	add("", "POST", "/api/projects/{p}/validate/", lost, "")
	add("", "PATCH", "/api/projects/{r}/", lost, "")
	// tasks
	for _, body := range []string{
		`{}`, `{"project":{p}}`, `{"data":{"text":"x"}}`, `{"project":"{p}","data":{"text":"x"}}`, `{"project":"x","data":{"text":"x"}}`,
		`{"project":{p},"data":{"text":"x"},"meta":null}`, `{"project":{p},"data":{"text":"x"},"meta":5}`,
		`{"project":{p},"data":{"text":"x"},"file_upload":987654321}`, `{"project":{p},"data":{"text":"x","n":1e400}}`, `"x"`,
		`{"project":{p},"data":{"text":"\ud800"}}`, `{"project":{p},"data":{"text":"\ud83d\ude00 \\ud800"}}`,
	} {
		add("", "POST", "/api/tasks/", body, "text project data file_upload non_field_errors detail")
	}
	add("v", "POST", "/api/tasks/", `{"project":{r},"data":{"text":"x"}}`, "inner_id")
	add("", "PATCH", "/api/tasks/{v}/", `{"data":{"other":1}}`, "other")
	add("", "DELETE", "/api/tasks/{v}/", "", "")
	add("", "POST", "/api/tasks/", `{"project":{r},"data":{"text":"x"}}`, "inner_id")
	// annotations and predictions
	for _, more := range []string{`"unique_id":"x"`, `"unique_id":5`, `"unique_id":null`} {
		add("", "POST", "/api/tasks/{s}/annotations/", `{"result":[],`+more+`}`, "detail")
	}
	add("", "POST", "/api/predictions/", `{"task":{t},"result":null}`, "result")
	add("", "POST", "/api/predictions/", `{"task":{t},"result":[],"project":987654321}`, "")
	// filters and orders
	add("", "POST", "/api/projects/{r}/import", `[{"text":"Ü","n":null},{"text":"ü","n":2},{"text":"b","n":true},{"text":"c","n":"x"}]`, "task_count")
	for _, query := range []string{
		`{"ordering":["tasks:data.n"]}`, `{"ordering":["-tasks:data.n"]}`, `{"ordering":["tasks:ground_truth"]}`, `{"ordering":"tasks:id"}`,
		`{"filters":{}}`, `{"filters":{"conjunction":"xor","items":[]}}`, `{"filters":{"conjunction":"and"}}`, `{"selectedItems":[1]}`,
	} {
		add("", "GET", strings.ReplaceAll(list(url.QueryEscape(query)), "{p}", "{r}"), "", "inner_id total")
	}
	for _, name := range []string{"data.text", "data.n", "storage_filename"} {
		for _, op := range []string{"contains", "not_contains", "equal", "not_equal", "not_regex", "in_list"} {
			for _, value := range []string{"ü", "null", "B"} {
				query := fmt.Sprintf(`{"filters":{"conjunction":"and","items":[{"filter":"filter:tasks:%s","operator":"%s","type":"String","value":"%s"}]}}`, name, op, value)
				if op == "in_list" {
					query = strings.Replace(query, `"value":"`+value+`"`, `"value":["`+value+`"]`, 1)
				}
				add("", "GET", strings.ReplaceAll(list(url.QueryEscape(query)), "{p}", "{r}"), "", "inner_id total")
			}
		}
	}
	// views
	const items = `"filters":{"conjunction":"and","items":[{"filter":"filter:tasks:id","operator":"equal","type":"Number","value":1}]}`
	for i, body := range []string{
		`{"project":{p},"data":{"ordering":["-tasks:id"]}}`, `{"project":{p},"data":{}}`, `{"project":{p},"data":{},"order":7}`, `{"project":{p},"data":{` + items + `}}`,
		`{"project":{p},"data":null}`, `{"project":{p},"data":5}`, `{"project":"x","data":{}}`, `{"project":null}`, `[1]`, `{"project":{p},"order":"x"}`,
	} {
		add(fmt.Sprint("view", i), "POST", "/api/dm/views/", body, "order ordering conjunction detail project")
	}
	for _, body := range []string{
		`{}`, `{"order":3}`, `{"data":null}`, `{"data":{},"project":987654321}`, `{"data":{"ordering":[]},"order":4}`, `{"data":{"title":"x"}}`,
	} {
		add("", "PATCH", "/api/dm/views/{view0}/", body, "order ordering detail title")
	}
	add("", "GET", "/api/dm/views/x/", "", "detail")
	// users
	mail := "core-" + strings.ToLower(rand.Text()) + "@example.com"
	for _, body := range []string{
		`{"username":"core","email":"bad"}`, `{"username":"core","email":"a@b.c"}`, `{"email":"` + mail + `"}`,
		`{"username":"core","email":"` + mail + `","first_name":"Ümit","date_joined":"2020-01-02T03:04:05Z","active_organization":null}`,
		`{"username":"core","email":"` + mail + `"}`,
	} {
		add("user", "POST", "/api/users/", body, "email username initials date_joined active_organization")
	}
	add("", "PATCH", "/api/users/{user}/", `{"email":"other@example.com","last_name":"Öz"}`, "detail")
	add("", "PATCH", "/api/users/{user}/", `{"active_organization":1}`, "email initials active_organization")
	add("", "PATCH", "/api/users/{user}/", `{"active_organization":987654321}`, "active_organization")
	add("", "DELETE", "/api/users/{user}/", "", "")
	add("", "GET", "/api/users/x/", "", "detail")
	for _, path := range []string{"refresh", "blacklist", "rotate"} {
		for _, token := range []string{"5", `" x "`, "null", "[]", `""`} {
			add("", "POST", "/api/token/"+path+"/", `{"refresh":`+token+`}`, "detail refresh non_field_errors")
		}
	}
	// headers and methods
	for _, header := range [][]string{
		{"X-Api-Key", ""}, {"Authorization", "Token"}, {"Authorization", "Token  " + server.LegacyToken}, {"Authorization", "Token a b"},
		{"Authorization", "bearer x"}, {"Accept", "text/html"}, {"Accept", "text/html, application/*;q=0.1"}, {"Accept", "*/*"},
	} {
		add("", "GET", "/api/projects/{p}/", "", "title detail", header...)
	}
	add("", "GET", "/api/version/", "", "release", "Accept", "text/html")
	add("", "GET", "/health", "", "status", "Authorization", "")
	for _, path := range []string{"/api/projects/{p}/", "/api/tasks/987654321/", "/api/projects/{p}/export?exportType=CSV", "/api/token/refresh/"} {
		add("", "HEAD", path, "", "")
	}
	sameRows(t, rows)
}
