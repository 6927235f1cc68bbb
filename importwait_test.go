package labelstudio

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestImportWaits(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *Client, func()) error{
		"import": func(ctx context.Context, c *Client, seen func()) error {
			_, err := c.Projects.WaitImport(ctx, 1, 5, func(*ProjectImport) { seen() })
			return err
		},
		"reimport": func(ctx context.Context, c *Client, seen func()) error {
			_, err := c.Projects.WaitReimport(ctx, 1, 5, func(*ProjectReimport) { seen() })
			return err
		},
	}
	tests := []struct {
		name   string
		states []string
		is     error
		text   string // of the error, behind the kind of import
		seen   int
	}{
		{"completes", []string{importState("created", "null"), importState("in_progress", "null"), importState("completed", "null")}, nil, "", 3},
		{"fails", []string{importState("in_progress", "null"), importState("failed", `"disk\nfull"`)}, ErrImportFailed, " 5 into project 1 failed: disk full", 2},
		{"outlives the context", []string{importState("created", "null")}, context.DeadlineExceeded, " 5 into project 1, which is created: ", 4},
		{"is gone", []string{"null"}, ErrUnexpectedAnswer, " 5 into project 1: ", 0},
	}
	for what, call := range calls {
		for _, tt := range tests {
			t.Run(what+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
					defer cancel()
					seen := 0
					err := call(ctx, polled(t, reply{}, tt.states...), func() { seen++ })
					if !errors.Is(err, tt.is) || seen != tt.seen {
						t.Errorf("error %v after %d states, want %v after %d", err, seen, tt.is, tt.seen)
					}
					if err != nil && !strings.Contains(err.Error(), what+tt.text) {
						t.Errorf("error %v, want one with %q", err, what+tt.text)
					}
				})
			})
		}
	}
}
