package labelstudio

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio/internal/weight"
)

// What a server may do to a client that trusts it too much. Each ends in bounded
// time and memory, with an error that says what to do.

// endlessly says the same for ever, after a beginning.
func endlessly(begin, again string) io.Reader {
	return io.MultiReader(strings.NewReader(begin), &repeated{text: again})
}

type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		copied := copy(p[n:], r.text[r.at:])
		n, r.at = n+copied, (r.at+copied)%len(r.text)
	}
	return n, nil
}

// sendTo writes until the client hangs up, and returns how much it took.
func sendTo(w io.Writer, r io.Reader) int64 {
	n, _ := io.Copy(w, r) // the client hangs up
	return n
}

const testMaxAnswer = 256 << 10

func TestEndlessAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		begin, again string
		out          any
	}{
		{"a string", `"`, "x", new(any)},
		{"a list", "[1", ",1", new(any)},
		{"a list of things", "[{}", ",{}", new([]thing)},
		{"an object", `{"a":1`, `,"a":1`, new(thing)},
		{"a number", "1", "1", new(any)},
		{"white space", "", " \n", new(any)},
		{"white space after it", "{}", " ", new(thing)},
		{"raw JSON", `{"a":"`, "x", new(json.RawMessage)},
		{"bytes", "x", "x", new([]byte)},
		{"what the thing doesn't have", `{"b":[`, "[],", new(thing)},
	}
	for _, tt := range tests {
		for _, zipped := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, zipped %t", tt.name, zipped), func(t *testing.T) {
				t.Parallel()
				var sent atomic.Int64
				done := make(chan struct{})
				server := newServer(t, func(w http.ResponseWriter, req *http.Request) {
					defer close(done)
					w.Header().Set("Content-Type", "application/json")
					if zipped && strings.Contains(req.Header.Get("Accept-Encoding"), "gzip") {
						w.Header().Set("Content-Encoding", "gzip")
						packed := gzip.NewWriter(w)
						sent.Store(sendTo(packed, endlessly(tt.begin, tt.again)))
						return
					}
					sent.Store(sendTo(w, endlessly(tt.begin, tt.again)))
				})
				c := mustClient(t, server.URL, WithMaxAnswer(testMaxAnswer))
				out := reflect.New(reflect.TypeOf(tt.out).Elem()).Interface()
				err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, out)
				if !errors.Is(err, ErrTooLarge) || !errors.Is(err, ErrUnexpectedAnswer) ||
					!strings.Contains(err.Error(), "262144 bytes") || !strings.Contains(err.Error(), "ask for less") || !strings.Contains(err.Error(), "WithMaxAnswer") {
					t.Errorf("error %v", err)
				}
				if <-done; !zipped && sent.Load() > 64<<20 { // what fits into buffers on the way
					t.Errorf("%d bytes were taken", sent.Load())
				}
			})
		}
	}
}

func TestMaxAnswer(t *testing.T) {
	t.Parallel()
	const text = `"0123456789"`
	for _, tt := range []struct {
		limit    int64
		tooLarge bool
	}{{0, false}, {12, false}, {13, false}, {11, true}, {1, true}} {
		for _, out := range []any{new(any), new([]byte)} {
			c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, text), nil }, WithMaxAnswer(tt.limit))
			if err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, out); errors.Is(err, ErrTooLarge) != tt.tooLarge {
				t.Errorf("limit %d into a %T: error %v", tt.limit, out, err)
			}
		}
	}
	if c := mustClient(t, testBase); c.core.limits != defaultLimits || c.core.limits.answer != 128<<20 {
		t.Errorf("%d bytes by default", c.core.limits.answer)
	}
	// A stream has no limit.
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, text), nil }, WithMaxAnswer(1))
	var body io.ReadCloser
	if err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, &body); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); string(got) != text || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if err := body.Close(); err != nil {
		t.Error(err)
	}
}

