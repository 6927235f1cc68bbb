package e2e

import (
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

func TestCompatibility(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		got, err := client.Compatibility(t.Context())
		ok(t, err)
		if got.Server != withLegacy.Version || got.Edition != "Community" || !got.Tested {
			t.Errorf("got %+v of a server that is %s", got, withLegacy.Version)
		}
		relation := labelstudio.VersionOlder
		if withLegacy.Version == labelstudio.ContractVersion {
			relation = labelstudio.VersionSame
		}
		if got.Relation != relation || relation == labelstudio.VersionSame && len(got.Differences) > 0 {
			t.Errorf("%s has the differences %v", got, got.Differences)
		}
	})
}
