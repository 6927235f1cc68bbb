package e2e

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// coreRows collects rows of requests.
type coreRows []coreRow

func (r *coreRows) get(path, keys string) {
	*r = append(*r, coreRow{method: "GET", path: path, keys: keys})
}

// post names what it makes, unless as is "".
func (r *coreRows) post(as, path, body, keys string) {
	*r = append(*r, coreRow{as: as, method: "POST", path: path, body: body, keys: keys})
}

func (r *coreRows) patch(path, body, keys string) {
	*r = append(*r, coreRow{method: "PATCH", path: path, body: body, keys: keys})
}

func (r *coreRows) remove(path, body string) {
	*r = append(*r, coreRow{method: "DELETE", path: path, body: body})
}

// query lists the tasks of {p} that a query leaves, in which ids have names.
func (r *coreRows) query(query string) {
	escaped := url.QueryEscape(query)
	for _, name := range []string{"t0", "t1", "a0", "a1"} {
		escaped = strings.ReplaceAll(escaped, "%7B"+name+"%7D", "{"+name+"}")
	}
	r.get("/api/tasks/?project={p}&include=inner_id&query="+escaped, "inner_id total")
}

// project makes {p} with some tasks, {t0} and so on.
func (r *coreRows) project(texts ...string) {
	r.post("p", "/api/projects/", projectBody("Odds"), "")
	for i, text := range texts {
		r.post(fmt.Sprint("t", i), "/api/tasks/", fmt.Sprintf(`{"project":{p},"data":{"text":%q}}`, text), "inner_id")
	}
}

// What selects tasks: their ids, filters with odd values, and queries that are
// escaped twice.
func TestEmbeddedSelections(t *testing.T) {
	t.Parallel()
	var rows coreRows
	wrong := func() {
		for _, query := range []string{
			condition("annotations_ids", "less", "String", `"x"`), condition("completed_at", "equal", "Datetime", `"x"`), condition("nope", "equal", "String", `"x"`),
			condition("data.text", "in", "String", `"x"`), condition("data.text", "equal", "Datetime", `["x"]`), condition("total_annotations", "equal", "Number", `"x"`),
			condition("id", "empty", "Number", `"x"`), condition("id", "empty", "Number", `["x"]`), condition("draft_exists", "equal", "Boolean", `"x"`),
			condition("draft_exists", "equal", "Boolean", `"yes"`), condition("data.nope", "equal", "String", `"x"`),
			condition("ground_truth", "equal", "Boolean", `"true"`),
		} {
			rows.query(query)
		}
	}
	rows.project() // without tasks
	wrong()
	rows.project("a", "100%25", "b c", "%41", "a%2Bb", "+", "%")
	for _, selected := range []string{
		`{"all":true}`, `{"all":false}`, `{"all":true,"excluded":[{t0}]}`, `{"all":false,"included":[{t1}]}`, `{"all":false,"included":[]}`,
		`{"all":"true"}`, `{"all":"x"}`, `{"all":null}`, `{"all":1}`, `{"all":2}`, `{}`, `[]`, `null`, `5`, `"x"`, `{"included":[{t0}]}`,
		`{"all":false,"included":["{t0}"]}`, `{"all":false,"included":["x"]}`, `{"all":true,"included":[{t0}]}`, `{"all":false,"included":null}`,
		`{"all":false,"included":{t0}}`, `{"all":true,"excluded":["{t0}"]}`, `{"all":false,"included":[{t0}.0]}`, `{"all":false,"included":[1.5]}`,
	} {
		rows.query(`{"selectedItems":` + selected + `}`)
		rows.post("", "/api/dm/actions/?project={p}&id=retrieve_tasks_predictions", `{"selectedItems":`+selected+`}`, "processed_items")
		rows.post("v", "/api/dm/views/", `{"project":{p},"data":{"title":"x"},"selected_items":`+selected+`}`, "all")
		rows.get("/api/tasks/?view={v}&include=inner_id", "inner_id total")
	}
	rows.patch("/api/dm/views/{v}/", `{"data":{},"selected_items":{"all":true,"excluded":[{t0}]}}`, "all")
	rows.get("/api/tasks/?view={v}&include=inner_id", "inner_id total")
	wrong()
	for _, value := range []string{"a", "%41", "%2541", "%25", "+", "a%2Bb", "100%", "%zz", "b c", "%C3%BC", "ü", "%c3", "%22"} {
		rows.query(condition("data.text", "contains", "String", `"`+value+`"`))
		rows.query(url.QueryEscape(condition("data.text", "contains", "String", `"`+value+`"`)))
	}
	rows.post("a0", "/api/tasks/{t0}/annotations/", `{"result":[]}`, "")
	rows.post("a1", "/api/tasks/{t0}/annotations/", `{"result":[]}`, "")
	rows.post("", "/api/tasks/{t1}/annotations/", `{"result":[]}`, "")
	for _, operator := range strings.Fields("equal not_equal contains not_contains in_list not_in_list in not_in less less_or_equal greater greater_or_equal empty regex not_regex nope") {
		for _, value := range []string{`"{a0}"`, `"{a0},{a1}"`, `"999999999"`, `""`, `"x"`, `[{a1}]`, `["{a1}"]`, `[]`, `["x"]`, `{"min":{a1},"max":{a1}}`} {
			if (strings.HasPrefix(value, `"{`) || strings.HasPrefix(value, `"9`)) && (strings.HasSuffix(operator, "in_list") || operator == "empty") {
				continue // which go by the digits of the ids
			}
			rows.query(condition("annotations_ids", operator, "String", value))
		}
		for _, value := range []string{
			`"x"`, `"2020-01-01T00:00:00.5Z"`, `"2020-01-01T00:00:00Z"`, `["2020-01-01"]`, `["x"]`, `[]`, `["x",1]`, `"true"`,
			`{"min":"2020-01-01T00:00:00.000Z","max":"2030-01-01T00:00:00.000Z"}`,
		} {
			rows.query(condition("completed_at", operator, "Datetime", value))
		}
	}
	sameRows(t, rows)
}

