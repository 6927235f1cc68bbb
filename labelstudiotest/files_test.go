package labelstudiotest_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// What isn't imitated is named with the operation that would need it.
func TestFilesNotImitated(t *testing.T) {
	t.Parallel()
	tests := []struct {
		want string
		do   func(client *labelstudio.Client, project int64) error
	}{
		{"Exports.Export of the format CONLL2003 ", func(client *labelstudio.Client, project int64) error {
			_, err := client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "CONLL2003"})
			return err
		}},
		{"Projects.Import of a table with a carriage return before a blank", func(client *labelstudio.Client, project int64) error {
			_, err := client.Projects.ImportFiles(t.Context(), project,
				[]labelstudio.File{labelstudio.FileOf("a.csv", []byte("text\r a\r b\r"))}, labelstudio.ImportOptions{})
			return err
		}},
		{"Projects.Import of a text with half of a surrogate pair", func(client *labelstudio.Client, project int64) error {
			_, err := client.Projects.ImportFiles(t.Context(), project,
				[]labelstudio.File{labelstudio.FileOf("a.json", []byte(`[{"text":"\ud800"}]`))}, labelstudio.ImportOptions{})
			return err
		}},
	}
	for _, tt := range tests {
		s, err := labelstudiotest.Start()
		ok(t, err)
		if err := tt.do(s.Client(), s.AddProject("Reviews", config)); err == nil {
			t.Errorf("%s: answered", tt.want)
		}
		if got := strings.Join(s.Problems(), "\n"); !strings.Contains(got, tt.want) || strings.Contains(got, "\n") {
			t.Errorf("problems are %q, want one with %q", got, tt.want)
		}
		s.Close()
	}
}

// The second snapshot of the same in one minute has another name, even after the
// first is gone.
func TestSnapshotNames(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := labelstudiotest.NewServer(t, labelstudiotest.WithClock(func() time.Time { return at }))
	client, project := s.Client(labelstudio.WithToken(s.LegacyToken)), s.AddProject("Reviews", config)
	for _, want := range []string{`^project-1-at-2026-01-02-03-04-\w{8}\.csv$`, `^project-1-at-2026-01-02-03-04-\w{8}_\w{7}\.csv$`} {
		made, err := client.Snapshots.Create(t.Context(), project, labelstudio.SnapshotRequest{})
		ok(t, err)
		download, err := client.Snapshots.Open(t.Context(), project, made.ID, "CSV")
		content(t, download, err)
		if got := download.Name; !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("the file is named %s, want %s", got, want)
		}
		ok(t, client.Snapshots.Delete(t.Context(), project, made.ID))
	}
}
