package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

const (
	columnID   = "filter:tasks:id"
	columnText = "filter:tasks:data.text"
)

// filter returns one condition, with a value that is any JSON.
func filterBy(column string, op labelstudio.FilterOperator, kind labelstudio.FilterType, value string) labelstudio.FilterItem {
	return labelstudio.FilterItem{Filter: column, Operator: op, Type: kind, Value: json.RawMessage(value)}
}

func filtersOf(items ...labelstudio.FilterItem) *labelstudio.Filters {
	return &labelstudio.Filters{Conjunction: labelstudio.ConjunctionAnd, Items: items}
}

func theTasks(ids ...int64) labelstudio.SelectedItems {
	return labelstudio.SelectedItems{Included: ids}
}

var allTasks = labelstudio.SelectedItems{All: true}

func performAction(t *testing.T, client *labelstudio.Client, project int64, id labelstudio.ActionID, body labelstudio.ActionRequest,
) *labelstudio.ActionResult {
	t.Helper()
	result, err := client.Actions.Perform(t.Context(), &labelstudio.ActionsPerformParams{ID: id, Project: project}, body)
	ok(t, err)
	return result
}

func wantDetail(t *testing.T, result *labelstudio.ActionResult, want string) {
	t.Helper()
	if result.Detail == nil || *result.Detail != want {
		t.Errorf("answered %v, want %q", result.Detail, want)
	}
}

func wantProcessed(t *testing.T, result *labelstudio.ActionResult, want int64) {
	t.Helper()
	if result.ProcessedItems == nil || *result.ProcessedItems != want {
		t.Errorf("answered %v, want %d items", result.ProcessedItems, want)
	}
}

func predictAs(t *testing.T, client *labelstudio.Client, task int64, version string) {
	t.Helper()
	post(t, client, "/api/predictions/", object{"task": task, "model_version": version, "result": json.RawMessage(regions)})
}

// viewerID returns the id of the user that the client is.
func viewerID(t *testing.T, client *labelstudio.Client) int64 {
	t.Helper()
	var me struct{ ID int64 }
	ok(t, client.Do(t.Context(), http.MethodGet, "/api/current-user/whoami", nil, nil, &me))
	return me.ID
}