// Orders of views, what follows a prediction, counters, and requests for nothing
// in particular.
func TestEmbeddedOdds(t *testing.T) {
	t.Parallel()
	var rows coreRows
	rows.project("a", "b")
	for i, order := range []string{`,"order":2`, `,"order":0`, "", `,"order":-1`, `,"order":null`, `,"order":2`} {
		rows.post(fmt.Sprint("v", i), "/api/dm/views/", `{"project":{p},"data":{"title":"x"}`+order+`}`, "order")
	}
	views := func() { rows.get("/api/dm/views/?project={p}", "id order ordering") }
	views()
	for _, ids := range []string{"{v5},{v0}", "{v0},{v0},999999999", "{v2},{v1},{v3}"} {
		rows.post("", "/api/dm/views/order/", `{"project":{p},"ids":[`+ids+`]}`, "")
		views()
	}
	rows.patch("/api/dm/views/{v0}/", `{"data":{},"order":9}`, "order")
	for _, ordering := range []string{`["tasks:id","-tasks:inner_id"]`, `"tasks:id"`, `[5]`, `{"a":1}`, `[]`} {
		rows.post("", "/api/dm/views/", `{"project":{p},"data":{"ordering":`+ordering+`}}`, "order ordering")
	}
	views()

	// the version of a project after imports, and how predictions count
	const counts = "model_version total_predictions_number"
	predicted := func(versions ...string) string {
		var list []string
		for _, version := range versions {
			list = append(list, `{"result":`+regions+`,"score":0.5`+version+`}`)
		}
		return `[{"data":{"text":"x"},"predictions":[` + strings.Join(list, ",") + `]}]`
	}
	for i, versions := range [][]string{
		{`,"model_version":"v1"`}, {`,"model_version":"v2"`, `,"model_version":"v3"`}, {""}, {`,"model_version":null`}, {`,"model_version":""`}, {`,"model_version":7`},
	} {
		project := fmt.Sprintf("/api/projects/{i%d}/", i)
		rows.post(fmt.Sprint("i", i), "/api/projects/", projectBody("Versions"), "")
		for _, body := range []string{predicted(versions...), predicted(`,"model_version":"w1"`)} {
			rows.post("", project+"import", body, "prediction_count")
			rows.get(project, counts)
			rows.get(project+"model-versions/", "v1 v2 v3 w1 7 null undefined")
			rows.get(project+"model-versions/?limit=1", "v1 v2 v3 w1 7 null undefined")
		}
	}
	score := func() { // the real server's counts after deletions depend on what else was deleted since it started
		rows.get("/api/tasks/{t0}/", "predictions_score")
		rows.get("/api/tasks/?project={p}&fields=all", "predictions_score")
	}
	predict := func(as, more string) {
		rows.post(as, "/api/predictions/", `{"task":{t0},"result":[]`+more+`}`, "score")
		rows.get("/api/tasks/{t0}/", "total_predictions")
		score()
	}
	predict("q0", `,"score":2`)
	predict("q1", `,"score":1,"model_version":"m"`)
	predict("q2", `,"score":1,"model_version":"m"`)
	rows.remove("/api/predictions/{q1}/", "")
	score()
	predict("", "")
	rows.patch("/api/projects/{p}/", `{"model_version":"m"}`, "model_version")
	score()
	rows.remove("/api/projects/{p}/model-versions/", `{"model_version":"m"}`)
	score()
	rows.get("/api/projects/{p}/", "model_version")
	predict("", "")

	// counters in what a PATCH of a project answers
	const counters = "finished_task_number total_annotations_number useful_annotation_number skipped_annotations_number num_tasks_with_annotations"
	rows.post("", "/api/tasks/{t0}/annotations/", `{"result":`+regions+`}`, "")
	rows.post("", "/api/tasks/{t1}/annotations/", `{"result":[],"was_cancelled":true}`, "")
	for _, body := range []string{`{"maximum_annotations":2}`, `{"maximum_annotations":1}`, `{"skip_queue":"IGNORE_SKIPPED"}`, `{"title":"Other"}`} {
		rows.patch("/api/projects/{p}/", body, counters)
		rows.get("/api/projects/{p}/", counters)
	}
	for _, text := range []string{"null", "5", `""`} {
		rows.patch("/api/projects/{p}/", `{"expert_instruction":`+text+`}`, "expert_instruction")
	}
	rows.patch("/api/tasks/{t1}/", `{"inner_id":77}`, "inner_id")
	rows.post("", "/api/tasks/", `{"project":{p},"data":{"text":"x"}}`, "inner_id")

	// members who are in no organization
	mail := "odds-" + strings.ToLower(rand.Text()) + "@example.com"
	rows.post("u", "/api/users/", `{"username":"odds","email":"`+mail+`"}`, "active_organization")
	rows.get("/api/organizations/1/memberships/{u}/", "contributed_projects_count annotations_count")
	rows.patch("/api/users/{u}/", `{"active_organization":null}`, "active_organization")
	rows.get("/api/users/{u}/", "active_organization initials email")
	rows.remove("/api/organizations/1/memberships/{u}/", "")
	rows.get("/api/organizations/1/memberships/{u}/", "detail")
	rows.get("/api/users/{u}/", "active_organization initials")
	rows.remove("/api/users/{u}/", "")
	for _, path := range []string{"1/memberships/999999999/", "2/memberships", "x/memberships", "1/memberships?page=99"} {
		rows.get("/api/organizations/"+path, "detail")
	}

	for _, query := range []string{"?id=delete_tasks", "?project=x&id=delete_tasks", "?project={p}", "?project=0&id=nope", "?project=999999999&id=delete_tasks", "?view=999999999&id=delete_tasks", ""} {
		rows.post("", "/api/dm/actions/"+query, `{}`, "detail")
	}
	for _, query := range []string{"?project=", "?project=x", "?project=999999999"} {
		rows.get("/api/dm/columns/"+query, "detail")
	}
	for _, path := range []string{
		"/api/projects/?format=CSV", "/api/projects/{p}/?format=json", "/api/projects/{p}/?format=", "/api/projects/{p}/export?format=CSV", "/api/version/?format=CSV",
		"/api/tasks/999999999/?format=x", "/api/projects/{p}/export/formats?format=x", "/api/token/?format=x",
	} {
		rows.get(path, "detail title")
	}
	rows.post("", "/api/projects/?format=x", `{"title":"None"}`, "detail")
	rows.post("", "/api/projects/{p}/import?format=x", `[{"text":"x"}]`, "")
	rows.remove("/api/tasks/{t0}/?format=x", "")
	sameRows(t, rows)
}
