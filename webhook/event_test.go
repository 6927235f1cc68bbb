package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/jsondiff"
	"github.com/labelstudio-go/labelstudio/webhook"
)

// delivery is what a real server sent. The end-to-end tests write it.
func delivery(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// payloads has the type that each delivery is read into.
var payloads = map[string]webhook.Payload{
	"all_tasks_deleted":                 &webhook.TasksDeleted{},
	"annotation_created":                &webhook.AnnotationCreated{},
	"annotation_created_without_result": &webhook.AnnotationCreated{},
	"annotation_deleted":                &webhook.AnnotationsDeleted{},
	"annotation_updated":                &webhook.AnnotationUpdated{},
	"annotations_created":               &webhook.AnnotationsCreated{},
	"annotations_deleted":               &webhook.AnnotationsDeleted{},
	"label_link_deleted":                &webhook.LabelLinkDeleted{},
	"label_link_updated":                &webhook.LabelLinkUpdated{},
	"project_created":                   &webhook.ProjectCreated{},
	"project_deleted":                   &webhook.ProjectDeleted{},
	"project_updated":                   &webhook.ProjectUpdated{},
	"start_training":                    &webhook.StartTraining{},
	"task_created":                      &webhook.TasksCreated{},
	"task_deleted":                      &webhook.TasksDeleted{},
	"tasks_created":                     &webhook.TasksCreated{},
	"tasks_deleted":                     &webhook.TasksDeleted{},
}

// Nothing that the server sends is lost: what is read, written again, is the same.
func TestParseKeepsAll(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) != len(payloads) {
		t.Fatalf("there are %d deliveries, want %d (%v)", len(files), len(payloads), err)
	}
	for name, want := range payloads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := delivery(t, name)
			event, err := webhook.Parse(body)
			if err != nil {
				t.Fatal(err)
			}
			if reflect.TypeOf(event.Payload) != reflect.TypeOf(want) || string(event.Body) != string(body) {
				t.Fatalf("the payload is a %T, want a %T", event.Payload, want)
			}
			again, err := json.Marshal(event.Payload)
			if err != nil {
				t.Fatal(err)
			}
			sent := object(t, body)
			if sent["action"] != string(event.Action) {
				t.Errorf("the action is %q, want %q", event.Action, sent["action"])
			}
			delete(sent, "action")
			rest, err := json.Marshal(sent)
			if err != nil {
				t.Fatal(err)
			}
			differences, err := jsondiff.Differences(rest, again)
			if err != nil {
				t.Fatal(err)
			}
			for _, difference := range differences {
				t.Error(difference)
			}
		})
	}
}

func object(t *testing.T, raw []byte) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseValues(t *testing.T) {
	t.Parallel()
	event, err := webhook.Parse(delivery(t, "annotation_created"))
	if err != nil {
		t.Fatal(err)
	}
	got, is := event.Payload.(*webhook.AnnotationCreated)
	if !is {
		t.Fatalf("the payload is a %T", event.Payload)
	}
	made := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	if event.Action != generated.WebhookActionAnnotationCreated || got.Annotation.ResultCount != 2 ||
		*got.Annotation.LeadTime != 1.5 || got.Annotation.DraftCreatedAt != nil || !got.Annotation.CreatedAt.Equal(made) ||
		!strings.Contains(string(got.Task.Data), `"text"`) || *got.Project.Sampling != generated.SamplingSequentialSampling {
		t.Errorf("the payload is %+v", got)
	}
}

func TestParseWithoutPayload(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"ANNOTATION_CREATED", "SOMETHING_NEW"} {
		event, err := webhook.Parse([]byte(`{"action": "` + action + `"}`))
		if err != nil {
			t.Fatal(err)
		}
		if string(event.Action) != action || event.Payload != nil {
			t.Errorf("%s is %+v", action, event)
		}
	}
}

func TestParseUnknown(t *testing.T) {
	t.Parallel()
	event, err := webhook.Parse([]byte(`{"action":"SOMETHING_NEW","thing":{"a": 1},"other":null}`))
	if err != nil {
		t.Fatal(err)
	}
	want := webhook.Unknown{"thing": json.RawMessage(`{"a": 1}`), "other": json.RawMessage("null")}
	if event.Action != "SOMETHING_NEW" || !reflect.DeepEqual(event.Payload, want) {
		t.Errorf("the event is %v, %s", event, event.Payload)
	}

	// A property that is not known yet stays in the body.
	event, err = webhook.Parse([]byte(`{"action":"PROJECT_DELETED","project":{"id":7,"title":"gone"}}`))
	if err != nil {
		t.Fatal(err)
	}
	deleted := &webhook.ProjectDeleted{Project: webhook.Deleted{ID: 7}}
	if !reflect.DeepEqual(event.Payload, deleted) || !strings.Contains(string(event.Body), "gone") {
		t.Errorf("the event is %s, %+v", event.Body, event.Payload)
	}
}

// The caller may use its buffer again.
func TestParseCopies(t *testing.T) {
	t.Parallel()
	body := []byte(`{"action":"SOMETHING_NEW","thing":"kept"}`)
	event, err := webhook.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	for i := range body {
		body[i] = 'x'
	}
	unknown, _ := event.Payload.(webhook.Unknown)
	if !strings.Contains(string(event.Body), "kept") || string(unknown["thing"]) != `"kept"` {
		t.Errorf("the event is %s, %s", event.Body, unknown["thing"])
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"nothing", "", "webhook: not JSON, or not all of it, from byte 0 on"},
		{"cut", `{"action":"TASKS_DEL`, "webhook: not JSON, or not all of it, from byte 20 on"},
		{"more behind", `{"action":"hidden"} hidden`, "webhook: not JSON, or not all of it, from byte 21 on"},
		{"null", "null", "webhook: action is missing"},
		{"list", "[]", "webhook: array where an object is expected"},
		{"no action", `{"hidden":1}`, "webhook: action is missing"},
		{"action is null", `{"action":null}`, "webhook: action is missing"},
		{"action is no text", `{"action":4711}`, "webhook: action is no text"},
		{"action is empty", `{"action":""}`, "webhook: action is empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			event, err := webhook.Parse([]byte(test.body))
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if event.Action != "" || event.Payload != nil || event.Body != nil || errors.Is(err, webhook.ErrPayload) {
				t.Errorf("the event beside the error is %+v", event)
			}
		})
	}
	_, err := webhook.Parse([]byte("{"))
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		t.Errorf("%v has no cause", err)
	}
}

