package e2e

import (
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

func TestProjectLifecycle(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		project, err := client.Projects.Create(t.Context(), labelstudio.ProjectRequest{Title: labelstudio.Value("Reviews")})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Projects.Delete(t.Context(), project.ID); err != nil {
			t.Fatal(err)
		}
	})
}
