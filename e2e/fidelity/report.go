package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// coverage fails for each operation in scope that was not reached, with its
// success and with at least one error.
func (c *checker) coverage(effective *description) {
	for _, op := range effective.ops {
		if !inScope(op.id) {
			continue
		}
		var success, refused bool
		if stats := c.stats[op.id]; stats != nil {
			for status := range stats.statuses {
				success = success || status < 300
				refused = refused || status >= 400
			}
		}
		if !success {
			c.failures[failure{op.id, "reached", "no success was recorded"}]++
		}
		if !refused {
			c.failures[failure{op.id, "reached", "no error was recorded"}]++
		}
	}
}

func (c *checker) report(out io.Writer) {
	list := slices.SortedFunc(maps.Keys(c.failures), func(a, b failure) int { return cmp.Compare(a.String(), b.String()) })
	for _, f := range list {
		times := ""
		if c.first[f] != "" {
			times = fmt.Sprintf(" (%d×, first in %s)", c.failures[f], c.first[f])
		}
		_, _ = fmt.Fprintf(out, "%s%s\n", f, times)
	}
	_, _ = fmt.Fprintf(out, "\n%-36s %9s %10s  %s\n", "operation", "exchanges", "conforming", "statuses")
	for _, id := range slices.Sorted(maps.Keys(c.stats)) {
		s := c.stats[id]
		var statuses []string
		for _, status := range slices.Sorted(maps.Keys(s.statuses)) {
			statuses = append(statuses, fmt.Sprintf("%d×%d", s.statuses[status], status))
		}
		_, _ = fmt.Fprintf(out, "%-36s %9d %10d  %s\n", id, s.exchanges, s.conforming, strings.Join(statuses, " "))
	}
	_, _ = fmt.Fprintf(out, "\n%s\n", c.summary())
}

// summary is the figures of a run in one line.
func (c *checker) summary() string {
	exchanges, conforming := 0, 0
	for _, s := range c.stats {
		exchanges, conforming = exchanges+s.exchanges, conforming+s.conforming
	}
	percent := 0
	if exchanges > 0 {
		percent = 100 * conforming / exchanges
	}
	return fmt.Sprintf("%d operations, %d exchanges, %d conforming (%d%%), %d different failures",
		len(c.stats), exchanges, conforming, percent, len(c.failures))
}
