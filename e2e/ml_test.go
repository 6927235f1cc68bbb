package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// The shared servers refuse addresses inside their own network.
func TestMLBackendsInside(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		project := newProject(t, client).ID
		_, err := client.MLBackends.Create(t.Context(), labelstudio.MLBackendRequest{Project: project, URL: "http://127.0.0.1:1"})
		wantError(t, err, labelstudio.ErrForbidden)
		list, err := client.MLBackends.List(t.Context(), &labelstudio.MLBackendsListParams{Project: project})
		ok(t, err)
		if len(list) != 0 {
			t.Errorf("the project has %d ML backends", len(list))
		}
	})
}

func TestMLBackends(t *testing.T) {
	t.Parallel()
	open := startServer(t, "ML_BLOCK_LOCAL_IP=false")
	client := func(t *testing.T) *labelstudio.Client {
		return newClient(t, open, labelstudio.WithToken(server.LegacyToken))
	}
	t.Run("lifecycle", func(t *testing.T) { mlLifecycle(t, client(t)) })
	t.Run("password", func(t *testing.T) { mlPassword(t, client(t)) })
	t.Run("states", func(t *testing.T) { mlStates(t, client(t)) })
	t.Run("training", func(t *testing.T) { mlTraining(t, client(t)) })
	t.Run("prediction", func(t *testing.T) { mlPrediction(t, client(t)) })
	t.Run("versions", func(t *testing.T) { mlVersions(t, client(t)) })
	t.Run("errors", func(t *testing.T) { mlErrors(t, client(t), newClient(t, open)) })
}

// connectML adds an ML backend to a project.
func connectML(t *testing.T, client *labelstudio.Client, project int64, b *mlBackend) *labelstudio.MLBackend {
	t.Helper()
	made, err := client.MLBackends.Create(t.Context(), labelstudio.MLBackendRequest{
		Project: project, URL: b.URL, IsInteractive: new(true),
	})
	ok(t, err)
	return made
}

func mlLifecycle(t *testing.T, client *labelstudio.Client) {
	ctx, b := t.Context(), newMLBackend(t)
	project := newProject(t, client).ID
	made, err := client.MLBackends.Create(ctx, labelstudio.MLBackendRequest{
		Project: project, URL: b.URL, Title: new("mine"), Description: new("for a test"), Timeout: new(2.5),
		ExtraParams: json.RawMessage(`{"a":1}`), AutoUpdate: new(false), ModelVersion: new("zero"),
	})
	ok(t, err)
	if made.Project != project || made.URL != b.URL || made.State != labelstudio.MLBackendStateConnected ||
		made.ReadableState != "Connected" || made.Timeout != 2.5 || made.AutoUpdate || made.IsInteractive ||
		made.Title == nil || *made.Title != "mine" || made.Description == nil || *made.Description != "for a test" ||
		made.ModelVersion == nil || *made.ModelVersion != "zero" || string(made.ExtraParams) != `{"a":1}` ||
		made.AuthMethod != labelstudio.MLBackendAuthMethodNone || made.BasicAuthPassIsSet {
		t.Errorf("made %+v", made)
	}
	if got := string(b.asked(t, "setup")["extra_params"]); got != `{"a": 1}` {
		t.Errorf("the ML backend was set up with %s", got)
	}
	second := connectML(t, client, project, b)
	for _, test := range []struct {
		interactive *bool
		want        []int64
	}{{nil, []int64{made.ID, second.ID}}, {new(true), []int64{second.ID}}, {new(false), []int64{made.ID}}} {
		list, err := client.MLBackends.List(ctx, &labelstudio.MLBackendsListParams{Project: project, IsInteractive: test.interactive})
		ok(t, err)
		var ids []int64
		for _, one := range list {
			ids = append(ids, one.ID)
		}
		slices.Sort(ids)
		if !slices.Equal(ids, test.want) {
			t.Errorf("the list is %d, want %d", ids, test.want)
		}
	}

	updated, err := client.MLBackends.Update(ctx, made.ID, labelstudio.MLBackendUpdateRequest{
		Project: project, URL: b.URL, Title: new("other"), AutoUpdate: new(true), ExtraParams: json.RawMessage(`[1]`),
		Description: new("changed"), IsInteractive: new(true), ModelVersion: new("two"), Timeout: new(3.5),
	})
	ok(t, err)
	if !updated.IsInteractive || updated.Description == nil || *updated.Description != "changed" {
		t.Errorf("updated %+v", updated)
	}
	if updated.Title == nil || *updated.Title != "other" || updated.ModelVersion == nil || *updated.ModelVersion != "one" ||
		updated.Timeout != 3.5 || string(updated.ExtraParams) != "[1]" {
		t.Errorf("updated %+v", updated)
	}
	ok(t, client.MLBackends.Delete(ctx, made.ID))
	wantError(t, client.MLBackends.Delete(ctx, made.ID), labelstudio.ErrNotFound)
	_, err = client.MLBackends.Get(ctx, made.ID)
	wantError(t, err, labelstudio.ErrNotFound)
}

