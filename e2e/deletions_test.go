package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/filter"
)

func taskIDs(t *testing.T, client *labelstudio.Client, project int64) (ids []int64) {
	t.Helper()
	for task, err := range client.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project}) {
		ok(t, err)
		ids = append(ids, task.ID)
	}
	slices.Sort(ids)
	return ids
}

// madeUp are ids that no task has, so many that they don't fit into one request
// for a count.
func madeUp() (ids []int64) {
	for i := range int64(450) {
		ids = append(ids, missing+i)
	}
	return ids
}

// What is selected is what is counted and what is deleted.
func TestDeleteSelectedTasks(t *testing.T) {
	t.Parallel()
	text := filter.Data("text")
	all, of := labelstudio.All, labelstudio.IDs
	tests := []struct {
		name      string
		selection func(ids []int64, foreign int64) labelstudio.Selection
		left      []int // indexes
	}{
		{"one", func(ids []int64, _ int64) labelstudio.Selection { return of(ids[2]) }, []int{0, 1, 3}},
		{"one twice", func(ids []int64, _ int64) labelstudio.Selection { return of(ids[2], ids[2]) }, []int{0, 1, 3}},
		{"one and others' ids", func(ids []int64, foreign int64) labelstudio.Selection { return of(ids[0], foreign, missing) }, []int{1, 2, 3}},
		{"hundreds of ids", func(ids []int64, _ int64) labelstudio.Selection {
			return of(append(madeUp(), ids[1], ids[3])...)
		}, []int{0, 2}},
		{"all but one", func(ids []int64, _ int64) labelstudio.Selection { return all().Except(ids[1]) }, []int{1}},
		{"all but two", func(ids []int64, _ int64) labelstudio.Selection { return all().Except(ids[1]).Except(ids[0], ids[1]) }, []int{0, 1}},
		{"all but hundreds", func(ids []int64, _ int64) labelstudio.Selection { return all().Except(append(madeUp(), ids[:2]...)...) }, []int{0, 1}},
		{"what a filter leaves", func([]int64, int64) labelstudio.Selection {
			return all().Where(filter.Or(text.Equal("text 0"), text.Equal("text 3")))
		}, []int{1, 2}},
		{"what a filter leaves, but one", func(ids []int64, _ int64) labelstudio.Selection {
			return all().Where(filter.And(text.NotEqual("text 0"))).Except(ids[0], ids[1])
		}, []int{0, 1}},
		{"one that a filter leaves", func(ids []int64, _ int64) labelstudio.Selection {
			return of(ids[0], ids[1]).Where(filter.And(text.Equal("text 0")))
		}, []int{1, 2, 3}},
		{"all", func([]int64, int64) labelstudio.Selection { return all() }, nil},
	}
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		foreign := newTask(t, client, newProject(t, client).ID, "text 0").ID
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				ctx, project := t.Context(), newProject(t, client).ID
				ids := newTasks(t, client, project, 4)
				selection, count := tt.selection(ids, foreign), int64(4-len(tt.left))

				_, err := client.Tasks.DeleteSelected(ctx, project, selection.Expect(count+1))
				wantCount(t, err, count+1, count)
				if got := taskIDs(t, client, project); !slices.Equal(got, ids) {
					t.Errorf("after a refusal there are %v, want %v", got, ids)
				}
				deleted, err := client.Tasks.DeleteSelected(ctx, project, selection.Expect(count))
				ok(t, err)
				var left []int64
				for _, i := range tt.left {
					left = append(left, ids[i])
				}
				if got := taskIDs(t, client, project); deleted != count || !slices.Equal(got, left) {
					t.Errorf("deleted %d and left %v, want %d and %v", deleted, got, count, left)
				}
				_, err = client.Tasks.Get(ctx, foreign, nil)
				ok(t, err)
			})
		}
	})
}

// The server decodes the query by which tasks are counted twice, but not the
// request of an action.
func TestDeleteSelectedTasksWithPercent(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	newTask(t, client, project, "100%41")
	other := newTask(t, client, project, "100A").ID
	filters := filter.And(filter.Data("text").Equal("100%41"))
	for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project, Where: filters}) {
		ok(t, err)
		if task.ID == other {
			t.Errorf("the filter leaves %s", task.Data)
		}
	}
	deleted, err := client.Tasks.DeleteSelected(ctx, project, labelstudio.All().Where(filters).Expect(1))
	ok(t, err)
	if left := taskIDs(t, client, project); deleted != 1 || !slices.Equal(left, []int64{other}) {
		t.Errorf("deleted %d and left %v, want 1 and %d", deleted, left, other)
	}
}

// Between the counting and the action something may come: a selection of all
// takes it, ids don't.
func TestDeleteSelectedTasksInARace(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		selection func(ids []int64) labelstudio.Selection
		deleted   int64
	}{
		"all": {func([]int64) labelstudio.Selection { return labelstudio.All().Expect(2) }, 3},
		"ids": {func(ids []int64) labelstudio.Selection { return labelstudio.IDs(ids...).Expect(2) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := admin(t)
			project := newProject(t, client).ID
			selection := tt.selection(newTasks(t, client, project, 2))
			racing := newClient(t, withLegacy, labelstudio.WithToken(server.LegacyToken),
				labelstudio.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
					return roundTripper(func(req *http.Request) (*http.Response, error) {
						if req.Method == http.MethodPost {
							newTask(t, client, project, "late")
						}
						return next.RoundTrip(req)
					})
				}))
			deleted, err := racing.Tasks.DeleteSelected(t.Context(), project, selection)
			ok(t, err)
			if deleted != tt.deleted {
				t.Errorf("deleted %d, want %d", deleted, tt.deleted)
			}
		})
	}
}

func TestDeleteAllTasks(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	newTasks(t, client, project, 2)
	_, err := client.Views.Create(ctx, labelstudio.ViewRequest{Project: project})
	ok(t, err)
	wantCount(t, client.Tasks.DeleteAll(ctx, project, labelstudio.All().Expect(3)), 3, 2)
	if got := holdingsOf(t, client, project); got.tasks != 2 {
		t.Errorf("after a refusal there is %+v", got)
	}
	ok(t, client.Tasks.DeleteAll(ctx, project, labelstudio.All().Expect(2)))
	if got, want := holdingsOf(t, client, project), (holdings{views: 1}); got != want {
		t.Errorf("there is %+v, want %+v", got, want)
	}

	// With the last of selected tasks the views go, too.
	last := newTask(t, client, project, "last").ID
	_, err = client.Tasks.DeleteSelected(ctx, project, labelstudio.IDs(last))
	ok(t, err)
	if got, want := holdingsOf(t, client, project), (holdings{}); got != want {
		t.Errorf("there is %+v, want %+v", got, want)
	}
}

func TestDeleteAllViews(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	newTasks(t, client, project, 1)
	for range 2 {
		_, err := client.Views.Create(ctx, labelstudio.ViewRequest{Project: project})
		ok(t, err)
	}
	wantCount(t, client.Views.DeleteAll(ctx, project, labelstudio.All().Expect(1)), 1, 2)
	if got := holdingsOf(t, client, project); got.views != 2 {
		t.Errorf("after a refusal there is %+v", got)
	}
	ok(t, client.Views.DeleteAll(ctx, project, labelstudio.All().Expect(2)))
	if got, want := holdingsOf(t, client, project), (holdings{tasks: 1}); got != want {
		t.Errorf("there is %+v, want %+v", got, want)
	}
}

func TestDeleteSelectedAnnotations(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	ids := newTasks(t, client, project, 3)
	another := newUser(t)
	for _, task := range ids {
		annotate(t, client, task, object{"result": json.RawMessage(regions)})
		annotate(t, another.client(t), task, object{"result": json.RawMessage(regions)})
	}
	_, err := client.Drafts.Create(ctx, ids[0], labelstudio.AnnotationDraftRequest{Result: json.RawMessage(regions)})
	ok(t, err)

	_, err = client.Annotations.DeleteSelected(ctx, project, labelstudio.IDs(ids...).Expect(6))
	wantCount(t, err, 6, 3) // tasks
	of := func(task int64) int {
		annotations, err := client.Annotations.List(ctx, task)
		ok(t, err)
		return len(annotations)
	}
	want := func(step string, deleted, wanted int64, left ...int) {
		t.Helper()
		var got []int
		for _, id := range ids {
			got = append(got, of(id))
		}
		if deleted != wanted || !slices.Equal(got, left) {
			t.Errorf("%s: deleted %d and left %v, want %d and %v", step, deleted, got, wanted, left)
		}
	}
	want("refused", 0, 0, 2, 2, 2)
	deleted, err := client.Annotations.DeleteSelectedBy(ctx, project, labelstudio.IDs(ids[0], ids[1]).Expect(2), another.id)
	ok(t, err)
	want("of one user", deleted, 2, 1, 1, 2)
	deleted, err = client.Annotations.DeleteSelected(ctx, project, labelstudio.All().Except(ids[1]))
	ok(t, err)
	want("of two tasks", deleted, 3, 0, 1, 0)
	drafts, err := client.Drafts.List(ctx, ids[0])
	ok(t, err)
	if len(drafts) != 0 {
		t.Errorf("there are still %d drafts", len(drafts))
	}
}

