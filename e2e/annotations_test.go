package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func TestAnnotations(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		task := newTask(t, client, newProject(t, client).ID, "x").ID
		made, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{
			Result: json.RawMessage(regions), LeadTime: new(1.5),
		})
		ok(t, err)
		if string(made.Result) != regions || made.Task == nil || *made.Task != task || *made.LeadTime != 1.5 || made.GroundTruth {
			t.Errorf("made %+v", made)
		}
		skipped, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{WasCancelled: new(true)})
		ok(t, err)
		if !skipped.WasCancelled || string(skipped.Result) != "null" {
			t.Errorf("skipped as %+v", skipped)
		}
		list, err := client.Annotations.List(ctx, task)
		ok(t, err)
		if len(list) != 1 || list[0].ID != made.ID {
			t.Errorf("the annotations are %+v, want those that are not skipped", list)
		}
		changed, err := client.Annotations.Update(ctx, made.ID, labelstudio.AnnotationUpdateRequest{
			Result: json.RawMessage(`[]`), LeadTime: labelstudio.Null[float64](),
		})
		ok(t, err)
		if string(changed.Result) != "[]" || changed.LeadTime != nil {
			t.Errorf("changed to %+v", changed)
		}
		ok(t, client.Annotations.Delete(ctx, skipped.ID))
		_, err = client.Annotations.Get(ctx, skipped.ID)
		wantError(t, err, labelstudio.ErrNotFound)
		wantError(t, client.Annotations.Delete(ctx, skipped.ID), labelstudio.ErrNotFound)
	})
}

func TestAnnotationFields(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	task, other := newTask(t, client, project, "x").ID, newTask(t, client, project, "y").ID
	first, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{GroundTruth: new(true)})
	ok(t, err)
	prediction := post(t, client, "/api/predictions/", object{"task": task, "result": json.RawMessage(regions)})
	begun := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)

	unique := "9b6b2c0e-0000-4000-8000-000000000001"
	request := labelstudio.AnnotationRequest{
		BulkCreated: new(true), CompletedBy: first.CompletedBy, DraftCreatedAt: &begun, DraftID: new(int64(missing)),
		GroundTruth: new(true), ImportID: new(int64(1) << 40), LastAction: new(labelstudio.LastActionSkipped),
		LastCreatedBy: first.CompletedBy, LeadTime: new(2.5), ParentAnnotation: &first.ID, ParentPrediction: &prediction,
		Result: json.RawMessage(regions), UniqueID: &unique, WasCancelled: new(false),
	}
	made, err := client.Annotations.Create(ctx, task, request)
	ok(t, err)
	if !*made.BulkCreated || !made.DraftCreatedAt.Equal(begun) || *made.ImportID != 1<<40 ||
		*made.LastAction != labelstudio.LastActionSkipped || *made.LastCreatedBy != *first.CompletedBy || *made.ParentAnnotation != first.ID || *made.ParentPrediction != prediction {
		t.Errorf("made %+v", made)
	}
	_, err = client.Annotations.Create(ctx, task, request)
	wantError(t, err, labelstudio.ErrConflict)
	before, err := client.Annotations.Get(ctx, first.ID)
	ok(t, err)
	if before.GroundTruth || !made.GroundTruth {
		t.Error("a task has two ground truths")
	}

	changed, err := client.Annotations.Update(ctx, first.ID, labelstudio.AnnotationUpdateRequest{
		BulkCreated: new(true), CompletedBy: first.CompletedBy, DraftCreatedAt: labelstudio.Value(begun), GroundTruth: new(true),
		ImportID: labelstudio.Value(int64(7)), LastAction: labelstudio.Value(labelstudio.LastActionFixedAndAccepted),
		LastCreatedBy: labelstudio.Value(*first.CompletedBy), LeadTime: labelstudio.Value(0.5),
		ParentAnnotation: labelstudio.Value(made.ID), ParentPrediction: labelstudio.Value(prediction), Task: &other,
		UniqueID: new("9b6b2c0e-0000-4000-8000-000000000002"), WasCancelled: new(true),
	})
	ok(t, err)
	if !*changed.BulkCreated || !changed.DraftCreatedAt.Equal(begun) || !changed.GroundTruth || *changed.ImportID != 7 ||
		*changed.LastAction != labelstudio.LastActionFixedAndAccepted || *changed.LeadTime != 0.5 || *changed.ParentAnnotation != made.ID ||
		*changed.ParentPrediction != prediction || *changed.Task != other || !changed.WasCancelled {
		t.Errorf("changed to %+v", changed)
	}
	cleared, err := client.Annotations.Update(ctx, first.ID, labelstudio.AnnotationUpdateRequest{
		DraftCreatedAt: labelstudio.Null[time.Time](), ImportID: labelstudio.Null[int64](),
		LastAction: labelstudio.Null[labelstudio.LastAction](), LastCreatedBy: labelstudio.Null[int64](),
		ParentAnnotation: labelstudio.Null[int64](), ParentPrediction: labelstudio.Null[int64](),
	})
	ok(t, err)
	if cleared.DraftCreatedAt != nil || cleared.ImportID != nil || cleared.LastAction != nil || cleared.LastCreatedBy != nil ||
		cleared.ParentAnnotation != nil || cleared.ParentPrediction != nil {
		t.Errorf("cleared to %+v", cleared)
	}
	_, err = client.Annotations.Update(ctx, first.ID, labelstudio.AnnotationUpdateRequest{UniqueID: &unique})
	wantError(t, err, labelstudio.ErrServer)

	for _, result := range []string{`{}`, `null`} {
		_, err = client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{Result: json.RawMessage(result)})
		wantError(t, err, labelstudio.ErrValidation)
		_, err = client.Annotations.Update(ctx, first.ID, labelstudio.AnnotationUpdateRequest{Result: json.RawMessage(result)})
		wantError(t, err, labelstudio.ErrValidation)
	}
	_, err = client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{Result: json.RawMessage(`[1]`)})
	wantError(t, err, labelstudio.ErrServer)
}

