package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/webhook"
)

var updateDeliveries = flag.Bool("update", false, "write the deliveries in webhook/testdata anew")

// eventReceiver is a handler of package webhook, and what it was given.
func eventReceiver(t *testing.T, secret webhook.Secret) (url string, events <-chan webhook.Event) {
	t.Helper()
	queue := make(chan webhook.Event, 16)
	handler, err := webhook.NewHandler(secret, webhook.Queue(queue))
	ok(t, err)
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return srv.URL, queue
}

// takeEvents returns what has come. The server delivers before it answers the
// request that causes the event.
func takeEvents(events <-chan webhook.Event) (taken []webhook.Event) {
	for {
		select {
		case event := <-events:
			taken = append(taken, event)
		default:
			return taken
		}
	}
}

// forOrganization makes a project's webhook one of the organization. Servers of
// old let anybody make such; in this one they are left over in the database.
func forOrganization(t *testing.T, s *server.Server, hook int64) {
	t.Helper()
	needsReal(t, "webhooks")
	env, err := server.Install(t.Context(), server.InstallOptions{})
	ok(t, err)
	const script = `import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=60) as db:
    db.execute('UPDATE webhook SET project_id = NULL WHERE id = ?', [sys.argv[2]])`
	out, err := exec.CommandContext(t.Context(), filepath.Join(env.Dir, "venv", "bin", "python"), "-c", script,
		filepath.Join(s.DataDir, "label_studio.sqlite3"), itoa(hook)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// payloadOf returns the payload of the only event, which is a P.
func payloadOf[P webhook.Payload](t *testing.T, events []webhook.Event) P {
	t.Helper()
	payload, is := events[0].Payload.(P)
	if !is {
		t.Fatalf("%v has a %T, want a %T", events[0], events[0].Payload, payload)
	}
	return payload
}

// Every action of the contract is set off, and what it delivers is what the
// unit tests of package webhook know.
func TestWebhookEvents(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	own := startServer(t, "WEBHOOK_TIMEOUT=60", "WEBHOOK_BATCH_SIZE=3", "ML_BLOCK_LOCAL_IP=false")
	client := newClient(t, own, labelstudio.WithToken(server.LegacyToken))
	plain := unrecorded(t, own.URL, labelstudio.WithToken(server.LegacyToken))

	// Labels first: with a webhook for all actions they cannot be made.
	other := newProject(t, client).ID
	labelRequests := func(project int64, title string) []labelstudio.LabelRequest {
		return []labelstudio.LabelRequest{{Project: project, FromName: "label", Title: title, Value: json.RawMessage(`["Car"]`)}}
	}
	labels, err := client.Labels.Create(ctx, labelRequests(other, "car"))
	ok(t, err)

	secret := webhook.Header("X-Webhook-Secret", "of the organization")
	url, events := eventReceiver(t, secret)
	all, err := webhook.Registration(other, url, secret, labelstudio.WebhookActionProjectUpdated)
	ok(t, err)
	all.SendForAllActions = new(true)
	hook := newWebhook(t, client, all).ID
	forOrganization(t, own, hook)

	bareSecret := webhook.Header("Authorization", "Bearer of-the-project")
	bareURL, bareEvents := eventReceiver(t, bareSecret)
	seen := map[labelstudio.WebhookAction]bool{}

	var p, task, annotation, link int64
	var imported []int64
	var training []byte
	ml := newMLBackend(t)
	model := func(task int64) {
		post(t, client, "/api/predictions/", object{"task": task, "result": json.RawMessage(regions), "model_version": "one"})
	}
	steps := []struct {
		name  string
		do    func() error
		want  []labelstudio.WebhookAction // of the webhook for everything
		bare  []labelstudio.WebhookAction // of the project's webhook without payload
		check func(t *testing.T, events []webhook.Event)
	}{
		{
			name: "project_created",
			do: func() error {
				project, err := client.Projects.Create(ctx, labelstudio.ProjectRequest{
					Title: labelstudio.Value("Hooks"), LabelConfig: new(config), Description: labelstudio.Null[string](),
				})
				ok(t, err)
				p = project.ID
				req, err := webhook.Registration(p, bareURL, bareSecret, labelstudio.WebhookActionAnnotationUpdated,
					labelstudio.WebhookActionTasksCreated, labelstudio.WebhookActionTasksDeleted, labelstudio.WebhookActionAnnotationsDeleted)
				ok(t, err)
				req.SendPayload = new(false)
				newWebhook(t, client, req)
				return nil
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionProjectCreated},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.ProjectCreated](t, events).Project
				if got.ID != p || got.Title == nil || *got.Title != "Hooks" || got.Description != nil || got.LabelConfig != config {
					t.Errorf("the project is %+v", got)
				}
			},
		},
		{
			name: "project_updated",
			do: func() error {
				_, err := client.Projects.Update(ctx, p, labelstudio.ProjectUpdateRequest{TaskDataPassword: labelstudio.Value("legible")})
				return err
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionProjectUpdated},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.ProjectUpdated](t, events).Project
				if got.ID != p || got.TaskDataPassword == nil || *got.TaskDataPassword != "legible" ||
					got.Token == nil || *got.Token == "" {
					t.Errorf("the project is %+v", got)
				}
			},
		},
		{
			name: "tasks_created",
			do: func() error {
				summary, err := client.Projects.Import(ctx, p, inputs(t, "<one>", "two"), labelstudio.ImportOptions{TaskIDs: true})
				ok(t, err)
				imported = summary.TaskIDs
				return nil
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksCreated},
			bare: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksCreated},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.TasksCreated](t, events)
				if len(got.Tasks) != 2 || got.Tasks[0].ID != imported[0] || string(got.Tasks[0].Data) != `{"text": "<one>"}` ||
					got.Tasks[1].ID != imported[1] || got.Project == nil || got.Project.ID != p || got.Project.TaskNumber != 2 {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			name: "task_created",
			do:   func() error { task = newTask(t, client, p, "x").ID; return nil },
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksCreated},
			bare: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksCreated},
			check: func(t *testing.T, events []webhook.Event) {
				if got := payloadOf[*webhook.TasksCreated](t, events); len(got.Tasks) != 1 || got.Tasks[0].ID != task {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			name: "task changed",
			do: func() error {
				_, err := client.Tasks.Update(ctx, task, labelstudio.TaskUpdateRequest{Data: textData(t, "y")})
				return err
			},
		},
		{
			name: "tasks imported with annotations",
			do: func() error {
				annotated := inputs(t, "z")
				annotated[0].Annotations = []labelstudio.AnnotationInput{{Result: json.RawMessage(regions)}}
				_, err := client.Projects.Import(ctx, p, annotated, labelstudio.ImportOptions{})
				return err
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksCreated},
			bare: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksCreated},
		},
		{
			name: "annotation_created",
			do: func() error {
				made, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{
					Result: json.RawMessage(regions), LeadTime: new(1.5),
				})
				ok(t, err)
				annotation = made.ID
				return nil
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationCreated},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.AnnotationCreated](t, events)
				var result []object
				ok(t, labelstudio.RawInto(got.Annotation.Result, &result))
				if got.Annotation.ID != annotation || len(result) != 2 || got.Annotation.LeadTime == nil || *got.Annotation.LeadTime != 1.5 ||
					got.Annotation.CompletedBy == nil || *got.Annotation.CompletedBy != 1 || got.Annotation.ResultCount != 2 ||
					got.Task.ID != task || !got.Task.IsLabeled || got.Project == nil || got.Project.ID != p {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			name: "annotation_updated",
			do: func() error {
				_, err := client.Annotations.Update(ctx, annotation, labelstudio.AnnotationUpdateRequest{GroundTruth: new(true)})
				return err
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationUpdated},
			bare: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationUpdated},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.AnnotationUpdated](t, events)
				if got.Annotation.ID != annotation || !got.Annotation.GroundTruth || got.Task.ID != task {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			name: "annotation propagated",
			do: func() error {
				performAction(t, client, p, labelstudio.ActionIDPropagateAnnotations, labelstudio.ActionRequest{
					SelectedItems: theTasks(imported[1]), SourceAnnotationID: &annotation,
				})
				return nil
			},
		},
		{
			name: "annotation turned into a draft",
			do:   func() error { _, err := client.Annotations.ConvertToDraft(ctx, annotation); return err },
		},
		{
			name: "annotation_created_without_result",
			do: func() error {
				made, err := client.Annotations.Create(ctx, task, labelstudio.AnnotationRequest{})
				ok(t, err)
				annotation = made.ID
				return nil
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationCreated},
			check: func(t *testing.T, events []webhook.Event) {
				if got := payloadOf[*webhook.AnnotationCreated](t, events); string(got.Annotation.Result) != "null" {
					t.Errorf("the result is %s", got.Annotation.Result)
				}
			},
		},
		{
			name: "annotation_deleted",
			do:   func() error { return client.Annotations.Delete(ctx, annotation) },
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationsDeleted},
			bare: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationsDeleted},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.AnnotationsDeleted](t, events)
				if !slices.Equal(got.Annotations, []webhook.Deleted{{ID: annotation}}) || got.Project == nil || got.Project.ID != p {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{name: "predictions made", do: func() error { model(task); model(imported[0]); return nil }},
		{
			name: "annotations_created",
			do: func() error {
				performAction(t, client, p, labelstudio.ActionIDPredictionsToAnnotations, labelstudio.ActionRequest{SelectedItems: allTasks})
				return nil
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationsCreated},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.AnnotationsCreated](t, events)
				if len(got.Annotations) != 2 || len(got.Tasks) != 2 {
					t.Fatalf("the payload is %+v", got)
				}
				for i, made := range got.Annotations {
					if made.Task == nil || *made.Task != got.Tasks[i].ID || made.ParentPrediction == nil || made.ResultCount != 0 {
						t.Errorf("annotation %d is %+v", i, made)
					}
				}
			},
		},
		{
			name: "annotations_deleted",
			do: func() error {
				performAction(t, client, p, labelstudio.ActionIDDeleteTasksAnnotations, labelstudio.ActionRequest{
					SelectedItems: theTasks(task, imported[0]),
				})
				return nil
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationsDeleted},
			bare: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationsDeleted},
			check: func(t *testing.T, events []webhook.Event) {
				if got := payloadOf[*webhook.AnnotationsDeleted](t, events); len(got.Annotations) != 2 {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			name: "label linked",
			do: func() error {
				made, err := client.LabelLinks.Create(ctx, labelstudio.LabelLinkRequest{Project: p, Label: labels[0].ID, FromName: "label"})
				ok(t, err)
				link = made.ID
				return nil
			},
		},
		{
			name: "label_link_updated",
			do: func() error {
				_, err := client.LabelLinks.Update(ctx, link, labelstudio.LabelLinkUpdateRequest{FromName: new("other")})
				return err
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionLabelLinkUpdated},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.LabelLinkUpdated](t, events)
				if got.LabelLink.ID != link || got.LabelLink.FromName != "other" || got.Label.ID != labels[0].ID ||
					got.Label.Title != "car" || got.Project == nil || got.Project.ID != p {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			name: "label_link_deleted",
			do:   func() error { return client.LabelLinks.Delete(ctx, link) },
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionLabelLinkDeleted},
			check: func(t *testing.T, events []webhook.Event) {
				if got := payloadOf[*webhook.LabelLinkDeleted](t, events); got.LabelLink.ID != link {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			name: "ML backend trained",
			do: func() error {
				backend, err := client.MLBackends.Create(ctx, labelstudio.MLBackendRequest{Project: p, URL: ml.URL})
				ok(t, err)
				ok(t, client.MLBackends.Train(ctx, backend.ID))
				training = lastBody(ml, "webhook")
				return nil
			},
		},
		{
			name: "task_deleted",
			do:   func() error { return client.Tasks.Delete(ctx, task) },
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksDeleted},
			bare: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksDeleted},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.TasksDeleted](t, events)
				if !slices.Equal(got.Tasks, []webhook.Deleted{{ID: task}}) || got.Project == nil || got.Project.ID != p {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			name: "tasks_deleted",
			do: func() error {
				performAction(t, client, p, labelstudio.ActionIDDeleteTasks, labelstudio.ActionRequest{SelectedItems: theTasks(imported[0])})
				return nil
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksDeleted},
			bare: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksDeleted},
			check: func(t *testing.T, events []webhook.Event) {
				got := payloadOf[*webhook.TasksDeleted](t, events)
				if !slices.Equal(got.Tasks, []webhook.Deleted{{ID: imported[0]}}) {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			// The project's own webhook is not told.
			name: "all_tasks_deleted",
			do: func() error {
				return plain.Do(ctx, http.MethodDelete, "/api/projects/"+itoa(p)+"/tasks/", nil, nil, nil)
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksDeleted},
			check: func(t *testing.T, events []webhook.Event) {
				if got := payloadOf[*webhook.TasksDeleted](t, events); len(got.Tasks) != 2 || got.Project != nil {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
		{
			name: "more tasks than a batch has",
			do: func() error {
				_, err := client.Projects.Import(ctx, other, inputs(t, "1", "2", "3", "4"), labelstudio.ImportOptions{})
				return err
			},
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksCreated, labelstudio.WebhookActionTasksCreated},
		},
		{
			name: "project_deleted",
			do:   func() error { return client.Projects.Delete(ctx, p) },
			want: []labelstudio.WebhookAction{labelstudio.WebhookActionProjectDeleted},
			check: func(t *testing.T, events []webhook.Event) {
				if got := payloadOf[*webhook.ProjectDeleted](t, events); got.Project.ID != p {
					t.Errorf("the payload is %+v", got)
				}
			},
		},
	}
	for _, step := range steps {
		ok(t, step.do())
		taken, bare := takeEvents(events), takeEvents(bareEvents)
		if got := actionsOf(taken); !slices.Equal(got, step.want) {
			t.Fatalf("%s: delivered %v, want %v", step.name, got, step.want)
		}
		if got := actionsOf(bare); !slices.Equal(got, step.bare) {
			t.Fatalf("%s: delivered without payload %v, want %v", step.name, got, step.bare)
		}
		for _, event := range bare {
			if event.Payload != nil || string(event.Body) != `{"action": "`+string(event.Action)+`"}` {
				t.Errorf("%s: without payload there is %s", step.name, event.Body)
			}
		}
		for _, event := range taken {
			seen[event.Action] = true
			if again, err := webhook.Parse(event.Body); err != nil || !reflect.DeepEqual(again, event) {
				t.Errorf("%s: parsed again it is %+v, %v", step.name, again, err)
			}
		}
		if step.check != nil {
			step.check(t, taken)
			wantDelivery(t, step.name, taken[0].Body)
		}
	}

	event, err := webhook.Parse(training)
	ok(t, err)
	payload, is := event.Payload.(*webhook.StartTraining)
	if !is || event.Action != webhook.ActionStartTraining || payload.Project.ID != p {
		t.Errorf("the ML backend was told to train by %s", event.Body)
	}
	wantDelivery(t, "start_training", event.Body)
	// It is told of all that a webhook is told of, too.
	event, err = webhook.Parse(lastBody(ml, "webhook"))
	ok(t, err)
	if _, is := event.Payload.(*webhook.TasksDeleted); !is {
		t.Errorf("the ML backend was told last of %s", event.Body)
	}

	// Making labels fails in what was to tell of them, and is undone.
	_, err = plain.Labels.Create(ctx, labelRequests(other, "bus"))
	wantError(t, err, labelstudio.ErrServer)
	if got := takeEvents(events); len(got) != 0 {
		t.Errorf("delivered %v", actionsOf(got))
	}
	for label, err := range client.Labels.All(ctx) {
		ok(t, err)
		if label.Title == "bus" {
			t.Error("the label was made")
		}
	}
	// Nor can they be made in a project with an ML backend, whose webhook is for all actions.
	ok(t, client.Webhooks.Delete(ctx, hook))
	_, err = client.MLBackends.Create(ctx, labelstudio.MLBackendRequest{Project: other, URL: ml.URL})
	ok(t, err)
	_, err = plain.Labels.Create(ctx, labelRequests(other, "bus"))
	wantError(t, err, labelstudio.ErrServer)

	cannot := map[string]string{string(labelstudio.WebhookActionLabelLinkCreated): "the server fails, see above"}
	info, err := client.Webhooks.Info(ctx, nil)
	ok(t, err)
	for action := range info {
		if _, excused := cannot[action]; seen[labelstudio.WebhookAction(action)] == excused {
			t.Errorf("%s: set off %v, want %v", action, !excused, excused)
		}
	}
}

// The server gives up a handler that takes its time, and does not come again:
// the next that comes is of the next event.
func TestWebhookSlowHandler(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	given := make(chan webhook.Event, 2)
	secret := webhook.Header("X-Webhook-Secret", "of the test")
	handler, err := webhook.NewHandler(secret, func(ctx context.Context, event webhook.Event) error {
		<-ctx.Done()
		given <- event
		return ctx.Err()
	}, webhook.WithLogger(slog.New(slog.DiscardHandler)))
	ok(t, err)
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	req, err := webhook.Registration(project, srv.URL, secret,
		labelstudio.WebhookActionTasksCreated, labelstudio.WebhookActionTasksDeleted)
	ok(t, err)
	newWebhook(t, client, req)

	task := newTask(t, client, project, "x").ID
	ok(t, client.Tasks.Delete(ctx, task))
	for _, want := range req.Actions {
		select {
		case event := <-given:
			if event.Action != want {
				t.Errorf("given up %v, want %v", event.Action, want)
			}
		case <-time.After(time.Minute):
			t.Fatal("the server still waits")
		}
	}
}

// lastBody is what the backend was sent last, of a kind.
func lastBody(b *mlBackend, what string) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests[what]
}

