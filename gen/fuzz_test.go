package main

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// Whatever contract the overlays leave becomes Go, or a fault that says why not.
// What is in the folder of its corpus was found, or is a schema made of itself.
func FuzzBuildFrom(f *testing.F) {
	f.Fuzz(func(t *testing.T, description []byte) {
		if len(description) > 4000 {
			t.Skip("too long")
		}
		var doc yaml.Node
		if yaml.Unmarshal(description, &doc) != nil || doc.Kind != yaml.DocumentNode || doc.Content[0].Kind != yaml.MappingNode {
			return
		}
		effective, err := contract.Finish(&doc, "1.2.3")
		if err != nil {
			return
		}
		files, err := buildFrom(effective, testSource)
		if err != nil {
			return
		}
		for name, text := range files {
			if !strings.HasSuffix(name, ".go") {
				continue
			}
			if _, err := parser.ParseFile(token.NewFileSet(), name, text, 0); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
		}
	})
}
