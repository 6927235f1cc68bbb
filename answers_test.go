package labelstudio

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// coreServices are the services of projects, tasks, tokens, import and export.
var coreServices = []any{
	&ProjectsService{}, &TasksService{}, new(Client).Tokens, &FileUploadsService{}, &ExportsService{}, &SnapshotsService{}, new(Client).Server,
}

// answerTypes returns the types of all that methods of the core services return
// and of what that holds, where they are objects.
func answerTypes() map[reflect.Type]bool {
	types := map[reflect.Type]bool{}
	for _, service := range coreServices {
		for method := range reflect.TypeOf(service).Methods() {
			for result := range method.Type.Outs() {
				addObjects(types, result)
			}
		}
	}
	addObjects(types, reflect.TypeFor[ExportedTask]())
	return types
}

func addObjects(types map[reflect.Type]bool, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		addObjects(types, t.Elem())
	case reflect.Struct:
		if types[t] || t == reflect.TypeFor[Download]() || !strings.HasPrefix(t.PkgPath(), modulePath) {
			return
		}
		types[t] = true
		for field := range t.Fields() {
			if field.IsExported() {
				addObjects(types, field.Type)
			}
		}
	}
}

// Servers of other versions leave properties out and have ones that are
// unknown. Neither makes an answer that can't be read.
func TestAnswersOfOtherVersions(t *testing.T) {
	t.Parallel()
	types := answerTypes()
	if len(types) < 30 {
		t.Fatalf("only %d types were found", len(types))
	}
	for typ := range types {
		for name, body := range map[string]string{
			"without any property":    `{}`,
			"with unknown properties": `{"not_known_yet":{"a":[1,"b",null]},"nor_this":null}`,
		} {
			v := reflect.New(typ)
			if err := decodeJSON(strings.NewReader(body), v.Interface()); err != nil {
				t.Errorf("%s %s: %v", typ.Name(), name, err)
			}
			if err := json.Unmarshal([]byte(body), v.Interface()); err != nil {
				t.Errorf("%s %s, by encoding/json: %v", typ.Name(), name, err)
			}
		}
	}
}

// What is written by hand ends, and makes up nothing, when an answer lacks what
// it looks at.
func TestAnswersWithoutProperties(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body string
		call func(context.Context, *Client) (int, error)
		want int // things that are found
	}{
		{"no projects", `{"results":[]}`, func(ctx context.Context, c *Client) (int, error) { return count(c.Projects.All(ctx, nil)) }, 0},
		{"projects that are objects", `{"results":[{},{"x":1}]}`, func(ctx context.Context, c *Client) (int, error) {
			return count(c.Projects.All(ctx, nil))
		}, 2},
		{"counts", `{"results":[{}]}`, func(ctx context.Context, c *Client) (int, error) { return count(c.Projects.AllCounts(ctx, nil)) }, 1},
		{"no tasks", `{"tasks":[]}`, func(ctx context.Context, c *Client) (int, error) {
			return count(c.Tasks.All(ctx, TaskFilter{Project: 1}))
		}, 0},
		{"tasks that are objects", `{"tasks":[{}],"total":1}`, func(ctx context.Context, c *Client) (int, error) {
			return count(c.Tasks.All(ctx, TaskFilter{Project: 1}))
		}, 1},
		{"exported tasks", `[{},{"annotations":[{}],"drafts":[{}],"predictions":[{}]}]`, func(ctx context.Context, c *Client) (int, error) {
			return count(c.Exports.Tasks(ctx, 1, ExportOptions{Format: "JSON"}))
		}, 2},
		{"formats", `[{}]`, func(ctx context.Context, c *Client) (int, error) {
			formats, err := c.Exports.Formats(ctx, 1)
			return len(formats), err
		}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if strings.HasSuffix(req.URL.Path, "/formats") && test.name != "formats" {
					return answer(http.StatusOK, `[{"name":"JSON"}]`), nil
				}
				return answer(http.StatusOK, test.body), nil
			})
			got, err := test.call(t.Context(), client)
			if err != nil || got != test.want {
				t.Errorf("got %d, want %d, and the error %v", got, test.want, err)
			}
		})
	}
}

// count returns how many there are; nil is none.
func count[T any](seq iter.Seq2[*T, error]) (n int, err error) {
	for v, err := range seq {
		if err != nil {
			return n, err
		}
		if v != nil {
			n++
		}
	}
	return n, nil
}

func TestImportSummaryWithoutProperties(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(*http.Request) (*http.Response, error) {
		return answer(http.StatusCreated, `{"task_count":1}`), nil
	})
	summary, err := client.Projects.Import(t.Context(), 1, []TaskInput{{Data: json.RawMessage(`{"text":"x"}`)}}, ImportOptions{})
	if err != nil || summary.TaskCount != 1 || summary.AnnotationCount.IsSpecified() {
		t.Errorf("got %+v and the error %v", summary, err)
	}
}
