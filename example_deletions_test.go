package labelstudio_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/filter"
)

// A list that came out empty deletes nothing: everything is said with All.
func ExampleSelection() {
	client, err := labelstudio.NewClient("https://labels.example.com")
	if err != nil {
		log.Fatal(err)
	}
	var outdated []int64
	_, err = client.Tasks.DeleteSelected(context.Background(), 7, labelstudio.IDs(outdated...))
	fmt.Println(err)
	// Output:
	// labelstudio: IDs got no ids: skip the call, or say labelstudio.All()
}

func ExampleTasksService_DeleteSelected() {
	var client *labelstudio.Client // see NewClient
	untouched := labelstudio.All().Where(filter.And(filter.TotalAnnotations.Equal(0)))
	deleted, err := client.Tasks.DeleteSelected(context.Background(), 7, untouched.Expect(40))
	var count *labelstudio.CountError
	if errors.As(err, &count) {
		log.Fatalf("there are %d: look again", count.Counted) // and still there
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("deleted", deleted)
}
