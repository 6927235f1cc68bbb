package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// scope lists the groups whose corrections are done, and what of them is not.
var (
	scope    = map[string]bool{"Projects": true, "Tasks": true, "Tokens": true}
	notScope = map[string]bool{
		"Projects.Import": true, "Projects.ImportPredictions": true, "Projects.GetImport": true, "Projects.GetReimport": true,
	}
)

func inScope(id string) bool {
	group, _, _ := strings.Cut(id, ".")
	return scope[group] && !notScope[id]
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
				op.id = ours.id
			}
		}
	}
	return upstream, nil
}
