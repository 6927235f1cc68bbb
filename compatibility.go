package labelstudio

import (
	"context"
	"fmt"
	"slices"

	"github.com/labelstudio-go/labelstudio/internal/compat"
)

// Compatibility is how a server's version stands to the contract's.
type Compatibility struct {
	// Server is the server's version, in its own words, such as "1.22.0".
	Server string
	// Edition is the server's edition, such as "Community".
	Edition string
	// Contract is [ContractVersion].
	Contract string
	// Relation is how Server stands to Contract.
	Relation VersionRelation
	// Tested says that the tests of projects, tasks, tokens, import and export
	// run against this very version. Others may work as well; nobody has looked.
	Tested bool
	// Differences are what is known to differ in this version: in the groups
	// that are tested, and only in versions before the contract's. What newer
	// ones do otherwise is not known yet.
	Differences []Difference
}

// VersionRelation says which of two versions is older.
type VersionRelation string

// How the version of a server stands to [ContractVersion].
const (
	// VersionSame is the contract's version.
	VersionSame VersionRelation = "same"
	// VersionOlder is a version before the contract's, or one on the way to it,
	// such as a release candidate.
	VersionOlder VersionRelation = "older"
	// VersionNewer is a version after the contract's. What it has and the
	// contract lacks is out of reach but for [Client.Do].
	VersionNewer VersionRelation = "newer"
	// VersionUnknown is what can't be compared: a version that is no number, or
	// one of another edition, which counts its versions by itself.
	VersionUnknown VersionRelation = "unknown"
)

// Difference is something that some servers do otherwise than the contract says.
type Difference struct {
	// Group is the service that meets it, such as "Tasks".
	Group string
	// Text says what differs.
	Text string
	// Before is the first version that does as the contract says.
	Before string
}

// Compatibility asks the server for its version (GET /api/version/), which it
// tells anybody, and says what is known to differ from the contract there.
//
// Other versions than the contract's mostly work: answers with unknown
// properties, or without some, decode, and so do unknown values of enums. A
// server that tells no version is [ErrUnexpectedAnswer]: it is no Label Studio.
func (c *Client) Compatibility(ctx context.Context, opts ...CallOption) (*Compatibility, error) {
	if c == nil || c.core == nil {
		return nil, fmt.Errorf("labelstudio: %w", errNotMade)
	}
	version, err := c.Server.Version(ctx, opts...)
	if err != nil {
		return nil, err
	}
	release := version.Release
	if release == "" {
		release = version.Package.Version
	}
	if release == "" {
		return nil, textError{"labelstudio: " + c.core.base.String() +
			" tells no version: check that the base URL is the one of Label Studio", ErrUnexpectedAnswer}
	}
	return compatibility(release, version.Edition), nil
}

func compatibility(release, edition string) *Compatibility {
	c := &Compatibility{Server: release, Edition: edition, Contract: ContractVersion, Relation: VersionUnknown}
	server, ok := compat.Parse(release)
	contract, _ := compat.Parse(ContractVersion)
	if !ok || edition != "" && edition != community {
		return c
	}
	switch order := server.Compare(contract); {
	case order < 0:
		c.Relation = VersionOlder
	case order > 0:
		c.Relation = VersionNewer
	default:
		c.Relation = VersionSame
	}
	c.Tested = slices.Contains(compat.Tested, release)
	for _, d := range compat.Known {
		if d.In(server) {
			c.Differences = append(c.Differences, Difference{d.Group, d.Text, d.Before})
		}
	}
	return c
}

// community is the edition that the contract is of.
const community = "Community"

// String tells it in one line, such as "Label Studio 1.22.0 is older than the
// contract's 1.23.2, tested, with 4 known differences".
func (c *Compatibility) String() string {
	relation := map[VersionRelation]string{
		VersionSame: "is the contract's", VersionOlder: "is older than the contract's " + c.Contract,
		VersionNewer: "is newer than the contract's " + c.Contract,
	}[c.Relation]
	if relation == "" {
		relation = "can't be compared with the contract's " + c.Contract
	}
	tested := "not tested"
	if c.Tested {
		tested = "tested"
	}
	return fmt.Sprintf("Label Studio %s %s, %s, with %d known differences", oneLine(c.Server), relation, tested, len(c.Differences))
}
