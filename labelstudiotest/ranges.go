package labelstudiotest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// ranged answers with a file, or with the range of it that the request wants. A
// whole one comes without its length, so that one that is cut looks whole.
func ranged(c *call, content []byte) *answer {
	size := len(content)
	a := &answer{status: 200, header: http.Header{"Accept-Ranges": {"bytes"}}, body: content, cut: -1, unsized: true}
	from, to, ok := rangeOf(c.Header.Get("Range"), size)
	if !ok {
		return a
	}
	a.header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, size))
	if from >= size {
		a.status = http.StatusRequestedRangeNotSatisfiable // with all of the file
		a.header.Set("Content-Range", fmt.Sprintf("bytes */%d", size))
		return a
	}
	a.status, a.body, a.unsized = http.StatusPartialContent, content[from:to+1], false
	return a
}

// rangeOf reads one range of bytes.
func rangeOf(header string, size int) (from, to int, ok bool) {
	text, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(text, "-")
	if !ok || !dash || strings.Contains(text, ",") {
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
