package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// nowhere is a URL that takes no events.
const nowhere = "http://127.0.0.1:1/hook"

// newWebhook makes a webhook that is deleted when the test ends.
func newWebhook(t *testing.T, client *labelstudio.Client, req labelstudio.WebhookRequest) *labelstudio.Webhook {
	t.Helper()
	hook, err := client.Webhooks.Create(t.Context(), req)
	ok(t, err)
	t.Cleanup(func() {
		err := client.Webhooks.Delete(cleanup(t), hook.ID)
		if err != nil && !errors.Is(err, labelstudio.ErrNotFound) {
			t.Error(err)
		}
	})
	return hook
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project, other := newProject(t, client).ID, newProject(t, client).ID
		plain := newWebhook(t, client, labelstudio.WebhookRequest{Project: project, URL: nowhere})
		if plain.URL != nowhere || plain.Project == nil || *plain.Project != project || !plain.SendPayload ||
			!plain.SendForAllActions || !plain.IsActive || len(plain.Actions) != 0 || len(plain.Headers) != 0 ||
			plain.Organization != 1 || plain.CreatedAt.IsZero() || plain.UpdatedAt.Before(plain.CreatedAt) {
			t.Errorf("the webhook is %+v", plain)
		}
		full := newWebhook(t, client, labelstudio.WebhookRequest{
			Project: project, URL: nowhere, SendPayload: new(false), SendForAllActions: new(false), IsActive: new(false),
			Headers: map[string]string{"X-Test": "yes"},
			Actions: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksCreated, labelstudio.WebhookActionTasksCreated},
		})
		if full.SendPayload || full.SendForAllActions || full.IsActive || !maps.Equal(full.Headers, map[string]string{"X-Test": "yes"}) ||
			!slices.Equal(full.Actions, []labelstudio.WebhookAction{labelstudio.WebhookActionTasksCreated}) {
			t.Errorf("the webhook is %+v", full)
		}

		list, err := client.Webhooks.List(ctx, &labelstudio.WebhooksListParams{Project: &project})
		ok(t, err)
		if len(list) != 2 || list[0].ID != plain.ID || list[1].ID != full.ID {
			t.Errorf("the webhooks are %+v", list)
		}
		list, err = client.Webhooks.List(ctx, &labelstudio.WebhooksListParams{Project: &other})
		ok(t, err)
		if len(list) != 0 {
			t.Errorf("the webhooks of the other project are %+v", list)
		}
		list, err = client.Webhooks.List(ctx, nil)
		ok(t, err)
		if !slices.ContainsFunc(list, func(hook labelstudio.Webhook) bool { return hook.ID == full.ID }) {
			t.Errorf("the webhook %d is not in the list of all", full.ID)
		}

		// What is not set stays, but for the actions.
		changed, err := client.Webhooks.Update(ctx, full.ID, labelstudio.WebhookUpdateRequest{IsActive: new(true)})
		ok(t, err)
		if !changed.IsActive || changed.SendPayload || changed.Headers["X-Test"] != "yes" || len(changed.Actions) != 0 {
			t.Errorf("the changed webhook is %+v", changed)
		}
		changed, err = client.Webhooks.Update(ctx, full.ID, labelstudio.WebhookUpdateRequest{
			URL: new(nowhere + "/b"), SendPayload: new(true), SendForAllActions: new(true), Headers: map[string]string{},
			Actions: []labelstudio.WebhookAction{labelstudio.WebhookActionProjectDeleted},
		})
		ok(t, err)
		if changed.URL != nowhere+"/b" || !changed.SendPayload || !changed.SendForAllActions || len(changed.Headers) != 0 ||
			!slices.Equal(changed.Actions, []labelstudio.WebhookAction{labelstudio.WebhookActionProjectDeleted}) {
			t.Errorf("the changed webhook is %+v", changed)
		}
		replaced, err := client.Webhooks.Replace(ctx, full.ID, labelstudio.WebhookReplaceRequest{
			URL: nowhere, SendPayload: new(false), SendForAllActions: new(false), IsActive: new(false),
			Headers: map[string]string{"A": "b"}, Actions: []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationCreated},
		})
		ok(t, err)
		got, err := client.Webhooks.Get(ctx, full.ID)
		ok(t, err)
		for _, hook := range []*labelstudio.Webhook{replaced, got} {
			if hook.ID != full.ID || hook.URL != nowhere || hook.SendPayload || hook.SendForAllActions || hook.IsActive ||
				hook.Headers["A"] != "b" || !slices.Equal(hook.Actions, []labelstudio.WebhookAction{labelstudio.WebhookActionAnnotationCreated}) {
				t.Errorf("the replaced webhook is %+v", hook)
			}
		}
		replaced, err = client.Webhooks.Replace(ctx, full.ID, labelstudio.WebhookReplaceRequest{URL: nowhere})
		ok(t, err)
		if replaced.SendPayload || replaced.Headers["A"] != "b" || len(replaced.Actions) != 0 {
			t.Errorf("replaced by a URL alone, the webhook is %+v", replaced)
		}

		ok(t, client.Webhooks.Delete(ctx, full.ID))
		_, err = client.Webhooks.Get(ctx, full.ID)
		wantError(t, err, labelstudio.ErrNotFound)
	})
}

