package e2e

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
)

// Lists, their pages and what is counted.
func TestEmbeddedListsTheSame(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for range 120 { // more than any page holds
		many.WriteString(`,{"text":"x"}`)
	}
	get := func(name, path string) parityRow { return parityRow{name, "GET", path, "", "", nil} }
	post := func(name, path, body string) parityRow { return parityRow{name, "POST", path, jsonType, body, nil} }
	patch := func(name, path, body string) parityRow { return parityRow{name, "PATCH", path, jsonType, body, nil} }
	remove := func(name, path string) parityRow { return parityRow{name, "DELETE", path, "", "", nil} }
	sameAnswers(t, []parityRow{
		post("project", "/api/projects/", projectBody("Lists")),
		get("project of nothing", "/api/projects/{project}/"),
		get("tasks of nothing", "/api/tasks/?project={project}"),
		post("task", "/api/tasks/", `{"project":{project},"data":{"text":"a"}}`),
		post("another", "/api/tasks/", `{"project":{project},"data":{"text":"b"}}`),
		post("third", "/api/tasks/", `{"project":{project},"data":{"text":"c"}}`),
		post("annotation", "/api/tasks/{task}/annotations/", `{"result":`+regions+`,"ground_truth":true,"lead_time":1.5}`),
		post("second annotation", "/api/tasks/{task}/annotations/", `{"result":`+regions+`}`),
		post("skipped", "/api/tasks/{task 2}/annotations/?was_cancelled=1", `{"result":[]}`),
		post("prediction", "/api/predictions/", `{"task":{task 3},"result":`+regions+`,"score":0.25,"model_version":"v1"}`),
		post("second prediction", "/api/predictions/", `{"task":{task 3},"result":`+regions+`,"score":0.75,"model_version":"v1"}`),
		post("draft", "/api/tasks/{task 3}/drafts", `{"result":`+regions+`,"lead_time":3}`),
		get("drafts", "/api/tasks/{task 3}/drafts"),
		get("draft read", "/api/drafts/{draft}/"),
		get("annotations", "/api/tasks/{task}/annotations/"),
		get("predictions", "/api/predictions/?task={task 3}"),
		get("predictions of the project", "/api/predictions/?task__project={project}"),
		get("project with counters", "/api/projects/{project}/"),
		get("list of projects", "/api/projects/?ids={project}"),
		get("counts", "/api/projects/counts/?ids={project}"),
		get("counts of some", "/api/projects/counts/?ids={project}&include=id,task_number,finished_task_number,total_predictions_number,total_annotations_number,num_tasks_with_annotations,useful_annotation_number,ground_truth_number,skipped_annotations_number"),
		get("annotators", "/api/projects/{project}/annotators/"),
		get("versions", "/api/projects/{project}/model-versions/"),
		get("tasks", "/api/tasks/?project={project}"),
		get("first page of two", "/api/tasks/?project={project}&page_size=2"),
		get("second page of two", "/api/tasks/?project={project}&page_size=2&page=2"),
		get("page that is none", "/api/tasks/?project={project}&page_size=2&page=3"),
		get("tasks in order", `/api/tasks/?project={project}&query=%7B%22ordering%22%3A%5B%22-tasks%3Aid%22%5D%7D`),
		get("tasks by annotations", `/api/tasks/?project={project}&query=%7B%22ordering%22%3A%5B%22-tasks%3Atotal_annotations%22%5D%7D`),
		get("page of the project's", "/api/projects/{project}/tasks/?page_size=2"),
		get("next page of the project's", "/api/projects/{project}/tasks/?page_size=2&page=2"),
		get("page of the project's that is none", "/api/projects/{project}/tasks/?page_size=2&page=3"),
		get("a page of projects", "/api/projects/?ids={project}&page_size=1"),
		get("a page of projects that is none", "/api/projects/?ids={project}&page_size=1&page=2"),
		post("view", "/api/dm/views/", `{"project":{project},"data":{"title":"a","ordering":["-tasks:id"]}}`),
		get("views", "/api/dm/views/?project={project}"),
		get("tasks of the view", "/api/tasks/?project={project}&view={view}"),
		remove("annotation deleted", "/api/annotations/{annotation}/"),
		get("task with one less", "/api/tasks/{task}/"),
		get("project with one less", "/api/projects/{project}/"),
		patch("annotation skipped", "/api/annotations/{annotation 2}/", `{"was_cancelled":true}`),
		get("project with one more skipped", "/api/projects/{project}/"),
		get("tasks with one more skipped", "/api/tasks/?project={project}"),
		post("many", "/api/projects/{project}/import?return_task_ids=1", `[{"text":"x"}`+many.String()+`]`),
		get("page of the usual size", "/api/tasks/?project={project}"),
		get("page that is too large", "/api/tasks/?project={project}&page_size=1000"),
		get("page of the project's that is too large", "/api/projects/{project}/tasks/?page_size=1000"),
		get("me", "/api/current-user/whoami"),
		get("settings", "/api/jwt/settings"),
		remove("tasks deleted", "/api/projects/{project}/tasks/"),
		get("project without tasks", "/api/projects/{project}/"),
		remove("deletion", "/api/projects/{project}/"),
	})
}

// No page holds more than a hundred, whatever is asked for.
func TestEmbeddedPagesTheSame(t *testing.T) {
	t.Parallel()
	title := rand.Text()
	var rows, removed []parityRow
	for i := range 101 {
		rows = append(rows, parityRow{"project", "POST", "/api/projects/", jsonType, `{"title":"` + title + `"}`, nil})
		removed = append(removed, parityRow{"deletion", "DELETE", fmt.Sprintf("/api/projects/{project %d}/", i+1), "", "", nil})
	}
	for _, query := range []string{"page_size=1000", "page_size=1000&page=2", "page_size=100&page=2", "page_size=101&page=3", "page=4", "page=5"} {
		rows = append(rows, parityRow{query, "GET", "/api/projects/?title=" + title + "&" + query, "", "", nil})
	}
	sameAnswers(t, append(rows, removed...))
}
