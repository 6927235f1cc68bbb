package e2e

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The ids of one server are not those of another. In an answer each is replaced
// by its kind and by which of the kind the server has told of first, second and
// so on: <tasks 1>. All other numbers stay.
//
// The kind of an "id" is the name of the object or list that it is in, or else
// the last word of the path: the id in an answer of /api/tasks/7/annotations/ is
// one of annotations. Other properties tell their kind by their name.
type knownIDs map[string]map[string]int

// idKeys are the kinds of the properties that hold an id, or ids.
var idKeys = map[string]string{
	"project": "projects", "task": "tasks", "task_id": "tasks", "task_ids": "tasks", "annotation": "annotations",
	"annotation_id": "annotations", "parent_annotation": "annotations", "prediction": "predictions", "parent_prediction": "predictions",
	"import": "imports", "file_upload_ids": "file-uploads", "prediction_ids": "predictions",
	"completed_by": "users", "created_by": "users", "updated_by": "users", "user": "users", "user_id": "users", "annotators": "users",
	"annotator": "users", "export_pk": "exports", "converted_format": "converted_formats", "draft": "drafts", "view": "views",
}

// listKinds are the kinds of the objects in lists that are not named for them.
var listKinds = map[string]string{
	"export": "tasks", "download": "tasks", "convert": "converted_formats", "import": "imports", "views": "views",
	"counts": "projects", "memberships": "memberships", "blacklist": "tokens", "whoami": "users", "finished_task": "tasks",
}

// freeKeys hold what callers have put there, ids of theirs included.
var freeKeys = map[string]bool{"data": true, "meta": true, "value": true, "custom_hotkeys": true, "control_weights": true}

func (ids knownIDs) name(kind, id string) string {
	known := ids[kind]
	if known == nil {
		known = map[string]int{}
		ids[kind] = known
	}
	if known[id] == 0 {
		known[id] = len(known) + 1
	}
	return fmt.Sprintf("<%s %d>", kind, known[id])
}

// number is the id of the first, second and so on of a kind.
func (ids knownIDs) number(kind string, which int) string {
	for id, at := range ids[kind] {
		if at == which {
			return id
		}
	}
	return ""
}

var (
	placeForm  = regexp.MustCompile(`\{([a-z_-]+)(?: (\d+))?\}`)
	placeKinds = map[string]string{
		"project": "projects", "task": "tasks", "annotation": "annotations", "prediction": "predictions", "snapshot": "exports",
		"view": "views", "user": "users", "draft": "drafts", "file": "file-uploads",
	}
)

// fill puts ids into a path or a body: {task} is the first task of which the
// server has told, {task 2} the second.
func (ids knownIDs) fill(text string) string {
	return placeForm.ReplaceAllStringFunc(text, func(place string) string {
		m := placeForm.FindStringSubmatch(place)
		kind, which := placeKinds[m[1]], 1
		if m[2] != "" {
			_, _ = fmt.Sscan(m[2], &which)
		}
		if id := ids.number(kind, which); id != "" {
			return id
		}
		return place
	})
}

// kindOfPath is the last word of a path, as a kind.
func kindOfPath(path string) string {
	path, _, _ = strings.Cut(path, "?")
	kind := ""
	for part := range strings.SplitSeq(path, "/") {
		if part != "" && strings.Trim(part, "-0123456789") != "" {
			kind = part
		}
	}
	if listKinds[kind] != "" {
		return listKinds[kind]
	}
	return kind
}