func TestViews(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project := newProject(t, client).ID
		task := newTask(t, client, project, "x").ID

		bare, err := client.Views.Create(ctx, labelstudio.ViewRequest{
			Project: project, Order: new(int64(7)), SelectedItems: &labelstudio.SelectedItems{All: true, Excluded: []int64{task}},
		})
		ok(t, err)
		if bare.Order != 7 || bare.Project != project || bare.User == nil || bare.Data.Filters != nil || bare.Data.Ordering != nil ||
			!bare.Data.SelectedItems.All || !slices.Equal(bare.Data.SelectedItems.Excluded, []int64{task}) {
			t.Errorf("the view is %+v", bare)
		}

		below := labelstudio.ChildFilterItem{
			Filter: columnID, Operator: labelstudio.FilterOperatorGreater, Type: labelstudio.FilterTypeNumber, Value: json.RawMessage("0"),
		}
		item := filterBy(columnText, labelstudio.FilterOperatorContains, labelstudio.FilterTypeString, `"x"`)
		item.ChildFilter = &below
		full, err := client.Views.Create(ctx, labelstudio.ViewRequest{
			Project: project, SelectedItems: new(theTasks(task)),
			Data: &labelstudio.ViewDataRequest{
				Title: new("full"), Type: new("list"), Target: new("tasks"), GridWidth: new(int64(4)),
				Filters: filtersOf(item), Ordering: []string{"-tasks:data.text"},
				ColumnsDisplayType: map[string]string{"tasks:data.text": "Number"},
				ColumnsWidth:       map[string]float64{"tasks:id": 120},
				HiddenColumns:      &labelstudio.HiddenColumns{Explore: []string{"tasks:id"}, Labeling: []string{"tasks:inner_id"}},
			},
		})
		ok(t, err)
		got, err := client.Views.Get(ctx, full.ID)
		ok(t, err)
		data := got.Data
		if got.Order != 1 || *data.Title != "full" || *data.Type != "list" || *data.Target != "tasks" || *data.GridWidth != 4 ||
			data.ColumnsDisplayType["tasks:data.text"] != "Number" || data.ColumnsWidth["tasks:id"] != 120 ||
			data.HiddenColumns.Explore[0] != "tasks:id" || data.HiddenColumns.Labeling[0] != "tasks:inner_id" ||
			!slices.Equal(data.Ordering, []string{"-tasks:data.text"}) || data.SelectedItems.Included[0] != task {
			t.Errorf("the view is %+v", got)
		}
		kept := data.Filters.Items[0]
		if data.Filters.Conjunction != labelstudio.ConjunctionAnd || kept.Filter != columnText || string(kept.Value) != `"x"` ||
			kept.ChildFilter.Filter != columnID || string(kept.ChildFilter.Value) != "0" {
			t.Errorf("the filters are %+v", data.Filters)
		}

		// What is left out of data is gone, but for filters and ordering.
		changed, err := client.Views.Update(ctx, full.ID, labelstudio.ViewUpdateRequest{Data: labelstudio.ViewDataRequest{Type: new("grid")}})
		ok(t, err)
		if *changed.Data.Type != "grid" || changed.Data.Title != nil || len(changed.Data.Filters.Items) != 1 || len(changed.Data.Ordering) != 1 {
			t.Errorf("the view is %+v", changed)
		}
		replaced, err := client.Views.Replace(ctx, full.ID, labelstudio.ViewReplaceRequest{Project: project, Data: labelstudio.ViewDataRequest{
			Filters: &labelstudio.Filters{Conjunction: labelstudio.ConjunctionOr, Items: []labelstudio.FilterItem{
				filterBy(columnID, labelstudio.FilterOperatorLess, labelstudio.FilterTypeNumber, "1"),
			}},
			Ordering: []string{"tasks:id"},
		}})
		ok(t, err)
		if replaced.Data.Type != nil || replaced.Data.Filters.Items[0].ChildFilter != nil || replaced.Data.Filters.Conjunction != labelstudio.ConjunctionOr ||
			replaced.Data.Ordering[0] != "tasks:id" {
			t.Errorf("the view is %+v", replaced)
		}

		ids := func() (ids []int64) {
			views, err := client.Views.List(ctx, &labelstudio.ViewsListParams{Project: &project})
			ok(t, err)
			for _, v := range views {
				ids = append(ids, v.ID)
			}
			return ids
		}
		if got := ids(); !slices.Equal(got, []int64{full.ID, bare.ID}) {
			t.Errorf("the views are %v", got)
		}
		ok(t, client.Views.Reorder(ctx, labelstudio.ViewOrderRequest{Project: project, IDs: []int64{bare.ID, full.ID}}))
		if got := ids(); !slices.Equal(got, []int64{bare.ID, full.ID}) {
			t.Errorf("reordered, the views are %v", got)
		}

		ok(t, client.Views.Delete(ctx, bare.ID))
		wantError(t, client.Views.Delete(ctx, bare.ID), labelstudio.ErrNotFound)
		ok(t, client.Views.DeleteAll(ctx, project, labelstudio.All()))
		if got := ids(); len(got) != 0 {
			t.Errorf("deleted, the views are %v", got)
		}
	})
}

