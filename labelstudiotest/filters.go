package labelstudiotest

import (
	"cmp"
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// errNoCondition is of an item that says nothing.
var errNoCondition = errors.New("no condition")

// line is a condition with the one below it. One of them may say nothing.
func (s *Server) line(t *task, by *user, item object) (bool, error) {
	fits, err := s.condition(t, by, item)
	empty := errors.Is(err, errNoCondition)
	if err != nil && !empty {
		return false, err
	}
	if child, _ := item.get("child_filter"); child != nil {
		below, _ := child.(object)
		also, err := s.condition(t, by, below)
		switch {
		case err == nil:
			return fits && also, nil
		case !errors.Is(err, errNoCondition):
			return false, err
		}
	}
	if empty {
		return false, fail(500, "reduce() of empty iterable with no initial value")
	}
	return fits, nil
}

// condition says whether a task meets one condition. An operator that there is
// none of means equal, or not equal if it begins with not_.
func (s *Server) condition(t *task, by *user, item object) (bool, error) {
	name, ok := strings.CutPrefix(item.text("filter"), "filter:tasks:")
	want, _ := item.get("value")
	if !ok || want == nil { // no condition at all
		return true, errNoCondition
	}
	numeric := item.text("type") == "Number"
	op := item.text("operator")
	if err := castable(name, op, item.text("type"), want); err != nil {
		return false, err
	}
	if numeric && want == true {
		want = 1.0
	} else if numeric && want == false {
		want = 0.0
	}
	got, err := s.column(t, by, name, numeric)
	if err != nil {
		return false, err
	}
	switch {
	case name == "draft_exists" || name == "is_labeled":
		want = truth(want)
	case strings.HasSuffix(name, "_results"):
		return s.resultFits(t, got.list, op, want), nil
	case op == "empty" && (got.list == nil || strings.HasPrefix(name, "data.")):
		return s.isEmpty(t, by, name, item.text("type"), got) == truth(want), nil
	case name == "annotations_ids" && op != "empty":
		return idsFit(got.list, op, want), nil
	case got.list != nil && !strings.HasPrefix(name, "data."):
		return severalFit(got.list, name, op, want)
	}
	if strings.HasPrefix(name, "data.") && strings.Contains(op, "equal") { // which depends on the first task alone
		first, err := s.column(s.firstBeside(t), by, name, numeric)
		if err == nil && first.list != nil {
			return false, invalid(nonField, "Not supported filter type")
		}
	}
	if list, ok := want.([]any); ok && op == "not_in_list" && len(list) == 0 {
		return true, nil
	}
	if got.gone {
		return false, nil // nothing is true of null, nor is the contrary
	}
	value := got.value
	switch data := strings.HasPrefix(name, "data."); {
	case data && numeric:
		value = real64(value)
	case got.list != nil:
		value = plainText(got.list)
	case value == nil && !numeric: // of the data, where null is a word to the database
		value = "null"
	}
	if n, ok := value.(int64); ok && op == "equal" && numeric && n >= 0 {
		if f, ok := toNumber(want, true); ok { // an integer is compared with integers
			want = math.Trunc(f)
		}
	}
	if numeric && strings.HasSuffix(op, "contains") {
		f, _ := toNumber(want, true)
		want = string(pythonFloat(f))
	}
	if plain, contrary := strings.CutPrefix(op, "not_"); contrary {
		if plain == "regex" { // there is no such operator
			plain = "equal"
		}
		return !fitsOne(value, plain, want, numeric), nil
	}
	return fitsOne(value, op, want, numeric), nil
}

// resultFits is condition for results, which are searched as text.
func (s *Server) resultFits(t *task, results []any, op string, want any) bool {
	if op == "empty" { // of the annotations, also where predictions are asked for
		annotations := s.annotationsOf(t)
		if len(annotations) == 0 {
			return truth(want)
		}
		return slices.ContainsFunc(annotations, func(a *annotation) bool { return (len(regionsOf(a.result)) == 0) == truth(want) })
	}
	plain, contrary := strings.CutPrefix(op, "not_")
	if plain != "equal" && plain != "contains" {
		var texts []string
		for _, result := range results {
			texts = append(texts, string(encode(result, stored)))
		}
		return joinedFits(texts, op, want)
	}
	text := plainText(want)
	value, err := decode([]byte(text))
	if plain == "equal" && err != nil {
		return false
	}
	return contrary != slices.ContainsFunc(results, func(result any) bool {
		if plain == "equal" {
			return string(encode(result, compact)) == string(encode(value, compact))
		}
		return strings.Contains(lower(string(encode(result, stored))), lower(text))
	})
}

// severalFit is condition for a column of several values.
func severalFit(list []any, name, op string, want any) (bool, error) {
	contrary := strings.HasPrefix(op, "not_")
	if op == "empty" {
		return (len(list) == 0) == truth(want), nil
	}
	versions := name == "predictions_model_versions"
	if versions && op != "contains" && op != "not_contains" { // of all in one text, if there is any
		var texts []string
		for _, item := range list {
			texts = append(texts, plainText(item))
		}
		return len(texts) > 0 && joinedFits(texts, op, want), nil
	}
	wanted, isList := want.([]any)
	if text, ok := want.(string); ok && !isList {
		separated := func(r rune) bool { return strings.ContainsRune(",; ", r) }
		parts := strings.FieldsFunc(text, separated)
		if versions { // letter by letter
			parts = strings.Split(text, "")
		}
		for _, part := range parts {
			wanted = append(wanted, part)
		}
	} else if !isList {
		wanted = []any{want}
	}
	if versions && len(wanted) == 0 {
		return true, nil
	}
	found := slices.ContainsFunc(list, func(item any) bool {
		return slices.ContainsFunc(wanted, func(w any) bool {
			if versions {
				return strings.Contains(lower(plainText(item)), lower(plainText(w)))
			}
			return plainText(item) == plainText(w)
		})
	})
	return found != contrary, nil
}

// joinedFits is condition for a column of several values that are taken as one text.
func joinedFits(texts []string, op string, want any) bool {
	plain, contrary := strings.CutPrefix(op, "not_")
	if contrary && plain == "regex" { // there is no such operator
		plain = "equal"
	}
	return fitsOne(strings.Join(texts, ","), plain, want, false) != contrary
}

// idsFit is condition for the ids of a task's annotations, where the database
// compares numbers with what are none as well.
func idsFit(list []any, op string, want any) bool {
	plain, contrary := strings.CutPrefix(op, "not_")
	text := plainText(want)
	id, isID := castID(want)
	items, isList := want.([]any)
	switch plain {
	case "contains":
		items = nil
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; ", r) }) {
			items = append(items, part)
		}
	case "in_list":
		if !isList { // letter by letter
			for _, letter := range text {
				items = append(items, string(letter))
			}
		}
	case "equal", "less_or_equal", "greater_or_equal":
		isID = isDigits(text)
	}
	bounds, _ := want.(object)
	least, _ := bounds.get("min")
	most, _ := bounds.get("max")
	return contrary != slices.ContainsFunc(list, func(item any) bool {
		n, _ := asInt(item)
		switch plain {
		case "contains", "in_list":
			return slices.ContainsFunc(items, func(item any) bool { m, ok := castID(item); return ok && m == n })
		case "in":
			from, _ := castID(least)
			to, _ := castID(most)
			return from <= n && n <= to
		case "less":
			return n < id
		case "greater":
			return n > id
		case "less_or_equal": // any number comes before a text
			return isID && n <= id
		case "greater_or_equal":
			return !isID || n >= id
		case "regex":
			if !contrary {
				return fitsOne(item, op, want, false)
			}
		}
		return isID && n == id
	})
}

