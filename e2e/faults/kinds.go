package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/faults/faultproxy"
)

// kind is a kind of fault, whose details are up to chance.
type kind struct {
	name string
	draw func(r *rand.Rand) planned
}

// planned is a fault with its details.
type planned struct {
	detail string
	fault  faultproxy.Fault
	// then is done instead from the second time on.
	then *faultproxy.Fault
	// first is done to the request before, which warms the connection up.
	first faultproxy.Fault
	// fresh says that the call finds no connection.
	fresh bool
	// refuse refuses connections, until back has passed; 0 for good.
	refuse bool
	back   time.Duration
	// times is how often the fault comes; 0 for always, less for never.
	times int
	// limit is how long the context of the call lasts; 0 for very long.
	limit time.Duration
	// repeated says that a request that may be repeated gets through, if the
	// fault comes no more often than the client repeats.
	repeated bool
	// harmless says that any request gets through.
	harmless bool
	// honest says of an error whether it tells what happened. Nil for any.
	honest func(error) bool
	// lies says that an answer tells of a refusal where there was none.
	lies bool
	// likeness says that the stranger answers what the server would have.
	likeness bool
	// echo answers with the token that the request came with.
	echo func(token string) *faultproxy.Answer
}

// limited is for faults that only the end of a context ends.
const limited = 700 * time.Millisecond

// stranger stands for the address of another origin in a Location.
const stranger = "http://stranger.invalid"

