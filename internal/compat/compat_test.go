package compat

import (
	"slices"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	// From the oldest to the newest; what stands in one line is the same.
	order := [][]string{
		{"0.9"},
		{"1.21", "1.21.0", "v1.21.0", "1.21.0.0"},
		{"1.22.0.dev3", "1.22.0rc1", "1.22.0-beta.2", "1.22.0.dev1+g0a1b2c"},
		{"1.22.0", "1.22.0+ls.4", " 1.22.0\n"},
		{"1.22.0.post0", "1.22.0-1", "1.22.0.post1.dev2"},
		{"1.22.1"},
		{"1.100.0"},
		{"2.0"},
	}
	for i, line := range order {
		for j, other := range order {
			for _, a := range line {
				for _, b := range other {
					va, okA := Parse(a)
					vb, okB := Parse(b)
					if !okA || !okB {
						t.Fatalf("%q or %q is no version", a, b)
					}
					if got, want := sign(va.Compare(vb)), sign(i-j); got != want {
						t.Errorf("%q to %q is %d, want %d", a, b, got, want)
					}
				}
			}
		}
	}
}

func sign(n int) int { return max(-1, min(1, n)) }

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "develop", "1.", ".1", "1..2", "1.x", "1.22.0 beta two", "99999999999999999999.1", "-1.2", "١.٢"} {
		if v, ok := Parse(text); ok {
			t.Errorf("%q is the version %v", text, v)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"1.23.2", "1.24.0.dev1+g12", "v1.2-rc.3", "1.0.post1", "", "x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, ok := Parse(text)
		if !ok {
			return
		}
		if len(v.numbers) == 0 || v.Compare(v) != 0 {
			t.Errorf("%q is the version %v", text, v)
		}
	})
}

func TestDifferenceIn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, before string
		in, out      []string
	}{
		{"", "1.23.0", []string{"1.0", "1.22.9", "1.23.0.dev1"}, []string{"1.23.0", "1.23.2", "2.0"}},
		{"1.22.0", "1.23.0", []string{"1.22.0", "1.22.1"}, []string{"1.21.0", "1.22.0rc1", "1.23"}},
	}
	for _, test := range tests {
		d := Difference{From: test.from, Before: test.before}
		for _, text := range slices.Concat(test.in, test.out) {
			v, _ := Parse(text)
			if got, want := d.In(v), slices.Contains(test.in, text); got != want {
				t.Errorf("%s in what is from %q to before %q: %t", text, test.from, test.before, got)
			}
		}
	}
}

// What is known is written as it will be shown, in the order that it is shown.
func TestKnown(t *testing.T) {
	t.Parallel()
	for i, d := range Known {
		if _, ok := Parse(d.Before); !ok || d.From != "" && !isVersion(d.From) {
			t.Errorf("%q: from %q to before %q", d.Text, d.From, d.Before)
		}
		if !slices.ContainsFunc(Tested, func(version string) bool { v, _ := Parse(version); return d.In(v) }) {
			t.Errorf("%q is not of a version that is tested", d.Text)
		}
		if d.Group == "" || d.Text == "" || strings.HasSuffix(d.Text, ".") {
			t.Errorf("%s: %q", d.Group, d.Text)
		}
		if i > 0 && Known[i-1].Group > d.Group {
			t.Errorf("%s comes after %s", d.Group, Known[i-1].Group)
		}
	}
	if !slices.IsSortedFunc(Tested, func(a, b string) int { va, _ := Parse(a); vb, _ := Parse(b); return va.Compare(vb) }) {
		t.Errorf("the versions are not in order: %q", Tested)
	}
}

func isVersion(text string) bool { _, ok := Parse(text); return ok }
