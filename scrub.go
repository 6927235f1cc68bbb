package labelstudio

import (
	"cmp"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const redacted = "[redacted]"

// shortestSecret is the length below which a token is taken for a placeholder:
// replacing it everywhere would make messages unreadable and protect nothing.
const shortestSecret = 4

// A scrubber replaces the client's own tokens in what a server sent.
type scrubber struct {
	replacer *strings.Replacer // nil replaces nothing
	urls     bool              // also what URLs may carry: see maskURLs
}

func newScrubber(secrets []string) scrubber {
	var forms []string
	for _, s := range secrets {
		if len(s) < shortestSecret {
			continue
		}
		forms = append(forms, s, url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s))
		if quoted, err := json.Marshal(s); err == nil {
			forms = append(forms, string(quoted[1:len(quoted)-1]))
		}
	}
	// The longest first: one token may begin with another.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, form := range slices.Compact(forms) {
		pairs = append(pairs, form, redacted)
	}
	return scrubber{replacer: strings.NewReplacer(pairs...)}
}

func (s scrubber) text(text string) string {
	if s.replacer != nil {
		text = s.replacer.Replace(text)
	}
	if s.urls {
		text = maskURLs(text)
	}
	return text
}

// error returns err with nothing secret in it.
func (s scrubber) error(err error) error {
	answer, ok := err.(*Error) //nolint:errorlint // one that is wrapped is not handed out below
	if !ok {
		if text := s.text(err.Error()); text != err.Error() {
			return textError{text, err}
		}
		return err
	}
	clean := *answer
	clean.Detail, clean.title, clean.Body = s.text(clean.Detail), s.text(clean.title), []byte(s.text(string(clean.Body)))
	clean.Fields = make(map[string][]string, len(answer.Fields))
	for name, reasons := range answer.Fields {
		for _, reason := range reasons {
			clean.Fields[name] = append(clean.Fields[name], s.text(reason))
		}
	}
	return &clean
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
