// Package contract knows where the description of the API stands in the module
// and how the effective contract is made from it: openapi/ with overlay/ applied.
package contract

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
	File          = "openapi/label-studio.yaml" // the server's own contract
	SourceFile    = "openapi/source.yaml"       // where it came from
	OverlayDir    = "overlay"                   // our corrections
	EffectiveFile = "generated/openapi.yaml"    // the contract with the corrections applied
)

// Source says where the contract came from: openapi/source.yaml.
type Source struct {
	Version string `yaml:"version"` // of Label Studio, as on PyPI
	SHA256  string `yaml:"sha256"`  // of the description as the server published it
}

// ReadSource reads openapi/source.yaml of the module at root.
func ReadSource(root string) (Source, error) {
	var src Source
	bytes, err := os.ReadFile(filepath.Join(root, SourceFile))
	if err != nil {
		return src, err
	}
	if err := yaml.Unmarshal(bytes, &src); err != nil {
		return src, fmt.Errorf("%s: %w", SourceFile, err)
	}
	if src.Version == "" || len(src.SHA256) != 64 {
		return src, fmt.Errorf("%s: needs a version and a sha256: run `make update`", SourceFile)
	}
	return src, nil
}

// Effective applies the overlays to the checked-in contract and validates the
// result. without, if it names an action, leaves that action out.
func Effective(root string, src Source, without overlay.Action) ([]byte, error) {
	bytes, err := os.ReadFile(filepath.Join(root, File))
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(bytes, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", File, err)
	}
	if doc.Kind != yaml.DocumentNode || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s: is not a map", File)
	}
	files, err := overlay.Load(filepath.Join(root, OverlayDir))
	if err != nil {
		return nil, err
	}
	if without == (overlay.Action{}) {
		err = overlay.Apply(&doc, files)
	} else {
		err = overlay.ApplyWithout(&doc, files, without)
	}
	if err != nil {
		return nil, fmt.Errorf("the overlays do not fit %s:\n%w", File, err)
	}
	return Finish(&doc, src.Version)
}

// Finish makes an effective contract of a description that the overlays were
// applied to, and validates it.
func Finish(doc *yaml.Node, version string) ([]byte, error) {
	if err := setVersion(doc, version); err != nil {
		return nil, err
	}
	sortKeys(doc)
	out, err := EncodeYAML(doc)
	if err != nil {
		return nil, err
	}
	if _, err := Load(out); err != nil {
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
				info.Content[j+1] = Text(version)
				return nil
			}
		}
	}
	return fmt.Errorf("%s: has no info.version", File)
}

// Load parses and validates an effective contract.
func Load(contract []byte) (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(contract)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", EffectiveFile, err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("%s is not valid OpenAPI: %w", EffectiveFile, err)
	}
	return doc, nil
}
