package labelconfig_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// What the server takes can be parsed, and is XML to encoding/xml, too.
func FuzzValidate(f *testing.F) {
	for _, v := range verdicts(f) {
		f.Add(v.config)
	}
	f.Fuzz(func(t *testing.T, config string) {
		err := labelconfig.Validate(config)
		if err != nil {
			if !errors.Is(err, labelconfig.ErrInvalid) || strings.Contains(err.Error(), "line 0") {
				t.Fatalf("got %v", err)
			}
			return
		}
		if _, err := labelconfig.Parse(config); err != nil {
			t.Fatalf("is valid, and can't be parsed: %v", err)
		}
		if _, err := labelconfig.Lint(config); err != nil {
			t.Fatalf("is valid, and can't be linted: %v", err)
		}
		if strings.Contains(config, "<?") {
			return // encoding/xml knows fewer declarations
		}
		trimmed := strings.TrimFunc(config, func(c rune) bool { return c != '<' && c != '>' })
		decoder := xml.NewDecoder(strings.NewReader(trimmed))
		if err := decoder.Decode(new(struct{})); err != nil {
			t.Fatalf("is valid, and no XML: %v", err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, v := range verdicts(f) {
		f.Add(v.config)
	}
	f.Fuzz(func(t *testing.T, text string) {
		config, err := labelconfig.Parse(text)
		if err != nil {
			return
		}
		for _, control := range config.Controls {
			if control.Name == "" || len(control.ToName) == 0 {
				t.Fatalf("the control %+v lacks something", control)
			}
			for _, label := range control.Labels {
				if !control.HasLabel(label.Value) {
					t.Fatalf("the control doesn't know its label %q", label.Value)
				}
			}
		}
		for _, key := range config.DataKeys() {
			if key.Key == "" || len(key.Uses) == 0 || len(key.Types) == 0 {
				t.Fatalf("the key %+v lacks something", key)
			}
		}
		if err := config.CheckTaskStrict(json.RawMessage(`{}`)); (err == nil) != (len(config.DataKeys()) == 0) {
			t.Fatalf("an empty task, and the keys %v: %v", config.DataKeys(), err)
		}
	})
}

func FuzzCheckTask(f *testing.F) {
	f.Add(`{"a": {"b": 1}, "images": [{"url": "x"}, 5], "text": null, "$undefined$": "x"}`)
	f.Add(`[]`)
	f.Add(`null`)
	config, err := labelconfig.Parse(`<View><Text name="t" value="$text"/><Text name="d" value="$a.b"/>` +
		`<Image name="i" value="$images[{{idx}}].url"/><Image name="l" valueList="$list"/></View>`)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data string) {
		err := config.CheckTask(json.RawMessage(data))
		if err != nil && !errors.Is(err, labelconfig.ErrTask) {
			t.Fatalf("got %v", err)
		}
		if strict := config.CheckTaskStrict(json.RawMessage(data)); err != nil && strict == nil {
			t.Fatalf("takes strictly what it refuses: %v", err)
		}
	})
}
