package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/webhook"
)

func TestRegistration(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		secret webhook.Secret
		want   string
	}{
		{"with a secret", secret, `{"actions":["TASKS_CREATED","TASKS_DELETED"],"headers":{"X-Webhook-Secret":"of the test"},` +
			`"project":7,"send_for_all_actions":false,"send_payload":true,"url":"https://hooks.example.com/"}`},
		{"without", webhook.Unauthenticated(), `{"actions":["TASKS_CREATED","TASKS_DELETED"],` +
			`"project":7,"send_for_all_actions":false,"send_payload":true,"url":"https://hooks.example.com/"}`},
	}
	for _, test := range tests {
		req, err := webhook.Registration(7, "https://hooks.example.com/", test.secret,
			generated.WebhookActionTasksCreated, generated.WebhookActionTasksDeleted)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(req); err != nil || string(got) != test.want {
			t.Errorf("%s: %s, %v, want %s", test.name, got, err, test.want)
		}
	}
}

// Which actions there are is the server's business.
func TestRegistrationOfUnknownAction(t *testing.T) {
	t.Parallel()
	req, err := webhook.Registration(7, "https://hooks.example.com/", secret, "SOMETHING_NEW")
	if err != nil || len(req.Actions) != 1 || req.Actions[0] != "SOMETHING_NEW" {
		t.Errorf("got %v, %v", req.Actions, err)
	}
}

func TestRegistrationErrors(t *testing.T) {
	t.Parallel()
	_, err := webhook.Registration(7, "https://hooks.example.com/", webhook.Secret{}, generated.WebhookActionTasksCreated)
	if err == nil || !strings.Contains(err.Error(), "no secret is given") {
		t.Errorf("without a secret: %v", err)
	}
	_, err = webhook.Registration(7, "https://hooks.example.com/", secret)
	if err == nil || !strings.Contains(err.Error(), "no action is given") {
		t.Errorf("without an action: %v", err)
	}
	for _, project := range []int64{0, -1} {
		_, err = webhook.Registration(project, "https://hooks.example.com/", secret, generated.WebhookActionTasksCreated)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d is no project's id", project)) {
			t.Errorf("of the project %d: %v", project, err)
		}
	}
}

func TestSecretIsNotPrinted(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, secret); got != "header X-Webhook-Secret" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	if got := webhook.Unauthenticated().String(); got != "no secret" {
		t.Errorf("printed as %s", got)
	}
}

// Not by what it is a part of either, whatever the verb.
func TestSecretIsNotPrintedWithin(t *testing.T) {
	t.Parallel()
	type settings struct{ hook webhook.Secret }
	within := settings{secret}
	h := newHandler(t, secret, func(context.Context, webhook.Event) error { return nil })
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%o", "%t"} {
		for _, value := range []any{secret, &secret, []webhook.Secret{secret}, within, &within, h} {
			got := fmt.Sprintf(verb, value)
			for _, shown := range []string{"of the test", fmt.Sprintf("%x", "of the test"), fmt.Sprintf("%X", "of the test")} {
				if strings.Contains(got, shown) {
					t.Errorf("%s of a %T prints %s", verb, value, got)
				}
			}
		}
	}
}
