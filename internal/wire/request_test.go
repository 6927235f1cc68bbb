package wire

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		template string
		args     []any
		want     string // escaped
	}{
		{"no parameter", "/api/projects/", nil, "/api/projects/"},
		{"number", "/api/projects/{id}/", []any{int64(7)}, "/api/projects/7/"},
		{"two in order", "/api/projects/{id}/exports/{export_pk}", []any{7, "x"}, "/api/projects/7/exports/x"},
		{"at the end", "/api/x/{id}", []any{"a"}, "/api/x/a"},
		{"space", "/api/x/{id}/", []any{"a b"}, "/api/x/a%20b/"},
		{"query and fragment", "/api/x/{id}/", []any{"a?b#c"}, "/api/x/a%3Fb%23c/"},
		{"percent", "/api/x/{id}/", []any{"%2e%2e"}, "/api/x/%252e%252e/"},
		{"dots within a name", "/api/x/{id}/", []any{"..a"}, "/api/x/..a/"},
		{"braces", "/api/x/{id}/{b}", []any{"{b}", 1}, "/api/x/%7Bb%7D/1"},
		{"segments", "/data/{name}", []any{Segments("1/a b.png")}, "/data/1/a%20b.png"},
		{"other scripts", "/api/x/{id}/", []any{"é日"}, "/api/x/%C3%A9%E6%97%A5/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, err := New("X.Get", http.MethodGet, tt.template, tt.args...).Build(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := req.URL.EscapedPath(); got != tt.want {
				t.Errorf("path %s, want %s", got, tt.want)
			}
			if req.URL.RawQuery != "" || req.URL.Fragment != "" || req.URL.Host != "" {
				t.Errorf("the argument reached beyond the path: %s", req.URL)
			}
		})
	}
}

func TestPathRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		template string
		args     []any
		want     string
	}{
		{"empty", "/api/x/{id}/", []any{""}, `path parameter id is ""`},
		{"no id", "/api/x/{id}/{key}", []any{int64(1), int64(0)}, "path parameter key is 0"},
		{"dot", "/api/x/{id}/", []any{"."}, `path parameter id is "."`},
		{"two dots", "/api/x/{id}/{key}/", []any{1, ".."}, `path parameter key is ".."`},
		{"slash", "/api/x/{id}/", []any{"a/b"}, `path parameter id is "a/b"`},
		{"backslash", "/api/x/{id}/", []any{`a\b`}, `path parameter id is "a\\b"`},
		{"segments that climb", "/data/{name}", []any{Segments("1/../2")}, `path parameter name is "1/../2"`},
		{"segments with a gap", "/data/{name}", []any{Segments("1//2")}, `path parameter name is "1//2"`},
		{"too many", "/api/x/{id}/", []any{1, 2}, "more arguments than path parameters"},
		{"none to fill", "/api/x/", []any{1}, "more arguments than path parameters"},
		{"too few", "/api/x/{id}/{key}/", []any{1}, "fewer arguments than path parameters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, err := New("X.Get", http.MethodGet, tt.template, tt.args...).Build(t.Context())
			if err == nil {
				t.Fatalf("built %s", req.URL)
			}
			for _, part := range []string{tt.want, "GET " + tt.template} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q doesn't say %q", err, part)
				}
			}
		})
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	type named string
	ref := func(v any) any {
		switch v := v.(type) {
		case string:
			return &v
		case bool:
			return &v
		case int64:
			return &v
		case named:
			return &v
		}
		panic("not a type of the test")
	}
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"nil pointer", (*string)(nil), ""},
		{"nil list", []string(nil), ""},
		{"nil pointer to a list", (*[]string)(nil), ""},
		{"nil", nil, ""},
		{"empty list", []int64{}, ""},
		{"false", ref(false), "p=false"},
		{"zero", ref(int64(0)), "p=0"},
		{"empty string", ref(""), "p="},
		{"bare false", false, "p=false"},
		{"number", ref(int64(-7)), "p=-7"},
		{"64 bits", ref(int64(1<<62 + 1)), "p=4611686018427387905"},
		{"named string", ref(named("x")), "p=x"},
		{"reserved characters", ref("a&b=c d+é"), "p=a%26b%3Dc+d%2B%C3%A9"},
		{"list", []string{"a", "b,c"}, "p=a&p=b%2Cc"},
		{"pointer to a list", &[]int64{1, 2}, "p=1&p=2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := New("X.List", http.MethodGet, "/api/x/")
			r.Query("p", tt.value)
			req, err := r.Build(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got, err := url.ParseQuery(req.URL.RawQuery)
			if err != nil {
				t.Fatal(err)
			}
			want, err := url.ParseQuery(tt.want)
			if err != nil {
				t.Fatal(err)
			}
			if got.Encode() != want.Encode() {
				t.Errorf("query %s, want %s", req.URL.RawQuery, tt.want)
			}
		})
	}
}

