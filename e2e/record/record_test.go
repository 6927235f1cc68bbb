package record

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// exchange sends one request through a recorder and returns what it kept, as
// read back and as it stands in the file.
func exchange(t *testing.T, req *http.Request, handler http.HandlerFunc, read int64) (*Exchange, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "recorded")
	t.Setenv(Variable, file)
	server := httptest.NewServer(handler)
	defer server.Close()
	req.URL.Scheme, req.URL.Host = "http", strings.TrimPrefix(server.URL, "http://")
	resp, err := Transport(t.Name(), http.DefaultTransport).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, read)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second Close records nothing
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 {
		t.Fatalf("%d exchanges were recorded, want 1", len(list))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return list[0], string(text)
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // the test sees what is missing
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(body)
}

const all = 1 << 20

func TestExchangeIsKept(t *testing.T) {
	body := `{"big":12345678901234567890,"html":"<&>"}`
	req := httptest.NewRequest("POST", "/api/a%2Fb/?x=1&x=2", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	ex, _ := exchange(t, req, echo, all)
	want := Exchange{
		Test: t.Name(), Method: "POST", Path: "/api/a%2Fb/", Query: "x=1&x=2", RequestType: "application/json", RequestBody: []byte(body),
		Status: 201, ResponseType: "application/json; charset=utf-8", ResponseBody: []byte(body),
	}
	got, err := json.Marshal(ex)
	if err != nil {
		t.Fatal(err)
	}
	if wanted, err := json.Marshal(want); err != nil || string(got) != string(wanted) {
		t.Errorf("kept %s\nwant %s (%v)", got, wanted, err)
	}
}

func TestCredentialIsNotKept(t *testing.T) {
	tests := []struct{ header, scheme string }{
		{"Token 0123456789abcdef", "Token"},
		{"Bearer eyJ.0123456789abcdef.x", "Bearer"},
		{"", ""},
	}
	for _, test := range tests {
		req := httptest.NewRequest("GET", "/", http.NoBody)
		if test.header != "" {
			req.Header.Set("Authorization", test.header)
		}
		ex, text := exchange(t, req, echo, all)
		if ex.Scheme != test.scheme {
			t.Errorf("kept the scheme %q, want %q", ex.Scheme, test.scheme)
		}
		if strings.Contains(text, "0123456789abcdef") {
			t.Errorf("the credential of %q was kept", test.scheme)
		}
	}
}

func TestAnswerThatIsNotReadToItsEnd(t *testing.T) {
	for _, test := range []struct {
		read    int64
		partial bool
	}{{all, false}, {3, true}} {
		req := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 10_000)))
		ex, _ := exchange(t, req, echo, test.read)
		if ex.Partial != test.partial || (len(ex.ResponseBody) == 10_000) == test.partial {
			t.Errorf("read %d bytes: kept %d, partial: %v", test.read, len(ex.ResponseBody), ex.Partial)
		}
	}
}

func TestNothingIsRecordedUnasked(t *testing.T) {
	t.Setenv(Variable, "")
	if got := Transport("x", http.DefaultTransport); got != http.DefaultTransport {
		t.Errorf("got a %T, want the transport itself", got)
	}
}

func TestLoadNamesTheBrokenLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "recorded")
	if err := os.WriteFile(file, []byte("{\"Method\":\"GET\"}\n{broken\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v, want an error that names line 2", err)
	}
}
