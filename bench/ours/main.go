// Command ours does what the benchmarks measure, with this module.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/labelstudio-go/labelstudio"
)

func main() {
	work := flag.String("work", "", "list, save, decode or import")
	url := flag.String("url", "", "address of the server")
	token := flag.String("token", "", "legacy token")
	project := flag.Int64("project", 1, "id of a project")
	file := flag.String("file", "", "to save to or to import from")
	flag.Parse()
	client, err := labelstudio.NewClient(*url, labelstudio.WithToken(*token))
	if err == nil {
		err = run(context.Background(), client, *work, *project, *file)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, client *labelstudio.Client, work string, project int64, file string) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, tasks, first := time.Now(), 0, time.Duration(0)
	came := func() {
		if tasks++; tasks == 1 {
			first = time.Since(start)
		}
	}
	switch work {
	case "list":
		for _, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project, Annotations: true, PageSize: 100}) {
			if err != nil {
				return err
			}
			came()
		}
	case "save":
		if _, err := client.Snapshots.SaveFile(ctx, project, 1, file, "", nil); err != nil {
			return err
		}
	case "decode":
		for _, err := range client.Snapshots.Tasks(ctx, project, 1) {
			if err != nil {
				return err
			}
			came()
		}
	case "import":
		report, err := client.Projects.ImportTaskFile(ctx, project, file, labelstudio.BatchOptions{})
		if err != nil {
			return err
		}
		tasks = report.Committed
	default:
		return fmt.Errorf("there is no work %q", work)
	}
	runtime.ReadMemStats(&after)
	allocs := 0.0
	if tasks > 0 {
		allocs = float64(after.Mallocs-before.Mallocs) / float64(tasks)
	}
	fmt.Printf(`{"tasks":%d,"first_ms":%.3f,"allocs":%.1f,"peak_kb":%d}`+"\n", tasks, float64(first.Microseconds())/1000, allocs, peakKB())
	return nil
}

// peakKB is the peak of memory of this process. What the system tells the
// parent begins with the parent's own.
func peakKB() (kb int) {
	status, _ := os.ReadFile("/proc/self/status") // of Linux; 0 elsewhere
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	_, _ = fmt.Sscan(string(after), &kb)
	return kb
}
