package server

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

//go:embed routes.py
var routesScript string

// Route is a line of a server's URL table.
type Route struct {
	Route   string   // as Django writes it, "/api/tasks/<int:pk>/"
	Methods []string // what its view answers, without HEAD and OPTIONS
}

// Routes returns the URL table of an installed server. It needs neither a database nor a running server.
func Routes(ctx context.Context, env *Environment) ([]Route, error) {
	scratch, err := os.MkdirTemp("", "labelstudio-routes-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(scratch) }() // what is left of a scratch folder harms nobody

	cmd := exec.CommandContext(ctx, env.Python(), "-c", routesScript)
	cmd.Dir = env.source()
	cmd.Env = environ(scratch, "DJANGO_SETTINGS_MODULE=core.settings.label_studio", "PYTHONPATH="+env.source())
	var output bytes.Buffer
	if err := run(cmd, &output); err != nil {
		return nil, fmt.Errorf("reading the routes of Label Studio %s: %w", env.Version, because(lastMeaningful(output.String()), err))
	}
	// The server logs before that, to the same place.
	text := bytes.TrimSpace(output.Bytes())
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
	}
	var routes []Route
	if err := json.Unmarshal(text, &routes); err != nil {
		return nil, fmt.Errorf("reading the routes of Label Studio %s: %w", env.Version, err)
	}
	return routes, nil
}
