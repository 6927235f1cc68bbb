package labelstudiotest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

const config = `<View><Text name="text" value="$text"/><Choices name="label" toName="text">` +
	`<Choice value="good"/><Choice value="bad"/></Choices></View>`

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newProject(t testing.TB, client *labelstudio.Client) int64 {
	t.Helper()
	project, err := client.Projects.Create(t.Context(), labelstudio.ProjectRequest{
		Title: labelstudio.Value("Reviews"), LabelConfig: new(config),
	})
	ok(t, err)
	return project.ID
}

func inputs(t testing.TB, count int) []labelstudio.TaskInput {
	t.Helper()
	var texts []map[string]string
	for i := range count {
		texts = append(texts, map[string]string{"text": fmt.Sprint("text ", i)})
	}
	tasks, err := labelstudio.NewTaskInputs(texts)
	ok(t, err)
	return tasks
}

// roundTrip makes a project, imports into it, lists it and exports it.
func roundTrip(t testing.TB, client *labelstudio.Client) {
	t.Helper()
	project := newProject(t, client)
	tasks := inputs(t, 3)
	tasks[0].Annotations = []labelstudio.AnnotationInput{{Result: json.RawMessage(
		`[{"from_name":"label","to_name":"text","type":"choices","value":{"choices":["good"]}}]`)}}
	_, err := client.Projects.Import(t.Context(), project, tasks, labelstudio.ImportOptions{})
	ok(t, err)
	listed := 0
	for _, err := range client.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project}) {
		ok(t, err)
		listed++
	}
	download, err := client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "JSON", AllTasks: true})
	ok(t, err)
	content, err := io.ReadAll(download)
	ok(t, errors.Join(err, download.Close()))
	var exported []json.RawMessage
	ok(t, json.Unmarshal(content, &exported))
	if listed != 3 || len(exported) != 3 {
		t.Errorf("listed %d and exported %d of 3 tasks", listed, len(exported))
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	for name, token := range map[string]string{"personal access token": s.PAT, "legacy token": s.LegacyToken} {
		t.Run(name, func(t *testing.T) { roundTrip(t, s.Client(labelstudio.WithToken(token))) })
	}
}

// A start is under 5 ms, and a whole test under 50 ms; the best of some, as the
// machine has other work.
func TestIsFast(t *testing.T) {
	if testing.Short() {
		t.Skip("measures times")
	}
	best := func(what func()) time.Duration {
		least := time.Hour
		for range 10 {
			start := time.Now()
			what()
			least = min(least, time.Since(start))
		}
		return least
	}
	started := best(func() { labelstudiotest.NewServer(t) })
	tested := best(func() { roundTrip(t, labelstudiotest.NewServer(t).Client()) })
	t.Logf("a start takes %v, a test %v", started, tested)
	if started > 5*time.Millisecond || tested > 50*time.Millisecond {
		t.Errorf("a start takes %v, want 5ms at most; a test %v, want 50ms at most", started, tested)
	}
}

// Two hundred servers are there at once, each asked by a goroutine of its own
// and with nothing of the others.
func TestManyServers(t *testing.T) {
	t.Parallel()
	const count = 200
	errs := make(chan error, count)
	for i := range count {
		s := labelstudiotest.NewServer(t)
		go func() { errs <- onlyProject(t.Context(), s.Client(), fmt.Sprint("project ", i)) }()
	}
	for range count {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// onlyProject makes a project, which must be the only one.
func onlyProject(ctx context.Context, client *labelstudio.Client, title string) error {
	made, err := client.Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value(title), LabelConfig: new(config)})
	if err != nil {
		return err
	}
	_, err = client.Projects.Import(ctx, made.ID, []labelstudio.TaskInput{{Data: []byte(`{"text":"x"}`)}}, labelstudio.ImportOptions{})
	if err != nil {
		return err
	}
	page, err := client.Projects.List(ctx, nil)
	if err != nil {
		return err
	}
	if page.Count != 1 {
		return fmt.Errorf("%s is one of %d projects", title, page.Count)
	}
	listed, err := page.Results[0].Title.Get()
	if err == nil && listed != title {
		err = fmt.Errorf("%s is listed as %s", title, listed)
	}
	return err
}

// recorder is a test that may fail without failing ours.
type recorder struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Error(args ...any) {
	r.failures = append(r.failures, fmt.Sprint(args...))
}

// Fatal ends the goroutine, which is not the test's own.
func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	runtime.Goexit()
}

// fatal runs what ends the test, and returns why.
func fatal(t *testing.T, call func(r *recorder)) string {
	t.Helper()
	r := &recorder{TB: t}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		call(r)
	}()
	<-ended
	return strings.Join(r.end(), "\n")
}

// end runs the cleanups, and returns the failures.
func (r *recorder) end() []string {
	for _, f := range r.cleanups {
		f()
	}
	return r.failures
}

