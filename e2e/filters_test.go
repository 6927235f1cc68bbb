package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/filter"
)

// sample is a task, and what the tests know about it without asking a filter.
type sample struct {
	id, inner        int64
	data             map[string]any
	created, updated time.Time
	completed        time.Time // zero if it isn't
	updatedBy        int64     // zero if nobody did
	notes            []note
	guesses          []guess
	draft            bool
	file             string
}

type note struct {
	id, user  int64
	label     string
	cancelled bool
	seconds   float64
}

type guess struct {
	version string
	score   float64
}

// sampleData are the data of the tasks of a project, in their order.
var sampleData = []string{
	`{"text":"alpha","name":"plain","price":1,"meta":{"price":1,"tag":"x","sale":true,"list":["p","q"]},"flag":true,"day":"2024-01-01"}`,
	`{"text":"Beta","name":"PLAIN too","price":2.5,"meta":{"price":10,"tag":"y"},"flag":false,"day":"2025-06-01"}`,
	`{"text":"gamma","name":"ünï 世界","price":"3","tags":["a"]}`,
	`{"text":"delta","name":"it's 100% \"so\"_","price":-4,"meta":{"price":2.5}}`,
	`{"text":"epsilon","name":"","price":7}`,
	`{"text":"zeta","name":null,"price":2}`,
	`{"text":"eta","meta":{"tag":null}}`,
	`{"text":"10","name":"10","range":"x","a.b":"dotted"}`,
	`{"text":"theta","name":"back\\slash","price":1e3,"a__b":5,"día":"ja"}`,
	`{"text":"iota","name":"a,b;c","price":0,"tags":[],"a-b":"dash"}`,
	`{"text":"kappa","name":"<b>&amp;</b>","price":7}`,
}

func chosen(label string) json.RawMessage {
	return json.RawMessage(`[{"id":"a1","from_name":"label","to_name":"text","type":"choices","value":{"choices":["` + label + `"]}}]`)
}

// samples makes the tasks, and one of a file, with annotations by two users,
// predictions of two versions, a cancelled annotation and a draft.
func samples(t *testing.T, client *labelstudio.Client) (project int64, tasks []*sample, first, second int64) {
	t.Helper()
	ctx, other := t.Context(), newUser(t)
	first, second = viewerID(t, client), other.id
	project = newProject(t, client).ID
	for _, data := range sampleData {
		task, err := client.Tasks.Create(ctx, labelstudio.TaskRequest{Project: project, Data: json.RawMessage(data)})
		ok(t, err)
		tasks = append(tasks, &sample{id: task.ID})
	}
	csv := labelstudio.FileOf("named.csv", []byte("text\nfrom a file\n"))
	summary, err := client.Projects.ImportFiles(ctx, project, []labelstudio.File{csv}, labelstudio.ImportOptions{TaskIDs: true})
	ok(t, err)
	tasks = append(tasks, &sample{id: summary.TaskIDs[0], file: "named.csv"})

	annotated := func(i int, c *labelstudio.Client, by int64, n note) {
		body := object{"result": chosen(n.label), "lead_time": n.seconds}
		if n.cancelled {
			body = object{"result": []any{}, "was_cancelled": true, "lead_time": n.seconds}
		}
		n.id, n.user = annotate(t, c, tasks[i].id, body), by
		made, err := client.Annotations.Get(ctx, n.id)
		ok(t, err)
		tasks[i].notes, tasks[i].updatedBy = append(tasks[i].notes, n), by
		if !n.cancelled {
			tasks[i].completed = made.CreatedAt
		}
	}
	annotated(0, client, first, note{label: "good", seconds: 2})
	annotated(0, other.client(t), second, note{label: "bad", seconds: 4})
	annotated(1, other.client(t), second, note{label: "bad", seconds: 10})
	annotated(2, client, first, note{cancelled: true, seconds: 1})
	annotated(5, client, first, note{label: "good", seconds: 3})
	predicted := func(i int, g guess) {
		post(t, client, "/api/predictions/", object{
			"task": tasks[i].id, "model_version": g.version, "score": g.score, "result": chosen("good"),
		})
		tasks[i].guesses, tasks[i].updatedBy = append(tasks[i].guesses, g), first
	}
	predicted(0, guess{"model-one", 0.25})
	predicted(3, guess{"model-one", 0.5})
	predicted(3, guess{"model-one", 1})
	predicted(4, guess{"model-two", 0.75})
	legacy := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken)) // for a route that is not described
	post(t, legacy, fmt.Sprintf("/api/tasks/%d/drafts", tasks[6].id), object{"result": chosen("good")})
	tasks[6].draft = true
	_, err = client.Projects.Update(ctx, project, labelstudio.ProjectUpdateRequest{ModelVersion: new("model-one")})
	ok(t, err)
	for _, task := range tasks {
		got, err := client.Tasks.Get(ctx, task.id, nil)
		ok(t, err)
		ok(t, json.Unmarshal(got.Data, &task.data))
		task.created, task.updated, task.inner = got.CreatedAt, got.UpdatedAt, *got.InnerID
	}
	return project, tasks, first, second
}

// What the tests compare the server's selection with.
type rule func(*sample) bool

