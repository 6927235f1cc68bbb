package main

import "testing"

// Scenarios can be told apart, there are enough of them, and each is the same
// whenever it is run with the same seed.
func TestScenarios(t *testing.T) {
	t.Parallel()
	seen, all := map[string]bool{}, scenarios(2)
	for _, s := range all {
		if seen[s.name()] {
			t.Errorf("two scenarios are called %s", s.name())
		}
		seen[s.name()] = true
	}
	if len(all) < 2*2000 {
		t.Errorf("there are %d scenarios in two rounds, want 2000 in each", len(all))
	}
	other := false
	for _, s := range all[:100] {
		first, again := s.kind.draw(s.random(1)).detail, s.kind.draw(s.random(1)).detail
		if first != again {
			t.Errorf("%s is another each time", s.name())
		}
		other = other || first != s.kind.draw(s.random(2)).detail
	}
	if !other {
		t.Error("the seed changes nothing")
	}
}
