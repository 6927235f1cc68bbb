package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
)

func TestProjectLifecycle(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		made := newProject(t, client)
		if made.LabelConfig != config || made.TaskNumber != nil {
			t.Errorf("created with the label config %q and %v tasks", made.LabelConfig, made.TaskNumber)
		}
		got, err := client.Projects.Get(ctx, made.ID)
		ok(t, err)
		if *got.Title != *made.Title || got.TaskNumber == nil || *got.TaskNumber != 0 {
			t.Errorf("got the title %q and %v tasks", *got.Title, got.TaskNumber)
		}
		title := unique(t)
		changed, err := client.Projects.Update(ctx, made.ID, labelstudio.ProjectUpdateRequest{Title: labelstudio.Value(title)})
		ok(t, err)
		if *changed.Title != title {
			t.Errorf("the title is %q after the update, want %q", *changed.Title, title)
		}
		ok(t, client.Projects.Delete(ctx, made.ID))
		_, err = client.Projects.Get(ctx, made.ID)
		wantError(t, err, labelstudio.ErrNotFound)
		wantError(t, client.Projects.Delete(ctx, made.ID), labelstudio.ErrNotFound)
	})
}

func TestProjectsAll(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		title, ids := unique(t), []int64{}
		for range 5 {
			project := createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(title)})
			ids = append(ids, project.ID)
		}
		tests := []struct {
			name     string
			page     *int64
			pageSize *int64
			stop     int
			want     []int64
		}{
			{name: "several pages", pageSize: new(int64(2)), want: ids},
			{name: "pages that end with the last project", pageSize: new(int64(1)), want: ids},
			{name: "from the second page on", page: new(int64(2)), pageSize: new(int64(2)), want: ids[2:]},
			{name: "one page, as by default", want: ids},
			{name: "until the caller has enough", pageSize: new(int64(2)), stop: 3, want: ids[:3]},
		}
		for _, test := range tests {
			var got []int64
			params := &labelstudio.ProjectsListParams{
				Title: &title, Ordering: new("id"), Page: test.page, PageSize: test.pageSize,
			}
			for project, err := range client.Projects.All(t.Context(), params) {
				ok(t, err)
				if got = append(got, project.ID); len(got) == test.stop {
					break
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: got the projects %v, want %v", test.name, got, test.want)
			}
			if params.Page != test.page {
				t.Errorf("%s: the caller's params were changed", test.name)
			}
		}
	})
}

func TestProjectsAllOfEverything(t *testing.T) {
	t.Parallel()
	client := admin(t)
	made := newProject(t, client)
	for project, err := range client.Projects.All(t.Context(), nil) {
		ok(t, err)
		if project.ID == made.ID {
			return
		}
	}
	t.Errorf("project %d is not among all projects", made.ID)
}

func TestProjectsAllEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	times := 0
	for project, err := range admin(t).Projects.All(t.Context(), &labelstudio.ProjectsListParams{IDs: new("no number")}) {
		times++
		wantError(t, err, labelstudio.ErrServer)
		if project != nil {
			t.Error("a project came with the error")
		}
	}
	if times != 1 {
		t.Errorf("the loop ran %d times, want 1", times)
	}
}