func (s *sample) total(cancelled bool) (n int64) {
	for _, note := range s.notes {
		if note.cancelled == cancelled {
			n++
		}
	}
	return n
}

func anyNote(is func(note) bool) rule {
	return func(s *sample) bool { return slices.ContainsFunc(s.notes, is) }
}

func anyGuess(is func(guess) bool) rule {
	return func(s *sample) bool { return slices.ContainsFunc(s.guesses, is) }
}

func not(r rule) rule { return func(s *sample) bool { return !r(s) } }

// average is that of numbers, of which there are some.
func average(numbers []float64, is func(float64) bool) bool {
	sum := 0.0
	for _, n := range numbers {
		sum += n
	}
	return len(numbers) > 0 && is(sum/float64(len(numbers)))
}

func seconds(is func(float64) bool) rule {
	return func(s *sample) bool {
		var all []float64
		for _, n := range s.notes {
			all = append(all, n.seconds)
		}
		return average(all, is)
	}
}

func score(is func(float64) bool) rule {
	return func(s *sample) bool {
		var all []float64
		for _, g := range s.guesses {
			if g.version == "model-one" {
				all = append(all, g.score)
			}
		}
		return average(all, is)
	}
}

func completed(is func(time.Time) bool) rule {
	return func(s *sample) bool { return !s.completed.IsZero() && is(s.completed) }
}

// at returns the value that keys lead to.
func (s *sample) at(keys ...string) (any, bool) {
	var value any = s.data
	for _, key := range keys {
		switch in := value.(type) {
		case map[string]any:
			below, there := in[key]
			if !there {
				return nil, false
			}
			value = below
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(in) {
				return nil, false
			}
			value = in[i]
		default:
			return nil, false
		}
	}
	return value, true
}

func textAt(is func(string) bool, keys ...string) rule {
	return func(s *sample) bool {
		value, _ := s.at(keys...)
		text, isText := value.(string)
		return isText && is(text)
	}
}

// otherAt is for what has no such text, but something.
func otherAt(is func(string) bool, keys ...string) rule {
	return func(s *sample) bool { _, there := s.at(keys...); return there && !textAt(is, keys...)(s) }
}

// numberAt takes text for the number in it.
func numberAt(is func(float64) bool, keys ...string) rule {
	return func(s *sample) bool {
		value, _ := s.at(keys...)
		switch value := value.(type) {
		case float64:
			return is(value)
		case string:
			n, err := strconv.ParseFloat(value, 64)
			return err == nil && is(n)
		}
		return false
	}
}

func missingAt(keys ...string) rule {
	return func(s *sample) bool { _, there := s.at(keys...); return !there }
}

func emptyAt(keys ...string) rule {
	return func(s *sample) bool { value, _ := s.at(keys...); return value == nil || value == "" }
}

// holds returns whether a value is compared so with v: "<", "<=", "=" and so on.
func holds[T cmp.Ordered](operator string, v T) func(T) bool {
	return func(value T) bool {
		order := cmp.Compare(value, v)
		switch operator {
		case "<":
			return order < 0
		case ">":
			return order > 0
		case "<=":
			return order <= 0
		case ">=":
			return order >= 0
		case "=":
			return order == 0
		}
		return order != 0
	}
}

func within[T cmp.Ordered](low, high T) func(T) bool {
	return func(v T) bool { return low <= v && v <= high }
}

func oneOf[T comparable](values ...T) func(T) bool {
	return func(v T) bool { return slices.Contains(values, v) }
}

func no[T any](is func(T) bool) func(T) bool { return func(v T) bool { return !is(v) } }

func has(part string) func(string) bool {
	return func(text string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(part)) }
}

type filterRow struct {
	name  string
	where *labelstudio.Filters
	want  rule
}

