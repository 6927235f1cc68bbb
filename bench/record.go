package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// pageTasks is how many tasks a recorded page has.
const pageTasks = 100

const labelConfig = `<View><Text name="text" value="$text"/>
<Labels name="parts" toName="text"><Label value="Name"/><Label value="Place"/></Labels>
<Choices name="mood" toName="text"><Choice value="Good"/><Choice value="Bad"/></Choices></View>`

// A text and a result of the size that they have in practice.
const text = "The parcel came two days late and the box was torn, but the lamp itself is all right. " +
	"It gives a warm light, the switch feels solid, and in the evening one can read by it for hours. I would buy it again."

const result = `[{"id":"p1","from_name":"parts","to_name":"text","type":"labels","value":{"start":4,"end":10,"text":"parcel","labels":["Name"]}},
{"id":"p2","from_name":"parts","to_name":"text","type":"labels","value":{"start":43,"end":46,"text":"box","labels":["Place"]}},
{"id":"m1","from_name":"mood","to_name":"text","type":"choices","value":{"choices":["Good"]}}]`

// recording is what a real server answered.
type recording struct{ page, task string } // files

// record has a real server make a page of tasks with annotations, and an export.
func record(ctx context.Context, s *server.Server, dir string) (r recording, err error) {
	client, err := labelstudio.NewClient(s.URL, labelstudio.WithToken(server.LegacyToken))
	if err != nil {
		return r, err
	}
	project, err := newProject(ctx, client)
	if err != nil {
		return r, err
	}
	if _, err := client.Projects.ImportSeq(ctx, project, annotatedTasks(pageTasks), labelstudio.BatchOptions{}); err != nil {
		return r, err
	}
	var page json.RawMessage
	query := url.Values{"project": {strconv.FormatInt(project, 10)}, "fields": {"all"}, "page_size": {strconv.Itoa(pageTasks)}}
	if err := client.Do(ctx, http.MethodGet, "/api/tasks/", query, nil, &page); err != nil {
		return r, err
	}
	export, err := client.Exports.Open(ctx, project, labelstudio.ExportOptions{Format: "JSON"})
	if err != nil {
		return r, err
	}
	var exported []json.RawMessage
	if err := errors.Join(json.NewDecoder(export).Decode(&exported), export.Close()); err != nil {
		return r, err
	}
	r = recording{filepath.Join(dir, "page.json"), filepath.Join(dir, "task.json")}
	if err := os.WriteFile(r.page, page, 0o644); err != nil {
		return r, err
	}
	return r, os.WriteFile(r.task, exported[0], 0o644)
}

func newProject(ctx context.Context, client *labelstudio.Client) (int64, error) {
	project, err := client.Projects.Create(ctx, labelstudio.ProjectRequest{
		Title: labelstudio.Value("Benchmarks"), LabelConfig: new(labelConfig),
	})
	if err != nil {
		return 0, err
	}
	return project.ID, nil
}

// writeLines writes a file of tasks, one a line.
func writeLines(path string, tasks int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	for i := range tasks {
		if _, err := fmt.Fprintf(file, `{"data":{"text":%q,"number":%d}}`+"\n", text, i); err != nil {
			return err
		}
	}
	return file.Close()
}
