package contract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

const (
	goodSource = "version: 1.2.3\nsha256: 0123456789012345678901234567890123456789012345678901234567890123\n"

	goodContract = `
components:
  schemas:
    B: {type: string}
    A: {type: object, properties: {z: {type: string}, a: {type: string}}}
info: {title: API, version: ""}
openapi: 3.0.3
paths: {}
`
	goodOverlay = `
overlay: 1.1.0
info: {title: t, version: 1.0.0}
actions:
  - {target: $.components.schemas.B, description: d, update: {nullable: true, format: uuid}}
  - {target: $.components.schemas.B, description: d, update: {maxLength: 9}}
`
)

// root makes the root of a module that holds files.
func root(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func assertError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got the error %v, want %s", err, want)
	}
}

func TestReadSource(t *testing.T) {
	t.Parallel()
	src, err := ReadSource(root(t, map[string]string{SourceFile: goodSource}))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Source{Version: "1.2.3", SHA256: "0123456789012345678901234567890123456789012345678901234567890123"}); src != want {
		t.Errorf("got %+v, want %+v", src, want)
	}
}

func TestReadSourceRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no file", nil, SourceFile},
		{"no YAML", map[string]string{SourceFile: "\t"}, SourceFile + ": yaml: "},
		{"another shape", map[string]string{SourceFile: "[]"}, SourceFile + ": yaml: "},
		{"nothing", map[string]string{SourceFile: ""}, SourceFile + ": needs a version and a sha256: run `make update`"},
		{"no version", map[string]string{SourceFile: strings.Replace(goodSource, "version", "v", 1)}, SourceFile + ": needs a version and a sha256"},
		{"a short hash", map[string]string{SourceFile: "version: 1.2.3\nsha256: abc"}, SourceFile + ": needs a version and a sha256"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadSource(root(t, test.files))
			assertError(t, err, test.want)
		})
	}
}

func TestEffective(t *testing.T) {
	t.Parallel()
	dir := root(t, map[string]string{File: goodContract, OverlayDir + "/10-x.yaml": goodOverlay})
	got, err := Effective(dir, Source{Version: "1.10"}, overlay.Action{})
	if err != nil {
		t.Fatal(err)
	}
	const want = `components:
  schemas:
    A: {properties: {a: {type: string}, z: {type: string}}, type: object}
    B: {format: uuid, maxLength: 9, nullable: true, type: string}
info: {title: API, version: "1.10"}
openapi: 3.0.3
paths: {}
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEffectiveWithoutOneAction(t *testing.T) {
	t.Parallel()
	dir := root(t, map[string]string{File: goodContract, OverlayDir + "/10-x.yaml": goodOverlay})
	files, err := overlay.Load(filepath.Join(dir, OverlayDir))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Effective(dir, Source{Version: "1"}, files[0].Actions[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := "B: {maxLength: 9, type: string}"; !strings.Contains(string(got), want) {
		t.Errorf("got\n%s\nwant in it %s", got, want)
	}
}

func TestEffectiveRefuses(t *testing.T) {
	t.Parallel()
	const overlayFile = OverlayDir + "/10-x.yaml"
	update := func(target, update string) string {
		return "overlay: 1.1.0\nactions: [{target: " + target + ", description: d, update: " + update + "}]"
	}
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no contract", map[string]string{overlayFile: goodOverlay}, File},
		{"no overlays", map[string]string{File: goodContract}, "overlay: no overlay files (*.yaml)"},
		{"a contract that is not YAML", map[string]string{File: "\t", overlayFile: goodOverlay}, File + ": yaml: "},
		{"an empty contract", map[string]string{File: "", overlayFile: goodOverlay}, File + ": is not a map"},
		{"a contract that is a list", map[string]string{File: "[info]", overlayFile: goodOverlay}, File + ": is not a map"},
		{
			"an overlay with a fault",
			map[string]string{File: goodContract, overlayFile: "overlay: 1.1.0\nactions: [{target: $.info, remove: true}]"},
			"10-x.yaml: action 1 (remove $.info): has no description",
		},
		{
			"an overlay that does not fit",
			map[string]string{File: goodContract, overlayFile: update("$.components.schemas.C", "{nullable: true}")},
			"the overlays do not fit " + File + ":\n10-x.yaml: action 1 (update $.components.schemas.C): matches nothing",
		},
		{
			"a contract without a version",
			map[string]string{File: strings.Replace(goodContract, "version", "v", 1), overlayFile: goodOverlay},
			File + ": has no info.version",
		},
		{
			"a contract without info",
			map[string]string{File: strings.Replace(goodContract, "info", "x-info", 1), overlayFile: goodOverlay},
			File + ": has no info.version",
		},
		{
			"info that is text",
			map[string]string{File: strings.Replace(goodContract, `{title: API, version: ""}`, "text", 1), overlayFile: goodOverlay},
			File + ": has no info.version",
		},
		{
			"a result that is not OpenAPI",
			map[string]string{File: goodContract, overlayFile: update("$.components.schemas.B", "{minLength: -1}")},
			EffectiveFile,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Effective(root(t, test.files), Source{Version: "1"}, overlay.Action{})
			assertError(t, err, test.want)
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, contract, want string }{
		{"what is not YAML", "\t", EffectiveFile + ": "},
		{"a field that OpenAPI does not have", goodContract + "security_: []", EffectiveFile + " is not valid OpenAPI: "},
		{"no paths", "openapi: 3.0.3\ninfo: {title: t, version: v}", EffectiveFile + " is not valid OpenAPI: "},
		{
			"a schema that is nowhere",
			strings.Replace(goodContract, "B: {type: string}", "B: {$ref: '#/components/schemas/C'}", 1),
			EffectiveFile + ": ",
		},
		{
			"a path parameter that is not described",
			strings.Replace(goodContract, "paths: {}", "paths: {'/a/{id}': {get: {responses: {'200': {description: ''}}}}}", 1),
			EffectiveFile + " is not valid OpenAPI: ",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Load([]byte(test.contract))
			assertError(t, err, test.want)
		})
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"plain": "plain", "two words": "two words", "": `""`, "1": `"1"`, "1.5": `"1.5"`, "true": `"true"`, "null": `"null"`,
		"yes": `"yes"`, "Off": `"Off"`, "2024-01-02": `"2024-01-02"`, "a: b": `'a: b'`, "#/a": `'#/a'`, " \n": `" \n"`,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := EncodeYAML(Text(text))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != want+"\n" {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}