func TestViewsRefused(t *testing.T) {
	t.Parallel()
	ctx, client, nobody := t.Context(), admin(t), newClient(t, withLegacy)
	project := newProject(t, client).ID
	view, err := client.Views.Create(ctx, labelstudio.ViewRequest{Project: project})
	ok(t, err)
	bad := labelstudio.ViewDataRequest{
		Filters: filtersOf(filterBy("id", labelstudio.FilterOperatorEqual, labelstudio.FilterTypeNumber, "1")),
	}
	tests := []struct {
		name         string
		call, broken func(c *labelstudio.Client, id int64) error
		missing      error
	}{
		{"list", func(c *labelstudio.Client, id int64) error {
			_, err := c.Views.List(ctx, &labelstudio.ViewsListParams{Project: &id})
			return err
		}, nil, labelstudio.ErrValidation},
		{"create", func(c *labelstudio.Client, id int64) error {
			_, err := c.Views.Create(ctx, labelstudio.ViewRequest{Project: id})
			return err
		}, func(c *labelstudio.Client, _ int64) error {
			_, err := c.Views.ViewsService.Create(ctx, labelstudio.ViewRequest{Project: project, Data: &bad})
			return err
		}, labelstudio.ErrValidation},
		{"reorder", func(c *labelstudio.Client, id int64) error {
			return c.Views.Reorder(ctx, labelstudio.ViewOrderRequest{Project: id, IDs: []int64{1}})
		}, func(c *labelstudio.Client, _ int64) error {
			return c.Views.Reorder(ctx, labelstudio.ViewOrderRequest{Project: project, IDs: []int64{}})
		}, labelstudio.ErrNotFound},
		{"delete all", func(c *labelstudio.Client, id int64) error {
			return c.Views.DeleteAll(ctx, id, labelstudio.All())
		}, nil, labelstudio.ErrValidation},
		{"get", func(c *labelstudio.Client, id int64) error { _, err := c.Views.Get(ctx, id); return err }, nil, labelstudio.ErrNotFound},
		{"delete", func(c *labelstudio.Client, id int64) error { return c.Views.Delete(ctx, id) }, nil, labelstudio.ErrNotFound},
		{"update", func(c *labelstudio.Client, id int64) error {
			_, err := c.Views.Update(ctx, id, labelstudio.ViewUpdateRequest{})
			return err
		}, func(c *labelstudio.Client, id int64) error {
			_, err := c.Views.ViewsService.Update(ctx, id, labelstudio.ViewUpdateRequest{Data: bad})
			return err
		}, labelstudio.ErrNotFound},
		{"replace", func(c *labelstudio.Client, id int64) error {
			_, err := c.Views.Replace(ctx, id, labelstudio.ViewReplaceRequest{Project: project})
			return err
		}, func(c *labelstudio.Client, id int64) error {
			_, err := c.Views.ViewsService.Replace(ctx, id, labelstudio.ViewReplaceRequest{Project: project, Data: bad})
			return err
		}, labelstudio.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, tt.call(nobody, missing), labelstudio.ErrUnauthorized)
			wantError(t, tt.call(client, missing), tt.missing)
			if tt.broken != nil {
				wantError(t, tt.broken(client, view.ID), labelstudio.ErrValidation)
			}
		})
	}
}

