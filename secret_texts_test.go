package labelstudio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// allTexts is everything that an error of an answer can be asked for.
func allTexts(e *Error) string {
	return fmt.Sprintf("%v %q %q %q %q %s", e, e.Detail, e.ID, e.Path, e.Fields, e.Body)
}

// A server may escape what it repeats: JSON, HTML and URLs have more than one way
// to write a letter.
func TestEscapedTokensAreRedacted(t *testing.T) {
	t.Parallel()
	each := func(format, text string) string {
		var b strings.Builder
		for _, r := range text {
			_, _ = fmt.Fprintf(&b, format, r)
		}
		return b.String()
	}
	const slashed = "my/own/token<&>'\"\\0123456789"
	tests := map[string]struct{ token, kind, body string }{
		"JSON":                      {testLegacy, "application/json", `{"detail":"bad ` + each(`\u%04x`, testLegacy) + `"}`},
		"one letter of it":          {testLegacy, "application/json", `{"detail":"bad \u0061` + testLegacy[1:] + `"}`},
		"JSON in JSON":              {testLegacy, "application/json", `{"detail":"{\"x\":\"` + each(`\\u%04X`, testLegacy) + `\"}"}`},
		"HTML in JSON":              {testLegacy, "application/json", `{"detail":"bad ` + each(`\u0026#%d;`, testLegacy) + `"}`},
		"a field":                   {testLegacy, "application/json", `{"token":["` + each(`\u%04x`, testLegacy) + `"]}`},
		"the name of a field":       {testLegacy, "application/json", `{"` + each(`\u%04x`, testLegacy) + `":["bad"]}`},
		"an id":                     {testLegacy, "application/json", `{"status_code":400,"id":"` + each(`\u%04x`, testLegacy) + `"}`},
		"what is not shown":         {testLegacy, "application/json", `{"detail":"bad","exc_info":"` + each(`\u%04x`, testLegacy) + `"}`},
		"slashes":                   {slashed, "application/json", `{"detail":"bad my\/own\/token<&>'\"\\0123456789"}`},
		"all of it":                 {slashed, "application/json", `{"detail":"bad ` + each(`\u%04x`, slashed) + `"}`},
		"a title":                   {testLegacy, "text/html", `<html><title>bad ` + each("&#%d;", testLegacy) + `</title>`},
		"a title, hexadecimal":      {testLegacy, "text/html", `<html><title>bad ` + each("&#x%04X", testLegacy) + `</title>`},
		"a title of slashes":        {slashed, "text/html", `<html><title>bad my&sol;own&#47;token&#x3c;&amp;&gt;&#39;&quot;&#92;0123456789</title>`},
		"a title that is cut in it": {testLegacy, "text/html", `<html><title>` + strings.Repeat("x", 60) + each("&#%07d;", testLegacy) + `</title>`},
		"a title with a token":      {testLegacy, "text/html", `<html><title>` + strings.Repeat("x", 60) + testLegacy + `</title>`},
		"a URL":                     {testLegacy, "text/plain", "bad " + each("%%%02x", testLegacy)},
		"a URL, lower case":         {"a+b/c=0123456789", "text/plain", "bad a%2bb%2fc%3d0123456789"},
		"an unknown JWT":            {testLegacy, "application/json", `{"detail":"bad ` + each(`\u%04x`, testPAT) + `"}`},
	}
	for name, tt := range tests {
		for _, status := range []int{200, 400} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				t.Parallel()
				c := fakeServer(t, func(*http.Request) (*http.Response, error) {
					return answer(status, tt.body, "Content-Type", tt.kind), nil
				}, WithLegacyToken(tt.token))
				var e *Error
				if err := c.Do(t.Context(), http.MethodGet, "/api/x/", nil, nil, new([]int)); !errors.As(err, &e) {
					t.Fatalf("error %v", err)
				}
				text := allTexts(e)
				checkNoSecret(t, "the error", text, tt.token, testLegacy[:10], each(`\u%04x`, tt.token), each("&#%d;", tt.token), each("%%%02x", tt.token))
				if status == 400 && !strings.Contains(text, redacted) {
					t.Errorf("the answer was lost: %s", text)
				}
			})
		}
	}
}

