package e2e

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func TestMLWaits(t *testing.T) {
	t.Parallel()
	open := startServer(t, "ML_BLOCK_LOCAL_IP=false")
	client := func(t *testing.T) *labelstudio.Client {
		return newClient(t, open, labelstudio.WithToken(server.LegacyToken))
	}
	t.Run("connection", func(t *testing.T) { mlConnection(t, client(t)) })
	t.Run("training", func(t *testing.T) { mlTrainAndWait(t, client(t)) })
	t.Run("refusals", func(t *testing.T) { mlRefusals(t, client(t)) })
}

func mlConnection(t *testing.T, client *labelstudio.Client) {
	ctx, b := t.Context(), newMLBackend(t)
	id := connectML(t, client, newProject(t, client).ID, b).ID
	b.fail("health", http.StatusServiceUnavailable)
	var seen []labelstudio.MLBackendState
	backend, err := client.MLBackends.WaitConnected(ctx, id, func(backend *labelstudio.MLBackend) {
		switch seen = append(seen, backend.State); len(seen) {
		case 1:
			b.say("health", `{"status":"UP"}`)
			b.fail("setup", http.StatusInternalServerError)
		case 2:
			b.say("setup", `{"model_version":"two"}`)
		}
	})
	ok(t, err)
	want := []labelstudio.MLBackendState{labelstudio.MLBackendStateDisconnected, labelstudio.MLBackendStateError, labelstudio.MLBackendStateConnected}
	if !slices.Equal(seen, want) || *backend.ModelVersion != "two" {
		t.Errorf("saw %s, want %s; it is %+v", seen, want, backend)
	}

	b.fail("setup", http.StatusTeapot)
	ended, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err = client.MLBackends.WaitConnected(ended, id, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waited: %v", err)
	}
	_, err = client.MLBackends.WaitConnected(ctx, missing, nil)
	wantError(t, err, labelstudio.ErrNotFound)
}

func mlTrainAndWait(t *testing.T, client *labelstudio.Client) {
	b := newMLBackend(t)
	id := connectML(t, client, newProject(t, client).ID, b).ID
	seen := 0
	trained, err := client.MLBackends.TrainAndWait(t.Context(), id, func(backend *labelstudio.MLBackend) {
		switch seen++; seen {
		case 1: // the training goes on
			if backend.State != labelstudio.MLBackendStateConnected {
				t.Errorf("a training shows as %s", backend.State)
			}
			b.fail("health", http.StatusServiceUnavailable)
		case 2: // the backend begins anew, with what it has learned
			b.say("health", `{"status":"UP"}`)
			b.say("setup", `{"model_version":"two"}`)
		}
	})
	ok(t, err)
	if *trained.ModelVersion != "two" || seen != 3 {
		t.Errorf("trained %+v after %d states", trained, seen)
	}
	if got := string(b.asked(t, "webhook")["action"]); got != `"START_TRAINING"` {
		t.Errorf("the ML backend was told %s", got)
	}
}

func mlRefusals(t *testing.T, client *labelstudio.Client) {
	ctx, b := t.Context(), newMLBackend(t)
	made := connectML(t, client, newProject(t, client).ID, b)
	train := func(ctx context.Context) error {
		_, err := client.MLBackends.TrainAndWait(ctx, made.ID, func(*labelstudio.MLBackend) { b.fail("setup", http.StatusInternalServerError) })
		return err
	}
	// One that comes to refuse in a training, and one that refuses before it.
	for range 2 {
		if err := train(ctx); !errors.Is(err, labelstudio.ErrMLBackend) || !strings.Contains(err.Error(), "500") {
			t.Errorf("trained: %v", err)
		}
	}
	b.say("setup", `{"model_version":"one"}`)

	// One that refuses to train looks like one that trains.
	b.fail("webhook", http.StatusInternalServerError)
	ended, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err := client.MLBackends.TrainAndWait(ended, made.ID, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("trained: %v", err)
	}

	_, err = client.MLBackends.Update(ctx, made.ID, labelstudio.MLBackendUpdateRequest{Project: made.Project, URL: b.URL, AutoUpdate: new(false)})
	ok(t, err)
	if err := train(ctx); err == nil || !strings.Contains(err.Error(), "AutoUpdate") {
		t.Errorf("trained: %v", err)
	}
	_, err = client.MLBackends.TrainAndWait(ctx, missing, nil)
	wantError(t, err, labelstudio.ErrNotFound)
}
