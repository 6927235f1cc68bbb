package labelstudiotest

import (
	"strconv"
	"strings"
	"time"
)

// databaseTime is the only form of a time that filters know.
const databaseTime = "2006-01-02T15:04:05.999999Z"

// castable fails as the server does for values that it can't make what it wants.
func castable(name, op, kind string, want any) error {
	if _, several := want.([]any); several || op == "empty" || op == "regex" {
		return nameable(name, op, kind)
	}
	values := []any{want}
	if bounds, ok := want.(object); ok {
		least, _ := bounds.get("min")
		most, _ := bounds.get("max")
		values = []any{least, most}
	}
	for _, value := range values {
		text, isText := value.(string)
		switch kind {
		case "Number":
			if _, err := strconv.ParseFloat(plainText(value), 64); err != nil {
				return failf(500, "could not convert string to float: %s", repr(value))
			}
		case "Datetime":
			if _, err := time.Parse(databaseTime, text); err != nil {
				return failf(500, "time data %s does not match format '%%Y-%%m-%%dT%%H:%%M:%%S.%%fZ'", repr(value))
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

// spaced2 fails for keys of the data that the database can't have as names.
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
