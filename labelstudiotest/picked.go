package labelstudiotest

import (
	"fmt"
	"math"
	"strings"
)

// picked are the tasks that a selection names by their ids.
type picked struct {
	all                bool // but for the excluded; or else the included alone
	excluded, included []int64
}

func readPicked(o object) (*picked, error) {
	value, given := o.get("all")
	if !given {
		return nil, misfit("selectedItems.all\n  Field required")
	}
	all, reason := readBoolean(value)
	if reason != "" {
		return nil, misfit("selectedItems.all\n  Input should be a valid boolean")
	}
	p := &picked{all: all.(bool)}
	for name, into := range map[string]*[]int64{"excluded": &p.excluded, "included": &p.included} {
		value, given := o.get(name)
		list, ok := value.([]any)
		if given && !ok {
			return nil, misfit("selectedItems." + name + "\n  Input should be a valid list")
		}
		for i, item := range list {
			id, ok := castID(item)
			if !ok {
				return nil, misfit(fmt.Sprintf("selectedItems.%s.%d\n  Input should be a valid integer", name, i))
			}
			*into = append(*into, id)
		}
	}
	return p, nil
}

// castID reads what the server takes for an integer: also text and true.
func castID(value any) (int64, bool) {
	switch v := value.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		value = number(strings.TrimSpace(v))
	}
	f, ok := asFloat(value)
	return int64(f), ok && f == math.Trunc(f)
}
