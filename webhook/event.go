package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/weight"
)

// Event is one delivery.
type Event struct {
	// Action says what happened; it may be one that this version does not know.
	Action generated.WebhookAction
	// Payload is what it happened to: a pointer to the type that is named after
	// the action, such as [*AnnotationCreated], or [Unknown]. It is nil if the
	// webhook sends no payload (send_payload is false).
	Payload Payload
	// Body is the delivery as it came.
	//
	// Like [Project] in Payload it may hold credentials of the project: String
	// and the logs of package slog leave both out.
	Body json.RawMessage
}

// String returns the action.
func (e Event) String() string { return string(e.Action) }

// LogValue makes logs show the action alone.
func (e Event) LogValue() slog.Value { return slog.StringValue(e.String()) }

// Payload is one of the types that are named after an action, behind a pointer,
// or [Unknown]. Where it has Project, that is nil for what belongs to no project
// any more, such as an annotation whose project was set to null.
type Payload interface{ payload() }

// ActionStartTraining is what the server posts to an ML backend that is to be
// trained, at its path webhook. There it also posts all events of the project,
// by a webhook without headers that it makes along with the ML backend.
const ActionStartTraining generated.WebhookAction = "START_TRAINING"

// ProjectCreated comes to webhooks of an organization only, which servers up to
// date keep but let nobody make.
type ProjectCreated struct {
	Project Project `json:"project"`
}

// ProjectUpdated comes after a change of a project's settings.
type ProjectUpdated struct {
	Project Project `json:"project"`
}

// ProjectDeleted comes to webhooks of an organization only, as [ProjectCreated].
type ProjectDeleted struct {
	Project Deleted `json:"project"`
}

// TasksCreated comes after an import, the creation of a task or the sync of a
// storage. The server tells of 5,000 tasks at most in one delivery
// (WEBHOOK_BATCH_SIZE in its environment); an import of more makes several.
type TasksCreated struct {
	Tasks   []Task   `json:"tasks"`
	Project *Project `json:"project,omitzero"`
}

// TasksDeleted has Project nil if all tasks of a project were deleted at once
// (DELETE /api/projects/{id}/tasks/), which is told to webhooks of an
// organization only. The annotations that went with the tasks have no event.
type TasksDeleted struct {
	Tasks   []Deleted `json:"tasks"`
	Project *Project  `json:"project,omitzero"`
}

// AnnotationCreated comes after one annotation was made.
type AnnotationCreated struct {
	Annotation Annotation `json:"annotation"`
	Task       Task       `json:"task"`
	Project    *Project   `json:"project,omitzero"`
}

// AnnotationUpdated comes after one annotation was changed.
type AnnotationUpdated struct {
	Annotation Annotation `json:"annotation"`
	Task       Task       `json:"task"`
	Project    *Project   `json:"project,omitzero"`
}

// AnnotationsCreated comes after the action predictions_to_annotations. Tasks
// has the task of each annotation, in the same order. Their counters are those
// of before.
type AnnotationsCreated struct {
	Annotations []Annotation `json:"annotation"`
	Tasks       []Task       `json:"task"`
	Project     *Project     `json:"project,omitzero"`
}

// AnnotationsDeleted comes after one annotation was deleted, or all those of
// some tasks.
type AnnotationsDeleted struct {
	Annotations []Deleted `json:"annotations"`
	Project     *Project  `json:"project,omitzero"`
}

// LabelLinkCreated is what Label Studio 1.23.2 means to send after labels were
// made, and fails to: while a webhook asks for it, or for all actions as those
// of ML backends do, making labels in its project (POST /api/labels/) is a 500
// and makes none.
type LabelLinkCreated struct {
	LabelLinks []generated.LabelLink `json:"label_link"`
	Project    *Project              `json:"project,omitzero"`
}

// LabelLinkUpdated comes after a link of a label to a project was changed.
type LabelLinkUpdated struct {
	LabelLink generated.LabelLink `json:"label_link"`
	Label     generated.Label     `json:"label"`
	Project   *Project            `json:"project,omitzero"`
}

// LabelLinkDeleted comes after a link of a label to a project was deleted.
type LabelLinkDeleted struct {
	LabelLink Deleted  `json:"label_link"`
	Project   *Project `json:"project,omitzero"`
}

// StartTraining is for ML backends: see [ActionStartTraining].
type StartTraining struct {
	Project Project `json:"project"`
}

// Unknown is the payload of an action that this version does not know, or knows
// with another payload ([ErrPayload]), by the names of its properties.
type Unknown map[string]json.RawMessage

