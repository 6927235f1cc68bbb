package labelstudio

import (
	"runtime/debug"
	"strings"

	"github.com/labelstudio-go/labelstudio/generated"
)

// ContractVersion is the version of Label Studio whose API this module has.
const ContractVersion = generated.ContractVersion

const modulePath = "github.com/labelstudio-go/labelstudio"

// userAgent returns the client's own product for the User-Agent header.
func userAgent() string {
	info, _ := debug.ReadBuildInfo()
	return "labelstudio-go/" + moduleVersion(info) + " (contract " + ContractVersion + ")"
}

// moduleVersion returns the version that this module has in a program, or
// "devel" where it has none, as in its own tests.
func moduleVersion(info *debug.BuildInfo) string {
	if info == nil {
		return "devel"
	}
	version := ""
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path == modulePath {
			version = m.Version
			if m.Replace != nil {
				version = m.Replace.Version
			}
		}
	}
	if version == "" || strings.HasPrefix(version, "(") { // "(devel)"
		return "devel"
	}
	return version
}
