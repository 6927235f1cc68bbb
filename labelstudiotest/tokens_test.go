package labelstudiotest_test

import (
	"sync"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// A client gets the tokens that are good now; the fields stay as they were.
func TestClientAfterAnotherToken(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		options []labelstudiotest.Option
		change  func(c *labelstudio.Client, pat string) error
	}{
		{"rotate", nil, func(c *labelstudio.Client, pat string) error {
			_, err := c.Tokens.Rotate(t.Context(), labelstudio.TokenRotateRequest{Refresh: pat})
			return err
		}},
		{"reset", []labelstudiotest.Option{labelstudiotest.WithoutPAT()}, func(c *labelstudio.Client, _ string) error {
			_, err := c.Users.ResetLegacyToken(t.Context())
			return err
		}},
	} {
		s := labelstudiotest.NewServer(t, tt.options...)
		pat, legacy := s.PAT, s.LegacyToken
		ok(t, tt.change(s.Client(), pat))
		if _, err := s.Client().Users.WhoAmI(t.Context()); err != nil {
			t.Errorf("%s: another client is refused: %v", tt.name, err)
		}
		if s.PAT != pat || s.LegacyToken != legacy {
			t.Errorf("%s: the fields have changed", tt.name)
		}
	}
}

// Clients may be made, and the fields read, while tokens change.
func TestClientWhileTokensChange(t *testing.T) {
	t.Parallel()
	s := labelstudiotest.NewServer(t)
	client := s.Client()
	var done sync.WaitGroup
	done.Go(func() {
		for range 20 {
			if _, err := client.Users.ResetLegacyToken(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	for range 200 {
		s.Client(labelstudio.WithToken(s.LegacyToken))
	}
	done.Wait()
}
