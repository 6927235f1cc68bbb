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

// sent is a request to a project: its path follows that of the project.
type sent struct{ method, path, contentType, body string }

// fileSide is one of the servers that are compared.
type fileSide struct {
	url, project, task, snapshot string
}

var (
	// ownForms are what differs from one server to another, though nothing is wrong.
	ownForms = []struct {
		form *regexp.Regexp
		mark string
	}{
		{regexp.MustCompile(`"(id|task|project|file_upload_id|annotation_id|task_ids|file_upload_ids|data_columns|duration|unique_id|md5|filename|created_at|updated_at|finished_at|created_ago|version)": ?("[^"]*"|\[[^\]]*\]|[\d.e-]+)`), `"$1":OWN`},
		{regexp.MustCompile(`"description":"[^"\\]*(\\.[^"\\]*)*",`), ""},
		{regexp.MustCompile(`\d{4}-\d\d-\d\d[T-]\d\d[:-]\d\d(:\d\d(\.\d+)?Z)?`), "TIME"},
		{regexp.MustCompile(`"predictions": ?\[\d+(, ?\d+)*\]`), `"predictions":IDS`},
		{regexp.MustCompile(`(upload|export)/\d+/`), "$1/N/"},
		{regexp.MustCompile(`'file_upload_id': \d+`), "'file_upload_id': N"},
		{regexp.MustCompile(`\b[0-9a-f]{8}-`), "HEX-"},
		{regexp.MustCompile(`project-\d+-at-TIME-[0-9a-f]{8}(_\w{7})?`), "project-N-at-TIME-HEX"},
		{regexp.MustCompile(`_\w{7}\.`), "_SEVEN."},
	}
	// shortForm is an id in a table. The numbers of the tests' own data are longer.
	shortForm = regexp.MustCompile(`(^|[,\t\n ])\d{1,5}([,\t\r])`)
	firstID   = regexp.MustCompile(`"id": ?(\d+)`)
	cutName   = regexp.MustCompile(`(upload/(\d+)/[^"]+)(_\w{7}\.\w+)"`)
)

// evenNames takes from names that were cut to a hundred characters what depends
// on how many digits the project's id has.
func evenNames(text string) string {
	return cutName.ReplaceAllStringFunc(text, func(name string) string {
		parts := cutName.FindStringSubmatch(name)
		root, id, rest := parts[1], parts[2], parts[3]
		if len(root+rest) != 100 {
			return name
		}
		return root[:len(root)-(10-len(id))] + rest + `"`
	})
}

func (f *fileSide) ask(t *testing.T, r sent) (int, string) {
	t.Helper()
	names := strings.NewReplacer("{project}", f.project, "{task}", f.task, "{snapshot}", f.snapshot)
	path := "/api/projects/"
	if f.project != "" {
		path += f.project + "/" + names.Replace(r.path)
	}
	if strings.HasPrefix(r.path, "/") {
		path = names.Replace(r.path)
	}
	req, err := http.NewRequestWithContext(t.Context(), r.method, f.url+path, strings.NewReader(names.Replace(r.body)))
	ok(t, err)
	req.Header.Set("Authorization", "Token "+server.LegacyToken)
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	resp, err := newTransport(t).RoundTrip(req)
	ok(t, err)
	body, err := io.ReadAll(resp.Body)
	ok(t, err)
	ok(t, resp.Body.Close())
	text := string(body)
	switch id := firstID.FindStringSubmatch(text); {
	case id == nil || resp.StatusCode != http.StatusCreated && r.method == http.MethodPost:
	case f.project == "":
		f.project = id[1]
	case strings.HasSuffix(path, "/exports/") && r.method == http.MethodPost:
		f.snapshot = id[1]
	case strings.HasPrefix(path, "/api/projects/"+f.project+"/export?exportType=JSON&"):
		f.task = id[1]
	}
	shown := resp.Header.Get("Content-Type") + " " + resp.Header.Get("Content-Disposition") + " " + evenNames(text)
	for _, own := range ownForms {
		shown = own.form.ReplaceAllString(shown, own.mark)
	}
	if strings.Contains(resp.Header.Get("Content-Type"), "csv") {
		shown = shortForm.ReplaceAllString(shown, "${1}ID$2")
	}
	return resp.StatusCode, shown
}

