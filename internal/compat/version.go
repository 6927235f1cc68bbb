package compat

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Version is a version of Label Studio, to be compared.
type Version struct {
	numbers []int // without zeros at the end
	stage   int   // before, at or after the release with these numbers
}

// versionPattern is what packages of Python are versioned by, in short: the
// numbers, and what may follow them.
var versionPattern = regexp.MustCompile(
	`(?i)^v?(\d+(?:\.\d+)*)(?:([-._]?(?:a|alpha|b|beta|c|rc|pre|preview|dev)[-._]?\d*)|([-._]?(?:post|rev|r)[-._]?\d*|-\d+))?(?:\.dev\d*)?(?:\+[a-z0-9._-]*)?$`)

// Parse reads a version, such as "1.23.2", "1.24.0.dev1" or "1.22.0.post0".
func Parse(text string) (Version, bool) {
	found := versionPattern.FindStringSubmatch(strings.TrimSpace(text))
	if found == nil {
		return Version{}, false
	}
	var v Version
	for part := range strings.SplitSeq(found[1], ".") {
		number, err := strconv.Atoi(part)
		if err != nil {
			return Version{}, false
		}
		v.numbers = append(v.numbers, number)
	}
	for len(v.numbers) > 1 && v.numbers[len(v.numbers)-1] == 0 {
		v.numbers = v.numbers[:len(v.numbers)-1]
	}
	switch {
	case found[2] != "":
		v.stage = -1
	case found[3] != "":
		v.stage = 1
	}
	return v, true
}

// Compare is negative when v is older than other, 0 when they are the same and
// positive when v is newer. Of two development versions on the way to the same
// release it doesn't tell which is older.
func (v Version) Compare(other Version) int {
	if order := slices.Compare(v.numbers, other.numbers); order != 0 {
		return order
	}
	return cmp.Compare(v.stage, other.stage)
}