func wantFailures(t *testing.T, r *recorder, parts ...string) {
	t.Helper()
	failures := r.end()
	if len(failures) != len(parts) {
		t.Fatalf("the failures are %q, want %d", failures, len(parts))
	}
	for i, part := range parts {
		if !strings.Contains(failures[i], part) {
			t.Errorf("the failure is %q, want one that has %q", failures[i], part)
		}
	}
}

// What the server doesn't know fails the test, by the operation's name.
func TestUnknownOperation(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	s := labelstudiotest.NewServer(r)
	_, err := s.Client().Webhooks.List(t.Context(), nil)
	var answer *labelstudio.Error
	if !errors.As(err, &answer) || answer.StatusCode != http.StatusNotImplemented || !strings.Contains(answer.Detail, "Webhooks.List") {
		t.Errorf("answered %v", err)
	}
	wantFailures(t, r, "Webhooks.List is not known")
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	s := labelstudiotest.NewServer(r)
	project := s.AddProject("Reviews", "")
	if _, err := s.Client().Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "COCO", AllTasks: true}); err == nil {
		t.Error("no error")
	}
	wantFailures(t, r, "Exports.Export of the format COCO is not known")
}

// What is not in the contract is a web page, as it is there.
func TestNoRoute(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	resp, err := http.Get(s.URL + "/api/nonesuch")
	ok(t, err)
	body, err := io.ReadAll(resp.Body)
	ok(t, errors.Join(err, resp.Body.Close()))
	if resp.StatusCode != 404 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") || !bytes.Contains(body, []byte("<html")) ||
		len(body) < 150_000 {
		t.Errorf("answered %s with %d bytes of %s", resp.Status, len(body), resp.Header.Get("Content-Type"))
	}
	if got := s.Requests(); len(got) != 1 || got[0].Operation != "" || got[0].Path != "/api/nonesuch" || got[0].Status != 404 {
		t.Errorf("the requests are %+v", got)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	legacyOff := labelstudiotest.NewServer(t, labelstudiotest.WithoutLegacyTokens())
	_, err := legacyOff.Client(labelstudio.WithToken(legacyOff.LegacyToken)).Users.WhoAmI(t.Context())
	if !errors.Is(err, labelstudio.ErrLegacyTokensDisabled) {
		t.Errorf("a legacy token where they are off: %v", err)
	}
	_, err = legacyOff.Client().Users.WhoAmI(t.Context())
	ok(t, err)

	s := labelstudiotest.NewServer(t)
	client := s.Client()
	_, err = client.Users.WhoAmI(t.Context())
	ok(t, err)
	ok(t, client.Tokens.Revoke(t.Context(), labelstudio.TokenRevokeRequest{Refresh: s.PAT}))
	_, err = s.Client().Users.WhoAmI(t.Context())
	if !errors.Is(err, labelstudio.ErrTokenRevoked) {
		t.Errorf("a revoked token: %v", err)
	}
	_, err = client.Users.WhoAmI(t.Context()) // its access token works until it expires
	ok(t, err)
}

// An access token ends when its time has come, by the clock of the server.
func TestAccessTokenExpires(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := labelstudiotest.NewServer(t, labelstudiotest.WithClock(func() time.Time { return now }))
	client := s.Client()
	for range 2 {
		_, err := client.Users.WhoAmI(t.Context())
		ok(t, err)
		now = now.Add(6 * time.Minute)
	}
	exchanges := len(s.AllRequests()) - len(s.Requests())
	if exchanges != 2 {
		t.Errorf("%d exchanges, want 2", exchanges)
	}
}

func TestClosedServer(t *testing.T) {
	t.Parallel()
	s, err := labelstudiotest.Start()
	ok(t, err)
	s.Close()
	s.Close()
	if _, err := s.Client().Users.WhoAmI(t.Context()); err == nil {
		t.Error("a closed server has answered")
	}
}

func TestNoTest(t *testing.T) {
	t.Parallel()
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, "use Start") {
			t.Errorf("panics with %q", got)
		}
	}()
	labelstudiotest.NewServer(nil)
}

func TestWrongLegacyToken(t *testing.T) {
	t.Parallel()
	if s, err := labelstudiotest.Start(labelstudiotest.WithLegacyToken("short")); err == nil {
		s.Close()
		t.Error("a token that is none was taken")
	}
	const want = "labelstudiotest: WithLegacyToken needs 40 hexadecimal digits"
	got := fatal(t, func(r *recorder) { labelstudiotest.NewServer(r, labelstudiotest.WithLegacyToken("short")) })
	if got != want {
		t.Errorf("fails with %q, want %q", got, want)
	}
}

func TestTextOfAServerHasNoToken(t *testing.T) {
	t.Parallel()
	server := labelstudiotest.NewServer(t)
	if got, want := fmt.Sprintf("%v %s", server, server), strings.Repeat(" labelstudiotest.Server("+server.URL+")", 2)[1:]; got != want {
		t.Errorf("printed %s, want %s", got, want)
	}
}
