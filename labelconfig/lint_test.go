package labelconfig_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

func TestLint(t *testing.T) {
	t.Parallel()
	warnings, err := labelconfig.Lint(`<View name="all">
  <Text name="text" value="$text"/>
  <Chat name="chat"/>
  <Choises name="a" toName="text"/>
  <Choices name="b" toName="text,a"><Choice/><Choice alias="x"/></Choices>
  <Rating name="c" toName="all"/>
  <TextArea name="d" toName="chat"/>
</View>`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, warning := range warnings {
		got = append(got, warning.String())
	}
	want := []string{
		`line 4, column 3: View/Choises: the editor knows no such tag`,
		`line 5, column 3: View/Choices: toName names "a", which is no object with a value`,
		`line 5, column 37: View/Choices/Choice[1]: it has no value and is skipped`,
		`line 6, column 3: View/Rating: toName names "all", which is no object with a value`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestLintStops(t *testing.T) {
	t.Parallel()
	warnings, err := labelconfig.Lint("<View>" + strings.Repeat("<Other/>", 1000) + "</View>")
	if err != nil || len(warnings) != 20 {
		t.Errorf("got %d warnings and %v, want 20", len(warnings), err)
	}
	if _, err := labelconfig.Lint("<View>"); err == nil {
		t.Error("what is no XML got no error")
	}
}
