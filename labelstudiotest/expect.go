package labelstudiotest

import "fmt"

// expectation is a call that a test has announced.
type expectation struct {
	operation   string
	times, seen int
}

// Expect announces that an operation will be called so many times, or never for
// 0, retries included. The test fails as soon as it is called more often, and in
// the end if it was called less often. Several Expects for an operation add up.
// Operations without any may be called, unless [WithExpectedCallsOnly] is set.
func (s *Server) Expect(operation string, times int) {
	if err := named(operation); err != nil {
		s.fatal(fmt.Errorf("labelstudiotest: %w", err))
	}
	if times < 0 {
		s.fatal(fmt.Errorf("labelstudiotest: %s is expected %d times", operation, times))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected = append(s.expected, &expectation{operation: operation, times: times})
}

// expect counts a call.
func (s *Server) expect(c *call) {
	exact := s.options.strict && c.Operation != exchange
	for _, e := range s.expected {
		if e.operation != c.Operation {
			continue
		}
		if e.seen < e.times {
			e.seen++
			return
		}
		exact = true
	}
	if exact {
		what := c.Operation
		if what == "" {
			what = "a path that the contract doesn't have"
		}
		s.problem(fmt.Sprintf("unexpected call of %s (%s %s)", what, c.Method, c.Path))
	}
}

// missing are the calls that were announced and didn't come, and the faults and
// scripted answers that no request has met.
func (s *Server) missing() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.expected {
		if e.seen < e.times {
			list = append(list, fmt.Sprintf("labelstudiotest: %s was called %d times, want %d", e.operation, e.seen, e.times))
		}
	}
	for _, f := range s.faults {
		if f.met == 0 {
			list = append(list, "labelstudiotest: no request has met the fault or the answer for "+f.where())
		}
	}
	return list
}