func (*ProjectCreated) payload()     {}
func (*ProjectUpdated) payload()     {}
func (*ProjectDeleted) payload()     {}
func (*TasksCreated) payload()       {}
func (*TasksDeleted) payload()       {}
func (*AnnotationCreated) payload()  {}
func (*AnnotationUpdated) payload()  {}
func (*AnnotationsCreated) payload() {}
func (*AnnotationsDeleted) payload() {}
func (*LabelLinkCreated) payload()   {}
func (*LabelLinkUpdated) payload()   {}
func (*LabelLinkDeleted) payload()   {}
func (*StartTraining) payload()      {}
func (Unknown) payload()             {}

// A kind is how the payload of an action is made, and the properties that it
// cannot do without.
type kind struct {
	payload func() Payload
	keys    []string
}

var kinds = map[generated.WebhookAction]kind{
	generated.WebhookActionProjectCreated:     {func() Payload { return new(ProjectCreated) }, []string{"project"}},
	generated.WebhookActionProjectUpdated:     {func() Payload { return new(ProjectUpdated) }, []string{"project"}},
	generated.WebhookActionProjectDeleted:     {func() Payload { return new(ProjectDeleted) }, []string{"project"}},
	generated.WebhookActionTasksCreated:       {func() Payload { return new(TasksCreated) }, []string{"tasks"}},
	generated.WebhookActionTasksDeleted:       {func() Payload { return new(TasksDeleted) }, []string{"tasks"}},
	generated.WebhookActionAnnotationCreated:  {func() Payload { return new(AnnotationCreated) }, []string{"annotation", "task"}},
	generated.WebhookActionAnnotationUpdated:  {func() Payload { return new(AnnotationUpdated) }, []string{"annotation", "task"}},
	generated.WebhookActionAnnotationsCreated: {func() Payload { return new(AnnotationsCreated) }, []string{"annotation", "task"}},
	generated.WebhookActionAnnotationsDeleted: {func() Payload { return new(AnnotationsDeleted) }, []string{"annotations"}},
	generated.WebhookActionLabelLinkCreated:   {func() Payload { return new(LabelLinkCreated) }, []string{"label_link"}},
	generated.WebhookActionLabelLinkUpdated:   {func() Payload { return new(LabelLinkUpdated) }, []string{"label_link", "label"}},
	generated.WebhookActionLabelLinkDeleted:   {func() Payload { return new(LabelLinkDeleted) }, []string{"label_link"}},
	ActionStartTraining:                       {func() Payload { return new(StartTraining) }, []string{"project"}},
}

// Parse reads the body of a delivery. Properties that this version does not
// know remain in Body.
//
// If the payload of a known action lacks something, or something in it is of
// another type than here, the error is [ErrPayload]. The event is then returned
// beside it, whole but for the types: its Payload is [Unknown]. Beside any other
// error the event is empty.
//
// Refused is what would take more than eight times [DefaultMaxBytes] when it is decoded,
// as estimated: a list of empty objects takes some hundred times its bytes.
//
// The text of an error says what is wrong and where, and holds nothing of the
// body but its action and names of properties that are known here.
func Parse(body []byte) (Event, error) {
	if err := checkWeight(body, DefaultMaxBytes); err != nil {
		return Event{}, err
	}
	return parse(body)
}

// checkWeight refuses a body that would take too much memory. A small one may weigh
// more than its limit.
func checkWeight(body []byte, most int64) error {
	const small = 4 << 20
	if weight.JSON(body)/weight.Most-small > most {
		return parseError{text: fmt.Sprintf("decoded, it would take more than %d times the %d bytes of WithMaxBytes", weight.Most, most)}
	}
	return nil
}

func parse(body []byte) (Event, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return Event{}, parseError{explain(err), err}
	}
	event := Event{Body: bytes.Clone(body)}
	raw, present := fields["action"]
	if !present || isNull(raw) {
		return Event{}, parseError{text: "action is missing"}
	}
	if err := json.Unmarshal(raw, &event.Action); err != nil {
		return Event{}, parseError{"action is no text", err}
	}
	if event.Action == "" {
		return Event{}, parseError{text: "action is empty"}
	}
	delete(fields, "action")
	if len(fields) == 0 {
		return event, nil
	}
	event.Payload = Unknown(fields)
	kind, known := kinds[event.Action]
	if !known {
		return event, nil
	}
	for _, key := range kind.keys {
		if raw, present := fields[key]; !present || isNull(raw) {
			return event, payloadError(event.Action, key+" is missing", nil)
		}
	}
	payload := kind.payload()
	if err := json.Unmarshal(body, payload); err != nil {
		return event, payloadError(event.Action, explain(err), err)
	}
	event.Payload = payload
	return event, nil
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }
