package labelstudio

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestScrubber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		secrets []string
		text    string
		want    string
	}{
		{"none", nil, "text", "text"},
		{"empty", []string{"", "abcd"}, "abcd efgh", "[redacted] efgh"},
		{"twice", []string{"secret"}, "secret, secret", "[redacted], [redacted]"},
		{"one begins with the other", []string{"secret", "secret-long"}, "secret-long secret", "[redacted] [redacted]"},
		{"escaped for a query", []string{"a+b/c&d"}, "?t=a%2Bb%2Fc%26d", "?t=[redacted]"},
		{"escaped for a path", []string{"a b/c"}, "/a%20b%2Fc", "/[redacted]"},
		{"escaped for HTML", []string{"a<b&c"}, "<p>a&lt;b&amp;c", "<p>[redacted]"},
		{"escaped for JSON", []string{`a"b\c`}, `{"t":"a\"b\\c"}`, `{"t":"[redacted]"}`},
		{"half escaped for JSON", []string{`a"b<c`, "d\n<e"}, `{"t":"a\"b<c","u":"d\n<e","v":"a\"b\u003cc"}`, `{"t":"[redacted]","u":"[redacted]","v":"[redacted]"}`},
		{"quotation marks at its ends", []string{`"abc"`}, `x "abc" {"t":"\"abc\""}`, `x [redacted] {"t":"[redacted]"}`},
		{"short in a word", []string{"abc"}, "abcdef defabc abcabc 1abc äabc", "abcdef defabc abcabc 1abc äabc"},
		{"short", []string{"abc"}, `abc "abc" abc,abc (abc) x abc`, `[redacted] "[redacted]" [redacted],[redacted] ([redacted]) x [redacted]`},
		{"short after a line break", []string{"abc"}, `{"t":"x\nabc","abc_":1}`, `{"t":"x\n[redacted]","abc_":1}`},
		{"short and overlapping", []string{"a-a"}, "xa-a-a", "xa-[redacted]"},
		{"short and escaped", []string{`a"`, "b"}, `{"t":"a\""} a&#34; ab b`, `{"t":"[redacted]"} [redacted] ab [redacted]`},
		{"only spaces", []string{" ", "\n"}, "a \n b", "a \n b"},
	}
	for _, tt := range tests {
		if got := newScrubber(tt.secrets).text(tt.text); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestMaskURLs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Get "http://h/p?a=b&c=d": EOF`:    `Get "http://h/p?[redacted]": EOF`,
		"http://u:p@h/x":                   "http://[redacted]@h/x",
		"is this right? yes":               "is this right? yes",
		"mail admin@example.com, see //a":  "mail admin@example.com, see //a",
		"http://h/a@b":                     "http://h/a@b",
		`two http://u@h?x and https://v@i`: `two http://[redacted]@h?[redacted] and https://[redacted]@i`,
	} {
		if got := maskURLs(text); got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", text, got, want)
		}
	}
}

// Servers and proxies that print what they were sent are common enough.
func TestEchoedTokensAreRedacted(t *testing.T) {
	t.Parallel()
	access := makeAccess(1, 300)
	for name, token := range map[string]string{"legacy": testLegacy, "pat": testPAT} {
		for _, status := range []int{200, 400, 500} {
			t.Run(fmt.Sprint(name, status), func(t *testing.T) {
				t.Parallel()
				c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					if req.URL.Path == exchangePath {
						return answer(200, `{"access":"`+access+`"}`), nil
					}
					echo := req.Header.Get("Authorization") + " for " + token
					body := fmt.Sprintf(`{"id":%[1]q,"status_code":1,"detail":%[1]q,"validation_errors":{%[1]q:[%[1]q]}}`, echo)
					return answer(status, body, "Content-Type", "text/json"), nil
				}, WithToken(token))
				var out any
				err := c.Do(t.Context(), http.MethodGet, "/api/"+token+"/", nil, nil, &out)
				var e *Error
				if !errors.As(err, &e) {
					t.Fatalf("error %v", err)
				}
				text := fmt.Sprintf("%v %+v %s %s %s", err, *e, e.Body, e.ID, e.Path)
				checkNoSecret(t, "the error", text, access)
				if status == 200 { // nothing of it is told
					return
				}
				if !strings.Contains(e.Detail, redacted) || !strings.Contains(string(e.Body), redacted) || len(e.Fields) != 1 {
					t.Errorf("the answer was lost: %s", text)
				}
			})
		}
	}
}

// A server may put the token into the address that it sends somebody to.
func TestTokensInAddressesAreRedacted(t *testing.T) {
	t.Parallel()
	for name, long := range map[string]string{"short": "", "long": strings.Repeat("x", 300-len("http://other.test/")-30)} {
		for _, status := range []int{200, 401, 403, 404} {
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.URL.Host == "other.test" {
					return answer(status, `{}`), nil
				}
				return answer(302, "", "Location", "http://other.test/"+long+testLegacy+"/"), nil
			}, WithToken(testLegacy))
			err := c.Do(t.Context(), http.MethodGet, "/api/x/", nil, nil, new(any))
			if err == nil {
				t.Errorf("%s, %d: no error", name, status)
				continue
			}
			checkNoSecret(t, "the error", err.Error(), testLegacy[:20])
		}
	}
}