func TestQueryOrderAndNames(t *testing.T) {
	t.Parallel()
	r := New("Exports.Export", http.MethodGet, "/api/projects/{id}/export", 1)
	r.Query("exportType", "JSON")
	r.Query("ids[]", []int64{2, 1})
	r.QueryJoined("fields", []string{"a", "b"})
	req, err := r.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"exportType": {"JSON"}, "ids[]": {"2", "1"}, "fields": {"a,b"}}
	if got.Encode() != want.Encode() {
		t.Errorf("query %v, want %v", got, want)
	}
}

func TestQueryJoined(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		value any
		want  string
	}{
		{"nil", []string(nil), ""},
		{"empty", []string{}, ""},
		{"one", []string{"a"}, "a"},
		{"several", []string{"a", "b c", "d"}, "a,b c,d"},
		{"numbers", &[]int64{1, 2}, "1,2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := New("X.List", http.MethodGet, "/api/x/")
			r.QueryJoined("p", tt.value)
			req, err := r.Build(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			query := req.URL.Query()
			if got := query.Get("p"); got != tt.want || len(query["p"]) > 1 {
				t.Errorf("query %s, want one p=%s", req.URL.RawQuery, tt.want)
			}
			if sent := query.Has("p"); sent != (tt.want != "") {
				t.Errorf("query %q", req.URL.RawQuery)
			}
		})
	}
}

func TestJSONBody(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"no escapes for HTML", map[string]string{"label_config": `<View a="&"/>`}, `{"label_config":"<View a=\"&\"/>"}`},
		{"raw JSON keeps its digits", json.RawMessage(`{"n":12345678901234567890,"f":1.10}`), `{"n":12345678901234567890,"f":1.10}`},
		{"no line break at the end", []int{1}, `[1]`},
		{"line break within", map[string]string{"a": "b\n"}, `{"a":"b\n"}`},
		{"zero values", struct {
			A *bool `json:"a,omitempty"`
			B *int  `json:"b,omitempty"`
		}{A: new(bool)}, `{"a":false}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := New("X.Create", http.MethodPost, "/api/x/")
			r.JSON(tt.value)
			req, err := r.Build(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := req.Header.Get("Content-Type"); got != "application/json" {
				t.Errorf("content type %q", got)
			}
			if req.ContentLength != int64(len(tt.want)) {
				t.Errorf("content length %d, want %d", req.ContentLength, len(tt.want))
			}
			if got := readAll(t, req.Body); got != tt.want {
				t.Errorf("body %s, want %s", got, tt.want)
			}
			for range 2 { // and again, as often as it takes
				again, err := req.GetBody()
				if err != nil {
					t.Fatal(err)
				}
				if got := readAll(t, again); got != tt.want {
					t.Errorf("body the next time %s, want %s", got, tt.want)
				}
			}
		})
	}
}

func TestStreamedBody(t *testing.T) {
	t.Parallel()
	r := New("X.Import", http.MethodPost, "/api/x/")
	r.Body("text/csv", io.MultiReader(strings.NewReader("a,"), strings.NewReader("b")))
	req, err := r.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if req.GetBody != nil {
		t.Error("the body of a stream can't be had again")
	}
	if got := req.Header.Get("Content-Type"); got != "text/csv" {
		t.Errorf("content type %q", got)
	}
	if got := readAll(t, req.Body); got != "a,b" {
		t.Errorf("body %q", got)
	}
}

func TestNoBody(t *testing.T) {
	t.Parallel()
	r := New("X.Delete", http.MethodDelete, "/api/x/")
	r.Body("text/csv", nil)
	req, err := r.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if req.Body != nil || req.Header.Get("Content-Type") != "" {
		t.Errorf("body %v of type %q, want none", req.Body, req.Header.Get("Content-Type"))
	}
}

func TestFirstFaultIsKept(t *testing.T) {
	t.Parallel()
	r := New("X.Create", http.MethodPost, "/api/{id}/", "")
	r.Query("q", []any{func() {}})
	r.JSON(func() {})
	if _, err := r.Build(t.Context()); err == nil || !strings.Contains(err.Error(), "path parameter id") {
		t.Errorf("error %v, want the one of the path", err)
	}
}

func TestUnencodableBody(t *testing.T) {
	t.Parallel()
	r := New("X.Create", http.MethodPost, "/api/x/")
	r.JSON(func() {})
	var unsupported *json.UnsupportedTypeError
	if _, err := r.Build(t.Context()); !errors.As(err, &unsupported) {
		t.Errorf("error %v, want the encoder's", err)
	}
}

func TestBuildCarriesOperation(t *testing.T) {
	t.Parallel()
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "kept")
	req, err := New("Projects.Get", http.MethodGet, "/api/projects/{id}/", 3).Build(ctx)
	if err != nil {
		t.Fatal(err)
	}
	op, ok := OperationFrom(req.Context())
	if want := (Operation{"Projects.Get", http.MethodGet, "/api/projects/{id}/"}); !ok || op != want {
		t.Errorf("operation %v, want %v", op, want)
	}
	if req.Context().Value(key{}) != "kept" {
		t.Error("the context lost its values")
	}
	if _, ok := OperationFrom(t.Context()); ok {
		t.Error("an operation where none was put")
	}
}

func readAll(t *testing.T, r io.ReadCloser) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return string(b)
}
