// Package stock compares this module's client with the one that oapi-codegen
// generates by itself, from the description as the server publishes it.
package stock

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/internal/jsondiff"
)

const (
	// root is the root of the module.
	root = "../.."
	// missing is an id that no project has.
	missing = 999999999
	// table is a CSV file with tableRows tasks.
	table     = "text\none\ntwo\nthree\n"
	tableRows = 3
)

// TestStock makes the same four calls with both clients, against one server.
//
// When a stock subtest fails, the server's description or the generator has
// improved: then that case proves nothing any more, and goes.
func TestStock(t *testing.T) {
	program := build(t)
	s := start(t)
	last := &lastAnswer{}
	client, err := labelstudio.NewClient(s.URL, labelstudio.WithToken(server.LegacyToken), labelstudio.WithMiddleware(last.keep))
	ok(t, err)

	listed, byStock, byOurs := newProject(t, client), newProject(t, client), newProject(t, client)
	fill(t, client, listed)
	stock := run(t, program, s.URL, listed, byStock)

	var seen strings.Builder
	rows := tabwriter.NewWriter(&seen, 0, 0, 2, ' ', 0)
	row := func(cells ...string) {
		_, err := fmt.Fprintln(rows, strings.Join(cells, "\t"))
		ok(t, err)
	}
	row("CASE", "STOCK", "OURS")
	compare := func(name string, stock, ours func(t *testing.T) (saw string)) {
		t.Run(name, func(t *testing.T) {
			sawStock, sawOurs := "failed", "failed"
			t.Run("stock", func(t *testing.T) { sawStock = stock(t) })
			t.Run("ours", func(t *testing.T) { sawOurs = ours(t) })
			row(name, sawStock, sawOurs)
		})
	}

	compare("task list", func(t *testing.T) string {
		saw := stock[0]
		if saw.Status != http.StatusOK || saw.Error != "" || saw.Kept == 0 || saw.Kept > saw.Body/2 {
			t.Errorf("got %+v, want less than half of the answer and no error", saw)
		}
		return fmt.Sprintf("%s, %d of %d bytes kept", saw, saw.Kept, saw.Body)
	}, func(t *testing.T) string {
		page, err := client.Tasks.List(t.Context(), &labelstudio.TasksListParams{
			Project: &listed, Fields: new(labelstudio.TasksListFieldsAll),
		})
		ok(t, err)
		wantAll(t, last.body, page)
		return fmt.Sprintf("no error, nothing of %d bytes lost", len(last.body))
	})

	compare("CSV import", func(t *testing.T) string {
		saw, count := stock[1], countTasks(t, client, byStock)
		if saw.Status != http.StatusCreated || !strings.Contains(saw.Error, "found_formats") || count != tableRows {
			t.Errorf("got %+v and %d tasks, want an error about found_formats and %d tasks", saw, count, tableRows)
		}
		return fmt.Sprintf("%s; %d tasks are there", saw, count)
	}, func(t *testing.T) string {
		files := []labelstudio.File{labelstudio.FileOf("tasks.csv", []byte(table))}
		answer, err := client.Projects.ImportFiles(t.Context(), byOurs, files, labelstudio.ImportOptions{})
		ok(t, err)
		count := countTasks(t, client, byOurs)
		if answer.TaskCount != tableRows || count != tableRows {
			t.Fatalf("got %s and %d tasks, want %d reported and there", last.body, count, tableRows)
		}
		return fmt.Sprintf("no error, %d tasks reported; %d are there", answer.TaskCount, count)
	})

	compare("export formats", func(t *testing.T) string {
		saw := stock[2]
		if saw.Status != http.StatusOK || !strings.Contains(saw.Error, "cannot unmarshal") {
			t.Errorf("got %+v, want an error of decoding", saw)
		}
		return saw.String()
	}, func(t *testing.T) string {
		formats, err := client.Exports.Formats(t.Context(), listed)
		ok(t, err)
		wantAll(t, last.body, formats)
		return fmt.Sprintf("no error, %d formats", len(formats))
	})

	compare("no such project", func(t *testing.T) string {
		saw := stock[3]
		if saw.Status != http.StatusNotFound || saw.Error != "" || !saw.Nil {
			t.Errorf("got %+v, want neither an error nor a result", saw)
		}
		return saw.String()
	}, func(t *testing.T) string {
		_, err := client.Projects.Get(t.Context(), missing)
		var answer *labelstudio.Error
		if !errors.As(err, &answer) || !errors.Is(err, labelstudio.ErrNotFound) {
			t.Fatalf("got %v, want a *labelstudio.Error that is ErrNotFound", err)
		}
		return err.Error()
	})

	ok(t, rows.Flush())
	t.Logf("\n%s", &seen)
}

// outcome is what testdata/program prints for a call.
type outcome struct {
	Status int
	Error  string
	Nil    bool
	Body   int
	Kept   int
}

func (o outcome) String() string {
	switch {
	case o.Error != "":
		return fmt.Sprintf("%d, error: %s", o.Status, o.Error)
	case o.Nil:
		return fmt.Sprintf("%d, no error, result nil", o.Status)
	default:
		return fmt.Sprintf("%d, no error", o.Status)
	}
}

