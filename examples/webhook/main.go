// Webhook prints what annotators do in a project, as they do it: it makes a
// webhook that points to itself, prints what comes until it is interrupted, and
// deletes the webhook again. The server and the token come from
// LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/webhook"
)

// actions of interest. Without any of labels: see webhook.LabelLinkCreated.
var actions = []labelstudio.WebhookAction{
	labelstudio.WebhookActionAnnotationCreated,
	labelstudio.WebhookActionAnnotationUpdated,
	labelstudio.WebhookActionAnnotationsCreated,
	labelstudio.WebhookActionAnnotationsDeleted,
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("webhook: ")
	project := flag.Int64("project", 0, "the `id` of the project")
	listen := flag.String("listen", "127.0.0.1:8081", "wait for deliveries at this `address`")
	url := flag.String("url", "", "the `URL` by which the server reaches that address; http://address by default")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *project, *listen, *url); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, project int64, listen, url string) (err error) {
	client, err := labelstudio.NewClientFromEnv()
	if err != nil {
		return err
	}
	// It need not be known to anybody else, nor outlive the webhook.
	secret := webhook.Header("X-Webhook-Secret", rand.Text())
	events := make(chan webhook.Event, 100)
	handler, err := webhook.NewHandler(secret, webhook.Queue(events))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	if url == "" {
		url = "http://" + listener.Addr().String()
	}
	server := &http.Server{Handler: handler, ReadTimeout: 10 * time.Second}
	serving := make(chan error, 1)
	go func() { serving <- server.Serve(listener) }()
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		for event := range events {
			show(event)
		}
	}()

	// Deferred calls run in reverse: first the webhook is deleted, then what was
	// delivered is printed.
	defer func() {
		ctx, cancel := endingContext(ctx)
		defer cancel()
		if e := server.Shutdown(ctx); e != nil {
			err = errors.Join(err, e)
			return // handlers still run, and use events
		}
		close(events)
		<-printed
	}()
	req, err := webhook.Registration(project, url, secret, actions...)
	if err != nil {
		return err
	}
	hook, err := client.Webhooks.Create(ctx, req)
	if err != nil {
		return fmt.Errorf("make a webhook for project %d: %w", project, err)
	}
	defer func() {
		ctx, cancel := endingContext(ctx)
		defer cancel()
		if e := client.Webhooks.Delete(ctx, hook.ID); e != nil {
			err = errors.Join(err, fmt.Errorf("delete webhook %d: %w", hook.ID, e))
		}
	}()
	fmt.Println("waiting for events of project", project)

	select {
	case <-ctx.Done():
		return nil
	case err := <-serving:
		return err
	}
}

// endingContext is for what must also be done when ctx has ended.
func endingContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
}

func show(event webhook.Event) {
	switch payload := event.Payload.(type) {
	case *webhook.AnnotationCreated:
		fmt.Printf("annotation %d of task %d: %s\n", payload.Annotation.ID, payload.Task.ID, payload.Annotation.Result)
	case *webhook.AnnotationUpdated:
		fmt.Printf("annotation %d now: %s\n", payload.Annotation.ID, payload.Annotation.Result)
	case *webhook.AnnotationsCreated:
		fmt.Println(len(payload.Annotations), "annotations made from predictions")
	case *webhook.AnnotationsDeleted:
		fmt.Println(len(payload.Annotations), "annotations deleted")
	}
}
