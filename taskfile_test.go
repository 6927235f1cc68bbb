package labelstudio

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// tasksIn reads a file of tasks until its end or the first error.
func tasksIn(text string, format TaskFormat) (tasks []string, err error) {
	for task, err := range readTasks(iotest.OneByteReader(strings.NewReader(text)), format, defaultLimits.element) {
		if err != nil {
			return tasks, err
		}
		tasks = append(tasks, string(task))
	}
	return tasks, nil
}

func TestReadTasks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		format TaskFormat
		text   string
		want   string // a task a line
		fails  string
	}{
		{"list", "json", ` [{"data":{"a":1}}, {"a":2} ] `, `{"data":{"a":1}}` + "\n" + `{"data":{"a":2}}`, ""},
		{"nothing is lost", "json", `[{"data":{"a":1.50},"x":[9007199254740993]}]`, `{"data":{"a":1.50},"x":[9007199254740993]}`, ""},
		{"one object", "json", `{"a":1}`, `{"data":{"a":1}}`, ""},
		{"empty list", "json", `[]`, "", ""},
		{"mark at the beginning", "json", "\ufeff[{\"a\":1}]", `{"data":{"a":1}}`, ""},
		{"data that is nothing is a key", "json", `[{"data":null,"a":1}]`, `{"data":{"data":null,"a":1}}`, ""},
		{"data in another case", "json", `[{"Data":"x","text":"y"},{"data":{"a":1},"DATA":null}]`,
			`{"data":{"Data":"x","text":"y"}}` + "\n" + `{"data":{"a":1},"DATA":null}`, ""},
		{"empty file", "json", "", "", "labelstudio: item 0, at byte 0: unexpected EOF"},
		{"cut list", "json", `[{"a":1},{"a"`, `{"data":{"a":1}}`, "labelstudio: item 1, at byte 9: unexpected EOF"},
		{"list without end", "json", `[{"a":1}`, `{"data":{"a":1}}`, "labelstudio: item 1, at byte 8: unexpected EOF"},
		{"no object", "json", `[{"a":1}, "b"]`, `{"data":{"a":1}}`, "labelstudio: item 1, at byte 13: it is no JSON object"},
		{"data is no object", "json", `[{"data":"b"}]`, "", "labelstudio: item 0, at byte 13: its data is no JSON object"},
		{"text", "json", `"a"`, "", "labelstudio: item 0, at byte 3: it is no JSON object"},
		{"a document and something", "json", `[{"a":1}]x`, `{"data":{"a":1}}`, "labelstudio: item 1, at byte 9: invalid character 'x' looking for beginning of value"},
		{"two documents", "json", "{\"a\":1}\n{\"a\":2}", `{"data":{"a":1}}`, "labelstudio: item 1, at byte 9: something follows the JSON document: is it JSON Lines?"},
		{"no comma", "json", `[{"a":1} {"a":2}]`, `{"data":{"a":1}}`, "labelstudio: item 1, at byte 9: expected comma after array element"},

		{"lines", "jsonl", "{\"a\":1}\r\n\n {\"data\":{\"a\":2}}", `{"data":{"a":1}}` + "\n" + `{"data":{"a":2}}`, ""},
		{"no lines", "jsonl", "\n", "", ""},
		{"bad line", "jsonl", "{\"a\":1}\n\n{\"a\":}\n", `{"data":{"a":1}}`, "labelstudio: line 3 (item 1): invalid character '}' looking for beginning of value"},
		{"list on a line", "jsonl", "[]\n", "", "labelstudio: line 1 (item 0): it is no JSON object: is the file a JSON list, which is TaskFormatJSON?"},
		{"list on another line", "jsonl", "{}\n[]\n", `{"data":{}}`, "labelstudio: line 2 (item 1): it is no JSON object"},
		{"two on a line", "jsonl", "{} {}\n", "", "labelstudio: line 1 (item 0): invalid character '{' after top-level value"},
		{"line that is not UTF-8", "jsonl", "{\"a\":\"\xff\"}\n", "", "labelstudio: line 1 (item 0): it is not UTF-8"},

		{"table", "csv", "a,b\n1,\"x, \"\"y\"\"\nz\"\n,<&>\n", `{"data":{"a":"1","b":"x, \"y\"\nz"}}` + "\n" + `{"data":{"a":"","b":"<&>"}}`, ""},
		{"semicolons", "csv", "a;b,c;d\n1;2,3;4\n", `{"data":{"a":"1","b,c":"2,3","d":"4"}}`, ""},
		{"tabs", "tsv", "a\tb,c\n1\t2\n", `{"data":{"a":"1","b,c":"2"}}`, ""},
		{"header only", "csv", "a,b\n", "", ""},
		{"empty table", "csv", "", "", "labelstudio: line 1 (item 0): the file is empty: the first line must name the columns"},
		{"row too long", "csv", "a,b\n1,2\n1,2,3\n", `{"data":{"a":"1","b":"2"}}`, "labelstudio: line 3 (item 1): wrong number of fields"},
		{"quote", "csv", "a\n\"x\" y\n", "", `labelstudio: line 2 (item 0): extraneous or missing " in quoted-field`},
		{"column without name", "csv", "a,\n1,2\n", "", "labelstudio: line 1 (item 0): column 2 has no name in the first line"},
		{"column twice", "csv", "a,a\n1,2\n", "", `labelstudio: line 1 (item 0): two columns are named "a"`},
		{"cell that is not UTF-8", "csv", "a\nx\n\xff\n", `{"data":{"a":"x"}}`, `labelstudio: line 3 (item 1): column "a" is not UTF-8`},
		{"name that is not UTF-8", "csv", "\xff\n", "", "labelstudio: line 1 (item 0): the name of column 1 is not UTF-8"},

		{"no format", "xml", "<a/>", "", `labelstudio: there is no format of tasks "xml": see TaskFormat`},
	}
	for _, tt := range tests {
		t.Run(string(tt.format)+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tasksIn(tt.text, tt.format)
			if tasks := strings.Join(got, "\n"); tasks != tt.want {
				t.Errorf("read\n%s\nwant\n%s", tasks, tt.want)
			}
			if tt.fails == "" && err == nil {
				return
			}
			if err == nil || err.Error() != tt.fails {
				t.Fatalf("error %v, want %s", err, tt.fails)
			}
			if errors.Is(err, ErrTaskFile) != (tt.format != "xml") {
				t.Errorf("%v is no ErrTaskFile", err)
			}
		})
	}
}

