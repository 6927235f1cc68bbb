package labelstudiotest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

type kind int

const (
	text kind = iota
	boolean
	integer
	float
	choice
	moment // a date and time
	anything
)

// field is a property that a request can set.
type field struct {
	name     string
	kind     kind
	null     bool // may be null
	blank    bool // may be ""
	required bool
	min, max int // characters; 0 for any
	choices  []string
	initial  any
}

// readFields returns the properties that a body sets, or all reasons why it is
// refused. What it has besides is ignored.
func readFields(fields []field, body object) (object, error) {
	values, reasons := object{}, object{}
	for _, f := range fields {
		value, given := body.get(f.name)
		if !given {
			if f.required {
				reasons = append(reasons, member{f.name, []any{"This field is required."}})
			}
			continue
		}
		value, reason := f.read(value)
		if reason != "" {
			reasons = append(reasons, member{f.name, []any{reason}})
			continue
		}
		values = append(values, member{f.name, value})
	}
	if len(reasons) > 0 {
		return nil, refuse(reasons)
	}
	return values, nil
}

func (f field) read(value any) (read any, reason string) {
	if value == nil {
		if f.null {
			return nil, ""
		}
		return nil, "This field may not be null."
	}
	switch f.kind {
	case text:
		return f.readText(value)
	case boolean:
		return readBoolean(value)
	case integer:
		return readInteger(value)
	case float:
		return readFloat(value)
	case choice:
		if s, ok := value.(string); ok && slices.Contains(f.choices, s) {
			return s, ""
		}
		return nil, fmt.Sprintf("\"%s\" is not a valid choice.", strings.Trim(string(encode(value, compact)), `"`))
	case moment:
		return readMoment(value)
	}
	if !finite(value) {
		return nil, "Value must be valid JSON."
	}
	return value, ""
}

func (f field) readText(value any) (any, string) {
	var s string
	switch v := value.(type) {
	case string:
		s = strings.TrimSpace(v)
	case number:
		s = string(v)
	default:
		return nil, "Not a valid string."
	}
	switch length := utf8.RuneCountInString(s); {
	case s == "":
		if f.blank {
			return s, ""
		}
		return nil, "This field may not be blank."
	case strings.Contains(s, "\x00"):
		return nil, "Null characters are not allowed."
	case length < f.min:
		return nil, fmt.Sprintf("Ensure this field has at least %d characters.", f.min)
	case f.max > 0 && length > f.max:
		return nil, fmt.Sprintf("Ensure this field has no more than %d characters.", f.max)
	}
	return s, ""
}

func readBoolean(value any) (any, string) {
	switch v := value.(type) {
	case bool:
		return v, ""
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "t", "y", "yes", "true", "on", "1":
			return true, ""
		case "f", "n", "no", "false", "off", "0":
			return false, ""
		}
	case number:
		if f, ok := asFloat(v); ok && (f == 0 || f == 1) {
			return f == 1, ""
		}
	}
	return nil, "Must be a valid boolean."
}

func readInteger(value any) (any, string) {
	switch v := value.(type) {
	case number:
		if n, err := strconv.ParseInt(strings.TrimSuffix(string(v), ".0"), 10, 64); err == nil {
			return n, ""
		}
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n, ""
		}
	}
	return nil, "A valid integer is required."
}

func readFloat(value any) (any, string) {
	switch v := value.(type) {
	case string:
		value = number(strings.TrimSpace(v))
	case bool:
		value = 0.0
		if v {
			value = 1.0
		}
	}
	if f, ok := asFloat(value); ok {
		return f, ""
	}
	return nil, "A valid number is required."
}

func readMoment(value any) (any, string) {
	if s, ok := value.(string); ok {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
			if t, err := time.Parse(layout, s); err == nil {
				return stamp(t.Truncate(time.Microsecond)), ""
			}
		}
	}
	return nil, "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
}