// Each operator and each type, by the tasks that a filter leaves.
func TestFilters(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	var ids []int64
	for _, text := range []string{"alpha", "beta", "gamma", "delta"} {
		ids = append(ids, newTask(t, client, project, text).ID)
	}
	annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
	legacy := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken)) // for a route that is not described
	post(t, legacy, fmt.Sprintf("/api/tasks/%d/drafts", ids[1]), object{"result": json.RawMessage(regions)})
	number, text := labelstudio.FilterTypeNumber, labelstudio.FilterTypeString
	second := itoa(ids[1])
	between, list := fmt.Sprintf(`{"min":%d,"max":%d}`, ids[0], ids[1]), fmt.Sprintf("[%d]", ids[0])
	tests := []struct {
		item labelstudio.FilterItem
		want int64
	}{
		{filterBy(columnID, labelstudio.FilterOperatorEqual, number, second), 1},
		{filterBy(columnID, labelstudio.FilterOperatorNotEqual, number, second), 3},
		{filterBy(columnID, labelstudio.FilterOperatorGreater, number, second), 2},
		{filterBy(columnID, labelstudio.FilterOperatorGreaterOrEqual, number, second), 3},
		{filterBy(columnID, labelstudio.FilterOperatorLess, number, second), 1},
		{filterBy(columnID, labelstudio.FilterOperatorLessOrEqual, number, second), 2},
		{filterBy(columnID, labelstudio.FilterOperatorBetween, number, between), 2},
		{filterBy(columnID, labelstudio.FilterOperatorNotBetween, number, between), 2},
		{filterBy(columnID, labelstudio.FilterOperatorInList, number, list), 1},
		{filterBy(columnID, labelstudio.FilterOperatorNotInList, number, list), 3},
		{filterBy(columnText, labelstudio.FilterOperatorContains, text, `"lt"`), 1},
		{filterBy(columnText, labelstudio.FilterOperatorNotContains, text, `"lt"`), 3},
		{filterBy(columnText, labelstudio.FilterOperatorRegex, text, `"^.e"`), 2},
		{filterBy(columnText, labelstudio.FilterOperatorEmpty, text, `"False"`), 4},
		{filterBy(columnText, labelstudio.FilterOperatorEqual, labelstudio.FilterTypeUnknown, `"beta"`), 1},
		{filterBy("filter:tasks:created_at", labelstudio.FilterOperatorGreater, labelstudio.FilterTypeDatetime, `"2020-01-01T00:00:00.000Z"`), 4},
		{filterBy("filter:tasks:draft_exists", labelstudio.FilterOperatorEqual, labelstudio.FilterTypeBoolean, "true"), 1},
		{filterBy("filter:tasks:annotators", labelstudio.FilterOperatorContains, labelstudio.FilterTypeList, itoa(viewerID(t, client))), 1},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %s %s", tt.item.Filter, tt.item.Operator, tt.item.Type), func(t *testing.T) {
			wantProcessed(t, performAction(t, client, project, labelstudio.ActionIDRetrieveTasksPredictions, labelstudio.ActionRequest{
				SelectedItems: allTasks, Filters: filtersOf(tt.item), Ordering: []string{"-tasks:id"},
			}), tt.want)
		})
	}

	// What is not a column is a failure, but passed over below another condition.
	noColumn := filterBy("id", labelstudio.FilterOperatorEqual, number, second)
	raw := client.Actions.ActionsService
	_, err := raw.Perform(t.Context(), &labelstudio.ActionsPerformParams{
		ID: labelstudio.ActionIDRetrieveTasksPredictions, Project: project,
	}, labelstudio.ActionRequest{SelectedItems: allTasks, Filters: filtersOf(noColumn)})
	wantError(t, err, labelstudio.ErrServer)

	for column, want := range map[string]int64{columnID: 1, "id": 4} {
		item := filterBy(columnText, labelstudio.FilterOperatorContains, text, `"a"`)
		item.ChildFilter = &labelstudio.ChildFilterItem{
			Filter: column, Operator: labelstudio.FilterOperatorEqual, Type: number, Value: json.RawMessage(second),
		}
		result, err := raw.Perform(t.Context(), &labelstudio.ActionsPerformParams{
			ID: labelstudio.ActionIDRetrieveTasksPredictions, Project: project,
		}, labelstudio.ActionRequest{SelectedItems: allTasks, Filters: filtersOf(item)})
		ok(t, err)
		wantProcessed(t, result, want)
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project := newProject(t, client).ID
		ids := newTasks(t, client, project, 4)
		annotation := annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
		predictAs(t, client, ids[1], "one")
		predictAs(t, client, ids[2], "two")

		actions, err := client.Actions.List(ctx, &labelstudio.ActionsListParams{Project: project})
		ok(t, err)
		byID := map[string]labelstudio.Action{}
		for _, a := range actions {
			byID[a.ID] = a
		}
		deletion, versions := byID["delete_tasks"], byID["predictions_to_annotations"]
		if len(actions) != 6 || deletion.Reload == nil || !*deletion.Reload || string(deletion.Permission) != `"tasks.delete"` ||
			deletion.Dialog.Type != "confirm" || versions.Dialog.Title == nil || string(versions.Dialog.Form) != "null" {
			t.Errorf("the actions are %+v", actions)
		}

		labels := performAction(t, client, project, labelstudio.ActionIDCacheLabels, labelstudio.ActionRequest{
			SelectedItems: theTasks(ids[0]), ControlTag: new("label"),
			WithCounters: new(labelstudio.WithCountersNo), Source: new(labelstudio.LabelSourceAnnotations),
		})
		if labels.Detail != nil || labels.ProcessedItems != nil {
			t.Errorf("answered %+v", labels)
		}
		performAction(t, client, project, labelstudio.ActionIDCacheLabels, labelstudio.ActionRequest{
			SelectedItems: theTasks(ids[1]), CustomControlTag: new("label"),
			WithCounters: new(labelstudio.WithCountersYes), Source: new(labelstudio.LabelSourcePredictions),
		})
		wantDetail(t, performAction(t, client, project, labelstudio.ActionIDAddDataField, labelstudio.ActionRequest{
			SelectedItems: theTasks(ids[0]), ValueName: new("n"), ValueType: new(labelstudio.DataFieldTypeNumber), Value: new("7"),
		}), "Updated 1 tasks")
		wantDetail(t, performAction(t, client, project, labelstudio.ActionIDAddDataField, labelstudio.ActionRequest{
			SelectedItems: theTasks(ids[0]), ValueName: new("s"), ValueType: new(labelstudio.DataFieldTypeString), Value: new("7"),
		}), "Updated 1 tasks")
		wantDetail(t, performAction(t, client, project, labelstudio.ActionIDAddDataField, labelstudio.ActionRequest{
			SelectedItems: theTasks(ids[0]), ValueName: new("e"), ValueType: new(labelstudio.DataFieldTypeExpression), Value: new("range(3)"),
		}), "Updated 1 tasks")
		for id, want := range map[int64]string{
			ids[0]: `{"text":"text 0","cache_label":"good","n":7.0,"s":"7","e":3}`,
			ids[1]: `{"text":"text 1","cache_predictions_label":"good: 1"}`,
		} {
			task, err := client.Tasks.Get(ctx, id, nil)
			ok(t, err)
			if string(task.Data) != want {
				t.Errorf("the data are %s, want %s", task.Data, want)
			}
		}

		wantDetail(t, performAction(t, client, project, labelstudio.ActionIDRenameLabels, labelstudio.ActionRequest{
			SelectedItems: allTasks, ControlTag: new("label"), OldLabelName: new("good"), NewLabelName: new("bad"),
		}), "Updated 1 labels in 1")
		wantDetail(t, performAction(t, client, project, labelstudio.ActionIDPropagateAnnotations, labelstudio.ActionRequest{
			SelectedItems: theTasks(ids[0], ids[3]), SourceAnnotationID: &annotation,
		}), "Created 1 annotations")
		wantDetail(t, performAction(t, client, project, labelstudio.ActionIDPredictionsToAnnotations, labelstudio.ActionRequest{
			SelectedItems: allTasks, ModelVersion: []string{"one"},
		}), "Created 1 annotations")
		wantProcessed(t, performAction(t, client, project, labelstudio.ActionIDDeleteTasksAnnotations, labelstudio.ActionRequest{
			SelectedItems: allTasks, Annotator: new(int64(missing)),
		}), 0)
		wantProcessed(t, performAction(t, client, project, labelstudio.ActionIDDeleteTasksAnnotations, labelstudio.ActionRequest{
			SelectedItems: labelstudio.SelectedItems{All: true, Excluded: []int64{ids[0]}}, Annotator: new(viewerID(t, client)),
		}), 2)
		wantProcessed(t, performAction(t, client, project, labelstudio.ActionIDDeleteTasksPredictions, labelstudio.ActionRequest{
			SelectedItems: theTasks(ids[1]),
		}), 1)

		twin := newTask(t, client, project, "text 3").ID
		performAction(t, client, project, labelstudio.ActionIDRemoveDuplicates, labelstudio.ActionRequest{SelectedItems: allTasks})
		_, err = client.Tasks.Get(ctx, twin, nil)
		wantError(t, err, labelstudio.ErrNotFound)

		// A view's own selection and filters stand in for those of the request.
		view, err := client.Views.Create(ctx, labelstudio.ViewRequest{Project: project, SelectedItems: new(theTasks(ids[3]))})
		ok(t, err)
		result, err := client.Actions.ActionsService.Perform(ctx, &labelstudio.ActionsPerformParams{
			ID: labelstudio.ActionIDDeleteTasks, Project: project, View: &view.ID,
		}, labelstudio.ActionRequest{SelectedItems: allTasks})
		ok(t, err)
		wantDetail(t, result, "Deleted 1 tasks")
		if result.Reload == nil || *result.Reload {
			t.Errorf("answered %+v", result)
		}
		result = performAction(t, client, project, labelstudio.ActionIDDeleteTasks, labelstudio.ActionRequest{SelectedItems: allTasks})
		wantProcessed(t, result, 3)
		if result.Reload == nil || !*result.Reload {
			t.Errorf("answered %+v", result)
		}
	})
}

