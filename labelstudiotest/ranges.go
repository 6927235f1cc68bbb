package labelstudiotest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// ranged answers with a file, or with the range of it that the request wants. A
// whole one comes without its length, so that one that is cut looks whole. So does
// the whole file to who wants a range past its end.
func ranged(c *call, content []byte) *answer {
	size := len(content)
	a := &answer{status: 200, header: http.Header{}, body: content, cut: -1, unsized: true}
	text := c.Header.Get("Range")
	if text == "" {
		return a
	}
	a.header.Set("Accept-Ranges", "bytes")
	from, to, ok := rangeOf(text, size)
	switch {
	case !ok:
	case from >= size:
		if !strings.HasSuffix(text, "-") {
			a.status = http.StatusRequestedRangeNotSatisfiable
		}
	default:
		a.status, a.body, a.unsized = http.StatusPartialContent, content[from:to+1], false
		a.header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, size))
	}
	return a
}

// rangeOf reads one range of bytes.
func rangeOf(header string, size int) (from, to int, ok bool) {
	unit, text, _ := strings.Cut(header, "=")
	first, last, dash := strings.Cut(strings.TrimSpace(text), "-")
	if !strings.EqualFold(strings.TrimSpace(unit), "bytes") || !dash || strings.Contains(text, ",") {
		return 0, 0, false
	}
	if first == "" {
		n, err := strconv.Atoi(last)
		return max(size-n, 0), size - 1, err == nil
	}
	from, err := strconv.Atoi(first)
	if err != nil {
		return 0, 0, false
	}
	if last == "" {
		return from, size - 1, true
	}
	to, err = strconv.Atoi(last)
	return from, min(to, size-1), err == nil && to >= from
}
