package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Fuzz tests of what reads the bytes of others and has no test file that is
// nearer. Their seeds, and what they have found, are in testdata/fuzz.

// Whatever a server asks for, the wait is neither negative nor longer than a
// day, and no retry waits longer than it may.
func FuzzRetryAfter(f *testing.F) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Add("7")
	f.Add("Fri, 02 Jan 2026 03:05:05 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		asked := retryAfter(http.Header{"Retry-After": {value}}, now)
		if asked < 0 || asked > 24*time.Hour {
			t.Fatalf("%q is %s", value, asked)
		}
		if wait, again := waitAfter(http.StatusServiceUnavailable, asked, 1); again && (wait <= 0 || wait > maxRetryAfter) {
			t.Errorf("%q makes the wait %s", value, wait)
		}
	})
}

// Whatever a path is, a request stays at the origin and below the path of the
// base URL, where the token belongs.
func FuzzResolve(f *testing.F) {
	f.Add("https://labels.example.com/pre%2Ffix/", "/api/x/")
	f.Add("http://[::1]:8080", "/a%2e%2e/b")
	f.Fuzz(func(t *testing.T, raw, path string) {
		base, err := parseBaseURL(raw)
		if err != nil {
			return
		}
		if base.url.User != nil || strings.ContainsAny(base.String(), "?#@") && !strings.Contains(base.path, "@") {
			t.Fatalf("%q is the base URL %s", raw, base)
		}
		req, err := newRequest(t.Context(), http.MethodGet, path, nil, nil)
		if err != nil {
			return
		}
		target, err := base.resolve(req.URL)
		if err != nil {
			return
		}
		again, err := url.Parse(target.String())
		if err != nil {
			t.Fatalf("%q below %q is %s, which can't be parsed: %v", path, raw, target, err)
		}
		if originOf(again) != base.origin || again.User != nil || !strings.HasPrefix(again.EscapedPath(), base.prefix+"/") {
			t.Errorf("%q below %q leads to %s", path, raw, again)
		}
		if hasDotSegment(again.Path) {
			t.Errorf("%q below %q climbs up: %s", path, raw, again)
		}
	})
}

// What counts as one origin is reached at one address.
func FuzzOrigin(f *testing.F) {
	f.Add("http://airbus.test", "http://a\u0130rbus.test/y")
	f.Add("https://\u212a.test", "https://k.test:443")
	f.Add("http://b\u00dccher.test", "http://B\u00fccher.test:80")
	f.Add("http://[fe80::1%25en]", "http://[FE80::1%25EN]:80")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, other := range []string{b, strings.ToUpper(a), strings.ToLower(a)} {
			first, err := url.Parse(a)
			second, otherErr := url.Parse(other)
			if err != nil || otherErr != nil || first.Hostname() == "" || originOf(first) != originOf(second) {
				continue
			}
			if one, two := dialled(t, first), dialled(t, second); foldHost(one) != foldHost(two) {
				t.Errorf("%q and %q are one origin, but lead to %q and %q", a, other, one, two)
			}
		}
	})
}

// dialled returns the address that net/http would connect to, if any.
func dialled(t *testing.T, u *url.URL) (addr string) {
	t.Helper()
	transport := &http.Transport{DialContext: func(_ context.Context, _, to string) (net.Conn, error) {
		addr = to
		return nil, errors.New("not in a test")
	}}
	req := (&http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}}).WithContext(t.Context())
	if res, err := transport.RoundTrip(req); err == nil {
		_ = res.Body.Close()
		t.Errorf("%s answers", u)
	}
	return addr
}

