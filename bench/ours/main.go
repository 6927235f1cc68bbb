// Command ours does what the benchmarks measure, with this module.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/bench/usage"
)

func main() {
	work := flag.String("work", "", "list, save, decode or import")
	url := flag.String("url", "", "address of the server")
	token := flag.String("token", "", "legacy token")
	project := flag.Int64("project", 1, "id of a project")
	snapshot := flag.Int64("snapshot", 1, "id of a snapshot")
	file := flag.String("file", "", "to save to or to import from")
	flag.Parse()
	client, err := labelstudio.NewClient(*url, labelstudio.WithToken(*token))
	if err == nil {
		err = run(context.Background(), client, *work, *project, *snapshot, *file)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, client *labelstudio.Client, work string, project, snapshot int64, file string) error {
	meter := usage.Start()
	switch work {
	case "list":
		for _, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project, Annotations: true, PageSize: 100}) {
			if err != nil {
				return err
			}
			meter.Came(1)
		}
	case "save":
		if _, err := client.Snapshots.SaveFile(ctx, project, snapshot, file, "", nil); err != nil {
			return err
		}
	case "decode":
		for _, err := range client.Snapshots.Tasks(ctx, project, snapshot) {
			if err != nil {
				return err
			}
			meter.Came(1)
		}
	case "import":
		report, err := client.Projects.ImportTaskFile(ctx, project, file, labelstudio.BatchOptions{})
		if err != nil {
			return err
		}
		meter.Came(report.Committed)
	default:
		return fmt.Errorf("there is no work %q", work)
	}
	meter.Print()
	return nil
}