// Half a token at the end of what is read is not found by looking for the whole.
func TestHalfATokenIsNotShown(t *testing.T) {
	t.Parallel()
	half := "bad token " + testLegacy[:30]
	for name, body := range map[string]io.Reader{
		"cut off":  io.MultiReader(strings.NewReader(half), iotest.ErrReader(io.ErrUnexpectedEOF)),
		"too long": strings.NewReader(strings.Repeat(" ", maxParsedBody-len(half)) + half + testLegacy[30:]),
		"one word": strings.NewReader(strings.Repeat("x", maxParsedBody-30) + testLegacy),
	} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			res := answer(400, "", "Content-Type", "text/plain")
			res.Body = io.NopCloser(body)
			return res, nil
		}, WithToken(testLegacy))
		var e *Error
		if err := get(t, c, "/"); !errors.As(err, &e) {
			t.Fatalf("%s: error %v", name, err)
		}
		checkNoSecret(t, name, allTexts(e), testLegacy[:10])
		if name != "one word" && e.Detail != "bad token" {
			t.Errorf("%s: the answer was lost: %q", name, e.Detail)
		}
	}
}

// A redirect that nobody follows is told with where it leads to.
func TestTokensInRedirectsThatAreNotFollowed(t *testing.T) {
	t.Parallel()
	for token, status := range map[string]int{testLegacy: 300, testPAT: 302} { // the latter to its exchange
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return answer(status, "", "Location", "http://other.test/"+token+"/"), nil
		}, WithToken(token))
		err := get(t, c, "/")
		if err == nil || !strings.Contains(err.Error(), "the server redirects to http://other.test/"+redacted) {
			t.Errorf("%d: error %v", status, err)
		}
		checkNoSecret(t, "the error", fmt.Sprint(err), token)
	}
}

// Of a page that is no answer the title is told.
func TestTokensInTitlesAreRedacted(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		return answer(200, "<html><title>Hello "+testLegacy+"</title>", "Content-Type", "text/html"), nil
	}, WithToken(testLegacy))
	_, err := c.Projects.Get(t.Context(), 1)
	checkNoSecret(t, "the error", fmt.Sprint(err))
	if !errors.Is(err, ErrUnexpectedAnswer) || !strings.Contains(err.Error(), "Hello "+redacted) {
		t.Errorf("error %v", err)
	}
}

// An address with a token fails with that address.
func TestTokensInFailedAddressesAreRedacted(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return nil, errReset }, WithToken(testLegacy))
	err := get(t, c, "/api/"+testLegacy+"/")
	var asURL *url.Error
	if !errors.As(err, &asURL) || asURL.URL != testBase+"/api/"+url.PathEscape(redacted)+"/" && asURL.URL != testBase+"/api/"+redacted+"/" {
		t.Errorf("url.Error %+v", asURL)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		checkNoSecret(t, "an inner error", e.Error())
	}
}

