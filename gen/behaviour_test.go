package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/oapi-codegen/nullable"

	"github.com/labelstudio-go/labelstudio/generated"
)

// What the checked-in code sends. The whole table of absent, null and zero is
// tested with the feature absence-null-zero.
func TestProjectUpdateRequestSaysWhatIsSet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		request generated.ProjectUpdateRequest
		want    string
	}{
		{"nothing", generated.ProjectUpdateRequest{}, `{}`},
		{"false", generated.ProjectUpdateRequest{ShowInstruction: new(bool)}, `{"show_instruction":false}`},
		{"empty text", generated.ProjectUpdateRequest{Title: nullable.NewNullableWithValue("")}, `{"title":""}`},
		{"null", generated.ProjectUpdateRequest{Title: nullable.NewNullNullable[string]()}, `{"title":null}`},
		{"zero", generated.ProjectUpdateRequest{MaximumAnnotations: new(int64)}, `{"maximum_annotations":0}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(test.request)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// An answer decoded and encoded again says the same: keys, nulls and numbers.
func TestAnnotationKeepsWhatTheServerSaid(t *testing.T) {
	t.Parallel()
	const answer = `{"id":9223372036854775807,"completed_by":null,"result":[{"value":{"x":1.50,"text":["<b>"]}}],"ground_truth":false,` +
		`"lead_time":0.25,"last_action":"an action of tomorrow","created_at":"2024-01-02T03:04:05.678901Z"}`
	var annotation generated.Annotation
	if err := json.Unmarshal([]byte(answer), &annotation); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(annotation); err != nil {
		t.Fatal(err)
	}
	var got, want map[string]json.RawMessage
	for text, into := range map[string]*map[string]json.RawMessage{out.String(): &got, answer: &want} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	for key := range want {
		if !bytes.Equal(got[key], want[key]) {
			t.Errorf("%s: got %s, want %s", key, got[key], want[key])
		}
	}
}
