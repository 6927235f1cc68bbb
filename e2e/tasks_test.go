package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

func TestTaskLifecycle(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project := newProject(t, client).ID
		made, err := client.Tasks.Create(ctx, labelstudio.TaskRequest{
			Project: project, Data: json.RawMessage(`{"text":"one"}`), Meta: json.RawMessage(`{"source":"e2e"}`), Overlap: new(int64(2)),
		})
		ok(t, err)
		if made.Project != project || string(made.Meta) != `{"source":"e2e"}` || made.Overlap != 2 {
			t.Errorf("created in project %d with meta %s and overlap %d", made.Project, made.Meta, made.Overlap)
		}
		got, err := client.Tasks.Get(ctx, made.ID, nil)
		ok(t, err)
		if string(got.Data) != `{"text":"one"}` || len(got.Annotations) != 0 {
			t.Errorf("got the data %s and the annotations %v", got.Data, got.Annotations)
		}
		changed, err := client.Tasks.Update(ctx, made.ID, labelstudio.TaskUpdateRequest{
			Data: json.RawMessage(`{"text":"two"}`), Meta: json.RawMessage(`["any",{"shape":1}]`),
		})
		ok(t, err)
		if string(changed.Data) != `{"text":"two"}` || string(changed.Meta) != `["any",{"shape":1}]` {
			t.Errorf("updated to the data %s and the meta %s", changed.Data, changed.Meta)
		}
		ok(t, client.Tasks.Delete(ctx, made.ID))
		_, err = client.Tasks.Get(ctx, made.ID, nil)
		wantError(t, err, labelstudio.ErrNotFound)
		wantError(t, client.Tasks.Delete(ctx, made.ID), labelstudio.ErrNotFound)
	})
}

func TestTasksOfProject(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project := newProject(t, client).ID
		_, err := client.Tasks.ListByProject(ctx, project, nil)
		wantError(t, err, labelstudio.ErrNotFound) // an empty list

		ids := newTasks(t, client, project, 3)
		all, err := client.Tasks.ListByProject(ctx, project, &labelstudio.TasksListByProjectParams{PageSize: new(int64(-1))})
		ok(t, err)
		second, err := client.Tasks.ListByProject(ctx, project, &labelstudio.TasksListByProjectParams{Page: new(int64(2)), PageSize: new(int64(2))})
		ok(t, err)
		if len(all) != 3 || len(second) != 1 {
			t.Errorf("got %d tasks in all and %d on the second page, want 3 and 1", len(all), len(second))
		}

		other := newTasks(t, client, newProject(t, client).ID, 1)
		ok(t, client.Tasks.DeleteAll(ctx, project, labelstudio.All()))
		for _, id := range ids {
			_, err = client.Tasks.Get(ctx, id, nil)
			wantError(t, err, labelstudio.ErrNotFound)
		}
		_, err = client.Tasks.Get(ctx, other[0], nil)
		ok(t, err)
	})
}

func TestTasksAll(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		project := newProject(t, client).ID
		ids := newTasks(t, client, project, 5)
		backwards := slices.Clone(ids)
		slices.Reverse(backwards)
		view, err := client.Views.Create(t.Context(), labelstudio.ViewRequest{
			Project: project, Data: &labelstudio.ViewDataRequest{Ordering: []string{"-tasks:id"}},
		})
		ok(t, err)
		after := json.RawMessage(fmt.Sprintf(`{"filters":{"conjunction":"and","items":[`+
			`{"filter":"filter:tasks:id","operator":"greater","type":"Number","value":%d}]},"ordering":["-tasks:id"]}`, ids[1]))

		tests := []struct {
			name   string
			filter labelstudio.TaskFilter
			stop   int
			want   []int64
		}{
			{name: "project", filter: labelstudio.TaskFilter{Project: project}, want: ids},
			{name: "several pages", filter: labelstudio.TaskFilter{Project: project, PageSize: 2}, want: ids},
			{name: "pages that end with the last task", filter: labelstudio.TaskFilter{Project: project, PageSize: 1}, want: ids},
			{name: "view", filter: labelstudio.TaskFilter{View: view.ID, PageSize: 2}, want: backwards},
			{name: "query", filter: labelstudio.TaskFilter{Project: project, Query: after, PageSize: 2}, want: backwards[:3]},
			{name: "until the caller has enough", filter: labelstudio.TaskFilter{Project: project, PageSize: 2}, stop: 3, want: ids[:3]},
			{name: "with annotations", filter: labelstudio.TaskFilter{Project: project, Annotations: true}, want: ids},
			{name: "with URIs as they are", filter: labelstudio.TaskFilter{Project: project, RawURIs: true}, want: ids},
		}
		for _, test := range tests {
			var got []int64
			for task, err := range client.Tasks.All(t.Context(), test.filter) {
				ok(t, err)
				if got = append(got, task.ID); len(got) == test.stop {
					break
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: got the tasks %v, want %v", test.name, got, test.want)
			}
		}
	})
}

func TestTasksAllSendsAsFewRequestsAsItCan(t *testing.T) {
	t.Parallel()
	sent := &counter{}
	client := admin(t)
	project := newProject(t, client).ID
	newTasks(t, client, project, 4)
	counted := unrecorded(t, withLegacy.URL, labelstudio.WithToken(pat(t, withLegacy)), sent.option())
	for _, err := range counted.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project, PageSize: 2}) {
		ok(t, err)
	}
	if sent.requests != 2 {
		t.Errorf("%d requests for two pages", sent.requests)
	}
}

func TestTasksAllOfAnEmptyProject(t *testing.T) {
	t.Parallel()
	client := admin(t)
	for task, err := range client.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: newProject(t, client).ID}) {
		t.Errorf("got the task %v and the error %v from an empty project", task, err)
	}
}

func TestTasksAllRefusesAnEmptyFilter(t *testing.T) {
	t.Parallel()
	sent := &counter{}
	client := unrecorded(t, withLegacy.URL, sent.option())
	for _, filter := range []labelstudio.TaskFilter{{}, {Annotations: true}, {Project: 1, Query: json.RawMessage("{bad")}} {
		times := 0
		for _, err := range client.Tasks.All(t.Context(), filter) {
			times++
			if err == nil {
				t.Errorf("%+v: no error", filter)
			}
		}
		if times != 1 || sent.requests != 0 {
			t.Errorf("%+v: the loop ran %d times, after %d requests", filter, times, sent.requests)
		}
	}
}

func TestTasksAllWithAnnotations(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		project := newProject(t, client).ID
		task := newTask(t, client, project, "x").ID
		annotation := annotate(t, client, task, object{"result": json.RawMessage(regions)})
		for _, with := range []bool{true, false} {
			var got []int64
			for task, err := range client.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project, Annotations: with}) {
				ok(t, err)
				for _, a := range task.Annotations {
					got = append(got, *a.ID)
				}
			}
			var want []int64
			if with {
				want = []int64{annotation}
			}
			if !slices.Equal(got, want) {
				t.Errorf("asked for annotations: %v; got %v, want %v", with, got, want)
			}
		}
	})
}

// A request says false and null, and what it doesn't say stays.
func TestUpdateTaskSendsZeroValuesAndNull(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		project := newProject(t, client).ID
		task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{
			Project: project, Data: json.RawMessage(`{"text":"x"}`), Meta: json.RawMessage(`{"k":1}`),
			InnerID: labelstudio.Value(int64(7)), IsLabeled: new(true), Overlap: new(int64(2)),
		})
		ok(t, err)
		path := fmt.Sprintf("/api/tasks/%d/", task.ID)
		before := rawObject(t, client, path)
		_, err = client.Tasks.Update(t.Context(), task.ID, labelstudio.TaskUpdateRequest{
			InnerID: labelstudio.Null[int64](), IsLabeled: new(false), Meta: json.RawMessage("null"),
		})
		ok(t, err)
		after := rawObject(t, client, path)
		wantChanges(t, before, after, map[string]string{
			"inner_id": "null", "is_labeled": "false", "meta": "null", "updated_at": string(after["updated_at"]),
		})
		page, err := client.Tasks.List(t.Context(), &labelstudio.TasksListParams{Project: &project})
		ok(t, err)
		if listed := page.Tasks[0]; !listed.InnerID.IsNull() || *listed.IsLabeled || string(listed.Meta) != "null" {
			t.Errorf("the list has the inner id %v, labelled %v and the meta %s", listed.InnerID, *listed.IsLabeled, listed.Meta)
		}
	})
}

