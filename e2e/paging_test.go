package e2e

import (
	"slices"
	"testing"

	"github.com/labelstudio-go/labelstudio"
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