func TestReadTasksKeepsTheCause(t *testing.T) {
	t.Parallel()
	for _, format := range []TaskFormat{TaskFormatJSON, TaskFormatJSONLines, TaskFormatCSV, TaskFormatTSV} {
		var last error
		begin := "[{"
		if format == TaskFormatJSONLines {
			begin = "{"
		}
		broken := io.MultiReader(strings.NewReader(begin), iotest.ErrReader(errReset))
		for _, err := range readTasks(broken, format, defaultLimits.element) {
			last = err
		}
		if !errors.Is(last, errReset) || !errors.Is(last, ErrTaskFile) {
			t.Errorf("%s: error %v, want the cause", format, last)
		}
	}
}

// Also where nothing of a line has been read to its end.
func TestReadTableThatBreaksOff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]TaskFileError{
		``:                      {Line: 1},
		`"a`:                    {Line: 1},
		"a,b\n1,2\n":            {Line: 3, Item: 1},
		"a,b\n1,2\n\"3":         {Line: 3, Item: 1},
		"a,b\n1,\"2\n2\"\n\"3":  {Line: 4, Item: 1},
		"a,b\n1,2\n3,\"4\n\n5,": {Line: 3, Item: 1},
	} {
		var last error
		for _, err := range readTasks(io.MultiReader(strings.NewReader(text), iotest.ErrReader(errReset)), TaskFormatCSV, 1<<20) {
			last = err
		}
		var got *TaskFileError
		if !errors.As(last, &got) || !errors.Is(last, errReset) || got.Line != want.Line || got.Item != want.Item {
			t.Errorf("%q: error %v, want line %d (item %d)", text, last, want.Line, want.Item)
		}
	}
}

func TestReadTasksStops(t *testing.T) {
	t.Parallel()
	for format, text := range map[TaskFormat]string{
		TaskFormatJSON: `[{"a":1},{"a":2},`, TaskFormatJSONLines: "{\"a\":1}\n{\"a\":2}\n{", TaskFormatCSV: "a\n1\n2\n\"",
	} {
		read := 0
		for _, err := range readTasks(strings.NewReader(text), format, defaultLimits.element) {
			if err != nil {
				t.Errorf("%s: %v", format, err)
			}
			if read++; read == 2 {
				break
			}
		}
		if read != 2 {
			t.Errorf("%s: %d tasks were read, want 2", format, read)
		}
	}
}

func TestTaskFormatOf(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]TaskFormat{
		"a.json": TaskFormatJSON, "b/a.JSONL": TaskFormatJSONLines, "a.ndjson": TaskFormatJSONLines, "a.b.csv": TaskFormatCSV, "a.tsv": TaskFormatTSV,
	} {
		if got, err := taskFormatOf(path); got != want || err != nil {
			t.Errorf("%s is %q, %v, want %q", path, got, err, want)
		}
	}
	for _, path := range []string{"a", "a.txt", ""} {
		if got, err := taskFormatOf(path); err == nil {
			t.Errorf("%q is %q", path, got)
		}
	}
}

// Whatever comes in, what comes out is an object with an object for its data,
// and for JSON as many as there are.
func FuzzReadTasks(f *testing.F) {
	for _, seed := range []string{`[{"data":{"a":1}},{"a":2}]`, `{"a":1}`, "{}\n{}\n", "a,b\n1,\"2\"\n", "a;b\n1;2", "a\tb\n1\t2\n", "\ufeff[", "[{}", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range []TaskFormat{TaskFormatJSON, TaskFormatJSONLines, TaskFormatCSV, TaskFormatTSV} {
			tasks, err := tasksIn(text, format)
			for _, task := range tasks {
				var shape map[string]json.RawMessage
				err := json.Unmarshal([]byte(task), &shape)
				if err != nil || !strings.HasPrefix(strings.TrimSpace(string(shape["data"])), "{") {
					t.Fatalf("%s: %q is read as %s: %v", format, text, task, err)
				}
			}
			var list []json.RawMessage
			if format == TaskFormatJSON && err == nil && json.Unmarshal([]byte(text), &list) == nil && len(list) != len(tasks) {
				t.Fatalf("%q has %d items, %d were read", text, len(list), len(tasks))
			}
			var parse *csv.ParseError
			if err != nil && (!errors.Is(err, ErrTaskFile) || errors.As(err, &parse)) {
				t.Fatalf("%s: error %v", format, err)
			}
		}
	})
}
