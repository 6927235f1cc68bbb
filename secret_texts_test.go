package labelstudio

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
)

// allTexts is everything that an error of an answer can be asked for.
func allTexts(e *Error) string {
	return fmt.Sprintf("%v %q %q %q %q %s", e, e.Detail, e.ID, e.Path, e.Fields, e.Body)
}

// A server may escape what it repeats: JSON, HTML and URLs have more than one way
// to write a letter.
func TestEscapedTokensAreRedacted(t *testing.T) {
	t.Parallel()
	each := func(format, text string) string {
		var b strings.Builder
		for _, r := range text {
			_, _ = fmt.Fprintf(&b, format, r)
		}
		return b.String()
	}
	const slashed = "my/own/token<&>'\"\\0123456789"
	tests := map[string]struct{ token, kind, body string }{
		"JSON":                      {testLegacy, "application/json", `{"detail":"bad ` + each(`\u%04x`, testLegacy) + `"}`},
		"one letter of it":          {testLegacy, "application/json", `{"detail":"bad \u0061` + testLegacy[1:] + `"}`},
		"JSON in JSON":              {testLegacy, "application/json", `{"detail":"{\"x\":\"` + each(`\\u%04X`, testLegacy) + `\"}"}`},
		"HTML in JSON":              {testLegacy, "application/json", `{"detail":"bad ` + each(`\u0026#%d;`, testLegacy) + `"}`},
		"a field":                   {testLegacy, "application/json", `{"token":["` + each(`\u%04x`, testLegacy) + `"]}`},
		"the name of a field":       {testLegacy, "application/json", `{"` + each(`\u%04x`, testLegacy) + `":["bad"]}`},
		"an id":                     {testLegacy, "application/json", `{"status_code":400,"id":"` + each(`\u%04x`, testLegacy) + `"}`},
		"what is not shown":         {testLegacy, "application/json", `{"detail":"bad","exc_info":"` + each(`\u%04x`, testLegacy) + `"}`},
		"slashes":                   {slashed, "application/json", `{"detail":"bad my\/own\/token<&>'\"\\0123456789"}`},
		"all of it":                 {slashed, "application/json", `{"detail":"bad ` + each(`\u%04x`, slashed) + `"}`},
		"a title":                   {testLegacy, "text/html", `<html><title>bad ` + each("&#%d;", testLegacy) + `</title>`},
		"a title, hexadecimal":      {testLegacy, "text/html", `<html><title>bad ` + each("&#x%04X", testLegacy) + `</title>`},
		"a title of slashes":        {slashed, "text/html", `<html><title>bad my&sol;own&#47;token&#x3c;&amp;&gt;&#39;&quot;&#92;0123456789</title>`},
		"a title that is cut in it": {testLegacy, "text/html", `<html><title>` + strings.Repeat("x", 60) + each("&#%07d;", testLegacy) + `</title>`},
		"a title with a token":      {testLegacy, "text/html", `<html><title>` + strings.Repeat("x", 60) + testLegacy + `</title>`},
		"a URL":                     {testLegacy, "text/plain", "bad " + each("%%%02x", testLegacy)},
		"a URL, lower case":         {"a+b/c=0123456789", "text/plain", "bad a%2bb%2fc%3d0123456789"},
		"an unknown JWT":            {testLegacy, "application/json", `{"detail":"bad ` + each(`\u%04x`, testPAT) + `"}`},
	}
	for name, tt := range tests {
		for _, status := range []int{200, 400} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				t.Parallel()
				c := fakeServer(t, func(*http.Request) (*http.Response, error) {
					return answer(status, tt.body, "Content-Type", tt.kind), nil
				}, WithLegacyToken(tt.token))
				var e *Error
				if err := c.Do(t.Context(), http.MethodGet, "/api/x/", nil, nil, new([]int)); !errors.As(err, &e) {
					t.Fatalf("error %v", err)
				}
				text := allTexts(e)
				checkNoSecret(t, "the error", text, tt.token, testLegacy[:10], each(`\u%04x`, tt.token), each("&#%d;", tt.token), each("%%%02x", tt.token))
				if status == 400 && !strings.Contains(text, redacted) {
					t.Errorf("the answer was lost: %s", text)
				}
			})
		}
	}
}

// Half a token at the end of what is read is not found by looking for the whole.
func TestHalfATokenIsNotShown(t *testing.T) {
	t.Parallel()
	half := "bad token " + testLegacy[:30]
	for name, body := range map[string]io.Reader{
		"cut off":  io.MultiReader(strings.NewReader(half), iotest.ErrReader(io.ErrUnexpectedEOF)),
		"too long": strings.NewReader(strings.Repeat(" ", maxParsedBody-len(half)) + half + testLegacy[30:]),
		"one word": strings.NewReader(strings.Repeat("x", maxParsedBody-30) + testLegacy),
	} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			res := answer(400, "", "Content-Type", "text/plain")
			res.Body = io.NopCloser(body)
			return res, nil
		}, WithToken(testLegacy))
		var e *Error
		if err := get(t, c, "/"); !errors.As(err, &e) {
			t.Fatalf("%s: error %v", name, err)
		}
		checkNoSecret(t, name, allTexts(e), testLegacy[:10])
		if name != "one word" && e.Detail != "bad token" {
			t.Errorf("%s: the answer was lost: %q", name, e.Detail)
		}
	}
}

// A redirect that nobody follows is told with where it leads to.
func TestTokensInRedirectsThatAreNotFollowed(t *testing.T) {
	t.Parallel()
	for token, status := range map[string]int{testLegacy: 300, testPAT: 302} { // the latter to its exchange
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return answer(status, "", "Location", "http://other.test/"+token+"/"), nil
		}, WithToken(token))
		err := get(t, c, "/")
		if err == nil || !strings.Contains(err.Error(), "the server redirects to http://other.test/"+redacted) {
			t.Errorf("%d: error %v", status, err)
		}
		checkNoSecret(t, "the error", fmt.Sprint(err), token)
	}
}

// Of a page that is no answer the title is told.
func TestTokensInTitlesAreRedacted(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		return answer(200, "<html><title>Hello "+testLegacy+"</title>", "Content-Type", "text/html"), nil
	}, WithToken(testLegacy))
	_, err := c.Projects.Get(t.Context(), 1)
	checkNoSecret(t, "the error", fmt.Sprint(err))
	if !errors.Is(err, ErrUnexpectedAnswer) || !strings.Contains(err.Error(), "Hello "+redacted) {
		t.Errorf("error %v", err)
	}
}

// An address with a token fails with that address.
func TestTokensInFailedAddressesAreRedacted(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return nil, errReset }, WithToken(testLegacy))
	err := get(t, c, "/api/"+testLegacy+"/")
	var asURL *url.Error
	if !errors.As(err, &asURL) || asURL.URL != testBase+"/api/"+url.PathEscape(redacted)+"/" && asURL.URL != testBase+"/api/"+redacted+"/" {
		t.Errorf("url.Error %+v", asURL)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		checkNoSecret(t, "an inner error", e.Error())
	}
}