// What a request sets as a credential is not in its error, wherever the server
// repeats it.
func TestSecretsOfRequestsAreRedacted(t *testing.T) {
	t.Parallel()
	const secret = "AKIA/s3cr3t+5f1c0ffee"
	calls := map[string]func(context.Context, *Client) error{
		"S3ImportStorages.Create": func(ctx context.Context, c *Client) error {
			_, err := c.S3ImportStorages.Create(ctx, S3ImportStorageRequest{Project: 1, AWSSecretAccessKey: new(secret)})
			return err
		},
		"S3ImportStorages.Update": func(ctx context.Context, c *Client) error {
			_, err := c.S3ImportStorages.Update(ctx, 1, S3ImportStorageUpdateRequest{AWSSessionToken: new(secret)})
			return err
		},
		"S3ImportStorages.Validate": func(ctx context.Context, c *Client) error {
			return c.S3ImportStorages.Validate(ctx, S3ImportStorageValidateRequest{Project: 1, AWSAccessKeyID: new(secret)})
		},
		"AzureExportStorages.Create": func(ctx context.Context, c *Client) error {
			_, err := c.AzureExportStorages.Create(ctx, AzureExportStorageRequest{Project: 1, AccountKey: new(secret)})
			return err
		},
		"RedisImportStorages.SetUp": func(ctx context.Context, c *Client) error {
			_, err := c.RedisImportStorages.SetUp(ctx, RedisImportStorageRequest{Project: 1, Password: new(secret)}, nil)
			return err
		},
		"MLBackends.Create": func(ctx context.Context, c *Client) error {
			_, err := c.MLBackends.Create(ctx, MLBackendRequest{Project: 1, URL: "http://ml.test", BasicAuthPass: new(secret)})
			return err
		},
		"Webhooks.Create": func(ctx context.Context, c *Client) error {
			_, err := c.Webhooks.Create(ctx, WebhookRequest{URL: "http://hook.test", Headers: map[string]string{"X-Secret": secret}})
			return err
		},
		"Tokens.Revoke": func(ctx context.Context, c *Client) error {
			return c.Tokens.Revoke(ctx, TokenRevokeRequest{Refresh: secret})
		},
		"Do": func(ctx context.Context, c *Client) error {
			return c.Do(ctx, http.MethodPost, "/api/storages/redis/", nil, json.RawMessage(` {"password":"`+secret+`"}`), new([]int))
		},
	}
	answers := map[string]reply{
		"echo":       say(400, `{"detail":"bad `+secret+`"}`),
		"escaped":    say(400, `{"detail":"bad `+strings.ReplaceAll(secret, "/", `\/`)+`"}`),
		"field":      say(400, `{"`+secret+`":["x"]}`),
		"long field": say(400, `{"`+strings.Repeat("x", maxFieldName-10)+secret+`":["x"]}`),
		"title":      say(500, "<html><title>"+strings.Repeat("x", 70)+secret+"</title>", "Content-Type", "text/html"),
		"plain":      say(500, strings.Repeat("x", maxPlainDetail-10)+secret, "Content-Type", "text/plain"),
		"long":       say(500, strings.Repeat(" x", maxErrorBody/2-5)+secret, "Content-Type", "text/plain"),
		"time":       say(201, `{"id":1,"created_at":"`+secret+`"}`),
		"type":       say(201, `{"id":1}`, "Content-Type", "x/"+secret),
		"URL":        say(400, `{"detail":"no answer from https://u:`+secret[5:]+`@host/?`+secret+`"}`),
		"connection": {},
	}
	for call, do := range calls {
		for name, reply := range answers {
			t.Run(call+" "+name, func(t *testing.T) {
				t.Parallel()
				c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					switch {
					case req.Method == http.MethodGet:
						return answer(200, "[]"), nil
					case reply.status == 0:
						return nil, errors.New("dialing " + secret)
					}
					return answer(reply.status, reply.body, reply.headers...), nil
				})
				err := do(t.Context(), c)
				if err == nil && reply.status != 201 {
					t.Fatal("no error")
				}
				for ; err != nil; err = errors.Unwrap(err) {
					text := fmt.Sprintf("%v %+v", err, err)
					if e, ok := err.(*Error); ok { //nolint:errorlint // every one of them
						text += allTexts(e)
					}
					checkNoSecret(t, "the error", text, secret, secret[:8], strings.ReplaceAll(secret, "/", `\/`))
				}
			})
		}
	}
}

