package labelstudiotest_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/filter"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// What was made at the same time has an order all the same: that in which it was
// made. The rows of a CSV have the newest annotation first.
func TestOrderAtTheSameTime(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]time.Time{
		"a whole second":     time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		"the end of one":     time.Date(2026, 12, 1, 0, 0, 0, 999_997_000, time.UTC),
		"between two of its": time.Date(2026, 12, 1, 0, 0, 0, 1_500, time.UTC),
	} {
		now := at.Add(-time.Hour)
		s := labelstudiotest.NewServer(t, labelstudiotest.WithClock(func() time.Time { return now }))
		client, project := s.Client(), s.AddProject("Reviews", config)
		tasks := s.AddTasks(project, map[string]string{"text": "a"}, map[string]string{"text": "b"}, map[string]string{"text": "c"})
		now = at
		var want []string
		for range 6 {
			want = append(want, fmt.Sprint(s.AddAnnotation(tasks[0], []any{})))
		}
		slices.Reverse(want)
		download, err := client.Exports.Open(t.Context(), project, labelstudio.ExportOptions{Format: "CSV"})
		rows, err := csv.NewReader(strings.NewReader(content(t, download, err))).ReadAll()
		ok(t, err)
		column := slices.Index(rows[0], "annotation_id")
		var got []string
		for _, row := range rows[1:] {
			got = append(got, row[column])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the annotations are %v, want %v", name, got, want)
		}
		var listed []int64
		for task, err := range client.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project, OrderBy: filter.ByDescending(filter.CreatedAt)}) {
			ok(t, err)
			listed = append(listed, task.ID)
		}
		if !slices.Equal(listed, []int64{tasks[2], tasks[1], tasks[0]}) {
			t.Errorf("%s: the newest of the tasks %v first: %v", name, tasks, listed)
		}
	}
}
