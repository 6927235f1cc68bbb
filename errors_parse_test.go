package labelstudio

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParseError(t *testing.T) {
	t.Parallel()
	type fields = map[string][]string
	const id = "926849f0-7bd7-486c-baf7-7f67ebae9b59"
	usual := func(detail, rest string) string {
		return fmt.Sprintf(`{"id":%q,"status_code":400,"version":"1.23.2","detail":%q,"exc_info":null%s}`, id, detail, rest)
	}
	tests := []struct {
		name, body string
		want       Error
	}{
		{"usual", usual("No Project matches the given query.", ""), Error{ID: id, Detail: "No Project matches the given query."}},
		{"empty detail", usual("", ""), Error{ID: id}},
		{"lists", usual("Validation error", `,"validation_errors":{"title":["Short.","Bad."],"label_config":["no element found: line 1, column 6"]}`),
			Error{ID: id, Detail: "Validation error", Fields: fields{"title": {"Short.", "Bad."}, "label_config": {"no element found: line 1, column 6"}}}},
		{"single strings", usual("Validation error", `,"validation_errors":{"bucket":"Required"}`),
			Error{ID: id, Detail: "Validation error", Fields: fields{"bucket": {"Required"}}}},
		{"empty objects among them", usual("Validation error", `,"validation_errors":{"non_field_errors":["Error at item 0: Task[data] must be dict or list :: {'data': 1}",{}]}`),
			Error{ID: id, Detail: "Validation error", Fields: fields{"non_field_errors": {"Error at item 0: Task[data] must be dict or list :: {'data': 1}"}}}},
		{"bare list of reasons", usual("Validation error", `,"validation_errors":["One.","Two."]`),
			Error{ID: id, Detail: "Validation error", Fields: fields{"non_field_errors": {"One.", "Two."}}}},
		{"null", usual("x", `,"validation_errors":null`), Error{ID: id, Detail: "x"}},
		{"stack trace", `{"id":"i","status_code":500,"detail":"boom","exc_info":"Traceback (most recent call last)"}`, Error{ID: "i", Detail: "boom"}},
		{"nested", `{"a":{"b":["c"],"d":{"e":"f"}},"g":[{"h":["i"]},{},{"h":["j"]}],"k":[["l"]]}`,
			Error{Fields: fields{"a.b": {"c"}, "a.d.e": {"f"}, "g[0].h": {"i"}, "g[2].h": {"j"}, "k[0]": {"l"}}}},
		{"nested too deep", strings.Repeat(`{"a":`, 16+2) + `"b"` + strings.Repeat("}", 16+2),
			Error{Fields: fields{strings.Repeat(".a", 16)[1:]: {`{"a":{"a":"b"}}`}}}},
		{"lists nested too deep", strings.Repeat("[", 16+2) + `"b"` + strings.Repeat("]", 16+2),
			Error{Fields: fields{strings.Repeat("[0]", 16): {`[["b"]]`}}}},
		{"bare fields", `{"label_config":["no element found: line 1, column 6"]}`, Error{Fields: fields{"label_config": {"no element found: line 1, column 6"}}}},
		{"field called id", `{"id":["Required."]}`, Error{Fields: fields{"id": {"Required."}}}},
		{"bare field called id", `{"id":"Required."}`, Error{Fields: fields{"id": {"Required."}}}},
		{"detail only", `{"detail":"Neither project nor view id specified"}`, Error{Detail: "Neither project nor view id specified"}},
		{"detail that is a list", `{"detail":["a","b"]}`, Error{Fields: fields{"detail": {"a", "b"}}}},
		{"error", `{"error":"Task not found"}`, Error{Detail: "Task not found"}},
		{"error and details", `{"error":"Invalid hotkeys configuration","details":{"custom_hotkeys":["Bad."]}}`,
			Error{Detail: "Invalid hotkeys configuration", Fields: fields{"custom_hotkeys": {"Bad."}}}},
		{"message", `{"message":"Storage 3 is not synchronizable"}`, Error{Detail: "Storage 3 is not synchronizable"}},
		{"list", `["a",{"b":"c"}]`, Error{Fields: fields{"non_field_errors": {"a"}, "[1].b": {"c"}}}},
		{"string", `"just this"`, Error{Detail: "just this"}},
		{"numbers and truth", `{"a":[1,true,1.50]}`, Error{Fields: fields{"a": {"1", "true", "1.50"}}}},
		{"null alone", `null`, Error{}},
		{"nothing", ``, Error{}},
		{"empty object", `{}`, Error{}},
		{"cut", `{"id":"x","detail":"a","exc_info":"Trace`, Error{}},
		{"plain text", "upstream timed out\n", Error{Detail: "upstream timed out"}},
		{"other bytes", "\x00\x01\xff", Error{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var e Error
			e.parse("application/json", []byte(tt.body), scrubber{})
			if string(e.Body) != tt.body {
				t.Errorf("body %q", e.Body)
			}
			e.Body, e.own = nil, false // the latter is in TestIsGone
			if !reflect.DeepEqual(e, tt.want) {
				t.Errorf("got  %+v\nwant %+v", e, tt.want)
			}
			if strings.Contains(e.Error(), "Trace") {
				t.Errorf("a stack trace is shown: %v", &e)
			}
		})
	}
}

