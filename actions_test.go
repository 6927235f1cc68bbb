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

// What the web page stores of a view without filters is an empty list of them.
func TestPerformOnViewWithoutFilters(t *testing.T) {
	t.Parallel()
	const view = `{"id":4,"project":1,"order":0,"user":null,"data":{"filters":{"conjunction":"and","items":[]},` +
		`"selectedItems":{"all":false,"included":[7]}}}`
	var sent recorder
	client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		sent.add(t, req)
		if req.Method == http.MethodGet {
			return answer(200, view), nil
		}
		return answer(200, `{}`), nil
	})
	_, err := client.Actions.Perform(t.Context(), &ActionsPerformParams{Project: 1, ID: ActionIDDeleteTasks, View: new(int64(4))}, ActionRequest{})
	if err != nil {
		t.Fatal(err)
	}
	requests, _ := sent.all()
	if len(requests) != 2 || requests[1].URL.Query().Get("view") != "4" {
		t.Errorf("sent %v", requests)
	}
}
