package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// backendState is an ML backend as the server shows it.
func backendState(state, version, message string) string {
	names := map[string]string{"CO": "Connected", "DI": "Disconnected", "ER": "Error"}
	return fmt.Sprintf(`{"id":4,"state":%q,"readable_state":%q,"model_version":%s,"error_message":%s,"auto_update":%t,"project":1,"url":"http://ml",`+
		`"auth_method":"NONE","basic_auth_pass_is_set":false,"basic_auth_user":"","created_at":"2026-01-02T03:04:05Z","description":"",`+
		`"extra_params":null,"is_interactive":false,"timeout":100,"title":"t","updated_at":"2026-01-02T03:04:05Z"}`,
		state, names[state], version, message, message != `"fixed"`)
}

func TestMLWaits(t *testing.T) {
	t.Parallel()
	one, two, none := backendState("CO", `"one"`, "null"), backendState("CO", `"two"`, "null"), backendState("CO", "null", "null")
	down, broken := backendState("DI", `"one"`, "null"), backendState("ER", `"one"`, `"no such label at http://ml/setup?key=secret"`)
	tests := []struct {
		name   string
		train  bool
		post   reply
		states []string
		is     error
		text   string // of the error
		seen   int    // -1 for any number
	}{
		{"connects", false, reply{}, []string{down, broken, one}, nil, "", 3},
		{"never connects", false, reply{}, []string{broken}, context.DeadlineExceeded,
			"labelstudio: waiting for ML backend 4, which is Error: no such label at http://ml/setup?[redacted]: context deadline exceeded", -1},
		{"trains", true, say(200, ""), []string{one, one, two}, nil, "", 2},
		{"trains for the first time", true, say(200, ""), []string{none, none, one}, nil, "", 2},
		{"begins anew meanwhile", true, say(200, ""), []string{one, down, two}, nil, "", 2},
		{"never ends", true, say(200, ""), []string{one}, context.DeadlineExceeded,
			"labelstudio: waiting for ML backend 4, which is Connected with model version one: context deadline exceeded", -1},
		{"breaks", true, say(200, ""), []string{one, broken}, ErrMLBackend, "labelstudio: ML backend 4, which is Error: no such label", 1},
		{"is down before", true, reply{}, []string{down}, ErrMLBackend, "labelstudio: ML backend 4, which is Disconnected", 0},
		{"is fixed", true, reply{}, []string{backendState("CO", `"one"`, `"fixed"`)}, nil, "set its AutoUpdate", 0},
		{"breaks the server", true, say(500, errorBody(500, "oops")), []string{one}, ErrServer, "oops", 0},
		{"is gone", false, reply{}, []string{`null`}, ErrUnexpectedAnswer, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				asked, seen := 0, 0
				backends := fakeServer(t, func(req *http.Request) (*http.Response, error) {
					if req.Method == http.MethodPost {
						if tt.post.status == 0 {
							t.Error("a training was asked for")
						}
						return answer(tt.post.status, tt.post.body), nil
					}
					asked++
					return answer(200, tt.states[min(asked, len(tt.states))-1]), nil
				}).MLBackends
				wait := backends.WaitConnected
				if tt.train {
					wait = backends.TrainAndWait
				}
				backend, err := wait(ctx, 4, func(*MLBackend) { seen++ })
				if tt.seen >= 0 && seen != tt.seen {
					t.Errorf("%d states were told, want %d", seen, tt.seen)
				}
				if tt.is == nil && tt.text == "" {
					if err != nil || backend.State != MLBackendStateConnected {
						t.Errorf("got %+v: %v", backend, err)
					}
					return
				}
				if err == nil || tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("error %v, want %v with %q", err, tt.is, tt.text)
				}
			})
		})
	}
}
