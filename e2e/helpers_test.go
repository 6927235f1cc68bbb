package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// missing is an id that nothing has.
const missing = 999999999

// config has a control tag of each kind that the agreement of a task knows.
const config = `<View><Text name="text" value="$text"/>` +
	`<Choices name="label" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>` +
	`<Rating name="stars" toName="text"/></View>`

// regions is the result of an annotation or prediction that fits config.
const regions = `[{"id":"a1","from_name":"label","to_name":"text","type":"choices","value":{"choices":["good"]}},` +
	`{"id":"a2","from_name":"stars","to_name":"text","type":"rating","value":{"rating":4}}]`

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

// startServer runs a server for one test, with legacy tokens and with more in
// its environment.
func startServer(t *testing.T, env ...string) *server.Server {
	t.Helper()
	if withEmbedded && len(env) == 0 {
		stand := labelstudiotest.NewServer(t, labelstudiotest.WithoutPAT(), labelstudiotest.WithEmail(server.Email),
			labelstudiotest.WithLegacyToken(server.LegacyToken))
		return &server.Server{URL: stand.URL, Version: labelstudiotest.Version}
	}
	var settings []string
	for _, setting := range env {
		name, _, _ := strings.Cut(setting, "=")
		settings = append(settings, name)
	}
	needsReal(t, "settings of its own: "+strings.Join(settings, ", "))
	s, err := server.Start(t.Context(), server.Options{Environment: environment, LegacyTokens: true, Env: env})
	ok(t, err)
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// cleanup is the context of what runs when the test is over.
func cleanup(t *testing.T) context.Context { return context.WithoutCancel(t.Context()) }

// object is a JSON object, for what no type has.
type object map[string]any

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantError checks that err is an answer and matches all of kinds.
func wantError(t *testing.T, err error, kinds ...error) {
	t.Helper()
	_ = wantAnswer(t, err, kinds...) // it is checked already
}

// wantAnswer is wantError for who looks at the answer.
func wantAnswer(t *testing.T, err error, kinds ...error) *labelstudio.Error {
	t.Helper()
	var answer *labelstudio.Error
	if !errors.As(err, &answer) {
		t.Fatalf("got %v, want a *labelstudio.Error", err)
	}
	for _, kind := range kinds {
		if !errors.Is(err, kind) {
			t.Errorf("got %v, want one that is %v", err, kind)
		}
	}
	return answer
}

// unique returns a title that no other project has.
func unique(t *testing.T) string {
	t.Helper()
	return "e2e " + rand.Text()
}

// newProject makes a project that the test can change as it likes.
func newProject(t *testing.T, client *labelstudio.Client) *labelstudio.Project {
	t.Helper()
	return createProject(t, client, labelstudio.ProjectRequest{
		Title: labelstudio.Value(unique(t)), LabelConfig: new(config),
	})
}

// createProject makes a project that is deleted when the test ends.
func createProject(t *testing.T, client *labelstudio.Client, req labelstudio.ProjectRequest) *labelstudio.Project {
	t.Helper()
	project, err := client.Projects.Create(t.Context(), req)
	ok(t, err)
	t.Cleanup(func() {
		err := client.Projects.Delete(cleanup(t), project.ID)
		if err != nil && !errors.Is(err, labelstudio.ErrNotFound) {
			t.Error(err)
		}
	})
	return project
}

// newTask makes a task with the given text.
func newTask(t *testing.T, client *labelstudio.Client, project int64, text string) *labelstudio.BaseTask {
	t.Helper()
	task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project, Data: textData(t, text)})
	ok(t, err)
	return task
}

func textData(t *testing.T, text string) json.RawMessage {
	t.Helper()
	raw, err := labelstudio.Raw(map[string]string{"text": text})
	ok(t, err)
	return raw
}

// newTasks makes tasks and returns their ids, in ascending order.
func newTasks(t *testing.T, client *labelstudio.Client, project int64, count int) []int64 {
	t.Helper()
	var ids []int64
	for i := range count {
		ids = append(ids, newTask(t, client, project, fmt.Sprint("text ", i)).ID)
	}
	return ids
}

// annotate makes an annotation and returns its id. The body may have what
// the described one lacks.
func annotate(t *testing.T, client *labelstudio.Client, task int64, body object) int64 {
	t.Helper()
	return post(t, client, fmt.Sprintf("/api/tasks/%d/annotations/", task), body)
}

// post makes something by a route whose types are not in use here, and returns
// its id.
func post(t *testing.T, client *labelstudio.Client, path string, body any) int64 {
	t.Helper()
	var made struct{ ID int64 }
	ok(t, client.Do(t.Context(), http.MethodPost, path, nil, body, &made))
	return made.ID
}

// rawObject returns an answer of the server, key by key.
func rawObject(t *testing.T, client *labelstudio.Client, path string) map[string]json.RawMessage {
	t.Helper()
	var raw json.RawMessage
	ok(t, client.Do(t.Context(), http.MethodGet, path, nil, nil, &raw))
	return keys(t, raw)
}