// filterRows has a row for each operator of each kind of column.
func filterRows(tasks []*sample, first, second int64) []filterRow {
	row := func(name string, term filter.Term, want rule) filterRow {
		return filterRow{name, filter.And(term), want}
	}
	id := func(is func(int64) bool) rule { return func(s *sample) bool { return is(s.id) } }
	total := func(is func(int64) bool) rule { return func(s *sample) bool { return is(s.total(false)) } }
	created := func(is func(time.Time) bool) rule { return func(s *sample) bool { return is(s.created) } }
	by := func(user int64) rule { return anyNote(func(n note) bool { return n.user == user }) }
	labelled := func(label string) rule { return anyNote(func(n note) bool { return n.label == label }) }
	version := func(part string) rule {
		return anyGuess(func(g guess) bool { return strings.Contains(g.version, part) })
	}
	noted := func(ids ...int64) rule { return anyNote(func(n note) bool { return slices.Contains(ids, n.id) }) }
	a, b, mid := tasks[2].id, tasks[5].id, tasks[4].created
	noteA, noteB, lastNote := tasks[0].notes[0].id, tasks[1].notes[0].id, tasks[1].completed
	text, name, price, flag := filter.Data("text"), filter.Data("name"), filter.Data("price").Number(), filter.Data("flag").Bool()
	nested := filter.Data("meta", "price").Number()

	return []filterRow{
		row("whole equal", filter.ID.Equal(a), id(holds("=", a))),
		row("whole not_equal", filter.ID.NotEqual(a), id(holds("!", a))),
		row("whole less", filter.ID.Less(a), id(holds("<", a))),
		row("whole greater", filter.ID.Greater(a), id(holds(">", a))),
		row("whole less_or_equal", filter.ID.LessOrEqual(a), id(holds("<=", a))),
		row("whole greater_or_equal", filter.ID.GreaterOrEqual(a), id(holds(">=", a))),
		row("whole in", filter.ID.Between(a, b), id(within(a, b))),
		row("whole not_in", filter.ID.NotBetween(a, b), id(no(within(a, b)))),
		row("whole in_list", filter.ID.In(a, b, missing), id(oneOf(a, b))),
		row("whole not_in_list", filter.ID.NotIn(a, b), id(no(oneOf(a, b)))),
		row("inner id", filter.InnerID.LessOrEqual(tasks[2].inner), func(s *sample) bool { return s.inner <= tasks[2].inner }),
		row("annotations, none", filter.TotalAnnotations.Equal(0), total(holds("=", int64(0)))),
		row("annotations, two", filter.TotalAnnotations.Greater(1), total(holds(">", int64(1)))),
		row("cancelled", filter.CancelledAnnotations.Greater(0), func(s *sample) bool { return s.total(true) > 0 }),
		row("predictions", filter.TotalPredictions.In(1, 2), func(s *sample) bool { return len(s.guesses) > 0 }),

		row("number equal", filter.LeadTime.Equal(3), seconds(holds("=", 3.0))),
		row("number not_equal", filter.LeadTime.NotEqual(3), seconds(holds("!", 3.0))),
		row("number less", filter.LeadTime.Less(3), seconds(holds("<", 3.0))),
		row("number greater", filter.LeadTime.Greater(3), seconds(holds(">", 3.0))),
		row("number less_or_equal", filter.LeadTime.LessOrEqual(3), seconds(holds("<=", 3.0))),
		row("number greater_or_equal", filter.LeadTime.GreaterOrEqual(3), seconds(holds(">=", 3.0))),
		row("number in", filter.PredictionScore.Between(.5, .8), score(within(.5, .8))),
		row("number not_in", filter.PredictionScore.NotBetween(.5, .8), score(no(within(.5, .8)))),
		row("number in_list", filter.PredictionScore.In(.25, 7), score(oneOf(.25))),
		row("number not_in_list", filter.PredictionScore.NotIn(.25, 7), score(no(oneOf(.25)))),
		row("number empty", filter.PredictionScore.Empty(), not(score(no(oneOf[float64]())))),
		row("number not empty", filter.LeadTime.NotEmpty(), seconds(no(oneOf[float64]()))),

		row("time equal", filter.CreatedAt.Equal(mid), created(mid.Equal)),
		row("time not_equal", filter.CreatedAt.NotEqual(mid), created(no(mid.Equal))),
		row("time less", filter.CreatedAt.Less(mid), created(mid.After)),
		row("time greater", filter.CreatedAt.Greater(mid), created(mid.Before)),
		row("time less_or_equal", filter.CreatedAt.LessOrEqual(mid), created(no(mid.Before))),
		row("time greater_or_equal", filter.CreatedAt.GreaterOrEqual(mid), created(no(mid.After))),
		row("time in", filter.CompletedAt.Between(tasks[0].completed, lastNote), completed(func(t time.Time) bool {
			return !t.Before(tasks[0].completed) && !t.After(lastNote)
		})),
		row("time not_in", filter.CompletedAt.NotBetween(lastNote, lastNote.Add(time.Microsecond)), completed(no(lastNote.Equal))),
		row("time in_list", filter.CompletedAt.In(lastNote, mid), completed(lastNote.Equal)),
		row("time not_in_list", filter.CompletedAt.NotIn(lastNote), completed(no(lastNote.Equal))),
		row("time empty", filter.CompletedAt.Empty(), func(s *sample) bool { return s.completed.IsZero() }),
		row("time not empty", filter.CompletedAt.NotEmpty(), func(s *sample) bool { return !s.completed.IsZero() }),
		row("time of another zone", filter.CreatedAt.Less(mid.In(time.FixedZone("", -7200))), created(mid.After)),
		row("time of change", filter.UpdatedAt.Greater(tasks[1].updated), func(s *sample) bool { return s.updated.After(tasks[1].updated) }),

		row("users contains", filter.Annotators.Contains(first), by(first)),
		row("users not_contains", filter.Annotators.NotContains(second), not(by(second))),
		row("users empty", filter.Annotators.Empty(), func(s *sample) bool { return len(s.notes) == 0 }),
		row("users not empty", filter.Annotators.NotEmpty(), func(s *sample) bool { return len(s.notes) > 0 }),
		row("user contains", filter.UpdatedBy.Contains(second), func(s *sample) bool { return s.updatedBy == second }),
		row("user not_contains", filter.UpdatedBy.NotContains(second), func(s *sample) bool { return s.updatedBy != second }),
		row("user empty", filter.UpdatedBy.Empty(), func(s *sample) bool { return s.updatedBy == 0 }),
		row("ids contains", filter.AnnotationIDs.Contains(noteA, noteB), noted(noteA, noteB)),
		row("ids not_contains", filter.AnnotationIDs.NotContains(noteA), not(noted(noteA))),
		row("ids empty", filter.AnnotationIDs.Empty(), func(s *sample) bool { return len(s.notes) == 0 }),
		row("ids not empty", filter.AnnotationIDs.NotEmpty(), func(s *sample) bool { return len(s.notes) > 0 }),
		row("versions contains", filter.ModelVersions.Contains("one", "none"), version("one")),
		row("versions contains any", filter.ModelVersions.Contains("one", "two"), func(s *sample) bool { return len(s.guesses) > 0 }),
		row("versions not_contains", filter.ModelVersions.NotContains("one"), not(version("one"))),
		row("versions empty", filter.ModelVersions.Empty(), func(s *sample) bool { return len(s.guesses) == 0 }),
		row("versions not empty", filter.ModelVersions.NotEmpty(), func(s *sample) bool { return len(s.guesses) > 0 }),
		row("results contains", filter.AnnotationResults.Contains(`"choices": ["bad"]`), labelled("bad")),
		row("results not_contains", filter.AnnotationResults.NotContains("good"), not(labelled("good"))),
		row("predicted results contains", filter.PredictionResults.Contains("good"), func(s *sample) bool { return len(s.guesses) > 0 }),
		row("predicted results not_contains", filter.PredictionResults.NotContains("good"), func(s *sample) bool { return len(s.guesses) == 0 }),
		row("truth equal", filter.DraftExists.Equal(true), func(s *sample) bool { return s.draft }),
		row("truth not_equal", filter.DraftExists.NotEqual(true), func(s *sample) bool { return !s.draft }),
		row("file contains", filter.FileUpload.Contains("named"), func(s *sample) bool { return s.file != "" }),
		row("file regex", filter.FileUpload.Matches(`-named\.csv$`), func(s *sample) bool { return s.file != "" }),
		row("file empty", filter.FileUpload.Empty(), func(s *sample) bool { return s.file == "" }),

		row("text equal", text.Equal("Beta"), textAt(holds("=", "Beta"), "text")),
		row("text not_equal", text.NotEqual("Beta"), textAt(holds("!", "Beta"), "text")),
		row("text less", text.Less("beta"), textAt(holds("<", "beta"), "text")),
		row("text greater", text.Greater("gamma"), textAt(holds(">", "gamma"), "text")),
		row("text less_or_equal", text.LessOrEqual("gamma"), textAt(holds("<=", "gamma"), "text")),
		row("text greater_or_equal", text.GreaterOrEqual("gamma"), textAt(holds(">=", "gamma"), "text")),
		row("text in", text.Between("b", "f"), textAt(within("b", "f"), "text")),
		row("text not_in", text.NotBetween("b", "f"), textAt(no(within("b", "f")), "text")),
		row("text in_list", text.In("Beta", "10", "none"), textAt(oneOf("Beta", "10"), "text")),
		row("text not_in_list", text.NotIn("Beta", "10"), textAt(no(oneOf("Beta", "10")), "text")),
		row("text contains", text.Contains("ET"), textAt(has("et"), "text")),
		row("text not_contains", text.NotContains("et"), textAt(no(has("et")), "text")),
		row("text regex", text.Matches("^.et"), textAt(func(s string) bool { return len(s) > 2 && s[1:3] == "et" }, "text")),
		row("text empty", name.Empty(), emptyAt("name")),
		row("text not empty", name.NotEmpty(), not(emptyAt("name"))),
		row("text missing", name.Missing(), missingAt("name")),
		row("text present", name.Present(), not(missingAt("name"))),
		row("text that is empty", name.Equal(""), textAt(holds("=", ""), "name")),
		row("text among null", name.NotEqual("plain"), otherAt(holds("=", "plain"), "name")),
		row("text among null, parts", name.NotContains("plain"), otherAt(has("plain"), "name")),
		row("unicode", name.Contains("ï 世"), textAt(has("ï 世"), "name")),
		row("unicode, whole", name.Equal("ünï 世界"), textAt(holds("=", "ünï 世界"), "name")),
		row("quotes", name.Contains(`"so"`), textAt(has(`"so"`), "name")),
		row("quotes, whole", name.Equal(`it's 100% "so"_`), textAt(holds("=", `it's 100% "so"_`), "name")),
		row("percent", name.Contains("%"), textAt(has("%"), "name")),
		row("underscore", name.Contains("_"), textAt(has("_"), "name")),
		row("backslash", name.Equal(`back\slash`), textAt(holds("=", `back\slash`), "name")),
		row("comma", name.In("a,b;c"), textAt(holds("=", "a,b;c"), "name")),
		row("markup", name.Equal("<b>&amp;</b>"), textAt(holds("=", "<b>&amp;</b>"), "name")),
		row("text is no number", filter.Data("price").Equal("1"), textAt(holds("=", "1"), "price")),
		row("dates are text", filter.Data("day").Less("2025-01-01"), textAt(holds("<", "2025-01-01"), "day")),

		row("data equal", price.Equal(1), numberAt(holds("=", 1.0), "price")),
		row("data equal, as text", price.Equal(3), numberAt(holds("=", 3.0), "price")),
		row("data not_equal", price.NotEqual(7), numberAt(holds("!", 7.0), "price")),
		row("data less", price.Less(2.5), numberAt(holds("<", 2.5), "price")),
		row("data greater", price.Greater(2.5), numberAt(holds(">", 2.5), "price")),
		row("data less_or_equal", price.LessOrEqual(2.5), numberAt(holds("<=", 2.5), "price")),
		row("data greater_or_equal", price.GreaterOrEqual(2.5), numberAt(holds(">=", 2.5), "price")),
		row("data in", price.Between(1, 3), numberAt(within(1.0, 3.0), "price")),
		row("data not_in", price.NotBetween(1, 3), numberAt(no(within(1.0, 3.0)), "price")),
		row("data in_list", price.In(1, 1000), numberAt(oneOf(1.0, 1000.0), "price")),
		row("data not_in_list", price.NotIn(1, 1000), numberAt(no(oneOf(1.0, 1000.0)), "price")),
		row("data zero", price.Equal(0), numberAt(holds("=", 0.0), "price")),
		row("data empty", price.Empty(), emptyAt("price")),
		row("data not empty", price.NotEmpty(), not(emptyAt("price"))),
		row("data true", flag.Equal(true), func(s *sample) bool { return s.data["flag"] == true }),
		row("data not true", flag.NotEqual(true), func(s *sample) bool { return s.data["flag"] == false }),

		row("nested text", filter.Data("meta", "tag").Equal("y"), textAt(holds("=", "y"), "meta", "tag")),
		row("nested part", filter.Data("meta", "tag").Contains("X"), textAt(has("x"), "meta", "tag")),
		row("nested empty", filter.Data("meta", "tag").Empty(), emptyAt("meta", "tag")),
		row("nested missing", filter.Data("meta", "tag").Missing(), missingAt("meta", "tag")),
		row("nested in a list", filter.Data("meta", "list", "1").Equal("q"), textAt(holds("=", "q"), "meta", "list", "1")),
		row("nested equal", nested.Equal(10), numberAt(holds("=", 10.0), "meta", "price")),
		row("nested less", nested.Less(2.5), numberAt(holds("<", 2.5), "meta", "price")),
		row("nested greater", nested.Greater(1), numberAt(holds(">", 1.0), "meta", "price")),
		row("nested in", nested.Between(2, 9), numberAt(within(2.0, 9.0), "meta", "price")),
		row("nested in_list", nested.In(1, 10), numberAt(oneOf(1.0, 10.0), "meta", "price")),
		row("nested true", filter.Data("meta", "sale").Bool().Equal(true), not(missingAt("meta", "sale"))),
		row("key of an operator", filter.Data("range").In("x"), not(missingAt("range"))),
		row("key with a dot", filter.Data("a.b").Equal("dotted"), not(missingAt("a.b"))),
		row("key with a dash", filter.Data("a-b").Equal("dash"), not(missingAt("a-b"))),
		row("key with underscores", filter.Data("a__b").Number().Equal(5), not(missingAt("a__b"))),
		row("key that is not ASCII", filter.Data("día").Equal("ja"), not(missingAt("día"))),
		row("list missing", filter.Data("tags").Missing(), missingAt("tags")),

		{"and", filter.And(filter.ID.Greater(a), text.Contains("et")), func(s *sample) bool { return s.id > a && textAt(has("et"), "text")(s) }},
		{"or", filter.Or(filter.ID.Equal(b), filter.TotalAnnotations.Greater(0)), func(s *sample) bool { return s.id == b || s.total(false) > 0 }},
		{"or of a pair", filter.Or(filter.ID.Equal(b), text.Contains("et").With(price.Less(0))), func(s *sample) bool {
			return s.id == b || textAt(has("et"), "text")(s) && numberAt(holds("<", 0.0), "price")(s)
		}},
		{"annotations of both", filter.And(filter.Annotators.Contains(second), filter.AnnotationIDs.Contains(noteA)), func(s *sample) bool {
			return by(second)(s) && noted(noteA)(s)
		}},
		row("one annotation of both", filter.Annotators.Contains(second).With(filter.AnnotationIDs.Contains(noteA, noteB)),
			anyNote(func(n note) bool { return n.user == second && n.id == noteB })),
	}
}

