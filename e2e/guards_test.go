package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/filter"
)

// holdings is what a project has that can be destroyed. They are counted one
// by one, as the server's own numbers aren't always true.
type holdings struct{ tasks, annotations, predictions, uploads, views int }

func holdingsOf(t *testing.T, client *labelstudio.Client, project int64) holdings {
	t.Helper()
	ctx := t.Context()
	var held holdings
	for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project}) {
		ok(t, err)
		annotations, err := client.Annotations.List(ctx, task.ID)
		ok(t, err)
		predictions, err := client.Predictions.List(ctx, &labelstudio.PredictionsListParams{Task: &task.ID})
		ok(t, err)
		held.tasks++
		held.annotations += len(annotations)
		held.predictions += len(predictions)
	}
	files, err := client.FileUploads.List(ctx, project, &labelstudio.FileUploadsListParams{All: new(true)})
	ok(t, err)
	views, err := client.Views.List(ctx, &labelstudio.ViewsListParams{Project: &project})
	ok(t, err)
	held.uploads, held.views = len(files), len(views)
	return held
}

func upload(t *testing.T, client *labelstudio.Client, project int64, names ...string) []int64 {
	t.Helper()
	var files []labelstudio.File
	for _, name := range names {
		files = append(files, labelstudio.FileOf(name, []byte("text\n"+name+"\n")))
	}
	summary, err := client.Projects.ImportFiles(t.Context(), project, files, labelstudio.ImportOptions{UploadOnly: true})
	ok(t, err)
	return summary.FileUploadIDs
}

// watched returns a client that fails the test when it sends what may change
// something.
func watched(t *testing.T) *labelstudio.Client {
	t.Helper()
	return newClient(t, withLegacy, labelstudio.WithToken(server.LegacyToken),
		labelstudio.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				if req.Method != http.MethodGet {
					t.Errorf("sent %s %s", req.Method, req.URL)
				}
				return next.RoundTrip(req)
			})
		}))
}

