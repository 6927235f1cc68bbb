package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is where the module begins.
const root = "../.."

// patch replaces the only place in a file of the client where a text stands.
type patch struct{ file, old, new string }

// mutated are the scenarios of the mutations: enough to find each.
const mutated = "^(tasks/Create/(drop answer|reset after)|export/(Exports.Open|Exports.Export)/(cut body|too long)|" +
	"tokens/(Create|Rotate)/(cut body|other status)|projects/(Create|Update)/(cut body|hang)|" +
	"projects/(Get|List)/(redirect away|echo)|projects/(Create|Delete|Update)/echo|import/ImportSeq, key/reset before)/(legacy|pat)/0$"

// A client that does what it must not is found out, and this one is not.
func TestMutations(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		patches []patch
		want    string // is wrong then
	}{
		{name: "none"},
		{"repeats a POST", []patch{{
			"retry.go", "case http.MethodGet, http.MethodHead,", "case http.MethodPost, http.MethodGet, http.MethodHead,",
		}}, "- sent twice: POST /api/tasks/"},
		{"ignores truncation", []patch{{
			"body.go", "n, err := b.ReadCloser.Read(p)\n",
			"n, err := b.ReadCloser.Read(p)\nif errors.Is(err, io.ErrUnexpectedEOF) {\nerr = io.EOF\n}\n",
		}, {
			"download.go", "if b.left > 0 && errors.Is(err, io.EOF) {", "if b.left < 0 && errors.Is(err, io.EOF) {",
		}}, "- success with another result: "},
		{"ignores truncation of what it writes", []patch{{
			"call.go", "if err == nil {\n\t\t\terr = checkIdentity(req, out)\n\t\t}\n",
			"if req.Method != http.MethodGet {\nerr = nil\n}\n",
		}, {
			"call.go", "if answer.err != nil && !errors.Is(answer.err, io.ErrUnexpectedEOF) {",
			"if answer.err != nil && !errors.Is(answer.err, io.ErrUnexpectedEOF) && req.Method == http.MethodGet {",
		}}, "- success with what the server has not answered: "},
		{"outlives its context", []patch{{
			"call.go", "return c.sendError(req.Context(), sent, res, err)",
			"time.Sleep(1500 * time.Millisecond)\nreturn c.sendError(req.Context(), sent, res, err)",
		}}, "- the call took "},
		{"follows a redirect with its token", []patch{{
			"auth.go", "if originOf(req.URL) != t.origin {", "if false {",
		}}, "- a token is in a request to another origin"},
		{"shows a token that is escaped", []patch{{
			"errors_parse.go", "defer scrub.reasons(e)\n", "",
		}}, "- a token is in the error"},
		{"takes a lost batch for imported", []patch{{
			"importseq.go", "case found >= count:", "case found >= 0:",
		}}, " times, by the client's account at least "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			program := build(t, test.patches)
			cmd := exec.CommandContext(t.Context(), program, "-servers", "1", "-only", mutated)
			output, err := cmd.CombinedOutput()
			var failed *exec.ExitError
			if err != nil && !errors.As(err, &failed) {
				t.Fatal(err)
			}
			if test.want == "" && err != nil {
				t.Errorf("%v:\n%s", err, output)
			}
			if test.want != "" && (err == nil || !strings.Contains(string(output), test.want)) {
				t.Errorf("ended with %v, and nothing with %q is wrong:\n%s", err, test.want, output)
			}
		})
	}
}

// build builds the command with a client that is patched.
func build(t *testing.T, patches []patch) string {
	t.Helper()
	dir := t.TempDir()
	replaced := map[string]string{}
	for _, p := range patches {
		path, err := filepath.Abs(filepath.Join(root, p.file))
		if err != nil {
			t.Fatal(err)
		}
		from := path
		if replaced[path] != "" { // patched already
			from = replaced[path]
		}
		source, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), p.old); n != 1 {
			t.Fatalf("%s has %q %d times: mend the mutation", p.file, p.old, n)
		}
		replaced[path] = filepath.Join(dir, p.file)
		if err := os.WriteFile(replaced[path], []byte(strings.Replace(string(source), p.old, p.new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	path, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "faults")
	if err := os.WriteFile(path, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", path, "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("building the mutation: %v:\n%s", err, output)
	}
	return program
}
