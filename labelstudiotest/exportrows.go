package labelstudiotest

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// row is an annotation, or a task without any, as it stands in the flat formats.
type row struct {
	task       int64
	data       object
	output     object // the values by the control that they are of, each a []any of objects
	annotation object // nil for a task without annotations
}

// rows leaves out the annotations that skip a task. The newest comes first. It
// fails as the real server does for what it can't lay out.
func (p *project) rows(tasks []object) ([]row, error) {
	if slices.ContainsFunc(tasks, func(t object) bool { return !narrow(t) }) {
		return nil, fail(500, "parse error: integer overflow\n")
	}
	controls := parsed(p.config())
	var list []row
	for _, t := range tasks {
		id, _ := t.integer("id")
		value, _ := t.get("data")
		data, _ := value.(object)
		value, _ = t.get("annotations")
		annotations, _ := value.([]object)
		if len(annotations) == 0 {
			list = append(list, row{id, data, object{}, nil})
			continue
		}
		annotations = slices.DeleteFunc(slices.Clone(annotations), func(a object) bool { return a.flag("was_cancelled") })
		slices.SortStableFunc(annotations, func(a, b object) int { return -cmp.Compare(a.text("created_at"), b.text("created_at")) })
		for _, a := range annotations {
			output, err := outputOf(a, controls)
			if err != nil {
				return nil, err
			}
			list = append(list, row{id, data, output, a})
		}
	}
	return list, nil
}

// narrow says whether every whole number of a value has at most 64 bits.
func narrow(value any) bool {
	switch v := value.(type) {
	case number:
		_, ok := asInt(v)
		return ok || strings.ContainsAny(string(v), ".eE")
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !narrow(item) })
	case []object:
		return !slices.ContainsFunc(v, func(item object) bool { return !narrow(item) })
	case object:
		return !slices.ContainsFunc(v, func(m member) bool { return !narrow(m.value) })
	}
	return true
}

// outputOf are the values of an annotation's regions by their controls. Of a label
// config without controls it has all.
func outputOf(a object, controls object) (object, error) {
	output := object{}
	result, _ := a.get("result")
	for _, r := range regionsOf(result) {
		name := r.text("from_name")
		control, known := controls.get(name)
		if name == "" || !known && len(controls) > 0 {
			continue
		}
		info, _ := control.(object)
		kind := info.text("type")
		value, given := r.get("value")
		if !known {
			kind = cmp.Or(r.text("type"), "unknown")
			if encoded := string(encode(value, compact)); slices.Contains([]string{"null", "false", "0", "0.0", `""`, "[]"}, encoded) {
				value, given = object{}, true
			}
		}
		v, ok := value.(object)
		switch _, isList := value.([]any); {
		case !given:
			return nil, fail(500, "'value'")
		case isList:
			return nil, fail(500, "list indices must be integers or slices, not str")
		case !ok:
			return nil, failf(500, "'%s' object does not support item assignment", pythonType(value))
		}
		if err := countable(kind, v); err != nil {
			return nil, err
		}
		v = v.with("type", kind)
		for _, size := range []string{"original_width", "original_height"} {
			if n, ok := r.get(size); ok {
				v = v.with(size, n)
			}
		}
		before, _ := output.get(name)
		list, _ := before.([]any)
		output = output.with(name, append(list, v))
	}
	return output, nil
}

// plainKeys are what a single value of a control is under.
var plainKeys = map[string]string{"Choices": "choices", "TextArea": "text"}

// countable fails for choices and texts that are none.
func countable(kind string, v object) error {
	key := plainKeys[kind]
	if key == "" {
		return nil
	}
	inner, given := v.get(key)
	switch inner.(type) {
	case string, []any, object:
		return nil
	}
	if !given {
		return fail(500, repr(key))
	}
	return failf(500, "object of type '%s' has no len()", pythonType(inner))
}