// An event whose payload is not as expected is there all the same.
func TestParseOtherPayload(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"no annotation", `{"action":"ANNOTATION_CREATED","task":{"id":1}}`, "ANNOTATION_CREATED: annotation is missing"},
		{"no task", `{"action":"ANNOTATION_CREATED","annotation":{"id":1},"task":null}`, "ANNOTATION_CREATED: task is missing"},
		{"null for a project", `{"action":"PROJECT_DELETED","project":null}`, "PROJECT_DELETED: project is missing"},
		{"text for an id", `{"action":"PROJECT_DELETED","project":{"id":"hidden"}}`,
			"PROJECT_DELETED: project.id: string where a whole number is expected"},
		{"half an id", `{"action":"PROJECT_DELETED","project":{"id":4711.5}}`,
			"PROJECT_DELETED: project.id: number where a whole number is expected"},
		{"a number for an enumeration", `{"action":"PROJECT_UPDATED","project":{"sampling":1}}`,
			"PROJECT_UPDATED: project.sampling: number where a string is expected"},
		{"a number for a truth", `{"action":"PROJECT_UPDATED","project":{"is_draft":1}}`,
			"PROJECT_UPDATED: project.is_draft: number where a boolean is expected"},
		{"a text for a number", `{"action":"TASKS_CREATED","tasks":[{"precomputed_agreement":"1"}]}`,
			"TASKS_CREATED: tasks.precomputed_agreement: string where a number is expected"},
		{"an object for a list", `{"action":"TASKS_CREATED","tasks":{"id":1}}`,
			"TASKS_CREATED: tasks: object where an array is expected"},
		{"a text for an object", `{"action":"TASKS_CREATED","tasks":["hidden"]}`,
			"TASKS_CREATED: tasks: string where an object is expected"},
		{"no date", `{"action":"TASKS_CREATED","tasks":[{"created_at":"hidden"}]}`,
			"TASKS_CREATED: a value, such as a date, is malformed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			event, err := webhook.Parse([]byte(test.body))
			if !errors.Is(err, webhook.ErrPayload) || err.Error() != "webhook: "+test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			want := webhook.Unknown{}
			for key, raw := range object(t, []byte(test.body)) {
				if key == "action" {
					if raw != string(event.Action) {
						t.Errorf("the action is %q, want %q", event.Action, raw)
					}
					continue
				}
				value, err := json.Marshal(raw)
				if err != nil {
					t.Fatal(err)
				}
				want[key] = value
			}
			if !reflect.DeepEqual(event.Payload, want) || string(event.Body) != test.body {
				t.Errorf("the event is %s of %s, want %s", event.Payload, event.Body, want)
			}
		})
	}
}

// What is printed and logged has no credentials of the project.
func TestEventInLogs(t *testing.T) {
	t.Parallel()
	event, err := webhook.Parse(delivery(t, "project_updated"))
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("event", "event", event)
	for _, text := range []string{log.String(), fmt.Sprint(event), fmt.Sprintf("%v %+v", event, &event)} {
		if strings.Contains(text, "legible") || !strings.Contains(text, "PROJECT_UPDATED") {
			t.Errorf("shown as %s", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for name := range payloads {
		f.Add(delivery(f, name))
	}
	for _, body := range []string{
		"", "null", `{"action":"TASKS_CREATED"}`, `{"action":"X","y":[1e999]}`, `{"action":"TASKS_CREATED","tasks":[null]}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		given := slices.Clone(body)
		event, err := webhook.Parse(body)
		if !slices.Equal(given, body) {
			t.Fatal("the body was changed")
		}
		if err != nil {
			_, untyped := event.Payload.(webhook.Unknown)
			if untyped != errors.Is(err, webhook.ErrPayload) || untyped != (event.Action != "") ||
				!strings.HasPrefix(err.Error(), "webhook: ") || strings.Contains(err.Error(), "generated") {
				t.Fatalf("%v with %+v", err, event)
			}
			return
		}
		if event.Action == "" || string(event.Body) != string(body) {
			t.Fatalf("the event is %q, %s", event.Action, event.Body)
		}
		if event.Payload == nil {
			return
		}
		again, err := json.Marshal(event.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if _, is := event.Payload.(webhook.Unknown); is || repeatsKeys(body) {
			return
		}
		// What was read, sent again, is read as the same.
		second, err := webhook.Parse(append([]byte(`{"action":"`+string(event.Action)+`",`), again[1:]...))
		if err != nil {
			t.Fatalf("%v: %s", err, again)
		}
		if third, err := json.Marshal(second.Payload); err != nil || string(third) != string(again) {
			t.Fatalf("%v\n%s\n%s", err, again, third)
		}
	})
}

// repeatsKeys says whether keys differ in nothing but case, of which package
// json takes the last.
func repeatsKeys(body []byte) bool {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return false
	}
	folded := map[string]bool{}
	for key := range fields {
		folded[strings.ToLower(key)] = true
	}
	return len(folded) < len(fields)
}
