package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// label marks the goroutines of a scenario. Those that it starts have it, too.
const label = "fault scenario"

// leakWait is how long what was closed may take to end.
const leakWait = 5 * time.Second

// leaks returns what of the call is still there when it has returned and idle
// connections are closed.
func (t *trial) leaks() (left []string) {
	t.client.CloseIdleConnections()
	for t.proxy.Waiting() > 0 {
		time.Sleep(5 * time.Millisecond)
	}
	pause := time.Millisecond
	for end := time.Now().Add(leakWait); ; pause *= 2 { // as looking at all goroutines is dear
		time.Sleep(pause)
		left = nil
		if n := t.proxy.Connections() + t.stranger.Connections(); n > 0 {
			left = append(left, fmt.Sprintf("%d connections are open", n))
		} else if stacks := goroutines(t.proxy.URL); stacks != "" {
			left = append(left, "goroutines are left:\n"+stacks)
		}
		if len(left) == 0 || time.Now().After(end) {
			return left
		}
	}
}

// goroutines returns the stacks of those with a label of this value.
func goroutines(value string) string {
	var b bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&b, 1) // to memory
	var stacks []string
	for stack := range strings.SplitSeq(b.String(), "\n\n") {
		if strings.Contains(stack, fmt.Sprintf("%q:%q", label, value)) {
			stacks = append(stacks, stack)
		}
	}
	return strings.Join(stacks, "\n\n")
}

// anyToken matches personal access tokens and access tokens.
var anyToken = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)

// secrets are all tokens that the client has had, each with the part that is
// secret: of a JWT, its signature.
func (t *trial) secrets() []string {
	found := map[string]bool{server.LegacyToken: true}
	if t.try.legacy != "" {
		found[t.try.legacy] = true
	}
	note := func(token string) { found[token[strings.LastIndex(token, ".")+1:]] = true }
	note(t.world.pat)
	for _, x := range t.proxy.Exchanges() {
		texts := fmt.Sprint(x.Header) + string(x.Body) + string(x.Answer)
		for _, token := range anyToken.FindAllString(texts, -1) {
			note(token)
		}
	}
	return slices.Collect(maps.Keys(found))
}

// secretsIn returns the places where a token is that has no business there.
func (t *trial) secretsIn() (leaks []string) {
	texts := map[string]string{"the log": t.log.String(), "the standard log": standardLog.String()}
	for _, x := range t.stranger.Exchanges() {
		texts["a request to another origin"] += fmt.Sprint(x.URI, x.Header, string(x.Body))
	}
	if t.err != nil {
		texts["the error"] = errorTexts(t.err)
	}
	for _, secret := range t.secrets() {
		for where, text := range texts {
			if strings.Contains(text, secret) {
				leaks = append(leaks, "a token is in "+where)
			}
		}
	}
	slices.Sort(leaks)
	return slices.Compact(leaks)
}

// standardLog is what packages log that can't be given a logger: net/http shows
// what comes on a connection after an answer.
var standardLog lockedBuffer

// errorTexts are all texts that an error and those it wraps can be made to show.
func errorTexts(err error) string {
	text := fmt.Sprintf("%v %+v %#v\n", err, err, err)
	if answer, ok := err.(*labelstudio.Error); ok { //nolint:errorlint // each is looked at in turn
		text += fmt.Sprintf("%s %q\n", answer.Body, answer.Fields)
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, inner := range joined.Unwrap() {
			text += errorTexts(inner)
		}
		return text
	}
	if inner := errors.Unwrap(err); inner != nil {
		text += errorTexts(inner)
	}
	return text
}
