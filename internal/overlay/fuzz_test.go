package overlay

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// maxInput bounds the inputs of the fuzz tests: what is interesting is small.
const maxInput = 2000

var overlaySeeds = []string{
	"overlay: 1.1.0\nactions: [{target: $.info, description: d, remove: true}]",
	"overlay: 1.1.0\nactions: [{target: '$.paths.*.get', description: d, update: {tags: [z]}}]",
	"overlay: 1.1.0\nactions: [{target: '$..tags~', description: d, update: x}]",
	"overlay: 1.1.0\nactions: [{target: \"$.paths[?(@.get.tags[0] == 'x')]\", description: d, update: {a: &a [1], b: *a}}]",
	"overlay: 1.1.0\nactions: [{target: $, description: d, update: {<<: {a: 1}}}]",
	"overlay: 1.0.0",
	"",
}

func FuzzParse(f *testing.F) {
	for _, seed := range overlaySeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > maxInput {
			t.Skip("too long")
		}
		file, err := Parse("f.yaml", data)
		if (file == nil) == (err == nil) {
			t.Errorf("got %v and %v", file, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "f.yaml: ") {
			t.Errorf("%v: does not name the file", err)
		}
	})
}

func FuzzApply(f *testing.F) {
	for _, seed := range overlaySeeds {
		f.Add([]byte(seed), []byte(description))
	}
	f.Add([]byte(overlaySeeds[0]), []byte("[]"))
	f.Add([]byte(overlaySeeds[1]), []byte(""))
	f.Fuzz(func(t *testing.T, data, text []byte) {
		if len(data)+len(text) > maxInput {
			t.Skip("too long")
		}
		file, err := Parse("f.yaml", data)
		if err != nil {
			t.Skip("no overlay")
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(text, &doc); err != nil || hasAlias(&doc) {
			t.Skip("no description")
		}
		for _, fault := range ApplyFitting(&doc, []*File{file}) {
			if fault.Action.File != "f.yaml" || fault.Reason == "" {
				t.Errorf("%v: names no action or no reason", fault)
			}
		}
	})
}
