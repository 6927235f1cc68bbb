package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/faults/faultproxy"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

const (
	// retries is how often the clients repeat a request.
	retries = 2
	// idle is how long an answer of which nothing comes is waited for.
	idle = time.Second
	// unlimited is for calls that end without their context.
	unlimited = time.Minute
	// overrun is how long after its context a call may end on a busy machine.
	overrun = time.Second

	// clearing is how long a call that clears away may go on.
	clearing = 20 * time.Second
	// hopelessAfter is how long after that a call is helped to an end.
	hopelessAfter = 10 * time.Second

	exchangePath = "/api/token/refresh/"
)

// cleanRun is a call that met no fault.
type cleanRun struct {
	once     sync.Once
	got      any
	requests []faultproxy.Exchange // without the exchange of a token
	err      error
}

// run runs a scenario. An error is one of the run itself.
func run(ctx context.Context, w *world, s scenario, seed uint64) (outcome, error) {
	stored, _ := w.clean.LoadOrStore(s.call.group+s.call.name, &cleanRun{})
	clean := stored.(*cleanRun)
	clean.once.Do(func() {
		t, err := newTrial(ctx, w, s, planned{})
		if err != nil {
			clean.err = err
			return
		}
		clean.got, clean.err = t.run(ctx)
		clean.requests = t.requests()
		if wrong := t.judge(ctx, nil); clean.err == nil && len(wrong) > 0 {
			clean.err = errors.New(strings.Join(wrong, "; ") + "\n" + t.history())
		}
	})
	if clean.err != nil {
		return outcome{}, fmt.Errorf("without a fault: %w", clean.err)
	}
	r := s.random(seed)
	p := s.kind.draw(r)
	from := 0
	if s.scheme != exchange && len(clean.requests) > 1 {
		from = r.IntN(len(clean.requests))
		p.detail += fmt.Sprintf(" from request %d on", from+1)
	}
	t, err := newTrial(ctx, w, s, p)
	if err != nil {
		return outcome{}, err
	}
	t.from = from
	if p.likeness && s.scheme != exchange && clean.requests[from].Status/100 == 2 {
		x := clean.requests[from]
		t.likeness.Store(&faultproxy.Answer{Status: x.Status, Header: http.Header{"Content-Type": {x.Type}}, Body: x.Answer})
	}
	_, t.err = t.run(ctx)
	wrong := t.judge(ctx, clean)
	if ctx.Err() != nil {
		return outcome{}, context.Cause(ctx)
	}
	return outcome{s, strings.TrimPrefix(p.detail, " "), t.err, wrong}, nil
}

// trial is a scenario under way.
type trial struct {
	scenario scenario
	world    *world
	planned  planned
	from     int // the request that the fault begins with
	try      *try

	proxy    *faultproxy.Proxy
	stranger *faultproxy.Proxy                 // another origin
	likeness atomic.Pointer[faultproxy.Answer] // what it answers
	client   *labelstudio.Client
	token    string      // that the client was given
	access   string      // what the exchange of the token gives; empty if the server is asked
	armed    atomic.Bool // the call is under way
	gone     atomic.Bool // another has the port now that was refused: it is so for good
	before   int         // exchanges before the call
	seen     atomic.Int64
	log      lockedBuffer

	got   any
	err   error
	took  time.Duration
	limit time.Duration
}

