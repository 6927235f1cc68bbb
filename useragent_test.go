package labelstudio

import (
	"net/http"
	"regexp"
	"runtime/debug"
	"testing"
)

func TestModuleVersion(t *testing.T) {
	t.Parallel()
	module := func(path, version string) *debug.Module { return &debug.Module{Path: path, Version: version} }
	replaced := module(modulePath, "v1.2.3")
	replaced.Replace = module("../fork", "")
	fork := module(modulePath, "v1.2.3")
	fork.Replace = module("example.com/fork", "v1.2.4")
	tests := []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"no build information", nil, "devel"},
		{"dependency", &debug.BuildInfo{Main: *module("example.com/app", "v9.0.0"), Deps: []*debug.Module{module("example.com/x", "v8.0.0"), module(modulePath, "v1.2.3")}}, "v1.2.3"},
		{"main module", &debug.BuildInfo{Main: *module(modulePath, "v1.2.3")}, "v1.2.3"},
		{"main module under development", &debug.BuildInfo{Main: *module(modulePath, "(devel)")}, "devel"},
		{"replaced by a directory", &debug.BuildInfo{Deps: []*debug.Module{replaced}}, "devel"},
		{"replaced by a fork", &debug.BuildInfo{Deps: []*debug.Module{fork}}, "v1.2.4"},
		{"not there", &debug.BuildInfo{Main: *module("example.com/app", "v9.0.0")}, "devel"},
	}
	for _, tt := range tests {
		if got := moduleVersion(tt.info); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestUserAgentIsSent(t *testing.T) {
	t.Parallel()
	product := `labelstudio-go/\S+ \(contract \d+\.\d+\.\d+\)$`
	for _, tt := range []struct {
		name string
		opts []Option
		want string
	}{
		{"default", nil, `^` + product},
		{"prefix", []Option{WithUserAgent("labeling-sync/2.1 (x)")}, `^labeling-sync/2\.1 \(x\) ` + product},
	} {
		var got []string
		c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
			got = append(got, req.UserAgent())
			if req.URL.Path == exchangePath {
				return answer(200, `{"access":"`+makeAccess(1, 300)+`"}`), nil
			}
			return answer(200, `{}`), nil
		}, append(tt.opts, WithToken(testPAT))...)
		if err := get(t, c, "/api/x/"); err != nil {
			t.Fatal(err)
		}
		for _, agent := range got {
			if !regexp.MustCompile(tt.want).MatchString(agent) {
				t.Errorf("%s: %s, want %s", tt.name, agent, tt.want)
			}
		}
		if len(got) != 2 {
			t.Errorf("%s: %d requests, want the exchange and the call", tt.name, len(got))
		}
	}
}