func listed(t *testing.T, client *labelstudio.Client, by labelstudio.TaskFilter) (ids []int64) {
	t.Helper()
	for task, err := range client.Tasks.All(t.Context(), by) {
		ok(t, err)
		ids = append(ids, task.ID)
	}
	return ids
}

// Each operator of each kind of column leaves the tasks that the test finds in
// the data itself. Each operator is in a view, too, and some are in snapshots.
func TestFilterOperators(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project, tasks, first, second := samples(t, client)
	rows := filterRows(tasks, first, second)
	used := map[labelstudio.FilterOperator]int{}
	for i, tt := range rows {
		operator := tt.where.Items[0].Operator
		used[operator]++
		t.Run(tt.name, func(t *testing.T) {
			ctx := t.Context()
			var want []int64
			for _, task := range tasks {
				if tt.want(task) {
					want = append(want, task.id)
				}
			}
			wantSame := func(how string, got []int64) {
				t.Helper()
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Errorf("%s: got the tasks %v of %v, want %v", how, got, ids(tasks), want)
				}
			}
			wantSame("list", listed(t, client, labelstudio.TaskFilter{Project: project, Where: tt.where}))

			if used[operator] > 1 && i%4 != 0 { // as the rest takes longer
				return
			}
			view, err := client.Views.Create(ctx, labelstudio.ViewRequest{Project: project, Data: &labelstudio.ViewDataRequest{Filters: tt.where}})
			ok(t, err)
			wantSame("view", listed(t, client, labelstudio.TaskFilter{View: view.ID}))
			ok(t, client.Views.Delete(ctx, view.ID))

			if i%8 == 0 {
				pages := labelstudio.TaskFilter{Project: project, Where: filter.OfView(view), PageSize: 5}
				wantSame("filters of the view, in pages", listed(t, client, pages))
				wantSame("snapshot", inSnapshot(t, client, project, tt.where))
			}
		})
	}
	if len(used) != 14 {
		t.Errorf("the rows use the operators %v", used)
	}
	views, err := client.Views.List(t.Context(), &labelstudio.ViewsListParams{Project: &project})
	ok(t, err)
	if len(views) != 0 {
		t.Errorf("%d views are left", len(views))
	}
	t.Logf("%d rows, with the operators %v", len(rows), used)
}

