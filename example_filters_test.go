package labelstudio_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/filter"
)

func ExampleTasksService_All_where() {
	var client *labelstudio.Client // see NewClient
	for task, err := range client.Tasks.All(context.Background(), labelstudio.TaskFilter{
		Project: 1,
		Where:   filter.And(filter.TotalAnnotations.Equal(0), filter.Data("text").Contains("refund")),
		OrderBy: filter.ByDescending(filter.CreatedAt),
	}) {
		if errors.Is(err, labelstudio.ErrInvalidFilter) {
			log.Fatalf("nothing was listed: %v", err) // with the columns that there are
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(task.ID)
	}
}

func ExampleViewsService_Create() {
	var client *labelstudio.Client // see NewClient
	view, err := client.Views.Create(context.Background(), labelstudio.ViewRequest{
		Project: 1,
		Data: &labelstudio.ViewDataRequest{
			Title:              new("Expensive first"),
			Filters:            filter.And(filter.Data("price").Number().Greater(100)),
			Ordering:           filter.ByDescending(filter.Data("price")),
			ColumnsDisplayType: filter.AsNumbers(filter.Data("price")),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(view.ID)
}

func ExampleSnapshotsService_CreateWhere() {
	var client *labelstudio.Client // see NewClient
	ctx, done := context.Background(), filter.And(filter.TotalAnnotations.Greater(0))
	snapshot, err := client.Snapshots.CreateWhere(ctx, 1, done, labelstudio.SnapshotRequest{})
	if err != nil {
		log.Fatal(err)
	}
	download, err := client.Snapshots.Open(ctx, 1, snapshot.ID, "CSV")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = download.Close() }()
	fmt.Println(download.Name)
}