// What the caller gives to be labelled comes back byte for byte, wherever it
// stands: digits that no float64 holds, what Go's encoder would escape, and the
// order of the keys.
func TestTaskDataKeepsItsBytes(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		const data = `{"text":"<b>&amp;</b> ünïcode 日本 🙂 \"\\\n","big":12345678901234567890,"one":1.0,"tiny":1e-07,` +
			`"a":{"z":[1,[2.50,null,{"":[]}],true],"b":{}},"null":null}`
		const meta = `{"z":-0.0,"a":[98765432109876543210,"&<>"]}`
		ctx := t.Context()
		project := newProject(t, client).ID
		task, err := client.Tasks.Create(ctx, labelstudio.TaskRequest{Project: project, Data: json.RawMessage(data), Meta: json.RawMessage(meta)})
		ok(t, err)
		updated, err := client.Tasks.Update(ctx, task.ID, labelstudio.TaskUpdateRequest{Data: json.RawMessage(data)})
		ok(t, err)
		got, err := client.Tasks.Get(ctx, task.ID, nil)
		ok(t, err)
		ofProject, err := client.Tasks.ListByProject(ctx, project, nil)
		ok(t, err)
		page, err := client.Tasks.List(ctx, &labelstudio.TasksListParams{Project: &project})
		ok(t, err)
		// The server writes 2.50 as 2.5: it keeps values, not digits.
		want := [2]string{
			`{"text":"<b>&amp;</b> ünïcode 日本 🙂 \"\\\n","big":12345678901234567890,"one":1.0,"tiny":1e-07,` +
				`"a":{"z":[1,[2.5,null,{"":[]}],true],"b":{}},"null":null}`,
			meta,
		}
		for name, bytes := range map[string][2]json.RawMessage{
			"Create": {task.Data, task.Meta}, "Update": {updated.Data, updated.Meta}, "Get": {got.Data, got.Meta},
			"ListByProject": {ofProject[0].Data, ofProject[0].Meta}, "List": {page.Tasks[0].Data, page.Tasks[0].Meta},
		} {
			if got := [2]string{string(bytes[0]), string(bytes[1])}; got != want {
				t.Errorf("%s: got data and meta\n%s\nwant\n%s", name, got, want)
			}
		}
	})
}

func TestTaskAgreement(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		task := newTask(t, client, newProject(t, client).ID, "x").ID
		agreement, err := client.Tasks.Agreement(t.Context(), task)
		ok(t, err)
		if agreement.TotalAnnotations != 0 || len(agreement.Distributions) != 0 {
			t.Errorf("nobody has annotated, got %+v", agreement)
		}
		for range 2 {
			annotate(t, client, task, object{"result": json.RawMessage(regions)})
		}
		agreement, err = client.Tasks.Agreement(t.Context(), task)
		ok(t, err)
		label, stars := agreement.Distributions["label"], agreement.Distributions["stars"]
		if agreement.TotalAnnotations != 2 || label.Labels["good"] != 2 || label.Average != nil {
			t.Errorf("got %d annotations and the labels %+v", agreement.TotalAnnotations, label)
		}
		if stars.Average == nil || *stars.Average != 4 || stars.Count == nil || *stars.Count != 2 {
			t.Errorf("got the ratings %+v", stars)
		}
	})
}

func TestTasksListChoosesProperties(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	annotate(t, client, newTask(t, client, project, "x").ID, object{"result": json.RawMessage(regions)})
	all, taskOnly := labelstudio.TasksListFieldsAll, labelstudio.TasksListFieldsTaskOnly
	has := func(task labelstudio.TaskListItem) string {
		list := ""
		for _, property := range []struct {
			letter  string
			present bool
		}{
			{"i", task.ID != 0}, {"d", task.Data != nil}, {"a", task.Annotations != nil}, {"c", task.CompletedAt.IsSpecified()},
			{"I", len(task.Annotations) > 0 && task.Annotations[0].ID != nil},
			{"R", len(task.Annotations) > 0 && task.Annotations[0].Result != nil},
		} {
			if property.present {
				list += property.letter
			}
		}
		return list
	}
	tests := []struct {
		name   string
		params labelstudio.TasksListParams
		want   string
	}{
		{"by default", labelstudio.TasksListParams{}, "id"},
		{"task only", labelstudio.TasksListParams{Fields: &taskOnly}, "id"},
		{"all", labelstudio.TasksListParams{Fields: &all}, "idacIR"},
		{"all for a review", labelstudio.TasksListParams{Fields: &all, Review: new(true)}, "idaIR"},
		{"ids", labelstudio.TasksListParams{Fields: &all, Include: new("id,annotations")}, "iaI"},
		{"no ids", labelstudio.TasksListParams{Fields: &all, Include: new("data,annotations,result")}, "daR"},
		{"left out", labelstudio.TasksListParams{Fields: &all, Omit: new("id,data")}, "acR"},
		{"a column that the order needs", labelstudio.TasksListParams{Query: new(`{"ordering":["-tasks:completed_at"]}`)}, "idc"},
	}
	for _, test := range tests {
		test.params.Project = &project
		page, err := client.Tasks.List(t.Context(), &test.params)
		ok(t, err)
		if got := has(page.Tasks[0]); got != test.want {
			t.Errorf("%s: has %s, want %s", test.name, got, test.want)
		}
	}
}