// The server would take a selection of nothing for all.
func TestActionOnNothing(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	for _, nothing := range []labelstudio.SelectedItems{{}, {Included: []int64{}}, {Excluded: []int64{task}}} {
		_, err := client.Actions.Perform(ctx, &labelstudio.ActionsPerformParams{ID: labelstudio.ActionIDDeleteTasks, Project: project},
			labelstudio.ActionRequest{SelectedItems: nothing})
		if err == nil || !strings.Contains(err.Error(), "nothing is selected") {
			t.Errorf("%+v: got %v", nothing, err)
		}
	}
	_, err := client.Tasks.Get(ctx, task, nil)
	ok(t, err)

	sent := object{"selectedItems": object{"all": false, "included": []int64{}}}
	var result labelstudio.ActionResult
	other := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken)) // as the client can't send this
	ok(t, other.Do(ctx, http.MethodPost, "/api/dm/actions/",
		url.Values{"id": {"retrieve_tasks_predictions"}, "project": {itoa(project)}}, sent, &result))
	wantProcessed(t, &result, 1)
}

func TestActionForms(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	ids := newTasks(t, client, project, 1)
	annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
	predictAs(t, client, ids[0], "one")
	tests := []struct {
		id     labelstudio.ActionID
		fields string
		option string // of the first field
	}{
		{labelstudio.ActionIDAddDataField, "value_name:input value_type:select value:input", ""},
		{labelstudio.ActionIDCacheLabels, "control_tag:select custom_control_tag:input with_counters:select source:select", `"ALL"`},
		{labelstudio.ActionIDDeleteTasks, "", ""},
		{labelstudio.ActionIDDeleteTasksAnnotations, "annotator:select", `{"value":"1","label":"admin@example.com"}`},
		{labelstudio.ActionIDDeleteTasksPredictions, "", ""},
		{labelstudio.ActionIDPredictionsToAnnotations, "model_version:select", `"one"`},
		{labelstudio.ActionIDPropagateAnnotations, "source_annotation_id:number", ""},
		{labelstudio.ActionIDRemoveDuplicates, "", ""},
		{labelstudio.ActionIDRenameLabels, "control_tag:select old_label_name:select new_label_name:input", `"label"`},
		{labelstudio.ActionIDRetrieveTasksPredictions, "", ""},
	}
	for _, tt := range tests {
		t.Run(string(tt.id), func(t *testing.T) {
			forms, err := client.Actions.Form(ctx, tt.id, &labelstudio.ActionsFormParams{Project: project})
			ok(t, err)
			var fields []string
			var option string
			for _, form := range forms {
				for i, field := range form.Fields {
					fields = append(fields, field.Name+":"+string(field.Type))
					if i == 0 && len(field.Options) > 0 {
						option = string(field.Options[0])
					}
				}
			}
			if got := strings.Join(fields, " "); got != tt.fields || option != tt.option {
				t.Errorf("the form is %q with %s, want %q with %s", got, option, tt.fields, tt.option)
			}
		})
	}
}

