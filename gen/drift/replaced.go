package drift

import (
	"fmt"
	"regexp"
)

// replacements are what oasdiff takes for two changes and is one: something
// comes where something else goes.
var replacements = []struct{ removed, added, text string }{
	{"response-success-status-removed", "response-success-status-added", "answers with %s instead of %s"},
	{"response-media-type-removed", "response-media-type-added", "answers with %s instead of %s"},
	{"request-body-media-type-removed", "request-body-media-type-added", "takes a body of %s instead of %s"},
}

var quoted = regexp.MustCompile("`[^`]*`")

// replaced joins the pairs of an operation that say what came for what went. It
// does so only where that is beyond doubt, with one of each.
func replaced(findings []finding) []finding {
	type place struct{ check, method, path string }
	at := map[place][]int{}
	for i, f := range findings {
		p := place{f.Check, f.Method, f.Path}
		at[p] = append(at[p], i)
	}
	var kept []finding
	for _, f := range findings {
		for _, r := range replacements {
			gone, came := at[place{r.removed, f.Method, f.Path}], at[place{r.added, f.Method, f.Path}]
			if len(gone) != 1 || len(came) != 1 {
				continue
			}
			switch f.Check {
			case r.added:
				f.Check = ""
			case r.removed:
				other := findings[came[0]]
				f.With = &other
				f.Text = fmt.Sprintf(r.text, quoted.FindString(other.Text), quoted.FindString(f.Text))
			}
		}
		if f.Check != "" {
			kept = append(kept, f)
		}
	}
	return kept
}