// A task that was touched in all the ways that leave a trace in the answers.
func TestTaskTraces(t *testing.T) {
	t.Parallel()
	client := admin(t)
	ctx := t.Context()
	project := newProject(t, client).ID
	task := newTask(t, client, project, "one").ID
	result := json.RawMessage(regions)

	// What the contract does not offer, and the server keeps.
	plain := unrecorded(t, withLegacy.URL, labelstudio.WithToken(pat(t, withLegacy)))
	first := annotate(t, plain, task, object{"result": result, "lead_time": 3.5, "bulk_created": nil})
	cancelled := annotate(t, client, task, object{"result": []any{}, "was_cancelled": true, "parent_annotation": first})
	bare := annotate(t, client, task, object{})
	ok(t, plain.Do(ctx, "PATCH", fmt.Sprintf("/api/annotations/%d/", first), nil, object{"project": nil}, nil))

	scored := post(t, client, "/api/predictions/", object{"task": task, "result": result, "score": 0.5, "model_version": "v1"})
	_, err := client.Projects.Update(ctx, project, labelstudio.ProjectUpdateRequest{ModelVersion: new("v1")})
	ok(t, err)
	empty := post(t, client, "/api/predictions/", object{"task": task, "result": object{}, "neighbors": []int64{task}})

	post(t, plain, fmt.Sprintf("/api/tasks/%d/drafts", task), object{"result": result})
	post(t, plain, fmt.Sprintf("/api/tasks/%d/annotations/%d/drafts", task, first), object{"result": result, "lead_time": 2, "import_id": 9})

	left, deleted := newUser(t).id, newUser(t).id
	annotate(t, client, task, object{"result": result, "completed_by": left})
	annotate(t, client, task, object{"result": result, "completed_by": deleted})
	ok(t, client.Members.Delete(ctx, 1, left))
	ok(t, client.Users.Delete(ctx, deleted))

	got, err := client.Tasks.Get(ctx, task, nil)
	ok(t, err)
	annotations := map[int64]labelstudio.TaskAnnotation{}
	names := map[string]int{}
	for _, a := range got.Annotations {
		annotations[a.ID] = a
		switch {
		case a.CompletedBy == nil:
			names["nobody"]++
		case a.CompletedBy.Username != nil:
			names[*a.CompletedBy.Username]++
		default:
			names["somebody"]++
		}
	}
	if names["nobody"] != 1 || names["Deleted"] != 1 || names["somebody"] != 3 {
		t.Errorf("annotations by %v, want one by nobody, one by Deleted and three by somebody", names)
	}
	if a := annotations[first]; a.LeadTime == nil || *a.LeadTime != 3.5 || a.Project != nil || a.BulkCreated != nil {
		t.Errorf("the first annotation is %+v", a)
	}
	if a := annotations[cancelled]; !a.WasCancelled || a.ParentAnnotation == nil || *a.ParentAnnotation != first {
		t.Errorf("the cancelled annotation is %+v", a)
	}
	if a := annotations[bare]; string(a.Result) != "null" {
		t.Errorf("the annotation without a result has %s", a.Result)
	}
	if len(got.Drafts) != 2 || !got.DraftExists {
		t.Errorf("got %d drafts, want 2", len(got.Drafts))
	}
	predictions := map[int64]labelstudio.Prediction{}
	for _, p := range got.Predictions {
		predictions[p.ID] = p
	}
	if got.PredictionsScore == nil || *got.PredictionsScore != 0.5 {
		t.Errorf("the score of the chosen model version is %v, want 0.5", got.PredictionsScore)
	}
	if p := predictions[scored]; p.Score == nil || *p.Score != 0.5 || string(p.Result) == "null" {
		t.Errorf("the scored prediction is %+v", p)
	}
	if p := predictions[empty]; p.Score != nil || string(p.Result) != "null" {
		t.Errorf("the empty prediction is %+v", p)
	}

	// The same, as the lists show it.
	page, err := client.Tasks.List(ctx, &labelstudio.TasksListParams{Project: &project, Fields: new(labelstudio.TasksListFieldsAll)})
	ok(t, err)
	ofProject, err := client.Tasks.ListByProject(ctx, project, nil)
	ok(t, err)
	if len(page.Tasks[0].Annotations) != 5 || len(ofProject[0].Annotations) != 5 {
		t.Errorf("got %d and %d annotations in lists, want 5", len(page.Tasks[0].Annotations), len(ofProject[0].Annotations))
	}
}

