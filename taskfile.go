package labelstudio

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labelstudio-go/labelstudio/internal/weight"
)

// TaskFormat is how tasks stand in a file.
type TaskFormat string

// The formats of files of tasks.
const (
	// TaskFormatJSON is a list of objects, or one object.
	TaskFormatJSON TaskFormat = "json"
	// TaskFormatJSONLines is an object a line; empty lines are passed over.
	TaskFormatJSONLines TaskFormat = "jsonl"
	// TaskFormatCSV has the keys of the tasks' data in the first line. Commas
	// separate, or semicolons if the first line has more of these. Empty lines
	// are passed over, and a line break in a value is \n.
	TaskFormatCSV TaskFormat = "csv"
	// TaskFormatTSV is the same with tabs.
	TaskFormatTSV TaskFormat = "tsv"
)

// ErrTaskFile is a file of tasks that cannot be read as its format. The error
// is a [*TaskFileError].
var ErrTaskFile error = &sentinel{text: "a file of tasks cannot be read"}

// TaskFileError says where a file of tasks is wrong.
type TaskFileError struct {
	Item   int   // index of the task, from 0
	Line   int   // from 1; 0 for a JSON list, whose lines mean nothing
	Offset int64 // in bytes, of a JSON list: where reading stopped, without a mark and white space before it
	Err    error
}

func (e *TaskFileError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("labelstudio: line %d (item %d): %v", e.Line, e.Item, e.Err)
	}
	return fmt.Sprintf("labelstudio: item %d, at byte %d: %v", e.Item, e.Offset, e.Err)
}

// Unwrap returns what is wrong.
func (e *TaskFileError) Unwrap() error { return e.Err }

// Is reports whether target is [ErrTaskFile].
func (e *TaskFileError) Is(target error) bool { return target == ErrTaskFile }

// taskFormatOf tells the format of a file by its suffix.
func taskFormatOf(path string) (TaskFormat, error) {
	switch suffix := strings.ToLower(filepath.Ext(path)); suffix {
	case ".json":
		return TaskFormatJSON, nil
	case ".jsonl", ".ndjson":
		return TaskFormatJSONLines, nil
	case ".csv":
		return TaskFormatCSV, nil
	case ".tsv":
		return TaskFormatTSV, nil
	default:
		return "", fmt.Errorf("labelstudio: the suffix %q of %s is not .json, .jsonl, .ndjson, .csv or .tsv: "+
			"give the format", suffix, path)
	}
}

// readTasks returns the tasks of a file one after another, as they are to be
// sent. It holds one of them at a time, of most bytes or fewer; a line of a table
// is weighed, as the values of one are texts each. The loop ends with the first
// error, which it yields.
func readTasks(r io.Reader, format TaskFormat, most int64) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		limit := newElementLimit(r, most)
		if format == TaskFormatCSV || format == TaskFormatTSV {
			limit.weigh = weight.Table
		}
		for task, err := range readFormat(bufio.NewReaderSize(limit, readAhead), format) {
			if !yield(task, err) {
				return
			}
			limit.next()
		}
	}
}

func readFormat(r *bufio.Reader, format TaskFormat) iter.Seq2[json.RawMessage, error] {
	skipBOM(r)
	switch format {
	case TaskFormatJSON:
		return readJSONTasks(r)
	case TaskFormatJSONLines:
		return readJSONLines(r)
	case TaskFormatCSV, TaskFormatTSV:
		return readTable(r, format)
	}
	return func(yield func(json.RawMessage, error) bool) {
		yield(nil, fmt.Errorf("labelstudio: there is no format of tasks %q: see TaskFormat", format))
	}
}

// skipBOM passes over the mark that some programs begin UTF-8 files with.
func skipBOM(r *bufio.Reader) {
	if head, _ := r.Peek(3); string(head) == "\ufeff" { // what can't be read shows later
		_, _ = r.Discard(3)
	}
}

func readJSONTasks(r *bufio.Reader) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		dec, item := json.NewDecoder(r), 0
		fail := func(err error) {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			yield(nil, &TaskFileError{Item: item, Offset: dec.InputOffset(), Err: err})
		}
		first, err := firstByte(r)
		if err != nil {
			fail(err)
			return
		}
		list := first == '['
		if list {
			if _, err := dec.Token(); err != nil {
				fail(err)
				return
			}
		}
		for ; list && dec.More() || !list && item == 0; item++ {
			var raw json.RawMessage
			if err := dec.Decode(&raw); err != nil {
				fail(err)
				return
			}
			task, err := asTask(raw)
			if err != nil {
				fail(err)
				return
			}
			if !yield(task, nil) {
				return
			}
		}
		if list {
			if _, err := dec.Token(); err != nil { // the end of the list
				fail(err)
				return
			}
		}
		if _, err := dec.Token(); err == nil {
			fail(errors.New("something follows the JSON document: is it JSON Lines?"))
		} else if !errors.Is(err, io.EOF) {
			fail(err)
		}
	}
}

