package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func TestValidateConfig(t *testing.T) {
	t.Parallel()
	eachScheme(t, checkValidateConfig)
}

func TestValidateConfigWithoutToken(t *testing.T) {
	t.Parallel()
	for _, s := range []*server.Server{withLegacy, withoutLegacy} {
		client := newClient(t, s)
		checkValidateConfig(t, client)
		_, err := client.Projects.ValidateConfigFor(t.Context(), 1, config)
		wantError(t, err, labelstudio.ErrUnauthorized)
	}
}

// No token is needed, but one that is sent along must be right.
func TestValidateConfigWithWrongToken(t *testing.T) {
	t.Parallel()
	client := newClient(t, withLegacy, labelstudio.WithToken(unknownToken))
	wantError(t, client.Projects.ValidateConfig(t.Context(), config), labelstudio.ErrInvalidToken, labelstudio.ErrUnauthorized)
}

func checkValidateConfig(t *testing.T, client *labelstudio.Client) {
	t.Helper()
	ok(t, client.Projects.ValidateConfig(t.Context(), config))
	for name, bad := range map[string]string{
		"no XML":                  "<View",
		"the same name twice":     `<View><Text name="a" value="$a"/><Text name="a" value="$b"/></View>`,
		"a control without a tag": `<View><Choices name="a" toName="b"><Choice value="x"/></Choices></View>`,
	} {
		err := client.Projects.ValidateConfig(t.Context(), bad)
		answer := wantAnswer(t, err, labelstudio.ErrValidation)
		if len(answer.Fields["label_config"]) == 0 {
			t.Errorf("%s: got the reasons %v, want some for label_config", name, answer.Fields)
		}
	}
}

func TestValidateConfigForProject(t *testing.T) {
	t.Parallel()
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		ctx := t.Context()
		project := newProject(t, client).ID
		renamed := strings.Replace(config, `name="label"`, `name="verdict"`, 1)

		changed, err := client.Projects.ValidateConfigFor(ctx, project, config)
		ok(t, err)
		if changed != nil {
			t.Errorf("the same config: changed is %v, want nil", *changed)
		}
		changed, err = client.Projects.ValidateConfigFor(ctx, project, renamed)
		ok(t, err)
		if changed == nil || !*changed {
			t.Errorf("another control: changed is %v, want true", changed)
		}
		for _, bad := range []string{"", "<View"} {
			_, err = client.Projects.ValidateConfigFor(ctx, project, bad)
			wantError(t, err, labelstudio.ErrValidation)
		}

		annotate(t, client, newTask(t, client, project, "x").ID, object{"result": json.RawMessage(regions)})
		_, err = client.Projects.ValidateConfigFor(ctx, project, renamed)
		answer := wantAnswer(t, err, labelstudio.ErrValidation)
		if len(answer.Fields["non_field_errors"]) == 0 {
			t.Errorf("what is annotated is lost: got the reasons %v", answer.Fields)
		}
		ok(t, client.Projects.ValidateConfig(ctx, renamed)) // which knows no project

		_, err = client.Projects.Update(ctx, project, labelstudio.ProjectUpdateRequest{LabelConfig: &renamed})
		answer = wantAnswer(t, err, labelstudio.ErrValidation)
		if len(answer.Fields["label_config"]) == 0 {
			t.Errorf("an update with it: got the reasons %v", answer.Fields)
		}
	})
}
