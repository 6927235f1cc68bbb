package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/labelstudio-go/labelstudio/e2e/outcomes"
)

// group is a line of the table.
type group struct {
	name  string
	files string // without the _test.go
	apart bool   // not in the sum
	tests []string
}

// groupTests returns the groups with the tests in their files: each file that
// has any is in one of them.
func groupTests(dir string) ([]group, error) {
	groups := []group{
		{name: "projects", files: "projects members"},
		{name: "tasks", files: "tasks paging filters views deletions"},
		{name: "annotations and predictions", files: "annotations results"},
		{name: "imports and uploads", files: "import importseq uploads"},
		{name: "exports and snapshots", files: "exports exportfile exportedtasks snapshots"},
		{name: "users and tokens", files: "users tokens auth"},
		{name: "validation", files: "validate labelconfig"},
		{name: "all groups: errors, guards, credentials, proxies, versions", files: "client compatibility do errors guards proxy routes security server"},
		{name: "storages and media", files: "exportstorages importstorages media storageserver storagesetup"},
		{name: "labels", files: "labels"},
		{name: "ML backends", files: "ml mlwaits"},
		{name: "webhooks", files: "webhookexample webhookevents webhooks"},
		{name: "queues and background jobs", files: "background queue"},
		{name: "both servers side by side", files: "embedded parity parity_core parity_files parity_filters parity_lists parity_odds parityids", apart: true},
	}
	at := map[string]int{}
	for i, g := range groups {
		for name := range strings.FieldsSeq(g.files) {
			at[name] = i
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		tests, err := outcomes.Tests(file)
		if err != nil {
			return nil, err
		}
		i, known := at[strings.TrimSuffix(filepath.Base(file), "_test.go")]
		if !known && len(tests) > 0 {
			return nil, fmt.Errorf("%s is of no group: put it into one in e2e/ran/groups.go", file)
		}
		groups[i].tests = append(groups[i].tests, tests...)
	}
	return groups, nil
}