// What is short and becomes large when it is decoded is as bad as what is long.
func TestAnswerThatSwells(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	const limit = 2 << 20
	for name, text := range map[string]string{
		"tasks":     `{"total":1,"tasks":[` + strings.Repeat("{},", 600_000) + `{}]}`,
		"data":      `{"total":1,"tasks":[{"data":{"a":[` + strings.Repeat("[],", 600_000) + `1]}}]}`,
		"numbers":   `{"total":1,"tasks":[{"data":{"a":[` + strings.Repeat("1,", 900_000) + `1]}}]}`,
		"additions": `{"total":1,"tasks":[{"data":{` + strings.Repeat(`"a":{},`, 290_000) + `"a":{}}}]}`,
	} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, text), nil }, WithMaxAnswer(limit))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := c.Tasks.List(t.Context(), nil)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %d bytes, error %v", name, len(text), err)
		}
		// All that is allocated, also what was given up when a list grew.
		if took := after.TotalAlloc - before.TotalAlloc; took > 3*weight.Most*limit {
			t.Errorf("%s: %d bytes took %d", name, len(text), took)
		}
	}
	// What annotators make passes.
	region := `{"id":"a1","type":"rectanglelabels","value":{"x":1.25,"y":2.5,"width":3.75,"height":4,"rectanglelabels":["Car"]},"origin":"manual"}`
	text := `{"total":1,"tasks":[{"id":1,"annotations":[{"id":2,"result":[` + strings.Repeat(region+",", 5_000) + region + `]}]}]}`
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, text), nil }, WithMaxAnswer(limit))
	if _, err := c.Tasks.List(t.Context(), nil); err != nil {
		t.Errorf("%d bytes of regions: %v", len(text), err)
	}
}

// Nesting has its own limit, because it takes stack and not only bytes.
func TestDeepAnswer(t *testing.T) {
	t.Parallel()
	for name, out := range map[string]any{"any": new(any), "thing": new(thing), "list": new([]any), "raw": new([]json.RawMessage)} {
		for _, text := range []string{strings.Repeat("[", 1<<18), "[" + strings.Repeat(`{"a":`, 1<<18), strings.Repeat("[", 1<<18) + strings.Repeat("]", 1<<18)} {
			c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, text), nil })
			if err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, out); !errors.Is(err, ErrUnexpectedAnswer) || len(err.Error()) > 1000 {
				t.Errorf("%s: error %v", name, err)
			}
		}
	}
}

func TestEndlessErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ kind, begin, again string }{
		"JSON":       {"application/json", `{"detail":"`, "x"},
		"page":       {"text/html", "<html><title>", "<title>"},
		"text":       {"text/plain", "", "x"},
		"with lists": {"application/json", `{"validation_errors":[`, "[],"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done := make(chan struct{})
			server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				defer close(done)
				w.Header().Set("Content-Type", tt.kind)
				w.Header().Set("Content-Encoding", "gzip")
				w.WriteHeader(http.StatusBadRequest)
				packed := gzip.NewWriter(w)
				sendTo(packed, endlessly(tt.begin, tt.again))
			})
			var e *Error
			if err := get(t, mustClient(t, server.URL), "/"); !errors.As(err, &e) || e.StatusCode != 400 || len(e.Body) != maxErrorBody || len(err.Error()) > 1000 {
				t.Errorf("error %.1000v", err)
			}
			<-done
		})
	}
}

func TestEndlessElement(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ begin, again string }{
		"a string":                {`[{"id":1},"`, "x"},
		"what is not wanted":      {`[{"id":1},{"b":[`, "1,"},
		"white space":             {`[{"id":1},`, " "},
		"white space before":      {" ", " "},
		"white space at the end":  {`[{"id":1}]`, " "},
		"nothing but what is not": {`[{"id":1},{"b":"`, "x"},
	} {
		var failed error
		for _, failed = range elements[thing](endlessly(tt.begin, tt.again), 1<<18, decodeOptions) {
		}
		if !errors.Is(failed, ErrTooLarge) || !strings.Contains(failed.Error(), "it has more than 262144 bytes") {
			t.Errorf("%s: error %v", name, failed)
		}
	}
	// The list itself has no limit.
	count := 0
	for _, err := range elements[thing](endlessly(`[{"id":1}`, `,{"id":2}`), 100, decodeOptions) {
		if count++; err != nil || count == 50_000 {
			if err != nil {
				t.Error(err)
			}
			break
		}
	}
}

// One task of a file that is imported is held at a time.
func TestEndlessTaskInAFile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		format       TaskFormat
		begin, again string
	}{
		"a line":             {TaskFormatJSONLines, `{"text":"`, "x"},
		"a second line":      {TaskFormatJSONLines, "{\"text\":1}\n{\"text\":\"", "x"},
		"an object":          {TaskFormatJSON, `[{"text":"`, "x"},
		"a second object":    {TaskFormatJSON, `[{"text":1},{"text":"`, "x"},
		"a row":              {TaskFormatCSV, "text\n", "x"},
		"an open quote":      {TaskFormatCSV, "text\nx\n\"", "x\n"},
		"the names of a row": {TaskFormatTSV, "", "x"},
	} {
		var failed error
		tasks := 0
		for _, failed = range readTasks(endlessly(tt.begin, tt.again), tt.format, 1<<18) {
			tasks++
		}
		if !errors.Is(failed, ErrTooLarge) || !errors.Is(failed, ErrTaskFile) || tasks > 2 {
			t.Errorf("%s: after %d tasks the error %v", name, tasks, failed)
		}
	}
	// The file itself has no limit.
	tasks := 0
	for _, err := range readTasks(endlessly("", "{\"text\":1}\n"), TaskFormatJSONLines, 100) {
		if tasks++; err != nil || tasks == 50_000 {
			if err != nil {
				t.Error(err)
			}
			break
		}
	}
}

