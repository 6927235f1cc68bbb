package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/faults/faultproxy"
)

// judge says what is wrong with what came of the call. clean is a run without a
// fault; nil for that run itself.
func (t *trial) judge(ctx context.Context, clean *cleanRun) (wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	longest := t.limit + overrun
	if t.scenario.call.clears {
		longest += clearing
	}
	if t.took > longest {
		add("the call took %s, its context %s", t.took, t.limit)
	}
	if t.scenario.scheme == exchange && t.planned.limit > 0 {
		t.proxy.Refuse() // or the exchange goes on for others that may wait for it
	}
	for _, leak := range t.leaks() {
		add("%s", leak)
	}
	t.proxy.Close() // after it, the server has answered all that it was sent
	t.stranger.Close()

	for _, leak := range t.secretsIn() {
		add("%s", leak)
	}
	for _, twice := range t.sentTwice() {
		add("sent twice: %s", twice)
	}
	if clean != nil {
		if text := t.truth(clean); text != "" {
			add("%s", text)
		}
	}
	if text := t.written(); text != "" {
		add("%s", text)
	}
	if text := t.onServer(ctx); text != "" {
		add("%s", text)
	}
	if t.try.end != nil {
		if err := t.try.end(ctx); err != nil {
			add("%v", err)
		}
	}
	return wrong
}

// truth holds what the call returned against what the proxy has done.
func (t *trial) truth(clean *cleanRun) string {
	c := t.scenario.call
	switch {
	case t.err == nil && c.reads && t.got != clean.got && (!c.streams || !t.silent()):
		return fmt.Sprintf("success with another result: %.200q, want %.200q", t.got, clean.got)
	case t.err == nil && t.planned.likeness && !c.streams && len(t.stranger.Exchanges()) > 0:
		return "success with what a stranger answered"
	case t.scenario.scheme == exchange && errors.Is(t.err, labelstudio.ErrNotFound):
		return "the error of the exchange is like one of the call"
	case t.err == nil:
		return ""
	case t.must():
		return "it did not get through"
	case t.planned.honest != nil && !t.planned.honest(t.err):
		return "the error doesn't tell what happened"
	}
	return ""
}

// silent reports whether an answer was cut in a way that nobody can notice.
func (t *trial) silent() bool {
	return slices.ContainsFunc(t.requests(), func(x faultproxy.Exchange) bool { return x.Silent })
}

// written holds what a call that changes something returned against what the
// server answered.
func (t *trial) written() string {
	if t.err != nil || t.got == nil || t.scenario.call.reads || t.try.claim != nil {
		return ""
	}
	got, err := digest(t.got)
	if err != nil {
		return err.Error()
	}
	for _, x := range t.requests() {
		want := reflect.New(reflect.TypeOf(t.got))
		if x.Status/100 != 2 || json.Unmarshal(x.Answer, want.Interface()) != nil {
			continue
		}
		if text, err := digest(want.Interface()); err == nil && text == got {
			return ""
		}
	}
	return fmt.Sprintf("success with what the server has not answered: %.200q", got)
}

// must reports whether the call has to succeed in spite of the fault.
func (t *trial) must() bool {
	p := t.planned
	if p.harmless {
		return !t.gone.Load()
	}
	repeated := !t.scenario.call.post || t.scenario.scheme == exchange
	return repeated && p.repeated && p.times != 0 && p.times <= retries
}

// onServer holds what the call tells against what is on the server.
func (t *trial) onServer(ctx context.Context) string {
	if t.try.effect == nil || t.err != nil && t.planned.lies && t.scenario.scheme != exchange {
		return ""
	}
	claim := t.claim
	if t.try.claim != nil {
		claim = t.try.claim
	}
	times, err := t.try.effect(ctx)
	if err != nil {
		return fmt.Sprintf("looking at the server: %v", err)
	}
	if least, most := claim(t.got, t.err); times < least || times > most {
		return fmt.Sprintf("the server has done it %d times, by the client's account at least %d and at most %d", times, least, most)
	}
	return ""
}

// claim is what an error says of what the server has done.
func (t *trial) claim(_ any, err error) (least, most int) {
	switch {
	case err == nil:
		return 1, 1
	case !t.scenario.call.steps && notDone(err):
		return 0, 0
	}
	return 0, 1
}

// notDone reports whether an error surely means that nothing was done: there was
// no connection, or the request was refused, or there was no access token.
func notDone(err error) bool {
	var dial *net.OpError
	var answer *labelstudio.Error
	switch {
	case strings.Contains(err.Error(), "an attempt before this one may have been carried out"):
		return false
	case errors.As(err, &answer) && strings.HasSuffix(answer.Path, exchangePath) && answer.Operation != "Tokens.Refresh":
		return true
	case errors.As(err, &answer):
		return answer.StatusCode >= 300 && answer.StatusCode < 500
	}
	return errors.As(err, &dial) && dial.Op == "dial" || strings.Contains(err.Error(), "exchanging the personal access token: ")
}

// sentTwice returns the requests that arrived more than once and may not.
func (t *trial) sentTwice() (twice []string) {
	answer := t.planned.fault.Instead
	if t.scenario.call.resends || answer != nil && answer.Header.Get("Location") != "" {
		return nil // a redirect says that nothing was done, and where to go
	}
	arrived := map[string]int{}
	for _, x := range t.requests() {
		refused := t.planned.echo != nil && !x.Forwarded // as with a 401, after which a new token is tried
		if x.Method != http.MethodPost && x.Method != http.MethodPatch || refused {
			continue
		}
		key, most := x.Method+" "+x.URI, max(t.scenario.call.alike, 1)
		if x.Whole {
			key, most = key+" "+string(x.Body), 1
		}
		if arrived[key]++; arrived[key] == most+1 {
			twice = append(twice, x.Method+" "+x.URI)
		}
	}
	return twice
}
