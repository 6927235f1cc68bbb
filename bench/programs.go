package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
)

// programs are the programs that are compared, each built into a folder.
type programs struct{ replay, ours, plain, corrected, published string }

func buildAll(ctx context.Context, dir string) (p programs, err error) {
	for path, dst := range map[string]*string{"./bench/replay": &p.replay, "./bench/ours": &p.ours, "./bench/plain": &p.plain} {
		*dst = filepath.Join(dir, filepath.Base(path))
		if err := build(ctx, ".", *dst, path); err != nil {
			return p, err
		}
	}
	if p.corrected, err = buildStock(ctx, filepath.Join(dir, "corrected"), "generated/openapi.yaml", "list_corrected.go.txt"); err != nil {
		return p, err
	}
	p.published, err = buildStock(ctx, filepath.Join(dir, "published"), "openapi/label-studio.yaml", "list_published.go.txt")
	return p, err
}

// buildStock builds the program of bench/stock on the client that oapi-codegen
// writes by itself for a contract, in a module of its own. Its requirements are
// among those of this module, so that they are in the module cache.
func buildStock(ctx context.Context, dir, contract, list string) (program string, err error) {
	document, err := util.LoadSwagger(contract)
	if err != nil {
		return "", err
	}
	config := codegen.Configuration{PackageName: "client", Generate: codegen.GenerateOptions{Models: true, Client: true}}.UpdateDefaults()
	code, err := codegen.Generate(document, config)
	if err != nil {
		return "", fmt.Errorf("%s: %w", contract, err)
	}
	module, err := os.ReadFile("go.mod")
	if err != nil {
		return "", err
	}
	module = bytes.Replace(module, []byte("module github.com/labelstudio-go/labelstudio"), []byte("module example.com/stock"), 1)
	files := map[string][]byte{"client/client.gen.go": []byte(code), "go.mod": module}
	for name, from := range map[string]string{
		"go.sum": "go.sum", "usage/usage.go": "bench/usage/usage.go", "main.go": "bench/stock/program.go.txt", "list.go": "bench/stock/" + list,
	} {
		if files[name], err = os.ReadFile(from); err != nil {
			return "", err
		}
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return "", err
		}
	}
	program = filepath.Join(dir, "stock")
	return program, build(ctx, dir, "stock", ".")
}

func build(ctx context.Context, dir, program, path string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, path)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOWORK=off")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", path, err, output)
	}
	return nil
}