// What is no page must not pass for the last.
func TestPagesThatAreNone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		list func(context.Context, *Client) (int, error)
	}{
		"projects": {`{}`, func(ctx context.Context, c *Client) (int, error) { return count(c.Projects.All(ctx, nil)) }},
		"counts":   {`{"count":3}`, func(ctx context.Context, c *Client) (int, error) { return count(c.Projects.AllCounts(ctx, nil)) }},
		"tasks": {`{"total":3}`, func(ctx context.Context, c *Client) (int, error) {
			return count(c.Tasks.All(ctx, TaskFilter{Project: 1}))
		}},
		"tasks of a view": {`{"total":3,"tasks":null}`, func(ctx context.Context, c *Client) (int, error) {
			return count(c.Tasks.All(ctx, TaskFilter{View: 1}))
		}},
		"tasks of a project, from a proxy": {"default backend - 404", func(ctx context.Context, c *Client) (int, error) {
			n, err := count(c.Tasks.AllByProject(ctx, 1, &TasksListByProjectParams{PageSize: new(int64(1))}))
			if !errors.Is(err, ErrNotFound) || n != 1 {
				return n, err
			}
			return 0, ErrUnexpectedAnswer // as the others
		}},
		"tasks without a total": {`{"tasks":[{"id":1}]}`, func(ctx context.Context, c *Client) (int, error) {
			return count(c.Tasks.All(ctx, TaskFilter{Project: 1}))
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if strings.HasPrefix(req.URL.Path, "/api/projects/1/tasks/") {
					if req.URL.Query().Get("page") == "1" {
						return answer(200, `[{"id":1}]`), nil
					}
					return answer(404, tt.body, "Content-Type", "text/plain"), nil
				}
				return answer(200, tt.body), nil
			})
			if got, err := tt.list(t.Context(), c); !errors.Is(err, ErrUnexpectedAnswer) || got != 0 {
				t.Errorf("%d items, error %v", got, err)
			}
		})
	}
}

// Whether a file is whole is found out without holding it.
func TestEndlessTextInAFile(t *testing.T) {
	t.Parallel()
	if _, err := jsonProof(endlessly(`["`, "x"), 1<<18); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error %v", err)
	}
	for _, again := range []string{"[", `{"a":`} {
		if _, err := jsonProof(endlessly("", again), 1<<18); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s without end: %v", again, err)
		}
	}
	list := strings.NewReader("[" + strings.Repeat("1,", 1<<18) + "1]")
	if proof, err := jsonProof(list, 1000); proof != ProofStructure || err != nil {
		t.Errorf("a long list: %q, %v", proof, err)
	}
}

