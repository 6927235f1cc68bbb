package labelstudio_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Each promise of SECURITY.md names its tests and where they are.
func TestSecurityPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	aTest, aFile := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`"), regexp.MustCompile("`([\\w/]+_test\\.go)`")
	promises := strings.Split(string(page), "\n- ")[1:]
	if len(promises) < 30 {
		t.Errorf("%d promises were found", len(promises))
	}
	for _, promise := range promises {
		promise, _, _ = strings.Cut(promise, "\n\n")
		var files strings.Builder
		for _, match := range aFile.FindAllStringSubmatch(promise, -1) {
			file, err := os.ReadFile(match[1])
			if err != nil {
				t.Error(err)
			}
			files.Write(file)
		}
		tests := aTest.FindAllStringSubmatch(promise, -1)
		if len(tests) == 0 && !strings.Contains(promise, "`.ci/run`") {
			t.Errorf("no test is named for: %s", promise)
		}
		for _, match := range tests {
			if !strings.Contains(files.String(), "\nfunc "+match[1]+"(") {
				t.Errorf("there is no %s for: %s", match[1], promise)
			}
		}
	}
}