// inJSON replaces the ids in an answer, and leaves every other byte as it is.
func (ids knownIDs) inJSON(text, kind string) string {
	type level struct {
		kind       string // of the "id" in it, or of the numbers in a list of ids
		key        string
		list, free bool
	}
	var (
		out   strings.Builder
		done  int64
		stack = []level{{kind: kind}}
		dec   = json.NewDecoder(strings.NewReader(text))
	)
	dec.UseNumber()
	key := false // the next string is one
	for {
		token, err := dec.Token()
		if err != nil {
			break
		}
		at := &stack[len(stack)-1]
		switch token := token.(type) {
		case json.Delim:
			if token == '}' || token == ']' {
				stack = stack[:len(stack)-1]
				at = &stack[len(stack)-1]
			} else {
				inner := level{kind: at.kind, list: token == '[', free: at.free || freeKeys[at.key]}
				switch {
				case at.key == "" || at.key == "results": // as what is around it
				case idKeys[at.key] != "":
					inner.kind = idKeys[at.key]
				default:
					inner.kind = at.key
				}
				stack = append(stack, inner)
				key = token == '{'
				continue
			}
		case string:
			if key {
				at.key, key = token, false
				continue
			}
			if at.key == "annotations_ids" && token != "" && !at.free { // in no order
				end := dec.InputOffset()
				start := end - int64(len(token)) - 2
				var names []string
				for id := range strings.SplitSeq(token, ",") {
					names = append(names, ids.name("annotations", id))
				}
				slices.Sort(names)
				out.WriteString(text[done:start] + strings.Join(names, ","))
				done = end
			}
		case json.Number:
			kind := idKeys[at.key]
			if at.key == "id" {
				kind = at.kind
			}
			if at.list && len(stack) > 2 && idKeys[stack[len(stack)-2].key] != "" {
				kind = at.kind
			}
			if kind != "" && !at.free && !strings.Contains(token.String(), ".") {
				end := dec.InputOffset()
				start := end - int64(len(token))
				out.WriteString(text[done:start] + ids.name(kind, token.String()))
				done = end
			}
		}
		key = !at.list && len(stack) > 1
	}
	return out.String() + text[done:]
}

// inTable replaces the ids in the columns of a CSV or TSV.
func (ids knownIDs) inTable(text string, comma rune) string {
	var (
		out     strings.Builder
		columns []string
		done    int
		starts  = []int{0} // of the lines
	)
	for i, b := range []byte(text) {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	rows := csv.NewReader(strings.NewReader(text))
	rows.Comma, rows.LazyQuotes = comma, true
	for {
		row, err := rows.Read()
		if err != nil {
			break
		}
		if columns == nil {
			columns = row
			continue
		}
		for i, cell := range row {
			kind := idKeys[columns[i]]
			if columns[i] == "id" {
				kind = "tasks"
			}
			if kind != "" && cell != "" {
				line, column := rows.FieldPos(i)
				start := starts[line-1] + column - 1
				if text[start] == '"' {
					start++
				}
				out.WriteString(text[done:start] + ids.name(kind, cell))
				done = start + len(cell)
			}
		}
	}
	return out.String() + text[done:]
}

var pathForm = regexp.MustCompile(`\b(projects?|upload|export)([-/])(\d+)\b`)

// inText replaces the ids of projects in the names and addresses of files.
func (ids knownIDs) inText(text string) string {
	return pathForm.ReplaceAllStringFunc(text, func(found string) string {
		m := pathForm.FindStringSubmatch(found)
		return m[1] + m[2] + ids.name("projects", m[3])
	})
}

func TestKnownIDs(t *testing.T) {
	t.Parallel()
	ids := knownIDs{}
	tests := []struct{ text, kind, want string }{
		{`{"id": 7,"tasks":[{"id":3,"project":7,"total":2,"data":{"id":5}}],"n":1.50}`, "projects",
			`{"id": <projects 1>,"tasks":[{"id":<tasks 1>,"project":<projects 1>,"total":2,"data":{"id":5}}],"n":1.50}`},
		{`{"count":2,"results":[{"id":4},{"id":3}]}`, "tasks", `{"count":2,"results":[{"id":<tasks 2>},{"id":<tasks 1>}]}`},
		{`{"task_ids":[3, 9],"result":[{"id":"x","value":{"n":[1,2]}}]}`, "imports", `{"task_ids":[<tasks 1>, <tasks 3>],"result":[{"id":"x","value":{"n":[1,2]}}]}`},
		{`{"created_by":{"id":1,"first_name":""},"annotators":[1]}`, "", `{"created_by":{"id":<users 1>,"first_name":""},"annotators":[<users 1>]}`},
	}
	for _, tt := range tests {
		if got := ids.inJSON(tt.text, tt.kind); got != tt.want {
			t.Errorf("%s is\n%s, want\n%s", tt.text, got, tt.want)
		}
	}
	if got, want := ids.inTable("id,n,annotation_id\n3,3,8\n\"9\",\"a\n3\",\n", ','), "id,n,annotation_id\n<tasks 1>,3,<annotations 1>\n\"<tasks 3>\",\"a\n3\",\n"; got != want {
		t.Errorf("the table is %q, want %q", got, want)
	}
	if got := ids.fill("/api/projects/{project}/{task 3}/{draft}"); got != "/api/projects/7/9/{draft}" {
		t.Errorf("the path is %s", got)
	}
}
