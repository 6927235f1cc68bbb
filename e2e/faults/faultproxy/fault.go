package faultproxy

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Fault is what is done to one request. The zero value passes it on, and its
// answer back.
type Fault struct {
	// Unread is the part of the request before which the connection is reset.
	Unread Part
	// Withhold keeps the request from the server.
	Withhold bool
	// Delay is how long the answer is kept; less than zero for ever.
	Delay time.Duration
	// Instead is sent in place of the server's answer.
	Instead *Answer
	// Change makes another of the server's answer.
	Change func(*Answer)
	// Length is added to the length that the answer says it has.
	Length int
	// Cut says how many bytes of the answer are sent, whose head and content
	// have so many. Nil for all of them.
	Cut func(head, content int) int
	// Piece is how many bytes are sent at a time, with Pause between them. 0 for
	// all at once.
	Piece int
	Pause time.Duration
	// End is what becomes of the connection after that.
	End End
}

// Part is a part of a request.
type Part int

// The parts of a request that may be left unread.
const (
	Nothing Part = iota
	Body         // all of the body
	Half         // the second half of it
)

// End is what becomes of a connection.
type End int

// The ends of connections.
const (
	Keep       End = iota // it goes on, if the whole answer was sent
	CloseAfter            // it is closed in good order, whatever the answer said
	Reset                 // it is reset
	Hang                  // nothing comes any more, until the client closes it
)

// Answer is an answer of the proxy's own.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte

	unframed bool // the end of the connection is that of the body
}

// encode returns the head and the content as they are sent, with so much added
// to the length.
func (a *Answer) encode(more int) (head, content []byte) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	for _, key := range slices.Sorted(maps.Keys(a.Header)) {
		switch key {
		case "Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive":
			continue // of the other connection
		}
		for _, value := range a.Header[key] {
			fmt.Fprintf(&b, "%s: %s\r\n", key, value)
		}
	}
	switch {
	case a.unframed && more == 0:
		b.WriteString("Connection: close\r\n")
	case a.Status != http.StatusNoContent:
		fmt.Fprintf(&b, "Content-Length: %d\r\n", max(0, len(a.Body)+more))
	}
	b.WriteString("\r\n")
	return b.Bytes(), a.Body
}

// AtByte cuts an answer after so many bytes, its head among them.
func AtByte(n int) func(head, content int) int { return func(int, int) int { return n } }

// InHead cuts the head of an answer after this share of it, and nothing of its
// content is sent.
func InHead(share float64) func(head, content int) int {
	return func(head, _ int) int { return min(int(share*float64(head)), head-1) }
}

// InContent cuts the content of an answer after this share of it. What has no
// content loses the last byte of its head.
func InContent(share float64) func(head, content int) int {
	return func(head, content int) int { return head + min(int(share*float64(content)), content-1) }
}