func TestDataManager(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project := newProject(t, client).ID
		task := newTask(t, client, project, "x").ID
		annotate(t, client, task, object{"result": json.RawMessage(regions)})
		predictAs(t, client, task, "one")

		columns, err := client.DataManager.Columns(ctx, &labelstudio.DataManagerColumnsParams{Project: project})
		ok(t, err)
		byID := map[string]labelstudio.Column{}
		for _, c := range columns.Columns {
			byID[c.ID] = c
		}
		text, id, versions, data := byID["text"], byID["id"], byID["predictions_model_versions"], byID["data"]
		if text.Parent == nil || *text.Parent != "data" || !text.ProjectDefined || text.Help != nil || text.VisibilityDefaults == nil ||
			!text.VisibilityDefaults.Labeling || id.Type != "Number" || id.Help == nil || id.Target != "tasks" ||
			versions.Schema == nil || string(versions.Schema.Items[0]) != `"one"` || !slices.Equal(data.Children, []string{"text"}) ||
			byID["annotators"].Schema == nil || byID["annotators"].Schema.Multiple != nil || data.VisibilityDefaults != nil {
			t.Errorf("the columns are %+v", columns)
		}

		state, err := client.DataManager.Project(ctx, &labelstudio.DataManagerProjectParams{Project: project})
		ok(t, err)
		if state.ID != project || state.TaskCount != 1 || state.AnnotationCount != 1 || !state.CanDeleteTasks || !state.CanManageTasks ||
			!state.CanManageAnnotations || state.SourceSyncing || state.TargetSyncing || state.TaskNumber != nil || !state.ConfigHasControlTags {
			t.Errorf("the project is %+v", state)
		}
	})
}

