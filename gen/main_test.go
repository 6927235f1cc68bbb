package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunCommandRefuses(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"nothing", nil, usage},
		{"an unknown command", []string{"drifts"}, usage},
		{"an unknown flag", []string{"check", "-fix"}, "flag provided but not defined: -fix"},
		{"an argument too many", []string{"generate", "now"}, usage},
		{"a version without its flag", []string{"update", "1.2.3"}, usage},
		{"no version", []string{"update"}, "update: -version is missing: give one from PyPI, such as -version "},
		{"a version that is a word", []string{"update", "-version", "newest"}, `update: "newest" is not a version: give one from PyPI, such as `},
		{"a version that is an option", []string{"update", "-version", "--pre"}, `update: "--pre" is not a version`},
		{"a version that is a range", []string{"update", "-version", ">=1.2"}, `update: ">=1.2" is not a version`},
		{"a version with a space", []string{"update", "-version", "1.2 evil"}, `update: "1.2 evil" is not a version`},
		{"a single number", []string{"update", "-version", "1"}, `update: "1" is not a version`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir()) // the root by default
			err := runCommand(t.Context(), test.args, io.Discard)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got the error %v, want %s", err, test.want)
			}
			assertTree(t, ".", nil)
		})
	}
}

// What generate writes, check accepts; what somebody edits, it names.
func TestGenerateAndCheck(t *testing.T) {
	root := smallCheckout(t)
	if err := runCommand(t.Context(), []string{"generate", "-root", root}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := runCommand(t.Context(), []string{"check", "-root", root}, io.Discard); err != nil {
		t.Fatal(err)
	}
	edited := filepath.Join(root, "generated/things.gen.go")
	writeFile(t, edited, append([]byte("// by hand\n"), readFile(t, edited)...))
	err := runCommand(t.Context(), []string{"check", "-root", root}, io.Discard)
	if err == nil || !strings.HasSuffix(err.Error(), "\ngenerated/things.gen.go differs from line 1 on") {
		t.Errorf("got the error %v", err)
	}
}