func keys(t *testing.T, raw json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	ok(t, json.Unmarshal(raw, &m))
	return m
}

// wantChanges checks that after differs from before in the keys of want, which
// have the given values now, and in nothing else.
func wantChanges(t *testing.T, before, after map[string]json.RawMessage, want map[string]string) {
	t.Helper()
	changed := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if string(before[key]) != string(after[key]) {
			changed[key] = string(after[key])
		}
	}
	if !maps.Equal(changed, want) || len(before) != len(after) {
		t.Errorf("changed: %v, want %v (%d keys before, %d after)", changed, want, len(before), len(after))
	}
}

// counter counts the requests of a client, without the exchanges of tokens.
type counter struct{ requests int }

func (c *counter) option() labelstudio.Option {
	return labelstudio.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			c.requests++
			return next.RoundTrip(req)
		})
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func admin(t *testing.T) *labelstudio.Client {
	t.Helper()
	return newClient(t, withLegacy, labelstudio.WithToken(server.LegacyToken))
}

// user is a second member of the organization of the server with legacy tokens.
type user struct {
	id    int64
	token string // legacy
}

func (u user) client(t *testing.T) *labelstudio.Client {
	t.Helper()
	return newClient(t, withLegacy, labelstudio.WithToken(u.token))
}

var csrfField = regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`)

// access returns a client that has exchanged a personal access token of the
// user already: the access token works five minutes, whatever becomes of the
// user.
func (u user) access(t *testing.T) *labelstudio.Client {
	t.Helper()
	token, err := u.client(t).Tokens.Create(t.Context())
	ok(t, err)
	access := newClient(t, withLegacy, labelstudio.WithToken(token.Token))
	_, err = access.Users.WhoAmI(t.Context())
	ok(t, err)
	return access
}

// newUser signs up, and is deleted when the test is over.
func newUser(t *testing.T) user {
	t.Helper()
	u := signUp(t, withLegacy)
	owner := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	t.Cleanup(func() {
		err := owner.Users.Delete(cleanup(t), u.id)
		if err != nil && !errors.Is(err, labelstudio.ErrNotFound) {
			t.Error(err)
		}
	})
	return u
}

// signUp goes by the web form, the only way to a user who can log in and is a
// member of the organization.
func signUp(t *testing.T, s *server.Server) user {
	t.Helper()
	if u, ok := embeddedUser(t, s); ok {
		return u
	}
	owner := unrecorded(t, s.URL, labelstudio.WithToken(server.LegacyToken))
	var invite struct {
		URL string `json:"invite_url"`
	}
	ok(t, owner.Do(t.Context(), http.MethodGet, "/api/invite", nil, nil, &invite))
	at, err := url.Parse(invite.URL)
	ok(t, err)

	jar, err := cookiejar.New(nil)
	ok(t, err)
	browser := &http.Client{Jar: jar, Transport: newTransport(t)}
	form := s.URL + at.RequestURI()
	page := visit(t, browser, http.MethodGet, form, nil)
	field := csrfField.FindStringSubmatch(page)
	if field == nil {
		t.Fatal("the page to sign up has no form")
	}
	visit(t, browser, http.MethodPost, form, url.Values{
		"csrfmiddlewaretoken": {field[1]}, "email": {strings.ToLower(rand.Text()) + "@example.com"},
		"password": {server.Password}, "how_find_us": {""}, "elaborate": {""},
	})
	var who struct{ ID int64 }
	ok(t, json.Unmarshal([]byte(visit(t, browser, http.MethodGet, s.URL+"/api/current-user/whoami", nil)), &who))
	var token struct{ Token string }
	ok(t, json.Unmarshal([]byte(visit(t, browser, http.MethodGet, s.URL+"/api/current-user/token", nil)), &token))
	return user{who.ID, token.Token}
}

func visit(t *testing.T, browser *http.Client, method, address string, form url.Values) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	ok(t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Referer", address)
	resp, err := browser.Do(req)
	ok(t, err)
	body, err := io.ReadAll(resp.Body)
	ok(t, errors.Join(err, resp.Body.Close()))
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s: %.300s", method, address, resp.Status, body)
	}
	return string(body)
}

// accessToken exchanges a personal access token by hand.
func accessToken(t *testing.T, s *server.Server, token string) string {
	t.Helper()
	answer, err := newClient(t, s).Tokens.Refresh(t.Context(), labelstudio.TokenRefreshRequest{Refresh: token})
	ok(t, err)
	return answer.Access
}

// sendAs makes a client send the given Authorization header, whatever it is.
func sendAs(authorization string) labelstudio.Option {
	return labelstudio.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			req = req.Clone(req.Context())
			req.Header.Set("Authorization", authorization)
			return next.RoundTrip(req)
		})
	})
}

// form returns a multipart body with one file, and its content type.
func form(t *testing.T, name, content string) (*bytes.Buffer, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	ok(t, err)
	_, err = io.WriteString(part, content)
	ok(t, errors.Join(err, w.Close()))
	return &body, w.FormDataContentType()
}