// Every way to say nothing, or something that the server would take for more,
// is refused, and everything is still there.
func TestGuards(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project, other := newProject(t, client).ID, newProject(t, client).ID
	ids := newTasks(t, client, project, 3)
	annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
	predictAs(t, client, ids[1], "one")
	files := upload(t, client, project, "a.csv", "b.csv")
	newView := func(of int64, selected *labelstudio.SelectedItems, filters *labelstudio.Filters) int64 {
		view, err := client.Views.ViewsService.Create(ctx, labelstudio.ViewRequest{
			Project: of, SelectedItems: selected, Data: &labelstudio.ViewDataRequest{Filters: filters},
		})
		ok(t, err)
		return view.ID
	}
	passedOver := filterBy(columnID, labelstudio.FilterOperatorGreater, labelstudio.FilterTypeNumber, "0")
	passedOver.ChildFilter = &labelstudio.ChildFilterItem{
		Filter: "id", Operator: labelstudio.FilterOperatorEqual, Type: labelstudio.FilterTypeNumber, Value: json.RawMessage("1"),
	}
	unfiltered := newView(project, nil, nil)
	some := newView(project, new(theTasks(ids[0])), nil)
	misfiltered := newView(project, new(theTasks(ids...)), filtersOf(filterBy("filter:tasks:gone", labelstudio.FilterOperatorEqual, labelstudio.FilterTypeNumber, "1")))
	elsewhere := newView(other, new(theTasks(ids[0])), nil)
	before := holdingsOf(t, client, project)
	if want := (holdings{3, 1, 1, 2, 3}); before != want {
		t.Fatalf("there is %+v, want %+v", before, want)
	}

	type refused struct {
		name string
		err  error
		want string // part of the error
	}
	var tests []refused
	guarded := watched(t)
	selections := []struct {
		name      string
		selection labelstudio.Selection
		want      string
	}{
		{"the zero value", labelstudio.Selection{}, "Selection is empty"},
		{"no ids", labelstudio.IDs(), "IDs got no ids"},
		{"a nil list", labelstudio.IDs([]int64(nil)...), "IDs got no ids"},
		{"an id of 0", labelstudio.IDs(ids[0], 0), "the id 0"},
		{"an id below", labelstudio.IDs(-1), "the id -1"},
		{"all but nothing", labelstudio.All().Except(), "Except got no ids"},
		{"all but an id of 0", labelstudio.All().Except(0), "the id 0"},
		{"ids but some", labelstudio.IDs(ids...).Except(ids[0]), "goes with All only"},
		{"no filters", labelstudio.All().Where(nil), "Where got no filters"},
		{"the zero value of filters", labelstudio.All().Where(&labelstudio.Filters{}), "Where got no filters"},
		{"none expected", labelstudio.All().Expect(0), "0 are expected"},
		{"nothing of filters", labelstudio.Selection{}.Where(filter.And(filter.ID.Greater(0))), "Selection is empty"},
		{"nothing expected to be 3", labelstudio.Selection{}.Expect(3), "Selection is empty"},
	}
	for _, tt := range selections {
		_, err := guarded.Tasks.DeleteSelected(ctx, project, tt.selection)
		tests = append(tests, refused{"tasks: " + tt.name, err, tt.want})
		_, err = guarded.Annotations.DeleteSelected(ctx, project, tt.selection)
		tests = append(tests, refused{"annotations: " + tt.name, err, tt.want})
		_, err = guarded.Predictions.DeleteSelected(ctx, project, tt.selection)
		tests = append(tests, refused{"predictions: " + tt.name, err, tt.want})
		_, err = guarded.FileUploads.DeleteSelected(ctx, project, tt.selection)
		tests = append(tests, refused{"uploads: " + tt.name, err, tt.want})
		_, err = guarded.FileUploads.DeleteAll(ctx, project, tt.selection)
		tests = append(tests, refused{"all uploads: " + tt.name, err, tt.want})
		err = guarded.Tasks.DeleteAll(ctx, project, tt.selection)
		tests = append(tests, refused{"all tasks: " + tt.name, err, tt.want})
		err = guarded.Views.DeleteAll(ctx, project, tt.selection)
		tests = append(tests, refused{"all views: " + tt.name, err, tt.want})
	}
	one, most := labelstudio.IDs(ids[0]), labelstudio.All().Except(ids[0])
	deleteTasks := func(project int64, selection labelstudio.Selection) error {
		_, err := guarded.Tasks.DeleteSelected(ctx, project, selection)
		return err
	}
	deleteFiles := func(project int64, selection labelstudio.Selection) error {
		_, err := guarded.FileUploads.DeleteSelected(ctx, project, selection)
		return err
	}
	deleteAllFiles := func(selection labelstudio.Selection) error {
		_, err := guarded.FileUploads.DeleteAll(ctx, project, selection)
		return err
	}
	_, ofNobody := guarded.Annotations.DeleteSelectedBy(ctx, project, labelstudio.All(), 0)
	_, everywhere := guarded.Labels.BulkUpdate(ctx, labelstudio.LabelBulkUpdateRequest{
		OldLabel: json.RawMessage(`["good"]`), NewLabel: json.RawMessage(`["bad"]`),
	})
	_, noFiles := guarded.FileUploads.FileUploadsService.DeleteSelected(ctx, project, labelstudio.FileUploadsDeleteRequest{})
	tests = append(tests, []refused{
		{"tasks: filters that don't fit", deleteTasks(project, labelstudio.All().Where(filtersOf(passedOver))), "invalid filter"},
		{"tasks: no project", deleteTasks(0, labelstudio.All()), "project is 0"},
		{"uploads: no project", deleteFiles(0, labelstudio.All()), "project is 0"},
		{"uploads: all but some", deleteFiles(project, labelstudio.All().Except(files[0])), "without Where and Except"},
		{"uploads: filters", deleteFiles(project, labelstudio.All().Where(filter.And(filter.ID.Greater(0)))), "without Where and Except"},
		{"all uploads: some", deleteAllFiles(labelstudio.IDs(files[0])), "say labelstudio.All()"},
		{"all uploads: expected", deleteAllFiles(labelstudio.All().Expect(2)), "can't be counted"},
		{"all tasks: some", guarded.Tasks.DeleteAll(ctx, project, one), "say labelstudio.All()"},
		{"all tasks: most", guarded.Tasks.DeleteAll(ctx, project, most), "say labelstudio.All()"},
		{"all tasks: no project", guarded.Tasks.DeleteAll(ctx, 0, labelstudio.All()), "project is 0"},
		{"all views: no project", guarded.Views.DeleteAll(ctx, 0, labelstudio.All()), "project is 0"},
		{"annotations: of nobody", ofNobody, "Annotator is 0"},
		{"labels: of all projects", everywhere, "no Project is set"},
		{"generated: no files", noFiles, "no files are named"},
		{"generated: all tasks of no project", guarded.Tasks.TasksService.DeleteAll(ctx, 0), "parameter id is 0"},
		{"generated: no project", guarded.Projects.Delete(ctx, 0), "parameter id is 0"},
	}...)

	deletion := labelstudio.ActionIDDeleteTasks
	on := func(id labelstudio.ActionID, view *int64) *labelstudio.ActionsPerformParams {
		return &labelstudio.ActionsPerformParams{Project: project, ID: id, View: view}
	}
	renaming := labelstudio.ActionRequest{ControlTag: new("label"), OldLabelName: new("good"), NewLabelName: new("bad")}
	renamingSome, renamingToNothing := renaming, renaming
	renamingSome.SelectedItems = theTasks(ids[0])
	renamingToNothing.SelectedItems, renamingToNothing.NewLabelName = allTasks, nil
	all := labelstudio.ActionRequest{SelectedItems: allTasks}
	for _, tt := range []struct {
		name   string
		params *labelstudio.ActionsPerformParams
		body   labelstudio.ActionRequest
		want   string
	}{
		{"nothing", nil, labelstudio.ActionRequest{}, "needs params"},
		{"no project", &labelstudio.ActionsPerformParams{ID: deletion}, all, "project is 0"},
		{"no action", on("", nil), all, "no action is named"},
		{"an action that there isn't", on("delete_everything", nil), all, `no action "delete_everything", but ["`},
		{"an empty request", on(deletion, nil), labelstudio.ActionRequest{}, "nothing is selected"},
		{"no ids", on(deletion, nil), labelstudio.ActionRequest{SelectedItems: theTasks()}, "nothing is selected"},
		{"an id of 0", on(deletion, nil), labelstudio.ActionRequest{SelectedItems: theTasks(0)}, "the id 0"},
		{"all and some", on(deletion, nil), labelstudio.ActionRequest{
			SelectedItems: labelstudio.SelectedItems{All: true, Included: ids[:1]},
		}, "All goes with Excluded"},
		{"some but others", on(deletion, nil), labelstudio.ActionRequest{
			SelectedItems: labelstudio.SelectedItems{Included: ids, Excluded: ids[:1]},
		}, "All goes with Excluded"},
		{"empty filters", on(deletion, nil), labelstudio.ActionRequest{SelectedItems: allTasks, Filters: &labelstudio.Filters{}}, "invalid filter"},
		{"filters without a condition", on(deletion, nil), labelstudio.ActionRequest{SelectedItems: allTasks, Filters: filtersOf()}, "invalid filter"},
		{"filters that are passed over", on(deletion, nil), labelstudio.ActionRequest{
			SelectedItems: allTasks, Filters: filtersOf(passedOver),
		}, "invalid filter"},
		{"view 0", on(deletion, new(int64(0))), all, "View is 0"},
		{"a view and ids", on(deletion, &unfiltered), labelstudio.ActionRequest{SelectedItems: theTasks(ids[0])}, "leave out those"},
		{"a view and filters", on(deletion, &unfiltered), labelstudio.ActionRequest{
			SelectedItems: allTasks, Filters: filter.And(filter.ID.Equal(ids[0])),
		}, "leave out those"},
		{"a view that selects nothing", on(deletion, &unfiltered), labelstudio.ActionRequest{}, "selects no tasks"},
		{"all of a view that selects some", on(deletion, &some), all, "selects some of its tasks"},
		{"a view with filters that don't fit", on(deletion, &misfiltered), labelstudio.ActionRequest{}, "invalid filter"},
		{"a view of another project", on(deletion, &elsewhere), labelstudio.ActionRequest{}, "not of project"},
		{"annotator 0", on(labelstudio.ActionIDDeleteTasksAnnotations, nil), labelstudio.ActionRequest{
			SelectedItems: allTasks, Annotator: new(int64(0)),
		}, "Annotator is 0"},
		{"renaming of some", on(labelstudio.ActionIDRenameLabels, nil), renamingSome, "all annotations of the project"},
		{"renaming to nothing", on(labelstudio.ActionIDRenameLabels, nil), renamingToNothing, "NewLabelName"},
		{"a field without a name", on(labelstudio.ActionIDAddDataField, nil), all, "set ValueName"},
	} {
		_, err := guarded.Actions.Perform(ctx, tt.params, tt.body)
		tests = append(tests, refused{"action: " + tt.name, err, tt.want})
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
				t.Errorf("got %v, want %q", tt.err, tt.want)
			}
		})
	}
	if after := holdingsOf(t, client, project); after != before {
		t.Errorf("there is %+v now, and was %+v", after, before)
	}
}

