package jsondiff

import (
	"slices"
	"testing"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sent, kept string
		want             []string
	}{
		{"order and space", `{"a":1,"b":[true,null]}`, ` {"b":[true,null], "a":1}`, nil},
		{"a key is lost and one invented", `{"a":{"b":1}}`, `{"a":{"c":1}}`, []string{".a.b: sent true, kept false", ".a.c: sent false, kept true"}},
		{"null is no absence", `{"a":null}`, `{}`, []string{".a: sent true, kept false"}},
		{"null is no zero", `[null]`, `[0]`, []string{"[0]: <nil> became 0"}},
		{"integer beyond 53 bits", `[9007199254740993]`, `[9007199254740992]`, []string{"[0]: 9007199254740993 became 9007199254740992"}},
		{"integer of another form", `[1]`, `[1.0]`, []string{"[0]: 1 became 1.0"}},
		{"number of another form", `[0.0,1.50,1e2]`, `[0,1.5,100]`, nil},
		{"another number", `[1.5]`, `[1.25]`, []string{"[0]: 1.5 became 1.25"}},
		{"instant of another form", `["2026-01-02T03:04:05.500000Z"]`, `["2026-01-02T03:04:05.5Z"]`, nil},
		{"another instant", `["2026-01-02T03:04:05Z"]`, `["2026-01-02T03:04:06Z"]`, []string{"[0]: 2026-01-02T03:04:05Z became 2026-01-02T03:04:06Z"}},
		{"text that is a number", `["1.0"]`, `["1"]`, []string{"[0]: 1.0 became 1"}},
		{"another type", `[{}]`, `[[]]`, []string{"[0]: map[] became []"}},
		{"a shorter list", `[[1,2]]`, `[[1]]`, []string{"[0]: [1 2] became [1]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Differences([]byte(tt.sent), []byte(tt.kept))
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%q, %v, want %q", got, err, tt.want)
			}
		})
	}
	for _, broken := range [][2]string{{"{", "{}"}, {"{}", "{"}} {
		if _, err := Differences([]byte(broken[0]), []byte(broken[1])); err == nil {
			t.Errorf("%q are compared", broken)
		}
	}
}