// Each parameter of the list chooses something.
func TestProjectsList(t *testing.T) {
	t.Parallel()
	client := admin(t)
	title := unique(t)
	pinned := createProject(t, client, labelstudio.ProjectRequest{
		Title: labelstudio.Value(title + " pinned"), PinnedAt: labelstudio.Value(time.Now().UTC().Truncate(time.Second)),
	}).ID
	plain := createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(title + " plain")}).ID
	tests := []struct {
		name   string
		params labelstudio.ProjectsListParams
		want   []int64
	}{
		{"title", labelstudio.ProjectsListParams{Title: &title, Ordering: new("id")}, []int64{pinned, plain}},
		{"ordering", labelstudio.ProjectsListParams{Title: &title, Ordering: new("-id")}, []int64{plain, pinned}},
		{"ids", labelstudio.ProjectsListParams{IDs: new(itoa(plain))}, []int64{plain}},
		{"pinned", labelstudio.ProjectsListParams{Title: &title, Filter: new("pinned_only")}, []int64{pinned}},
		{"not pinned", labelstudio.ProjectsListParams{Title: &title, Filter: new("exclude_pinned")}, []int64{plain}},
		{"page", labelstudio.ProjectsListParams{Title: &title, Ordering: new("id"), Page: new(int64(2)), PageSize: new(int64(1))}, []int64{plain}},
	}
	for _, test := range tests {
		page, err := client.Projects.List(t.Context(), &test.params)
		ok(t, err)
		var got []int64
		for _, project := range page.Results {
			got = append(got, project.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got the projects %v, want %v", test.name, got, test.want)
		}
	}
}

func TestProjectsListChoosesProperties(t *testing.T) {
	t.Parallel()
	client := admin(t)
	id := newProject(t, client).ID
	all := slices.Sorted(maps.Keys(rawObject(t, client, fmt.Sprintf("/api/projects/%d/", id))))
	tests := []struct {
		name          string
		include, omit *string
		want          []string
	}{
		{"everything", nil, nil, all},
		{"one", new("task_number"), nil, []string{"task_number"}},
		{"none", new(""), nil, nil},
		{"all but two", nil, new("id,title"), slices.DeleteFunc(slices.Clone(all), func(key string) bool { return key == "id" || key == "title" })},
	}
	for _, test := range tests {
		page, err := client.Projects.List(t.Context(), &labelstudio.ProjectsListParams{
			IDs: new(itoa(id)), Include: test.include, Omit: test.omit,
		})
		ok(t, err)
		raw, err := labelstudio.Raw(page.Results[0])
		ok(t, err)
		if got := slices.Sorted(maps.Keys(keys(t, raw))); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestProjectsCounts(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		title := unique(t)
		first := createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(title), LabelConfig: new(config)}).ID
		second := createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(title), LabelConfig: new(config)}).ID
		tasks := newTasks(t, client, first, 2)
		annotate(t, client, tasks[0], object{"result": json.RawMessage(regions)})

		page, err := client.Projects.Counts(t.Context(), &labelstudio.ProjectsCountsParams{IDs: new(itoa(first))})
		ok(t, err)
		if len(page.Results) != 1 {
			t.Fatalf("got the counts of %d projects, want those of 1", len(page.Results))
		}
		counts := page.Results[0]
		if counts.ID != first || *counts.TaskNumber != 2 || *counts.TotalAnnotationsNumber != 1 || *counts.FinishedTaskNumber != 1 {
			t.Errorf("got %d tasks, %d annotations, %d finished of project %d",
				*counts.TaskNumber, *counts.TotalAnnotationsNumber, *counts.FinishedTaskNumber, counts.ID)
		}

		for number, more := range map[int64]bool{1: true, 2: false} {
			page, err := client.Projects.Counts(t.Context(), &labelstudio.ProjectsCountsParams{
				Title: &title, Page: &number, PageSize: new(int64(1)),
			})
			ok(t, err)
			if page.Count != 2 || (page.Next != nil) != more || (page.Previous != nil) == more {
				t.Errorf("page %d of %d projects (%d and %d): next is %v, previous is %v", number, page.Count, first, second, page.Next, page.Previous)
			}
		}
		page, err = client.Projects.Counts(t.Context(), &labelstudio.ProjectsCountsParams{IDs: new(itoa(first)), Include: new("task_number")})
		ok(t, err)
		if page.Results[0].ID != 0 || *page.Results[0].TaskNumber != 2 {
			t.Errorf("included only task_number, got the id %d and %d tasks", page.Results[0].ID, *page.Results[0].TaskNumber)
		}
		page, err = client.Projects.Counts(t.Context(), &labelstudio.ProjectsCountsParams{IDs: new(itoa(first)), Omit: new("task_number")})
		ok(t, err)
		if page.Results[0].ID != first || page.Results[0].TaskNumber != nil {
			t.Errorf("left out task_number, got the id %d and %v tasks", page.Results[0].ID, page.Results[0].TaskNumber)
		}
	})
}