// A view stands in for the selection of a request, if that says which of both
// it means.
func TestGuardedViews(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	tests := []struct {
		name     string
		selected func(ids []int64) *labelstudio.SelectedItems
		filters  *labelstudio.Filters
		body     labelstudio.ActionRequest
		want     int64
	}{
		{"what it selects", func(ids []int64) *labelstudio.SelectedItems { return new(theTasks(ids[1])) }, nil, labelstudio.ActionRequest{}, 1},
		{"all but some", func(ids []int64) *labelstudio.SelectedItems {
			return &labelstudio.SelectedItems{All: true, Excluded: ids[:1]}
		}, nil, labelstudio.ActionRequest{}, 2},
		{"all that its filters leave", func([]int64) *labelstudio.SelectedItems { return nil },
			filter.And(filter.Data("text").NotEqual("text 0")), labelstudio.ActionRequest{SelectedItems: allTasks}, 2},
		{"all", func([]int64) *labelstudio.SelectedItems { return nil }, nil, labelstudio.ActionRequest{SelectedItems: allTasks}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			project := newProject(t, client).ID
			view, err := client.Views.Create(ctx, labelstudio.ViewRequest{
				Project: project, SelectedItems: tt.selected(newTasks(t, client, project, 3)), Data: &labelstudio.ViewDataRequest{Filters: tt.filters},
			})
			ok(t, err)
			result, err := client.Actions.Perform(ctx, &labelstudio.ActionsPerformParams{
				Project: project, ID: labelstudio.ActionIDDeleteTasks, View: &view.ID,
			}, tt.body)
			ok(t, err)
			wantProcessed(t, result, tt.want)
		})
	}
}

