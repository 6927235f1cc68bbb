package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

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

const (
	// schemaPath is where a server publishes its description as JSON.
	schemaPath = "/docs/api/schema/json/"
	// tokenVariable names the environment variable with a token, for a server
	// behind something that asks for one.
	tokenVariable = "LABEL_STUDIO_API_KEY"
	// descriptionLimit is far more than the 600 kB of today's description.
	descriptionLimit = 64 << 20
)

// publishedAt asks a running server for its description.
func publishedAt(ctx context.Context, base string) ([]byte, error) {
	where, err := url.Parse(base)
	if err != nil || where.Host == "" {
		return nil, errors.New("is not the URL of a server")
	}
	if where.User != nil {
		return nil, fmt.Errorf("holds a password: give a token in %s", tokenVariable)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if !strings.HasSuffix(where.Path, ".json") && !strings.Contains(where.Path, "/schema") {
		where = where.JoinPath(schemaPath)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, where.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	client := &http.Client{}
	if token := os.Getenv(tokenVariable); token != "" {
		request.Header.Set("Authorization", "Token "+token)
		client.CheckRedirect = sameOrigin
	}
	answer, err := client.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, fmt.Errorf("cannot be reached: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s answers %s: is this a Label Studio of 1.21.0 or newer, and does it need a legacy token in %s?",
			where.Path, answer.Status, tokenVariable)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, descriptionLimit+1))
	if err == nil && len(text) > descriptionLimit {
		err = errors.New("is longer than any description")
	}
	return text, err
}

// sameOrigin keeps a token with the server that it is for: http.Client itself
// hands it on to another port or scheme of the same host.
func sameOrigin(next *http.Request, before []*http.Request) error {
	if first := before[0].URL; next.URL.Scheme != first.Scheme || next.URL.Host != first.Host {
		return fmt.Errorf("redirects to %s://%s, which is not to get the token: compare with that URL, or without %s",
			next.URL.Scheme, next.URL.Host, tokenVariable)
	}
	if len(before) >= 10 {
		return errors.New("stopped after 10 redirects")
	}
	return nil
}

// withoutPassword is a URL for people to read.
func withoutPassword(text string) string {
	where, err := url.Parse(text)
	if err != nil {
		return "the URL"
	}
	where.User, where.RawQuery, where.Fragment = nil, "", ""
	return where.String()
}

// factsOf is canonical for a description in JSON or in YAML.
func factsOf(description []byte) ([]byte, error) {
	if trimmed := bytes.TrimSpace(description); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed) {
		return canonical(description)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(description, &doc); err != nil {
		return nil, errors.New("the description is neither JSON nor YAML")
	}
	if doc.Kind != yaml.DocumentNode || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("the description is not an OpenAPI document")
	}
	value, err := plain(doc.Content[0])
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return canonical(text)
}

// plain turns YAML into what JSON decodes to, numbers with their digits.
func plain(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		object := make(map[string]any, len(n.Content)/2)
		for key, below := range pairs(n) {
			value, err := plain(below)
			if err != nil {
				return nil, err
			}
			object[key] = value
		}
		return object, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, below := range n.Content {
			value, err := plain(below)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	case yaml.ScalarNode:
		switch tag := n.ShortTag(); {
		case (tag == "!!int" || tag == "!!float") && json.Valid([]byte(n.Value)):
			return json.Number(n.Value), nil
		case tag == "!!str" || tag == "!!timestamp":
			return n.Value, nil
		}
		var value any
		err := n.Decode(&value)
		return value, err
	default:
		return nil, fmt.Errorf("line %d: YAML aliases are not understood", n.Line)
	}
}
