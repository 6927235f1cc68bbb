package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// unofferedFile lists what the server routes and the contract leaves out.
const unofferedFile = "gen/unoffered.yaml"

// unoffered is one entry of that list.
type unoffered struct {
	Route   string   // as in the account; a "*" stands for anything
	Methods []string // none means all
	Reason  string
}

// routes prints an account of everything that a version of the server routes:
// offered by the contract, or left out for a reason. It fails if anything is
// neither, if the contract has what the server does not route, and if a reason
// is for nothing.
func routes(ctx context.Context, out io.Writer, root, version string) error {
	if version == "" {
		version = server.LockedVersion()
	}
	version, err := numbered(ctx, version)
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	var table []server.Route
	err = withServer(ctx, version, func(env *server.Environment, _ string) (err error) {
		table, err = server.Routes(ctx, env)
		return err
	})
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(root, contract.EffectiveFile))
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	doc, err := contract.Load(text)
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	offered := map[string]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			offered[method+" "+plainRoute(path)] = op.OperationID
		}
	}
	list, err := os.ReadFile(filepath.Join(root, unofferedFile))
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	var reasons []unoffered
	if err := yaml.Unmarshal(list, &reasons); err != nil {
		return fmt.Errorf("routes: %s: %w", unofferedFile, err)
	}
	return account(out, version, table, offered, reasons)
}

func account(out io.Writer, version string, table []server.Route, offered map[string]string, reasons []unoffered) error {
	routed := map[string]bool{}
	for _, route := range table {
		for _, method := range route.Methods {
			routed[method+" "+plainRoute(route.Route)] = true
		}
	}
	var problems []string
	used := map[int]bool{}
	counts := struct{ offered, reasoned int }{}
	for _, key := range slices.Sorted(maps.Keys(routed)) {
		method, route, _ := strings.Cut(key, " ")
		i := slices.IndexFunc(reasons, func(u unoffered) bool { return u.covers(method, route) })
		switch {
		case offered[key] != "":
			counts.offered++
		case i >= 0:
			counts.reasoned++
			used[i] = true
		default:
			problems = append(problems, "unaccounted: "+key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(offered)) {
		if !routed[key] {
			problems = append(problems, fmt.Sprintf("not routed: %s (%s)", key, offered[key]))
		}
	}
	for i, u := range reasons {
		switch {
		case !used[i]:
			problems = append(problems, fmt.Sprintf("%s: the reason for %s %s is for nothing", unofferedFile, strings.Join(u.Methods, ","), u.Route))
		case u.Reason == "":
			problems = append(problems, fmt.Sprintf("%s: %s has no reason", unofferedFile, u.Route))
		}
	}
	for _, problem := range problems {
		_, _ = fmt.Fprintln(out, problem)
	}
	unaccounted := len(routed) - counts.offered - counts.reasoned
	_, _ = fmt.Fprintf(out, "Label Studio %s: %d routed methods, %d offered, %d left out for a reason, %d unaccounted\n",
		version, len(routed), counts.offered, counts.reasoned, unaccounted)
	if len(problems) > 0 {
		return fmt.Errorf("routes: %d problems", len(problems))
	}
	return nil
}

var routeParameter = regexp.MustCompile(`<[^>]*>|\{[^}]*\}`)

// plainRoute writes a route of Django or a path of the contract without the
// names of its parameters.
func plainRoute(route string) string {
	return strings.ReplaceAll(routeParameter.ReplaceAllString(route, "{}"), `\`, "")
}

func (u unoffered) covers(method, route string) bool {
	if len(u.Methods) > 0 && !slices.Contains(u.Methods, method) {
		return false
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta(u.Route), `\*`, ".*")
	return regexp.MustCompile("^" + pattern + "$").MatchString(route)
}
