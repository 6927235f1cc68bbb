package labelstudiotest_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// addressed serves what is to be imported from an address.
func addressed(t *testing.T, handle http.HandlerFunc) (address string) {
	t.Helper()
	files := httptest.NewServer(handle)
	t.Cleanup(files.Close)
	return files.URL + "/a.json"
}

// The server goes on while it fetches: the address may ask it, and the test may
// look at it.
func TestImportURLAnswersMeanwhile(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	client, project := s.Client(), s.AddProject("Reviews", config)
	address := addressed(t, func(w http.ResponseWriter, r *http.Request) {
		_ = s.Requests()
		if _, err := client.Users.WhoAmI(r.Context()); err != nil {
			t.Errorf("meanwhile: %v", err)
		}
		_, _ = w.Write([]byte(`[{"text":"a"}]`))
	})
	_, err := client.Projects.ImportURL(t.Context(), project, address, labelstudio.ImportOptions{})
	ok(t, err)
	if got := s.Tasks(project); len(got) != 1 {
		t.Errorf("%d tasks, want 1", len(got))
	}
}

// A project that is deleted meanwhile is not found.
func TestImportURLIntoADeletedProject(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	client, project := s.Client(), s.AddProject("Reviews", config)
	address := addressed(t, func(w http.ResponseWriter, r *http.Request) {
		if err := client.Projects.Delete(r.Context(), project); err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte(`[{"text":"a"}]`))
	})
	_, err := client.Projects.ImportURL(t.Context(), project, address, labelstudio.ImportOptions{})
	if !errors.Is(err, labelstudio.ErrNotFound) {
		t.Errorf("answered %v", err)
	}
	if got := s.Tasks(project); len(got) != 0 {
		t.Errorf("%d tasks of a deleted project", len(got))
	}
}

// The fetch ends when the client has gone.
func TestImportURLEndsWithTheClient(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	client, project := s.Client(), s.AddProject("Reviews", config)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	address := addressed(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second): // the server's own limit is ten
			t.Error("the fetch goes on")
		}
		close(ended)
	})
	if _, err := client.Projects.ImportURL(ctx, project, address, labelstudio.ImportOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("answered %v", err)
	}
	<-ended
	if got := s.Tasks(project); len(got) != 0 {
		t.Errorf("%d tasks, want none", len(got))
	}
}
