package main

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strconv"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

const (
	realTasks = 5_000
	ofReal    = "5,000 tasks of the real server"
)

// importReal imports into new projects of the real server.
func (b *works) importReal(ctx context.Context) error {
	file := path(b.dir, "real.jsonl")
	if err := writeLines(file, realTasks); err != nil {
		return err
	}
	client, err := b.realClient()
	if err != nil {
		return err
	}
	into := func(program string, args ...string) func() (usage, error) {
		return func() (usage, error) {
			project, err := newProject(ctx, client)
			if err != nil {
				return usage{}, err
			}
			args := append(args, "-work", "import", "-url", b.real.URL, "-file", file, "-project", strconv.FormatInt(project, 10))
			return b.runs(ctx, program, args...)()
		}
	}
	a, p, err := measure(b.rounds, into(b.programs.ours), into(b.python, "bench/sdk/sdk.py"))
	if err != nil {
		return err
	}
	b.add(figure{"import 5,000 tasks into the real server, s, Python SDK", middle(a, wall), middle(p, wall), 1})
	return nil
}

// exportReal lists, saves and decodes a project of the real server, which is
// most of what this takes.
func (b *works) exportReal(ctx context.Context) error {
	client, err := b.realClient()
	if err != nil {
		return err
	}
	project, err := newProject(ctx, client)
	if err != nil {
		return err
	}
	if _, err := client.Projects.ImportSeq(ctx, project, annotatedTasks(realTasks), labelstudio.BatchOptions{}); err != nil {
		return err
	}
	id := strconv.FormatInt(project, 10)
	at := []string{"-url", b.real.URL, "-project", id}
	a, p, err := measure(b.rounds, b.runs(ctx, b.programs.ours, append(slices.Clip(at), "-work", "list")...),
		b.runs(ctx, b.python, append([]string{"bench/sdk/sdk.py", "-work", "list"}, at...)...))
	if err != nil {
		return err
	}
	b.add(figure{"list " + ofReal + ", s, Python SDK", middle(a, wall), middle(p, wall), 0})
	b.add(figure{"list " + ofReal + ", CPU s, Python SDK", middle(a, cpu), middle(p, cpu), 1.0 / 6})
	snapshot, err := client.Snapshots.Create(ctx, project, labelstudio.SnapshotRequest{})
	if err != nil {
		return err
	}
	if _, err := client.Snapshots.Wait(ctx, project, snapshot.ID, nil); err != nil {
		return err
	}
	at = append(at, "-snapshot", strconv.FormatInt(snapshot.ID, 10))
	if err := b.save(ctx, ofReal, "save", at, 0); err != nil {
		return err
	}
	return b.decode(ctx, ofReal, at, 0)
}

func (b *works) realClient() (*labelstudio.Client, error) {
	return labelstudio.NewClient(b.real.URL, labelstudio.WithToken(server.LegacyToken))
}

// annotatedTasks are tasks with two annotations and a prediction each.
func annotatedTasks(count int) iter.Seq2[labelstudio.TaskInput, error] {
	return func(yield func(labelstudio.TaskInput, error) bool) {
		for i := range count {
			task, err := labelstudio.NewTaskInput(map[string]any{"text": text, "number": i})
			task.Annotations = []labelstudio.AnnotationInput{{Result: json.RawMessage(result)}, {Result: json.RawMessage(result)}}
			task.Predictions = []labelstudio.PredictionInput{{Result: json.RawMessage(result)}}
			if !yield(task, err) {
				return
			}
		}
	}
}