func mlPassword(t *testing.T, client *labelstudio.Client) {
	ctx, b := t.Context(), newMLBackend(t)
	b.user, b.password = "somebody", "secret"
	req := labelstudio.MLBackendRequest{Project: newProject(t, client).ID, URL: b.URL}
	_, err := client.MLBackends.Create(ctx, req)
	wantError(t, err, labelstudio.ErrValidation)
	req.AuthMethod = new(labelstudio.MLBackendAuthMethodBasicAuth)
	_, err = client.MLBackends.Create(ctx, req)
	wantError(t, err, labelstudio.ErrValidation)
	req.BasicAuthUser, req.BasicAuthPass = new("somebody"), new("")
	_, err = client.MLBackends.Create(ctx, req)
	wantError(t, err, labelstudio.ErrServer)
	req.BasicAuthPass = new("secret")
	made, err := client.MLBackends.Create(ctx, req)
	ok(t, err)
	if !made.BasicAuthPassIsSet || made.AuthMethod != labelstudio.MLBackendAuthMethodBasicAuth ||
		made.BasicAuthUser == nil || *made.BasicAuthUser != "somebody" {
		t.Errorf("made %+v", made)
	}
	// An empty password stands for the one that is set; none at all is refused.
	change := labelstudio.MLBackendUpdateRequest{Project: made.Project, URL: b.URL}
	_, err = client.MLBackends.Update(ctx, made.ID, change)
	wantError(t, err, labelstudio.ErrValidation)
	change.AuthMethod, change.BasicAuthUser, change.BasicAuthPass = req.AuthMethod, req.BasicAuthUser, new("")
	changed, err := client.MLBackends.Update(ctx, made.ID, change)
	ok(t, err)
	if !changed.BasicAuthPassIsSet || changed.State != labelstudio.MLBackendStateConnected {
		t.Errorf("changed %+v", changed)
	}
}

func mlStates(t *testing.T, client *labelstudio.Client) {
	ctx, b := t.Context(), newMLBackend(t)
	id := connectML(t, client, newProject(t, client).ID, b).ID
	want := func(state labelstudio.MLBackendState) *labelstudio.MLBackend {
		t.Helper()
		got, err := client.MLBackends.Get(ctx, id)
		ok(t, err)
		if got.State != state {
			t.Errorf("the state is %s, want %s", got.State, state)
		}
		return got
	}
	b.fail("setup", http.StatusInternalServerError)
	if want(labelstudio.MLBackendStateError).ErrorMessage == nil {
		t.Error("an error has no message")
	}
	b.say("setup", `{}`)
	if got := want(labelstudio.MLBackendStateConnected); got.ModelVersion != nil || got.ErrorMessage != nil {
		t.Errorf("got %+v", got)
	}
	b.stop()
	want(labelstudio.MLBackendStateDisconnected)
}

func mlTraining(t *testing.T, client *labelstudio.Client) {
	ctx, b := t.Context(), newMLBackend(t)
	id := connectML(t, client, newProject(t, client).ID, b).ID
	ok(t, client.MLBackends.Train(ctx, id))
	if got := string(b.asked(t, "webhook")["action"]); got != `"START_TRAINING"` {
		t.Errorf("the ML backend was told %s", got)
	}
	b.fail("webhook", http.StatusInternalServerError)
	ok(t, client.MLBackends.Train(ctx, id)) // as the failure is only noted
	b.say("webhook", `[]`)
	wantError(t, client.MLBackends.Train(ctx, id), labelstudio.ErrServer)
}

