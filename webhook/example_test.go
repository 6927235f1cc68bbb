package webhook_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/webhook"
)

func ExampleParse() {
	body := []byte(`{"action": "ANNOTATIONS_DELETED", "annotations": [{"id": 7}, {"id": 8}]}`)
	event, err := webhook.Parse(body)
	if err != nil {
		log.Fatal(err)
	}
	switch payload := event.Payload.(type) {
	case *webhook.AnnotationCreated:
		fmt.Println("annotation", payload.Annotation.ID, "says", string(payload.Annotation.Result))
	case *webhook.AnnotationsDeleted:
		fmt.Println(len(payload.Annotations), "annotations are gone")
	case nil:
		fmt.Println("sent without payload:", event.Action)
	default:
		fmt.Println("not of interest:", event.Action)
	}
	// Output: 2 annotations are gone
}

func ExampleNewHandler() {
	secret := webhook.Header("X-Webhook-Secret", os.Getenv("WEBHOOK_SECRET"))
	events := make(chan webhook.Event, 1000)
	handler, err := webhook.NewHandler(secret, webhook.Queue(events))
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for event := range events {
			fmt.Println(event.Action) // may take its time
		}
	}()
	http.Handle("/labels", handler)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func ExampleRegistration() {
	var client *labelstudio.Client // see labelstudio.NewClient
	secret := webhook.Header("X-Webhook-Secret", os.Getenv("WEBHOOK_SECRET"))
	req, err := webhook.Registration(42, "https://hooks.example.com/labels", secret,
		labelstudio.WebhookActionAnnotationCreated, labelstudio.WebhookActionAnnotationUpdated)
	if err != nil {
		log.Fatal(err)
	}
	hook, err := client.Webhooks.Create(context.Background(), req)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("made webhook", hook.ID)
}
