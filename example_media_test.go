package labelstudio_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/labelstudio-go/labelstudio"
)

func ExampleSnapshotsService_ExportFile_media() {
	var client *labelstudio.Client // see NewClient
	saved, err := client.Snapshots.ExportFile(context.Background(), 1, "cats.json", labelstudio.ExportFileOptions{
		Media: &labelstudio.MediaOptions{Progress: func(r labelstudio.MediaReport) {
			fmt.Printf("%d of %d files, %d failed\n", r.Saved, r.Found, r.Failed)
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := saved.Media.Err(); err != nil {
		fmt.Println(err) // 2 of 1000 media files are missing: cats.json.media/media-manifest.json says why
	}

	manifest, err := os.Open(saved.Media.Manifest)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = manifest.Close() }()
	for file, err := range labelstudio.Elements[labelstudio.MediaFile](manifest) {
		if err != nil {
			log.Fatal(err)
		}
		if file.Error != "" {
			fmt.Println(file.URI, "of task", file.Task, "failed:", file.Error)
			continue
		}
		fmt.Println(file.URI, "is", filepath.Join(saved.Media.Folder, file.File))
	}
}
