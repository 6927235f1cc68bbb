package labelstudiotest

import "testing"

// Values come back as Python writes them.
func TestValueKeepsItsBytes(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`{"b":1,"a":[null,true,"x"]}`, `{"b":1,"a":[null,true,"x"]}`},
		{`12345678901234567890`, `12345678901234567890`},
		{`2.50`, `2.5`}, {`1.0`, `1.0`}, {`1e-07`, `1e-07`}, {`1E16`, `1e+16`}, {`-0.0`, `-0.0`}, {`-0`, `0`}, {`0.0001`, `0.0001`},
		{`{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`},
		{`"<&>\u2028\u0001\n\"\\"`, "\"<&>\u2028\\u0001\\n\\\"\\\\\""},
	}
	for _, tt := range tests {
		value, err := decode([]byte(tt.in))
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if got := string(encode(value, compact)); got != tt.want {
			t.Errorf("%s became %s, want %s", tt.in, got, tt.want)
		}
	}
}

// What the real server breaks on is refused, and so is what is no UTF-8.
func TestValueBytes(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`"\ud83d\ude00"`, ""}, {`"\\ud800"`, ""}, {`"\u00e9\n"`, ""},
		{`"\ud800"`, errHalf.Error()}, {`"\ud800\n\udc00"`, errHalf.Error()}, {`"\uDC00"`, errHalf.Error()}, {`"\\\ud83d"`, errHalf.Error()},
		{"\"\xff\"", "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"},
		{"\"\xe9\"", "'utf-8' codec can't decode byte 0xe9 in position 1: invalid continuation byte"},
		{"\"\xe9\x80", "'utf-8' codec can't decode byte 0xe9 in position 1: unexpected end of data"},
	}
	for _, tt := range tests {
		got := ""
		if _, err := decode([]byte(tt.in)); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: refused with %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestValueRefused(t *testing.T) {
	t.Parallel()
	for _, in := range []string{``, `{`, `[1,]`, `1 2`, `{"a"}`, `nope`} {
		if value, err := decode([]byte(in)); err == nil {
			t.Errorf("%q was read as %v", in, value)
		}
	}
}

func TestStyles(t *testing.T) {
	t.Parallel()
	value := object{{"a", []any{int64(1), object{}}}, {"b", []any{}}}
	for s, want := range map[style]string{
		compact: `{"a":[1,{}],"b":[]}`, spaced: `{"a": [1, {}], "b": []}`,
		indented: "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}",
	} {
		if got := string(encode(value, s)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestRepr(t *testing.T) {
	t.Parallel()
	value, err := decode([]byte(`{"a":[null,true,1.5,"it's"],"b":"\"'"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := repr(value), `{'a': [None, True, 1.5, "it's"], 'b': '"\''}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What decodes can be written, and reads as the same again.
func FuzzValue(f *testing.F) {
	for _, seed := range []string{`{"a":[1.50,null,"x"]}`, `[1e300,-0]`, `"\ud800"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		value, err := decode(text)
		if err != nil {
			return
		}
		once := encode(value, compact)
		again, err := decode(once)
		if err != nil {
			t.Fatalf("%s was written as %s, which is no JSON: %v", text, once, err)
		}
		if twice := encode(again, compact); string(twice) != string(once) {
			t.Errorf("%s was written as %s, then as %s", text, once, twice)
		}
	})
}