func TestEndlessPages(t *testing.T) {
	t.Parallel()
	page := func(item string) string {
		return `{"count":3,"next":"` + testBase + `/?page=2","previous":null,"results":[` + item + `]}`
	}
	task := `{"id":7,"data":{}}`
	tests := []struct {
		name string
		body string
		walk func(c *Client, yield func(error))
	}{
		{"projects", page(`{"id":1},{"id":2}`), func(c *Client, yield func(error)) {
			for _, err := range c.Projects.All(t.Context(), nil) {
				yield(err)
			}
		}},
		{"counts", page(`{"id":1}`), func(c *Client, yield func(error)) {
			for _, err := range c.Projects.AllCounts(t.Context(), nil) {
				yield(err)
			}
		}},
		{"members", page(`{}`), func(c *Client, yield func(error)) {
			for _, err := range c.Members.All(t.Context(), 1, nil) {
				yield(err)
			}
		}},
		{"labels", page(`{}`), func(c *Client, yield func(error)) {
			for _, err := range c.Labels.All(t.Context()) {
				yield(err)
			}
		}},
		{"label links", page(`{}`), func(c *Client, yield func(error)) {
			for _, err := range c.LabelLinks.All(t.Context(), nil) {
				yield(err)
			}
		}},
		{"states", page(`{}`), func(c *Client, yield func(error)) {
			for _, err := range c.FSM.All(t.Context(), "task", 1, nil) {
				yield(err)
			}
		}},
		{"tasks", `{"total":1000000,"total_annotations":0,"total_predictions":0,"tasks":[` + task + `]}`, func(c *Client, yield func(error)) {
			for _, err := range c.Tasks.All(t.Context(), TaskFilter{Project: 1}) {
				yield(err)
			}
		}},
		{"tasks in an order", `{"total":3,"total_annotations":0,"total_predictions":0,"tasks":[` + task + `]}`, func(c *Client, yield func(error)) {
			for _, err := range c.Tasks.All(t.Context(), TaskFilter{View: 1}) {
				yield(err)
			}
			yield(ErrUnexpectedAnswer) // it ends with the total, which is what a list can do
		}},
		{"tasks of a project", `[` + task + `]`, func(c *Client, yield func(error)) {
			for _, err := range c.Tasks.AllByProject(t.Context(), 1, &TasksListByProjectParams{PageSize: new(int64(1))}) {
				yield(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			c := fakeServer(t, func(*http.Request) (*http.Response, error) {
				if requests++; requests > 100 {
					return nil, errors.New("it goes on for ever")
				}
				return answer(200, tt.body), nil
			})
			var last error
			tt.walk(c, func(err error) { last = err })
			if !errors.Is(last, ErrUnexpectedAnswer) || requests < 2 {
				t.Errorf("after %d requests: error %v", requests, last)
			}
		})
	}
}

// A list whose items move while it is read, so that some come twice, is no
// endless one.
func TestMovingPages(t *testing.T) {
	t.Parallel()
	number := 0
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		number++
		next := `"more"`
		if number == 50 {
			next = "null"
		}
		return answer(200, fmt.Sprintf(`{"count":26,"next":%s,"previous":null,"results":[{"id":%d}]}`, next, number)), nil
	})
	for range 2 { // the walk begins anew
		number = 0
		count := 0
		for _, err := range c.Projects.All(t.Context(), nil) {
			if count++; err != nil {
				t.Fatal(err)
			}
		}
		if count != 50 {
			t.Errorf("%d projects", count)
		}
	}
}

// rawServer answers each connection with what say writes after the head of a
// request, until the client hangs up.
func rawServer(t *testing.T, say func(w io.Writer) error) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			go func() {
				defer func() { _ = conn.Close() }()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
					return
				}
				for err == nil {
					err = say(conn)
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// countRequests counts the requests of a client.
func countRequests(n *atomic.Int64) Option {
	transport := defaultTransport()
	return WithTransport(roundTripFunc(func(req *http.Request) (*http.Response, error) {
		n.Add(1)
		return transport.RoundTrip(req)
	}))
}

func TestHeadersWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"one header":              "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n",
		"headers":                 "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-Y: z\r\n", 1<<18),
		"interim answers":         strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 1<<16),
		"interim answers, larger": "HTTP/1.1 100 Continue\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := rawServer(t, func(w io.Writer) error {
				_, err := io.WriteString(w, text)
				return err
			})
			var requests atomic.Int64
			err := get(t, mustClient(t, base, WithRetries(3), countRequests(&requests)), "/")
			if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "MaxResponseHeaderBytes: see WithTransport") || len(err.Error()) > 500 {
				t.Errorf("error %.500v", err)
			}
			if requests.Load() != 1 {
				t.Errorf("%d requests: it will be the same the next time", requests.Load())
			}
		})
	}
}

func TestLargeHeaderOfHTTP2(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		count, _ := strconv.Atoi(req.URL.Query().Get("count"))
		for i := range count {
			w.Header().Set(fmt.Sprint("X-", i), strings.Repeat("x", 1000))
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := defaultTransport().(*http.Transport)
	transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	for count, tt := range map[string]struct{ failed, tooLarge bool }{
		"500": {false, false}, "1015": {true, true}, "1300": {true, false}, // net/http says only that the protocol is broken
	} {
		var requests atomic.Int64
		c := mustClient(t, server.URL, WithRetries(1), WithTransport(roundTripFunc(func(req *http.Request) (*http.Response, error) {
			requests.Add(1)
			return transport.RoundTrip(req)
		})))
		err := c.Do(t.Context(), http.MethodGet, "/", url.Values{"count": {count}}, nil, nil)
		if (err != nil) != tt.failed || errors.Is(err, ErrTooLarge) != tt.tooLarge {
			t.Errorf("%s headers: error %v", count, err)
		}
		if tt.tooLarge && requests.Load() != 1 {
			t.Errorf("%s headers: %d requests: it will be the same the next time", count, requests.Load())
		}
	}
}

func TestCertificateOfAStranger(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a request was sent")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	var requests atomic.Int64
	err := get(t, mustClient(t, server.URL, WithToken(testLegacy), WithRetries(3), countRequests(&requests)), "/")
	var refused *tls.CertificateVerificationError
	if !errors.As(err, &refused) || requests.Load() != 1 {
		t.Errorf("%d requests, error %v", requests.Load(), err)
	}
}

// The exchange of a token has its own limits, as it is shared.
func TestHostileExchange(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"endless string": `{"access":"`,
		"white space":    `  `,
	} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			res := answer(200, "")
			res.Body = io.NopCloser(endlessly(body, " "))
			return res, nil
		}, WithToken(testPAT))
		if err := get(t, c, "/"); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "POST /api/token/refresh/") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A redirect leads to a web server or nowhere, and from TLS to plain text it
