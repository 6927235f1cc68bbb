package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// scope holds the groups to look at: none for all of them.
var scope = map[string]bool{}

func inScope(id string) bool {
	group, _, _ := strings.Cut(id, ".")
	return len(scope) == 0 || scope[group]
}

// upstreamDescription is the server's own contract, with the operations named
// as in ours, so that both are measured on the same ones.
func upstreamDescription(root string, effective *description) (*description, error) {
	text, err := os.ReadFile(filepath.Join(root, contract.File))
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	upstream := newDescription(doc)
	for _, op := range upstream.ops {
		for _, ours := range effective.ops {
			if ours.method == op.method && ours.template == op.template {
				op.id, op.rest = ours.id, ours.rest
			}
		}
	}
	return upstream, nil
}