func ids(tasks []*sample) []int64 {
	all := make([]int64, len(tasks))
	for i, task := range tasks {
		all[i] = task.id
	}
	return all
}

// inSnapshot returns the tasks of a snapshot that was made for the purpose.
func inSnapshot(t *testing.T, client *labelstudio.Client, project int64, where *labelstudio.Filters) (ids []int64) {
	t.Helper()
	snapshot, err := client.Snapshots.CreateWhere(t.Context(), project, where, labelstudio.SnapshotRequest{Title: new("some")})
	ok(t, err)
	if snapshot.Status != labelstudio.JobStatusCompleted || snapshot.Title != "some" {
		t.Errorf("the snapshot is %+v", snapshot)
	}
	download, err := client.Snapshots.Open(t.Context(), project, snapshot.ID, "")
	ok(t, err)
	var tasks []struct{ ID int64 }
	ok(t, json.Unmarshal(read(t, download), &tasks))
	for _, task := range tasks {
		ids = append(ids, task.ID)
	}
	return ids
}

func TestFilterOrdering(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	ids := map[int64]string{}
	for i, data := range []string{`"name":"b","rank":10`, `"name":"a","rank":9`, `"rank":"9.5"`, `"name":"c"`} {
		task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{
			Project: project, Data: json.RawMessage(`{"text":"x",` + data + `}`),
		})
		ok(t, err)
		ids[task.ID] = strconv.Itoa(i)
	}
	view := func(data labelstudio.ViewDataRequest) labelstudio.TaskFilter {
		made, err := client.Views.Create(t.Context(), labelstudio.ViewRequest{Project: project, Data: &data})
		ok(t, err)
		return labelstudio.TaskFilter{View: made.ID}
	}
	list := func(by []string) labelstudio.TaskFilter {
		return labelstudio.TaskFilter{Project: project, OrderBy: by}
	}
	tests := []struct {
		name string
		by   labelstudio.TaskFilter
		want string
	}{
		{"id", list(filter.By(filter.ID)), "0123"},
		{"id down", list(filter.ByDescending(filter.ID)), "3210"},
		{"time down", list(filter.ByDescending(filter.CreatedAt)), "3210"},
		{"text, missing last", list(filter.By(filter.Data("name"))), "1032"},
		{"text down, missing last", list(filter.ByDescending(filter.Data("name"))), "3012"},
		{"numbers before text", list(filter.By(filter.Data("rank"))), "1023"},
		{"view", view(labelstudio.ViewDataRequest{Ordering: filter.ByDescending(filter.ID)}), "3210"},
		{"view of numbers", view(labelstudio.ViewDataRequest{
			Ordering: filter.By(filter.Data("rank")), ColumnsDisplayType: filter.AsNumbers(filter.Data("rank")),
		}), "1203"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, id := range listed(t, client, tt.by) {
				got += ids[id]
			}
			if got != tt.want {
				t.Errorf("the order is %s, want %s", got, tt.want)
			}
		})
	}
}

