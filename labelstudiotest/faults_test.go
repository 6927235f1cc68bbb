package labelstudiotest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

func TestFailWithAStatus(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	client := s.Client()
	s.Fail(labelstudiotest.Fault{Operation: "Projects.List", After: 1, Times: 2, Status: 503, Header: http.Header{"Retry-After": {"7"}}})
	for i, want := range []error{nil, labelstudio.ErrServer, labelstudio.ErrServer, nil} {
		_, err := client.Projects.List(t.Context(), nil)
		if !errors.Is(err, want) {
			t.Errorf("call %d: got %v, want %v", i, err, want)
		}
	}
}

// A client that may repeat what fails comes through.
func TestFailAndRetry(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	s.Fail(labelstudiotest.Fault{Operation: "Projects.List", Status: 502})
	s.Fail(labelstudiotest.Fault{Operation: "Projects.List", Cut: -1})
	_, err := s.Client(labelstudio.WithRetries(2)).Projects.List(t.Context(), nil)
	ok(t, err)
	if got := len(s.Requests()); got != 3 {
		t.Errorf("%d requests, want 3", got)
	}
}

// What is cut has been done all the same.
func TestFailWithACut(t *testing.T) {
	t.Parallel()
	for _, cut := range []int{-1, 10} {
		s := labelstudiotest.NewServer(t)
		client := s.Client()
		s.Fail(labelstudiotest.Fault{Operation: "Projects.Create", Cut: cut})
		_, err := client.Projects.Create(t.Context(), labelstudio.ProjectRequest{Title: labelstudio.Value("Reviews")})
		if err == nil {
			t.Errorf("cut at %d: no error", cut)
		}
		if got := s.Projects(); len(got) != 1 {
			t.Errorf("cut at %d: the projects are %v", cut, got)
		}
	}
}

func TestFailWithADelay(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	s.Fail(labelstudiotest.Fault{Operation: "Users.WhoAmI", Delay: 30 * time.Millisecond})
	start := time.Now()
	_, err := s.Client().Users.WhoAmI(t.Context())
	ok(t, err)
	if took := time.Since(start); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

// The client exchanges its token again, and the call succeeds.
func TestFailWithAnExpiredToken(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	client := s.Client()
	s.Fail(labelstudiotest.Fault{ExpiredToken: true})
	_, err := client.Users.WhoAmI(t.Context())
	ok(t, err)
	var statuses []int
	exchanges := 0
	for _, request := range s.AllRequests() {
		if request.Operation == "Tokens.Refresh" {
			exchanges++
			continue
		}
		statuses = append(statuses, request.Status)
	}
	if exchanges != 2 || len(statuses) != 2 || statuses[0] != 401 || statuses[1] != 200 {
		t.Errorf("%d exchanges, answers %v", exchanges, statuses)
	}
}

// A fault for an expired token waits for a request that has one to refuse.
func TestExpiredTokenPassesOver(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	s.Fail(labelstudiotest.Fault{ExpiredToken: true})
	_, err := s.Client().Server.Version(t.Context())
	ok(t, err)
	_, err = s.Client(labelstudio.WithToken(s.LegacyToken)).Users.WhoAmI(t.Context())
	ok(t, err)
	resp, err := http.Get(s.URL + "/api/nonesuch")
	ok(t, err)
	ok(t, resp.Body.Close())
	s.ForgetRequests()
	_, err = s.Client().Users.WhoAmI(t.Context())
	ok(t, err)
	if got := s.Requests(); len(got) != 2 || got[0].Status != 401 {
		t.Errorf("the requests are %+v", got)
	}
}

// The usual body comes with headers of the test's own, which may change them later.
func TestFailWithHeaders(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	header := http.Header{"Retry-After": {"7"}}
	s.Fail(labelstudiotest.Fault{Status: 503, Header: header, Times: 2})
	s.Fail(labelstudiotest.Fault{Status: 302, Header: http.Header{"Location": {"/user/login"}}})
	s.Answer("Projects.List", 503, nil)
	header.Set("Retry-After", "8")
	for i, want := range []struct {
		status     int
		retryAfter string
		json, body bool
	}{{503, "7", true, true}, {503, "7", true, true}, {302, "", false, false}, {503, "", false, false}} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/projects/", nil)
		ok(t, err)
		resp, err := http.DefaultTransport.RoundTrip(req)
		ok(t, err)
		body, err := io.ReadAll(resp.Body)
		ok(t, errors.Join(err, resp.Body.Close()))
		if resp.StatusCode != want.status || resp.Header.Get("Retry-After") != want.retryAfter || len(body) > 0 != want.body ||
			(resp.Header.Get("Content-Type") == "application/json") != want.json {
			t.Errorf("answer %d is %s %v: %s", i, resp.Status, resp.Header, body)
		}
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	client := s.Client()
	s.Answer("Webhooks.List", 200, []any{}) // which the server doesn't know
	hooks, err := client.Webhooks.List(t.Context(), nil)
	ok(t, err)
	if len(hooks) != 0 {
		t.Errorf("the webhooks are %v", hooks)
	}
	project := s.AddProject("Reviews", "")
	s.Answer("Projects.Delete", 204, nil)
	ok(t, client.Projects.Delete(t.Context(), project))
	if got := s.Projects(); len(got) != 1 {
		t.Errorf("the scripted answer has deleted: %v", got)
	}
	s.Answer("Projects.Get", 404, map[string]string{"detail": "Gone."})
	_, err = client.Projects.Get(t.Context(), project)
	var answer *labelstudio.Error
	if !errors.As(err, &answer) || answer.Detail != "Gone." {
		t.Errorf("answered %v", err)
	}
}

func TestExpectedCalls(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	s := labelstudiotest.NewServer(r, labelstudiotest.WithExpectedCallsOnly())
	client := s.Client()
	s.Expect("Users.WhoAmI", 1)
	s.Expect("Projects.Create", 2)
	for range 2 { // once more than expected
		_, err := client.Users.WhoAmI(t.Context())
		ok(t, err)
	}
	newProject(t, client)
	wantFailures(t, r, "unexpected call of Users.WhoAmI", "Projects.Create was called 1 times, want 2")
}

// What is expected is exact for its operation, also where others may be called.
func TestExpectIsExact(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	s := labelstudiotest.NewServer(r)
	client := s.Client()
	s.Expect("Projects.List", 0)
	s.Expect("Users.WhoAmI", 1)
	s.Expect("Users.WhoAmI", 1) // once more
	for range 3 {
		_, err := client.Users.WhoAmI(t.Context())
		ok(t, err)
	}
	_, err := client.Projects.List(t.Context(), nil)
	ok(t, err)
	_, err = client.Users.List(t.Context())
	ok(t, err)
	wantFailures(t, r, "unexpected call of Users.WhoAmI", "unexpected call of Projects.List")
}

func TestFaultsThatAreNone(t *testing.T) {
	t.Parallel()
	s, err := labelstudiotest.Start()
	ok(t, err)
	defer s.Close()
	refused := func(name string, call func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s was taken", name)
			}
		}()
		call()
	}
	for _, f := range []labelstudiotest.Fault{
		{}, {Operation: "Projects.List"}, {Status: 99}, {Status: 101}, {Status: 600}, {Status: -1}, {Body: "x"}, {Operation: "Projects.Nope", Status: 500},
		{Header: http.Header{}, Delay: 1}, {Status: 500, After: -1}, {Delay: -1}, {Status: 200}, {Status: 201, Header: http.Header{}},
		{Late: true}, {Late: true, Cut: -1}, {Late: true, Delay: 1, Status: 500}, {ExpiredToken: true, Status: 500}, {ExpiredToken: true, Operation: "Tokens.Refresh"}, {ExpiredToken: true, Operation: "Server.Version"},
	} {
		refused(fmt.Sprintf("%+v", f), func() { s.Fail(f) })
	}
	refused("a status of 0", func() { s.Answer("Projects.List", 0, []any{}) })
	refused("a status of 0 without a body", func() { s.Answer("Projects.List", 0, nil) })
	refused("fewer calls than none", func() { s.Expect("Projects.List", -1) })
}

