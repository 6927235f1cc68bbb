package labelconfig

import (
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf8"
)

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_:-.", c) >= 0
}

// isName reports whether a string that scanName returned is a name with at most
// one prefix.
func isName(s string) bool {
	prefix, local, prefixed := strings.Cut(s, ":")
	return isPlainName(prefix) && (!prefixed || isPlainName(local))
}

func isPlainName(s string) bool {
	if s == "" || s[0] == '-' || s[0] == '.' || '0' <= s[0] && s[0] <= '9' {
		return false
	}
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
		} else if s[i] == ':' || !isNameByte(s[i]) {
			return false
		}
	}
	if ascii {
		return true
	}
	// encoding/xml has the table of letters that expat has.
	_, err := xml.NewDecoder(strings.NewReader("<" + s + "/>")).RawToken()
	return err == nil
}

// isXMLChar reports whether XML can hold a character, written or by reference.
func isXMLChar(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || ' ' <= c && c < 0xd800 || 0xe000 <= c && c < 0xfffe ||
		0x10000 <= c && c <= utf8.MaxRune
}

// What becomes of white space in texts and in attributes.
var (
	newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	spaces   = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ")
)

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

// unescape resolves the references of a text or attribute that begins at an
// offset.
func (r *reader) unescape(raw string, offset int, whiteSpace *strings.Replacer) (string, *Error) {
	var text strings.Builder
	for {
		before, after, found := strings.Cut(raw, "&")
		if !found && text.Len() == 0 {
			return whiteSpace.Replace(raw), nil
		}
		text.WriteString(whiteSpace.Replace(before))
		if !found {
			return text.String(), nil
		}
		offset += len(before)
		name, rest, found := strings.Cut(after, ";")
		char, ok := reference(name)
		if !found || !ok {
			return "", r.fail(offset, "& begins no known reference: write &amp; for the character")
		}
		text.WriteString(char)
		offset += len("&") + len(name) + len(";")
		raw = rest
	}
}

// reference is what the name between & and ; stands for.
func reference(name string) (string, bool) {
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		char, ok := entities[name]
		return char, ok
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	digits = strings.TrimLeft(digits, "0")
	c, err := strconv.ParseUint(digits, base, 31)
	return string(rune(c)), err == nil && isXMLChar(rune(c))
}