func TestParseHTML(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, contentType, body string
		html                    bool
		title, detail           string
	}{
		{"page", "text/html; charset=utf-8", "\n\n<!doctype html>\n<html><head>\n<title>404 | Label\n Studio</title><title>x</title>", true, "404 | Label Studio", ""},
		{"page of another type", "application/json", "<!DOCTYPE HTML><TITLE>Bad &amp; Gateway</TITLE>", true, "Bad & Gateway", ""},
		{"page without type", "", "<html><body>x</body></html>", true, "", ""},
		{"long title", "text/html", "<html><title>" + strings.Repeat("é", 100), true, "", ""},
		{"sentence as HTML", "text/html; charset=utf-8", "Export is not completed", false, "", "Export is not completed"},
		{"XML", "application/xml", "<Error><Code>AccessDenied</Code></Error>", false, "", "<Error><Code>AccessDenied</Code></Error>"},
	}
	for _, tt := range tests {
		var e Error
		e.parse(tt.contentType, []byte(tt.body), scrubber{})
		if e.html != tt.html || e.title != tt.title || e.Detail != tt.detail {
			t.Errorf("%s: %v %q %q", tt.name, e.html, e.title, e.Detail)
		}
	}
	var e Error
	e.parse("text/html", []byte("<html><title>"+strings.Repeat("é", 100)+"</title>"), scrubber{})
	if len(e.title) > 80 || !utf8.ValidString(e.title) {
		t.Errorf("title %q", e.title)
	}
}

func TestErrorBodyIsBounded(t *testing.T) {
	t.Parallel()
	reasons := strings.Repeat(`"Error at item",`, 10_000) // more than is kept, less than is read
	c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == "/many/" {
			return answer(400, `{"detail":"Validation error","validation_errors":{"non_field_errors":[`+reasons+`""]}}`), nil
		}
		return answer(404, "<html><title>T</title>"+strings.Repeat("x", 5<<20), "Content-Type", "text/html"), nil
	})
	var e *Error
	if err := get(t, c, "/many/"); !errors.As(err, &e) || len(e.Fields["non_field_errors"]) != 10_001 || len(e.Body) != maxErrorBody {
		t.Errorf("%d reasons, %d bytes of body", len(e.Fields["non_field_errors"]), len(e.Body))
	}
	if err := get(t, c, "/page/"); !errors.As(err, &e) || len(e.Body) != maxErrorBody || len(err.Error()) > 300 {
		t.Errorf("%d bytes of body, message %v", len(e.Body), err)
	}
}

// The reasons of an error are no way to fill the memory: a name is joined for
// each of those below it.
func TestReasonsOfALongName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 200_000)
	for name, body := range map[string]string{
		"object": `{"` + long + `":{` + strings.Repeat(`"a":1,`, 10) + `"b":{` + manyKeys(2_000) + `}}}`,
		"lists":  `{"` + long + `":[` + strings.Repeat(`[[1]],`, 2_000) + `1]}`,
	} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(400, body), nil })
		var e *Error
		if err := get(t, c, "/"); !errors.As(err, &e) || len(e.Fields) == 0 {
			t.Fatal(err)
		}
		total := 0
		for field := range e.Fields {
			if total += len(field); len(field) > maxFieldName {
				t.Errorf("%s: a name of %d bytes", name, len(field))
			}
		}
		if total > 10<<20 {
			t.Errorf("%s: the names of %d reasons take %d bytes", name, len(e.Fields), total)
		}
	}
}

