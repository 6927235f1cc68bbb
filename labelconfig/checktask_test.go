package labelconfig_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

func parse(t testing.TB, config string) *labelconfig.Config {
	t.Helper()
	parsed, err := labelconfig.Parse(config)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestDataKeys(t *testing.T) {
	t.Parallel()
	text := []labelconfig.Type{labelconfig.TypeString, labelconfig.TypeNumber, labelconfig.TypeBoolean, labelconfig.TypeList}
	header := []labelconfig.Type{labelconfig.TypeString, labelconfig.TypeNumber, labelconfig.TypeBoolean}
	list := []labelconfig.Type{labelconfig.TypeList}
	address := []labelconfig.Type{labelconfig.TypeString}
	one := func(tag, name, attribute string) []labelconfig.Use {
		return []labelconfig.Use{{Tag: tag, Name: name, Attribute: attribute}}
	}
	for name, test := range map[string]struct {
		config string
		want   []labelconfig.DataKey
	}{
		"nothing is a variable": {`<View><Text name="t" value="t"/><Text name="u" value="$"/><Header value="5 $ up"/></View>`,
			nil},
		"an object": {`<View><Text name="t" value="$a"/></View>`,
			[]labelconfig.DataKey{{Key: "a", Path: []string{"a"}, Required: true, Types: text, Uses: one("Text", "t", "value")}}},
		"an address": {`<View><Text name="t" value="$a" valueType="url"/></View>`,
			[]labelconfig.DataKey{{Key: "a", Path: []string{"a"}, Required: true, Types: text, URL: true,
				Uses: one("Text", "t", "value")}}},
		"a path": {`<View><Pdf name="p" value="$a.b"/></View>`,
			[]labelconfig.DataKey{{Key: "a.b", Path: []string{"a", "b"}, Required: true, Types: address, URL: true,
				Uses: one("Pdf", "p", "value")}}},
		"no name": {`<View><Header value="About $a or $b"/></View>`,
			[]labelconfig.DataKey{{Key: "a", Path: []string{"a"}, Types: header, Uses: one("Header", "", "value")}}},
		"a list": {`<View><Image name="i" valueList="$a"/></View>`,
			[]labelconfig.DataKey{{Key: "a", Path: []string{"a"}, Types: list, URL: true, Uses: one("Image", "i", "valueList")}}},
		"the root": {`<Text name="t" value="$a"/>`,
			[]labelconfig.DataKey{{Key: "a", Path: []string{"a"}, Types: text, Uses: one("Text", "t", "value")}}},
		"a Repeater": {`<View><Repeater on="$a"><Audio name="i{{idx}}" value="$a[{{idx}}].b.c"/></Repeater></View>`,
			[]labelconfig.DataKey{
				{Key: "a", Path: []string{"a"}, Types: list, Uses: one("Repeater", "", "on")},
				{Key: "a[{{idx}}].b.c", Path: []string{"a"}, Item: []string{"b", "c"}, Required: true, Types: list, URL: true,
					Uses: one("Audio", "i{{idx}}", "value")}}},
		"a Video goes before": {`<View><Video name="v" value="$a"/><Text name="t" value="$a"/></View>`,
			[]labelconfig.DataKey{{Key: "a", Path: []string{"a"}, Required: true, Types: address, URL: true,
				Uses: append(one("Video", "v", "value"), one("Text", "t", "value")...)}}},
		"the last one goes before": {`<View><Header value="$a"/><Text name="t" value="$a"/><Header value="$a"/></View>`,
			[]labelconfig.DataKey{{Key: "a", Path: []string{"a"}, Required: true, Types: text,
				Uses: append(append(one("Header", "", "value"), one("Text", "t", "value")...), one("Header", "", "value")...)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := parse(t, test.config).DataKeys(); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestCheckTask(t *testing.T) {
	t.Parallel()
	const config = `<View><Header value="$title"/><Text name="text" value="$text"/><Image name="scan" value="$page.scan"/>
		<Image name="photos" valueList="$photos"/>
		<Repeater on="$pages" indexFlag="{{idx}}"><Image name="page{{idx}}" value="$pages[{{idx}}].url"/></Repeater></View>`
	for name, test := range map[string]struct {
		data         string
		want, strict []string
	}{
		"all of it": {`{"text": "x", "page": {"scan": "u"}, "pages": [{"url": "u"}], "title": "t", "photos": ["u"]}`, nil, nil},
		"only what is required": {`{"text": "x", "page": {"scan": "u"}, "pages": [{"url": "u"}, "u", {}]}`, nil, []string{
			`data.title: missing: the label config's <Header> needs it`,
			`data.photos: missing: the label config's <Image name="photos"> needs it`,
			`data.pages[1].url: missing: the label config's <Image name="page{{idx}}"> needs it`,
			`data.pages[2].url: missing: the label config's <Image name="page{{idx}}"> needs it`}},
		"nothing": {`{"title": "t", "photos": []}`, []string{
			`data.text: missing: the label config's <Text name="text"> needs it`,
			`data.page.scan: missing: the label config's <Image name="scan"> needs it`,
			`data.pages: missing: the label config's <Image name="page{{idx}}"> needs it`}, nil},
		"other types": {`{"text": {}, "page": "x", "pages": "x", "title": "t", "photos": []}`, []string{
			`data.text: object: the label config's <Text name="text"> needs it as string, number, boolean, list`,
			`data.page.scan: missing: the label config's <Image name="scan"> needs it`,
			`data.pages: string: the label config's <Image name="page{{idx}}"> needs it as list`}, nil},
		"no name": {`{"$undefined$": "x", "page": {"scan": "u"}, "pages": [], "title": "t", "photos": []}`, nil, nil},
		"nulls": {`{"text": "x", "page": {"scan": "u"}, "pages": [], "title": "t", "photos": ["u", null]}`, nil, []string{
			`data.photos[1]: missing: the label config's <Image name="photos"> needs it`}},
		"no object": {`[]`, []string{`data: it must be a JSON object`}, nil},
		"null":      {`null`, []string{`data: it must be a JSON object`}, nil},
		"two":       {`{} {}`, []string{`data: it must be a JSON object`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := parse(t, config)
			wantProblems(t, config.CheckTask(json.RawMessage(test.data)), test.want)
			if test.strict != nil {
				wantProblems(t, config.CheckTaskStrict(json.RawMessage(test.data)), test.strict)
			}
		})
	}
}

// A text without a name is of the first key, which needs no value of its own
// then.
func TestTaskErrors(t *testing.T) {
	t.Parallel()
	config := parse(t, `<View><Text name="a" value="$a"/><Text name="b" value="$b"/></View>`)
	err := fmt.Errorf("the first task: %w", config.CheckTask(json.RawMessage(`{"b":{}}`)))
	problems := labelconfig.TaskErrors(err)
	if len(problems) != 2 || problems[0].Path != "data.a" || problems[1].Path != "data.b" {
		t.Errorf("got %v", problems)
	}
	if one := labelconfig.TaskErrors(config.CheckTask(json.RawMessage(`[]`))); len(one) != 1 || one[0].Path != "data" {
		t.Errorf("got %v", one)
	}
	if none := labelconfig.TaskErrors(nil); none != nil {
		t.Errorf("got %v of no error", none)
	}
}

func TestCheckTaskUndefined(t *testing.T) {
	t.Parallel()
	config := parse(t, `<View><Text name="text" value="$text"/><Text name="more" value="$more"/></View>`)
	wantProblems(t, config.CheckTask(json.RawMessage(`{"text": {}, "$undefined$": "x"}`)), []string{
		`data.more: missing: the label config's <Text name="more"> needs it`})
}

// The tag that is named is the one that the server goes by.
func TestCheckTaskNames(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]string{
		`<View><Text name="t" value="$a"/><Header value="$a"/></View>`:                                   `<Text name="t">`,
		`<View><Video name="v" value="$a"/><Text name="t" value="$a"/></View>`:                           `<Video name="v">`,
		`<View><Text name="t" value="$a"/><Video name="v" value="$a"/><Pdf name="p" value="$a"/></View>`: `<Video name="v">`,
		`<View><Text name="t" value="$a"/><Image name="i" value="$a"/></View>`:                           `<Image name="i">`,
	} {
		wantProblems(t, parse(t, config).CheckTask(json.RawMessage(`{}`)), []string{
			"data.a: missing: the label config's " + want + " needs it"})
	}
}

func TestCheckTaskListsInLists(t *testing.T) {
	t.Parallel()
	config := parse(t, `<View><Image name="i" value="$a[{{i}}].b[{{j}}].url"/></View>`)
	wantProblems(t, config.CheckTaskStrict(json.RawMessage(`{"a": [{"b": [{"url": "u"}]}, {}]}`)), []string{
		`data.a[1].b: missing: the label config's <Image name="i"> needs it`})
}

func wantProblems(t *testing.T, err error, want []string) {
	t.Helper()
	if err == nil {
		if want != nil {
			t.Errorf("got nil, want %q", want)
		}
		return
	}
	if !errors.Is(err, labelconfig.ErrTask) {
		t.Errorf("got %v, want one that is ErrTask", err)
	}
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "labelconfig: ")
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("got  %q\nwant %q", lines, want)
	}
}
