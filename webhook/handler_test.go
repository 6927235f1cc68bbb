package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/webhook"
)

const bare = `{"action": "TASKS_DELETED"}`

var secret = webhook.Header("X-Webhook-Secret", "of the test")

var silent = webhook.WithLogger(slog.New(slog.DiscardHandler))

func newHandler(t *testing.T, secret webhook.Secret, handle func(context.Context, webhook.Event) error, opts ...webhook.Option,
) http.Handler {
	t.Helper()
	h, err := webhook.NewHandler(secret, handle, append([]webhook.Option{silent}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// deliver is a delivery as the server sends it, but for what change changes.
func deliver(h http.Handler, body io.Reader, change func(*http.Request)) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, "/hook", body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Webhook-Secret", "of the test")
	if change != nil {
		change(req)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

// brokenOff is a body that ends before its time.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestHandlerRefuses(t *testing.T) {
	t.Parallel()
	const wrong = "the secret is missing or wrong"
	header := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = values }
	}
	tests := []struct {
		name   string
		body   io.Reader
		change func(*http.Request)
		status int
		text   string
	}{
		{"a page is asked for", strings.NewReader(bare), func(r *http.Request) { r.Method = http.MethodGet }, 405, "deliveries are posted"},
		{"no secret", strings.NewReader(bare), header("X-Webhook-Secret"), 403, wrong},
		{"another secret", strings.NewReader(bare), header("X-Webhook-Secret", "of the tesT"), 403, wrong},
		{"a longer secret", strings.NewReader(bare), header("X-Webhook-Secret", "of the test "), 403, wrong},
		{"two secrets", strings.NewReader(bare), header("X-Webhook-Secret", "of the test", "of the test"), 403, wrong},
		{"no type", strings.NewReader(bare), header("Content-Type"), 415, "deliveries are of the type application/json"},
		{"a form", strings.NewReader(bare), header("Content-Type", "application/x-www-form-urlencoded"), 415, "deliveries are of the type"},
		{"too large", strings.NewReader(`{"action":"` + strings.Repeat("A", 64) + `"}`), nil, 413, "more than 64 bytes"},
		{"broken off", brokenOff{}, nil, 400, "the body ends too early"},
		{"cut", strings.NewReader(bare[:20]), nil, 400, "not JSON, or not all of it, from byte 20 on"},
		{"no delivery", strings.NewReader(`{"hidden":"hidden"}`), nil, 400, "action is missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHandler(t, secret, func(context.Context, webhook.Event) error {
				t.Error("it was taken")
				return nil
			}, webhook.WithMaxBytes(64))
			w := deliver(h, test.body, test.change)
			if text := w.Body.String(); w.Code != test.status || !strings.HasPrefix(text, "webhook: ") ||
				!strings.Contains(text, test.text) || strings.Contains(text, "hidden") {
				t.Errorf("answered %d %s, want %d %s", w.Code, text, test.status, test.text)
			}
			if allow := w.Header().Get("Allow"); (allow == "POST") != (test.status == 405) {
				t.Errorf("allows %q", allow)
			}
		})
	}
}

func TestHandlerTakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		secret webhook.Secret
		body   []byte
		change func(*http.Request)
		want   generated.WebhookAction
	}{
		{"a real delivery", secret, delivery(t, "annotation_created"), nil, generated.WebhookActionAnnotationCreated},
		{"no payload", secret, []byte(bare), nil, generated.WebhookActionTasksDeleted},
		{"an unknown action", secret, []byte(`{"action":"NEW","thing":1}`), nil, "NEW"},
		{"a type with a charset", secret, []byte(bare), func(r *http.Request) {
			r.Header.Set("Content-Type", "Application/JSON; charset=utf-8")
		}, generated.WebhookActionTasksDeleted},
		{"anybody's", webhook.Unauthenticated(), []byte(bare), func(r *http.Request) {
			r.Header.Del("X-Webhook-Secret")
		}, generated.WebhookActionTasksDeleted},
		{"the usual header", webhook.Header("authorization", "Bearer me"), []byte(bare), func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer me")
		}, generated.WebhookActionTasksDeleted},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []webhook.Event
			h := newHandler(t, test.secret, func(_ context.Context, event webhook.Event) error {
				got = append(got, event)
				return nil
			}, webhook.WithMaxBytes(int64(len(test.body))))
			w := deliver(h, bytes.NewReader(test.body), test.change)
			if w.Code != http.StatusNoContent || w.Body.Len() != 0 || len(got) != 1 || got[0].Action != test.want {
				t.Errorf("answered %d %s, took %v", w.Code, w.Body, got)
			}
		})
	}
}

