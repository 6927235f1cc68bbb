package e2e

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

// refusal is a call that the server refuses, and how.
type refusal struct {
	name   string
	call   func() error
	status int
	detail string   // a part of it
	fields []string // with reasons
}

func checkRefusals(t *testing.T, tests []refusal) {
	t.Helper()
	kinds := map[int]error{
		400: labelstudio.ErrValidation, 401: labelstudio.ErrUnauthorized, 403: labelstudio.ErrForbidden,
		404: labelstudio.ErrNotFound, 409: labelstudio.ErrConflict, 500: labelstudio.ErrServer,
	}
	for _, test := range tests {
		err := test.call()
		if err == nil {
			t.Errorf("%s: no error", test.name)
			continue
		}
		answer := wantAnswer(t, err, kinds[test.status])
		fields := slices.Sorted(maps.Keys(answer.Fields))
		if answer.StatusCode != test.status || !strings.Contains(answer.Detail, test.detail) || !slices.Equal(fields, test.fields) {
			t.Errorf("%s: got %d, %q and reasons for %q; want %d, %q and reasons for %q\n%v",
				test.name, answer.StatusCode, answer.Detail, fields, test.status, test.detail, test.fields, err)
		}
	}
}

const (
	validation = "Validation error"
	noPage     = "Invalid page."
)

func TestProjectErrors(t *testing.T) {
	t.Parallel()
	client := admin(t)
	ctx := t.Context()
	project := newProject(t, client).ID
	annotate(t, client, newTask(t, client, project, "x").ID, object{"result": json.RawMessage(regions)})
	list := func(params labelstudio.ProjectsListParams) func() error {
		return func() error { _, err := client.Projects.List(ctx, &params); return err }
	}
	counts := func(params labelstudio.ProjectsCountsParams) func() error {
		return func() error { _, err := client.Projects.Counts(ctx, &params); return err }
	}
	create := func(req labelstudio.ProjectRequest) func() error {
		return func() error { _, err := client.Projects.Create(ctx, req); return err }
	}
	get := func(id int64) func() error {
		return func() error { _, err := client.Projects.Get(ctx, id); return err }
	}
	update := func(id int64, req labelstudio.ProjectUpdateRequest) func() error {
		return func() error { _, err := client.Projects.Update(ctx, id, req); return err }
	}
	remove := func(id int64) func() error {
		return func() error { return client.Projects.Delete(ctx, id) }
	}
	annotators := func(id int64) func() error {
		return func() error { _, err := client.Projects.Annotators(ctx, id); return err }
	}
	validate := func(id int64, config string) func() error {
		return func() error { _, err := client.Projects.ValidateConfigFor(ctx, id, config); return err }
	}
	number := object{"label_config": 5}
	do := func(method, path string, body any) func() error {
		return func() error { return client.Do(ctx, method, path, nil, body, nil) }
	}
	path := "/api/projects/" + itoa(project) + "/"
	checkRefusals(t, []refusal{
		{"list: null character", list(labelstudio.ProjectsListParams{Title: new("\x00")}), 400, validation, []string{"title"}},
		{"list: page past the end", list(labelstudio.ProjectsListParams{Page: new(int64(missing))}), 404, noPage, nil},
		{"list: ids that are none", list(labelstudio.ProjectsListParams{IDs: new("x")}), 500, "", nil},
		{"counts: null character", counts(labelstudio.ProjectsCountsParams{Title: new("\x00")}), 400, validation, []string{"title"}},
		{"counts: page past the end", counts(labelstudio.ProjectsCountsParams{Page: new(int64(missing))}), 404, noPage, nil},
		{"counts: ids that are none", counts(labelstudio.ProjectsCountsParams{IDs: new("x")}), 500, "", nil},
		{"create: short title", create(labelstudio.ProjectRequest{Title: labelstudio.Value("ab")}), 400, validation, []string{"title"}},
		{"create: two mistakes", create(labelstudio.ProjectRequest{Title: labelstudio.Value("ab"), Color: new("")}), 400, validation, []string{"color", "title"}},
		{"create: broken label config", create(labelstudio.ProjectRequest{LabelConfig: new("<View")}), 400, validation, []string{"label_config"}},
		{"create: nested mistake", do("POST", "/api/projects/", object{"created_by": object{"email": "no address"}}), 400, validation, []string{"created_by.email"}},
		{"create: what can't be set", do("POST", "/api/projects/", object{"created_by": object{}}), 500, "", nil},
		{"get: none", get(missing), 404, "", nil},
		{"get: no route", get(-1), 404, "", nil},
		{"update: none", update(missing, labelstudio.ProjectUpdateRequest{}), 404, "", nil},
		{"update: no route", update(-1, labelstudio.ProjectUpdateRequest{}), 404, "", nil},
		{"update: short title", update(project, labelstudio.ProjectUpdateRequest{Title: labelstudio.Value("ab")}), 400, validation, []string{"title"}},
		{"update: model version null", do("PATCH", path, object{"model_version": nil}), 400, validation, []string{"model_version"}},
		{"update: label config of another type", do("PATCH", path, number), 500, "", nil},
		{"delete: none", remove(missing), 404, "", nil},
		{"delete: no route", remove(-1), 404, "", nil},
		{"annotators: none", annotators(missing), 404, "", nil},
		{"annotators: no route", annotators(-1), 404, "", nil},
		{"validate: none", validate(missing, config), 404, "", nil},
		{"validate: no route", validate(-1, config), 404, "", nil},
		{"validate: empty", validate(project, ""), 400, validation, []string{"non_field_errors"}},
		{"validate: another type", do("POST", path+"validate/", number), 500, "", nil},
	})
}

