package labelstudio

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRaw(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value any
		want  string
	}{
		{map[string]any{"text": "<b>&</b>"}, `{"text":"<b>&</b>"}`},
		{"line\n", `"line\n"`},
		{json.Number("12345678901234567890"), `12345678901234567890`},
		{nil, `null`},
	} {
		got, err := Raw(tt.value)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s, %v, want %s", got, err, tt.want)
		}
	}
	if got, err := Raw(func() {}); err == nil || got != nil {
		t.Errorf("%s, %v", got, err)
	}
}

func TestRawMap(t *testing.T) {
	t.Parallel()
	m, err := RawMap(json.RawMessage(`{"id": 9007199254740993, "nested": {"x": 1.10}, "none": null}`))
	if err != nil {
		t.Fatal(err)
	}
	nested, _ := m["nested"].(map[string]any)
	if m["id"] != json.Number("9007199254740993") || nested["x"] != json.Number("1.10") || m["none"] != nil || len(m) != 3 {
		t.Errorf("%v", m)
	}
	for _, raw := range []string{``, ` `, `null`, `[]`, `"a"`, `{`, `{}{}`, `{} x`} {
		if m, err := RawMap(json.RawMessage(raw)); err == nil || m != nil {
			t.Errorf("%q became %v", raw, m)
		}
	}
}

func TestRawInto(t *testing.T) {
	t.Parallel()
	var dst struct {
		Text string
		Any  any
	}
	if err := RawInto(json.RawMessage(` {"text":"a","any":1,"other":2} `), &dst); err != nil || dst.Text != "a" || dst.Any != json.Number("1") {
		t.Errorf("%+v, %v", dst, err)
	}
	for raw, want := range map[string]string{
		``:              "the raw JSON is empty",
		"\n":            "the raw JSON is empty",
		`null`:          "the raw JSON is null",
		`{"text":1}`:    "unmarshal JSON number",
		`{}[]`:          "something follows",
		`{"text":"a"`:   "unexpected EOF",
		`{"text":"a"}}`: "after the JSON document",
	} {
		err := RawInto(json.RawMessage(raw), &dst)
		if err == nil || !strings.HasPrefix(err.Error(), "labelstudio: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", raw, err, want)
		}
	}
}