func readJSONLines(r *bufio.Reader) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		if head, _ := r.Peek(1); string(head) == "[" { // which may be all of a file
			yield(nil, &TaskFileError{Line: 1, Err: errors.New("it is no JSON object: is the file a JSON list, which is TaskFormatJSON?")})
			return
		}
		for line, item := 1, 0; ; line++ {
			text, readErr := r.ReadBytes('\n')
			if readErr != nil && !errors.Is(readErr, io.EOF) {
				yield(nil, &TaskFileError{Item: item, Line: line, Err: readErr})
				return
			}
			if text = bytes.TrimSpace(text); len(text) > 0 {
				task, err := asTask(text)
				if err != nil {
					yield(nil, &TaskFileError{Item: item, Line: line, Err: err})
					return
				}
				if !yield(task, nil) {
					return
				}
				item++
			}
			if readErr != nil {
				return
			}
		}
	}
}

// asTask makes an item to import of a JSON object: itself if it has data, or
// else a task that has it for its data, as the server reads files.
func asTask(raw json.RawMessage) (json.RawMessage, error) {
	if len(raw) == 0 || raw[0] != '{' {
		return nil, errors.New("it is no JSON object")
	}
	if !utf8.Valid(raw) {
		return nil, errors.New("it is not UTF-8")
	}
	var task map[string]json.RawMessage // a struct would take "Data" as well
	if err := json.Unmarshal(raw, &task); err != nil {
		return nil, err
	}
	switch data := string(bytes.TrimSpace(task["data"])); {
	case data == "", data == "null", data == "{}", data == "[]", data == `""`, data == "0", data == "false":
		return slices.Concat(json.RawMessage(`{"data":`), raw, json.RawMessage(`}`)), nil
	case data[0] != '{':
		return nil, errors.New("its data is no JSON object")
	}
	return raw, nil
}

func readTable(r *bufio.Reader, format TaskFormat) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		table := csv.NewReader(r)
		table.ReuseRecord = true
		table.Comma = '\t'
		if format == TaskFormatCSV {
			table.Comma = separator(r)
		}
		item, line := 0, 0 // where the last row ends
		fail := func(row []string, err error) {
			e := &TaskFileError{Item: item, Line: line + 1, Err: err}
			var parse *csv.ParseError
			if errors.As(err, &parse) {
				e.Line, e.Err = parse.Line, parse.Err
			} else if len(row) > 0 {
				e.Line, _ = table.FieldPos(0)
			}
			yield(nil, e)
		}
		names, err := table.Read()
		if errors.Is(err, io.EOF) {
			yield(nil, &TaskFileError{Line: 1, Err: errors.New("the file is empty: the first line must name the columns")})
			return
		}
		var keys [][]byte
		if err == nil {
			keys, err = tableKeys(names)
		}
		if err != nil {
			fail(names, err)
			return
		}
		for row := names; ; item++ {
			line, _ = table.FieldPos(len(row) - 1)
			line += strings.Count(row[len(row)-1], "\n")
			row, err = table.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var task json.RawMessage
			if err == nil {
				task, err = rowTask(keys, row)
			}
			if err != nil {
				fail(row, err)
				return
			}
			if !yield(task, nil) {
				return
			}
		}
	}
}

// separator is the one that the first line has most of, as for the server.
func separator(r *bufio.Reader) rune {
	line, _ := r.Peek(r.Size()) // as much as there is
	line, _, _ = bytes.Cut(line, []byte("\n"))
	if bytes.Count(line, []byte(";")) > bytes.Count(line, []byte(",")) {
		return ';'
	}
	return ','
}

// tableKeys returns the names of columns as JSON.
func tableKeys(names []string) ([][]byte, error) {
	keys, seen := make([][]byte, 0, len(names)), make(map[string]bool, len(names))
	for i, name := range names {
		if name == "" {
			return nil, fmt.Errorf("column %d has no name in the first line", i+1)
		}
		if seen[name] {
			return nil, fmt.Errorf("two columns are named %q", name)
		}
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("the name of column %d is not UTF-8", i+1)
		}
		seen[name] = true
		key, err := Raw(name)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// rowTask makes a task of a row, whose values are texts.
func rowTask(keys [][]byte, row []string) (json.RawMessage, error) {
	task := []byte(`{"data":{`)
	for i, text := range row {
		if !utf8.ValidString(text) {
			return nil, fmt.Errorf("column %s is not UTF-8", keys[i])
		}
		value, err := Raw(text)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			task = append(task, ',')
		}
		task = append(append(append(task, keys[i]...), ':'), value...)
	}
	return append(task, "}}"...), nil
}
