package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio/internal/overlay"
)

// Where things stand below the root of the module.
const (
	contractFile  = "openapi/label-studio.yaml"
	sourceFile    = "openapi/source.yaml"
	overlayDir    = "overlay"
	effectiveFile = "generated/openapi.yaml"
)

// source says where the contract came from: openapi/source.yaml.
type source struct {
	Version string `yaml:"version"` // of Label Studio, as on PyPI
	SHA256  string `yaml:"sha256"`  // of the description as the server published it
}

func readSource(root string) (source, error) {
	var src source
	bytes, err := os.ReadFile(filepath.Join(root, sourceFile))
	if err != nil {
		return src, err
	}
	if err := yaml.Unmarshal(bytes, &src); err != nil {
		return src, fmt.Errorf("%s: %w", sourceFile, err)
	}
	if src.Version == "" || len(src.SHA256) != 64 {
		return src, fmt.Errorf("%s: needs a version and a sha256: run `make update`", sourceFile)
	}
	return src, nil
}

// effective applies the overlays to the checked-in contract and validates the
// result. without, if it names an action, leaves that action out.
func effective(root string, src source, without overlay.Action) ([]byte, error) {
	bytes, err := os.ReadFile(filepath.Join(root, contractFile))
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(bytes, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", contractFile, err)
	}
	files, err := overlay.Load(filepath.Join(root, overlayDir))
	if err != nil {
		return nil, err
	}
	if without == (overlay.Action{}) {
		err = overlay.Apply(&doc, files)
	} else {
		err = overlay.ApplyWithout(&doc, files, without)
	}
	if err != nil {
		return nil, fmt.Errorf("the overlays do not fit %s:\n%w", contractFile, err)
	}
	if err := setVersion(&doc, src.Version); err != nil {
		return nil, err
	}
	sortKeys(&doc)
	out, err := encodeYAML(&doc)
	if err != nil {
		return nil, err
	}
	if _, err := load(out); err != nil {
		return nil, err
	}
	return out, nil
}

// setVersion puts the server's version where OpenAPI keeps it; what the server
// publishes leaves it empty.
func setVersion(doc *yaml.Node, version string) error {
	for i, n := range doc.Content[0].Content {
		if n.Value != "info" || i%2 == 1 {
			continue
		}
		info := doc.Content[0].Content[i+1]
		for j := 0; j+1 < len(info.Content); j += 2 {
			if info.Content[j].Value == "version" {
				info.Content[j+1] = text(version)
				return nil
			}
		}
	}
	return fmt.Errorf("%s: has no info.version", contractFile)
}

// load parses and validates an effective contract.
func load(contract []byte) (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(contract)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", effectiveFile, err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("%s is not valid OpenAPI: %w", effectiveFile, err)
	}
	return doc, nil
}
