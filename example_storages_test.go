package labelstudio_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/labelstudio-go/labelstudio"
)

func ExampleStorageSetUp_SetUp() {
	var client *labelstudio.Client // see NewClient
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()

	request := labelstudio.S3ImportStorageRequest{
		Project: 1, Title: new("reviews"),
		Bucket: new("reviews"), Prefix: new("2026"), RegexFilter: new(`.*\.json`), RecursiveScan: new(true),
		AWSAccessKeyID: new(os.Getenv("AWS_ACCESS_KEY_ID")), AWSSecretAccessKey: new(os.Getenv("AWS_SECRET_ACCESS_KEY")),
	}
	storage, err := client.S3ImportStorages.SetUp(ctx, request, func(storage *labelstudio.S3ImportStorage) {
		fmt.Println("the sync is", storage.Status)
	})
	if errors.Is(err, labelstudio.ErrStorageExists) { // this program ran before
		storage, err = client.S3ImportStorages.SyncAndWait(ctx, storage.ID, nil)
	}
	var failed *labelstudio.StorageError
	if errors.As(err, &failed) {
		log.Fatalf("%s: %s", failed.Step, failed.Reason)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*storage.LastSyncCount, "new tasks")
}

func ExampleMLBackendsService_TrainAndWait() {
	var client *labelstudio.Client // see NewClient
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel() // the server doesn't tell a training that failed from one that goes on
	backend, err := client.MLBackends.TrainAndWait(ctx, 1, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*backend.ModelVersion)
}
