package labelstudiotest

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// databaseTime is the only form of a time that filters know.
const databaseTime = "2006-01-02T15:04:05.999999Z"

// castable fails as the server does for values that it can't make what it wants.
func castable(name, op, kind string, want any) error {
	plain := strings.TrimPrefix(op, "not_")
	text, isText := want.(string)
	_, several := want.([]any)
	_, ranged := want.(object)
	switch {
	case op == "empty":
		if _, known := word(text); isText && !known {
			return fail(500, noWord(text))
		}
		return nameable(name, op, kind)
	case plain == "in" && !ranged && kind != "Datetime":
		return failf(500, "'%s' object has no attribute 'min'", pythonType(want))
	case kind == "Datetime" && (strings.HasSuffix(name, "_at") || several && plain != "in_list"):
		return castMoment(op, want)
	case name == "annotations_ids":
		return castIDs(op, want)
	case kind == "Boolean" && !strings.HasPrefix(name, "data."):
		if _, known := word(text); isText && !known {
			return fail(500, noWord(text))
		}
		if several || ranged {
			return failf(500, "“%s” value must be either True or False.", repr(want))
		}
	case several || op == "regex":
		return nameable(name, op, kind)
	}
	values := []any{want}
	if bounds, ok := want.(object); ok {
		least, _ := bounds.get("min")
		most, _ := bounds.get("max")
		values = []any{least, most}
	}
	for _, value := range values {
		text, isText = value.(string)
		switch kind {
		case "Number":
			_, isTruth := value.(bool)
			if _, err := strconv.ParseFloat(plainText(value), 64); err != nil && !isTruth {
				return failf(500, "could not convert string to float: %s", repr(value))
			}
			if ranged && (strings.HasSuffix(op, "equal") || op == "less" || op == "greater") {
				return failf(500, "Field expected a number but got %s.", repr(want))
			}
		case "Datetime":
			if !isMoment(text) {
				return noMoment(value)
			}
			if strings.HasPrefix(name, "data.") {
				return fail(500, "Object of type datetime is not JSON serializable")
			}
		case "String":
			if strings.HasSuffix(name, "_at") && isText && !strings.HasSuffix(op, "contains") {
				if _, err := time.Parse(databaseTime, text); err != nil {
					return failf(500, "['“%s” value has an invalid date format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format.']", text)
				}
			}
		}
	}
	return nameable(name, op, kind)
}

// nameable fails for keys of the data that the database can't have as names.
func nameable(name, op, kind string) error {
	key, ok := strings.CutPrefix(name, "data.")
	switch {
	case ok && kind != "String" && kind != "Unknown" && strings.ContainsAny(key, " \t\"';"):
		return fail(500, "Column aliases cannot contain whitespace characters, quotation marks, semicolons, or SQL comments.")
	case ok && kind != "Number" && strings.HasSuffix(op, "equal") && (key == "range" || key == "in" || key == "isnull"):
		return failf(500, "Field 'data' has no lookup for the key %s", key)
	}
	return nil
}

// castMoment is castable for a column of times.
func castMoment(op string, want any) error {
	plain := strings.TrimPrefix(op, "not_")
	switch v := want.(type) {
	case []any:
		if plain == "in_list" {
			for _, item := range v {
				text, _ := item.(string)
				_, err := time.Parse(time.DateOnly, text)
				if _, reason := readMoment(item); reason != "" && err != nil {
					return failf(500, "['“%s” value has an invalid format.']", plainText(item))
				}
			}
			return nil
		}
		if op == "regex" && !isExpression(repr(v)) {
			return nil // which nothing meets
		}
		return fail(500, "strptime() argument 1 must be str, not list")
	case object:
		if plain == "in_list" {
			return fail(500, "fromisoformat: argument must be str")
		}
		for _, name := range []string{"min", "max"} {
			if bound, _ := v.get(name); !isMoment(plainText(bound)) {
				return noMoment(bound)
			}
		}
		if plain != "in" && plain != "contains" {
			return fail(500, "fromisoformat: argument must be str")
		}
		return nil
	}
	switch text := plainText(want); {
	case plain == "in_list":
		if text != "" { // letter by letter
			return failf(500, "['“%s” value has an invalid format.']", first(text, 1))
		}
	case !isMoment(text):
		return noMoment(want)
	}
	return nil
}

func isExpression(text string) bool {
	_, err := regexp.Compile(text)
	return err == nil
}

// isMoment says whether a text is a time as filters want it: with a fraction.
func isMoment(text string) bool {
	_, err := time.Parse(databaseTime, text)
	return err == nil && strings.Contains(text, ".")
}

func noMoment(value any) error {
	return failf(500, "time data %s does not match format '%%Y-%%m-%%dT%%H:%%M:%%S.%%fZ'", repr(value))
}

// castIDs is castable for the ids of annotations.
func castIDs(op string, want any) error {
	text, isText := want.(string)
	list, isList := want.([]any)
	bounds, _ := want.(object)
	values := []any{want}
	plain := strings.TrimPrefix(op, "not_")
	if plain == "regex" {
		plain = op // there is no not_regex
	}
	switch plain {
	case "contains", "equal", "less_or_equal", "greater_or_equal":
		if !isText {
			return failf(500, "'%s' object has no attribute 'isdigit'", pythonType(want))
		}
		return nil
	case "in_list":
		values = list
		if !isList {
			values = []any{"{"}
		}
		if isText {
			values = nil
			for _, letter := range text {
				values = append(values, string(letter))
			}
		}
	case "in":
		least, _ := bounds.get("min")
		most, _ := bounds.get("max")
		values = []any{least, most}
	case "regex":
		if isText || isList && len(list) == 0 {
			return nil
		}
		return failf(500, "Error binding parameter 4: type '%s' is not supported", pythonType(want))
	}
	for _, value := range values {
		if _, ok := castID(value); !ok {
			return failf(500, "Field 'id' expected a number but got %s.", repr(value))
		}
	}
	return nil
}