// newTrial prepares a scenario: what the call needs, the proxy and the client.
func newTrial(ctx context.Context, w *world, s scenario, p planned) (*trial, error) {
	t := &trial{scenario: s, world: w, planned: p}
	var err error
	if t.try, err = s.call.begin(ctx, w); err != nil {
		return nil, fmt.Errorf("preparing: %w", err)
	}
	answer := document(`{"detail":"Authentication credentials were not provided."}`)
	answer.Status = http.StatusUnauthorized
	if p.likeness {
		answer = document(`{"id":666,"status":"completed","access":"likeness"}`)
	}
	t.likeness.Store(answer)
	if t.stranger, err = faultproxy.New("http://stranger.invalid", nil, func(*http.Request) faultproxy.Fault {
		return faultproxy.Fault{Withhold: true, Instead: t.likeness.Load()}
	}); err != nil {
		return nil, err
	}
	if t.proxy, err = faultproxy.New(w.server.URL, w.upstream, t.plan); err != nil {
		return nil, err
	}
	t.planned.fault.Instead = t.redirected(p.fault.Instead)
	t.token = cmp.Or(t.try.legacy, server.LegacyToken)
	if s.scheme != legacy {
		t.token = cmp.Or(t.try.pat, w.pat)
	}
	if s.scheme == pat && t.try.pat == "" {
		if t.access, err = w.access(ctx); err != nil {
			return nil, err
		}
	}
	t.client, err = labelstudio.NewClient(t.proxy.URL, labelstudio.WithToken(t.token), labelstudio.WithRetries(retries),
		labelstudio.WithIdleTimeout(idle), labelstudio.WithLogger(slog.New(slog.NewJSONHandler(&t.log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	return t, err
}

// redirected puts the address of the stranger into an answer.
func (t *trial) redirected(answer *faultproxy.Answer) *faultproxy.Answer {
	if answer == nil || !strings.HasPrefix(answer.Header.Get("Location"), stranger) {
		return answer
	}
	copied := *answer
	copied.Header = http.Header{"Location": {strings.Replace(answer.Header.Get("Location"), stranger, t.stranger.URL, 1)}}
	return &copied
}

// plan is what the proxy does to a request.
func (t *trial) plan(req *http.Request) faultproxy.Fault {
	exchanges := t.isExchange(req.Method, req.URL.Path)
	switch {
	case exchanges && t.access != "":
		return faultproxy.Fault{Withhold: true, Instead: document(`{"access":"` + t.access + `"}`)}
	case !t.armed.Load() && req.URL.Path == exchangePath:
		return faultproxy.Fault{}
	case !t.armed.Load():
		fault := t.planned.first
		fault.Withhold, fault.Instead = true, document(`{"release":"1"}`)
		return fault
	case exchanges != (t.scenario.scheme == exchange):
		return faultproxy.Fault{}
	}
	number := int(t.seen.Add(1)) - 1 - t.from
	if number < 0 || t.planned.times < 0 || t.planned.times > 0 && number >= t.planned.times {
		return faultproxy.Fault{}
	}
	if number > 0 && t.planned.then != nil {
		return *t.planned.then
	}
	fault := t.planned.fault
	if t.planned.echo != nil {
		_, shown, _ := strings.Cut(req.Header.Get("Authorization"), " ")
		fault.Instead = t.planned.echo(cmp.Or(shown, t.token))
	}
	return fault
}

// document is an answer of the proxy's own that is all right.
func document(text string) *faultproxy.Answer {
	return &faultproxy.Answer{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(text)}
}

// isExchange reports whether a request is that of a client for its own access
// token.
func (t *trial) isExchange(method, path string) bool {
	return method == http.MethodPost && path == exchangePath && t.scenario.call.name != "Refresh"
}

// run makes the call, with goroutines that can be told from all others.
func (t *trial) run(ctx context.Context) (got any, err error) {
	pprof.Do(ctx, pprof.Labels(label, t.proxy.URL), func(ctx context.Context) {
		err = t.warmUp(ctx)
		if err != nil {
			err = fmt.Errorf("before the call: %w", err)
			return
		}
		t.limit = unlimited
		if t.planned.limit > 0 {
			t.limit = t.planned.limit
		}
		ctx, cancel := context.WithTimeout(ctx, t.limit)
		defer cancel()
		if t.planned.refuse {
			t.proxy.Refuse()
		}
		if t.planned.back > 0 {
			back := time.AfterFunc(t.planned.back, func() { t.gone.Store(t.proxy.Accept() != nil) })
			defer back.Stop()
		}
		t.armed.Store(true)
		begin, before := time.Now(), stalled.Load()
		hopeless := time.AfterFunc(t.limit+clearing+hopelessAfter, t.proxy.Refuse) // so that the run goes on
		t.got, t.err = t.try.do(ctx, t.client)
		hopeless.Stop()
		t.took = time.Since(begin) - time.Duration(stalled.Load()-before)
	})
	if err != nil {
		return nil, err
	}
	return t.got, t.err
}

// warmUp exchanges the token and leaves a connection, as far as the scenario
// wants it.
func (t *trial) warmUp(ctx context.Context) error {
	if t.scenario.scheme == exchange {
		return nil
	}
	if _, err := t.client.Server.Version(ctx); err != nil {
		return err
	}
	if t.try.ready != nil {
		var err error
		// What it dials around the proxy stays, and is none of the call's.
		pprof.Do(ctx, pprof.Labels(label, "preparing"), func(ctx context.Context) { err = t.try.ready(ctx) })
		if err != nil {
			return err
		}
	}
	if t.planned.fresh {
		t.client.CloseIdleConnections()
	}
	t.before = len(t.proxy.Exchanges())
	return nil
}

// requests are those of the call, without the exchange of a token.
func (t *trial) requests() []faultproxy.Exchange {
	var own []faultproxy.Exchange
	for _, x := range t.proxy.Exchanges()[t.before:] {
		path, _, _ := strings.Cut(x.URI, "?")
		if !t.isExchange(x.Method, path) {
			own = append(own, x)
		}
	}
	return own
}

// history is what the proxy saw of the call.
func (t *trial) history() string {
	var b strings.Builder
	for _, x := range t.proxy.Exchanges() {
		fmt.Fprintf(&b, "%s %s: forwarded %v, %d, %d bytes\n", x.Method, x.URI, x.Forwarded, x.Status, len(x.Answer))
	}
	return b.String()
}

// lockedBuffer is written to by several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
