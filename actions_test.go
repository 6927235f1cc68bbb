package labelstudio

import (
	"net/http"
	"strings"
	"testing"
)

// An action that not each server has is looked for; the others cost nothing.
func TestPerformAsksForUnknownActions(t *testing.T) {
	t.Parallel()
	const listed = `[{"id":"relabel","title":"","order":1,"permission":"","dialog":{"text":"","type":"confirm"}}]`
	for _, tt := range []struct {
		id   ActionID
		want string // methods
		err  string
	}{
		{ActionIDCacheLabels, "POST", ""},
		{"relabel", "GET POST", ""},
		{"relable", "GET", `no action "relable", but ["relabel"]`},
	} {
		t.Run(string(tt.id), func(t *testing.T) {
			t.Parallel()
			var methods []string
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				methods = append(methods, req.Method)
				if req.Method == http.MethodGet {
					return answer(200, listed), nil
				}
				return answer(200, `{}`), nil
			})
			_, err := client.Actions.Perform(t.Context(), &ActionsPerformParams{Project: 1, ID: tt.id}, ActionRequest{
				SelectedItems: SelectedItems{All: true},
			})
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %v, want %q", err, tt.err)
			}
			if got := strings.Join(methods, " "); got != tt.want {
				t.Errorf("sent %s, want %s", got, tt.want)
			}
		})
	}
}

// What a view says is sent in its place.
func TestPerformOnView(t *testing.T) {
	t.Parallel()
	const (
		filters = `{"conjunction":"and","items":[{"filter":"filter:tasks:id","operator":"greater","type":"Number","value":3}]}`
		columns = `{"columns":[{"id":"id","title":"ID","type":"Number","target":"tasks","project_defined":false}]}`
	)
	for _, tt := range []struct {
		name, data string
		body       SelectedItems
		want       string
	}{
		{"some", `{"selectedItems":{"all":false,"included":[7]}}`, SelectedItems{}, `{"selectedItems":{"all":false,"included":[7]}}`},
		{"but some", `{"selectedItems":{"all":true,"excluded":[7]}}`, SelectedItems{}, `{"selectedItems":{"all":true,"excluded":[7]}}`},
		{"all", `{"selectedItems":{"all":true,"excluded":[]}}`, SelectedItems{All: true}, `{"selectedItems":{"all":true,"excluded":[]}}`},
		{"nothing", `{"selectedItems":{"all":false,"included":[]}}`, SelectedItems{All: true}, `{"selectedItems":{"all":true}}`},
		{"filters", `{"filters":` + filters + `,"ordering":["-tasks:id","tasks:id"]}`, SelectedItems{All: true},
			`{"filters":` + filters + `,"ordering":["-tasks:id"],"selectedItems":{"all":true}}`},
		// as the web page stores a view without filters
		{"no filters", `{"filters":{"conjunction":"and","items":[]},"ordering":[]}`, SelectedItems{All: true}, `{"ordering":[],"selectedItems":{"all":true}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sent recorder
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				switch {
				case req.Method != http.MethodGet:
					sent.add(t, req)
					return answer(200, `{}`), nil
				case strings.Contains(req.URL.Path, "columns"):
					return answer(200, columns), nil
				}
				return answer(200, `{"id":4,"project":1,"order":0,"user":null,"data":`+tt.data+`}`), nil
			})
			_, err := client.Actions.Perform(t.Context(), &ActionsPerformParams{
				Project: 1, ID: ActionIDDeleteTasks, View: new(int64(4)),
			}, ActionRequest{SelectedItems: tt.body})
			if err != nil {
				t.Fatal(err)
			}
			requests, bodies := sent.all()
			if len(bodies) != 1 || bodies[0] != tt.want || requests[0].URL.Query().Has("view") {
				t.Errorf("sent %s, want %s", bodies, tt.want)
			}
		})
	}
}
