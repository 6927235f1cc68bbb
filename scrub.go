package labelstudio

import (
	"cmp"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const redacted = "[redacted]"

// shortestSecret is the length below which a secret is replaced only where it
// is a word of its own. Inside of words, that would make messages unreadable, and
// the gaps would tell the secret.
const shortestSecret = 4

// A scrubber replaces secrets in what a server sent: the client's own tokens, or
// the credentials of a request.
type scrubber struct {
	replacer *strings.Replacer // nil replaces nothing
	words    []string          // the short ones
	urls     bool              // also what URLs may carry: see maskURLs
	tokens   *scrubber         // of the tokens alone; nil if there is nothing else
}

func newScrubber(secrets []string) scrubber {
	var forms, words []string
	for _, s := range secrets {
		switch {
		case strings.TrimSpace(s) == "":
		case len(s) < shortestSecret:
			words = append(words, formsOf(s)...)
		default:
			forms = append(forms, formsOf(s)...)
		}
	}
	var pairs []string
	for _, form := range longestFirst(forms) {
		pairs = append(pairs, form, redacted)
	}
	return scrubber{replacer: strings.NewReplacer(pairs...), words: longestFirst(words)}
}

// formsOf returns a secret as it may stand in URLs, HTML and JSON.
func formsOf(secret string) []string {
	forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret)}
	for _, escapeHTML := range []bool{true, false} {
		var quoted strings.Builder
		e := json.NewEncoder(&quoted)
		e.SetEscapeHTML(escapeHTML)
		if err := e.Encode(secret); err != nil {
			continue
		}
		form := strings.TrimSuffix(quoted.String(), "\n")
		forms = append(forms, form[1:len(form)-1])
	}
	return forms
}

// longestFirst puts them into an order in which the beginning of another comes
// after it, each once.
func longestFirst(forms []string) []string {
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(forms)
}

// anyJWT is a token of which the client may know nothing: a new one, one that it
// had before, or another user's.
var anyJWT = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)

// text returns text without the secrets. Escapes stay as they are, unless they
// hide one.
func (s scrubber) text(text string) string {
	text = s.replace(text)
	if plain := plainEscapes(text); plain != text {
		if clean := s.replace(plain); clean != plain {
			text = clean
		}
	}
	if s.urls {
		text = maskURLs(text)
	}
	return text
}

// path is text for the path of a request, which the server didn't write: that a
// password is a part of it says nothing.
func (s scrubber) path(path string) string {
	if s.tokens != nil {
		return s.tokens.text(path)
	}
	return s.text(path)
}

func (s scrubber) replace(text string) string {
	if strings.Contains(text, "eyJ") {
		text = anyJWT.ReplaceAllLiteralString(text, redacted)
	}
	if s.replacer != nil {
		text = s.replacer.Replace(text)
	}
	for _, word := range s.words {
		text = replaceWord(text, word)
	}
	return text
}

var anyEscape = regexp.MustCompile(`\\+(?:u[0-9a-fA-F]{4}|/)|%[0-9a-fA-F]{2}|&#(?:[xX][0-9a-fA-F]+|[0-9]+);?|&[a-zA-Z]\w*;`)

// plainEscapes writes each character of JSON, HTML and URLs as formsOf does: a
// server may escape any of them. What is JSON stays so.
func plainEscapes(text string) string {
	if !strings.ContainsAny(text, `\%&`) {
		return text
	}
	return anyEscape.ReplaceAllStringFunc(text, func(escape string) string {
		var plain string
		switch escape[0] {
		case '%':
			plain, _ = url.PathUnescape(escape)
			return url.QueryEscape(plain)
		case '&':
			plain = html.EscapeString(html.UnescapeString(escape))
		default:
			plain = jsonString([]byte(`"\` + strings.TrimLeft(escape, `\`) + `"`))
			if plain == `"` || plain == `\` {
				return `\` + plain
			}
		}
		if plain == `\` || strings.ContainsFunc(plain, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return escape
		}
		return plain
	})
}

// replaceWord hides a secret where no letter or digit is beside it.
func replaceWord(text, word string) string {
	var b strings.Builder
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return b.String() + text
		}
		start, end := from+i, from+i+len(word)
		if endsInWord(text[:start]) || startsInWord(text[end:]) {
			from = start + 1
			continue
		}
		b.WriteString(text[:start] + redacted)
		text, from = text[end:], 0
	}
}

func endsInWord(text string) bool {
	r, size := utf8.DecodeLastRuneInString(text)
	return isWord(r) && !strings.HasSuffix(text[:len(text)-size], `\`) // the n of \n is in no word
}

func startsInWord(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return isWord(r)
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// quoted is a text of the server as an error may show it.
func (c *core) quoted(text string) string { return oneLine(c.scrubber().text(text)) }

// clean is an error without what it quotes of secrets, and not longer than it may be.
func (c *core) clean(err error) error {
	if err == nil {
		return nil
	}
	if text := cut(c.scrubber().text(err.Error()), maxErrorText); text != err.Error() {
		return textError{text, err}
	}
	return err
}

// reasons takes the secrets out of what was made of a body, where nothing is
// escaped any more.
func (s scrubber) reasons(e *Error) {
	e.ID, e.Detail, e.title = s.text(e.ID), s.text(e.Detail), s.text(e.title)
	var clean map[string][]string
	for _, name := range sortedKeys(e.Fields) {
		if clean == nil {
			clean = make(map[string][]string, len(e.Fields))
		}
		cleanName := s.text(name)
		for _, reason := range e.Fields[name] {
			clean[cleanName] = append(clean[cleanName], s.text(reason))
		}
	}
	e.Fields = clean
}

var (
	queryInText    = regexp.MustCompile(`\?[^\s"'<>\\]+`)
	userInfoInText = regexp.MustCompile(`//[^\s/"'@\\]*@`)
)

// maskURLs hides what URLs in the text of an error may carry besides the
// client's own tokens: signed queries, passwords of proxies.
func maskURLs(text string) string {
	text = userInfoInText.ReplaceAllLiteralString(text, "//"+redacted+"@")
	return queryInText.ReplaceAllLiteralString(text, "?"+redacted)
}