// lower folds case as SQLite does: that of the letters A to Z alone.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func truth(value any) bool {
	switch v := value.(type) {
	case bool:
		return v
	case string:
		b, _ := word(v) // anything else is false
		return b
	}
	return !empty(value)
}

// plainText is a value as the database turns it into text.
func plainText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	return string(encode(value, extracted))
}

func fitsOne(got any, op string, want any, numeric bool) bool {
	switch op {
	case "contains":
		return got != nil && strings.Contains(lower(plainText(got)), lower(plainText(want)))
	case "regex":
		expression, err := regexp.Compile(plainText(want))
		return err == nil && got != nil && expression.MatchString(plainText(got))
	case "in_list":
		list, _ := want.([]any)
		return slices.ContainsFunc(list, func(w any) bool { return got != nil && order(got, w, numeric) == 0 })
	case "in":
		bounds, ok := want.(object)
		if !ok { // of times, which all are between the least and the greatest there can be
			return got != nil
		}
		least, _ := bounds.get("min")
		most, _ := bounds.get("max")
		return got != nil && order(got, least, numeric) >= 0 && order(got, most, numeric) <= 0
	}
	if got == nil {
		return false
	}
	compared := order(got, want, numeric)
	switch op {
	case "less":
		return compared < 0
	case "greater":
		return compared > 0
	case "less_or_equal":
		return compared <= 0
	case "greater_or_equal":
		return compared >= 0
	}
	return compared == 0
}

// order compares two values: as numbers if both are, as times, or else as text,
// which comes after numbers.
func order(a, b any, numeric bool) int {
	x, xIsNumber := toNumber(a, numeric)
	y, yIsNumber := toNumber(b, numeric)
	if xIsNumber && yIsNumber {
		return cmp.Compare(x, y)
	}
	if xIsNumber != yIsNumber {
		if xIsNumber {
			return -1
		}
		return 1
	}
	if x, err := time.Parse(time.RFC3339Nano, plainText(a)); err == nil {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05"} {
			if y, err := time.Parse(layout, plainText(b)); err == nil {
				return x.Compare(y)
			}
		}
	}
	return cmp.Compare(plainText(a), plainText(b))
}

func toNumber(value any, text bool) (float64, bool) {
	if s, ok := value.(string); ok && text {
		return real64(s), true
	}
	return asFloat(value)
}

var realForm = regexp.MustCompile(`^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`)

// real64 is what SQLite makes of a value that is to be a number: that with which a
// text begins, and 0 of all that is none.
func real64(value any) float64 {
	if f, ok := asFloat(value); ok {
		return f
	}
	text, _ := value.(string)
	if m := realForm.FindStringSubmatch(text); m != nil {
		f, _ := strconv.ParseFloat(m[1], 64) // too large a one is infinite there as well
		return f
	}
	return 0
}