// build generates the stock client and compiles testdata/program with it. They
// are a module of their own, so that the generated code is no part of this one.
func build(t *testing.T) (program string) {
	t.Helper()
	begin := time.Now()
	dir := t.TempDir()
	ok(t, os.CopyFS(dir, os.DirFS("testdata/program")))
	ok(t, os.Mkdir(filepath.Join(dir, "client"), 0o755))
	code := generate(t)
	ok(t, os.WriteFile(filepath.Join(dir, "client", "client.gen.go"), code, 0o644))
	generated := time.Now()

	// The requirements of this module include those of the generated code: package
	// wire is built on the same runtime. So they are in the module cache.
	requirements, err := os.ReadFile(filepath.Join(root, "go.mod"))
	ok(t, err)
	requirements = bytes.Replace(requirements, []byte("module github.com/labelstudio-go/labelstudio"), []byte("module example.com/stock"), 1)
	ok(t, os.WriteFile(filepath.Join(dir, "go.mod"), requirements, 0o644))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	ok(t, err)
	ok(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644))

	program = filepath.Join(dir, "program.exe") // a name that every system runs
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOPROXY=off", "GOWORK=off")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the stock client: %v\n%s", err, output)
	}
	t.Logf("stock client: %d lines, generated in %.1f s, built in %.1f s",
		bytes.Count(code, []byte("\n")), generated.Sub(begin).Seconds(), time.Since(generated).Seconds())
	return program
}

// generate returns what oapi-codegen writes for the published contract when it
// is asked for models and a client and left at its defaults otherwise. For the
// description as the server sends it, with its prose, it writes the same but for
// comments and for the order in which the alternatives of a oneOf are numbered.
func generate(t *testing.T) []byte {
	t.Helper()
	doc, err := util.LoadSwagger(filepath.Join(root, "openapi", "label-studio.yaml"))
	ok(t, err)
	config := codegen.Configuration{
		PackageName: "client",
		Generate:    codegen.GenerateOptions{Models: true, Client: true},
	}.UpdateDefaults()
	ok(t, config.Validate())
	code, err := codegen.Generate(doc, config)
	ok(t, err)
	return []byte(code)
}

func start(t *testing.T) *server.Server {
	t.Helper()
	// The first start on a machine installs Label Studio and migrates a database.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	s, err := server.Start(ctx, server.Options{LegacyTokens: true, Progress: func(line string) { t.Log(line) }})
	ok(t, err)
	t.Cleanup(func() { ok(t, s.Stop()) })
	return s
}

// run makes the calls with the stock client and returns their outcomes.
func run(t *testing.T, program, url string, listed, filled int64) [4]outcome {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "-url", url, "-token", server.LegacyToken,
		"-list", strconv.FormatInt(listed, 10), "-import", strconv.FormatInt(filled, 10), "-csv", table,
		"-missing", strconv.Itoa(missing))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &errs)
	}
	var outcomes [4]outcome
	lines := json.NewDecoder(bytes.NewReader(output))
	for i := range outcomes {
		ok(t, lines.Decode(&outcomes[i]))
	}
	return outcomes
}

func newProject(t *testing.T, client *labelstudio.Client) int64 {
	t.Helper()
	project, err := client.Projects.Create(t.Context(), labelstudio.ProjectRequest{
		Title: labelstudio.Value("Stock and ours"),
		LabelConfig: new(`<View><Text name="text" value="$text"/>` +
			`<Choices name="label" toName="text"><Choice value="good"/><Choice value="bad"/></Choices></View>`),
	})
	ok(t, err)
	return project.ID
}

// fill adds two tasks, one of them annotated.
func fill(t *testing.T, client *labelstudio.Client, project int64) {
	t.Helper()
	var last *labelstudio.BaseTask
	for _, data := range []string{`{"text":"one","n":12345678901234567890}`, `{"text":"two","n":null}`} {
		var err error
		last, err = client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project, Data: json.RawMessage(data)})
		ok(t, err)
	}
	annotation := json.RawMessage(`{"result":[{"id":"a","from_name":"label","to_name":"text","type":"choices","value":{"choices":["good"]}}]}`)
	ok(t, client.Do(t.Context(), http.MethodPost, fmt.Sprintf("/api/tasks/%d/annotations/", last.ID), nil, annotation, nil))
}

func countTasks(t *testing.T, client *labelstudio.Client, project int64) int64 {
	t.Helper()
	page, err := client.Tasks.List(t.Context(), &labelstudio.TasksListParams{Project: &project})
	ok(t, err)
	return page.Total
}

// lastAnswer keeps the body of the last answer, to compare what became of it.
type lastAnswer struct{ body []byte }

func (l *lastAnswer) keep(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		res, err := next.RoundTrip(req)
		if err != nil {
			return res, err
		}
		l.body, err = io.ReadAll(res.Body)
		if err := errors.Join(err, res.Body.Close()); err != nil {
			return nil, err
		}
		res.Body = io.NopCloser(bytes.NewReader(l.body))
		return res, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// wantAll checks that a decoded answer still holds what the server sent.
func wantAll(t *testing.T, sent []byte, decoded any) {
	t.Helper()
	again, err := json.Marshal(decoded)
	ok(t, err)
	differences, err := jsondiff.Differences(sent, again)
	ok(t, err)
	if len(differences) > 0 { // whether free-form JSON keeps its very bytes is for the fidelity check
		t.Fatalf("the answer is not what the server sent: %q", differences)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