func TestTaskErrors(t *testing.T) {
	t.Parallel()
	client := admin(t)
	ctx := t.Context()
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	list := func(params labelstudio.TasksListParams) func() error {
		return func() error { _, err := client.Tasks.List(ctx, &params); return err }
	}
	create := func(req labelstudio.TaskRequest) func() error {
		return func() error { _, err := client.Tasks.Create(ctx, req); return err }
	}
	get := func(id int64) func() error {
		return func() error { _, err := client.Tasks.Get(ctx, id, nil); return err }
	}
	update := func(id int64, req labelstudio.TaskUpdateRequest) func() error {
		return func() error { _, err := client.Tasks.Update(ctx, id, req); return err }
	}
	remove := func(id int64) func() error {
		return func() error { return client.Tasks.Delete(ctx, id) }
	}
	agreement := func(id int64) func() error {
		return func() error { _, err := client.Tasks.Agreement(ctx, id); return err }
	}
	ofProject := func(id int64, params *labelstudio.TasksListByProjectParams) func() error {
		return func() error { _, err := client.Tasks.ListByProject(ctx, id, params); return err }
	}
	removeAll := func(id int64) func() error {
		return func() error { return client.Tasks.TasksService.DeleteAll(ctx, id) }
	}
	do := func(method, path string, query url.Values, body any) func() error {
		return func() error { return client.Do(ctx, method, path, query, body, nil) }
	}
	path, tasks := "/api/tasks/"+itoa(task)+"/", "/api/projects/"+itoa(project)+"/tasks/"
	data := json.RawMessage(`{"text":"x"}`)
	checkRefusals(t, []refusal{
		{"list: neither project nor view", list(labelstudio.TasksListParams{}), 404, "", nil},
		{"list: no such project", list(labelstudio.TasksListParams{Project: new(int64(missing))}), 404, "", nil},
		{"list: page past the end", list(labelstudio.TasksListParams{Project: &project, Page: new(int64(99))}), 404, noPage, nil},
		{"list: project that is no number", do("GET", "/api/tasks/", url.Values{"project": {"x"}}, nil), 400, validation, []string{"project"}},
		{"list: query that is no JSON", list(labelstudio.TasksListParams{Project: &project, Query: new("{bad")}), 500, "", nil},
		{"list: unknown column", list(labelstudio.TasksListParams{Project: &project, Query: new(`{"ordering":["tasks:nonesuch"]}`)}), 500, "", nil},
		{"create: no such project", create(labelstudio.TaskRequest{Project: missing, Data: data}), 404, "", nil},
		{"create: data without what the config shows", create(labelstudio.TaskRequest{Project: project, Data: json.RawMessage(`{"other":1}`)}), 400, validation, []string{"non_field_errors"}},
		{"create: no data", do("POST", "/api/tasks/", nil, object{"project": project}), 400, validation, []string{"data"}},
		{"get: none", get(missing), 404, "", nil},
		{"get: no route", get(-1), 404, "", nil},
		{"get: no boolean", do("GET", path, url.Values{"resolve_uri": {"maybe"}}, nil), 400, validation, []string{"resolve_uri"}},
		{"update: none", update(missing, labelstudio.TaskUpdateRequest{}), 404, "", nil},
		{"update: no route", update(-1, labelstudio.TaskUpdateRequest{}), 404, "", nil},
		{"update: data null", update(task, labelstudio.TaskUpdateRequest{Data: json.RawMessage("null")}), 400, validation, []string{"data"}},
		{"update: no such project", do("PATCH", path, nil, object{"project": missing}), 500, "", nil},
		{"delete: none", remove(missing), 404, "", nil},
		{"delete: no route", remove(-1), 404, "", nil},
		{"agreement: none", agreement(missing), 404, "Task not found", nil},
		{"agreement: no route", agreement(-1), 404, "", nil},
		{"tasks of a project: no such project", ofProject(missing, nil), 404, "", nil},
		{"tasks of a project: no route", ofProject(-1, nil), 404, "", nil},
		{"tasks of a project: page past the end", ofProject(project, &labelstudio.TasksListByProjectParams{Page: new(int64(99))}), 404, "Not found.", nil},
		{"tasks of a project: page that is no number", do("GET", tasks, url.Values{"page": {"x"}}, nil), 400, validation, []string{"page"}},
		{"tasks of a project: page size that is no number", do("GET", tasks, url.Values{"page_size": {"x"}}, nil), 500, "", nil},
		{"delete all: no such project", removeAll(missing), 404, "", nil},
		{"delete all: no route", removeAll(-1), 404, "", nil},
	})
}

