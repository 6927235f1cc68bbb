package labelstudiotest

import (
	"math"
	"strconv"
	"strings"
)

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
