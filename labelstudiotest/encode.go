package labelstudiotest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// style is how JSON is laid out.
type style struct {
	comma, colon string
	indent       string
	ascii        bool // escapes all other characters
	ujson        bool // as the library writes with which the server exports
}

var (
	compact   = style{comma: ",", colon: ":"}
	spaced    = style{comma: ", ", colon: ": "}
	indented  = style{comma: ",", colon: ": ", indent: "  ", ujson: true}
	dense     = style{comma: ",", colon: ":", ujson: true}
	stored    = style{comma: ", ", colon: ": ", ascii: true} // as the database has it, and searches it
	extracted = style{comma: ",", colon: ":", ascii: true}   // as the database takes it out of something larger
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
		s.writeNumber(out, pythonFloat(v))
	case number:
		s.writeNumber(out, v)
	case string:
		s.writeString(out, v)
	case []any:
		s.writeItems(out, "[]", len(v), newline, func(i int, newline string) { s.write(out, v[i], newline) })
	case []int64:
		s.writeItems(out, "[]", len(v), newline, func(i int, _ string) { out.WriteString(strconv.FormatInt(v[i], 10)) })
	case []string:
		s.writeItems(out, "[]", len(v), newline, func(i int, _ string) { s.writeString(out, v[i]) })
	case []object:
		s.writeItems(out, "[]", len(v), newline, func(i int, newline string) { s.write(out, v[i], newline) })
	case object:
		s.writeItems(out, "{}", len(v), newline, func(i int, newline string) {
			s.writeString(out, v[i].key)
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

func (s style) writeNumber(out *bytes.Buffer, n number) {
	text := string(n)
	if s.ujson {
		text = strings.Replace(text, "e-0", "e-", 1)
	}
	out.WriteString(text)
}

// writeString escapes no more than JSON demands, unless the style does.
func (s style) writeString(out *bytes.Buffer, text string) {
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\' || r == '/' && s.ujson:
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
		case r > unicode.MaxASCII && s.ascii:
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(out, `\u%04x`, unit)
			}
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
}
