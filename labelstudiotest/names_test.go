package labelstudiotest

import (
	"reflect"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

// The name of a method that is no operation leads to the operations that it calls.
func TestMethodsAreNamed(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	client := reflect.TypeFor[*labelstudio.Client]().Elem()
	for i := range client.NumField() {
		service := client.Field(i)
		if !service.IsExported() || strings.HasSuffix(service.Name, "Storages") { // which the server doesn't keep
			continue
		}
		for j := range service.Type.NumMethod() {
			name := service.Name + "." + service.Type.Method(j).Name
			known[name] = true
			if named(name) != nil && methods[name] == "" {
				t.Errorf("%s is neither an operation nor a method that calls some", name)
			}
		}
	}
	for name, calls := range methods {
		if !known[name] {
			t.Errorf("%s is no method", name)
		}
		for _, op := range strings.FieldsFunc(calls, func(r rune) bool { return r == ',' || r == ' ' }) {
			if strings.Contains(op, ".") && named(op) != nil {
				t.Errorf("%s calls %s, which is no operation", name, op)
			}
		}
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Tasks.All":       "it calls Tasks.List",
		"projects.import": "it is Projects.Import",
		"Exports.Nope":    "there are Exports.Export, Exports.Formats",
		"Export.Export":   "there are Exports.Export, Exports.Formats",
		"Nope":            "Server.Requests",
	} {
		if err := named(name); err == nil || !strings.HasPrefix(err.Error(), name+" is no operation of the contract: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}
