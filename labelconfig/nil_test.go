package labelconfig_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// No config has no tags, and says so where it is to check something.
func TestNoConfig(t *testing.T) {
	t.Parallel()
	var config *labelconfig.Config
	if keys := config.DataKeys(); keys != nil {
		t.Errorf("it reads %v", keys)
	}
	if _, ok := config.Control("a"); ok {
		t.Error("it has a control")
	}
	if _, ok := config.Object("a"); ok {
		t.Error("it has an object")
	}
	for _, err := range []error{config.CheckTask(json.RawMessage(`{}`)), config.CheckTaskStrict(nil)} {
		if problems := labelconfig.TaskErrors(err); len(problems) != 1 || problems[0].Path != "config" || !errors.Is(err, labelconfig.ErrTask) {
			t.Errorf("got the error %v", err)
		}
	}
	var control *labelconfig.Control
	if control.HasLabel("a") || control.HasPath("a") {
		t.Error("no control has a label")
	}
}