// What the documentation warns of, as no check can know it.
func TestFilterSurprises(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	ids := map[int64]string{}
	for i, data := range []string{`"tags":["a"],"price":1`, `"tags":"b","price":null`, `"tags":null,"price":"x1"`, `"price":"1"`} {
		task, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{
			Project: project, Data: json.RawMessage(`{"text":"x",` + data + `}`),
		})
		ok(t, err)
		ids[task.ID] = strconv.Itoa(i)
		post(t, client, "/api/predictions/", object{
			"task": task.ID, "model_version": "one", "score": 0.5, "result": json.RawMessage(regions),
		})
	}
	tags, price := filter.Data("tags"), filter.Data("price")
	tests := []struct {
		name      string
		condition filter.Condition
		want      string
	}{
		{"empty misses what is missing, as the first value is a list", tags.Empty(), ""},
		{"missing", tags.Missing(), "3"},
		{"present", tags.Present(), "012"},
		{"null and text count as zero", price.Number().Equal(0), "12"},
		{"text counts as its number", price.Number().Equal(1), "03"},
		{"text is not its number", price.Equal("1"), "3"},
		{"no score without a model version", filter.PredictionScore.NotEmpty(), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for task, err := range client.Tasks.All(t.Context(), labelstudio.TaskFilter{Project: project, Where: filter.And(tt.condition)}) {
				ok(t, err)
				got += ids[task.ID]
			}
			if got != tt.want {
				t.Errorf("got the tasks %q, want %q", got, tt.want)
			}
		})
	}
	_, err := firstTask(t.Context(), client, labelstudio.TaskFilter{Project: project, Where: filter.And(tags.Equal("b"))})
	wantError(t, err, labelstudio.ErrValidation)
}

