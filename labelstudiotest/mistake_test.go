package labelstudiotest

import (
	"errors"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

// A handler that panics fails the test, with the operation's name, and is
// answered.
func TestHandlerPanics(t *testing.T) {
	t.Parallel()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.handlers["Projects.List"] = func(*Server, *call) (*answer, error) { panic("no page") }
	_, err = s.Client().Projects.List(t.Context(), nil)
	if !errors.Is(err, labelstudio.ErrServer) || !strings.Contains(err.Error(), "Projects.List panics: no page") {
		t.Errorf("answered %v", err)
	}
	if got := s.Problems(); len(got) != 1 || !strings.Contains(got[0], "Projects.List panics (GET /api/projects/?): no page") {
		t.Errorf("the problems are %q", got)
	}
	if _, err := s.Client().Users.WhoAmI(t.Context()); err != nil {
		t.Error(err) // it goes on
	}
}