// wantCount checks that an error tells these counts.
func wantCount(t *testing.T, err error, expected, counted int64) {
	t.Helper()
	var count *labelstudio.CountError
	if !errors.Is(err, labelstudio.ErrUnexpectedCount) || !errors.As(err, &count) {
		t.Errorf("got %v, want a CountError", err)
	} else if count.Expected != expected || count.Counted != counted {
		t.Errorf("expected %d and counted %d, want %d and %d", count.Expected, count.Counted, expected, counted)
	}
}

// What the guards are for: the server takes all of this for more than it says.
func TestWhatGuardsAreFor(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken)) // much is not described
	project := newProject(t, client).ID
	ids := newTasks(t, client, project, 3)
	annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
	view, err := client.Views.Create(ctx, labelstudio.ViewRequest{Project: project})
	ok(t, err)
	perform := func(t *testing.T, id string, query url.Values, body object) *labelstudio.ActionResult {
		t.Helper()
		query.Set("project", itoa(project))
		query.Set("id", id)
		var result labelstudio.ActionResult
		ok(t, client.Do(ctx, http.MethodPost, "/api/dm/actions/", query, body, &result))
		return &result
	}
	for name, body := range map[string]object{
		"an empty request": {},
		"no ids":           {"selectedItems": object{"all": false, "included": []int64{}}},
		"all and one":      {"selectedItems": object{"all": true, "included": ids[:1]}},
		"no conditions": {
			"selectedItems": object{"all": true}, "filters": object{"conjunction": "and", "items": []object{}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			wantProcessed(t, perform(t, "retrieve_tasks_predictions", url.Values{}, body), 3)
		})
	}
	t.Run("a view that selects nothing", func(t *testing.T) {
		one := object{"selectedItems": object{"all": false, "included": ids[:1]}}
		wantProcessed(t, perform(t, "retrieve_tasks_predictions", url.Values{"view": {itoa(view.ID)}}, one), 3)
	})
	t.Run("a label of other tasks", func(t *testing.T) {
		wantDetail(t, perform(t, "rename_labels", url.Values{}, object{
			"selectedItems": object{"all": false, "included": ids[1:2]},
			"control_tag":   "label", "old_label_name": "good", "new_label_name": "bad",
		}), "Updated 1 labels in 1")
	})
	t.Run("annotations of nobody", func(t *testing.T) {
		wantProcessed(t, perform(t, "delete_tasks_annotations", url.Values{}, object{"selectedItems": object{"all": true}, "annotator": 0}), 1)
	})

	path := fmt.Sprintf("/api/projects/%d/file-uploads", project)
	upload(t, client, project, "a.csv", "b.csv")
	for _, tt := range []struct {
		body string
		want int64
	}{{`{"file_upload_ids":[]}`, 0}, {`{"file_upload_ids":null}`, 2}} {
		t.Run("files "+tt.body, func(t *testing.T) {
			var result labelstudio.DeletedFileUploads
			ok(t, client.Do(ctx, http.MethodDelete, path, nil, json.RawMessage(tt.body), &result))
			if result.Deleted != tt.want {
				t.Errorf("deleted %d, want %d", result.Deleted, tt.want)
			}
		})
	}
	wantError(t, client.Do(ctx, http.MethodDelete, path, nil, json.RawMessage(`{"file_upload_ids":"1"}`), nil), labelstudio.ErrServer)
}
