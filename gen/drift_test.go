package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/gen/drift"
	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// runDrift returns what drift prints and its exit status.
func runDrift(t *testing.T, args ...string) (out string, status int, reason error) {
	t.Helper()
	var buf bytes.Buffer
	err := driftCommand(t.Context(), args, &buf, io.Discard)
	var exit *exitStatus
	switch {
	case err == nil:
	case errors.As(err, &exit):
		status, reason = exit.status, exit.err
	default:
		t.Fatalf("the error %v has no exit status", err)
	}
	return buf.String(), status, reason
}

// smallCheckout writes a checkout with one operation, without Go.
func smallCheckout(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		contract.File:       string(smallContract(gets("/a", "list", ""), "")),
		contract.SourceFile: "version: 1.2.3\nsha256: " + strings.Repeat("0", 64) + "\n",
		contract.OverlayDir + "/10-names.yaml": "overlay: 1.1.0\nactions: [{target: \"$.paths['/a'].get\", " +
			"description: A better name., update: {operationId: Things.List}}]",
	} {
		writeFile(t, filepath.Join(root, name), []byte(text))
	}
	return root
}

// What cannot be compared is said in one line, and leaves the checkout alone.
func TestDriftRefuses(t *testing.T) {
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/page/"):
			_, _ = io.WriteString(w, "<html><body>Log in</body></html>")
		case strings.HasPrefix(r.URL.Path, "/cut/"):
			_, _ = io.WriteString(w, `{"openapi": "3.0.3", "paths"`)
		default:
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer refuses.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()

	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		writeFile(t, path, []byte(text))
		return path
	}
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"a version that is not to be had", []string{"-to", unlockedVersion}, "Label Studio 9.8.7: installing Label Studio 9.8.7: No matching distribution found for label-studio==9.8.7"},
		{"a server that is not there", []string{"-to", closed.URL}, closed.URL + ": cannot be reached: "},
		{"a server that wants a token", []string{"-to", refuses.URL}, "401 Unauthorized: is this a Label Studio of 1.21.0 or newer, and does it need a legacy token in LABEL_STUDIO_API_KEY?"},
		{"a web page", []string{"-to", refuses.URL + "/page"}, "the description is not an OpenAPI document"},
		{"a description cut short", []string{"-to", refuses.URL + "/cut"}, "the description is neither JSON nor YAML"},
		{"a password in a URL", []string{"-to", "http://me:hunter2@127.0.0.1:1"}, "holds a password: give a token in LABEL_STUDIO_API_KEY"},
		{"no URL", []string{"-to", "https://"}, "is not the URL of a server"},
		{"no such file", []string{"-to", filepath.Join(dir, "none.yaml")}, "there is no such file or folder"},
		{"a folder without a contract", []string{"-from", dir}, contract.SourceFile + ": no such file or directory"},
		{"a file that is no OpenAPI", []string{"-to", write("list.json", "[1, 2]")}, "the description is not an OpenAPI document"},
		{"a file of something else", []string{"-to", write("table.csv", "a: b: c\n\t:")}, "the description is neither JSON nor YAML"},
		{"an empty file", []string{"-to", write("empty.yaml", "")}, "the description is not an OpenAPI document"},
		{"aliases", []string{"-to", write("alias.yaml", "openapi: &v 3.0.3\ninfo: {version: *v}")}, "line 2: YAML aliases are not understood"},
		{"OpenAPI 2.0", []string{"-to", write("two.json", `{"swagger": "2.0", "paths": {}}`)}, "the description is not OpenAPI 3.0 (openapi: <nil>, swagger: 2.0)"},
		{"OpenAPI 2.0 in YAML", []string{"-to", write("two.yaml", "swagger: '2.0'\npaths: {}")}, "the description is not OpenAPI 3.0 (openapi: <nil>, swagger: 2.0)"},
		{"a schema of itself", []string{"-to", write("tree.yaml", string(smallContract(gets("/a", "list", ", "+answers(refTo("Tree"))),
			"Tree: {type: object, additionalProperties: "+refTo("Tree")+"}")))}, "tree.yaml: components/schemas/Tree is made of itself without properties: leave it free-form"},
		{"an argument too many", []string{"1.23.2"}, `"1.23.2" is one argument too many`},
		{"an unknown format", []string{"-format", "html"}, `"html" is no format`},
		{"an unknown flag", []string{"-with", "1"}, "flag provided but not defined: -with"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fakePython(t, "echo 'ERROR: No matching distribution found for label-studio==9.8.7'; exit 1", ":")
			root := smallCheckout(t)
			before := tree(t, root)
			out, status, err := runDrift(t, slices.Concat([]string{"-root", root}, test.args)...)
			if out != "" || status != notCompared {
				t.Errorf("status %d, printed %q", status, out)
			}
			if err == nil || !strings.HasPrefix(err.Error(), "drift: ") || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got the error %v, want %s", err, test.want)
			}
			if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got the error %q", err)
			}
			if !maps.Equal(tree(t, root), before) {
				t.Error("the checkout has changed")
			}
		})
	}
}

