package consumertest_test

import (
	"errors"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/examples/consumertest"
	"github.com/labelstudio-go/labelstudio/labelstudiotest"
)

var reviews = []consumertest.Review{{ID: "a", Text: "Good value."}, {ID: "b", Text: "Broke after a week."}}

const config = `<View><Text name="text" value="$text"/></View>`

func TestSync(t *testing.T) {
	t.Parallel()
	server := labelstudiotest.NewServer(t)
	project := server.AddProject("Reviews", config)
	server.AddTasks(project, reviews[0])

	imported, err := consumertest.Sync(t.Context(), server.Client(), project, reviews)
	if err != nil || imported != 1 {
		t.Errorf("imported %d, %v; want 1", imported, err)
	}
	if tasks := server.Tasks(project); len(tasks) != 2 || string(tasks[1].Data) != `{"id":"b","text":"Broke after a week."}` {
		t.Errorf("the tasks are %+v", tasks)
	}
}

// What is there already is not imported again: the call would fail the test.
func TestSyncTwice(t *testing.T) {
	t.Parallel()
	server := labelstudiotest.NewServer(t, labelstudiotest.WithExpectedCallsOnly())
	project := server.AddProject("Reviews", config)
	server.AddTasks(project, reviews[0], reviews[1])
	server.Expect("Tasks.List", 1)

	imported, err := consumertest.Sync(t.Context(), server.Client(), project, reviews)
	if err != nil || imported != 0 {
		t.Errorf("imported %d, %v; want 0", imported, err)
	}
}

// The server is busy once, and the import, which may have happened, isn't repeated.
func TestSyncWhileTheServerIsBusy(t *testing.T) {
	t.Parallel()
	server := labelstudiotest.NewServer(t)
	project := server.AddProject("Reviews", config)
	server.Fail(labelstudiotest.Fault{Operation: "Projects.Import", Status: 502})

	_, err := consumertest.Sync(t.Context(), server.Client(), project, reviews)
	if !errors.Is(err, labelstudio.ErrServer) {
		t.Errorf("got %v, want a server error", err)
	}
	imports := 0
	for _, request := range server.Requests() {
		if request.Operation == "Projects.Import" {
			imports++
		}
	}
	if imports != 1 || len(server.Tasks(project)) != 0 {
		t.Errorf("%d imports, and %d tasks", imports, len(server.Tasks(project)))
	}
}