// Imported tasks have what tasks made one by one have not.
func TestImportedTasks(t *testing.T) {
	t.Parallel()
	client := admin(t)
	ctx := t.Context()
	project := newProject(t, client).ID
	var imported struct {
		IDs []int64 `json:"task_ids"`
	}
	path, query := fmt.Sprintf("/api/projects/%d/import", project), map[string][]string{"return_task_ids": {"true"}}
	ok(t, client.Do(ctx, "POST", path, query, json.RawMessage(`[{"data":{"text":"a"},`+
		`"annotations":[{"id":4000000000000,"result":`+regions+`,"lead_time":1.5,"was_cancelled":true}],`+
		`"predictions":[{"result":`+regions+`,"model_version":null}]}]`), &imported))
	task, err := client.Tasks.Get(ctx, imported.IDs[0], nil)
	ok(t, err)
	a, p := task.Annotations[0], task.Predictions[0]
	if a.ImportID == nil || *a.ImportID != 4000000000000 || a.UpdatedBy != nil || p.ModelVersion != nil {
		t.Errorf("got the annotation %+v and the prediction %+v", a, p)
	}

	csv, contentType := form(t, "abc.csv", "text\nhello\n")
	ok(t, client.Do(ctx, "POST", path, query, csv, &imported, labelstudio.WithHeader("Content-Type", contentType)))
	task, err = client.Tasks.Get(ctx, imported.IDs[0], nil)
	ok(t, err)
	updated, err := client.Tasks.Update(ctx, task.ID, labelstudio.TaskUpdateRequest{Overlap: new(int64(3))})
	ok(t, err)
	if task.FileUpload == nil || updated.FileUpload == nil {
		t.Errorf("the task of a file has the file %v, and after an update %v", task.FileUpload, updated.FileUpload)
	}
	// The file can be taken away, and given to another task when it is made.
	file := *updated.FileUpload
	updated, err = client.Tasks.Update(ctx, task.ID, labelstudio.TaskUpdateRequest{FileUpload: labelstudio.Null[int64]()})
	ok(t, err)
	made, err := client.Tasks.Create(ctx, labelstudio.TaskRequest{
		Project: project, Data: json.RawMessage(`{"text":"b"}`), FileUpload: labelstudio.Value(file), InnerID: labelstudio.Null[int64](),
	})
	ok(t, err)
	bare, err := client.Tasks.Create(ctx, labelstudio.TaskRequest{
		Project: project, Data: json.RawMessage(`{"text":"c"}`), FileUpload: labelstudio.Null[int64](),
	})
	ok(t, err)
	back, err := client.Tasks.Update(ctx, task.ID, labelstudio.TaskUpdateRequest{FileUpload: labelstudio.Value(file), InnerID: labelstudio.Value(int64(5))})
	ok(t, err)
	if updated.FileUpload != nil || made.FileUpload == nil || *made.FileUpload != file || bare.FileUpload != nil || back.FileUpload == nil {
		t.Errorf("the file is %v, %v, %v and %v", updated.FileUpload, made.FileUpload, bare.FileUpload, back.FileUpload)
	}

	for _, params := range []labelstudio.TasksListParams{{Fields: new(labelstudio.TasksListFieldsAll)}, {ResolveURI: new(false)}} {
		params.Project = &project
		page, err := client.Tasks.List(ctx, &params)
		ok(t, err)
		if page.Total != 4 || page.TotalAnnotations != 0 || page.TotalPredictions != 1 {
			t.Errorf("got totals of %d, %d, %d, want 4, 0 (as it is cancelled), 1", page.Total, page.TotalAnnotations, page.TotalPredictions)
		}
	}
	_, err = client.Tasks.ListByProject(ctx, project, nil)
	ok(t, err)
	_, err = client.Tasks.Get(ctx, task.ID, &labelstudio.TasksGetParams{ResolveURI: new(false)})
	ok(t, err)
}
