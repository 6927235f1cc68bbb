package labelstudio

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/internal/compat"
)

func TestCompatibility(t *testing.T) {
	t.Parallel()
	oldest := compat.Tested[0]
	tests := []struct {
		name, release, edition string
		relation               VersionRelation
		tested, differs        bool
	}{
		{"the contract's", ContractVersion, "Community", VersionSame, true, false},
		{"older", oldest, "Community", VersionOlder, true, true},
		{"older than all that are tested", "1.0.0", "Community", VersionOlder, false, true},
		{"newer", "99.0", "Community", VersionNewer, false, false},
		{"on the way to the contract's", ContractVersion + ".dev4", "Community", VersionOlder, false, false},
		{"built from the contract's", ContractVersion + "+g0a1b2c", "Community", VersionSame, false, false},
		{"no number", "develop", "Community", VersionUnknown, false, false},
		{"of another edition", oldest, "Enterprise", VersionUnknown, false, false},
		{"of no edition", oldest, "", VersionOlder, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if req.Method != http.MethodGet || req.URL.Path != "/api/version/" {
					t.Errorf("sent %s %s", req.Method, req.URL)
				}
				return answer(http.StatusOK, fmt.Sprintf(`{"release":%q,"edition":%q}`, test.release, test.edition)), nil
			})
			got, err := client.Compatibility(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got.Server != test.release || got.Edition != test.edition || got.Contract != ContractVersion {
				t.Errorf("got %+v", got)
			}
			if got.Relation != test.relation || got.Tested != test.tested || (len(got.Differences) > 0) != test.differs {
				t.Errorf("got %s and %v", got, got.Differences)
			}
			if !strings.Contains(got.String(), test.release) {
				t.Errorf("%q doesn't name the version", got)
			}
		})
	}
}

// Older servers have all the differences that newer ones have.
func TestCompatibilityDifferences(t *testing.T) {
	t.Parallel()
	for _, known := range compat.Known {
		last := Difference{known.Group, known.Text, known.Before}
		for _, version := range compat.Tested {
			v, _ := compat.Parse(version)
			has := slices.Contains(compatibility(version, "Community").Differences, last)
			if has != known.In(v) {
				t.Errorf("%s has it: %t: %+v", version, has, last)
			}
		}
	}
}

// A server that tells less about itself is recognized by what it tells.
func TestCompatibilityOfAPackage(t *testing.T) {
	t.Parallel()
	client := fakeServer(t, func(*http.Request) (*http.Response, error) {
		return answer(http.StatusOK, `{"label-studio-os-package":{"version":"1.10.1"}}`), nil
	})
	got, err := client.Compatibility(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Server != "1.10.1" || got.Relation != VersionOlder {
		t.Errorf("got %+v", got)
	}
}

func TestCompatibilityRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		res  reply
		want error
		says string
	}{
		{"no version", say(http.StatusOK, `{}`), ErrUnexpectedAnswer, testBase},
		{"a version that is a number", say(http.StatusOK, `{"release":1}`), ErrUnexpectedAnswer, "/api/version/"},
		{"no Label Studio", say(http.StatusOK, "<html></html>", "Content-Type", "text/html"), ErrUnexpectedAnswer, "/api/version/"},
		{"no such route", say(http.StatusNotFound, `{}`), ErrNotFound, "/api/version/"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client := fakeServer(t, func(*http.Request) (*http.Response, error) {
				res, _ := test.res.response()
				return res, nil
			})
			got, err := client.Compatibility(t.Context())
			if got != nil || !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v and the error %v", got, err)
			}
		})
	}
}
