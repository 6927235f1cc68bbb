package labelconfig_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// verdict is a label config with the status by which a server answered:
// 400, 500, or ok.
type verdict struct{ status, config string }

// verdicts reads what a server said to label configs with all sorts of oddities.
func verdicts(t testing.TB) []verdict {
	t.Helper()
	content, err := os.ReadFile("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []verdict
	for line := range strings.Lines(string(content)) {
		status, quoted, _ := strings.Cut(strings.TrimSpace(line), " ")
		config, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, verdict{status, config})
	}
	return all
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	all := verdicts(t)
	if len(all) < 350 {
		t.Fatalf("got %d recorded verdicts", len(all))
	}
	for _, v := range all {
		if got := status(labelconfig.Validate(v.config)); got != v.status {
			t.Errorf("%q: got %s, want %s: %v", v.config, got, v.status, labelconfig.Validate(v.config))
		}
	}
}

// status is what the server answers.
func status(err error) string {
	var refused *labelconfig.Error
	switch {
	case err == nil:
		return "ok"
	case !errors.As(err, &refused):
		return err.Error()
	case refused.Kind == labelconfig.KindCrash:
		return "500"
	}
	return "400"
}

func TestValidateSays(t *testing.T) {
	t.Parallel()
	const text = `<Text name="text" value="$text"/>`
	for name, test := range map[string]struct{ config, want string }{
		"no XML": {"<View>\n  <Text>\n</View>",
			"line 3, column 1: </View> closes <Text>"},
		"columns are characters": {"<View>é<</View>",
			"line 1, column 8: < begins no tag: write &lt; for the character"},
		"a missing attribute, and where": {"<View>\n" + text + `<Choices name="a" toName="text" value="$a"/>` +
			"\n  " + `<Choices name="b" value="$b"/></View>`,
			"line 3, column 3: View/Choices[2]: it needs the attribute toName"},
		"a name twice": {"<View>" + text + text + "</View>",
			`line 1, column 40: View/Text[2]: the name "text" is used twice`},
		"a name in a text": {"<View>" + text + `<Style>a[name="text"] {}</Style></View>`,
			`line 1, column 40: View/Style: the name "text" is used twice`},
		"a name behind an element": {`<View><Style/>a name="text"` + text + `</View>`,
			`line 1, column 28: View/Text: the name "text" is used twice`},
		"toName of nothing": {"<View>" + text + `<Rating name="r" toName="text, b"/></View>`,
			`line 1, column 40: View/Rating: toName names " b", and there is no tag of that name`},
		"a speed": {`<View><Video name="v" value="$v" minPlaybackSpeed="11"/></View>`,
			`line 1, column 7: View/Video: minPlaybackSpeed is "11" and must be a number from 0.05 to 10`},
		"two speeds": {`<View><Video name="v" value="$v" minPlaybackSpeed="2" defaultplaybackspeed="1"/></View>`,
			`line 1, column 7: View/Video: minPlaybackSpeed is more than defaultPlaybackSpeed`},
		"an encoding": {`<?xml version="1.0" encoding="utf-8"?><View/>`,
			"line 1, column 1: the XML declaration names an encoding: leave that out"},
		"no UTF-8": {"<View>\xff</View>",
			"line 1, column 7: it is not UTF-8"},
		"behind blank lines": {"\n\n <View><Text/>5</View",
			"line 3, column 16: the end tag is malformed"},
		"several": {`<View><Text/></View>`,
			"line 1, column 7: View/Text: it needs the attribute name\nlabelconfig: " +
				`line 1, column 7: View/Text: it needs the attribute value, such as value="$key"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := labelconfig.Validate(test.config)
			if !errors.Is(err, labelconfig.ErrInvalid) {
				t.Fatalf("got %v, want one that is ErrInvalid", err)
			}
			if got := err.Error(); got != "labelconfig: "+test.want {
				t.Errorf("got  %s\nwant labelconfig: %s", got, test.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	const config = `<View><Choices name="a" toName="b"/><Text name="c"/></View>`
	err := fmt.Errorf("the config of today: %w", labelconfig.Validate(config))
	var paths []string
	for _, problem := range labelconfig.Errors(err) {
		paths = append(paths, problem.Path)
	}
	if want := []string{"View/Choices", "View/Text", "View/Choices"}; !slices.Equal(paths, want) {
		t.Errorf("got %q, want %q: %v", paths, want, err)
	}
	_, err = labelconfig.Parse("<View>")
	if one := labelconfig.Errors(err); len(one) != 1 || one[0].Kind != labelconfig.KindSyntax {
		t.Errorf("got %v of %v", one, err)
	}
	if none := labelconfig.Errors(errors.New("another")); none != nil {
		t.Errorf("got %v of another error", none)
	}
}

func TestValidateDeep(t *testing.T) {
	t.Parallel()
	nest := func(tag string, depth int) string {
		return strings.Repeat("<"+tag+">", depth) + strings.Repeat("</"+tag+">", depth)
	}
	for name, test := range map[string]struct{ config, want string }{
		"Views":            {nest("View", 91), "ok"},
		"too many Views":   {nest("View", 114), "500"},
		"others":           {nest("Collapse", 256), "ok"},
		"too many others":  {nest("Collapse", 257), "500"},
		"a closed one":     {strings.Repeat("<a>", 256) + "<a/>" + strings.Repeat("</a>", 256), "500"},
		"a long tag":       {"<" + strings.Repeat("a", 50001) + "/>", "500"},
		"a text of digits": {"<View><View><Label value='a'>" + strings.Repeat("1", 4300) + "</Label></View></View>", "400"},
		"a longer one":     {"<View><View><Label value='a'>" + strings.Repeat("1", 4301) + "</Label></View></View>", "ok"},
		"a long attribute": {"<a " + strings.Repeat("a", 50001) + `=""/>`, "500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := status(labelconfig.Validate(test.config)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestValidateStops(t *testing.T) {
	t.Parallel()
	err := labelconfig.Validate("<View>" + strings.Repeat("<Number/>", 1000) + "</View>")
	if lines := strings.Count(err.Error(), "\n") + 1; lines != 20 {
		t.Errorf("got %d problems, want 20", lines)
	}
}

// big is a label config of about 100 KB.
func big() string {
	var choices strings.Builder
	for i := range 2500 {
		choices.WriteString(`<Choice value="the choice ` + strconv.Itoa(i) + `"/>` + "\n")
	}
	return `<View><Text name="text" value="$text"/><Choices name="c" toName="text">` + choices.String() + `</Choices></View>`
}

func BenchmarkValidate(b *testing.B) {
	config := big()
	b.SetBytes(int64(len(config)))
	for b.Loop() {
		if err := labelconfig.Validate(config); err != nil {
			b.Fatal(err)
		}
	}
}
