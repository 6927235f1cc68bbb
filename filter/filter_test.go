package filter

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio/generated"
)

// project is what the data manager lists for a project.
var project = &generated.Columns{Columns: []generated.Column{
	{ID: "text", Type: "String", Parent: new("data")},
	{ID: "photo", Type: "Image", Parent: new("data")},
	{ID: "price", Type: "Unknown", Parent: new("data")},
	{ID: "meta", Type: "Unknown", Parent: new("data")},
	{ID: "a.b", Type: "Unknown", Parent: new("data")},
	{ID: "a__b", Type: "Unknown", Parent: new("data")},
	{ID: "range", Type: "Unknown", Parent: new("data")},
	{ID: "my key", Type: "Unknown", Parent: new("data")},
	{ID: `q"q`, Type: "Unknown", Parent: new("data")},
	{ID: "a--b", Type: "Unknown", Parent: new("data")},
	{ID: "x_", Type: "Unknown", Parent: new("data")},
	{ID: "0", Type: "Unknown", Parent: new("data")},
	{ID: "", Type: "Unknown", Parent: new("data")},
	{ID: "data.x", Type: "Unknown", Parent: new("data")},
	{ID: "id", Type: "Number"},
	{ID: "inner_id", Type: "Number"},
	{ID: "completed_at", Type: "Datetime"},
	{ID: "created_at", Type: "Datetime"},
	{ID: "updated_at", Type: "Datetime"},
	{ID: "total_annotations", Type: "Number"},
	{ID: "cancelled_annotations", Type: "Number"},
	{ID: "total_predictions", Type: "Number"},
	{ID: "annotators", Type: "List", Schema: &generated.ColumnSchema{Items: []json.RawMessage{json.RawMessage("1"), json.RawMessage("7")}}},
	{ID: "updated_by", Type: "List"},
	{ID: "annotations_results", Type: "String"},
	{ID: "annotations_ids", Type: "String"},
	{ID: "predictions_score", Type: "Number"},
	{ID: "predictions_model_versions", Type: "List", Schema: &generated.ColumnSchema{Items: []json.RawMessage{json.RawMessage(`"one"`)}}},
	{ID: "predictions_results", Type: "String"},
	{ID: "file_upload", Type: "String"},
	{ID: "storage_filename", Type: "String"},
	{ID: "avg_lead_time", Type: "Time"},
	{ID: "draft_exists", Type: "Boolean"},
	{ID: "agreement", Type: "Number"},
	{ID: "reviewed", Type: "Boolean"},
	{ID: "reviewed_at", Type: "Datetime"},
	{ID: "reviewers", Type: "List"},
	{ID: "note", Type: "String"},
	{ID: "data", Type: "List"},
}}

var noon = time.Date(2026, 5, 4, 12, 0, 0, 1500, time.FixedZone("", 3600))