// Of an endless page that comes in place of an answer no more is read.
func TestUnexpectedPageIsBounded(t *testing.T) {
	t.Parallel()
	page := &io.LimitedReader{R: endlessly("<html><title>", "x"), N: 100 << 20}
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		res := answer(200, "", "Content-Type", "text/html")
		res.Body = io.NopCloser(page)
		return res, nil
	})
	_, err := c.Projects.Get(t.Context(), 1)
	if read := 100<<20 - page.N; !errors.Is(err, ErrUnexpectedAnswer) || read > 3*maxParsedBody {
		t.Errorf("%d bytes were read, error %v", read, err)
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		_, _ = fmt.Fprintf(&b, `"%d":1,`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

// A token across the end of what is kept must not leave its first half there.
func TestTokenAtTheEndOfTheBody(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		return answer(500, strings.Repeat("x", maxErrorBody-20)+testLegacy, "Content-Type", "text/plain"), nil
	}, WithToken(testLegacy))
	var e *Error
	if err := get(t, c, "/"); !errors.As(err, &e) {
		t.Fatal(err)
	}
	if strings.Contains(string(e.Body), testLegacy[:10]) {
		t.Errorf("the body ends with %s", e.Body[len(e.Body)-60:])
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := map[string]time.Duration{
		"":                              0,
		"0":                             0,
		"120":                           2 * time.Minute,
		"4294967295":                    24 * time.Hour,
		"99999999999999999999":          24 * time.Hour,
		"-1":                            0,
		"1.5":                           0,
		"soon":                          0,
		"Fri, 02 Jan 2026 03:04:35 GMT": 30 * time.Second,
		"Fri, 02 Jan 2026 03:04:00 GMT": 0,
		"Fri, 02 Jan 2099 03:04:00 GMT": 24 * time.Hour,
	}
	for value, want := range tests {
		h := make(http.Header)
		if value != "" {
			h.Set("Retry-After", value)
		}
		if got := retryAfter(h, now); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func FuzzParseError(f *testing.F) {
	for _, seed := range []string{
		errorBody(404, "No Project matches the given query."),
		`{"status_code":400,"detail":"Validation error","validation_errors":{"non_field_errors":["a",{}],"b":"c","d":{"e":[{"f":null}]}}}`,
		`{"label_config":["x"]}`, `[[[["a"]]]]`, `"a"`, `null`, ``, `{`, "<!doctype html><title>a</title>", "text\x00",
		strings.Repeat("[", 50) + strings.Repeat("]", 50),
	} {
		f.Add("application/json", seed)
		f.Add("text/html; charset=utf-8", seed)
	}
	f.Add("application/json", `{"\u0061bcdef0123456789abcdef0123456789abcdef01":"\\u0061bcdef0123456789abcdef0123456789abcdef01"}`)
	f.Add("text/html", `<html><title>&#97;bcdef0123456789abcdef0123456789abcdef01</title>`)
	f.Fuzz(func(t *testing.T, contentType, body string) {
		e := Error{Method: "GET", Path: "/", StatusCode: 400}
		e.parse(contentType, []byte(body), newScrubber([]string{testLegacy}))
		text := e.Error()
		if all := allTexts(&e) + e.title; strings.Contains(all, testLegacy) {
			t.Errorf("the token is in %s", all)
		}
		if strings.ContainsAny(text, "\r\n\x00\x1b") {
			t.Errorf("the message has more than one line: %q", text)
		}
		if len(text) > 10_000 {
			t.Errorf("the message has %d bytes", len(text))
		}
		if len(e.Body) > maxErrorBody {
			t.Errorf("the body has %d bytes", len(e.Body))
		}
		for name, reasons := range maps.All(e.Fields) {
			if name == "" || len(reasons) == 0 {
				t.Errorf("field %q with the reasons %q", name, reasons)
			}
		}
	})
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		size int
		want string
	}{
		{"", 0, ""}, {"ab", 2, "ab"}, {"abc", 2, "ab"}, {"aü", 2, "a"}, {"aü", 3, "aü"}, {"ü", 1, ""}, {"a€b", 3, "a"}, {"\x80\x80", 1, ""},
	} {
		if got := cut(tt.text, tt.size); got != tt.want {
			t.Errorf("%q cut to %d bytes is %q, want %q", tt.text, tt.size, got, tt.want)
		}
	}
}