// What a test has scripted and never asked for fails it.
func TestFaultsThatAreNotMet(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	s := labelstudiotest.NewServer(r)
	s.Answer("Projects.List", 200, []any{})
	s.Fail(labelstudiotest.Fault{Status: 500, After: 5})
	s.Fail(labelstudiotest.Fault{Operation: "Users.WhoAmI", Status: 500, Times: 3})
	if _, err := s.Client().Users.WhoAmI(t.Context()); err == nil {
		t.Error("no error")
	}
	wantFailures(t, r, "for Projects.List", "for any operation")
	if got := s.Problems(); len(got) != 2 {
		t.Errorf("the problems are %q", got)
	}
}

func TestCutOfNothing(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	s := labelstudiotest.NewServer(r)
	s.Fail(labelstudiotest.Fault{Operation: "Projects.List", Cut: 10_000})
	_, err := s.Client().Projects.List(t.Context(), nil)
	ok(t, err)
	wantFailures(t, r, "a Cut of 10000 does nothing")
}

func TestForgetRequests(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	_, err := s.Client().Users.WhoAmI(t.Context())
	ok(t, err)
	s.ForgetRequests()
	if got := s.AllRequests(); len(got) != 0 {
		t.Errorf("the requests are %v", got)
	}
}

func TestProblemsWithoutATest(t *testing.T) {
	t.Parallel()
	s, err := labelstudiotest.Start()
	ok(t, err)
	defer s.Close()
	if _, err := s.Client().Webhooks.List(t.Context(), nil); err == nil {
		t.Error("no error")
	}
	if got := s.Problems(); len(got) != 1 {
		t.Errorf("the problems are %q", got)
	}
}

// A delay ends when the client has gone.
func TestDelayEndsWithTheClient(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	s.Fail(labelstudiotest.Fault{Operation: "Server.Version", Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for len(s.Requests()) == 0 { // it has met the fault
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/api/version/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		t.Error("an answer came within the hour")
	}
}
