package e2e

import (
	"bufio"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	skip := strings.Join(skipped(), "|")
	if given := flag.Lookup("test.skip").Value.String(); given != "" {
		skip += "|" + given
	}
	if err := flag.Set("test.skip", skip); err != nil {
		return 0, err
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

// skipped names the tests that need a real server.
func skipped() (names []string) {
	lines := bufio.NewScanner(strings.NewReader(onlyReal))
	for lines.Scan() {
		name, _, _ := strings.Cut(lines.Text(), " ")
		if strings.HasPrefix(name, "Test") {
			names = append(names, "^"+strings.ReplaceAll(name, "/", "$/^")+"$")
		}
	}
	return names
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

// A name that is no test's would let nothing be missed.
func TestEmbeddedNames(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_test.go")
	ok(t, err)
	var sources strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		ok(t, err)
		sources.Write(text)
	}
	lines := strings.Split(strings.TrimSpace(onlyReal), "\n")
	for _, line := range lines {
		name, why, _ := strings.Cut(line, " ")
		name, _, _ = strings.Cut(name, "/")
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		if why == "" || !strings.Contains(sources.String(), "\nfunc "+name+"(t *testing.T) {") {
			t.Errorf("embedded.txt has %q, of which there is no test or no reason", line)
		}
	}
}
