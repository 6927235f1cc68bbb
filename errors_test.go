package labelstudio

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

func TestErrorKinds(t *testing.T) {
	t.Parallel()
	all := map[string]error{
		"validation": ErrValidation, "unauthorized": ErrUnauthorized, "forbidden": ErrForbidden, "not found": ErrNotFound,
		"conflict": ErrConflict, "too many": ErrTooManyRequests, "server": ErrServer, "unexpected": ErrUnexpectedAnswer,
		"invalid token": ErrInvalidToken, "expired": ErrTokenExpired, "revoked": ErrTokenRevoked,
		"access token": ErrAccessToken, "legacy off": ErrLegacyTokensDisabled,
	}
	tests := []struct {
		status int
		body   string
		want   string // names of all, joined by commas
	}{
		{400, `{"label_config":["no element found"]}`, "validation"},
		{400, errorBody(400, "JSON parse error - Expecting value"), "validation"},
		{422, `{"detail":"No action id"}`, "validation"},
		{400, ``, ""},
		{400, `<html>nginx</html>`, ""},
		{401, errorBody(401, "Authentication credentials were not provided."), "unauthorized"},
		{401, errorBody(401, "Invalid token."), "invalid token,unauthorized"},
		{401, errorBody(401, "Invalid token header. Token string should not contain spaces."), "invalid token,unauthorized"},
		{401, errorBody(401, "User inactive or deleted."), "unauthorized"},
		{401, errorBody(401, "Given token not valid for any token type"), "invalid token,unauthorized"},
		{401, errorBody(401, "Authentication token no longer valid: legacy token authentication has been disabled for this organization"), "legacy off,unauthorized"},
		{401, errorBody(401, "Token is invalid"), "invalid token,unauthorized"},
		{401, errorBody(401, "Token has no id"), "invalid token,unauthorized"},
		{401, errorBody(401, "Token is blacklisted"), "revoked,unauthorized"},
		{401, errorBody(401, "Token has wrong type"), "access token,unauthorized"},
		{401, errorBody(401, "Token is expired"), "expired,unauthorized"},
		{401, ``, "unauthorized"},
		// The sentences mean something else with another status.
		{404, errorBody(404, "Token is invalid or already blacklisted."), "not found"},
		{403, errorBody(403, "You do not have permission to perform this action."), "forbidden"},
		{409, errorBody(409, "You already have a valid token."), "conflict"},
		{429, ``, "too many"},
		{500, errorBody(500, ""), "server"},
		{503, `upstream`, "server"},
		{418, `{}`, ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status, " ", tt.body), func(t *testing.T) {
			t.Parallel()
			c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(tt.status, tt.body), nil })
			err := fmt.Errorf("wrapped: %w", get(t, c, "/api/x/"))
			var e *Error
			if !errors.As(err, &e) || e.StatusCode != tt.status {
				t.Fatalf("error %v", err)
			}
			var got []string
			for _, name := range sortedKeys(all) {
				if errors.Is(err, all[name]) {
					got = append(got, name)
				}
			}
			if strings.Join(got, ",") != tt.want {
				t.Errorf("kinds %v, want %s", got, tt.want)
			}
		})
	}
}

func TestTokenErrorsAreUnauthorized(t *testing.T) {
	t.Parallel()
	for _, err := range []error{ErrInvalidToken, ErrTokenExpired, ErrTokenRevoked, ErrAccessToken, ErrLegacyTokensDisabled} {
		if !errors.Is(err, ErrUnauthorized) {
			t.Errorf("%v is not ErrUnauthorized", err)
		}
		if hints[err] == "" {
			t.Errorf("nothing says what to do about %v", err)
		}
	}
	if errors.Is(ErrUnauthorized, ErrInvalidToken) || errors.Is(ErrTokenExpired, ErrTokenRevoked) {
		t.Error("the kinds are mixed up")
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  *Error
		want string
	}{
		{"detail", &Error{Method: "GET", Path: "/api/projects/9/", StatusCode: 404, Detail: "No Project matches the given query."},
			"labelstudio: GET /api/projects/9/: 404 Not Found: No Project matches the given query."},
		{"no reason", &Error{Method: "GET", Path: "/", StatusCode: 500}, "labelstudio: GET /: 500 Internal Server Error"},
		{"unknown status", &Error{Method: "GET", Path: "/", StatusCode: 599}, "labelstudio: GET /: 599"},
		{"fields in place of the general sentence", &Error{Method: "POST", Path: "/p", StatusCode: 400, Detail: "Validation error",
			Fields: map[string][]string{"title": {"Too short.", "Bad."}, "non_field_errors": {"No."}}},
			"labelstudio: POST /p: 400 Bad Request: No.; title: Too short. Bad."},
		{"general sentence alone", &Error{Method: "POST", Path: "/p", StatusCode: 400, Detail: "Validation error"},
			"labelstudio: POST /p: 400 Bad Request: Validation error"},
		{"detail and fields", &Error{Method: "POST", Path: "/p", StatusCode: 400, Detail: "Invalid hotkeys", Fields: map[string][]string{"a": {"b"}}},
			"labelstudio: POST /p: 400 Bad Request: Invalid hotkeys: a: b"},
		{"many fields", &Error{Method: "POST", Path: "/p", StatusCode: 400,
			Fields: map[string][]string{"a": {"1"}, "b": {"2"}, "c": {"3"}, "d": {"4"}, "e": {"5"}}},
			"labelstudio: POST /p: 400 Bad Request: a: 1; b: 2; c: 3; and 2 more"},
		{"one line", &Error{Method: "POST", Path: "/p", StatusCode: 400, Detail: "a\nb\t\x1b[31mc\u0000  d", Fields: map[string][]string{"x\ny": {"p\r\nq"}}},
			"labelstudio: POST /p: 400 Bad Request: a b [31mc d: x y: p q"},
		{"page", &Error{Method: "GET", Path: "/p", StatusCode: 404, html: true, title: "404 | Label Studio", hint: "is it?"},
			`labelstudio: GET /p: 404 Not Found: an HTML page ("404 | Label Studio") (is it?)`},
		{"cause", &Error{Method: "GET", Path: "/p", StatusCode: 200, cause: errors.New("it is\nempty")},
			"labelstudio: GET /p: 200 OK: unexpected answer: it is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	long := (&Error{Detail: strings.Repeat("é", 10_000), Fields: map[string][]string{"a": {strings.Repeat("b", 10_000)}}}).Error()
	if len(long) > 2000 {
		t.Errorf("a long reason makes a message of %d bytes", len(long))
	}
}

func TestErrorKnowsItsOperation(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(404, `{}`), nil })
	req, err := wire.New("Projects.Get", http.MethodGet, "/api/projects/{id}/", 9).Build(t.Context())
	err = wire.Send(c.core, req, err, []int{200}, nil)
	var e *Error
	if !errors.As(err, &e) || e.Operation != "Projects.Get" || e.Path != "/api/projects/9/" || e.Method != http.MethodGet {
		t.Errorf("error %+v", e)
	}
}
