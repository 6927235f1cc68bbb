package server

import (
	"os"
	"strings"
)

// keptVariables are the variables that the server's process takes over from this one.
var keptVariables = []string{"PATH", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}

// environ is the environment that Label Studio's own code runs in.
//
// It does not hold what this process happens to have: the server reads its settings from variables with names such as
// HOST, CI, DEBUG and USERNAME, and its storages would find the user's own cloud credentials.
func environ(dataDir string, extra ...string) []string {
	env := []string{
		"HOME=" + dataDir,
		"LABEL_STUDIO_BASE_DATA_DIR=" + dataDir,
		"PYTHONUNBUFFERED=1",
		// The server reports home and asks for newer versions unless told otherwise.
		"COLLECT_ANALYTICS=false",
		"SENTRY_DSN=",
		"FRONTEND_SENTRY_DSN=",
		"LATEST_VERSION_CHECK=false",
		// Storages, webhooks and imports by URL are tested against servers on this machine.
		"SSRF_PROTECTION_ENABLED=false",
	}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		for _, kept := range keptVariables {
			if name == kept {
				env = append(env, entry)
			}
		}
	}
	return append(env, extra...)
}
