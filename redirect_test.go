package labelstudio

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRedirectsThatAreNotFollowed(t *testing.T) {
	t.Parallel()
	stream := func() any { return io.MultiReader(strings.NewReader("x")) }
	tests := []struct {
		name   string
		method string
		in     any
		status int
		to     string
		want   string
	}{
		{"POST turned into GET", http.MethodPost, "x", 301, testBase + "/y?sig=1",
			"the server redirects to http://labels.test/y, which is not followed because that would turn POST into GET"},
		{"POST turned into GET by the way to TLS", http.MethodPost, "x", 302, "https://labels.test/api/x/",
			"the server redirects to https://labels.test/api/x/, which is not followed because that would turn POST into GET: set the base URL"},
		{"see other", http.MethodPatch, "x", 303, testBase + "/y", "would turn PATCH into GET"},
		{"DELETE turned into GET", http.MethodDelete, nil, 302, testBase + "/y", "would turn DELETE into GET"},
		{"body to another origin", http.MethodPost, "x", 307, "https://labels.test/api/x/",
			"which is not followed because a POST goes to the configured origin only: if the other one is right, make it the base URL"},
		{"body of a PUT", http.MethodPut, "x", 308, "http://evil.test/", "because a PUT goes"},
		{"body of a GET", http.MethodGet, "x", 307, "http://evil.test/", "because a GET goes"},
		{"DELETE to another origin", http.MethodDelete, nil, 308, "http://evil.test/", "because a DELETE goes"},
		{"body that can't be sent again", http.MethodPost, stream(), 307, testBase + "/y?sig=1",
			"the server redirects to http://labels.test/y (if that is where Label Studio is"},
		{"own token in it", http.MethodPost, "x", 307, "http://evil.test/" + testLegacy, "redirects to http://evil.test/[redacted], which"},
		{"nowhere", http.MethodGet, nil, 304, "", "304 Not Modified"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			c := fakeServer(t, func(*http.Request) (*http.Response, error) {
				if requests++; requests > 1 {
					t.Error("it was followed")
				}
				return answer(tt.status, "", "Location", tt.to), nil
			}, WithToken(testLegacy))
			var res *http.Response
			err := c.Do(t.Context(), tt.method, "/api/x/", nil, tt.in, nil, CaptureResponse(&res))
			var e *Error
			if !errors.As(err, &e) || e.StatusCode != tt.status || e.Method != tt.method || e.Path != "/api/x/" {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "sig=1") {
				t.Errorf("error %q, want %q", err, tt.want)
			}
			if res == nil || res.StatusCode != tt.status {
				t.Errorf("captured %v", res)
			}
		})
	}
}

func TestRedirectsThatAreFollowed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, method string
		in           any
		status       int
		to           string
	}{
		{"GET", http.MethodGet, nil, 302, "http://files.test/x"},
		{"HEAD", http.MethodHead, nil, 301, "http://files.test/x"},
		{"body within the origin", http.MethodPost, "x", 307, testBase + "/y"},
		{"relative", http.MethodPut, "x", 308, "/y"},
		{"DELETE within the origin", http.MethodDelete, nil, 307, "/y"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var calls recorder
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				calls.add(t, req)
				if req.URL.Path == "/api/x/" {
					return answer(tt.status, "", "Location", tt.to), nil
				}
				return answer(200, ""), nil
			})
			if err := c.Do(t.Context(), tt.method, "/api/x/", nil, tt.in, nil); err != nil {
				t.Fatal(err)
			}
			requests, bodies := calls.all()
			if len(requests) != 2 || requests[1].Method != tt.method || bodies[1] != bodies[0] {
				t.Errorf("%d requests with the bodies %q", len(requests), bodies)
			}
		})
	}
}

func TestRedirectsEnd(t *testing.T) {
	t.Parallel()
	requests := 0
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		requests++
		return answer(302, "", "Location", "/again/?sig=1"), nil
	})
	err := get(t, c, "/api/x/")
	var asURL *url.Error
	if !errors.As(err, &asURL) || requests != maxRedirects || !strings.Contains(err.Error(), "stopped after 10 redirects") {
		t.Errorf("%d requests, error %v", requests, err)
	}
	if strings.Contains(err.Error()+asURL.Error(), "sig=1") {
		t.Errorf("the error shows a query: %v", err)
	}
}