func TestProjectsAnnotators(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		project := newProject(t, client)
		annotators, err := client.Projects.Annotators(t.Context(), project.ID)
		ok(t, err)
		if len(annotators) != 0 {
			t.Errorf("nobody has annotated, got %v", annotators)
		}
		annotate(t, client, newTask(t, client, project.ID, "x").ID, object{"result": json.RawMessage(regions)})
		annotators, err = client.Projects.Annotators(t.Context(), project.ID)
		ok(t, err)
		if len(annotators) != 1 || annotators[0].ID != project.CreatedBy.ID {
			t.Errorf("got %v, want user %d", annotators, project.CreatedBy.ID)
		}
	})
}

// A request says false, "" and null, and what it doesn't say stays.
func TestUpdateProjectSendsZeroValuesAndNull(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		id := createProject(t, client, labelstudio.ProjectRequest{
			Title: labelstudio.Value(unique(t)), LabelConfig: new(config), ShowSkipButton: new(true),
			Description: labelstudio.Value("What it is for"), TaskDataLogin: labelstudio.Value("reader"),
		}).ID
		path := fmt.Sprintf("/api/projects/%d/", id)
		before := rawObject(t, client, path)
		_, err := client.Projects.Update(t.Context(), id, labelstudio.ProjectUpdateRequest{
			ShowSkipButton: new(false), Description: labelstudio.Value(""), TaskDataLogin: labelstudio.Null[string](),
		})
		ok(t, err)
		wantChanges(t, before, rawObject(t, client, path), map[string]string{
			"show_skip_button": "false", "description": `""`, "task_data_login": "null",
		})
	})
}

func TestUpdateProjectWithNothing(t *testing.T) {
	t.Parallel()
	client := admin(t)
	id := newProject(t, client).ID
	path := fmt.Sprintf("/api/projects/%d/", id)
	before := rawObject(t, client, path)
	_, err := client.Projects.Update(t.Context(), id, labelstudio.ProjectUpdateRequest{})
	ok(t, err)
	wantChanges(t, before, rawObject(t, client, path), map[string]string{})
}

