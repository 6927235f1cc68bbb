package labelstudiotest

import "testing"

// What pages go by leaves the tasks of former pages out, and nothing else does.
func TestPast(t *testing.T) {
	t.Parallel()
	const after = `{"filter":"filter:tasks:id","operator":"greater","type":"Number","value":2}`
	const other = `{"filter":"filter:tasks:data.n","operator":"less","type":"Number","value":9}`
	tasks := []*task{{id: 1}, {id: 2}, {id: 3}, {id: 5}}
	tests := []struct {
		name, query string
		left, items int
	}{
		{"after a task", `{"filters":{"conjunction":"and","items":[` + after + `]}}`, 2, 0},
		{"after a task, with another condition", `{"filters":{"conjunction":"and","items":[` + other + "," + after + `]}}`, 2, 1},
		{"after half of one", `{"filters":{"conjunction":"and","items":[{"filter":"filter:tasks:id","operator":"greater","type":"Number","value":2.5}]}}`, 2, 0},
		{"after all", `{"filters":{"conjunction":"and","items":[{"filter":"filter:tasks:id","operator":"greater","type":"Number","value":5}]}}`, 0, 0},
		{"after a task or another condition", `{"filters":{"conjunction":"or","items":[` + other + "," + after + `]}}`, 4, 2},
		{"with a condition below", `{"filters":{"conjunction":"and","items":[` + after[:len(after)-1] + `,"child_filter":` + other + `}]}}`, 4, 1},
		{"as text", `{"filters":{"conjunction":"and","items":[{"filter":"filter:tasks:id","operator":"greater","type":"String","value":"2"}]}}`, 4, 1},
		{"before a task", `{"filters":{"conjunction":"and","items":[{"filter":"filter:tasks:id","operator":"less","type":"Number","value":2}]}}`, 4, 1},
		{"no condition", `{}`, 4, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			from, err := readSelection(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			items := len(from.items)
			rest, left := from.past(tasks)
			if len(left) != tt.left || len(rest.items) != tt.items || len(from.items) != items {
				t.Errorf("leaves %d tasks and %d conditions, want %d and %d", len(left), len(rest.items), tt.left, tt.items)
			}
		})
	}
}
