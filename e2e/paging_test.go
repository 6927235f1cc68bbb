package e2e

import (
	"encoding/json"
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

// The server has pages of a hundred labels or links, and no way to ask for
// another size.
func TestPagingLabels(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	var requests []labelstudio.LabelRequest
	for range 101 {
		requests = append(requests, labelstudio.LabelRequest{Project: project, FromName: "label", Title: unique(t), Value: json.RawMessage(`["x"]`)})
	}
	made, err := client.Labels.Create(t.Context(), requests)
	ok(t, err)
	t.Cleanup(func() {
		for _, label := range made {
			ok(t, client.Labels.Delete(cleanup(t), label.ID))
		}
	})
	links := map[int64]bool{}
	for link, err := range client.LabelLinks.All(t.Context(), &labelstudio.LabelLinksListParams{Project: &project}) {
		ok(t, err)
		links[link.Label] = true
	}
	labels := map[int64]bool{}
	for label, err := range client.Labels.All(t.Context()) {
		ok(t, err)
		labels[label.ID] = true
	}
	for _, label := range made {
		if !links[label.ID] || !labels[label.ID] {
			t.Errorf("label %d: among the links %v, among the labels %v", label.ID, links[label.ID], labels[label.ID])
		}
	}
	if len(links) != len(made) {
		t.Errorf("%d links, want %d", len(links), len(made))
	}
}