// managerCalls are those that look at who may see the project.
func managerCalls(ctx context.Context) map[string]func(c *labelstudio.Client, project int64) error {
	return map[string]func(c *labelstudio.Client, project int64) error{
		"actions": func(c *labelstudio.Client, project int64) error {
			_, err := c.Actions.List(ctx, &labelstudio.ActionsListParams{Project: project})
			return err
		},
		"perform": func(c *labelstudio.Client, project int64) error {
			_, err := c.Actions.Perform(ctx, &labelstudio.ActionsPerformParams{ID: labelstudio.ActionIDDeleteTasks, Project: project},
				labelstudio.ActionRequest{SelectedItems: allTasks})
			return err
		},
		"form": func(c *labelstudio.Client, project int64) error {
			_, err := c.Actions.Form(ctx, labelstudio.ActionIDDeleteTasks, &labelstudio.ActionsFormParams{Project: project})
			return err
		},
		"columns": func(c *labelstudio.Client, project int64) error {
			_, err := c.DataManager.Columns(ctx, &labelstudio.DataManagerColumnsParams{Project: project})
			return err
		},
		"project": func(c *labelstudio.Client, project int64) error {
			_, err := c.DataManager.Project(ctx, &labelstudio.DataManagerProjectParams{Project: project})
			return err
		},
	}
}

func TestDataManagerRefused(t *testing.T) {
	t.Parallel()
	ctx, client, nobody := t.Context(), admin(t), newClient(t, withLegacy)
	project, other := newProject(t, client).ID, newProject(t, client).ID
	view, err := client.Views.Create(ctx, labelstudio.ViewRequest{Project: other})
	ok(t, err)
	for name, call := range managerCalls(ctx) {
		t.Run(name, func(t *testing.T) {
			wantError(t, call(nobody, missing), labelstudio.ErrUnauthorized)
			wantError(t, call(client, missing), labelstudio.ErrNotFound)
		})
	}
	for name, path := range map[string]string{
		"actions": "actions/", "form": "actions/delete_tasks/form/", "columns": "columns/", "project": "project/",
	} {
		t.Run(name+" of no number", func(t *testing.T) {
			err := client.Do(ctx, http.MethodGet, "/api/dm/"+path, url.Values{"project": {"x"}}, nil, nil)
			wantError(t, err, labelstudio.ErrValidation)
		})
	}

	_, err = client.Actions.ActionsService.Perform(ctx, &labelstudio.ActionsPerformParams{
		ID: labelstudio.ActionIDDeleteTasks, Project: project, View: &view.ID,
	}, labelstudio.ActionRequest{SelectedItems: allTasks})
	wantError(t, err, labelstudio.ErrServer)
	_, err = client.Actions.ActionsService.Perform(ctx, &labelstudio.ActionsPerformParams{
		ID: labelstudio.ActionIDDeleteTasks, Project: project, View: new(int64(missing)),
	}, labelstudio.ActionRequest{SelectedItems: allTasks})
	wantError(t, err, labelstudio.ErrNotFound)
	t.Run("no such tag", func(t *testing.T) {
		_, err := client.Actions.Perform(ctx, &labelstudio.ActionsPerformParams{ID: labelstudio.ActionIDRenameLabels, Project: project},
			labelstudio.ActionRequest{SelectedItems: allTasks, ControlTag: new("none"), OldLabelName: new("a"), NewLabelName: new("b")})
		wantError(t, err, labelstudio.ErrValidation)
	})
}