func kinds() []*kind {
	return []*kind{
		{"refuse", func(r *rand.Rand) planned {
			p := planned{refuse: true, fresh: true}
			if p.detail = "for good"; r.IntN(2) == 0 {
				p.back, p.detail, p.harmless = 100*time.Millisecond, "for a moment", true
			}
			return p
		}},
		{"reset before", func(r *rand.Rand) planned {
			return often(r, planned{fault: faultproxy.Fault{Unread: faultproxy.Body}, fresh: true, repeated: true})
		}},
		{"reset during", func(r *rand.Rand) planned {
			return often(r, planned{fault: faultproxy.Fault{Unread: faultproxy.Half}, fresh: r.IntN(2) == 0, repeated: true})
		}},
		{"reset after", func(r *rand.Rand) planned {
			return often(r, planned{
				fault: faultproxy.Fault{Withhold: true, Cut: faultproxy.AtByte(0), End: faultproxy.Reset},
				fresh: r.IntN(2) == 0, repeated: true,
			})
		}},
		{"drop answer", func(r *rand.Rand) planned { // after the server has committed
			return often(r, planned{
				fault: faultproxy.Fault{Cut: faultproxy.AtByte(0), End: closing(r)}, fresh: r.IntN(2) == 0, repeated: true,
			})
		}},
		{"cut head", func(r *rand.Rand) planned {
			share := r.Float64()
			p := often(r, planned{fault: faultproxy.Fault{Cut: faultproxy.InHead(share), End: closing(r)}, repeated: true})
			p.detail += fmt.Sprintf(", at %.3f", share)
			return p
		}},
		{"cut body", func(r *rand.Rand) planned {
			share := r.Float64()
			if r.IntN(4) == 0 {
				share = float64(r.IntN(2)) // the first byte and the last
			}
			p := often(r, planned{fault: faultproxy.Fault{Cut: faultproxy.InContent(share), End: closing(r)}})
			p.detail += fmt.Sprintf(", at %.3f", share)
			return p
		}},
		{"delay", func(r *rand.Rand) planned {
			d := time.Duration(20+r.IntN(300)) * time.Millisecond
			return planned{fault: faultproxy.Fault{Delay: d}, detail: d.String(), harmless: true}
		}},
		{"hang", func(r *rand.Rand) planned {
			return planned{
				fault: faultproxy.Fault{Withhold: r.IntN(2) == 0, Delay: -1}, limit: limited,
				honest: is(context.DeadlineExceeded),
			}
		}},
		{"stall", func(r *rand.Rand) planned {
			share := r.Float64()
			p := often(r, planned{fault: faultproxy.Fault{Cut: faultproxy.InContent(share), End: faultproxy.Hang}, limit: 10 * time.Second})
			p.detail += fmt.Sprintf(", at %.3f", share)
			return p
		}},
		{"trickle", func(r *rand.Rand) planned {
			p := planned{fault: faultproxy.Fault{Piece: 64 + r.IntN(500), Pause: time.Millisecond}, harmless: true}
			p.detail = fmt.Sprintf("%d bytes at a time", p.fault.Piece)
			return p
		}},
		{"busy", func(r *rand.Rand) planned { return busy(r, nil) }},
		{"busy, seconds", func(r *rand.Rand) planned { return busy(r, func() string { return "1" }) }},
		{"busy, date", func(r *rand.Rand) planned {
			return busy(r, func() string { return time.Now().Add(1500 * time.Millisecond).UTC().Format(http.TimeFormat) })
		}},
		{"busy, no backend", func(r *rand.Rand) planned { // as when what the proxy waits for has gone
			p := busy(r, nil)
			honest := p.honest
			p.then, p.repeated = noBackend(), false
			p.honest = func(err error) bool { return honest(err) || hasStatus(http.StatusNotFound)(err) }
			return p
		}},
		{"no backend", func(r *rand.Rand) planned {
			return often(r, planned{fault: *noBackend(), honest: hasStatus(http.StatusNotFound)})
		}},
		{"busy, absurd", func(r *rand.Rand) planned {
			absurd := []string{
				"99999999", "9223372036854775808", "-1", "soon", "", "1e3", "Fri, 31 Dec 9999 23:59:59 GMT",
				"Thu, 01 Jan 1970 00:00:00 GMT", "1, 2", "0",
			}
			value := absurd[r.IntN(len(absurd))]
			p := busy(r, func() string { return value })
			p.detail += fmt.Sprintf(" Retry-After: %q", value)
			p.repeated = false // it may be too long
			return p
		}},
		{"gateway after", func(r *rand.Rand) planned { // a proxy that has given up, and a server that has not
			status := []int{500, 502, 504}[r.IntN(3)]
			p := often(r, planned{
				fault: faultproxy.Fault{Instead: &faultproxy.Answer{Status: status}}, repeated: true, honest: hasStatus(status),
			})
			p.detail += fmt.Sprintf(", %d", status)
			p.repeated = status != 500 || p.times == 1 // it is tried again once
			return p
		}},
		{"html", func(r *rand.Rand) planned {
			page := &faultproxy.Answer{
				Status: 200, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
				Body: []byte("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Who are you?</body></html>"),
			}
			return often(r, planned{
				fault: faultproxy.Fault{Withhold: r.IntN(2) == 0, Instead: page}, honest: is(labelstudio.ErrUnexpectedAnswer),
			})
		}},
		{"other status", func(r *rand.Rand) planned { // with the true body
			status := []int{200, 201, 202, 203, 206, 400, 404, 409, 500, 503}[r.IntN(10)]
			p := often(r, planned{
				fault: changed(func(a *faultproxy.Answer) { a.Status = status }), lies: status/100 == 4,
				honest: func(err error) bool { return is(labelstudio.ErrUnexpectedAnswer)(err) || hasStatus(status)(err) },
			})
			p.detail += fmt.Sprintf(", %d", status)
			return p
		}},
		{"other type", func(r *rand.Rand) planned { // with the true body
			kind := []string{"", "text/html", "text/plain; charset=utf-8", "application/octet-stream", "/"}[r.IntN(5)]
			p := often(r, planned{
				fault: changed(func(a *faultproxy.Answer) {
					if a.Header.Set("Content-Type", kind); kind == "" {
						a.Header.Del("Content-Type")
					}
				}), honest: is(labelstudio.ErrUnexpectedAnswer),
			})
			p.detail += fmt.Sprintf(", %q", kind)
			return p
		}},
		{"too long", func(r *rand.Rand) planned {
			more := 1 + r.IntN(5000)
			p := often(r, planned{fault: faultproxy.Fault{Length: more, End: faultproxy.CloseAfter}})
			p.detail += fmt.Sprintf(", by %d", more)
			return p
		}},
		{"too short", func(r *rand.Rand) planned {
			less := 1 + r.IntN(300)
			p := often(r, planned{fault: faultproxy.Fault{Length: -less}})
			p.detail += fmt.Sprintf(", by %d", less)
			return p
		}},
		{"idle closed", func(r *rand.Rand) planned {
			return planned{first: faultproxy.Fault{End: closing(r)}, times: -1, repeated: true}
		}},
		{"reset on reuse", func(r *rand.Rand) planned {
			return planned{fault: faultproxy.Fault{Unread: faultproxy.Body}, times: 1, repeated: true}
		}},
		{"redirect away", func(r *rand.Rand) planned { return redirect(r, stranger+"/elsewhere/") }},
		{"redirect to likeness", func(r *rand.Rand) planned {
			p := redirect(r, stranger+"/elsewhere/")
			p.likeness = true
			return p
		}},
		{"echo", func(r *rand.Rand) planned { // an error that shows the request, as pages for debugging do
			status := []int{400, 401, 403, 404, 409, 413, 500, 501}[r.IntN(8)]
			form := echoes[r.IntN(len(echoes))]
			p := often(r, planned{fault: faultproxy.Fault{Withhold: true}, honest: hasStatus(status)})
			p.echo = func(token string) *faultproxy.Answer {
				return &faultproxy.Answer{Status: status, Header: http.Header{"Content-Type": {form.contentType}}, Body: []byte(form.body(token))}
			}
			p.detail += fmt.Sprintf(", %d, %s", status, form.name)
			return p
		}},
		{"redirect loop", func(r *rand.Rand) planned { return redirect(r, "/loop/") }},
	}
}