// What a PATCH can store and the client does not offer.
func TestAnnotationNulls(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	task := newTask(t, client, newProject(t, client).ID, "x").ID
	made, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{})
	ok(t, err)
	plain := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	var broken labelstudio.Annotation
	ok(t, plain.Do(ctx, http.MethodPatch, fmt.Sprintf("/api/annotations/%d/", made.ID), nil,
		object{"bulk_created": nil, "project": nil}, &broken))
	if broken.BulkCreated != nil || broken.Project != nil {
		t.Errorf("changed to %+v", broken)
	}
	_, err = client.Annotations.Get(ctx, made.ID)
	wantError(t, err, labelstudio.ErrServer)
	list, err := client.Annotations.List(ctx, task)
	ok(t, err)
	if len(list) != 1 || list[0].Project != nil {
		t.Errorf("listed %+v", list)
	}
}

// Once a user is deleted, nobody has made or changed what they annotated.
func TestAnnotationsOfNobody(t *testing.T) {
	t.Parallel()
	ctx, client, member := t.Context(), admin(t), newUser(t)
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	made, err := member.client(t).Annotations.Create(ctx, task, labelstudio.AnnotationRequest{Result: json.RawMessage(regions)})
	ok(t, err)
	if *made.CompletedBy != member.id {
		t.Errorf("made by %v, want %d", made.CompletedBy, member.id)
	}
	ok(t, client.Users.Delete(ctx, member.id))
	left, err := client.Annotations.Get(ctx, made.ID)
	ok(t, err)
	if left.CompletedBy != nil || left.UpdatedBy != nil || left.CreatedUsername != "" {
		t.Errorf("it is by %+v", left)
	}
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project := newProject(t, client).ID
		task, other := newTask(t, client, project, "x").ID, newTask(t, client, project, "y").ID
		request := labelstudio.AnnotationDraftRequest{
			Result: json.RawMessage(regions), LeadTime: new(1.5), WasPostponed: new(true), ImportID: new(int64(1) << 40),
		}
		draft, err := client.Drafts.Create(ctx, task, request)
		ok(t, err)
		if string(draft.Result) != regions || *draft.LeadTime != 1.5 || !draft.WasPostponed || *draft.ImportID != 1<<40 ||
			draft.Task != task || draft.Annotation != nil || !strings.Contains(draft.User, "@") {
			t.Errorf("saved %+v", draft)
		}
		annotation, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{Result: json.RawMessage(regions)})
		ok(t, err)
		change, err := client.Drafts.CreateForAnnotation(ctx, task, annotation.ID, request)
		ok(t, err)
		if change.Annotation == nil || *change.Annotation != annotation.ID {
			t.Errorf("saved %+v", change)
		}

		got, err := client.Drafts.Get(ctx, change.ID)
		ok(t, err)
		if got.CreatedUsername != change.CreatedUsername || string(got.Result) != regions {
			t.Errorf("got %+v, want %+v", got, change)
		}
		all, err := client.Drafts.List(ctx, task)
		ok(t, err)
		same, err := client.Drafts.ListForAnnotation(ctx, task, annotation.ID)
		ok(t, err)
		none, err := client.Drafts.List(ctx, missing)
		ok(t, err)
		if len(all) != 2 || len(same) != 2 || len(none) != 0 {
			t.Errorf("listed %d, %d and %d drafts, want 2, 2 and 0", len(all), len(same), len(none))
		}

		changed, err := client.Drafts.Update(ctx, change.ID, labelstudio.AnnotationDraftUpdateRequest{
			Annotation: labelstudio.Null[int64](), ImportID: labelstudio.Null[int64](), LeadTime: labelstudio.Null[float64](),
			Result: json.RawMessage(`"x"`), Task: &other, WasPostponed: new(false),
		})
		ok(t, err)
		if changed.Annotation != nil || changed.ImportID != nil || changed.LeadTime != nil || string(changed.Result) != `"x"` ||
			changed.Task != other || changed.WasPostponed {
			t.Errorf("changed to %+v", changed)
		}
		changed, err = client.Drafts.Update(ctx, change.ID, labelstudio.AnnotationDraftUpdateRequest{
			Annotation: labelstudio.Value(annotation.ID), ImportID: labelstudio.Value(int64(7)), LeadTime: labelstudio.Value(2.5),
		})
		ok(t, err)
		if *changed.Annotation != annotation.ID || *changed.ImportID != 7 || *changed.LeadTime != 2.5 {
			t.Errorf("changed to %+v", changed)
		}

		// An annotation takes the place of its draft, and of those that would change it.
		submitted, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{
			Result: json.RawMessage(regions), DraftID: &draft.ID,
		})
		ok(t, err)
		if submitted.DraftCreatedAt == nil || !submitted.DraftCreatedAt.Equal(draft.CreatedAt) {
			t.Errorf("the draft was begun %v, want %v", submitted.DraftCreatedAt, draft.CreatedAt)
		}
		_, err = client.Drafts.Get(ctx, draft.ID)
		wantError(t, err, labelstudio.ErrNotFound)
		_, err = client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{DraftID: &change.ID})
		wantError(t, err, labelstudio.ErrForbidden) // it is of the other task
		again, err := client.Drafts.CreateForAnnotation(ctx, task, annotation.ID, request)
		ok(t, err)
		_, err = client.Annotations.Update(ctx, annotation.ID, labelstudio.AnnotationUpdateRequest{LeadTime: labelstudio.Value(1.0)})
		ok(t, err)
		_, err = client.Drafts.Get(ctx, again.ID)
		wantError(t, err, labelstudio.ErrNotFound)

		back, err := client.Annotations.ConvertToDraft(ctx, submitted.ID)
		ok(t, err)
		if string(back.Result) != regions || back.Annotation != nil || back.Task != task {
			t.Errorf("converted to %+v", back)
		}
		_, err = client.Annotations.ConvertToDraft(ctx, submitted.ID)
		wantError(t, err, labelstudio.ErrNotFound)

		ok(t, client.Drafts.Delete(ctx, back.ID))
		wantError(t, client.Drafts.Delete(ctx, back.ID), labelstudio.ErrNotFound)
	})
}

