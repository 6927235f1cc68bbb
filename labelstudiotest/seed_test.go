package labelstudiotest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

func TestSeedAndInspect(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	project := s.AddProject("Reviews", config)
	ids := s.AddTasks(project, map[string]string{"text": "plain"}, labelstudio.TaskInput{
		Data:        json.RawMessage(`{"text":"whole"}`),
		Predictions: []labelstudio.PredictionInput{{Result: json.RawMessage(`[]`), ModelVersion: labelstudio.Value("v1")}},
	})
	s.AddAnnotation(ids[0], []any{map[string]any{
		"from_name": "label", "to_name": "text", "type": "choices", "value": map[string]any{"choices": []string{"good"}},
	}})
	tasks := s.Tasks(project)
	if len(tasks) != 2 || string(tasks[0].Data) != `{"text":"plain"}` || !tasks[0].IsLabeled || len(tasks[0].Annotations) != 1 ||
		tasks[0].Annotations[0].CompletedBy != 1 || tasks[1].IsLabeled || tasks[1].Predictions[0].ModelVersion != "v1" {
		t.Errorf("the tasks are %+v", tasks)
	}
	got, err := s.Client().Tasks.Get(t.Context(), ids[0], nil)
	ok(t, err)
	if len(got.Annotations) != 1 {
		t.Errorf("the client gets %+v", got.Annotations)
	}
}

// What can't be seeded is told with the reason, and with what to do where the item
// is none.
func TestSeedsThatAreNone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		item any
		want string
	}{
		"a slice":           {[]map[string]string{{"text": "a"}}, `task 0 is a []map[string]string: pass its elements one by one, or as a []any with "..."`},
		"a JSON text":       {`{"text":"a"}`, "task 0 is a string: pass JSON as a json.RawMessage"},
		"bytes":             {[]byte(`{"text":"a"}`), "task 0 is a []uint8: pass JSON as a json.RawMessage"},
		"a number":          {1, "task 0 is a int, of which encoding/json makes no object"},
		"a list in JSON":    {json.RawMessage(`[{"text":"a"}]`), "task 0 is a json.RawMessage: pass its elements one by one"},
		"a missing key":     {map[string]string{"other": "a"}, `Error at item 0: "text" key is expected in task data`},
		"a wrong completer": {labelstudio.TaskInput{Data: json.RawMessage(`{"text":"a"}`), Annotations: []labelstudio.AnnotationInput{{Result: json.RawMessage(`[]`), CompletedBy: json.RawMessage("99")}}}, "completed_by=99"},
	} {
		got := fatal(t, func(r *recorder) {
			s := labelstudiotest.NewServer(r)
			s.AddTasks(s.AddProject("Reviews", config), tt.item)
		})
		if strings.Count(got, "labelstudiotest: ") != 1 || !strings.Contains(got, tt.want) {
			t.Errorf("%s: fails with %q, want %q", name, got, tt.want)
		}
	}
}

func TestAddUser(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	u := s.AddUser("someone@example.com")
	for name, token := range map[string]string{"legacy": u.LegacyToken, "personal": u.PAT} {
		me, err := s.Client(labelstudio.WithToken(token)).Users.WhoAmI(t.Context())
		ok(t, err)
		if me.ID != u.ID || me.Email != u.Email {
			t.Errorf("by the %s token this is %d, %s", name, me.ID, me.Email)
		}
	}
	if u := labelstudiotest.NewServer(t, labelstudiotest.WithoutPAT()).AddUser("someone@example.com"); u.PAT != "" {
		t.Errorf("without personal access tokens there is %q", u.PAT)
	}
}

// Users and projects that a request couldn't make are refused.
func TestUsersAndProjectsThatAreNone(t *testing.T) {
	t.Parallel()
	for want, seed := range map[string]func(s *labelstudiotest.Server){
		`the user "nomail": Enter a valid email address.`: func(s *labelstudiotest.Server) { s.AddUser("nomail") },
		`the user "": Enter a valid email address.`:       func(s *labelstudiotest.Server) { s.AddUser("") },
		`the user "Admin@example.com": user with this email address already exists.`: func(s *labelstudiotest.Server) {
			s.AddUser("Admin@example.com")
		},
		`the project "ab": 400 Validation error; title: Ensure this field has at least 3 characters.`: func(s *labelstudiotest.Server) {
			s.AddProject("ab", "")
		},
		`Ensure this field has no more than 50 characters.`: func(s *labelstudiotest.Server) { s.AddProject(strings.Repeat("x", 51), config) },
	} {
		got := fatal(t, func(r *recorder) { seed(labelstudiotest.NewServer(r)) })
		if !strings.HasPrefix(got, "labelstudiotest: the ") || !strings.HasSuffix(got, want) {
			t.Errorf("fails with %q, want %q", got, want)
		}
	}
}

// Lists stay fast with many tasks: each of ten thousand is looked at once.
func TestManyTasks(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	project := s.AddProject("Reviews", config)
	items := make([]any, 10_000)
	for i := range items {
		items[i] = map[string]string{"text": fmt.Sprint(i)}
	}
	s.AddTasks(project, items...)
	listed := 0
	for _, err := range s.Client().Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project, PageSize: 1000}) {
		ok(t, err)
		listed++
	}
	if listed != len(items) {
		t.Errorf("listed %d of %d", listed, len(items))
	}
}
