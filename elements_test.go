package labelstudio

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func elementsOf[T any](r io.Reader) (all []T, err error) {
	for element, err := range Elements[T](r) {
		if err != nil {
			return all, err
		}
		all = append(all, *element)
	}
	return all, nil
}

func TestElements(t *testing.T) {
	t.Parallel()
	type point struct {
		N   int
		Raw json.RawMessage
	}
	tests := []struct {
		name, text, want string
		is               error
		says             string
	}{
		{"two", ` [ {"N":1,"Raw":{"x":1.50}}, {"N":2} ] `, `[{1 {"x":1.50}} {2 }]`, nil, ""},
		{"none", `[]`, `[]`, nil, ""},
		{"more keys and one twice", `[{"x":[{}],"N":1,"N":2}]`, `[{2 }]`, nil, ""},
		{"half of a pair", `[{"N":1,"Raw":"\ud83d"}]`, `[{1 "\ud83d"}]`, nil, ""},
		{"nothing", ``, `[]`, io.ErrUnexpectedEOF, "element 0 of the list, at byte 0: unexpected EOF"},
		{"no end", `[{"N":1}`, `[{1 }]`, io.ErrUnexpectedEOF, "element 1 of the list, at byte 8"},
		{"cut", `[{"N":1},{"N"`, `[{1 }]`, io.ErrUnexpectedEOF, "element 1 of the list"},
		{"an object", `{"N":1}`, `[]`, nil, "it is no JSON list, but begins with {"},
		{"a page", `<html>`, `[]`, nil, "element 0 of the list, at byte 0: "},
		{"another type", `[{"N":1},{"N":"x"}]`, `[{1 }]`, nil, "element 1 of the list"},
		{"two lists", `[{"N":1}][]`, `[{1 }]`, nil, "something follows the list"},
		{"no comma", `[{"N":1} {"N":2}]`, `[{1 }]`, nil, "element 1 of the list"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			all, err := elementsOf[point](iotest.OneByteReader(strings.NewReader(tt.text)))
			for _, p := range all {
				got = append(got, fmt.Sprintf("{%d %s}", p.N, p.Raw))
			}
			if fmt.Sprint(got) != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) || (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %v %s", err, tt.is, tt.says)
			}
		})
	}
}

func TestElementsKeepsTheCause(t *testing.T) {
	t.Parallel()
	broken := io.MultiReader(strings.NewReader(`[{"a":1},`), iotest.ErrReader(errReset))
	if all, err := elementsOf[map[string]int](broken); !errors.Is(err, errReset) || len(all) != 1 {
		t.Errorf("%v, error %v", all, err)
	}
}

// What is a list to encoding/json is one here, of the same elements.
func FuzzElements(f *testing.F) {
	for _, seed := range []string{`[{"id":1,"annotations":[{"id":2,"completed_by":{"id":3}}]}]`, `[`, `[]]`, `[{"id":1.5}]`, `[null]`, "[{\"data\":\"\xff\"}]", `[{"created_at":"2026-01-02T03:04:05Z"}]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := elementsOf[ExportedTask](strings.NewReader(text)); err == nil && !json.Valid([]byte(text)) {
			t.Fatalf("%q is no JSON", text)
		}
		got, err := elementsOf[json.RawMessage](strings.NewReader(text))
		var want []json.RawMessage
		if wantErr := json.Unmarshal([]byte(text), &want); wantErr != nil || !strings.HasPrefix(strings.TrimSpace(text), "[") {
			if err == nil {
				t.Fatalf("%q is read as %s, want %v", text, got, wantErr)
			}
			return
		}
		if err != nil || len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is read as %s, %v, want %s", text, got, err, want)
		}
	})
}

// What may be an id or an object is written as it was read.
func TestExportedTaskKeepsWhatItRead(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"null", "7", `{"id":7,"email":"a@example.com","first_name":"","last_name":""}`} {
		var task ExportedTask
		if err := json.Unmarshal([]byte(`{"annotations":[{"completed_by":`+user+`}],"drafts":[7],"predictions":[8]}`), &task); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(task.Annotations[0].CompletedBy)
		if err != nil || string(got) != user {
			t.Errorf("%s is written as %s, %v", user, got, err)
		}
		if task.Drafts[0].ID != 7 || task.Predictions[0].ID != 8 {
			t.Errorf("the task is %+v", task)
		}
	}
}
