package labelstudio

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

func TestDecodeJSON(t *testing.T) {
	t.Parallel()
	type item struct{ A any }
	tests := []struct {
		name, text string
		want       string // of the error; empty for success
		is         error
	}{
		{"object", `{"a":1}`, "", nil},
		{"white space around", " \r\n\t{\"a\":1}\n\n", "", nil},
		{"empty", ``, "it is empty, JSON was expected", nil},
		{"white space only", " \n", "it is empty, JSON was expected", nil},
		{"null", `null`, "it is the JSON null", errNull},
		{"null and space", "\n null \n", "it is the JSON null", errNull},
		{"nearly null", `nul`, "unexpected EOF", io.ErrUnexpectedEOF},
		{"not null", `nothing`, "invalid character", nil},
		{"null and more", `null null`, "something follows", nil},
		{"cut", `{"a":1`, "unexpected EOF", io.ErrUnexpectedEOF},
		{"cut in a string", `{"a":"x`, "unexpected EOF", io.ErrUnexpectedEOF},
		{"two documents", `{"a":1}{"a":2}`, "something follows the JSON document", nil},
		{"garbage after", `{"a":1}x`, "after the JSON document: jsontext: invalid character", nil},
		{"closing brace after", `{"a":1}}`, "after the JSON document", nil},
		{"another shape", `[1]`, "unmarshal JSON array", nil},
		{"HTML", `<html>`, "invalid character '<'", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []io.Reader{strings.NewReader(tt.text), iotest.OneByteReader(strings.NewReader(tt.text)), iotest.DataErrReader(strings.NewReader(tt.text))} {
				var got item
				err := decodeJSON(r, &got)
				if tt.want == "" {
					if err != nil || got.A != json.Number("1") {
						t.Errorf("%v, %v", got, err)
					}
					continue
				}
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error %v, want %q", err, tt.want)
				}
				if tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("error %v is not %v", err, tt.is)
				}
			}
		})
	}
}

func TestDecodeJSONKeepsDigitsAndBytes(t *testing.T) {
	t.Parallel()
	const text = `{"n":12345678901234567890.10,"raw":{"b": 1.0,  "a":"\u003c"}}`
	var got struct {
		N   any
		Raw json.RawMessage
	}
	if err := decodeJSON(strings.NewReader(text), &got); err != nil {
		t.Fatal(err)
	}
	if got.N != json.Number("12345678901234567890.10") || string(got.Raw) != `{"b": 1.0,  "a":"\u003c"}` {
		t.Errorf("%v %s", got.N, got.Raw)
	}
}

func TestDecodeJSONReturnsReadErrors(t *testing.T) {
	t.Parallel()
	errRead := errors.New("read")
	for _, text := range []string{"", `{"a":`, `{"a":1}`} {
		err := decodeJSON(io.MultiReader(strings.NewReader(text), iotest.ErrReader(errRead)), new(any))
		if !errors.Is(err, errRead) {
			t.Errorf("after %q: %v", text, err)
		}
	}
}

func TestCheckAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		status      int
		contentType string
		disposition string
		body        wire.Body
		want        string
	}{
		{"JSON", 200, "application/json", "", wire.JSON, ""},
		{"JSON with parameters", 201, "application/json; charset=utf-8", "", wire.JSON, ""},
		{"JSON with bad parameters", 200, "application/json; charset", "", wire.JSON, ""},
		{"JSON in capitals", 200, "Application/JSON", "", wire.JSON, ""},
		{"kind of JSON", 200, "application/problem+json", "", wire.JSON, ""},
		{"HTML for JSON", 200, "text/html; charset=utf-8", "", wire.JSON, "it is of the type text/html, JSON was expected"},
		{"text for JSON", 200, "text/plain", "", wire.JSON, "it is of the type text/plain"},
		{"no type", 200, "", "", wire.JSON, "no content type"},
		{"bad type", 200, "/;;", "", wire.JSON, `content type "/;;"`},
		{"another success", 202, "application/json", "", wire.JSON, "the described success is 200 OK or 201 Created"},
		{"no content for JSON", 204, "", "", wire.JSON, "the described success is 200 OK"},
		{"nothing", 200, "", "", wire.None, ""},
		{"JSON for nothing", 200, "application/json", "", wire.None, ""},
		{"HTML for nothing", 200, "text/html", "", wire.None, "an HTML page was not expected"},
		{"file", 200, "application/zip", `attachment; filename="x.zip"`, wire.Stream, ""},
		{"file without type", 200, "", "", wire.Stream, ""},
		{"HTML for a file", 200, "text/html; charset=utf-8", "", wire.Stream, "an HTML page was not expected"},
		{"HTML file", 200, "text/html", `inline; filename="x.html"`, wire.Stream, ""},
		{"anything", 200, "text/html", "", raw, ""},
	}
	for _, tt := range tests {
		res := &http.Response{StatusCode: tt.status, Header: http.Header{}}
		res.Header.Set("Content-Type", tt.contentType)
		res.Header.Set("Content-Disposition", tt.disposition)
		err := checkAnswer(res, wire.Answer{Status: []int{200, 201}, Body: tt.body})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
	res := &http.Response{StatusCode: 299, Header: http.Header{}}
	if err := checkAnswer(res, wire.Answer{}); err != nil {
		t.Errorf("without statuses: %v", err)
	}
}
