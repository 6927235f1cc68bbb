package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// condition is a query with one condition.
func condition(column, operator, kind, value string) string {
	return fmt.Sprintf(`{"filters":{"conjunction":"and","items":[{"filter":"filter:tasks:%s","operator":%q,"type":%q,"value":%s}]}}`, column, operator, kind, value)
}

// Filters by what is no plain text and no plain number.
func TestEmbeddedFilters(t *testing.T) {
	t.Parallel()
	var rows coreRows
	rows.project()
	var tasks []string
	for _, n := range []string{`5`, `0.5`, `null`, `-3`, `0`, `true`, `false`, `[1]`, `{"a":1}`, `"abc"`, `"7"`, `""`, `7.0`, `["ü","y"]`, `{"a":"Ü"}`, `"ü"`, `"7 x"`, `"1e1"`, `"0x10"`, `"inf"`, `" -3"`, ``} {
		if n != "" {
			n = `,"n":` + n
		}
		tasks = append(tasks, `{"text":"x"`+n+`}`)
	}
	rows.post("", "/api/projects/{p}/import", "["+strings.Join(tasks, ",")+"]", "task_count")
	for _, operator := range strings.Fields("equal not_equal less greater less_or_equal greater_or_equal contains") {
		for _, value := range []string{"5", "0", "0.5", "7"} {
			rows.query(condition("data.n", operator, "Number", value))
		}
	}
	for _, operator := range strings.Fields("in not_in") {
		rows.query(condition("data.n", operator, "Number", `{"min":0,"max":5}`))
	}
	for _, operator := range strings.Fields("contains not_contains regex") {
		for _, value := range []string{`"ü"`, `"Ü"`, `"u00fc"`, `"u00FC"`, `", "`, `","`, `"1"`} {
			rows.query(condition("data.n", operator, "String", value))
		}
	}

	results := func(choice string) string {
		return `[{"id":"r","from_name":"label","to_name":"text","type":"choices","value":{"choices":["` + choice + `"]}}]`
	}
	rows.project("a", "b", "c")
	for i, choice := range []string{"ü", "Ü 日本 😀", "plain"} {
		rows.post("", fmt.Sprintf("/api/tasks/{t%d}/annotations/", i), `{"result":`+results(choice)+`}`, "")
		rows.post("", "/api/predictions/", fmt.Sprintf(`{"task":{t%d},"result":%s}`, i, results(choice)), "")
	}
	rows.get("/api/tasks/?project={p}&fields=all&include=annotations_results,predictions_results", "annotations_results predictions_results")
	for _, column := range []string{"annotations_results", "predictions_results"} {
		for _, operator := range strings.Fields("contains not_contains") {
			for _, value := range []string{`"ü"`, `"Ü"`, `"plain"`, `"PLAIN"`, `"u00fc"`, `"ud83d"`} {
				rows.query(condition(column, operator, "String", value))
			}
		}
		for _, value := range []string{`"ü"`, `"u00fc"`, `"PL.IN"`, `"pl.in"`, `"["`, `"^.{2}id"`, `", .from"`, `",.from"`, `""`} {
			rows.query(condition(column, "regex", "String", value))
		}
		for _, operator := range strings.Fields("not_regex less greater_or_equal nope") {
			rows.query(condition(column, operator, "String", `"pl.in"`))
		}
	}
	rows.patch("/api/tasks/{t0}/", `{"data":{"text":"a","n":1}}`, "")
	for _, column := range []string{"data.n", "total_annotations", "id", "predictions_score"} {
		for _, operator := range strings.Fields("equal not_equal less greater less_or_equal greater_or_equal contains") {
			for _, value := range []string{`true`, `{"min":0,"max":5}`} {
				rows.query(condition(column, operator, "Number", value))
			}
		}
	}
	sameRows(t, rows)
}