func TestDraftsRefused(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	task := newTask(t, client, newProject(t, client).ID, "x").ID
	draft, err := client.Drafts.Create(ctx, task, labelstudio.AnnotationDraftRequest{Result: json.RawMessage(`{}`)})
	ok(t, err)
	null := json.RawMessage(`null`)
	_, err = client.Drafts.Create(ctx, task, labelstudio.AnnotationDraftRequest{Result: null})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Drafts.CreateForAnnotation(ctx, task, missing, labelstudio.AnnotationDraftRequest{Result: null})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Drafts.Update(ctx, draft.ID, labelstudio.AnnotationDraftUpdateRequest{Result: null})
	wantError(t, err, labelstudio.ErrValidation)
	err = client.Do(ctx, http.MethodPatch, fmt.Sprintf("/api/drafts/%d/", draft.ID), nil, object{"user": "1"}, nil)
	wantError(t, err, labelstudio.ErrServer)

	// No draft can be made of an annotation that says nothing.
	empty, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{})
	ok(t, err)
	_, err = client.Annotations.ConvertToDraft(ctx, empty.ID)
	wantError(t, err, labelstudio.ErrServer)
	_, err = client.Annotations.Get(ctx, empty.ID)
	ok(t, err)
}

func TestPredictions(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project := newProject(t, client).ID
		task, other := newTask(t, client, project, "x").ID, newTask(t, client, project, "y").ID
		made, err := client.Predictions.Create(ctx, labelstudio.PredictionRequest{
			Task: task, Result: json.RawMessage(regions), Score: new(0.5), ModelVersion: new("v1"), Cluster: new(int64(3)),
			Mislabeling: new(0.25), Neighbors: json.RawMessage(`[1]`),
		})
		ok(t, err)
		if made.Task != task || made.Project != project || string(made.Result) != regions || *made.Score != 0.5 || *made.ModelVersion != "v1" ||
			*made.Cluster != 3 || made.Mislabeling != 0.25 || string(made.Neighbors) != "[1]" {
			t.Errorf("made %+v", made)
		}
		plain, err := client.Predictions.Create(ctx, labelstudio.PredictionRequest{Task: other, Result: json.RawMessage(`"good"`)})
		ok(t, err)
		want := `[{"from_name":"label","to_name":"text","type":"choices","value":{"choices":["good"]}}]`
		if string(plain.Result) != want || plain.Score != nil || *plain.ModelVersion != "" {
			t.Errorf("made %+v of a string", plain)
		}

		ofTask, err := client.Predictions.List(ctx, &labelstudio.PredictionsListParams{Task: &task})
		ok(t, err)
		ofProject, err := client.Predictions.List(ctx, &labelstudio.PredictionsListParams{Project: &project})
		ok(t, err)
		all, err := client.Predictions.List(ctx, nil)
		ok(t, err)
		if len(ofTask) != 1 || ofTask[0].ID != made.ID || len(ofProject) != 2 || len(all) < 2 {
			t.Errorf("listed %d of the task, %d of the project, %d in all", len(ofTask), len(ofProject), len(all))
		}

		changed, err := client.Predictions.Update(ctx, made.ID, labelstudio.PredictionUpdateRequest{
			Task: &other, Score: labelstudio.Value(0.75), ModelVersion: new("v2"), Cluster: labelstudio.Value(int64(4)), Mislabeling: new(0.5),
			Neighbors: json.RawMessage(`null`), Result: json.RawMessage(`{}`),
		})
		ok(t, err)
		if changed.Task != other || *changed.Score != 0.75 || *changed.ModelVersion != "v2" || *changed.Cluster != 4 ||
			changed.Mislabeling != 0.5 || string(changed.Neighbors) != "null" || string(changed.Result) != "null" {
			t.Errorf("changed to %+v", changed)
		}
		// What a replacement leaves out is not replaced.
		replaced, err := client.Predictions.Replace(ctx, made.ID, labelstudio.PredictionRequest{Task: task, Result: json.RawMessage(regions)})
		ok(t, err)
		if replaced.Task != task || string(replaced.Result) != regions || *replaced.Score != 0.75 || *replaced.ModelVersion != "v2" {
			t.Errorf("replaced by %+v", replaced)
		}
		cleared, err := client.Predictions.Update(ctx, made.ID, labelstudio.PredictionUpdateRequest{
			Score: labelstudio.Null[float64](), Cluster: labelstudio.Null[int64](), Neighbors: json.RawMessage(`{"near":[1]}`),
		})
		ok(t, err)
		if cleared.Score != nil || cleared.Cluster != nil || string(cleared.Neighbors) != `{"near":[1]}` {
			t.Errorf("cleared to %+v", cleared)
		}
		got, err := client.Predictions.Get(ctx, made.ID)
		ok(t, err)
		if got.UpdatedAt.Before(got.CreatedAt) || got.ID != made.ID {
			t.Errorf("got %+v", got)
		}
		ok(t, client.Predictions.Delete(ctx, made.ID))
		wantError(t, client.Predictions.Delete(ctx, made.ID), labelstudio.ErrNotFound)
	})
}

