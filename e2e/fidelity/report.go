package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// coverage fails for each of those operations that was not reached, with its
// success and with at least one error. What needs no login and no input is
// refused by nothing but a real server.
func (c *checker) coverage(effective *description, those func(id string) bool) {
	for _, op := range effective.ops {
		if !those(op.id) {
			continue
		}
		var success, refused bool
		if stats := c.stats[op.id]; stats != nil {
			success, refused = stats.reached()
		}
		if !success {
			c.failures[failure{op.id, "reached", "no success was recorded"}]++
		}
		if !refused && (!partial || len(op.security) > 0) {
			c.failures[failure{op.id, "reached", "no error was recorded"}]++
		}
	}
}

// reached says whether a success and whether an error was seen.
func (s *opStats) reached() (success, refused bool) {
	for status := range s.statuses {
		success = success || status < 300
		refused = refused || status >= 400
	}
	return success, refused
}

// byID returns the operations in the order of their ids.
func byID(d *description) []*describedOp {
	return slices.SortedFunc(slices.Values(d.ops), func(a, b *describedOp) int { return cmp.Compare(a.id, b.id) })
}

// report prints the failures, then a line for each operation: its exchanges,
// how many of them fail, with the published contract and with this one, and
// the statuses that were seen.
func (c *checker) report(out io.Writer, published *checker) {
	list := slices.SortedFunc(maps.Keys(c.failures), func(a, b failure) int { return cmp.Compare(a.String(), b.String()) })
	for _, f := range list {
		times := ""
		if c.first[f] != "" {
			times = fmt.Sprintf(" (%d×, first in %s)", c.failures[f], c.first[f])
		}
		_, _ = fmt.Fprintf(out, "%s%s\n", f, times)
	}
	_, _ = fmt.Fprintf(out, "\n%-36s %9s  %15s  %s\n", "operation", "exchanges", "fail upstream/ours", "statuses")
	for _, id := range slices.Sorted(maps.Keys(c.stats)) {
		s := c.stats[id]
		var statuses []string
		for _, status := range slices.Sorted(maps.Keys(s.statuses)) {
			statuses = append(statuses, fmt.Sprintf("%d×%d", s.statuses[status], status))
		}
		_, _ = fmt.Fprintf(out, "%-36s %9d  %10s / %5d  %s\n", id, s.exchanges, published.failing(id), s.failing(), strings.Join(statuses, " "))
	}
	_, _ = fmt.Fprintf(out, "\n%s\n", c.summary())
	if published != nil {
		_, _ = fmt.Fprintf(out, "as published: %s\n", published.summary())
	}
}

// failing counts the exchanges that do not conform.
func (s *opStats) failing() int { return s.exchanges - s.conforming }

// failing counts those of an operation, as text: "-" if nothing was checked.
func (c *checker) failing(id string) string {
	if c == nil || c.stats[id] == nil {
		return "-"
	}
	return fmt.Sprint(c.stats[id].failing())
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
