package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
)

// list is a list of tasks in pages, made of one recorded page: only the ids
// differ. It can be asked by page, or by the last id before.
type list struct {
	size  int      // tasks of a page
	pages [][]byte // the tasks of each
	after func(pages int) []byte
}

func newList(file string, total int) (*list, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var recorded struct {
		Tasks            []map[string]json.RawMessage `json:"tasks"`
		TotalAnnotations int                          `json:"total_annotations"`
		TotalPredictions int                          `json:"total_predictions"`
	}
	if err := json.Unmarshal(content, &recorded); err != nil {
		return nil, err
	}
	l := &list{size: len(recorded.Tasks)}
	count := total / l.size
	for page := range count {
		for i, task := range recorded.Tasks {
			task["id"] = strconv.AppendInt(nil, int64(page*l.size+i+1), 10)
		}
		tasks, err := json.Marshal(recorded.Tasks)
		if err != nil {
			return nil, err
		}
		l.pages = append(l.pages, tasks)
	}
	l.after = func(pages int) []byte {
		left := count - pages
		return fmt.Appendf(nil, `,"total":%d,"total_annotations":%d,"total_predictions":%d}`,
			left*l.size, left*recorded.TotalAnnotations, left*recorded.TotalPredictions)
	}
	return l, nil
}

var lastID = regexp.MustCompile(`"filter":"filter:tasks:id","operator":"greater","type":"Number","value":(\d+)`)

func (l *list) serve(w http.ResponseWriter, req *http.Request) {
	query := req.URL.Query()
	page, total := 1, 0 // which page, and how many of them are not counted
	if asked := query.Get("page"); asked != "" {
		page, _ = strconv.Atoi(asked) // what is no number is no page
	}
	if found := lastID.FindStringSubmatch(query.Get("query")); found != nil {
		id, _ := strconv.Atoi(found[1]) // they are digits
		page, total = id/l.size+1, id/l.size
	}
	if page < 1 || page > len(l.pages) {
		reply(w, http.StatusNotFound, []byte(`{"detail":"Invalid page."}`))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	for _, part := range [][]byte{[]byte(`{"tasks":`), l.pages[page-1], l.after(total)} {
		_, _ = w.Write(part) // a client that has gone is its own affair
	}
}