// An import can leave a prediction without a version, which a request cannot.
func TestPredictionsImported(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	_, err := client.Projects.ImportPredictions(ctx, project, []labelstudio.TaskPredictionInput{
		{Task: task, Result: json.RawMessage(regions), ModelVersion: labelstudio.Null[string]()},
	})
	ok(t, err)
	list, err := client.Predictions.List(ctx, &labelstudio.PredictionsListParams{Task: &task})
	ok(t, err)
	if len(list) != 1 || list[0].ModelVersion != nil {
		t.Errorf("imported %+v", list)
	}
}

func TestPredictionsRefused(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	task := newTask(t, client, newProject(t, client).ID, "x").ID
	made, err := client.Predictions.Create(ctx, labelstudio.PredictionRequest{Task: task, Result: json.RawMessage(`[]`)})
	ok(t, err)
	bad := json.RawMessage(`[1]`)
	_, err = client.Predictions.Create(ctx, labelstudio.PredictionRequest{Task: task, Result: bad})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Predictions.Create(ctx, labelstudio.PredictionRequest{Task: missing, Result: json.RawMessage(`[]`)})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Predictions.Update(ctx, made.ID, labelstudio.PredictionUpdateRequest{Result: bad})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Predictions.Replace(ctx, made.ID, labelstudio.PredictionRequest{Task: task, Result: bad})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Predictions.List(ctx, &labelstudio.PredictionsListParams{Task: new(int64(missing))})
	wantError(t, err, labelstudio.ErrValidation)
	_, err = client.Predictions.List(ctx, &labelstudio.PredictionsListParams{Project: new(int64(missing))})
	wantError(t, err, labelstudio.ErrValidation)
}

