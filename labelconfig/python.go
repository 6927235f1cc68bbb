package labelconfig

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// isPythonSpace reports whether Python's str.strip takes a character away.
func isPythonSpace(c rune) bool { return unicode.IsSpace(c) || 0x1c <= c && c <= 0x1f }

// isWord reports whether \w matches a character in Python.
func isWord(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) || c == '_' }

var (
	pythonInt   = regexp.MustCompile(`^[+-]?[0-9]+(_[0-9]+)*$`)
	pythonFloat = regexp.MustCompile(`^[+-]?([0-9]+(_[0-9]+)*\.?([0-9]+(_[0-9]+)*)?|\.[0-9]+(_[0-9]+)*)` +
		`([eE][+-]?[0-9]+(_[0-9]+)*)?$`)
)

const maxIntDigits = 4300 // of Python's int(), longer is an error

// isString reports whether the server takes the text of an attribute or element
// for a string: it reads what looks like one as a boolean or a number, so that
// a name can't be "1".
func isString(s string) bool {
	if lower := strings.ToLower(s); lower == "true" || lower == "false" {
		return false
	}
	digits := plainDigits(s)
	if pythonInt.MatchString(digits) && len(strings.Trim(strings.ReplaceAll(digits, "_", ""), "+-")) <= maxIntDigits {
		return false
	}
	_, ok := parseFloat(s)
	return !ok
}

// parseFloat is Python's float(), which differs from strconv.ParseFloat in what
// it takes. Infinity and not a number are no numbers here: the server has no use
// for them where it reads one.
func parseFloat(s string) (float64, bool) {
	s = plainDigits(s)
	if !pythonFloat.MatchString(s) {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	return f, err == nil // one out of range would be infinite
}

// plainDigits takes white space off the ends, and writes all digits of Unicode
// as ASCII, as Python does before it reads a number.
func plainDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if c < 128 || !unicode.IsDigit(c) {
			return c
		}
		zero := c // the digits of a script stand in a row
		for c-zero < 9 && unicode.IsDigit(zero-1) {
			zero--
		}
		return '0' + c - zero
	}, strings.TrimFunc(s, isPythonSpace))
}
