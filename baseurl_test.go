package labelstudio

import (
	"net/url"
	"strings"
	"testing"
)

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	tests := []struct{ raw, want string }{
		{"http://localhost:8080", "http://localhost:8080"},
		{"https://labels.example.com/", "https://labels.example.com"},
		{"https://example.com/labels", "https://example.com/labels"},
		{"https://example.com/labels/", "https://example.com/labels"},
		{"https://example.com/a/b//", "https://example.com/a/b"},
		{"https://example.com/a%2Fb%20c/", "https://example.com/a%2Fb%20c"},
		{"https://example.com/a b", "https://example.com/a%20b"},
		{"https://example.com/@x", "https://example.com/@x"},
		{"https://example.com/%40x", "https://example.com/%40x"},
		{"http://[::1]:8080/x", "http://[::1]:8080/x"},
		{"HTTPS://Example.com", "https://Example.com"},
	}
	for _, tt := range tests {
		b, err := parseBaseURL(tt.raw)
		if err != nil {
			t.Errorf("%s: %v", tt.raw, err)
		} else if b.String() != tt.want {
			t.Errorf("%s is shown as %s, want %s", tt.raw, b, tt.want)
		}
	}
}

func TestParseBaseURLRefuses(t *testing.T) {
	t.Parallel()
	const password = "s3cret-pass"
	tests := []struct{ name, raw, want string }{
		{"empty", "", "the base URL is empty: write it like https://"},
		{"no scheme", "labels.example.com", `"labels.example.com" has no scheme: write https://labels.example.com`},
		{"no scheme but a port", "localhost:8080", `"localhost:8080" has no scheme: write https://localhost:8080`},
		{"no scheme but slashes", "//labels.example.com/x", "write https://labels.example.com/x"},
		{"another scheme", "ftp://example.com", `has the scheme "ftp": only http and https`},
		{"no host", "https://", "has no host"},
		{"no host but a path", "https:///x", "has no host"},
		{"no host but a port", "https://:80", "has no host"},
		{"query", "https://example.com?token=" + password, "has a query or a fragment"},
		{"empty query", "https://example.com/?", "has a query or a fragment"},
		{"fragment", "https://example.com/#x", "has a query or a fragment"},
		{"bad port", "https://example.com:x/", "can't be parsed"},
		{"bad escape", "https://example.com/%zz", "can't be parsed"},
		{"line break", "https://example.com\n", "can't be parsed"},
		{"escaped in part", "https://example.com/a%2Fb c", "escape all of it or nothing"},
		{"dots", "https://example.com/a/../b", "has a segment . or .."},
		{"dots with a parameter", "https://example.com/a/..;x/b", "has a segment . or .."},
		{"password", "https://user:" + password + "@example.com", "user name or password: leave it out and give a token with WithToken"},
		{"user", "https://user@example.com", "user name or password"},
		{"password that can't be parsed", "https://user:" + password + "%zz@example.com", "user name or password"},
		{"password and space", "https://us er:" + password + "@example.com", "user name or password"},
		{"password without scheme", "user:" + password + "@example.com", "user name or password"},
		{"password before an escaped @", "https://user:" + password + "%40example.com", "user name or password"},
		{"password and space before an escaped @", "https://us er:" + password + "%40example.com/x", "user name or password"},
		{"password before an escaped @, without scheme", "user:" + password + "%40example.com", "user name or password"},
		{"password with a hash", "https://user:" + password + "#x@example.com", ""},
		{"password with a slash", "https://user:" + password + "/x@example.com", ""},
		{"password with a question mark", "https://user:" + password + "?x@example.com", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, err := parseBaseURL(tt.raw)
			if err == nil {
				t.Fatalf("accepted as %s", b)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want %q", err, tt.want)
			}
			checkNoSecret(t, "the error", err.Error(), password)
		})
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct{ base, ref, want string }{
		{"https://h", "/api/projects/", "https://h/api/projects/"},
		{"https://h/", "/api/projects/?a=b", "https://h/api/projects/?a=b"},
		{"https://h/p", "/api/x", "https://h/p/api/x"},
		{"https://h/p/", "/api/x", "https://h/p/api/x"},
		{"https://h/p", "/api/a%2Fb/", "https://h/p/api/a%2Fb/"},
		{"https://h/p%2Fq", "/api/a b/", "https://h/p%2Fq/api/a%20b/"},
		{"https://h/p%2Fq", "/api/a%2Fb/?q=%2F&r", "https://h/p%2Fq/api/a%2Fb/?q=%2F&r"},
		{"https://h", "/data/%E6%97%A5..x/", "https://h/data/%E6%97%A5..x/"},
	}
	for _, tt := range tests {
		base, err := parseBaseURL(tt.base)
		if err != nil {
			t.Fatal(err)
		}
		ref, err := url.Parse(tt.ref)
		if err != nil {
			t.Fatal(err)
		}
		got, err := base.resolve(ref)
		if err != nil || got.String() != tt.want {
			t.Errorf("%s below %s: %v (%v), want %s", tt.ref, tt.base, got, err, tt.want)
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	t.Parallel()
	base, err := parseBaseURL("https://h/p/")
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{
		"https://other/api/", "//other/api/", "api/", "", "mailto:x", "/api/../x", "/api/%2e%2e/x", "/api/..%2Fx", `/api/..\x`, "/api/..;/x", "/api/..%3Ba/x", "/api/.;x",
		"/./x", "/api/x/..", "/api/a%2Fb c/",
	} {
		ref, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := base.resolve(ref); err == nil {
			t.Errorf("%s was resolved to %s", raw, got)
		}
	}
}

func TestOriginOf(t *testing.T) {
	t.Parallel()
	same := [][2]string{
		{"http://h", "http://h:80/x"},
		{"https://h", "https://H:443/x?y"},
		{"https://[::1]/", "https://[::1]:443"},
		{"HTTP://h:8080", "http://h:8080"},
		{"http://b\u00fccher.test", "http://b\u00fccher.test:80"},
	}
	different := [][2]string{
		{"http://h", "https://h"},
		{"http://h:443", "https://h:443"},
		{"http://h", "http://h:8080"},
		{"http://h", "http://sub.h"},
		{"http://h", "http://h."},
		{"http://127.0.0.1", "http://localhost"},
		{"http://127.0.0.1", "http://[::1]"},
		{"http://airbus.test", "http://a\u0130rbus.test"},
		{"http://kelvin.test", "http://\u212aelvin.test"},
		{"http://[fe80::1%25en]", "http://[fe80::1%25EN]"},
	}
	origin := func(raw string) string {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		return originOf(u)
	}
	for _, pair := range same {
		if a, b := origin(pair[0]), origin(pair[1]); a != b {
			t.Errorf("%s and %s differ: %s, %s", pair[0], pair[1], a, b)
		}
	}
	for _, pair := range different {
		if a, b := origin(pair[0]), origin(pair[1]); a == b {
			t.Errorf("%s and %s are the same: %s", pair[0], pair[1], a)
		}
	}
}
