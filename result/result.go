package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// Result is one entry of an annotation or prediction: an answer of a control
// tag, a region, or a relation between two regions.
//
// What Value holds depends on Type. Methods such as [Result.Choices] and
// [Result.Box] read it; of a type that this package doesn't know it is there
// all the same.
type Result struct {
	// ID identifies the result. Results of several controls about one region
	// share it; a relation has none.
	ID string
	// FromName is the name of the control tag.
	FromName string
	// ToName is the name of the object tag.
	ToName string
	// Type is the kind of the result, such as "choices": the name of the
	// control tag in lower case. That of a relation is "relation".
	Type string
	// Value is what the control tag says, an object. A relation has none.
	Value json.RawMessage

	// OriginalWidth and OriginalHeight are the size of the image in pixels, 0 if
	// it isn't said. Some export formats leave out what doesn't say it.
	OriginalWidth, OriginalHeight int
	// ParentID is the ID of the region that this one is a part of.
	ParentID string
	// Score is how sure the model is of this one, nil if it isn't said.
	Score *float64
	// Meta is what annotators noted about the region.
	Meta json.RawMessage

	// FromID and ToID are the IDs of the two regions of a relation.
	FromID, ToID string
	// Direction of a relation is "right", from FromID to ToID, "left" or "bi".
	Direction string
	// RelationLabels are the labels of a relation; [Result.Labels] reads those of
	// a region.
	RelationLabels []string

	// Rest has all other properties, and those above whose JSON is of another
	// type than the field.
	Rest map[string]json.RawMessage
}

// Parse reads the Result of an annotation or prediction, a list. Nothing is
// lost: [Encode] writes the same again, whatever is in it. What is no list of
// objects is a [*Problem].
func Parse(raw json.RawMessage) ([]Result, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, &Problem{Path: "result", Reason: "not a list of results"}
	}
	results := make([]Result, len(items))
	for i, item := range items {
		if err := json.Unmarshal(item, &results[i]); err != nil {
			return nil, &Problem{Path: fmt.Sprintf("result[%d]", i), Reason: "not an object"}
		}
	}
	return results, nil
}

// Encode writes results for the Result of an annotation or prediction. Raw
// values keep their bytes; one that is not JSON is a [*Problem], and so is a score
// that is not finite.
func Encode(results []Result) (json.RawMessage, error) {
	encoded := []byte{'['}
	for i := range results {
		if i > 0 {
			encoded = append(encoded, ',')
		}
		var problem *Problem
		if encoded, problem = results[i].appendTo(encoded); problem != nil {
			problem.Path = fmt.Sprintf("result[%d].%s", i, problem.Path)
			return nil, problem
		}
	}
	return append(encoded, ']'), nil
}

// property is a field of a Result as a property of its JSON.
type property struct {
	name  string
	field any // a pointer
}

func (r *Result) properties() []property {
	return []property{
		{"id", &r.ID}, {"from_name", &r.FromName}, {"to_name", &r.ToName}, {"type", &r.Type}, {"value", &r.Value},
		{"original_width", &r.OriginalWidth}, {"original_height", &r.OriginalHeight}, {"parentID", &r.ParentID},
		{"score", &r.Score}, {"meta", &r.Meta},
		{"from_id", &r.FromID}, {"to_id", &r.ToID}, {"direction", &r.Direction}, {"labels", &r.RelationLabels},
	}
}

// UnmarshalJSON reads one result.
func (r *Result) UnmarshalJSON(raw []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	if all == nil {
		return errors.New("result: null is not a result")
	}
	*r = Result{}
	for _, p := range r.properties() {
		if value, ok := all[p.name]; ok && fill(p.field, value) {
			delete(all, p.name)
		}
	}
	if len(all) > 0 {
		r.Rest = all
	}
	return nil
}

// fill sets a field and reports whether the field alone says all that the JSON
// says: a null, an empty text or a number with a fraction stays in the Rest.
func fill(field any, value json.RawMessage) bool {
	switch field := field.(type) {
	case *string:
		var s *string
		if json.Unmarshal(value, &s) != nil || s == nil || *s == "" {
			return false
		}
		*field = *s
	case *int:
		f, err := strconv.ParseFloat(string(value), 64)
		if err != nil || f != math.Trunc(f) || f < 1 || f > math.MaxInt32 {
			return false
		}
		*field = int(f)
	case **float64:
		f, err := strconv.ParseFloat(string(value), 64)
		if err != nil {
			return false
		}
		*field = &f
	case *json.RawMessage:
		*field = value
	case *[]string:
		var list []*string
		if json.Unmarshal(value, &list) != nil || len(list) == 0 {
			return false
		}
		for _, s := range list {
			if s == nil {
				*field = nil
				return false
			}
			*field = append(*field, *s)
		}
	}
	return true
}

// MarshalJSON writes one result.
func (r Result) MarshalJSON() ([]byte, error) {
	encoded, problem := r.appendTo(nil)
	if problem != nil {
		return nil, problem
	}
	return encoded, nil
}

func (r *Result) appendTo(encoded []byte) ([]byte, *Problem) {
	encoded = append(encoded, '{')
	written := 0
	add := func(name string, value any) *Problem {
		raw, isRaw := value.(json.RawMessage)
		if !isRaw {
			var err error
			if raw, err = wire.Encode(value); err != nil {
				return &Problem{Path: name, Reason: err.Error()}
			}
		} else if !json.Valid(raw) {
			return &Problem{Path: name, Reason: "not JSON"}
		}
		if written++; written > 1 {
			encoded = append(encoded, ',')
		}
		key, err := wire.Encode(name)
		if err != nil {
			return &Problem{Path: name, Reason: err.Error()}
		}
		encoded = append(append(append(encoded, key...), ':'), bytes.TrimSpace(raw)...)
		return nil
	}
	own := map[string]bool{}
	for _, p := range r.properties() {
		value := content(p.field)
		if value == nil {
			continue
		}
		own[p.name] = true
		if err := add(p.name, value); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Rest)) {
		if own[name] {
			continue
		}
		if err := add(name, r.Rest[name]); err != nil {
			return nil, err
		}
	}
	return append(encoded, '}'), nil
}

// content returns what a field says, nil if nothing.
func content(field any) any {
	switch field := field.(type) {
	case *string:
		if *field != "" {
			return *field
		}
	case *int:
		if *field != 0 {
			return *field
		}
	case **float64:
		if *field != nil {
			return **field
		}
	case *json.RawMessage:
		if *field != nil {
			return *field
		}
	case *[]string:
		if *field != nil {
			return *field
		}
	}
	return nil
}