// Every property that a request can have is kept by the server. model_version
// has to name a model or a prediction that there is, or nothing; only what is
// not published is a draft.
func TestProjectProperties(t *testing.T) {
	t.Parallel()
	client := admin(t)
	full := labelstudio.ProjectRequest{
		AnnotatorEvaluationEnabled:        new(true),
		Color:                             new("#123456"),
		ControlWeights:                    json.RawMessage(`{"label":{"overall":0.5,"type":"Choices","labels":{"good":1.0,"bad":0.25}},"stars":{"overall":0.75,"type":"Rating","labels":{}}}`),
		Description:                       labelstudio.Value("Line 1\nLine 2"),
		EnableEmptyAnnotation:             new(false),
		EvaluatePredictionsAutomatically:  new(true),
		ExpertInstruction:                 new("Read twice"),
		IsDraft:                           new(true),
		IsPublished:                       new(false),
		LabelConfig:                       new(config),
		MaximumAnnotations:                new(int64(3)),
		MinAnnotationsToStartTraining:     new(int64(5)),
		ModelVersion:                      labelstudio.Value(""),
		OverlapCohortPercentage:           new(int64(50)),
		PinnedAt:                          labelstudio.Value(time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)),
		RevealPreannotationsInteractively: new(true),
		Sampling:                          labelstudio.Value(labelstudio.SamplingUniformSampling),
		ShowAnnotationHistory:             new(true),
		ShowCollabPredictions:             new(false),
		ShowGroundTruthFirst:              new(true), //nolint:staticcheck // deprecated, but the server keeps it
		ShowInstruction:                   new(true),
		ShowOverlapFirst:                  new(true),
		ShowSkipButton:                    new(false),
		SkipQueue:                         labelstudio.Value(labelstudio.SkipQueueIgnoreSkipped),
		TaskDataLogin:                     labelstudio.Value("reader"),
		TaskDataPassword:                  labelstudio.Value("not a secret"),
		Title:                             labelstudio.Value(unique(t)),
	}
	nulls := labelstudio.ProjectRequest{
		Description: labelstudio.Null[string](), ModelVersion: labelstudio.Null[string](), PinnedAt: labelstudio.Null[time.Time](),
		Sampling: labelstudio.Null[labelstudio.Sampling](), SkipQueue: labelstudio.Null[labelstudio.SkipQueue](),
		TaskDataLogin: labelstudio.Null[string](), TaskDataPassword: labelstudio.Null[string](), Title: labelstudio.Null[string](), IsPublished: new(true),
	}
	for name, req := range map[string]labelstudio.ProjectRequest{"full": full, "nulls": nulls} {
		project := createProject(t, client, req)
		wantKept(t, "created "+name, req, project)
		page, err := client.Projects.List(t.Context(), &labelstudio.ProjectsListParams{IDs: new(itoa(project.ID))})
		ok(t, err)
		wantKept(t, "listed "+name, req, page.Results[0])
	}

	id := createProject(t, client, labelstudio.ProjectRequest{LabelConfig: new(config)}).ID
	for _, req := range []labelstudio.ProjectRequest{full, nulls} {
		raw, err := labelstudio.Raw(req)
		ok(t, err)
		var update labelstudio.ProjectUpdateRequest
		ok(t, json.Unmarshal(raw, &update))
		if update.ModelVersion == nil {
			update.ModelVersion = new("") // null is refused: see TestErrors
		}
		project, err := client.Projects.Update(t.Context(), id, update)
		ok(t, err)
		wantKept(t, "updated", update, project)
	}
}

// wantKept checks that what a request sends is what the answer has.
func wantKept(t *testing.T, name string, req, project any) {
	t.Helper()
	rawReq, err := labelstudio.Raw(req)
	ok(t, err)
	rawProject, err := labelstudio.Raw(project)
	ok(t, err)
	sent, got := keys(t, rawReq), keys(t, rawProject)
	for _, key := range slices.Sorted(maps.Keys(sent)) {
		if string(sent[key]) != string(got[key]) {
			t.Errorf("%s: %s: sent %s, got %s", name, key, sent[key], got[key])
		}
	}
}

func TestProjectTrainingSwitch(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := createProject(t, client, labelstudio.ProjectRequest{StartTrainingOnAnnotationUpdate: new(true)})
	if !project.StartTrainingOnAnnotationUpdate || project.MinAnnotationsToStartTraining != 1 {
		t.Errorf("created with the switch on: it is %v, %d annotations start the training",
			project.StartTrainingOnAnnotationUpdate, project.MinAnnotationsToStartTraining)
	}
	project, err := client.Projects.Update(t.Context(), project.ID, labelstudio.ProjectUpdateRequest{StartTrainingOnAnnotationUpdate: new(false)})
	ok(t, err)
	if project.StartTrainingOnAnnotationUpdate || project.MinAnnotationsToStartTraining != 0 {
		t.Errorf("turned off: it is %v, %d annotations start the training",
			project.StartTrainingOnAnnotationUpdate, project.MinAnnotationsToStartTraining)
	}
}

func TestProjectWithNothing(t *testing.T) {
	t.Parallel()
	project := createProject(t, admin(t), labelstudio.ProjectRequest{})
	if project.Title == nil || *project.Title != "" {
		t.Errorf("the title is %v, want an empty one", project.Title)
	}
}
