package filter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/labelstudio-go/labelstudio/generated"
)

// lookups are what the server takes the last key of a path for, unless an
// operator adds a lookup of its own.
var lookups = []string{
	"contained_by", "contains", "endswith", "exact", "gt", "gte", "has_any_keys", "has_key", "has_keys", "icontains",
	"iendswith", "iexact", "in", "iregex", "isnull", "istartswith", "lt", "lte", "range", "regex", "startswith",
}

var wholeNumber = regexp.MustCompile(`^[+-]?[0-9]+(_[0-9]+)*$`)

// unfiltered returns why the server can't filter by a path of keys, or nothing.
func unfiltered(keys []string, operator generated.FilterOperator) string {
	for i, key := range keys {
		if reason := unreadable(key, i == 0); reason != "" {
			return reason
		}
	}
	last := keys[len(keys)-1]
	bare := slices.Contains(equality, operator) || operator == generated.FilterOperatorEmpty
	if bare && slices.Contains(lookups, last) {
		return fmt.Sprintf("the server takes the key %q for an operator of its own with %s: use %s",
			last, operator, generated.FilterOperatorInList)
	}
	return ""
}

func unreadable(key string, first bool) string {
	quoted := fmt.Sprintf("the key %q", key)
	switch {
	case key == "":
		return "a key is empty: the server can't filter by it"
	case strings.ContainsFunc(key, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("#'\"`;[]", r)
	}), strings.Contains(key, "--"), strings.Contains(key, "/*"), strings.Contains(key, "*/"):
		return quoted + " has a space, quote, bracket, semicolon, hash or comment in it: the server would answer 500"
	case strings.Contains(key, dataPrefix), strings.Contains(key, dataRoot+nesting):
		return quoted + " has data. or data__ in it, which the server would take out"
	case strings.HasPrefix(key, "_") && !first, strings.HasSuffix(key, "_"):
		return quoted + " begins or ends with an underscore, which the server would take for part of what joins keys"
	case first && wholeNumber.MatchString(key):
		return quoted + " is a number, which the server would take for a place in a list"
	}
	return ""
}

// unordered returns why the server can't order by a key, or nothing.
func unordered(key string) string {
	switch {
	case strings.Contains(key, dataPrefix), strings.Contains(key, dataRoot+nesting):
		return fmt.Sprintf("the key %q has data. or data__ in it, which the server would take out", key)
	case key == "", strings.ContainsAny(key, `"`), wholeNumber.MatchString(key):
		return fmt.Sprintf("the server would not find the key %q when it orders", key)
	}
	return ""
}