func actionsOf(events []webhook.Event) (actions []labelstudio.WebhookAction) {
	for _, event := range events {
		actions = append(actions, event.Action)
	}
	return actions
}

// What is different each time in a delivery.
var chance = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`"\d{4}-\d\d-\d\dT[\d:.]+Z"`), `"2026-01-02T03:04:05.678901Z"`},
	{regexp.MustCompile(`"token": "\w+"`), `"token": "0000000000000000000000000000000000000000"`},
	{regexp.MustCompile(`"unique_id": "[\w-]+"`), `"unique_id": "00000000-0000-0000-0000-000000000000"`},
	{regexp.MustCompile(`"label_config_hash": -?\d+`), `"label_config_hash": -3793285373877572402`},
}

// wantDelivery holds a delivery against the file that the unit tests of package
// webhook read.
func wantDelivery(t *testing.T, name string, body []byte) {
	t.Helper()
	var indented bytes.Buffer
	ok(t, json.Indent(&indented, body, "", "  "))
	text := append(indented.Bytes(), '\n')
	for _, c := range chance {
		text = c.pattern.ReplaceAll(text, []byte(c.with))
	}
	file := filepath.Join("..", "webhook", "testdata", name+".json")
	if *updateDeliveries {
		ok(t, os.WriteFile(file, text, 0o644))
		return
	}
	want, err := os.ReadFile(file)
	ok(t, err)
	if !bytes.Equal(text, want) {
		t.Errorf("%s is not what was delivered (-update writes it):\n%s", file, text)
	}
}
