package filter

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labelstudio-go/labelstudio/generated"
)

// readOrdered checks the shape that an operator needs. one checks a single
// value, and returns what stands for it in the order, or why it is none.
func readOrdered(operator generated.FilterOperator, value json.RawMessage, one func(json.RawMessage) (any, string)) string {
	switch operator {
	case generated.FilterOperatorEmpty:
		return readEmpty(value)
	case generated.FilterOperatorBetween, generated.FilterOperatorNotBetween:
		return readRange(value, one)
	case generated.FilterOperatorInList, generated.FilterOperatorNotInList:
		return readList(value, func(v json.RawMessage) string { _, reason := one(v); return reason })
	}
	_, reason := one(value)
	return reason
}

// truths are what the server reads as true and false.
var truths = []string{"true", "yes", "on", "1", "false", "no", "not", "off", "0"}

func readEmpty(value json.RawMessage) string {
	if _, ok := decode[bool](value); ok {
		return ""
	}
	if text, _ := decode[string](value); slices.Contains(truths, strings.ToLower(text)) {
		return ""
	}
	return show(value) + " is not true or false"
}

func readRange(value json.RawMessage, one func(json.RawMessage) (any, string)) string {
	ends, ok := decode[map[string]json.RawMessage](value)
	if !ok || len(ends) != 2 || ends["min"] == nil || ends["max"] == nil {
		return show(value) + ` is no range: it needs the form {"min": …, "max": …}`
	}
	low, reason := one(ends["min"])
	if reason != "" {
		return "min: " + reason
	}
	high, reason := one(ends["max"])
	if reason != "" {
		return "max: " + reason
	}
	if order, ok := compared(low, high); !ok {
		return fmt.Sprintf("min %s and max %s are of different types", ends["min"], ends["max"])
	} else if order > 0 {
		return fmt.Sprintf("min %s is greater than max %s: no task lies between them", ends["min"], ends["max"])
	}
	return ""
}

// compared returns which of two values is greater, and whether that can be told.
func compared(a, b any) (order int, ok bool) {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return cmp.Compare(a, b), ok
	case time.Time:
		b, ok := b.(time.Time)
		return a.Compare(b), ok
	case string:
		b, ok := b.(string)
		if strings.ToLower(a) <= strings.ToLower(b) {
			return 0, ok // greater or not, as the database sorts
		}
		return strings.Compare(a, b), ok
	}
	return 0, false
}

func readList(value json.RawMessage, one func(json.RawMessage) string) string {
	items, ok := decode[[]json.RawMessage](value)
	if !ok {
		return show(value) + " is no list"
	}
	if len(items) == 0 {
		return "the list is empty: no task is in it, and each is not in it"
	}
	for i, item := range items {
		if reason := one(item); reason != "" {
			return fmt.Sprintf("[%d]: %s", i, reason)
		}
	}
	return ""
}

func readNumbers(operator generated.FilterOperator, value json.RawMessage) string {
	return readOrdered(operator, value, func(v json.RawMessage) (any, string) { return readNumber(v) })
}

func readIntegers(operator generated.FilterOperator, value json.RawMessage) string {
	return readOrdered(operator, value, func(v json.RawMessage) (any, string) {
		n, reason := readNumber(v)
		if reason == "" && n != math.Trunc(n) {
			reason = show(v) + " is no whole number, and the server would cut it"
		}
		return n, reason
	})
}

// maxWhole is the greatest whole number that is exact as the floating-point
// number that the server makes of it.
const maxWhole = 1 << 53

func readNumber(value json.RawMessage) (float64, string) {
	number, ok := decode[json.Number](value)
	if !ok || bytes.HasPrefix(bytes.TrimSpace(value), []byte(`"`)) {
		return 0, show(value) + " is no number"
	}
	n, err := strconv.ParseFloat(number.String(), 64)
	if err != nil {
		return 0, show(value) + " is out of the range of numbers"
	}
	whole, err := number.Int64()
	if !strings.ContainsAny(number.String(), ".eE") && (err != nil || max(whole, -whole) > maxWhole || whole == math.MinInt64) {
		return 0, show(value) + " is more than the server compares exactly, which is 2 to the power of 53"
	}
	return n, ""
}

