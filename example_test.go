package labelstudio_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/labelstudio-go/labelstudio"
)

func ExampleNewClient() {
	client, err := labelstudio.NewClient("https://labels.example.com",
		labelstudio.WithToken(os.Getenv("LABEL_STUDIO_API_KEY")),
		labelstudio.WithLogger(slog.Default()),
		labelstudio.WithUserAgent("labeling-sync/2.1"),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client)
}

func ExampleProjectsService_All() {
	var client *labelstudio.Client // see NewClient
	for project, err := range client.Projects.All(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(project.ID, project.CreatedAt)
	}
}

func ExampleProjectsService_ValidateConfig() {
	var client *labelstudio.Client // see NewClient
	err := client.Projects.ValidateConfig(context.Background(), `<View><Text name="t" value="$text"/></View>`)
	var refused *labelstudio.Error
	if errors.As(err, &refused) && errors.Is(err, labelstudio.ErrValidation) {
		fmt.Println(refused.Fields["label_config"])
	}
}

// What is not set stays as it is; a Nullable can be set to null.
func ExampleProjectUpdateRequest() {
	var client *labelstudio.Client // see NewClient
	_, err := client.Projects.Update(context.Background(), 1, labelstudio.ProjectUpdateRequest{
		ShowSkipButton: new(false),
		Description:    labelstudio.Value(""),
		PinnedAt:       labelstudio.Null[time.Time](),
	})
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleProjectsService_Import() {
	var client *labelstudio.Client // see NewClient
	task, err := labelstudio.NewTaskInput(map[string]string{"text": "Lasts for days."})
	if err != nil {
		log.Fatal(err)
	}
	summary, err := client.Projects.Import(context.Background(), 1, []labelstudio.TaskInput{task}, labelstudio.ImportOptions{TaskIDs: true})
	var refused *labelstudio.ImportError
	switch {
	case errors.As(err, &refused):
		for _, item := range refused.Items {
			fmt.Println(item.Index, item.Reason)
		}
	case err != nil:
		log.Fatal(err)
	default:
		fmt.Println(summary.TaskIDs)
	}
}

func ExampleProjectsService_ImportFiles() {
	var client *labelstudio.Client // see NewClient
	reviews, err := labelstudio.FileAt("reviews.csv")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Projects.ImportFiles(context.Background(), 1, []labelstudio.File{reviews}, labelstudio.ImportOptions{}); err != nil {
		log.Fatal(err)
	}
}

func ExampleTasksService_All() {
	var client *labelstudio.Client // see NewClient
	for task, err := range client.Tasks.All(context.Background(), labelstudio.TaskFilter{Project: 1, Annotations: true}) {
		if err != nil {
			log.Fatal(err)
		}
		data, err := labelstudio.RawMap(task.Data)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(task.ID, data["text"], len(task.Annotations))
	}
}

func ExampleExportsService_Open() {
	var client *labelstudio.Client // see NewClient
	download, err := client.Exports.Open(context.Background(), 1, labelstudio.ExportOptions{Format: "CSV"})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = download.Close() }()
	if _, err := io.Copy(os.Stdout, download); err != nil {
		log.Fatal(err)
	}
}

func ExampleSnapshotsService_Open() {
	var client *labelstudio.Client // see NewClient
	ctx := context.Background()
	made, err := client.Snapshots.Create(ctx, 1, labelstudio.SnapshotRequest{Title: new("Nightly")})
	if err != nil {
		log.Fatal(err)
	}
	progress := func(s *labelstudio.Snapshot) { fmt.Println(s.Status) }
	if _, err := client.Snapshots.Wait(ctx, 1, made.ID, progress); err != nil {
		log.Fatal(err)
	}
	download, err := client.Snapshots.Open(ctx, 1, made.ID, "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = download.Close() }()
	fmt.Println(download.Name, download.Size)
}

func ExampleCaptureResponse() {
	var client *labelstudio.Client // see NewClient
	var res *http.Response
	if _, err := client.Projects.Get(context.Background(), 1, labelstudio.CaptureResponse(&res)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.StatusCode, res.Header.Get("Content-Type"))
}

func ExampleClient_Do() {
	var client *labelstudio.Client // see NewClient
	var version struct{ Release string }
	if err := client.Do(context.Background(), "GET", "/api/version", nil, nil, &version); err != nil {
		log.Fatal(err)
	}
	fmt.Println(version.Release)
}