// What is refused, and what the server would have made of it.
func TestFiltersRefused(t *testing.T) {
	t.Parallel()
	sent := &counter{}
	client := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken), sent.option())
	project := newProject(t, client).ID
	for _, data := range []string{
		`{"text":"a","meta":{"price":5},"range":1,"my key":1}`, `{"text":"b"}`, `{"text":"c"}`,
	} {
		_, err := client.Tasks.Create(t.Context(), labelstudio.TaskRequest{Project: project, Data: json.RawMessage(data)})
		ok(t, err)
	}
	all := listed(t, client, labelstudio.TaskFilter{Project: project})
	predictAs(t, client, all[0], "one")
	text, number := labelstudio.FilterTypeString, labelstudio.FilterTypeNumber
	const fails = -1 // the server answers 500
	tests := []struct {
		name  string
		where *labelstudio.Filters
		path  string
		finds int // as many tasks does the server find
	}{
		{"no condition", filter.Or(), "items", 3},
		{"operator", filtersOf(filterBy(columnText, "starts_with", text, `"a"`)), "items[0].operator", 1},
		{"operator that is the contrary", filtersOf(filterBy(columnText, "not_exists", text, `"a"`)), "items[0].operator", 2},
		{"column", filter.And(filter.Column("agreement").Number().Less(1)), "items[0].filter", fails},
		{"key", filter.And(filter.Data("txet").NotEqual("a")), "items[0].filter", 0},
		{"key with a space", filter.And(filter.Data("my key").Missing()), "items[0].filter", fails},
		{"key of an operator", filter.And(filter.Data("range").Equal("1")), "items[0].filter", fails},
		{"key with a dot", filter.And(filter.Data("meta.price").Number().Equal(5)), "items[0].filter", 0},
		{"nested number", filtersOf(filterBy("filter:tasks:data.meta__price", labelstudio.FilterOperatorEqual, number, "5")), "items[0].filter", 0},
		{"no prefix", filtersOf(filterBy("tasks:id", labelstudio.FilterOperatorEqual, number, "1"),
			filterBy(columnText, labelstudio.FilterOperatorEqual, text, `"a"`)), "items[0].filter", fails},
		{"type", filtersOf(filterBy("filter:tasks:created_at", labelstudio.FilterOperatorGreater, text, `"2020"`)), "items[0].type", fails},
		{"date in data", filtersOf(filterBy(columnText, labelstudio.FilterOperatorLess, labelstudio.FilterTypeDatetime, `"2026-05-04T11:00:00.0Z"`)), "items[0].type", fails},
		{"value", filtersOf(filterBy(columnID, labelstudio.FilterOperatorEqual, number, `"one"`)), "items[0].value", fails},
		{"time", filtersOf(filterBy("filter:tasks:created_at", labelstudio.FilterOperatorLess, labelstudio.FilterTypeDatetime, `"2026-05-04"`)), "items[0].value", fails},
		{"null", filtersOf(filterBy(columnID, labelstudio.FilterOperatorEqual, number, `null`)), "items[0].value", fails},
		{"fraction of an id", filtersOf(filterBy(columnID, labelstudio.FilterOperatorEqual, number, itoa(all[0])+".5")), "items[0].value", 1},
		{"nothing in it", filter.And(filter.Data("text").Contains("")), "items[0].value", 3},
		{"in no list", filter.And(filter.ID.NotIn()), "items[0].value", 3},
		{"no version", filter.And(filter.ModelVersions.Contains()), "items[0].value", 3},
		{"a version letter by letter", filtersOf(filterBy("filter:tasks:predictions_model_versions", labelstudio.FilterOperatorContains, labelstudio.FilterTypeList, `"xo"`)), "items[0].value", 1},
		{"range upside down", filter.And(filter.ID.NotBetween(9, 1)), "items[0].value", 3},
		{"expression", filter.And(filter.Data("text").Matches("[")), "items[0].value", 0},
		{"user", filter.And(filter.Annotators.NotContains(missing)), "items[0].value", 3},
		{"empty predictions", filtersOf(filterBy("filter:tasks:predictions_results", labelstudio.FilterOperatorEmpty, text, "true")), "items[0].operator", 3},
		{"number with a part", filtersOf(filterBy(columnID, labelstudio.FilterOperatorNotContains, number, itoa(all[0]))), "items[0].operator", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := t.Context()
			refused := func(how string, err error) {
				t.Helper()
				var fault *filter.Error
				if !errors.Is(err, labelstudio.ErrInvalidFilter) || !errors.As(err, &fault) || fault.Path != tt.path {
					t.Errorf("%s: got %v", how, err)
				}
			}
			before := sent.requests
			_, err := firstTask(ctx, client, labelstudio.TaskFilter{Project: project, Where: tt.where})
			refused("list", err)
			_, err = client.Views.Create(ctx, labelstudio.ViewRequest{Project: project, Data: &labelstudio.ViewDataRequest{Filters: tt.where}})
			refused("view", err)
			_, err = client.Snapshots.CreateWhere(ctx, project, tt.where, labelstudio.SnapshotRequest{})
			refused("snapshot", err)
			if columns := 3; sent.requests != before+columns {
				t.Errorf("%d requests were sent, want %d for columns", sent.requests-before, columns)
			}

			query, err := json.Marshal(object{"filters": tt.where})
			ok(t, err)
			found := 0
			for _, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project, Query: query}) {
				if tt.finds == fails {
					wantError(t, err, labelstudio.ErrServer)
					return
				}
				ok(t, err)
				found++
			}
			if found != tt.finds {
				t.Errorf("the server finds %d tasks, want %d", found, tt.finds)
			}
		})
	}
}