// timeForm is the only one that the server reads.
var timeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z$`)

func readTimes(operator generated.FilterOperator, value json.RawMessage) string {
	return readOrdered(operator, value, func(v json.RawMessage) (any, string) {
		text, ok := decode[string](v)
		t, err := time.Parse(time.RFC3339Nano, text)
		switch {
		case !ok || err != nil || !timeForm.MatchString(text):
			return nil, show(v) + " is no time of the form 2006-01-02T15:04:05.000000Z, which the server needs"
		case t.IsZero():
			return nil, "the time is zero"
		}
		return t, ""
	})
}

func readBools(operator generated.FilterOperator, value json.RawMessage) string {
	if operator == generated.FilterOperatorEmpty {
		return readEmpty(value)
	}
	if _, ok := decode[bool](value); !ok {
		return show(value) + " is not true or false"
	}
	return ""
}

func readTexts(operator generated.FilterOperator, value json.RawMessage) string {
	switch operator {
	case generated.FilterOperatorRegex:
		return readRegex(value)
	case generated.FilterOperatorContains, generated.FilterOperatorNotContains:
		return readPart(value)
	}
	return readOrdered(operator, value, func(v json.RawMessage) (any, string) {
		if text, ok := decode[string](v); ok {
			return text, ""
		}
		if n, reason := readNumber(v); reason == "" {
			return n, ""
		}
		return nil, show(v) + " is no text, and no number either"
	})
}

func readPart(value json.RawMessage) string {
	text, ok := decode[string](value)
	switch {
	case !ok:
		return show(value) + " is no text"
	case text == "":
		return "the text is empty, which every text has in it"
	}
	return ""
}

func readRegex(value json.RawMessage) string {
	if reason := readPart(value); reason != "" {
		return reason
	}
	text, _ := decode[string](value)
	_, err := syntax.Parse(text, syntax.Perl)
	var bad *syntax.Error
	if !errors.As(err, &bad) {
		return ""
	}
	switch bad.Code { // the faults that are ones in Python as well
	case syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrUnexpectedParen,
		syntax.ErrTrailingBackslash, syntax.ErrMissingRepeatArgument:
		return fmt.Sprintf("%s is no regular expression, and the server would find no task: %s", show(value), bad.Code)
	}
	return ""
}

func readUsers(operator generated.FilterOperator, value json.RawMessage) string {
	if operator == generated.FilterOperatorEmpty {
		return readEmpty(value)
	}
	if id, ok := decode[int64](value); !ok || id < 1 {
		return show(value) + " is no id of a user"
	}
	return ""
}

func readVersions(operator generated.FilterOperator, value json.RawMessage) string {
	if operator == generated.FilterOperatorEmpty {
		return readEmpty(value)
	}
	return readList(value, readPart)
}

func readIDs(operator generated.FilterOperator, value json.RawMessage) string {
	id := func(v json.RawMessage) string {
		if n, ok := decode[int64](v); !ok || n < 1 {
			return show(v) + " is no id of an annotation"
		}
		return ""
	}
	switch operator {
	case generated.FilterOperatorEmpty:
		return readEmpty(value)
	case generated.FilterOperatorInList, generated.FilterOperatorNotInList:
		return readList(value, id)
	}
	text, ok := decode[string](value)
	if !ok {
		return show(value) + " is no text: the server needs the ids as text here"
	}
	parts := []string{text}
	if slices.Contains(contains, operator) {
		parts = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; ", r) })
	}
	if len(parts) == 0 {
		return "there is no id"
	}
	for _, part := range parts {
		if reason := id(json.RawMessage(part)); reason != "" {
			return reason
		}
	}
	return ""
}

func readResults(operator generated.FilterOperator, value json.RawMessage) string {
	switch operator {
	case generated.FilterOperatorEmpty:
		return readEmpty(value)
	case generated.FilterOperatorContains, generated.FilterOperatorNotContains:
		return readPart(value)
	}
	if text, ok := decode[string](value); !ok || !json.Valid([]byte(text)) {
		return show(value) + " is no text that holds JSON: the server would find no task"
	}
	return ""
}

func readAnything(operator generated.FilterOperator, value json.RawMessage) string {
	scalar := func(v json.RawMessage) string {
		if _, ok := decode[bool](v); ok {
			return ""
		}
		if _, reason := readNumber(v); reason == "" {
			return ""
		}
		return readPart(v)
	}
	switch operator {
	case generated.FilterOperatorEmpty:
		return readEmpty(value)
	case generated.FilterOperatorInList, generated.FilterOperatorNotInList:
		return readList(value, scalar)
	}
	if _, ok := decode[[]json.RawMessage](value); ok {
		return readList(value, scalar)
	}
	return scalar(value)
}

// decode reads JSON as a T; null is none.
func decode[T any](value json.RawMessage) (T, bool) {
	var v T
	if string(bytes.TrimSpace(value)) == "null" {
		return v, false
	}
	err := json.Unmarshal(value, &v)
	return v, err == nil
}

// maxShown is how much of a value stands in an error.
const maxShown = 80

// show returns a value for an error.
func show(value json.RawMessage) string {
	switch text := strings.TrimSpace(string(value)); {
	case text == "":
		return "no value"
	case text == "null":
		return "null (NaN, an infinity, and text that is not UTF-8 come to that)"
	case len(text) > maxShown:
		return fmt.Sprintf("%q", text[:maxShown]+"…")
	default:
		return text
	}
}
