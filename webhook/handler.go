package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
)

// DefaultMaxBytes is how large a delivery may be unless [WithMaxBytes] says
// otherwise: 64 MiB. Of 5,000 tasks, the most that the server puts into one,
// each may then have 12 KiB of data; with a line of text each they make 2.4 MB. A
// delivery that would take more than eight times as much memory when it is decoded,
// as estimated, is too large as well.
const DefaultMaxBytes = 64 << 20

// ErrQueueFull is the error of a [Queue] that has no room. A handler answers it
// with 503.
var ErrQueueFull = errors.New("webhook: the queue is full")

// Option sets up a handler.
type Option func(*handler) error

// WithMaxBytes sets how large a delivery may be, in bytes, instead of
// [DefaultMaxBytes].
func WithMaxBytes(n int64) Option {
	return func(h *handler) error {
		if n <= 0 {
			return fmt.Errorf("webhook: a delivery may have %d bytes at most: it must be more than none", n)
		}
		h.maxBytes = n
		return nil
	}
}

// WithLogger sets where deliveries are logged that were refused, that failed or
// that have another payload than expected, instead of [slog.Default]: the server
// tells nobody about them. What is logged holds nothing of the delivery but its
// action.
func WithLogger(logger *slog.Logger) Option {
	return func(h *handler) error {
		if logger == nil {
			return errors.New("webhook: the logger is nil: give slog.New(slog.DiscardHandler) for none")
		}
		h.logger = logger
		return nil
	}
}

type handler struct {
	secret   Secret
	handle   func(context.Context, Event) error
	maxBytes int64
	logger   *slog.Logger
}

// NewHandler returns a handler that calls handle with each delivery that has
// the secret, from several goroutines at once if several come. It answers
//
//   - 204 if handle returns nil, 503 if it returns [ErrQueueFull], and 500 if it
//     returns another error;
//   - 405 if it is no POST, 403 if it lacks the secret, 415 if it is no JSON,
//     413 if it is too large, and 400 if [Parse] cannot read it.
//
// An event whose payload is not as expected, [ErrPayload], is logged and goes to
// handle with [Unknown] for a payload: nobody would send it again.
//
// To the server these answers are all the same: what is not taken is lost. It waits for
// the answer, and so does who caused the event. When it no longer does, the
// context of handle ends. A panic of handle goes on to [http.Server].
func NewHandler(secret Secret, handle func(ctx context.Context, event Event) error, opts ...Option) (http.Handler, error) {
	if err := secret.check(); err != nil {
		return nil, err
	}
	if handle == nil {
		return nil, errors.New("webhook: there is no function to handle events")
	}
	h := &handler{secret: secret, handle: handle, maxBytes: DefaultMaxBytes, logger: slog.Default()}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("webhook: an option is nil: leave it out")
		}
		if err := opt(h); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// Queue makes a function for [NewHandler] that only puts events into a channel,
// for work that may take longer than the server waits. If the channel has no
// room, the event is refused with [ErrQueueFull].
//
// To stop, call Shutdown of the [http.Server], then close the channel: events
// are still there until they are received.
func Queue(events chan<- Event) func(context.Context, Event) error {
	return func(_ context.Context, event Event) error {
		select {
		case events <- event:
			return nil
		default:
			return ErrQueueFull
		}
	}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	event, status, err := h.receive(w, r)
	switch {
	case errors.Is(err, ErrPayload):
		h.logger.WarnContext(r.Context(), "webhook delivery with another payload", "action", event.Action, "error", err)
	case err != nil:
		h.logger.WarnContext(r.Context(), "webhook delivery refused", "status", status, "error", err)
		http.Error(w, err.Error(), status)
		return
	}
	if err := h.handle(r.Context(), event); err != nil {
		status := http.StatusInternalServerError
		if errors.Is(err, ErrQueueFull) {
			status = http.StatusServiceUnavailable
		}
		h.logger.ErrorContext(r.Context(), "webhook delivery failed", "action", event.Action, "status", status, "error", err)
		http.Error(w, http.StatusText(status), status) // what the error says is nobody else's business
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// receive returns the status to refuse a delivery with, and an error that may
// be shown to whoever sent it.
func (h *handler) receive(w http.ResponseWriter, r *http.Request) (event Event, status int, err error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return Event{}, http.StatusMethodNotAllowed, errors.New("webhook: deliveries are posted")
	}
	if !h.secret.matches(r.Header) {
		return Event{}, http.StatusForbidden, errors.New("webhook: the secret is missing or wrong")
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return Event{}, http.StatusUnsupportedMediaType, errors.New("webhook: deliveries are of the type application/json")
	}
	if r.Body == nil { // as in a request that came from no http.Server
		r.Body = http.NoBody
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.maxBytes))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return Event{}, http.StatusRequestEntityTooLarge,
			fmt.Errorf("webhook: the delivery has more than %d bytes: see WithMaxBytes", tooLarge.Limit)
	}
	if err != nil {
		return Event{}, http.StatusBadRequest, parseError{"the body ends too early", err}
	}
	if err := checkWeight(body, h.maxBytes); err != nil {
		return Event{}, http.StatusRequestEntityTooLarge, err
	}
	event, err = parse(body)
	return event, http.StatusBadRequest, err
}