// leads without the token.
func TestRedirectsToOtherSchemes(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"file:///etc/passwd", "ftp://files.test/x", "javascript:alert(1)", "gopher://x", "http:///nowhere"} {
		var calls recorder
		transport := defaultTransport()
		c := mustClient(t, "https://labels.test", WithToken(testLegacy), WithTransport(roundTripFunc(func(req *http.Request) (*http.Response, error) {
			if calls.add(t, req); req.URL.Host == "labels.test" && req.URL.Path == "/api/x/" {
				return answer(302, "", "Location", to), nil
			}
			return transport.RoundTrip(req)
		})))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err := c.Do(ctx, http.MethodGet, "/api/x/", nil, nil, nil)
		cancel()
		if err == nil || ctx.Err() == context.DeadlineExceeded {
			t.Errorf("%s: error %v", to, err)
		}
		if requests, _ := calls.all(); len(requests) > 2 || len(requests) == 2 && requests[1].Header.Get("Authorization") != "" {
			t.Errorf("%s: %d requests", to, len(requests))
		}
	}
	var calls recorder
	c := mustClient(t, "https://labels.test", WithToken(testLegacy), WithTransport(roundTripFunc(func(req *http.Request) (*http.Response, error) {
		if calls.add(t, req); req.URL.Scheme == "https" {
			return answer(302, "", "Location", "http://labels.test:443/api/x/"), nil
		}
		return answer(200, ""), nil
	})))
	if err := get(t, c, "/api/x/"); err != nil {
		t.Fatal(err)
	}
	requests, _ := calls.all()
	if len(requests) != 2 || requests[0].Header.Get("Authorization") == "" || requests[1].Header.Get("Authorization") != "" {
		t.Errorf("%d requests, the last with %v", len(requests), requests[len(requests)-1].Header)
	}
}

// A trickle over the network ends with the context, whatever is being read.
func TestTrickleEndsWithTheContext(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"200 OK", "404 Not Found", "503 Service Unavailable", "302 Found\r\nLocation: /x"} {
		base := rawServer(t, func(w io.Writer) error {
			if _, err := fmt.Fprintf(w, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n", status); err != nil {
				return err
			}
			for {
				if _, err := io.WriteString(w, " "); err != nil {
					return err
				}
				time.Sleep(time.Millisecond)
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		start := time.Now()
		err := mustClient(t, base, WithRetries(3)).Do(ctx, http.MethodGet, "/", nil, nil, new(any))
		cancel()
		if took := time.Since(start); err == nil || took > 10*time.Second {
			t.Errorf("%s: error %v after %s", status, err, took)
		}
	}
}

// An archive is saved as it is. What its paths lead to is not touched.
func TestArchiveWithPathsOutside(t *testing.T) {
	t.Setenv("GODEBUG", "zipinsecurepath=0") // makes archive/zip refuse such paths
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	for _, name := range []string{"../outside", "/outside", `..\outside`, "inside"} {
		file, err := archive.Create(name)
		if err == nil {
			_, err = io.WriteString(file, "x")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	folder := filepath.Join(dir, "inside")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	res := answer(200, packed.String(), "Content-Disposition", `attachment; filename="../../x.zip"`) //nolint:bodyclose // SaveAs does
	res.ContentLength = -1
	download := newDownload(res.Body, res, defaultLimits)
	if download.Name != "x.zip" {
		t.Errorf("the name is %q", download.Name)
	}
	saved, err := download.SaveAs(filepath.Join(folder, download.Name), nil)
	if err != nil || saved.Proof != ProofStructure {
		t.Fatalf("%v, %v", saved, err)
	}
	for path, want := range map[string]string{dir: "inside", folder: "x.zip"} {
		entries, err := os.ReadDir(path)
		if err != nil || len(entries) != 1 || entries[0].Name() != want {
			t.Errorf("%s holds %v, %v", path, entries, err)
		}
	}
}