// annotationCalls has each operation of annotations, drafts, predictions and
// states once. They take the id of what a test has, or of nothing.
func annotationCalls(ctx context.Context) []annotationCall {
	type client = labelstudio.Client
	result := json.RawMessage(regions)
	notFound, forbidden, failed := labelstudio.ErrNotFound, labelstudio.ErrForbidden, labelstudio.ErrServer
	draft := labelstudio.AnnotationDraftRequest{Result: result}
	return []annotationCall{
		{"task", notFound, nil, func(c *client, id int64) error { _, err := c.Annotations.List(ctx, id); return err }},
		{"task", notFound, forbidden, func(c *client, id int64) error {
			_, err := c.Annotations.Create(ctx, id, labelstudio.AnnotationRequest{})
			return err
		}},
		{"annotation", notFound, forbidden, func(c *client, id int64) error { _, err := c.Annotations.Get(ctx, id); return err }},
		{"annotation", notFound, forbidden, func(c *client, id int64) error {
			_, err := c.Annotations.Update(ctx, id, labelstudio.AnnotationUpdateRequest{})
			return err
		}},
		{"annotation", notFound, forbidden, func(c *client, id int64) error { return c.Annotations.Delete(ctx, id) }},
		{"annotation", notFound, forbidden, func(c *client, id int64) error { _, err := c.Annotations.ConvertToDraft(ctx, id); return err }},
		{"task", nil, nil, func(c *client, id int64) error { _, err := c.Drafts.List(ctx, id); return err }},
		{"task", failed, nil, func(c *client, id int64) error { _, err := c.Drafts.Create(ctx, id, draft); return err }},
		{"task", nil, nil, func(c *client, id int64) error { _, err := c.Drafts.ListForAnnotation(ctx, id, missing); return err }},
		{"task", failed, nil, func(c *client, id int64) error {
			_, err := c.Drafts.CreateForAnnotation(ctx, id, missing, draft)
			return err
		}},
		{"draft", notFound, forbidden, func(c *client, id int64) error { _, err := c.Drafts.Get(ctx, id); return err }},
		{"draft", notFound, forbidden, func(c *client, id int64) error {
			_, err := c.Drafts.Update(ctx, id, labelstudio.AnnotationDraftUpdateRequest{})
			return err
		}},
		{"draft", notFound, forbidden, func(c *client, id int64) error { return c.Drafts.Delete(ctx, id) }},
		{"", nil, nil, func(c *client, _ int64) error { _, err := c.Predictions.List(ctx, nil); return err }},
		{"", nil, nil, func(c *client, id int64) error {
			_, err := c.Predictions.Create(ctx, labelstudio.PredictionRequest{Task: id, Result: result})
			return err
		}},
		{"prediction", notFound, nil, func(c *client, id int64) error { _, err := c.Predictions.Get(ctx, id); return err }},
		{"prediction", notFound, nil, func(c *client, id int64) error {
			_, err := c.Predictions.Update(ctx, id, labelstudio.PredictionUpdateRequest{})
			return err
		}},
		{"prediction", notFound, nil, func(c *client, id int64) error {
			_, err := c.Predictions.Replace(ctx, id, labelstudio.PredictionRequest{Task: id, Result: result})
			return err
		}},
		{"prediction", notFound, nil, func(c *client, id int64) error { return c.Predictions.Delete(ctx, id) }},
		{"task", notFound, nil, func(c *client, id int64) error {
			_, err := c.FSM.History(ctx, labelstudio.FSMEntityNameTask, id, nil)
			return err
		}},
		{"task", notFound, nil, func(c *client, id int64) error {
			_, err := c.FSM.Transition(ctx, labelstudio.FSMEntityNameTask, id,
				labelstudio.FSMTransitionRequest{TransitionName: "task_completed"})
			return err
		}},
	}
}

