package e2e

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/e2e/record"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// withEmbedded says that the tests run against package labelstudiotest, with
// LABELSTUDIO_SERVER=embedded, and not against a real Label Studio. Those that
// need a real one are in embedded.txt, with the reason.
var withEmbedded = os.Getenv("LABELSTUDIO_SERVER") == "embedded"

//go:embed embedded.txt
var onlyReal string

// stand-ins for the servers, by their URLs.
var embedded = map[string]*labelstudiotest.Server{}

func runEmbedded(m *testing.M) (code int, err error) {
	for _, into := range []**server.Server{&withLegacy, &withoutLegacy} {
		s, err := labelstudiotest.Start(labelstudiotest.WithoutPAT(), labelstudiotest.WithEmail(server.Email),
			labelstudiotest.WithLegacyToken(server.LegacyToken))
		if err != nil {
			return 0, err
		}
		defer s.Close()
		embedded[s.URL] = s
		*into = &server.Server{URL: s.URL, Version: labelstudiotest.Version}
	}
	ctx := context.Background()
	if _, err := withLegacy.PAT(ctx); err != nil {
		return 0, err
	}
	if err := withoutLegacy.DisableLegacyTokens(ctx); err != nil {
		return 0, err
	}
	if os.Getenv(allVariable) == "" {
		skip := make([]string, 0, 100)
		for _, line := range lines() {
			skip = append(skip, line.pattern())
		}
		if given := flag.Lookup("test.skip").Value.String(); given != "" {
			skip = append(skip, given)
		}
		if err := flag.Set("test.skip", strings.Join(skip, "|")); err != nil {
			return 0, err
		}
	}
	code = m.Run()
	for _, s := range embedded {
		for _, problem := range s.Problems() {
			if code == 0 {
				code = 1
			}
			err = errors.Join(err, errors.New(problem))
		}
	}
	return code, err
}

// realOnly is a line of embedded.txt.
type realOnly struct{ name, why string }

func lines() (list []realOnly) {
	for line := range strings.Lines(onlyReal) {
		name, why, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name != "" && name != "#" {
			list = append(list, realOnly{name, why})
		}
	}
	return list
}

// pattern matches the test alone.
func (l realOnly) pattern() string {
	return "^" + strings.ReplaceAll(regexp.QuoteMeta(l.name), "/", "$/^") + "$"
}

// embeddedUser makes a member of a stand-in's organization, which has no web form.
func embeddedUser(t *testing.T, s *server.Server) (u user, ok bool) {
	t.Helper()
	stand := embedded[s.URL]
	if stand == nil {
		return user{}, false
	}
	made := stand.AddUser(fmt.Sprintf("%s@example.com", strings.ToLower(rand.Text())))
	return user{made.ID, made.LegacyToken}, true
}

// needsReal skips a test that no stand-in can run.
func needsReal(t *testing.T, why string) {
	t.Helper()
	if withEmbedded {
		t.Skip("needs a real Label Studio: " + why)
	}
}

// allVariable runs all tests against the stand-ins.
const allVariable = "LABELSTUDIO_EMBEDDED_ALL"

// Each line of embedded.txt is of a test, and of one that fails without a real
// server. The test runs in a process of its own, as it may well panic.
func TestEmbeddedLines(t *testing.T) {
	t.Parallel()
	if !withEmbedded || os.Getenv(allVariable) != "" {
		t.Skip("is about the tests that run without a real Label Studio")
	}
	program, err := os.Executable()
	ok(t, err)
	for _, line := range lines() {
		t.Run(line.name, func(t *testing.T) {
			if line.why == "" {
				t.Error("no reason is given")
			}
			run := exec.CommandContext(t.Context(), program, "-test.run="+line.pattern(), "-test.v", "-test.count=1", "-test.timeout=20s")
			run.Env = append(os.Environ(), allVariable+"=1", record.Variable+"=")
			out, err := run.CombinedOutput()
			if !strings.Contains(string(out), "=== RUN   "+line.name+"\n") {
				t.Errorf("there is no such test: %v\n%.2000s", err, out)
			}
			if err == nil {
				t.Error("passes: strike it out")
			}
		})
	}
}