// simple is the value of a control: a single choice or text is itself.
func simple(values any) any {
	list, _ := values.([]any)
	out, kind := []any{}, ""
	for _, value := range list {
		v, _ := value.(object)
		kind = v.text("type")
		v = v.without("type")
		inner, _ := v.get(plainKeys[kind])
		if text, ok := inner.(string); ok && utf8.RuneCountInString(text) == 1 {
			inner = []any{text}
		}
		if several, ok := inner.([]any); ok && len(several) == 1 {
			out = append(out, several[0])
			continue
		}
		out = append(out, v)
	}
	if len(out) == 1 && (kind == "Choices" || kind == "TextArea") {
		return out[0]
	}
	return out
}

// annotatorOf is who has made an annotation: the address, where it is told, or
// else the id. Nobody has made none, and "None" what is by a deleted user.
func annotatorOf(a object, id bool) any {
	if a == nil {
		return nil
	}
	by, _ := a.get("completed_by")
	if who, ok := by.(object); ok {
		return who.text("email")
	}
	if _, ok := asInt(by); ok && id {
		return by
	}
	return repr(by)
}

// minimal is the format JSON_MIN.
func minimal(rows []row) []byte {
	var out bytes.Buffer
	out.WriteString("[\n")
	for i, r := range rows {
		record := r.data.with("id", r.task)
		for _, m := range r.output {
			record = record.with(m.key, simple(m.value))
		}
		if i > 0 {
			out.WriteString(",\n")
		}
		record = record.with("annotator", annotatorOf(r.annotation, true))
		for key, from := range keysOf() {
			value, _ := r.annotation.get(from)
			record = record.with(key, value)
		}
		out.Write(encode(record, indented))
	}
	out.WriteString("\n]")
	return out.Bytes()
}

// keysOf are the columns of an annotation, and what they are called in it.
func keysOf() func(yield func(key, from string) bool) {
	return func(yield func(key, from string) bool) {
		for _, pair := range [][2]string{
			{"annotation_id", "id"}, {"created_at", "created_at"}, {"updated_at", "updated_at"}, {"lead_time", "lead_time"},
		} {
			if !yield(pair[0], pair[1]) {
				return
			}
		}
	}
}

// asTable is the format CSV, or TSV: its columns are sorted, and all but numbers
// stand in quotes.
func asTable(rows []row, comma string) []byte {
	inputs, outputs := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		for _, m := range r.data {
			inputs[m.key] = true
		}
		for _, m := range r.output {
			outputs[m.key] = true
		}
	}
	input := func(key string) string {
		if outputs[key] {
			return "_data_" + key // the control has the plain name
		}
		return key
	}
	columns := map[string]bool{"annotator": true}
	for key := range keysOf() {
		columns[key] = true
	}
	records := make([]map[string]any, len(rows))
	for i, r := range rows {
		record := map[string]any{"id": r.task}
		for _, m := range r.output {
			value := simple(m.value)
			if _, isText := value.(string); !isText {
				value = string(encode(value, dense))
			}
			record[m.key] = value
		}
		for _, m := range r.data {
			record[input(m.key)] = m.value
		}
		record["annotator"] = annotatorOf(r.annotation, false)
		for key, from := range keysOf() {
			record[key], _ = r.annotation.get(from)
		}
		for key := range record {
			columns[key] = true
		}
		records[i] = record
	}
	header := slices.Sorted(maps.Keys(columns))
	var out bytes.Buffer
	line := func(cell func(name string) any) {
		for i, name := range header {
			if i > 0 {
				out.WriteString(comma)
			}
			out.WriteString(cellOf(cell(name)))
		}
		out.WriteString("\r\n")
	}
	line(func(name string) any { return name })
	for _, record := range records {
		line(func(name string) any { return record[name] })
	}
	return out.Bytes()
}

func cellOf(value any) string {
	switch v := value.(type) {
	case nil:
		return `""`
	case int64, float64, number:
		return string(encode(v, compact))
	case bool:
		return repr(v)
	case string:
		return `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
	}
	return `"` + strings.ReplaceAll(string(encode(value, dense)), `"`, `""`) + `"`
}
