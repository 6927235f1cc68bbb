package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/gen/drift"
)

// The copy of the module that is compared has the server in memory whole: what
// is generated for it is left out of what is copied.
func TestModuleHasTheTestServer(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	side := &drift.Side{Effective: smallContract(strings.ReplaceAll(gets("/a", "list", ""), "list", "Things.List"), ""), ByHand: ".."}
	if err := makeModule(side, folder); err != nil || side.NoGo != "" {
		t.Fatal(err, side.NoGo)
	}
	text, err := os.ReadFile(filepath.Join(folder, testServerFile))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"Things.List", "GET", "/a", false},`; !strings.Contains(string(text), want) {
		t.Errorf("%s lacks %s:\n%s", testServerFile, want, text)
	}
}