// A token goes out as such, and the server is asked where it publishes.
func TestDriftAsksWithAToken(t *testing.T) {
	var asked []string
	publishes := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, "{}")
	}))
	defer publishes.Close()
	t.Setenv(tokenVariable, "")
	for _, url := range []string{"", "/", "/labels", "/docs/api/schema/yaml/", "/openapi.json"} {
		if _, err := publishedAt(t.Context(), publishes.URL+url); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(tokenVariable, "secret")
	if _, err := publishedAt(t.Context(), publishes.URL); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"/docs/api/schema/json/ ", "/docs/api/schema/json/ ", "/labels/docs/api/schema/json/ ",
		"/docs/api/schema/yaml/ ", "/openapi.json ", "/docs/api/schema/json/ Token secret",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
}

// A token stays with the server that it is for, also if another port or scheme is
// all that is different. Without one, a description may come from elsewhere.
func TestDriftKeepsItsToken(t *testing.T) {
	var got []string
	publish := func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, "{}")
	}
	stranger := httptest.NewServer(http.HandlerFunc(publish))
	defer stranger.Close()
	var to string
	asked := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/here.json" {
			publish(w, r)
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
	}))
	defer asked.Close()

	t.Setenv(tokenVariable, "secret")
	for _, to = range []string{stranger.URL + "/there.json?key=hidden", strings.Replace(asked.URL, "http:", "https:", 1) + "/here.json"} {
		_, err := publishedAt(t.Context(), asked.URL)
		origin, _, _ := strings.Cut(to, "/there.json")
		origin = strings.TrimSuffix(origin, "/here.json")
		want := "redirects to " + origin + ", which is not to get the token: compare with that URL, or without " + tokenVariable
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("got the error %v, want %s", err, want)
		}
	}
	to = "/loop.json"
	if _, err := publishedAt(t.Context(), asked.URL); err == nil || !strings.Contains(err.Error(), "stopped after 10 redirects") {
		t.Errorf("got the error %v", err)
	}
	to = "/here.json"
	if _, err := publishedAt(t.Context(), asked.URL); err != nil {
		t.Error(err)
	}
	t.Setenv(tokenVariable, "")
	to = stranger.URL + "/there.json"
	if _, err := publishedAt(t.Context(), asked.URL); err != nil {
		t.Error(err)
	}
	if !slices.Equal(got, []string{"Token secret", ""}) {
		t.Errorf("got the tokens %q", got)
	}
}