func TestWebhookKeepsProject(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project, other := newProject(t, client).ID, newProject(t, client).ID
	hook := newWebhook(t, client, labelstudio.WebhookRequest{Project: project, URL: nowhere})
	path := "/api/webhooks/" + itoa(hook.ID) + "/"
	plain := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	for _, method := range []string{http.MethodPatch, http.MethodPut} {
		var got labelstudio.Webhook
		ok(t, plain.Do(t.Context(), method, path, nil, object{"url": nowhere, "project": other}, &got))
		if got.Project == nil || *got.Project != project {
			t.Errorf("%s moved the webhook to the project %v", method, got.Project)
		}
	}
}

func TestWebhookInfo(t *testing.T) {
	t.Parallel()
	ctx, client, nobody := t.Context(), admin(t), newClient(t, withLegacy)
	tests := []struct {
		name   string
		client *labelstudio.Client
		params *labelstudio.WebhooksInfoParams
		want   int
	}{
		{"all", client, nil, 12},
		{"without credentials", nobody, nil, 12},
		{"of organizations", client, &labelstudio.WebhooksInfoParams{OrganizationOnly: new(true)}, 2},
		{"of projects", client, &labelstudio.WebhooksInfoParams{OrganizationOnly: new(false)}, 10},
	}
	for _, test := range tests {
		info, err := test.client.Webhooks.Info(ctx, test.params)
		ok(t, err)
		if len(info) != test.want {
			t.Errorf("%s: %d events, want %d", test.name, len(info), test.want)
		}
		for name, action := range info {
			project := name == string(labelstudio.WebhookActionProjectCreated) || name == string(labelstudio.WebhookActionProjectDeleted)
			if action.Name == "" || action.Key == "" || action.Description != "" || action.OrganizationOnly != project {
				t.Errorf("%s: %s is %+v", test.name, name, action)
			}
		}
	}
	_, err := newClient(t, withLegacy, labelstudio.WithToken("0000000000000000000000000000000000000000")).Webhooks.Info(ctx, nil)
	wantError(t, err, labelstudio.ErrUnauthorized)
}

func TestWebhookErrors(t *testing.T) {
	t.Parallel()
	ctx, client, nobody := t.Context(), admin(t), newClient(t, withLegacy)
	project, orphan := newProject(t, client).ID, newProject(t, client).ID
	hook := newWebhook(t, client, labelstudio.WebhookRequest{Project: project, URL: nowhere}).ID
	// The client does not offer to take a project out of the organization.
	plain := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	ok(t, plain.Do(ctx, http.MethodPatch, "/api/projects/"+itoa(orphan)+"/", nil, object{"organization": nil}, nil))

	type call = func(client *labelstudio.Client) error
	list := func(params *labelstudio.WebhooksListParams) call {
		return func(c *labelstudio.Client) error { _, err := c.Webhooks.List(ctx, params); return err }
	}
	create := func(req labelstudio.WebhookRequest) call {
		return func(c *labelstudio.Client) error { _, err := c.Webhooks.Create(ctx, req); return err }
	}
	get := func(id int64) call {
		return func(c *labelstudio.Client) error { _, err := c.Webhooks.Get(ctx, id); return err }
	}
	update := func(id int64, req labelstudio.WebhookUpdateRequest) call {
		return func(c *labelstudio.Client) error { _, err := c.Webhooks.Update(ctx, id, req); return err }
	}
	replace := func(id int64, url string) call {
		return func(c *labelstudio.Client) error {
			_, err := c.Webhooks.Replace(ctx, id, labelstudio.WebhookReplaceRequest{URL: url})
			return err
		}
	}
	remove := func(id int64) call {
		return func(c *labelstudio.Client) error { return c.Webhooks.Delete(ctx, id) }
	}
	tests := []struct {
		name   string
		client *labelstudio.Client
		call   call
		want   error
	}{
		{"list: nobody", nobody, list(nil), labelstudio.ErrUnauthorized},
		{"list: of a missing project", client, list(&labelstudio.WebhooksListParams{Project: new(int64(missing))}),
			labelstudio.ErrValidation},
		{"create: nobody", nobody, create(labelstudio.WebhookRequest{Project: project, URL: nowhere}), labelstudio.ErrUnauthorized},
		{"create: no URL", client, create(labelstudio.WebhookRequest{Project: project, URL: "here"}), labelstudio.ErrValidation},
		{"create: for a missing project", client, create(labelstudio.WebhookRequest{Project: missing, URL: nowhere}),
			labelstudio.ErrValidation},
		{"create: for a project of nobody", client, create(labelstudio.WebhookRequest{Project: orphan, URL: nowhere}),
			labelstudio.ErrNotFound},
		{"create: an action of organizations", client, create(labelstudio.WebhookRequest{
			Project: project, URL: nowhere, Actions: []labelstudio.WebhookAction{labelstudio.WebhookActionProjectCreated},
		}), labelstudio.ErrValidation},
		{"create: a header that is none", client, create(labelstudio.WebhookRequest{
			Project: project, URL: nowhere, Headers: map[string]string{"a b": "c"},
		}), labelstudio.ErrValidation},
		{"get: nobody", nobody, get(hook), labelstudio.ErrUnauthorized},
		{"get: missing", client, get(missing), labelstudio.ErrNotFound},
		{"get: negative", client, get(-1), labelstudio.ErrNotFound},
		{"update: nobody", nobody, update(hook, labelstudio.WebhookUpdateRequest{}), labelstudio.ErrUnauthorized},
		{"update: no URL", client, update(hook, labelstudio.WebhookUpdateRequest{URL: new("")}), labelstudio.ErrValidation},
		{"update: missing", client, update(missing, labelstudio.WebhookUpdateRequest{}), labelstudio.ErrNotFound},
		{"update: negative", client, update(-1, labelstudio.WebhookUpdateRequest{}), labelstudio.ErrNotFound},
		{"replace: nobody", nobody, replace(hook, nowhere), labelstudio.ErrUnauthorized},
		{"replace: no URL", client, replace(hook, ""), labelstudio.ErrValidation},
		{"replace: missing", client, replace(missing, nowhere), labelstudio.ErrNotFound},
		{"replace: negative", client, replace(-1, nowhere), labelstudio.ErrNotFound},
		{"delete: nobody", nobody, remove(hook), labelstudio.ErrUnauthorized},
		{"delete: missing", client, remove(missing), labelstudio.ErrNotFound},
		{"delete: negative", client, remove(-1), labelstudio.ErrNotFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, test.call(test.client), test.want)
		})
	}
}

