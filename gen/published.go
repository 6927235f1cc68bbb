package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// publishedBy returns the description of a version of Label Studio. It is kept
// in the cache folder under its SHA-256, as installing a version takes minutes;
// one that does not have it any more is made anew.
func publishedBy(ctx context.Context, version string) ([]byte, error) {
	cache, err := server.CacheDir()
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(cache, "descriptions")
	kept, err := filepath.Glob(filepath.Join(folder, version+"-*.json"))
	if err != nil {
		return nil, err
	}
	for _, path := range kept {
		if text, err := os.ReadFile(path); err == nil && path == keptAs(folder, version, text) {
			return text, nil
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	text, err := publish(ctx, version)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	return text, os.WriteFile(keptAs(folder, version, text), text, 0o644)
}

func keptAs(folder, version string, text []byte) string {
	return filepath.Join(folder, fmt.Sprintf("%s-%x.json", version, sha256.Sum256(text)))
}