// A former member's legacy token is good for what is of no organization, and
// for a view of any project; the access token makes the server fail.
func TestDataManagerFormerMember(t *testing.T) {
	t.Parallel()
	ctx, owner, member := t.Context(), admin(t), newUser(t)
	project := newProject(t, owner).ID
	legacy := member.client(t)
	made, err := legacy.Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value(unique(t))})
	ok(t, err)
	theirs := made.ID
	t.Cleanup(func() { ok(t, owner.Projects.Delete(cleanup(t), theirs)) }) // as the member can't any more
	view, err := owner.Views.Create(ctx, labelstudio.ViewRequest{Project: project})
	ok(t, err)
	access := member.access(t)

	ok(t, owner.Members.Delete(ctx, 1, member.id))

	viewCalls := map[string]func(c *labelstudio.Client) error{
		"list":   func(c *labelstudio.Client) error { _, err := c.Views.List(ctx, nil); return err },
		"get":    func(c *labelstudio.Client) error { _, err := c.Views.Get(ctx, view.ID); return err },
		"delete": func(c *labelstudio.Client) error { return c.Views.Delete(ctx, view.ID) },
		"update": func(c *labelstudio.Client) error {
			_, err := c.Views.Update(ctx, view.ID, labelstudio.ViewUpdateRequest{})
			return err
		},
		"replace": func(c *labelstudio.Client) error {
			_, err := c.Views.Replace(ctx, view.ID, labelstudio.ViewReplaceRequest{Project: project})
			return err
		},
		"reorder": func(c *labelstudio.Client) error {
			return c.Views.Reorder(ctx, labelstudio.ViewOrderRequest{Project: project, IDs: []int64{view.ID}})
		},
		"delete all": func(c *labelstudio.Client) error {
			return c.Views.DeleteAll(ctx, project, labelstudio.All())
		},
		"create": func(c *labelstudio.Client) error {
			_, err := c.Views.Create(ctx, labelstudio.ViewRequest{Project: project})
			return err
		},
	}
	for name, call := range viewCalls {
		t.Run("view "+name, func(t *testing.T) {
			wantError(t, call(access), labelstudio.ErrServer)
			if name == "list" || name == "create" {
				ok(t, call(legacy))
			} else {
				wantError(t, call(legacy), labelstudio.ErrNotFound)
			}
		})
	}
	for name, call := range managerCalls(ctx) {
		t.Run(name, func(t *testing.T) {
			wantError(t, call(access, project), labelstudio.ErrServer)
			wantError(t, call(legacy, project), labelstudio.ErrForbidden)
		})
	}

	t.Run("project of nobody", func(t *testing.T) {
		orphan, err := legacy.Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value(unique(t))})
		ok(t, err)
		state, err := legacy.DataManager.Project(ctx, &labelstudio.DataManagerProjectParams{Project: orphan.ID})
		ok(t, err)
		if state.Organization != nil {
			t.Errorf("the project is of the organization %d", *state.Organization)
		}

		ok(t, owner.Users.Delete(ctx, member.id))
		_, err = owner.DataManager.Project(ctx, &labelstudio.DataManagerProjectParams{Project: theirs})
		wantError(t, err, labelstudio.ErrServer) // as there is nobody who created it
	})
}

func TestDataManagerProjectNull(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := createProject(t, client, labelstudio.ProjectRequest{
		Description: labelstudio.Null[string](), ModelVersion: labelstudio.Null[string](), Title: labelstudio.Null[string](),
		Sampling: labelstudio.Null[labelstudio.Sampling](), SkipQueue: labelstudio.Null[labelstudio.SkipQueue](),
	}).ID
	state, err := client.DataManager.Project(ctx, &labelstudio.DataManagerProjectParams{Project: project})
	ok(t, err)
	if state.Description != nil || state.ModelVersion != nil || state.Title != nil || state.Sampling != nil || state.SkipQueue != nil {
		t.Errorf("the project is %+v", state)
	}
	forms, err := client.Actions.Form(ctx, labelstudio.ActionIDPredictionsToAnnotations, &labelstudio.ActionsFormParams{Project: project})
	ok(t, err)
	if value := forms[0].Fields[0].Value; !value.IsNull() {
		t.Errorf("the version is %v", value)
	}
}