// Whoever puts a token into a path gets errors with that path.
func TestTokensInPathsAreRedacted(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, "x"), nil }, WithToken(testLegacy))
	for path, opt := range map[string]CallOption{
		"/api/" + testLegacy + "/":         WithHeader("Authorization", "x"),
		"/api/../" + testLegacy:            nil,
		"/api/" + testLegacy + "?" + "x":   nil,
		"/api/%zz/" + testLegacy:           nil,
		"/files/" + testLegacy + "/a%2f%b": nil,
	} {
		err := c.Do(t.Context(), http.MethodGet, path, nil, nil, nil, opt)
		if err == nil || !strings.HasPrefix(err.Error(), "labelstudio: GET") {
			t.Errorf("error %v", err)
		}
		checkNoSecret(t, "the error", fmt.Sprint(err))
	}
	err := c.Do(t.Context(), http.MethodGet, "/api/"+testLegacy, nil, nil, new(chan int))
	if err == nil || !strings.Contains(err.Error(), "/api/[redacted]") {
		t.Errorf("error %v", err)
	}
	checkNoSecret(t, "the error", fmt.Sprint(err))
	var none *Client
	if err := none.Do(t.Context(), http.MethodGet, "/?", nil, nil, nil); err == nil {
		t.Error("no error of no client")
	}
}

