package main

import (
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	table := []server.Route{
		{Route: "/api/things/", Methods: []string{"GET", "POST"}},
		{Route: `/api/things/<int:pk>\.<format>/`, Methods: []string{"GET"}},
		{Route: "/api/things/<int:pk>/", Methods: []string{"GET"}},
	}
	offered := map[string]string{"GET /api/things/": "Things.List", "GET /api/things/{}/": "Things.Get"}
	twins := unoffered{Route: "/api/*.{}/", Reason: "twins"}
	create := unoffered{Route: "/api/things/", Methods: []string{"POST"}, Reason: "never"}
	tests := []struct {
		name    string
		offered map[string]string
		reasons []unoffered
		want    string // the first line
		bad     bool
	}{
		{"all accounted for", offered, []unoffered{twins, create}, "Label Studio 1.2.3: 4 routed methods, 2 offered, 2 left out for a reason, 0 unaccounted", false},
		{"a method without a reason", offered, []unoffered{twins}, "unaccounted: POST /api/things/", true},
		{"a reason for another method", offered, []unoffered{twins, {Route: "/api/things/", Methods: []string{"PUT"}, Reason: "never"}},
			"unaccounted: POST /api/things/", true},
		{"an operation that is not routed", map[string]string{"GET /api/things/": "Things.List", "GET /api/things/{}/": "Things.Get", "GET /api/none/": "None.Get"},
			[]unoffered{twins, create}, "not routed: GET /api/none/ (None.Get)", true},
		{"a reason for nothing", offered, []unoffered{twins, create, {Route: "/gone/", Reason: "gone"}},
			"gen/unoffered.yaml: the reason for  /gone/ is for nothing", true},
		{"no reason", offered, []unoffered{{Route: "/api/*.{}/"}, create}, "gen/unoffered.yaml: /api/*.{}/ has no reason", true},
		{"a star is all that is special", offered, []unoffered{{Route: "/api/.*", Reason: "no pattern"}, twins, create},
			"gen/unoffered.yaml: the reason for  /api/.* is for nothing", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			err := account(&out, "1.2.3", table, test.offered, test.reasons)
			first, _, _ := strings.Cut(out.String(), "\n")
			if first != test.want || (err != nil) != test.bad {
				t.Errorf("got %q and %v, want %q", first, err, test.want)
			}
		})
	}
}
