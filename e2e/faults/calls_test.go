package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

// notCalled are the methods that the run leaves out, and why.
var notCalled = map[string]string{
	"Snapshots.SaveMedia": "its files come by the same download as those of SaveFile; media of their own are not prepared yet",
}

// Every method of the services of the core groups is called, or named with a
// reason.
func TestCallsAreComplete(t *testing.T) {
	t.Parallel()
	services := map[string]string{"projects": "Projects.", "tasks": "Tasks.", "tokens": "Tokens."}
	called := map[string]bool{}
	for _, c := range calls() {
		name, _, _ := strings.Cut(c.name, ",")
		service := services[c.group]
		if c.group == "import" && !strings.Contains(name, ".") {
			service = "Projects."
		}
		called[service+name] = true
	}
	for _, service := range []string{"Projects", "Tasks", "FileUploads", "Exports", "Snapshots", "Tokens"} {
		field, ok := reflect.TypeFor[labelstudio.Client]().FieldByName(service)
		if !ok {
			t.Fatalf("the client has no service %s", service)
		}
		for method := range field.Type.Methods() {
			name := service + "." + method.Name
			if called[name] == (notCalled[name] != "") {
				t.Errorf("%s is called: %v, and the reason not to is %q", name, called[name], notCalled[name])
			}
			delete(called, name)
		}
	}
	for name := range called {
		t.Errorf("%s is no method of the core groups", name)
	}
}
