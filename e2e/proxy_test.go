package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

// Behind a proxy that takes a prefix off the path, everything works the same:
// the exchange of tokens, pages, and bodies.
func TestBehindPathPrefix(t *testing.T) {
	t.Parallel()
	for _, s := range schemes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			target, err := url.Parse(s.server.URL)
			ok(t, err)
			proxy := httptest.NewServer(http.StripPrefix("/labels", &httputil.ReverseProxy{
				Transport: newTransport(t),
				Rewrite: func(r *httputil.ProxyRequest) {
					r.SetURL(target)
					r.SetXForwarded()
				},
			}))
			t.Cleanup(proxy.Close)
			client := unrecorded(t, proxy.URL+"/labels", labelstudio.WithToken(s.token(t)))

			project := newProject(t, client)
			newTasks(t, client, project.ID, 3)
			tasks := 0
			for _, err := range client.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project.ID, PageSize: 2}) {
				ok(t, err)
				tasks++
			}
			copies := 0
			createProject(t, client, labelstudio.ProjectRequest{Title: labelstudio.Value(*project.Title)})
			for _, err := range client.Projects.All(t.Context(), &labelstudio.ProjectsListParams{Title: project.Title, PageSize: new(int64(1))}) {
				ok(t, err)
				copies++
			}
			if tasks != 3 || copies != 2 {
				t.Errorf("got %d tasks and %d projects, want 3 and 2", tasks, copies)
			}
			_, err = client.Projects.Get(t.Context(), missing)
			if answer := wantAnswer(t, err, labelstudio.ErrNotFound); answer.Path != fmt.Sprintf("/labels/api/projects/%d/", missing) {
				t.Errorf("the error names the path %q", answer.Path)
			}
		})
	}
}