type annotationCall struct {
	of      string // what the id is of, "" if there is none
	missing error  // with an id that nothing has; nil if that is fine
	former  error  // with the legacy token of a former member, where it is a 403
	call    func(client *labelstudio.Client, id int64) error
}

func TestAnnotationsRefused(t *testing.T) {
	t.Parallel()
	ctx, owner, member, nobody := t.Context(), admin(t), newUser(t), newClient(t, withLegacy)
	task := newTask(t, owner, newProject(t, owner).ID, "x").ID
	draft, err := owner.Drafts.Create(ctx, task, labelstudio.AnnotationDraftRequest{Result: json.RawMessage(regions)})
	ok(t, err)
	ids := map[string]int64{
		"task": task, "annotation": annotate(t, owner, task, object{}), "draft": draft.ID,
		"prediction": post(t, owner, "/api/predictions/", object{"task": task, "result": json.RawMessage(regions)}),
	}
	legacy := member.client(t)
	_, err = legacy.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{DraftID: &draft.ID})
	wantError(t, err, labelstudio.ErrForbidden) // it is the owner's
	access := member.access(t)
	ok(t, owner.Members.Delete(ctx, 1, member.id))

	for i, tt := range annotationCalls(ctx) {
		t.Run(fmt.Sprint(tt.of, " ", i), func(t *testing.T) {
			wantError(t, tt.call(nobody, missing), labelstudio.ErrUnauthorized)
			wantError(t, tt.call(access, missing), labelstudio.ErrServer)
			if tt.missing != nil {
				wantError(t, tt.call(owner, missing), tt.missing)
			}
			if tt.of != "" {
				wantError(t, tt.call(owner, -1), labelstudio.ErrNotFound)
			}
			if tt.former != nil {
				wantError(t, tt.call(legacy, ids[tt.of]), tt.former)
			}
		})
	}
}