// Each way to make a condition, with what goes over the wire.
var made = []struct {
	condition Condition
	want      string // column operator type value
}{
	{ID.Equal(3), `id equal Number 3`},
	{InnerID.NotEqual(3), `inner_id not_equal Number 3`},
	{TotalAnnotations.Less(3), `total_annotations less Number 3`},
	{CancelledAnnotations.Greater(0), `cancelled_annotations greater Number 0`},
	{TotalPredictions.LessOrEqual(3), `total_predictions less_or_equal Number 3`},
	{ID.GreaterOrEqual(3), `id greater_or_equal Number 3`},
	{ID.Between(3, 5), `id in Number {"min":3,"max":5}`},
	{ID.NotBetween(3, 3), `id not_in Number {"min":3,"max":3}`},
	{ID.In(3, 5), `id in_list Number [3,5]`},
	{ID.NotIn(3), `id not_in_list Number [3]`},
	{PredictionScore.Less(.5), `predictions_score less Number 0.5`},
	{LeadTime.Empty(), `avg_lead_time empty Number true`},
	{LeadTime.NotEmpty(), `avg_lead_time empty Number false`},
	{CompletedAt.Less(noon), `completed_at less Datetime "2026-05-04T11:00:00.000001Z"`},
	{CreatedAt.In(noon), `created_at in_list Datetime ["2026-05-04T11:00:00.000001Z"]`},
	{UpdatedAt.Between(noon, noon), `updated_at in Datetime {"min":"2026-05-04T11:00:00.000001Z","max":"2026-05-04T11:00:00.000001Z"}`},
	{CompletedAt.Empty(), `completed_at empty Datetime true`},
	{Annotators.Contains(7), `annotators contains List 7`},
	{Annotators.NotContains(1), `annotators not_contains List 1`},
	{UpdatedBy.Empty(), `updated_by empty List true`},
	{AnnotationIDs.Contains(4, 5), `annotations_ids contains String "4,5"`},
	{AnnotationIDs.NotContains(4), `annotations_ids not_contains String "4"`},
	{AnnotationIDs.NotEmpty(), `annotations_ids empty String false`},
	{AnnotationResults.Contains("good"), `annotations_results contains String "good"`},
	{PredictionResults.NotContains("good"), `predictions_results not_contains String "good"`},
	{ModelVersions.Contains("one", "two"), `predictions_model_versions contains List ["one","two"]`},
	{ModelVersions.NotContains("one"), `predictions_model_versions not_contains List ["one"]`},
	{ModelVersions.Empty(), `predictions_model_versions empty List true`},
	{DraftExists.Equal(true), `draft_exists equal Boolean true`},
	{DraftExists.NotEqual(true), `draft_exists not_equal Boolean true`},
	{FileUpload.Contains(".csv"), `file_upload contains String ".csv"`},
	{FileUpload.Empty(), `file_upload empty String true`},
	{StorageFilename.Contains("a"), `storage_filename contains String "a"`},
	{StorageFilename.NotContains("a"), `storage_filename not_contains String "a"`},
	{StorageFilename.Matches("^;*a"), `storage_filename regex String "^;*a"`},
	{Data("text").Equal(""), `data.text equal String ""`},
	{Data("text").Matches(`^(?=a)\d`), `data.text regex String "^(?=a)\\d"`},
	{Data("text").In("a", "b"), `data.text in_list String ["a","b"]`},
	{Data("photo").Missing(), `data.photo empty List true`},
	{Data("photo").Present(), `data.photo empty List false`},
	{Data("price").Number().Equal(1.5), `data.price equal Number 1.5`},
	{Data("price").Number().Empty(), `data.price empty String true`},
	{Data("price").Bool().Equal(false), `data.price equal Boolean false`},
	{Data("meta", "price").Equal("x"), `data.meta__price equal String "x"`},
	{Data("meta", "price").Number().Between(1, 5), `data.meta__price in String {"min":1,"max":5}`},
	{Data("meta", "list", "0").Contains("x"), `data.meta__list__0 contains String "x"`},
	{Data("a.b").Contains("x"), `data.a.b contains String "x"`},
	{Data("a__b").Number().Less(1), `data.a__b less Number 1`},
	{Data("range").In("x"), `data.range in_list String ["x"]`},
	{Column("agreement").Number().Less(50), `agreement less Number 50`},
	{Column("reviewed").Bool().Equal(true), `reviewed equal Boolean true`},
	{Column("reviewed_at").Time().Greater(noon), `reviewed_at greater Datetime "2026-05-04T11:00:00.000001Z"`},
	{Column("reviewers").Users().Contains(9), `reviewers contains List 9`},
	{Column("note").Text().Contains("x"), `note contains String "x"`},
}