// delivery is what a webhook was sent.
type delivery struct {
	header http.Header
	method string
	body   []byte
}

// receiver takes what webhooks are sent at its URL.
func receiver(t *testing.T) (url string, deliveries <-chan delivery) {
	t.Helper()
	got := make(chan delivery, 16)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		got <- delivery{req.Header, req.Method, body}
	}))
	t.Cleanup(srv.Close)
	return srv.URL, got
}

func receive(t *testing.T, deliveries <-chan delivery) delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case got := <-deliveries:
		return got
	case <-ctx.Done():
		t.Fatal("nothing was delivered")
		return delivery{}
	}
}

func TestWebhookDelivery(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	url, deliveries := receiver(t)
	hook := newWebhook(t, client, labelstudio.WebhookRequest{
		Project: project, URL: url + "/hook", SendForAllActions: new(false), Headers: map[string]string{"X-Secret": "of the test"},
		Actions: []labelstudio.WebhookAction{labelstudio.WebhookActionProjectUpdated, labelstudio.WebhookActionTasksCreated},
	})

	title := unique(t)
	_, err := client.Projects.Update(ctx, project, labelstudio.ProjectUpdateRequest{Title: labelstudio.Value(title)})
	ok(t, err)
	got := receive(t, deliveries)
	if got.method != http.MethodPost || got.header.Get("X-Secret") != "of the test" ||
		got.header.Get("Content-Type") != "application/json" {
		t.Errorf("delivered by %s with the headers %v", got.method, got.header)
	}
	var event struct {
		Action  labelstudio.WebhookAction
		Project struct {
			ID    int64
			Title string
		}
		Tasks []struct{ ID int64 }
	}
	ok(t, json.Unmarshal(got.body, &event))
	if event.Action != labelstudio.WebhookActionProjectUpdated || event.Project.ID != project || event.Project.Title != title {
		t.Errorf("delivered %s", got.body)
	}

	task := newTask(t, client, project, "x").ID
	got = receive(t, deliveries)
	ok(t, json.Unmarshal(got.body, &event))
	if event.Action != labelstudio.WebhookActionTasksCreated || event.Project.ID != project || len(event.Tasks) != 1 ||
		event.Tasks[0].ID != task {
		t.Errorf("delivered %s", got.body)
	}

	// Without a payload, only the name comes; of what was not asked for, nothing.
	_, err = client.Webhooks.Update(ctx, hook.ID, labelstudio.WebhookUpdateRequest{
		SendPayload: new(false), Actions: []labelstudio.WebhookAction{labelstudio.WebhookActionTasksDeleted},
	})
	ok(t, err)
	newTask(t, client, project, "y")
	ok(t, client.Tasks.Delete(ctx, task))
	got = receive(t, deliveries)
	if string(got.body) != `{"action": "TASKS_DELETED"}` {
		t.Errorf("delivered %s", got.body)
	}
}