// Without its feature flag a server keeps no states, and does not say so.
func TestStatesOff(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		task := newTask(t, client, newProject(t, client).ID, "x").ID
		page, err := client.FSM.History(ctx, labelstudio.FSMEntityNameTask, task, nil)
		ok(t, err)
		if page.Count != 0 || len(page.Results) != 0 {
			t.Errorf("the history is %+v", page)
		}
		result, err := client.FSM.Transition(ctx, labelstudio.FSMEntityNameTask, task,
			labelstudio.FSMTransitionRequest{TransitionName: "task_in_progress"})
		ok(t, err)
		if !result.Success || result.NewState != nil || result.StateRecord != nil {
			t.Errorf("the transition is %+v", result)
		}
	})
}

// statesOn turns on states, and shows them in annotations, drafts and tasks.
var statesOn = []string{"fflag_feat_fit_568_finite_state_management=true", "fflag_feat_fit_710_fsm_state_fields=true"}

func TestStates(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	states := startServer(t, statesOn...)
	client := newClient(t, states, labelstudio.WithToken(server.LegacyToken))
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	annotation, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{Result: json.RawMessage(regions)})
	ok(t, err)
	draft, err := client.Drafts.Create(ctx, task, labelstudio.AnnotationDraftRequest{Result: json.RawMessage(regions)})
	ok(t, err)
	if state, err := annotation.State.Get(); err != nil || state != "CREATED" || !draft.State.IsNull() {
		t.Errorf("the states are %v and %v", annotation.State, draft.State)
	}

	history := func(name labelstudio.FSMEntityName, id int64, params *labelstudio.FSMHistoryParams) *labelstudio.StateRecordPage {
		t.Helper()
		page, err := client.FSM.History(ctx, name, id, params)
		ok(t, err)
		return page
	}
	all := history(labelstudio.FSMEntityNameTask, task, nil)
	if all.Count != 2 || len(all.Results) != 2 || all.Next != nil || all.Previous != nil {
		t.Fatalf("the history is %+v", all)
	}
	last, first := all.Results[0], all.Results[1]
	if last.State != "COMPLETED" || last.PreviousState == nil || *last.PreviousState != "CREATED" || last.TransitionName != "task_completed" ||
		last.TriggeredBy == nil || last.TriggeredBy.Email != server.Email || last.Reason == "" || first.PreviousState != nil {
		t.Errorf("the history is %+v", all.Results)
	}
	later := last.CreatedAt.Add(time.Hour)
	tests := []struct {
		name   string
		params labelstudio.FSMHistoryParams
		want   []labelstudio.StateRecord
	}{
		{"oldest first", labelstudio.FSMHistoryParams{Ordering: new("id")}, []labelstudio.StateRecord{first, last}},
		{"first page", labelstudio.FSMHistoryParams{Page: new(int64(1)), PageSize: new(int64(1))}, all.Results[:1]},
		{"second page", labelstudio.FSMHistoryParams{Page: new(int64(2)), PageSize: new(int64(1))}, all.Results[1:]},
		{"from", labelstudio.FSMHistoryParams{CreatedAtFrom: &last.CreatedAt}, all.Results[:1]},
		{"later", labelstudio.FSMHistoryParams{CreatedAtFrom: &later}, nil},
		{"to", labelstudio.FSMHistoryParams{CreatedAtTo: &first.CreatedAt}, all.Results[1:]},
		{"state", labelstudio.FSMHistoryParams{State: new("created")}, all.Results[1:]},
		{"previous state", labelstudio.FSMHistoryParams{PreviousState: new("CREATED")}, all.Results[:1]},
		{"transition", labelstudio.FSMHistoryParams{TransitionName: new("task_created")}, all.Results[1:]},
		{"user", labelstudio.FSMHistoryParams{TriggeredBy: &last.TriggeredBy.ID}, all.Results},
		{"another user", labelstudio.FSMHistoryParams{TriggeredBy: new(int64(missing))}, nil},
	}
	for _, tt := range tests {
		page := history(labelstudio.FSMEntityNameTask, task, &tt.params)
		var got, want []string
		for _, record := range page.Results {
			got = append(got, record.ID)
		}
		for _, record := range tt.want {
			want = append(want, record.ID)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, want)
		}
	}
	for name, id := range map[labelstudio.FSMEntityName]int64{
		labelstudio.FSMEntityNameProject: project, labelstudio.FSMEntityNameAnnotation: annotation.ID,
	} {
		if page := history(name, id, nil); len(page.Results) == 0 {
			t.Errorf("the %s has no history", name)
		}
	}

	// A task can be put into any state, and twice into the same.
	back := labelstudio.FSMTransitionRequest{TransitionName: "task_in_progress", TransitionData: json.RawMessage(`{}`)}
	moved, err := client.FSM.Transition(ctx, labelstudio.FSMEntityNameTask, task, back)
	ok(t, err)
	again, err := client.FSM.Transition(ctx, labelstudio.FSMEntityNameTask, task, back)
	ok(t, err)
	if moved.NewState == nil || *moved.NewState != "IN_PROGRESS" || moved.StateRecord == nil || again.StateRecord == nil ||
		moved.StateRecord.ID != again.StateRecord.ID {
		t.Errorf("moved to %+v and %+v", moved, again)
	}
	_, err = client.FSM.Transition(ctx, labelstudio.FSMEntityNameProject, project,
		labelstudio.FSMTransitionRequest{TransitionName: "project_in_progress_from_completed"})
	ok(t, err)
	for _, name := range []string{"task_created", "annotation_updated", "bogus", ""} {
		_, err = client.FSM.Transition(ctx, labelstudio.FSMEntityNameTask, task, labelstudio.FSMTransitionRequest{TransitionName: name})
		wantError(t, err, labelstudio.ErrValidation)
	}
	_, err = client.FSM.Transition(ctx, labelstudio.FSMEntityNameAnnotation, annotation.ID,
		labelstudio.FSMTransitionRequest{TransitionName: "annotation_created"})
	wantError(t, err, labelstudio.ErrValidation)
	whole := history(labelstudio.FSMEntityNameTask, task, nil)
	var walked []string
	for record, err := range client.FSM.All(ctx, labelstudio.FSMEntityNameTask, task, &labelstudio.FSMHistoryParams{PageSize: new(int64(1))}) {
		ok(t, err)
		walked = append(walked, record.ID)
	}
	if len(whole.Results) < 2 || len(walked) != len(whole.Results) || walked[0] != whole.Results[0].ID {
		t.Errorf("walked through %v of %d records", walked, len(whole.Results))
	}
	_, err = client.FSM.History(ctx, labelstudio.FSMEntityNameTask, task, &labelstudio.FSMHistoryParams{Page: new(int64(9))})
	wantError(t, err, labelstudio.ErrNotFound)
	err = client.Do(ctx, http.MethodGet, fmt.Sprintf("/api/fsm/entities/task/%d/history", task),
		url.Values{"created_at_from": {"x"}}, nil, nil)
	wantError(t, err, labelstudio.ErrValidation)

	// A member who leaves, and whose account is deleted.
	member := signUp(t, states)
	second := newTask(t, client, project, "y").ID
	_, err = newClient(t, states, labelstudio.WithToken(member.token)).FSM.Transition(ctx, labelstudio.FSMEntityNameTask, second, back)
	ok(t, err)
	ok(t, client.Members.Delete(ctx, 1, member.id))
	by := history(labelstudio.FSMEntityNameTask, second, nil).Results[0].TriggeredBy
	if by == nil || by.ID != member.id || by.Email != "Deleted" || by.Username == nil || by.FirstName == nil || by.LastName == nil {
		t.Errorf("moved by %+v, want a placeholder", by)
	}
	ok(t, client.Users.Delete(ctx, member.id))
	if by := history(labelstudio.FSMEntityNameTask, second, nil).Results[0].TriggeredBy; by != nil {
		t.Errorf("moved by %+v, want nobody", by)
	}
}
