package labelstudiotest_test

import (
	"context"
	"fmt"
	"log"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

// A program that is no test starts a server with Start. In a test,
// labelstudiotest.NewServer(t) stops it by itself.
func Example() {
	server, err := labelstudiotest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, client := context.Background(), server.Client()

	project, err := client.Projects.Create(ctx, labelstudio.ProjectRequest{
		Title: labelstudio.Value("Reviews"), LabelConfig: new(`<View><Text name="text" value="$text"/></View>`),
	})
	if err != nil {
		log.Print(err)
		return
	}
	tasks, err := labelstudio.NewTaskInputs([]map[string]string{{"text": "Good value."}, {"text": "Broke."}})
	if err != nil {
		log.Print(err)
		return
	}
	summary, err := client.Projects.Import(ctx, project.ID, tasks, labelstudio.ImportOptions{})
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println("imported", summary.TaskCount)
	for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project.ID}) {
		if err != nil {
			log.Print(err)
			return
		}
		fmt.Println(task.ID, string(task.Data))
	}
	for _, request := range server.Requests() {
		fmt.Println(request.Operation, request.Status)
	}
	// Output:
	// imported 2
	// 1 {"text":"Good value."}
	// 2 {"text":"Broke."}
	// Projects.Create 201
	// Projects.Import 201
	// Tasks.List 200
}