func firstTask(ctx context.Context, client *labelstudio.Client, by labelstudio.TaskFilter) (*labelstudio.TaskListItem, error) {
	for task, err := range client.Tasks.All(ctx, by) {
		return task, err
	}
	return nil, nil
}

// A query has to fit into a URL, a view has not.
func TestFilterOfManyValues(t *testing.T) {
	t.Parallel()
	client := admin(t)
	project := newProject(t, client).ID
	task := newTask(t, client, project, "x").ID
	var many []int64
	for id := int64(missing); len(many) < 6000; id++ {
		many = append(many, id)
	}
	where := filter.And(filter.ID.In(append(many, task)...))
	_, err := firstTask(t.Context(), client, labelstudio.TaskFilter{Project: project, Where: where})
	if !errors.Is(err, labelstudio.ErrInvalidFilter) || !strings.Contains(err.Error(), "make a view") {
		t.Errorf("got %v", err)
	}
	fits := filter.And(filter.ID.In(append(many[:4500:4500], task)...))
	if got := listed(t, client, labelstudio.TaskFilter{Project: project, Where: fits}); !slices.Equal(got, []int64{task}) {
		t.Errorf("got %v", got)
	}
	view, err := client.Views.Create(t.Context(), labelstudio.ViewRequest{Project: project, Data: &labelstudio.ViewDataRequest{Filters: where}})
	ok(t, err)
	if got := listed(t, client, labelstudio.TaskFilter{View: view.ID}); !slices.Equal(got, []int64{task}) {
		t.Errorf("got %v", got)
	}
}

func TestViewChangesAreChecked(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), admin(t)
	project := newProject(t, client).ID
	newTask(t, client, project, "x")
	view, err := client.Views.Create(ctx, labelstudio.ViewRequest{Project: project})
	ok(t, err)
	bad := labelstudio.ViewDataRequest{Ordering: filter.By(filter.Column("nonesuch"))}
	_, err = client.Views.Update(ctx, view.ID, labelstudio.ViewUpdateRequest{Data: bad})
	if !errors.Is(err, labelstudio.ErrInvalidFilter) {
		t.Errorf("updated: %v", err)
	}
	_, err = client.Views.Replace(ctx, view.ID, labelstudio.ViewReplaceRequest{Project: missing, Data: bad})
	if !errors.Is(err, labelstudio.ErrInvalidFilter) {
		t.Errorf("replaced: %v", err)
	}
	good := labelstudio.ViewDataRequest{Filters: filter.And(filter.Data("text").Equal("x")), Ordering: filter.By(filter.Data("text"))}
	changed, err := client.Views.Update(ctx, view.ID, labelstudio.ViewUpdateRequest{Data: good})
	ok(t, err)
	if len(changed.Data.Filters.Items) != 1 || !slices.Equal(changed.Data.Ordering, good.Ordering) {
		t.Errorf("the view is %+v", changed)
	}
	_, err = client.Views.Update(ctx, missing, labelstudio.ViewUpdateRequest{Data: good})
	wantError(t, err, labelstudio.ErrNotFound)
}

// A task has the key that it has in its storage.
func TestFilterStorageFilename(t *testing.T) {
	t.Parallel()
	storages, client := newStorages(t)
	ctx, project := t.Context(), newProject(t, client).ID
	dir := storages.folder(t, map[string]string{"one.json": `{"text":"1"}`, "two.json": `{"text":"2"}`})
	storage, err := client.LocalImportStorages.Create(ctx, labelstudio.LocalImportStorageRequest{Project: project, Path: &dir})
	ok(t, err)
	_, err = client.LocalImportStorages.Sync(ctx, storage.ID)
	ok(t, err)
	newTask(t, client, project, "3")
	for _, tt := range []struct {
		condition filter.Condition
		want      string
	}{
		{filter.StorageFilename.Contains("ONE.json"), "1"},
		{filter.StorageFilename.NotContains("one.json"), "23"},
		{filter.StorageFilename.Matches(`two\.json`), "2"},
	} {
		got := ""
		for task, err := range client.Tasks.All(ctx, labelstudio.TaskFilter{Project: project, Where: filter.And(tt.condition)}) {
			ok(t, err)
			var data struct{ Text string }
			ok(t, labelstudio.RawInto(task.Data, &data))
			got += data.Text
		}
		if got != tt.want {
			t.Errorf("%+v: got the tasks %s, want %s", tt.condition, got, tt.want)
		}
	}
}
