package labelstudio

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestCaptureResponse(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 404, 202} {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return answer(status, `{"id":1}`, "X-Request-Id", "r1"), nil
		}, WithToken(testLegacy))
		var res *http.Response
		_, err := decode(t, c, CaptureResponse(&res))
		if (err == nil) != (status == 200) {
			t.Errorf("%d: error %v", status, err)
		}
		if res == nil || res.StatusCode != status || res.Header.Get("X-Request-Id") != "r1" {
			t.Fatalf("%d: captured %v", status, res)
		}
		if body, err := io.ReadAll(res.Body); err != nil || len(body) != 0 {
			t.Errorf("%d: the captured body holds %q, %v", status, body, err)
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The body of a stream belongs to its reader alone.
func TestCaptureResponseOfAStream(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, "text"), nil })
	var res *http.Response
	var stream io.ReadCloser
	if err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, &stream, CaptureResponse(&res)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		body io.ReadCloser
		want string
	}{{"captured", res.Body, ""}, {"stream", stream, "text"}} { // read in this order
		if got, err := io.ReadAll(tt.body); err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, err, tt.want)
		}
		if err := tt.body.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCaptureResponseWithoutAnswer(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("no") })
	res := &http.Response{StatusCode: 200} // of an earlier call
	if err := get(t, c, "/", CaptureResponse(&res)); err == nil || res != nil {
		t.Errorf("error %v, captured %v", err, res)
	}
}

func TestWithHeader(t *testing.T) {
	t.Parallel()
	var got http.Header
	c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		got = req.Header
		return answer(200, `{}`), nil
	}, WithToken(testLegacy))
	err := get(t, c, "/", WithHeader("range", "bytes=0-"), WithHeader("Accept", "text/csv"), WithHeader("User-Agent", "mine"), WithHeader("X-A", "1"), WithHeader("x-a", "2"))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"Range": "bytes=0-", "Accept": "text/csv", "User-Agent": "mine", "X-A": "2"} {
		if !slices.Equal(got[key], []string{want}) {
			t.Errorf("%s is %q, want %s", key, got[key], want)
		}
	}
	if got.Get("Authorization") != "Token "+testLegacy {
		t.Errorf("headers %v", got)
	}
}

func TestWithHeaderRefuses(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return answer(200, `{}`), nil
	})
	for _, key := range []string{"Authorization", "authorization", "X-API-Key", "Host"} {
		err := get(t, c, "/", WithHeader(key, "very-secret"))
		if err == nil || !strings.Contains(err.Error(), "can't be set for a call") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v", key, err)
		}
	}
}