// echoes are the forms in which an error may show a token.
var echoes = []struct {
	name, contentType string
	body              func(token string) string
}{
	{"text", "text/plain", func(token string) string { return "Authorization: " + token }},
	{"detail", "application/json", func(token string) string { return `{"detail":"Token ` + token + ` is no good"}` }},
	{"escaped detail", "application/json", func(token string) string { return `{"detail":"Token ` + escaped(token) + ` is no good"}` }},
	{"field", "application/json", func(token string) string {
		return `{"detail":"no","validation_errors":{"` + escaped(token) + `":["` + escaped(token) + `"]}}`
	}},
	{"title", "text/html", func(token string) string { return "<html><title>No " + token + "</title></html>" }},
	{"escaped title", "text/html", func(token string) string {
		return fmt.Sprintf("<html><title>No &#%d;%s</title></html>", token[0], token[1:])
	}},
}

// escaped writes a text in JSON as no encoder does, and every decoder reads it.
func escaped(text string) string { return fmt.Sprintf(`\u%04x%s`, text[0], text[1:]) }

// often makes a fault come once, twice or always.
func often(r *rand.Rand, p planned) planned {
	p.times = r.IntN(3)
	p.detail = []string{"always", "once", "twice"}[p.times]
	return p
}

// changed changes the answer to what was done.
func changed(change func(*faultproxy.Answer)) faultproxy.Fault {
	return faultproxy.Fault{Change: func(a *faultproxy.Answer) {
		if a.Status/100 == 2 {
			change(a)
		}
	}}
}

// noBackend is the answer of a proxy that knows no server for the request.
func noBackend() *faultproxy.Fault {
	return &faultproxy.Fault{Withhold: true, Instead: &faultproxy.Answer{
		Status: http.StatusNotFound, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: []byte("default backend - 404"),
	}}
}

func closing(r *rand.Rand) faultproxy.End {
	return []faultproxy.End{faultproxy.CloseAfter, faultproxy.Reset}[r.IntN(2)]
}

// busy is what a proxy answers that doesn't pass a request on.
func busy(r *rand.Rand, retryAfter func() string) planned {
	status := []int{429, 502, 503, 504}[r.IntN(4)]
	answer := &faultproxy.Answer{Status: status, Header: http.Header{}, Body: []byte("busy")}
	if retryAfter != nil {
		answer.Header.Set("Retry-After", retryAfter())
	}
	p := often(r, planned{fault: faultproxy.Fault{Withhold: true, Instead: answer}, repeated: true, honest: hasStatus(status)})
	p.detail += fmt.Sprintf(", %d", status)
	return p
}

func redirect(r *rand.Rand, to string) planned {
	status := []int{301, 302, 303, 307, 308}[r.IntN(5)]
	answer := &faultproxy.Answer{Status: status, Header: http.Header{"Location": {to}}}
	return planned{fault: faultproxy.Fault{Withhold: true, Instead: answer}, detail: fmt.Sprint(status)}
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func hasStatus(status int) func(error) bool {
	return func(err error) bool {
		var answer *labelstudio.Error
		return errors.As(err, &answer) && answer.StatusCode == status
	}
}