// An error of the function is logged, and told to nobody.
func TestHandlerFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err    error
		status int
	}{
		{errors.New("the disk is full"), 500},
		{fmt.Errorf("tried once: %w", webhook.ErrQueueFull), 503},
	}
	for _, test := range tests {
		var log bytes.Buffer
		h := newHandler(t, secret, func(context.Context, webhook.Event) error { return test.err },
			webhook.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		w := deliver(h, strings.NewReader(bare), nil)
		if w.Code != test.status || strings.TrimSpace(w.Body.String()) != http.StatusText(test.status) {
			t.Errorf("answered %d %s, want %d", w.Code, w.Body, test.status)
		}
		if text := log.String(); !strings.Contains(text, test.err.Error()) || !strings.Contains(text, "action=TASKS_DELETED") {
			t.Errorf("logged %s", text)
		}
	}
}

// An event whose payload is not as expected is handled, for nobody sends it
// again, and logged.
func TestHandlerTakesOtherPayload(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var got []webhook.Event
	h := newHandler(t, secret, func(_ context.Context, event webhook.Event) error {
		got = append(got, event)
		return nil
	}, webhook.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	w := deliver(h, strings.NewReader(`{"action":"PROJECT_DELETED","project":{"id":"hidden"}}`), nil)
	if w.Code != http.StatusNoContent || len(got) != 1 {
		t.Fatalf("answered %d, took %v", w.Code, got)
	}
	payload, is := got[0].Payload.(webhook.Unknown)
	if !is || got[0].Action != generated.WebhookActionProjectDeleted || string(payload["project"]) != `{"id":"hidden"}` {
		t.Errorf("took %v with %s", got[0], got[0].Payload)
	}
	text := log.String()
	if !strings.Contains(text, "project.id: string where a whole number is expected") ||
		!strings.Contains(text, "action=PROJECT_DELETED") || strings.Contains(text, "hidden") {
		t.Errorf("logged %s", text)
	}
}

func TestHandlerLogsRefusals(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := newHandler(t, secret, func(context.Context, webhook.Event) error { return nil },
		webhook.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	deliver(h, strings.NewReader(bare), func(r *http.Request) { r.Header.Set("X-Webhook-Secret", "guess") })
	text := log.String()
	if !strings.Contains(text, "status=403") || strings.Contains(text, "guess") || strings.Contains(text, "of the test") {
		t.Errorf("logged %s", text)
	}
}

func TestHandlerPanics(t *testing.T) {
	t.Parallel()
	h := newHandler(t, secret, func(context.Context, webhook.Event) error { panic("here") })
	defer func() {
		if got := recover(); got != "here" {
			t.Errorf("recovered %v", got)
		}
	}()
	deliver(h, strings.NewReader(bare), nil)
}

func TestHandlerContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	h := newHandler(t, secret, func(ctx context.Context, _ webhook.Event) error {
		cancel() // the server no longer waits
		return ctx.Err()
	})
	w := deliver(h, strings.NewReader(bare), func(r *http.Request) { *r = *r.WithContext(ctx) })
	if w.Code != http.StatusInternalServerError {
		t.Errorf("answered %d", w.Code)
	}
}

// Deliveries that come at once all arrive, or are refused for want of room; and
// what has arrived is still there when the server has stopped.
func TestQueue(t *testing.T) {
	t.Parallel()
	const room, sent = 20, 50
	events := make(chan webhook.Event, room)
	srv := httptest.NewServer(newHandler(t, secret, webhook.Queue(events)))
	statuses := make([]int, sent)
	var senders sync.WaitGroup
	for i := range sent {
		senders.Go(func() {
			body := strings.NewReader(fmt.Sprintf(`{"action":"TASKS_DELETED","tasks":[{"id":%d}]}`, i+1))
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, body)
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("X-Webhook-Secret", "of the test")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			statuses[i] = res.StatusCode
			if err := res.Body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	senders.Wait()
	srv.Close()
	close(events)
	var taken []int
	for event := range events {
		payload, is := event.Payload.(*webhook.TasksDeleted)
		if !is {
			t.Fatalf("the payload is a %T", event.Payload)
		}
		taken = append(taken, int(payload.Tasks[0].ID)-1)
	}
	slices.Sort(taken)
	var accepted []int
	for i, status := range statuses {
		switch status {
		case http.StatusNoContent:
			accepted = append(accepted, i)
		case http.StatusServiceUnavailable:
		default:
			t.Errorf("delivery %d was answered %d", i, status)
		}
	}
	if len(taken) != room || !slices.Equal(taken, accepted) {
		t.Errorf("took %v, said to have taken %v", taken, accepted)
	}
}

func TestNewHandlerErrors(t *testing.T) {
	t.Parallel()
	handle := func(context.Context, webhook.Event) error { return nil }
	tests := []struct {
		name   string
		secret webhook.Secret
		handle func(context.Context, webhook.Event) error
		opt    webhook.Option
		want   string
	}{
		{"no secret", webhook.Secret{}, handle, silent, "no secret is given"},
		{"no value", webhook.Header("X-Secret", ""), handle, silent, "the secret of the header X-Secret is empty"},
		{"no name", webhook.Header("", "hidden"), handle, silent, `"" is no name of a header`},
		{"a name that is none", webhook.Header("X Secret", "hidden"), handle, silent, `"X Secret" is no name of a header`},
		{"a name that is taken", webhook.Header("content-type", "hidden"), handle, silent,
			"the header content-type has a meaning of its own"},
		{"a line break", webhook.Header("X-Secret", "hidden\n"), handle, silent, "other than printable ASCII"},
		{"a space in front", webhook.Header("X-Secret", " hidden"), handle, silent, "spaces around it"},
		{"an umlaut", webhook.Header("X-Secret", "hiddenü"), handle, silent, "other than printable ASCII"},
		{"no function", secret, nil, silent, "there is no function"},
		{"no bytes", secret, handle, webhook.WithMaxBytes(0), "more than none"},
		{"no logger", secret, handle, webhook.WithLogger(nil), "the logger is nil"},
		{"no option", secret, handle, nil, "an option is nil: leave it out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h, err := webhook.NewHandler(test.secret, test.handle, test.opt)
			if h != nil || err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// A program that calls the handler itself may leave the body out.
func TestHandlerWithoutBody(t *testing.T) {
	t.Parallel()
	h, err := webhook.NewHandler(webhook.Header("X-Webhook-Secret", "of the test"), func(context.Context, webhook.Event) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	w := deliver(h, nil, func(r *http.Request) { r.Body = nil })
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "not JSON") {
		t.Errorf("got %d, %q", w.Code, w.Body)
	}
}

// The server that sends without end is stopped without an option, too.
func TestHandlerIsBounded(t *testing.T) {
	t.Parallel()
	h := newHandler(t, secret, func(context.Context, webhook.Event) error {
		t.Error("it was taken")
		return nil
	})
	w := deliver(h, io.LimitReader(digits{}, 64<<20+1), nil)
	if text := w.Body.String(); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(text, "more than 67108864 bytes: see WithMaxBytes") {
		t.Errorf("answered %d %s", w.Code, text)
	}
}

type digits struct{}

func (digits) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '1'
	}
	return len(p), nil
}

// What is short and becomes large when it is decoded is as bad as what is long.
func TestDeliveryThatSwells(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	const limit = 1 << 20
	body := []byte(`{"action":"TASKS_CREATED","tasks":[` + strings.Repeat("{},", limit/3-100) + `{}]}`)
	h := newHandler(t, secret, func(context.Context, webhook.Event) error {
		t.Error("it was taken")
		return nil
	}, webhook.WithMaxBytes(limit))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := deliver(h, bytes.NewReader(body), nil)
	runtime.ReadMemStats(&after)
	if text := w.Body.String(); w.Code != http.StatusRequestEntityTooLarge ||
		!strings.Contains(text, "decoded, it would take more than 8 times the 1048576 bytes of WithMaxBytes") {
		t.Errorf("answered %d %s", w.Code, text)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 8*limit {
		t.Errorf("%d bytes took %d", len(body), took)
	}
	// Who calls Parse has the default.
	event, err := webhook.Parse([]byte(`{"action":"TASKS_CREATED","tasks":[` + strings.Repeat("{},", limit) + `{}]}`))
	if err == nil || err.Error() != "webhook: decoded, it would take more than 8 times the 67108864 bytes of WithMaxBytes" || event.Action != "" {
		t.Errorf("error %v", err)
	}
}

// Deliveries as the server sends them are far from it.
func TestDeliveriesDontSwell(t *testing.T) {
	t.Parallel()
	for name := range payloads {
		body := delivery(t, name)
		h := newHandler(t, secret, func(context.Context, webhook.Event) error { return nil }, webhook.WithMaxBytes(int64(len(body))))
		if w := deliver(h, bytes.NewReader(body), nil); w.Code != http.StatusNoContent {
			t.Errorf("%s: answered %d %s", name, w.Code, w.Body)
		}
	}
}
