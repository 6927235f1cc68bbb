package labelstudio_test

import (
	"context"
	"fmt"
	"log"

	"github.com/labelstudio-go/labelstudio"
)

func ExampleClient_Compatibility() {
	var client *labelstudio.Client // see NewClient
	compatibility, err := client.Compatibility(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	if compatibility.Relation == labelstudio.VersionNewer {
		log.Printf("%s: look for a newer version of this module", compatibility)
	}
	for _, difference := range compatibility.Differences {
		fmt.Printf("%s: %s, before %s\n", difference.Group, difference.Text, difference.Before)
	}
}
