package labelstudio

import (
	"encoding/json"
	"strings"
	"testing"
)

// What a snapshot has in place of a user, a draft or a prediction is read and
// written again as it was.
func TestExportedIDs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		user       int64
		person     bool
	}{
		{"an id", `7`, 7, false},
		{"a large id", `9007199254740993`, 9007199254740993, false},
		{"nobody", `null`, 0, false},
		{"a person", `{"id":7,"email":"a@b.c","first_name":"A","last_name":"B"}`, 7, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			annotations, err := elementsOf[ExportedAnnotation](strings.NewReader(`[{"completed_by":` + tt.text + `}]`))
			if err != nil {
				t.Fatal(err)
			}
			user := annotations[0].CompletedBy
			if user.ID != tt.user || (user.Person != nil) != tt.person {
				t.Errorf("read %+v", user)
			}
			if again, err := json.Marshal(user); err != nil || string(again) != tt.text {
				t.Errorf("wrote %s, error %v", again, err)
			}
		})
	}
	for _, text := range []string{`"7"`, `1.5`, `9223372036854775808`, `true`, `[]`} {
		if all, err := elementsOf[ExportedAnnotation](strings.NewReader(`[{"completed_by":` + text + `}]`)); err == nil {
			t.Errorf("%s is read as %+v", text, all[0].CompletedBy)
		}
	}
}
