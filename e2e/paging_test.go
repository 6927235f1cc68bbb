package e2e

import (
	"slices"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/filter"
)

func TestPagingCounts(t *testing.T) {
	t.Parallel()
	client := admin(t)
	title := unique(t)
	var want []int64
	for range 3 {
		want = append(want, createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(title)}).ID)
	}
	var got []int64
	params := &labelstudio.ProjectsCountsParams{Title: &title, PageSize: new(int64(2))}
	for counts, err := range client.Projects.AllCounts(t.Context(), params) {
		ok(t, err)
		got = append(got, counts.ID)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("walked through %v, want %v", got, want)
	}
}

// The number of tasks is a multiple of the page size and is not: the server
// does not say which page is the last.
func TestPagingTasksOfProject(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	want := newTasks(t, client, project, 4)
	for _, size := range []int64{2, 3} {
		var got []int64
		for task, err := range client.Tasks.AllByProject(t.Context(), project, &labelstudio.TasksListByProjectParams{PageSize: &size}) {
			ok(t, err)
			got = append(got, task.ID)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%d a page: walked through %v, want %v", size, got, want)
		}
	}
	for _, err := range client.Tasks.AllByProject(t.Context(), missing, nil) {
		wantError(t, err, labelstudio.ErrNotFound)
	}
}

func TestPagingMembers(t *testing.T) {
	t.Parallel()
	want := newUser(t).id
	found := false
	for member, err := range admin(t).Members.All(t.Context(), organization, &labelstudio.MembersListParams{PageSize: new(int64(1))}) {
		ok(t, err)
		found = found || member.User.ID == want
	}
	if !found {
		t.Errorf("the new member %d is on no page", want)
	}
}

// Tasks that are deleted or made while the pages are walked through make none of
// the others come twice or not at all.
func TestPagingTasksThatChange(t *testing.T) {
	t.Parallel()
	client := admin(t)
	number := filter.Data("text")
	tests := []struct {
		name  string
		tasks labelstudio.TaskFilter
	}{
		{"all", labelstudio.TaskFilter{}},
		{"ahead", labelstudio.TaskFilter{Ahead: true}},
		{"with filters", labelstudio.TaskFilter{Where: filter.And(number.Contains("text"), number.NotEqual("other"))}},
		{"with one filter or the other", labelstudio.TaskFilter{Where: filter.Or(number.Contains("text"), number.Equal("other"))}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			project := newProject(t, client).ID
			want := newTasks(t, client, project, 7)
			tt.tasks.Project, tt.tasks.PageSize = project, 2
			var got []int64
			for task, err := range client.Tasks.All(t.Context(), tt.tasks) {
				ok(t, err)
				if got = append(got, task.ID); len(got) == 2 { // the other pages would begin with another task
					ok(t, client.Tasks.Delete(t.Context(), want[0]))
					want = append(want, newTask(t, client, project, "text 7").ID)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("walked through %v, want %v", got, want)
			}
		})
	}
}

// A view has an order of its own, and its pages their numbers.
func TestPagingTasksInAnOrder(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	want := newTasks(t, client, project, 5)
	slices.Reverse(want)
	view, err := client.Views.Create(t.Context(), labelstudio.ViewRequest{
		Project: project, Data: &labelstudio.ViewDataRequest{Ordering: filter.ByDescending(filter.ID)},
	})
	ok(t, err)
	for _, tasks := range []labelstudio.TaskFilter{
		{Project: project, OrderBy: filter.ByDescending(filter.ID)}, {View: view.ID},
		{Project: project, Ahead: true, Where: filter.Or(filter.ID.Greater(0).With(filter.ID.Less(1_000_000_000))), OrderBy: filter.ByDescending(filter.ID)},
	} {
		tasks.PageSize = 2
		if got := listed(t, client, tasks); !slices.Equal(got, want) {
			t.Errorf("%+v: walked through %v, want %v", tasks, got, want)
		}
	}
	pairs := filter.Or(filter.ID.Greater(0).With(filter.ID.Less(1_000_000_000)))
	got := listed(t, client, labelstudio.TaskFilter{Project: project, PageSize: 2, Where: pairs})
	if slices.Reverse(want); !slices.Equal(got, want) {
		t.Errorf("with pairs of conditions: walked through %v, want %v", got, want)
	}
}