func TestDeleteSelectedPredictions(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	ids := newTasks(t, client, project, 3)
	for _, task := range ids {
		predictAs(t, client, task, "one")
		predictAs(t, client, task, "two")
	}
	deleted, err := client.Predictions.DeleteSelected(ctx, project, labelstudio.All().Except(ids[0]).Expect(2))
	ok(t, err)
	if got, want := holdingsOf(t, client, project), (holdings{tasks: 3, predictions: 2}); deleted != 4 || got != want {
		t.Errorf("deleted %d and there is %+v, want 4 and %+v", deleted, got, want)
	}

	// Each prediction lowers its task's number to what it would be without that one alone, or
	// not at all while the server deletes some project.
	page, err := client.Tasks.List(ctx, &labelstudio.TasksListParams{Project: &project})
	ok(t, err)
	if page.TotalPredictions < 4 || page.TotalPredictions > 6 {
		t.Errorf("the tasks say that they have %d predictions, want 4 to 6", page.TotalPredictions)
	}
}

func TestDeleteSelectedFileUploads(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project, elsewhere := newProject(t, client).ID, newProject(t, client).ID
	files := upload(t, client, project, "a.csv", "b.csv", "c.csv")
	foreign := upload(t, client, elsewhere, "d.csv")[0]
	another := newUser(t).client(t)
	theirs := upload(t, another, project, "e.csv")[0]
	want := func(step string, deleted, wanted int64, own, others int) {
		t.Helper()
		got, gotOthers := holdingsOf(t, client, project).uploads, holdingsOf(t, another, project).uploads
		if deleted != wanted || got != own || gotOthers != others {
			t.Errorf("%s: deleted %d and left %d and %d, want %d, %d and %d", step, deleted, got, gotOthers, wanted, own, others)
		}
	}

	_, err := client.FileUploads.DeleteSelected(ctx, project, labelstudio.IDs(files[0], theirs).Expect(2))
	wantCount(t, err, 2, 1) // not those of others
	_, err = client.FileUploads.DeleteSelected(ctx, project, labelstudio.All().Expect(4))
	wantCount(t, err, 4, 3)
	want("refused", 0, 0, 3, 1)
	deleted, err := client.FileUploads.DeleteSelected(ctx, project, labelstudio.IDs(files[0], foreign, missing).Expect(1))
	ok(t, err)
	want("one", deleted, 1, 2, 1)
	deleted, err = client.FileUploads.DeleteSelected(ctx, project, labelstudio.All().Expect(2))
	ok(t, err)
	want("all own", deleted, 2, 0, 1)
	deleted, err = client.FileUploads.DeleteSelected(ctx, project, labelstudio.All())
	ok(t, err)
	want("none", deleted, 0, 0, 1)
	deleted, err = client.FileUploads.DeleteSelected(ctx, project, labelstudio.IDs(theirs))
	ok(t, err)
	want("another's", deleted, 1, 0, 0)
	if left := holdingsOf(t, client, elsewhere); left.uploads != 1 {
		t.Errorf("the other project has %+v", left)
	}

	upload(t, client, project, "a.csv")
	upload(t, another, project, "e.csv")
	bodiless := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken)) // the contract describes the body
	deleted, err = bodiless.FileUploads.DeleteAll(ctx, project, labelstudio.All())
	ok(t, err)
	want("everybody's", deleted, 2, 0, 0)
}

// A filter that looks at annotations finds a task once, however many it has.
func TestDeleteSelectedTasksAnnotatedTwice(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	ids := newTasks(t, client, project, 2)
	for range 2 {
		annotate(t, client, ids[0], object{"result": json.RawMessage(regions)})
	}
	annotated := labelstudio.All().Where(filter.And(filter.Annotators.Contains(viewerID(t, client))))
	deleted, err := client.Tasks.DeleteSelected(ctx, project, annotated.Expect(1))
	ok(t, err)
	if left := taskIDs(t, client, project); deleted != 1 || !slices.Equal(left, ids[1:]) {
		t.Errorf("deleted %d and left %v, want 1 and %v", deleted, left, ids[1:])
	}
}