// A server that is told addresses repeats them, also where nothing in the request is
// known to be secret.
func TestAddressesInErrorsAreMasked(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *Client) error{
		"S3ImportStorages": func(ctx context.Context, c *Client) error { _, err := c.S3ImportStorages.Sync(ctx, 1); return err },
		"MLBackends":       func(ctx context.Context, c *Client) error { return c.MLBackends.Train(ctx, 1) },
		"Webhooks":         func(ctx context.Context, c *Client) error { return c.Webhooks.Delete(ctx, 1) },
	} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return answer(500, errorBody(500, "no answer from http://user:s3cr3t@host/?sig=s3cr3t")), nil
		})
		if err := call(t.Context(), c); err == nil || !strings.Contains(err.Error(), "http://[redacted]@host/?[redacted]") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestSecretsOfABodyThatCannotBeHadAgain(t *testing.T) {
	t.Parallel()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, testBase, strings.NewReader(`{"password":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if got := requestSecrets(req); !slices.Contains(got, "x") {
		t.Errorf("secrets %q", got)
	}
	req.GetBody = func() (io.ReadCloser, error) { return nil, errReset }
	if got := requestSecrets(req); len(got) != 0 {
		t.Errorf("secrets %q", got)
	}
}

// A short or common password takes nothing from an error but itself.
func TestErrorsOfWeakSecrets(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"400", "redis", "detail", "api", "x"} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return answer(400, `{"status_code":400,"detail":"no connection"}`), nil
		})
		_, err := c.RedisImportStorages.Create(t.Context(), RedisImportStorageRequest{Project: 1, Password: new(secret)})
		if want := "labelstudio: POST /api/storages/redis/: 400 Bad Request: no connection"; err == nil || err.Error() != want {
			t.Errorf("%s: got %v\nwant %s", secret, err, want)
		}
	}
}

// What the server calls its states, formats and the like may be a token, too.
func TestTokensThatAreQuotedAreRedacted(t *testing.T) {
	t.Parallel()
	calls := map[string]struct {
		body string
		call func(*testing.T, *Client) error
	}{
		"formats": {`[{"name":"x TOKEN"}]`, func(t *testing.T, c *Client) error {
			_, err := c.Exports.Open(t.Context(), 1, ExportOptions{Format: "CSV"})
			return err
		}},
		"the status of a snapshot": {strings.Replace(snapshotState("completed"), `"completed"`, `"x TOKEN"`, 1), func(t *testing.T, c *Client) error {
			_, err := c.Snapshots.Open(t.Context(), 1, 3, "")
			return err
		}},
		"the status of one that is waited for": {strings.Replace(snapshotState("completed"), `"completed"`, `"x TOKEN"`, 1), func(t *testing.T, c *Client) error {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := c.Snapshots.Wait(ctx, 1, 3, func(*Snapshot) { cancel() })
			return err
		}},
		"the MD5 of a snapshot": {strings.Replace(snapshotState("completed"), `"md5":""`, `"md5":"x TOKEN"`, 1), func(t *testing.T, c *Client) error {
			download, err := c.Snapshots.Open(t.Context(), 1, 3, "")
			if err != nil {
				return err
			}
			_, err = io.ReadAll(download)
			return errors.Join(err, download.Close())
		}},
		"the status of an import": {`{"id":5,"status":"x TOKEN"}`, func(t *testing.T, c *Client) error {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := c.Projects.WaitImport(ctx, 1, 5, func(*ProjectImport) { cancel() })
			return err
		}},
		"the reason of an import": {`{"id":5,"status":"failed","error":"x TOKEN"}`, func(t *testing.T, c *Client) error {
			_, err := c.Projects.WaitImport(t.Context(), 1, 5, nil)
			return err
		}},
		"columns": {`{"columns":[{"id":"x TOKEN"}]}`, func(t *testing.T, c *Client) error {
			_, err := count(c.Tasks.All(t.Context(), TaskFilter{Project: 1, OrderBy: []string{"tasks:none"}}))
			return err
		}},
		"actions": {`[{"id":"x TOKEN"}]`, func(t *testing.T, c *Client) error {
			_, err := c.Actions.Perform(t.Context(), &ActionsPerformParams{ID: "of_a_plugin", Project: 1}, ActionRequest{SelectedItems: SelectedItems{Included: []int64{1}}})
			return err
		}},
		"an ML backend": {`{"id":5,"auto_update":true,"state":"ER","readable_state":"x TOKEN","error_message":"x TOKEN"}`, func(t *testing.T, c *Client) error {
			_, err := c.MLBackends.TrainAndWait(t.Context(), 5, nil)
			return err
		}},
		"the version of an ML backend": {`{"id":5,"state":"CO","readable_state":"x","model_version":"x TOKEN"}`, func(t *testing.T, c *Client) error {
			return errors.New(c.MLBackends.text(&MLBackend{State: MLBackendStateConnected, ModelVersion: new("x " + testLegacy)}))
		}},
		"a traceback": {storageState("failed", 1, `"traceback":"x TOKEN"`), func(t *testing.T, c *Client) error {
			_, err := c.S3ImportStorages.Wait(t.Context(), 7, nil)
			return err
		}},
		"the state of a storage": {strings.Replace(storageState("in_progress", 1), `"meta":{`, `"meta":{"time_last_ping":"x TOKEN",`, 1), func(t *testing.T, c *Client) error {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := c.S3ImportStorages.Wait(ctx, 7, func(*S3ImportStorage) { cancel() })
			return err
		}},
		"what can't be decoded": {`[{"created_at":"x TOKEN"}]`, func(t *testing.T, c *Client) error {
			_, err := count(c.Exports.Tasks(t.Context(), 1, ExportOptions{Format: "x"}))
			return err
		}},
	}
	for name, tt := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := strings.ReplaceAll(tt.body, "TOKEN", testLegacy)
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				switch {
				case strings.HasSuffix(req.URL.Path, "/download"):
					return answer(200, "[]"), nil
				case strings.HasSuffix(req.URL.Path, "/formats") && name != "formats":
					return answer(200, `[{"name":"x"}]`), nil
				}
				return answer(200, body), nil
			}, WithToken(testLegacy))
			err := tt.call(t, c)
			if err == nil || !strings.Contains(err.Error(), redacted) {
				t.Errorf("error %v", err)
			}
			for ; err != nil; err = errors.Unwrap(err) {
				checkNoSecret(t, "the error", fmt.Sprintf("%v %+v", err, err))
			}
		})
	}
}