func TestConditions(t *testing.T) {
	t.Parallel()
	for _, tt := range made {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			filters := And(tt.condition)
			item := filters.Items[0]
			got := strings.Join([]string{strings.TrimPrefix(item.Filter, "filter:tasks:"), string(item.Operator), string(item.Type), string(item.Value)}, " ")
			if got != tt.want || !strings.HasPrefix(item.Filter, "filter:tasks:") {
				t.Errorf("got %s", got)
			}
			if err := Check(filters, project); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestJoined(t *testing.T) {
	t.Parallel()
	for conjunction, filters := range map[generated.Conjunction]*generated.Filters{
		generated.ConjunctionAnd: And(ID.Equal(1).With(ID.Less(2)), ID.Equal(3)),
		generated.ConjunctionOr:  Or(ID.Equal(1).With(ID.Less(2)), ID.Equal(3)),
	} {
		b, err := json.Marshal(filters)
		if err != nil {
			t.Fatal(err)
		}
		want := `{"conjunction":"` + string(conjunction) + `","items":[` +
			`{"child_filter":{"filter":"filter:tasks:id","operator":"less","type":"Number","value":2},` +
			`"filter":"filter:tasks:id","operator":"equal","type":"Number","value":1},` +
			`{"filter":"filter:tasks:id","operator":"equal","type":"Number","value":3}]}`
		if string(b) != want {
			t.Errorf("got %s, want %s", b, want)
		}
	}
}

// hand is a condition that was not made by this package.
func hand(column, operator, kind, value string) generated.FilterItem {
	return generated.FilterItem{
		Filter: column, Operator: generated.FilterOperator(operator), Type: generated.FilterType(kind), Value: json.RawMessage(value),
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	const prefix = "filter:tasks:"
	of := func(column, operator, kind, value string) *generated.Filters {
		return &generated.Filters{Conjunction: generated.ConjunctionAnd, Items: []generated.FilterItem{
			hand(prefix+"id", "equal", "Number", "1"), hand(prefix+column, operator, kind, value),
		}}
	}
	second := func(term Term) *generated.Filters { return And(ID.Equal(1), term) }
	child := second(ID.Equal(1).With(ID.Equal(2)))
	child.Items[1].ChildFilter.Operator = "exists"
	tests := []struct {
		name    string
		filters *generated.Filters
		path    string
		reason  string
	}{
		{"nil", nil, "items", "no condition"},
		{"and of nothing", And(), "items", "no condition"},
		{"or of nothing", Or(), "items", "no condition"},
		{"nil term", And(nil), "items[0].filter", "does not begin"},
		{"zero condition", And(Condition{}), "items[0].filter", "does not begin"},
		{"zero field", second(Field{}.Equal("x")), "items[1].filter", "no column"},
		{"conjunction", &generated.Filters{Conjunction: "xor", Items: []generated.FilterItem{hand(prefix+"id", "equal", "Number", "1")}}, "conjunction", "joins nothing"},
		{"no conjunction", &generated.Filters{Items: []generated.FilterItem{hand(prefix+"id", "equal", "Number", "1")}}, "conjunction", "joins nothing"},
		{"no prefix", &generated.Filters{Conjunction: "and", Items: []generated.FilterItem{hand("tasks:id", "equal", "Number", "1")}}, "items[0].filter", "would ignore"},
		{"child", child, "items[1].child_filter.operator", "no operator"},

		{"column", of("nonesuch", "equal", "Number", "1"), "items[1].filter", `no column "nonesuch"`},
		{"column of another edition", second(Column("review").Number().Less(1)), "items[1].filter", `no column "review"`},
		{"data itself", of("data", "equal", "String", `"x"`), "items[1].filter", `no column "data"`},
		{"meta of the task", of("meta.x", "equal", "String", `"x"`), "items[1].filter", `no column "meta.x"`},
		{"relation", of("project__title", "equal", "String", `"x"`), "items[1].filter", "no column"},
		{"key", second(Data("nonesuch").Equal("x")), "items[1].filter", `no key "nonesuch"`},
		{"key above", second(Data("nonesuch", "price").Equal("x")), "items[1].filter", `no key "nonesuch"`},
		{"dotted key", second(Data("meta.price.eur").Equal("x")), "items[1].filter", `use Data("meta", "price", "eur")`},
		{"underscores in a key", second(Data("a__b").Equal("x")), "items[1].filter", "underscores"},
		{"nested as Number", of("data.meta__price", "equal", "Number", "1"), "items[1].filter", "Field.Number"},
		{"key of an operator", second(Data("range").Equal("x")), "items[1].filter", "use in_list"},
		{"key of an operator below", second(Data("meta", "contains").Empty()), "items[1].filter", "use in_list"},
		{"space in a key", second(Data("my key").Equal("x")), "items[1].filter", "answer 500"},
		{"quote in a key", second(Data(`q"q`).Equal("x")), "items[1].filter", "answer 500"},
		{"comment in a key", second(Data("a--b").Equal("x")), "items[1].filter", "answer 500"},
		{"underscore after a key", second(Data("x_").Equal("x")), "items[1].filter", "underscore"},
		{"underscore before a key below", second(Data("meta", "_x").Equal("x")), "items[1].filter", "underscore"},
		{"number for a key", second(Data("0").Equal("x")), "items[1].filter", "place in a list"},
		{"empty key", second(Data("").Equal("x")), "items[1].filter", "empty"},
		{"data in a key", second(Data("data.x").Equal("x")), "items[1].filter", "take out"},

		{"operator", of("id", "exists", "Number", "1"), "items[1].operator", "no operator"},
		{"operator of no column", of("id", "starts_with", "Number", "1"), "items[1].operator", "take it for equal"},
		{"no operator", of("id", "", "Number", "1"), "items[1].operator", "no operator"},
		{"contains of a number", of("id", "contains", "Number", "1"), "items[1].operator", "doesn't honour contains"},
		{"regex of a number", of("data.price", "regex", "Number", "1"), "items[1].operator", "doesn't honour"},
		{"equal of users", of("annotators", "equal", "List", "1"), "items[1].operator", "doesn't honour"},
		{"in list of versions", of("predictions_model_versions", "in_list", "List", `["a"]`), "items[1].operator", "doesn't honour"},
		{"less of results", of("annotations_results", "less", "String", `"a"`), "items[1].operator", "doesn't honour"},
		{"empty results of predictions", of("predictions_results", "empty", "String", "true"), "items[1].operator", "doesn't honour"},
		{"empty name of a storage", of("storage_filename", "empty", "String", "true"), "items[1].operator", "doesn't honour"},
		{"empty of a truth value", of("draft_exists", "empty", "Boolean", "true"), "items[1].operator", "doesn't honour"},

		{"type", of("id", "equal", "String", `"1"`), "items[1].type", "can't be read"},
		{"type that is none", of("id", "equal", "Strange", "1"), "items[1].type", "can't be read"},
		{"no type", of("id", "equal", "", "1"), "items[1].type", "can't be read"},
		{"type of another edition", second(Column("reviewed").Number().Less(1)), "items[1].type", "can't be read"},
		{"dates in data", of("data.text", "less", "Datetime", `"2026-05-04T11:00:00.000000Z"`), "items[1].type", "can't read data"},

		{"no value", of("id", "equal", "Number", ""), "items[1].value", "no value"},
		{"null", of("id", "equal", "Number", "null"), "items[1].value", "null"},
		{"broken value", of("id", "equal", "Number", "{"), "items[1].value", "no number"},
		{"text for a number", of("id", "equal", "Number", `"1"`), "items[1].value", "no number"},
		{"range for a number", of("id", "equal", "Number", `{"min":1,"max":2}`), "items[1].value", "no number"},
		{"number for a range", of("id", "in", "Number", "1"), "items[1].value", "no range"},
		{"range of half", of("id", "in", "Number", `{"min":1}`), "items[1].value", "no range"},
		{"range of text", of("id", "in", "Number", `{"min":1,"max":"x"}`), "items[1].value", "max:"},
		{"range of two types", of("data.text", "in", "String", `{"min":1,"max":"x"}`), "items[1].value", "different types"},
		{"range upside down", second(ID.Between(2, 1)), "items[1].value", "greater than max"},
		{"times upside down", second(CreatedAt.NotBetween(noon, noon.Add(-time.Second))), "items[1].value", "greater than max"},
		{"text upside down", second(Data("text").Between("b", "a")), "items[1].value", "greater than max"},
		{"number for a list", of("id", "in_list", "Number", "1"), "items[1].value", "no list"},
		{"empty list", second(ID.In()), "items[1].value", "the list is empty"},
		{"empty list left out", second(ID.NotIn()), "items[1].value", "the list is empty"},
		{"list of text", of("id", "in_list", "Number", `[1,"a"]`), "items[1].value", "[1]:"},
		{"fraction", of("id", "equal", "Number", "1.5"), "items[1].value", "no whole number"},
		{"too great", second(ID.Less(1<<53 + 1)), "items[1].value", "53"},
		{"far too great", of("data.price", "less", "Number", "1e999"), "items[1].value", "out of the range"},
		{"not a number", second(PredictionScore.Less(math.NaN())), "items[1].value", "NaN"},
		{"infinity", second(LeadTime.In(1, math.Inf(1))), "items[1].value", "[1]: null"},
		{"zero time", second(CreatedAt.Less(time.Time{})), "items[1].value", "the time is zero"},
		{"date", of("created_at", "less", "Datetime", `"2026-05-04"`), "items[1].value", "no time of the form"},
		{"time without fraction", of("created_at", "less", "Datetime", `"2026-05-04T11:00:00Z"`), "items[1].value", "no time of the form"},
		{"time of a zone", of("created_at", "less", "Datetime", `"2026-05-04T11:00:00.0+01:00"`), "items[1].value", "no time of the form"},
		{"number for a time", of("created_at", "less", "Datetime", "1"), "items[1].value", "no time of the form"},
		{"number for a truth value", of("draft_exists", "equal", "Boolean", "1"), "items[1].value", "not true or false"},
		{"number for empty", of("id", "empty", "Number", "1"), "items[1].value", "not true or false"},
		{"word for empty", of("id", "empty", "Number", `"maybe"`), "items[1].value", "not true or false"},
		{"list for a text", of("data.text", "equal", "String", `["a"]`), "items[1].value", "no text"},
		{"text that is not UTF-8", second(Data("text").Equal("\xff")), "items[1].value", "UTF-8"},
		{"contains nothing", second(Data("text").Contains("")), "items[1].value", "the text is empty"},
		{"not contains nothing", second(AnnotationResults.NotContains("")), "items[1].value", "the text is empty"},
		{"contains a number", of("data.text", "contains", "String", "1"), "items[1].value", "no text"},
		{"empty expression", second(Data("text").Matches("")), "items[1].value", "the text is empty"},
		{"broken expression", second(Data("text").Matches("a(")), "items[1].value", "no regular expression"},
		{"stray parenthesis", second(StorageFilename.Matches("a)")), "items[1].value", "no regular expression"},
		{"no user", second(UpdatedBy.Contains(0)), "items[1].value", "no id of a user"},
		{"text for a user", of("annotators", "contains", "List", `"1"`), "items[1].value", "no id of a user"},
		{"unknown user", second(Annotators.NotContains(8)), "items[1].value", "no user of the project has the id 8"},
		{"no version", second(ModelVersions.Contains()), "items[1].value", "the list is empty"},
		{"version that is empty", second(ModelVersions.NotContains("one", "")), "items[1].value", "[1]: the text is empty"},
		{"text for versions", of("predictions_model_versions", "contains", "List", `"one"`), "items[1].value", "no list"},
		{"no id", second(AnnotationIDs.Contains()), "items[1].value", "there is no id"},
		{"zero id", second(AnnotationIDs.NotContains(4, 0)), "items[1].value", "no id of an annotation"},
		{"number for ids", of("annotations_ids", "contains", "String", "4"), "items[1].value", "as text"},
		{"results that are no JSON", of("annotations_results", "equal", "String", `"good"`), "items[1].value", "holds JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := Check(tt.filters, project)
			var fault *Error
			if !errors.As(err, &fault) || !errors.Is(err, ErrInvalid) {
				t.Fatalf("got %v", err)
			}
			if fault.Path != tt.path || !strings.Contains(fault.Reason, tt.reason) {
				t.Errorf("got %s: %s", fault.Path, fault.Reason)
			}
		})
	}
}

// What the data manager's own pages send, and what else the server reads.
func TestTakenByHand(t *testing.T) {
	t.Parallel()
	for _, item := range []generated.FilterItem{
		hand("filter:tasks:data.photo", "contains", "Image", `"x"`),
		hand("filter:tasks:data.price", "greater", "Unknown", "1"),
		hand("filter:tasks:avg_lead_time", "less", "Time", "1.5"),
		hand("filter:tasks:id", "empty", "Number", `"False"`),
		hand("filter:tasks:created_at", "less", "Datetime", `"2026-05-04T11:00:00.5Z"`),
		hand("filter:tasks:annotations_ids", "in_list", "String", "[4]"),
		hand("filter:tasks:annotations_ids", "equal", "String", `"4"`),
		hand("filter:tasks:annotations_results", "equal", "String", `"[]"`),
		hand("filter:tasks:reviewers", "in_list", "List", `["a",1,true]`),
		hand("filter:tasks:reviewers", "contains", "List", `["a"]`),
		hand("filter:tasks:data.text", "regex", "String", `"(?<=a)b*+"`),
	} {
		if err := Check(&generated.Filters{Conjunction: "or", Items: []generated.FilterItem{item}}, project); err != nil {
			t.Errorf("%+v: %v", item, err)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	err := Check(And(Annotators.Contains(8), Data("nonesuch").Equal("x"), ID.In()), &generated.Columns{Columns: []generated.Column{
		{ID: "annotators", Schema: project.Columns[22].Schema}, {ID: "id"}, {ID: "text", Parent: new("data")}, {ID: "photo", Parent: new("data")},
	}})
	want := `invalid filter: items[0].value: no user of the project has the id 8: there is 1, 7
invalid filter: items[1].filter: the data of the project have no key "nonesuch": there is data.photo, data.text
invalid filter: items[2].value: the list is empty: no task is in it, and each is not in it`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	many := &Error{Reason: "none", Valid: slices.Repeat([]string{"a"}, maxListed+1)}
	if got := many.Error(); !strings.HasSuffix(got, "a, …") || strings.Count(got, "a,") != maxListed {
		t.Errorf("got %s", got)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("the tab: %w", Check(And(ID.In(), Data("nonesuch").Equal("x")), project))
	var paths []string
	for _, fault := range Errors(err) {
		paths = append(paths, fault.Path)
	}
	if want := []string{"items[0].value", "items[1].filter"}; !slices.Equal(paths, want) {
		t.Errorf("got %q, want %q: %v", paths, want, err)
	}
	if one := Errors(Check(nil, project)); len(one) != 1 || one[0].Path != "items" {
		t.Errorf("got %v", one)
	}
	if none := Errors(errors.New("another")); none != nil {
		t.Errorf("got %v of another error", none)
	}
}

func TestOrdering(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ordering []string
		want     string // what is sent, or why it is refused
		refused  bool
	}{
		{nil, "", false},
		{By(ID), "tasks:id", false},
		{ByDescending(CompletedAt), "-tasks:completed_at", false},
		{By(Data("price")), "tasks:data.price", false},
		{By(Data("a__b")), "tasks:data.a__b", false},
		{By(Data("my key")), "tasks:data.my key", false},
		{By(Column("agreement")), "tasks:agreement", false},
		{By(Column("nonesuch")), `no column "nonesuch"`, true},
		{By(Column("data")), `no column "data"`, true},
		{By(Data("meta", "price")), "can't order by a field below", true},
		{By(Data("0")), "would not find the key", true},
		{By(Data("data.x")), "take out", true},
		{[]string{"id"}, "does not begin", true},
		{[]string{"tasks:-id"}, `no column "-id"`, true},
		{[]string{"tasks:id", "tasks:inner_id"}, "ignore this", true},
		{[]string{""}, "does not begin", true},
	}
	for _, tt := range tests {
		err := CheckOrdering(tt.ordering, project)
		if !tt.refused {
			if err != nil || strings.Join(tt.ordering, " ") != tt.want {
				t.Errorf("%q: got %v", tt.ordering, err)
			}
			continue
		}
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %s", tt.ordering, err, tt.want)
		}
	}
	for _, order := range [][]string{By(nil), ByDescending(nil)} {
		if err := CheckOrdering(order, &generated.Columns{}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q passes: %v", order, err)
		}
	}
	if got := AsNumbers(Data("price")); len(got) != 1 || got["tasks:data.price"] != "Number" {
		t.Errorf("got %v", got)
	}
}

func TestOfView(t *testing.T) {
	t.Parallel()
	if OfView(nil) != nil || OfView(&generated.View{}) != nil {
		t.Error("there are filters")
	}
	want := `{"conjunction":"or","items":[{"child_filter":{"filter":"c","operator":"less","type":"Number","value":2},` +
		`"filter":"f","operator":"equal","type":"String","value":"x"}]}`
	var view generated.View
	if err := json.Unmarshal([]byte(`{"data":{"filters":`+want+`}}`), &view); err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(OfView(&view)); err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}

// Without the columns of a project nothing can be checked.
func TestNoColumns(t *testing.T) {
	t.Parallel()
	if err := Check(And(ID.Equal(1)), nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if err := CheckOrdering(By(ID), nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

// Whatever filters are, Check says where they are wrong, and what it lets pass
// has conditions that say something.
func FuzzCheck(f *testing.F) {
	for _, tt := range made {
		b, err := json.Marshal(And(tt.condition.With(ID.Equal(1))))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"conjunction":"and","items":[{"filter":"filter:tasks:id","operator":"in","type":"Number","value":{"min":null}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var filters generated.Filters
		if json.Unmarshal(b, &filters) != nil {
			return
		}
		err := Check(&filters, project)
		if err == nil {
			for _, item := range filters.Items {
				if !slices.Contains(operators, item.Operator) || string(item.Value) == "null" || !json.Valid(item.Value) {
					t.Errorf("passed: %s", b)
				}
			}
			if len(filters.Items) == 0 {
				t.Errorf("passed: %s", b)
			}
			return
		}
		var fault *Error
		if !errors.As(err, &fault) || fault.Path == "" || fault.Reason == "" {
			t.Errorf("%s: got %v", b, err)
		}
	})
}