func mlPrediction(t *testing.T, client *labelstudio.Client) {
	ctx, b := t.Context(), newMLBackend(t)
	project := newProject(t, client).ID
	id := connectML(t, client, project, b).ID
	random := &labelstudio.MLBackendsTestPredictionParams{Random: true}
	_, err := client.MLBackends.TestPrediction(ctx, id, random)
	wantError(t, err, labelstudio.ErrServer) // there is no task
	task := newTask(t, client, project, "x").ID
	test, err := client.MLBackends.TestPrediction(ctx, id, random)
	ok(t, err)
	if test.Status != http.StatusOK || test.URL != b.URL+"/predict" || test.Task.ID != task || len(test.Request.Tasks) != 1 ||
		test.Request.LabelConfig != config || test.ErrorMessage != nil {
		t.Errorf("the test is %+v", test)
	}
	b.say("predict", `{"error":"a text","results":null}`)
	test, err = client.MLBackends.TestPrediction(ctx, id, random)
	ok(t, err)
	if test.ErrorMessage == nil || *test.ErrorMessage != "a text" || string(test.Response) != "null" {
		t.Errorf("the test is %+v", test)
	}

	ask := labelstudio.MLBackendInteractiveRequest{Task: task, Context: json.RawMessage(`{"a":1}`)}
	b.say("predict", `{"results":[{"score":0.5}]}`)
	answer, err := client.MLBackends.PredictInteractive(ctx, id, ask)
	ok(t, err)
	if string(answer.Data) != `{"score":0.5}` || len(answer.Errors) != 0 {
		t.Errorf("the answer is %s, %q", answer.Data, answer.Errors)
	}
	if got := string(keys(t, b.asked(t, "predict")["params"])["context"]); got != `{"a": 1}` {
		t.Errorf("the ML backend was given the context %s", got)
	}
	b.fail("predict", http.StatusInternalServerError)
	answer, err = client.MLBackends.PredictInteractive(ctx, id, ask)
	ok(t, err)
	if answer.Data != nil || len(answer.Errors) != 1 {
		t.Errorf("the answer is %s, %q", answer.Data, answer.Errors)
	}
	b.say("predict", `{"results":[NaN]}`)
	_, err = client.MLBackends.PredictInteractive(ctx, id, ask)
	wantError(t, err, labelstudio.ErrServer)
	other := newTask(t, client, newProject(t, client).ID, "y").ID
	_, err = client.MLBackends.PredictInteractive(ctx, id, labelstudio.MLBackendInteractiveRequest{Task: other})
	wantError(t, err, labelstudio.ErrNotFound)
}

func mlVersions(t *testing.T, client *labelstudio.Client) {
	ctx, b := t.Context(), newMLBackend(t)
	id := connectML(t, client, newProject(t, client).ID, b).ID
	versions, err := client.MLBackends.Versions(ctx, id)
	ok(t, err)
	if !slices.Equal(versions.Versions, []string{"one", "two"}) || versions.Message != nil {
		t.Errorf("the versions are %+v", versions)
	}
	b.fail("versions", http.StatusNotFound)
	versions, err = client.MLBackends.Versions(ctx, id)
	ok(t, err)
	if !slices.Equal(versions.Versions, []string{"one"}) || versions.Message == nil {
		t.Errorf("the versions are %+v", versions)
	}
	b.stop()
	_, err = client.MLBackends.Versions(ctx, id)
	wantError(t, err, labelstudio.ErrServer)
}

func mlErrors(t *testing.T, client, nobody *labelstudio.Client) {
	b := newMLBackend(t)
	project := newProject(t, client).ID
	id := connectML(t, client, project, b).ID
	all := func(client *labelstudio.Client, project, id int64, address string) map[string]error {
		ctx, m := t.Context(), client.MLBackends
		_, list := m.List(ctx, &labelstudio.MLBackendsListParams{Project: project})
		_, create := m.Create(ctx, labelstudio.MLBackendRequest{Project: project, URL: address})
		_, get := m.Get(ctx, id)
		_, update := m.Update(ctx, id, labelstudio.MLBackendUpdateRequest{Project: project, URL: address})
		_, test := m.TestPrediction(ctx, id, &labelstudio.MLBackendsTestPredictionParams{Random: true})
		_, predict := m.PredictInteractive(ctx, id, labelstudio.MLBackendInteractiveRequest{Task: missing})
		_, versions := m.Versions(ctx, id)
		return map[string]error{
			"List": list, "Create": create, "Get": get, "Update": update, "Delete": m.Delete(ctx, id), "Train": m.Train(ctx, id),
			"TestPrediction": test, "PredictInteractive": predict, "Versions": versions,
		}
	}
	for _, err := range all(nobody, project, id, b.URL) {
		wantError(t, err, labelstudio.ErrUnauthorized)
	}
	for name, err := range all(client, missing, missing, b.URL) {
		if name == "Create" {
			wantError(t, err, labelstudio.ErrValidation)
		} else {
			wantError(t, err, labelstudio.ErrNotFound)
		}
	}
	_, err := client.MLBackends.Update(t.Context(), id, labelstudio.MLBackendUpdateRequest{Project: project, URL: "ftp://x"})
	wantError(t, err, labelstudio.ErrForbidden)
	_, err = client.MLBackends.PredictInteractive(t.Context(), id, labelstudio.MLBackendInteractiveRequest{Task: missing})
	wantError(t, err, labelstudio.ErrNotFound)

	b.say("setup", `[]`) // which the server takes for an object
	for name, err := range all(client, project, id, b.URL) {
		if slices.Contains([]string{"List", "Create", "Get", "Update", "Delete"}, name) {
			wantError(t, err, labelstudio.ErrServer)
		}
	}
}