func TestCallersCheckRedirectComesFirst(t *testing.T) {
	t.Parallel()
	errNo := errors.New("not that one")
	tests := []struct {
		name   string
		answer error
		check  func(error) bool
	}{
		{"error", errNo, func(err error) bool { return errors.Is(err, errNo) }},
		{"last response", http.ErrUseLastResponse, func(err error) bool {
			var e *Error
			return errors.As(err, &e) && e.StatusCode == 302 && strings.Contains(e.Detail, "redirects to http://evil.test/")
		}},
		{"agreement, which is not enough", nil, func(err error) bool {
			return err != nil && strings.Contains(err.Error(), "would turn POST into GET")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			client := &http.Client{CheckRedirect: func(req *http.Request, via []*http.Request) error {
				asked++
				if req.URL.Host != "evil.test" || len(via) != 1 {
					t.Errorf("asked about %s after %d requests", req.URL, len(via))
				}
				return tt.answer
			}}
			c := fakeServer(t, func(*http.Request) (*http.Response, error) {
				return answer(302, "", "Location", "http://evil.test/"), nil
			}, WithHTTPClient(client))
			if err := c.Do(t.Context(), http.MethodPost, "/", nil, "x", nil); !tt.check(err) {
				t.Errorf("error %v", err)
			}
			if asked != 1 {
				t.Errorf("asked %d times", asked)
			}
		})
	}
}

// The body of a redirect, which http.Client reads, holds nothing up either.
func TestRedirectThatStalls(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, method, to string
		failed           bool
	}{
		{"followed", http.MethodGet, "/y", false},
		{"refused", http.MethodPost, "http://evil.test/", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stalled := &stallingBody{wait: 100 * time.Hour, pieces: 1}
				c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					if req.URL.Path == "/y" {
						return answer(200, `{}`), nil
					}
					res := answer(302, "", "Location", tt.to)
					stalled.ctx, res.Body, res.ContentLength = req.Context(), stalled, 100
					return res, nil
				})
				start := time.Now()
				if err := c.Do(t.Context(), tt.method, "/x", nil, nil, nil); (err != nil) != tt.failed {
					t.Errorf("error %v", err)
				}
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("it took %s", took)
				}
				synctest.Wait()
				if stalled.closed != 1 {
					t.Errorf("the body was closed %d times", stalled.closed)
				}
			})
		})
	}
}

// Nor does that of a link among the media.
func TestRedirectOfAMediaLinkThatStalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/moved.png" {
				return serve(req, "moved"), nil
			}
			res := answer(302, "", "Location", "/moved.png")
			res.Body, res.ContentLength = &stallingBody{ctx: req.Context(), wait: 100 * time.Hour, pieces: 1}, 100
			return res, nil
		})
		start := time.Now()
		tasks := tasksFile(t, []string{"http://files.test/a.png"})
		report, err := client.Snapshots.saveMedia(t.Context(), 7, 8, tasks, MediaOptions{Folder: t.TempDir(), Links: true}, nil)
		if took := time.Since(start); err != nil || report.Saved != 1 || took > 2*time.Second {
			t.Errorf("%+v, %v after %s", report, err, took)
		}
	})
}

// The body is lost only where http.Client would read it.
func TestBodiesOfRedirects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status int
		to     string
		kept   bool
	}{{302, "", true}, {300, "/y", true}, {302, "/y", false}, {308, "/y", false}} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			res := answer(tt.status, `{"detail":"no way"}`)
			if tt.to != "" {
				res.Header.Set("Location", tt.to)
			}
			return res, nil
		}, WithHTTPClient(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}))
		var e *Error
		if err := get(t, c, "/"); !errors.As(err, &e) || e.StatusCode != tt.status || strings.Contains(e.Detail, "no way") != tt.kept {
			t.Errorf("%d to %q: %v", tt.status, tt.to, err)
		}
	}
}