// An answer that is a web page names itself, and says what may be wrong.
func TestPageInsteadOfAnswer(t *testing.T) {
	t.Parallel()
	_, err := admin(t).Projects.Get(t.Context(), -1)
	answer := wantAnswer(t, err, labelstudio.ErrNotFound)
	if len(answer.Body) == 0 || answer.Detail != "" || answer.ID != "" {
		t.Errorf("got the detail %q and the id %q of a page of %d bytes", answer.Detail, answer.ID, len(answer.Body))
	}
	if text := err.Error(); !strings.Contains(text, "an HTML page") || !strings.Contains(text, "base URL") || len(text) > 400 {
		t.Errorf("the error is %q", text)
	}
}

// An error names its request, and carries what the server's log knows it by.
func TestErrorNamesItsRequest(t *testing.T) {
	t.Parallel()
	client := admin(t)
	_, err := client.Projects.Get(t.Context(), missing)
	answer := wantAnswer(t, err)
	if answer.Method != "GET" || answer.Path != "/api/projects/999999999/" || answer.Operation != "Projects.Get" || answer.ID == "" {
		t.Errorf("got %+v", answer)
	}
	err = client.Do(t.Context(), "GET", "/api/projects/999999999/", nil, nil, nil)
	if answer := wantAnswer(t, err); answer.Operation != "" {
		t.Errorf("a call of Do has the operation %q", answer.Operation)
	}
}

func TestCaptureResponse(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		var answer *http.Response
		_, err := client.Projects.List(t.Context(), nil, labelstudio.CaptureResponse(&answer))
		ok(t, err)
		if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "application/json" {
			t.Errorf("got %s of the type %q", answer.Status, answer.Header.Get("Content-Type"))
		}
		if auth := answer.Request.Header.Get("Authorization"); auth != "" {
			t.Error("the request of the answer shows the credentials")
		}
		_, err = client.Projects.Get(t.Context(), missing, labelstudio.CaptureResponse(&answer))
		wantError(t, err)
		if answer.StatusCode != 404 {
			t.Errorf("got %s of a refused call, want 404", answer.Status)
		}
	})
}