// A description is made once for a version, and made anew if what was kept is
// not it any more.
func TestDescriptionsAreKept(t *testing.T) {
	fakePython(t, ":", describes(`{"openapi": "3.0.3"}`))
	first, err := publishedBy(t.Context(), unlockedVersion)
	if err != nil {
		t.Fatal(err)
	}
	kept := func() string {
		t.Helper()
		paths, err := filepath.Glob(filepath.Join(os.Getenv("LABELSTUDIO_GO_CACHE"), "descriptions", unlockedVersion+"-*.json"))
		if err != nil || len(paths) != 1 {
			t.Fatalf("kept %v, %v", paths, err)
		}
		return paths[0]
	}
	path := kept()
	t.Setenv("LABELSTUDIO_PYTHON", filepath.Join(t.TempDir(), "none"))
	again, err := publishedBy(t.Context(), unlockedVersion)
	if err != nil || !bytes.Equal(again, first) {
		t.Errorf("got %q the second time, %v", again, err)
	}
	writeFile(t, path, []byte("{}"))
	if _, err := publishedBy(t.Context(), unlockedVersion); err == nil || !strings.Contains(err.Error(), "LABELSTUDIO_PYTHON") {
		t.Errorf("what was changed is taken: %v", err)
	}
}

// The same description says the same as JSON and as YAML, as published and as
// checked in.
func TestFactsOf(t *testing.T) {
	t.Parallel()
	checkedIn := readFile(t, filepath.Join("..", contract.File))
	again, err := factsOf(checkedIn)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, checkedIn) {
		t.Errorf("the facts of the contract are others from line %d on", firstDifference(checkedIn, again))
	}
	fromJSON, err := factsOf([]byte(`{"openapi": "3.0.3", "x-a": 1, "info": {"title": "T", "version": "1.0"},
		"paths": {}, "components": {"schemas": {"A": {"maximum": 9007199254740993, "default": null, "nullable": true, "enum": ["no", "2024-01-01"]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	fromYAML, err := factsOf([]byte("openapi: 3.0.3\nx-a: 1\ninfo: {title: T, version: '1.0'}\n" +
		"paths: {}\ncomponents: {schemas: {A: {maximum: 9007199254740993, default: null, nullable: true, enum: ['no', 2024-01-01]}}}"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fromJSON, fromYAML) {
		t.Errorf("got\n%s\nfrom JSON and\n%s\nfrom YAML", fromJSON, fromYAML)
	}
}

// The drift between real versions, and against a server that runs.
func TestDriftOfVersions(t *testing.T) {
	if testing.Short() {
		t.Skip("installs Label Studio")
	}
	t.Parallel()
	const old, small = "1.22.0", "1.23.0"
	for _, version := range []string{old, small, server.LockedVersion()} {
		t.Logf("the first time on a machine, Label Studio %s is installed to describe itself", version)
		if _, err := publishedBy(t.Context(), version); err != nil {
			t.Fatal(err)
		}
	}
	gen := buildGen(t)
	report := func(t *testing.T, from, to string) *drift.Report {
		t.Helper()
		out, complaint, status := gen(t, "drift", "-root", "..", "-from", from, "-to", to, "-format", "json")
		if complaint != "" {
			t.Fatal(complaint)
		}
		var report drift.Report
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
		if report.Status != status {
			t.Errorf("exits with %d and says %d", status, report.Status)
		}
		return &report
	}
	// tells returns the changes in which a name is told of.
	tells := func(changes []drift.Change, name string) (told []string) {
		for _, change := range changes {
			if strings.Contains(change.Text, "`"+name+"`") {
				told = append(told, fmt.Sprintf("%s %s: %s", change.Class, change.Group, change.Text))
			}
		}
		return told
	}

	fromOld := report(t, old, server.LockedVersion())
	t.Run("from 1.22.0", func(t *testing.T) {
		t.Parallel()
		r := fromOld
		for _, c := range []drift.Contract{r.Published, r.Effective} {
			if c.Class != drift.Breaking {
				t.Errorf("is %s", c.Class)
			}
			want := []string{"breaking MLBackends: answer: the type of `basic_auth_pass_is_set` is `boolean`, was `string`"}
			if got := tells(c.Changes, "basic_auth_pass_is_set"); !slices.Equal(got, want) {
				t.Errorf("tells %q of the ML backends", got)
			}
			if len(c.Added) != 1 || c.Added[0].String() != "`Tasks.Agreement` (`GET /api/tasks/{id}/agreement/`)" || len(c.Removed) != 0 {
				t.Errorf("added %v, removed %v", c.Added, c.Removed)
			}
		}
		if r.Status != 2 || r.Version.Next != "major" || !r.Go.Compared {
			t.Errorf("status %d, next version %s, %s", r.Status, r.Version.Next, r.Go.Note)
		}
		if want := (drift.GoChange{Package: "generated", Text: "MLBackend.BasicAuthPassIsSet: changed from string to bool"}); !slices.Contains(r.Go.Changes, want) {
			t.Errorf("the Go API changes by %v", r.Go.Changes)
		}
		if len(r.Overlays.Before) == 0 || len(r.Overlays.Misfits)+len(r.Overlays.Obsolete) != 0 {
			t.Errorf("the overlays are said to fit otherwise: %+v", r.Overlays)
		}
	})
	t.Run("back to 1.22.0", func(t *testing.T) {
		t.Parallel()
		r := report(t, "..", old)
		if len(r.Overlays.Misfits) == 0 || len(r.Overlays.Obsolete) != 1 || len(r.Overlays.Before) != 0 {
			t.Errorf("the overlays: %+v", r.Overlays)
		}
		if r.Status != 2 || len(r.Effective.Removed) != 1 || !r.Go.Compared {
			t.Errorf("status %d, removed %v, %s", r.Status, r.Effective.Removed, r.Go.Note)
		}
	})
	t.Run("from 1.23.0", func(t *testing.T) {
		t.Parallel()
		r := report(t, small, server.LockedVersion())
		want := []string{
			"breaking Organizations: request: `created_by` is gone",
			"compatible Organizations: answer: `created_by` is always there",
			"compatible Organizations: answer: `created_by` is read-only",
		}
		if got := tells(r.Effective.Changes, "created_by"); !slices.Equal(got, want) || len(r.Effective.Changes) != len(want) {
			t.Errorf("tells %q", r.Effective.Changes)
		}
		if r.Status != 2 || len(r.Effective.Added)+len(r.Effective.Removed) != 0 {
			t.Errorf("status %d, added %v, removed %v", r.Status, r.Effective.Added, r.Effective.Removed)
		}
	})
	t.Run("to the same", func(t *testing.T) {
		t.Parallel()
		for _, from := range []string{server.LockedVersion(), ".."} {
			out, complaint, status := gen(t, "drift", "-root", "..", "-from", from, "-to", server.LockedVersion())
			if status != 0 || complaint != "" || !strings.HasPrefix(out, "No drift from ") || strings.Count(out, "\n") != 1 {
				t.Errorf("status %d, %q, printed %q", status, complaint, out)
			}
		}
	})
	t.Run("to a server", func(t *testing.T) {
		t.Parallel()
		running, err := server.Start(t.Context(), server.Options{Progress: func(line string) { t.Log(line) }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := running.Stop(); err != nil {
				t.Error(err)
			}
		})
		description, err := publishedBy(t.Context(), running.Version)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "description.json")
		writeFile(t, file, description)
		got := report(t, old, running.URL)
		if got.To != running.URL {
			t.Errorf("compared with %s", got.To)
		}
		got.To = fromOld.To
		if !reflect.DeepEqual(got, fromOld) {
			t.Errorf("the server drifts by\n%+v\nits version by\n%+v", got, fromOld)
		}
		if out, complaint, status := gen(t, "drift", "-root", "..", "-from", file, "-to", running.URL); status != 0 || complaint != "" || strings.Count(out, "\n") != 1 {
			t.Errorf("status %d, %q, printed %q", status, complaint, out)
		}
	})
}

// What exits says how bad it is, and only what could not be compared complains.
func TestDriftExitStatus(t *testing.T) {
	t.Parallel()
	root := smallCheckout(t)
	const differ = "gen/drift/differ"
	if err := os.CopyFS(filepath.Join(root, differ), os.DirFS(filepath.Join("..", differ))); err != nil {
		t.Fatal(err)
	}
	// Parameters of a whole path have no Go, which saves making it.
	contractOf := func(name, operations string) string {
		path := filepath.Join(root, name)
		writeFile(t, path, []byte("openapi: 3.0.3\ninfo: {title: Test, version: ''}\n"+
			"paths: {/a: {parameters: [{in: query, name: q, schema: {type: string}}], "+operations+"}}\n"))
		return path
	}
	const get, post = `get: {operationId: list, responses: {"204": {description: ""}}}`, `post: {operationId: add, responses: {"204": {description: ""}}}`
	one, both := contractOf("one.yaml", get), contractOf("both.yaml", get+", "+post)
	gen := buildGen(t)
	tests := []struct {
		name         string
		from, to     string
		status       int
		prints, says string
	}{
		{"no drift", one, one, 0, "No drift from ", ""},
		{"compatible", one, both, 1, "**Compatible** for users", ""},
		{"breaking", both, one, 2, "**Breaking** for users", ""},
		{"not compared", one, filepath.Join(root, "none.yaml"), 3, "", "gen: drift: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			out, complaint, status := gen(t, "drift", "-root", root, "-from", test.from, "-to", test.to)
			if status != test.status {
				t.Errorf("status %d, want %d", status, test.status)
			}
			if !strings.Contains(out, test.prints) || (test.prints == "") != (out == "") {
				t.Errorf("printed %q, want %q", out, test.prints)
			}
			if !strings.HasPrefix(complaint, test.says) || strings.Count(complaint, "\n") != test.status/notCompared {
				t.Errorf("complained %q, want %q", complaint, test.says)
			}
		})
	}
}

// buildGen builds this program and returns what runs it. That is many times
// faster than the same within a test that looks for races.
func buildGen(t *testing.T) func(t *testing.T, args ...string) (out, complaint string, status int) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "gen")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return func(t *testing.T, args ...string) (string, string, int) {
		t.Helper()
		var out, complaint bytes.Buffer
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Stdout, cmd.Stderr = &out, &complaint
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return out.String(), complaint.String(), cmd.ProcessState.ExitCode()
	}
}

// Whatever a file holds is refused or has facts, and those are their own.
func FuzzFactsOf(f *testing.F) {
	for _, seed := range []string{
		`{"openapi": "3.0.3", "paths": {"/a": {"get": {"description": "x"}}}}`,
		"openapi: 3.0.3\npaths: {/a: {get: {parameters: [{in: query, name: no, default: 0x1F}]}}}",
		"openapi: 3.0.3\ninfo: {title: ~, version: .inf}\n1: 2.50\n? [a]\n: 2001-01-01", "a: &b [*b]", "swagger: '2.0'", "[", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, description []byte) {
		facts, err := factsOf(description)
		if err != nil {
			return
		}
		again, err := factsOf(facts)
		if err != nil {
			t.Fatalf("the facts %q have none: %v", facts, err)
		}
		if !bytes.Equal(again, facts) {
			t.Errorf("the facts of\n%s\nare\n%s", facts, again)
		}
	})
}

// A status without an error has a text all the same, should somebody print it.
func TestExitStatusSaysSomething(t *testing.T) {
	t.Parallel()
	for want, status := range map[string]*exitStatus{"there is drift": {status: 2}, "no": {status: 3, err: errors.New("no")}} {
		if got := status.Error(); got != want {
			t.Errorf("status %d says %q, want %q", status.status, got, want)
		}
	}
}