// oneFile is a form with a file, or with several under names of their own.
func oneFile(parts ...string) sent {
	var form strings.Builder
	for i := 0; i < len(parts); i += 2 {
		fmt.Fprintf(&form, "--x\r\nContent-Disposition: form-data; name=\"f%d\"; filename=\"%s\"\r\n\r\n%s\r\n", i, parts[i], parts[i+1])
	}
	return sent{"POST", "import?return_task_ids=1", "multipart/form-data; boundary=x", form.String() + "--x--\r\n"}
}

func inJSON(body string) sent { return sent{"POST", "import", "application/json", body} }

// What goes into and comes out of the server of package labelstudiotest as files
// is what it is on the real one, to the last digit.
func TestEmbeddedFilesAreTheSame(t *testing.T) {
	t.Parallel()
	needsReal(t, "compares with it")
	stand := labelstudiotest.NewServer(t, labelstudiotest.WithLegacyToken(server.LegacyToken), labelstudiotest.WithEmail(server.Email))

	whole := sent{"GET", "export?exportType=JSON&download_all_tasks=true", "", ""}
	flat := sent{"GET", "export?exportType=JSON_MIN&download_all_tasks=true", "", ""}
	table := sent{"GET", "export?exportType=CSV&download_all_tasks=true", "", ""}
	uploads := sent{"GET", "file-uploads?all=true", "", ""}
	get := func(path string) sent { return sent{"GET", path, "", ""} }
	post := func(path, body string) sent { return sent{"POST", path, "application/json", body} }
	predicted := func(fields string) string {
		return `[{"data":{"text":"a"},"predictions":[{"result":[{"from_name":"label","to_name":"text","type":"choices","value":{"choices":["good"]}}]` + fields + `}]}]`
	}
	annotated := func(fields string) string {
		return `[{"data":{"text":"a"},"annotations":[{"result":[{"id":"r1","from_name":"label","to_name":"text","type":"choices","value":{"choices":["good"]}}]` + fields + `}]}]`
	}
	later := func(value, fields string) string {
		return `[{"task":{task},"result":[{"from_name":"label","to_name":"text","type":"choices","value":` + value + `}]` + fields + `}]`
	}
	region := func(region string) []sent {
		return []sent{inJSON(`[{"data":{"text":"a"},"annotations":[{"result":[` + region + `]}]}]`), flat, table}
	}
	tests := []struct {
		name     string
		status   bool // alone is compared: the words of the reason differ
		requests []sent
	}{
		{"zeros before numbers", false, []sent{oneFile("a.csv", "text,zip,n\nx,0106700,+7000000\ny,00700000,-0\n"), whole, flat, table}},
		{"numbers", false, []sent{oneFile("a.csv", "text,n,m,k\nx,1e3,0.1234567890123456789,1_000\ny, 2,1.50,2\n"), whole, flat, table}},
		{"wide numbers", false, []sent{oneFile("a.csv", "text,n,m\nx,12345678901234567890,18446744073709551616\ny,1,2\n"), whole}},
		{"wide numbers laid flat", true, []sent{oneFile("a.csv", "text,n\nx,12345678901234567890\n"), flat, table}},
		{"missing cells", false, []sent{oneFile("a.tsv", "text\tn\tb\nx\tnan\tTrue\nNA\t2\t\nnull\t3\tFALSE\n"), whole, flat, table}},
		{"infinite numbers", false, []sent{oneFile("a.csv", "text,n\nx,inf\n"), whole}},
		{"quotes and line ends", false, []sent{oneFile("a.csv", "text,n\r5\" disk,\"a \"\"q\"\"\nline\"\r\n\r\n"), whole, flat, table}},
		{"semicolons", false, []sent{oneFile("a.csv", "text;n\na,b;1\n"), whole}},
		{"a row too long", false, []sent{oneFile("a.csv", "text,n\nx,1\ny,2,3\n"), whole}},
		{"a first row too long", false, []sent{oneFile("a.csv", "text,n\nx,y,3\nz,2\n"), whole}},
		{"names of columns", false, []sent{oneFile("a.csv", "text,text,,n\nx,y,z,1\n"), whole}},
		{"an open quote", false, []sent{oneFile("a.csv", "text\nx\n\"y\n"), uploads}},
		{"a table of nothing", false, []sent{oneFile("a.csv", "\n\n"), uploads}},
		{"a table of other bytes", true, []sent{oneFile("a.csv", "text\n\xe9\n")}},
		{"lines", false, []sent{oneFile("a.txt", "a\rb\r\nc\x0bd\x0ce\x1cf\u0085g\u2028h\n\n i "), whole}},
		{"lines of other bytes", true, []sent{oneFile("a.txt", "\xe9\n")}},
		{"JSON of other bytes", true, []sent{oneFile("a.json", "[{\"text\":\"\xff\"}]")}},
		{"broken JSON", false, []sent{oneFile("a.json", "{"), oneFile("a.json", `"x"`), oneFile("a.json", `5`), oneFile("a.json", `[null]`)}},
		{"files without a property in common", false, []sent{oneFile("a.csv", "text\na\n", "b.csv", "foo\nb\n"), oneFile("a.csv", "text\na\n", "b.txt", "c\n"), whole}},
		{"names of files", false, []sent{
			oneFile("a'b (1)#&;%.csv", "text\na\n"), oneFile("ü b.csv", "text\na\n"), oneFile(strings.Repeat("very", 40)+".csv", "text\na\n"),
			oneFile(".csv", "text\na\n"), oneFile("a.b.csv", "text\na\n"), uploads,
		}},
		{"many files", false, []sent{oneFile(strings.Split(strings.Repeat("a.csv|text\nx\n|", 101), "|")[:202]...), uploads}},
		{"files deleted that are none", false, []sent{{"DELETE", "file-uploads", "application/json", `{"file_upload_ids":["x"]}`}}},

		{"bytes", false, []sent{inJSON("[{\"text\":\"\xff\"}]"), inJSON("[{\"text\":\"\xe9\"}]"), whole}},
		{"media types", false, []sent{
			{"POST", "import", "text/plain", "x"}, {"POST", "import", "text/csv", "x"}, {"POST", "import", "", "x"}, {"POST", "import", "text/plain", ""},
		}},
		{"flags", false, []sent{
			{"POST", "import?return_task_ids=", "application/json", `{"text":"x"}`}, {"POST", "import?return_task_ids=t", "application/json", `{"text":"x"}`},
			{"POST", "import?commit_to_project=not", "application/json", `{"text":"x"}`}, whole,
		}},
		{"items that are no tasks", false, []sent{inJSON(`[{"text":"a"},"x",[1]]`), inJSON(`["x",5]`), inJSON(`[null]`), whole}},
		{"items that are no tasks and are not kept", false, []sent{
			{"POST", "import?commit_to_project=false", "application/json", `[1]`}, {"POST", "import?commit_to_project=false", "application/json", `["x"]`},
			{"POST", "import?commit_to_project=false", "application/json", `[null]`}, {"POST", "import?commit_to_project=false", "application/json", `[[1],{"text":"a"},true]`},
		}},
		{"lines that lack a property", false, []sent{{"PATCH", "", "application/json",
			`{"label_config":"<View><Text name=\"text\" value=\"$text\"/><Text name=\"other\" value=\"$other\"/><Choices name=\"label\" toName=\"text\"><Choice value=\"good\"/></Choices></View>"}`},
			oneFile("a.txt", "a\nb\n"), whole,
		}},
		{"slashes and small numbers", false, []sent{
			inJSON(`[{"text":"a/b","n":1e-7,"m":1.5e-10,"k":[0.00001,"c/d"],"w":1e22,"v":-2.5e17,"u":123456789.125,"o/p":0.1}]`), whole, flat, table,
			post("exports/", `{}`), get("exports/{snapshot}/download"), get("exports/{snapshot}/download?exportType=JSON"),
			get("exports/{snapshot}/download?exportType=JSON_MIN"), get("exports/{snapshot}/download?exportType=CSV"),
		}},
		{"slashes and small numbers in results", false, []sent{
			inJSON(`[{"data":{"text":"a/b"},"annotations":[{"result":[{"id":"r","from_name":"label","to_name":"text","type":"choices","value":{"choices":["a/b","c"],"n":1e-7}}],"lead_time":1e-7}]}]`),
			whole, flat, table,
		}},
		{"predictions that are no list", false, []sent{
			inJSON(`[{"data":{"text":"a"},"predictions":null}]`), inJSON(`[{"data":{"text":"a"},"predictions":"x"}]`), inJSON(`[{"data":{"text":"a"},"predictions":5}]`), whole,
		}},
		{"predictions that can't be made", false, []sent{
			inJSON(`[{"data":{"text":"a"},"predictions":[5]},{"data":{"text":"b"},"predictions":[{"result":[]},{"result":[]}]}]`),
			inJSON(`[{"data":{"text":"c"},"predictions":[{"result":null}]}]`), inJSON(`[{"data":{"text":"d"},"predictions":[{"result":[1]}]}]`), whole,
		}},
		{"predictions of versions", false, []sent{
			inJSON(predicted(`,"score":0.9,"model_version":"v1"`)[:len(predicted(`,"score":0.9,"model_version":"v1"`))-1] + "," + predicted(`,"score":"0.1","model_version":7`)[1:]),
			inJSON(predicted(`,"score":"x","model_version":"v3"`)), get(""),
			get("/api/tasks/?project={project}&include=predictions_score,predictions_model_versions"),
		}},
		{"predictions of short results", false, []sent{inJSON(`[{"data":{"text":"a"},"predictions":[{"result":"good"},{"result":{"choices":["bad"]}},{"result":{}}]}]`), get("/api/predictions/?project={project}")}},
		{"annotations", false, []sent{
			inJSON(annotated("")), inJSON(annotated(`,"ground_truth":false,"lead_time":"2.5"`)), inJSON(annotated(`,"was_cancelled":"t","lead_time":3`)), whole,
		}},
		{"annotations that can't be kept", false, []sent{
			inJSON(annotated(`,"ground_truth":"x"`)), inJSON(annotated(`,"was_cancelled":5`)), inJSON(annotated(`,"lead_time":"x"`)),
			inJSON(annotated(`,"completed_by":"nobody"`)), inJSON(`[{"data":{"text":"a"},"annotations":[5]}]`), whole,
		}},
		{"tasks that can't be kept", false, []sent{inJSON(`[{"text":"a"},{"data":{"text":"a"},"file_upload_id":999999}]`), inJSON(`[{"text":"a","n":1e400}]`), whole}},
		{"counts of a snapshot", false, []sent{
			inJSON(annotated("")), post("exports/", `{}`), get("exports/{snapshot}/download?exportType=JSON"),
		}},
		{"predictions later", false, []sent{
			inJSON(`{"text":"a"}`), whole,
			post("import/predictions", later(`{"choices":["good"]}`, "")), post("import/predictions", later(`{"choices":["nope"]}`, "")),
			post("import/predictions", later(`{"choices":"good"}`, "")), post("import/predictions", later(`{}`, "")),
			post("import/predictions", later(`{"choices":["bad"]}`, `,"score":7`)), post("import/predictions", later(`{"choices":["bad"]}`, `,"score":1,"model_version":5`)),
			post("import/predictions", `{"task":{task},"result":[]}`), get("/api/predictions/?project={project}"),
		}},

		{"regions without a value", false, region(`{"from_name":"label","type":"choices"}`)},
		{"regions without a key", false, region(`{"from_name":"label","value":{}}`)},
		{"regions of null", false, region(`{"from_name":"label","value":{"choices":null}}`)},
		{"regions of texts", false, region(`{"from_name":"label","value":"x"}`)},
		{"regions of short texts", false, region(`{"from_name":"label","value":{"choices":"x"}}`)},
		{"regions of numbers", false, region(`{"from_name":"label","value":{"choices":[5]}}`)},
		{"tasks chosen", false, []sent{
			inJSON(`{"text":"a"}`), get("export?exportType=JSON&download_all_tasks=true&ids[]=abc"), get("export?exportType=JSON&ids[]="), get("export?exportType=JSON&ids[]=2,3"),
			get("export?exportType=JSON&download_all_tasks="), get("export?exportType="), get("export?exportType=JSON&exportType=CSV"), get("export?exportType=JSON&download_all_tasks=x"),
		}},
		{"formats", false, []sent{get("export/formats"), {"PATCH", "", "application/json",
			`{"label_config":"<View><Text name=\"text\" value=\"$text\"/><Labels name=\"ner\" toName=\"text\"><Label value=\"PER\"/></Labels></View>"}`}, get("export/formats")}},
		{"snapshots refused", false, []sent{
			post("exports/", `{"title":null}`), post("exports/", `{"title":"`+strings.Repeat("x", 2049)+`"}`), post("exports/", `{"title":[]}`),
			post("exports/", `{"task_filter_options":null}`), post("exports/", `{"annotation_filter_options":null}`), post("exports/", `{"serialization_options":null}`),
			post("exports/", `{"title":5}`), get("exports/{snapshot}/download?exportType="), get("exports/{snapshot}/download?exportType=JSON"),
		}},
		{"snapshots refused for what they show", true, []sent{post("exports/", `{"converted_formats":[{"export_type":"CSV"}]}`)}},
		{"snapshots of the same", false, []sent{
			inJSON(`{"text":"a"}`), post("exports/", `{}`), get("exports/{snapshot}/download?exportType=CSV"),
			{"DELETE", "exports/{snapshot}", "", ""}, post("exports/", `{}`), get("exports/{snapshot}/download"),
		}},
		{"snapshots that can't be converted", false, []sent{
			region(`{"from_name":"label"}`)[0], post("exports/", `{}`), post("exports/{snapshot}/convert", `{"export_type":"CSV"}`), get("exports/{snapshot}"), get("exports/{snapshot}/download?exportType=CSV"),
		}},
	}
	create := sent{"POST", "/api/projects/", "application/json", `{"title":"Files","label_config":"` + strings.ReplaceAll(config, `"`, `\"`) + `"}`}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			real, memory := &fileSide{url: withLegacy.URL}, &fileSide{url: stand.URL}
			defer func() {
				if status, _ := real.ask(t, sent{"DELETE", "", "", ""}); status != http.StatusNoContent {
					t.Errorf("the project was not deleted: %d", status)
				}
			}()
			for i, r := range append([]sent{create}, tt.requests...) {
				wantStatus, want := real.ask(t, r)
				status, got := memory.ask(t, r)
				if status != wantStatus {
					t.Errorf("%d: %s %s answered %d\n%.300s\nwant %d\n%.300s", i, r.method, r.path, status, got, wantStatus, want)
				} else if got != want && !tt.status {
					from := 0
					for from < min(len(got), len(want)) && got[from] == want[from] {
						from++
					}
					from = max(from-80, 0)
					t.Errorf("%d: %s %s answered …%.400s\nwant …%.400s", i, r.method, r.path, got[min(from, len(got)):], want[min(from, len(want)):])
				}
			}
		})
	}
}

func TestEvenNames(t *testing.T) {
	t.Parallel()
	of := func(id string) string {
		root := "upload/" + id + "/01234567-"
		return `"` + root + strings.Repeat("v", 100-len(root)-len("_abcdefg.csv")) + `_abcdefg.csv"`
	}
	strip := func(name string) string { return name[strings.LastIndexByte(name, '/'):] }
	if got, want := strip(evenNames(of("123"))), strip(evenNames(of("7"))); got != want {
		t.Errorf("a long id leaves %s, a short one %s", got, want)
	}
	if name := `"upload/7/01234567-short_abcdefg.csv"`; evenNames(name) != name {
		t.Errorf("%s became %s", name, evenNames(name))
	}
}
