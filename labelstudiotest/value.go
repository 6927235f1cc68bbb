package labelstudiotest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// A JSON value is nil, a bool, a number, a string, a []any or an object. Unlike
// with encoding/json, objects keep the order of their keys and numbers their
// digits, as they do on the real server.
type (
	object []member
	member struct {
		key   string
		value any
	}
	number string // as Python writes it
)

func (o object) get(key string) (value any, ok bool) {
	for _, m := range o {
		if m.key == key {
			return m.value, true
		}
	}
	return nil, false
}

func (o object) has(key string) bool {
	_, ok := o.get(key)
	return ok
}

// text returns a string, or "" for anything else.
func (o object) text(key string) string {
	value, _ := o.get(key)
	s, _ := value.(string)
	return s
}

// flag returns a bool, or false for anything else.
func (o object) flag(key string) bool {
	value, _ := o.get(key)
	b, _ := value.(bool)
	return b
}

// integer returns an integer, if there is one.
func (o object) integer(key string) (n int64, ok bool) {
	value, _ := o.get(key)
	return asInt(value)
}

// with returns a copy in which key has a value.
func (o object) with(key string, value any) object {
	copied := append(make(object, 0, len(o)+1), o...)
	for i := range copied {
		if copied[i].key == key {
			copied[i].value = value
			return copied
		}
	}
	return append(copied, member{key, value})
}

// pick returns a copy with the keys that keep wants.
func (o object) pick(keep func(key string) bool) object {
	picked := object{}
	for _, m := range o {
		if keep(m.key) {
			picked = append(picked, m)
		}
	}
	return picked
}

// without returns a copy that lacks some keys.
func (o object) without(keys ...string) object {
	return o.pick(func(key string) bool {
		for _, k := range keys {
			if k == key {
				return false
			}
		}
		return true
	})
}

func asInt(value any) (int64, bool) {
	switch v := value.(type) {
	case int64:
		return v, true
	case number:
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func asFloat(value any) (float64, bool) {
	switch v := value.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case number:
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err == nil
	}
	return 0, false
}

// decode reads one JSON value and nothing else.
func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := decodeNext(decoder)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one JSON value")
	}
	return value, nil
}

func decodeNext(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Number:
		return pythonNumber(string(v)), nil
	case json.Delim:
		if v == '[' {
			return decodeArray(decoder)
		}
		return decodeObject(decoder)
	}
	return token, nil
}

func decodeArray(decoder *json.Decoder) (any, error) {
	list := []any{}
	for decoder.More() {
		value, err := decodeNext(decoder)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := decoder.Token()
	return list, err
}

func decodeObject(decoder *json.Decoder) (any, error) {
	o := object{}
	seen := map[string]int{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		value, err := decodeNext(decoder)
		if err != nil {
			return nil, err
		}
		if at, again := seen[key]; again {
			o[at].value = value
			continue
		}
		seen[key] = len(o)
		o = append(o, member{key, value})
	}
	_, err := decoder.Token()
	return o, err
}

// pythonNumber is what Python makes of a number when it reads and writes it.
func pythonNumber(digits string) number {
	if !strings.ContainsAny(digits, ".eE") {
		if digits == "-0" {
			return "0"
		}
		return number(digits)
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return number(digits)
	}
	return pythonFloat(f)
}

func pythonFloat(f float64) number {
	if f != 0 && (math.Abs(f) < 1e-4 || math.Abs(f) >= 1e16) {
		return number(strconv.FormatFloat(f, 'e', -1, 64))
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return number(s)
}

// style is how JSON is laid out.
type style struct {
	comma, colon string
	indent       string
}

var (
	compact  = style{comma: ",", colon: ":"}
	spaced   = style{comma: ", ", colon: ": "}
	indented = style{comma: ",", colon: ": ", indent: "  "}
)

// encode writes a value as JSON.
func encode(value any, s style) []byte {
	var out bytes.Buffer
	s.write(&out, value, "\n")
	return out.Bytes()
}

func (s style) write(out *bytes.Buffer, value any, newline string) {
	switch v := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(v))
	case int:
		out.WriteString(strconv.Itoa(v))
	case int64:
		out.WriteString(strconv.FormatInt(v, 10))
	case float64:
		out.WriteString(string(pythonFloat(v)))
	case number:
		out.WriteString(string(v))
	case string:
		writeString(out, v)
	case []any:
		s.writeItems(out, "[]", len(v), newline, func(i int, newline string) { s.write(out, v[i], newline) })
	case []int64:
		s.writeItems(out, "[]", len(v), newline, func(i int, _ string) { out.WriteString(strconv.FormatInt(v[i], 10)) })
	case []string:
		s.writeItems(out, "[]", len(v), newline, func(i int, _ string) { writeString(out, v[i]) })
	case []object:
		s.writeItems(out, "[]", len(v), newline, func(i int, newline string) { s.write(out, v[i], newline) })
	case object:
		s.writeItems(out, "{}", len(v), newline, func(i int, newline string) {
			writeString(out, v[i].key)
			out.WriteString(s.colon)
			s.write(out, v[i].value, newline)
		})
	default:
		panic(fmt.Sprintf("labelstudiotest: a %T is no JSON value", value)) // ours alone get here
	}
}

func (s style) writeItems(out *bytes.Buffer, brackets string, count int, newline string, item func(i int, newline string)) {
	out.WriteByte(brackets[0])
	inner := newline + s.indent
	for i := range count {
		if i > 0 {
			out.WriteString(s.comma)
		}
		if s.indent != "" {
			out.WriteString(inner)
		}
		item(i, inner)
	}
	if s.indent != "" && count > 0 {
		out.WriteString(newline)
	}
	out.WriteByte(brackets[1])
}

// writeString escapes no more than JSON demands.
func writeString(out *bytes.Buffer, s string) {
	out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\r':
			out.WriteString(`\r`)
		case r == '\t':
			out.WriteString(`\t`)
		case r == '\b':
			out.WriteString(`\b`)
		case r == '\f':
			out.WriteString(`\f`)
		case r < ' ':
			fmt.Fprintf(out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
}

// repr writes a value as Python shows it, as in the reasons why an import is refused.
func repr(value any) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return reprString(v)
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = repr(v[i])
		}
		return "[" + strings.Join(items, ", ") + "]"
	case object:
		items := make([]string, len(v))
		for i, m := range v {
			items[i] = reprString(m.key) + ": " + repr(m.value)
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return string(encode(value, spaced))
}

func reprString(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	s = strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
	return quote + s + quote
}

// pythonType names the type of a value as Python does.
func pythonType(value any) string {
	switch v := value.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case string:
		return "str"
	case []any:
		return "list"
	case object:
		return "dict"
	case number:
		if strings.ContainsAny(string(v), ".e") {
			return "float"
		}
	}
	return "int"
}