// What encoding/json takes for one document that is not null is taken, and
// nothing else is.
func FuzzDecodeJSON(f *testing.F) {
	f.Add(`{"a":[1.50,null,"\u00e9"]}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		var got, want any
		err := decodeJSON(strings.NewReader(text), &got)
		usual := json.NewDecoder(strings.NewReader(text))
		usual.UseNumber()
		wantErr := usual.Decode(&want)
		if _, more := usual.Token(); wantErr == nil && !errors.Is(more, io.EOF) {
			wantErr = errors.New("something follows")
		}
		if wantErr == nil && want == nil {
			wantErr = errNull
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, want %v", text, err, wantErr)
		}
		if err != nil {
			return
		}
		a, err := json.Marshal(got)
		b, wantErr := json.Marshal(want)
		if string(a) != string(b) || err != nil || wantErr != nil {
			t.Errorf("%q is read as %s, %v, want %s, %v", text, a, err, b, wantErr)
		}
	})
}

// A file that counts as whole JSON is JSON.
func FuzzJSONProof(f *testing.F) {
	f.Add(`[{"id":1}]`)
	f.Add(`[NaN]`)
	f.Add(`[1`)
	f.Fuzz(func(t *testing.T, text string) {
		proof, err := jsonProof(strings.NewReader(text), defaultLimits.element)
		if proof == ProofStructure && !json.Valid([]byte(text)) {
			t.Errorf("%q is no JSON", text)
		}
		list := strings.HasPrefix(strings.TrimSpace(text), "[") // as all exports are
		if err != nil && (proof != ProofNone || list && json.Valid([]byte(text))) {
			t.Errorf("%q: %q, %v", text, proof, err)
		}
	})
}

// A part of a file is taken only for what was asked for.
func FuzzContentRange(f *testing.F) {
	f.Add(206, int64(10), "bytes 0-9/10")
	f.Add(200, int64(-1), "bytes */7")
	f.Fuzz(func(t *testing.T, status int, length int64, value string) {
		res := &http.Response{StatusCode: status, ContentLength: max(length, -1), Header: http.Header{"Content-Range": {value}}}
		if size := pieceOf(res).size; size < -1 {
			t.Errorf("%q of %d bytes has the size %d", value, length, size)
		}
		body, err := rest(io.NopCloser(strings.NewReader("")), res, 3, 10)
		if err == nil && (value != "bytes 3-9/10" || status != http.StatusPartialContent || body == nil) {
			t.Errorf("%d %q is the rest", status, value)
		}
		if err != nil && !errors.Is(err, errOtherFile) {
			t.Errorf("error %v", err)
		}
	})
}

// A secret is in no text, in whatever form, and the text is otherwise whole.
func FuzzScrub(f *testing.F) {
	f.Add("the token is abcdef0123 and https://u:p@x.test/?sig=abcdef0123", "abcdef0123")
	f.Add("a b", "b")
	f.Fuzz(func(t *testing.T, text, secret string) {
		scrub := newScrubber([]string{secret})
		scrub.urls = true
		got := scrub.text(text)
		if len(secret) >= shortestSecret && !strings.Contains(redacted, secret) && strings.Contains(got, secret) &&
			!strings.Contains(strings.ReplaceAll(got, redacted, "\x00"), secret) {
			return // it came about beside what was replaced
		} else if len(secret) >= shortestSecret && strings.TrimSpace(secret) != "" && strings.Contains(strings.ReplaceAll(got, redacted, "\x00"), secret) {
			t.Errorf("%q without %q is %q", text, secret, got)
		}
		if len(secret) >= shortestSecret && !strings.Contains(text, "?") && !strings.Contains(text, "@") && !containsForm(text, secret) && got != text {
			t.Errorf("%q without %q is %q", text, secret, got)
		}
	})
}

func containsForm(text, secret string) bool {
	for _, form := range formsOf(secret) {
		if strings.Contains(text, form) || strings.Contains(plainEscapes(text), form) {
			return true
		}
	}
	return false
}

// Whatever a file is, it is a checkpoint or it is left as it is.
func FuzzCheckpoint(f *testing.F) {
	head := journalHead{Server: "https://labels.test", Project: 7, Key: "k"}
	f.Add([]byte(`{"server":"https://labels.test","project":7,"key":"k","run":"R"}` + "\n" +
		`{"first":0,"count":2,"sum":"ab"}` + "\n" + `{"first":0,"count":2,"sum":"ab","outcome":"imported"}` + "\n" + `{"first":2,"co`))
	f.Add([]byte(`{"server":"https://labels.test","project":7,"key":"k","run":"R"}` + "\n" + `{"first":0}` + "\n"))
	f.Add([]byte(`{"server":"https://labels.test","project":7,"key":"k","run":"R"}` + "\n" + `x` + "\n"))
	f.Add([]byte("id,name\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "checkpoint")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		journal, err := openJournal(path, head)
		after, readErr := os.ReadFile(path)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if err != nil {
			if journal != nil || string(after) != string(content) {
				t.Errorf("%q is refused with %v, and is %q then", content, err, after)
			}
			if !strings.Contains(err.Error(), path) || !errors.Is(err, ErrCheckpoint) {
				t.Errorf("%q is refused with %v", content, err)
			}
			return
		}
		if journal.run == "" {
			t.Errorf("%q is a checkpoint without a run", content)
		}
		for first := range 4 {
			if count, _ := journal.limit(first, 3); count < 1 {
				t.Errorf("%q makes the batch at %d have %d tasks", content, first, count)
			}
		}
		if err := journal.close(); err != nil {
			t.Error(err)
		}
		again, err := openJournal(path, head)
		if err != nil {
			t.Fatalf("%q is a checkpoint, and then %q is none: %v", content, after, err)
		}
		if again.run != journal.run || len(again.batches) != len(journal.batches) {
			t.Errorf("%q is read in two ways", content)
		}
		if err := again.close(); err != nil {
			t.Error(err)
		}
	})
}
