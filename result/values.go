package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// limit returns a number of the control's attributes.
func (v *valueChecker) limit(attr string, none float64) float64 {
	if limit, err := strconv.ParseFloat(v.control.Attrs[attr], 64); err == nil {
		return limit
	}
	return none
}

func (v *valueChecker) list(key string) ([]any, bool) {
	list, ok := v.value[key].([]any)
	if !ok {
		v.problem(v.path+"."+key, "not a list")
	}
	return list, ok
}

func (v *valueChecker) texts(key string) {
	list, _ := v.list(key)
	for i, text := range list {
		if _, ok := text.(string); !ok {
			v.problem(fmt.Sprintf("%s.%s[%d]", v.path, key, i), "not a text")
		}
	}
}

func (v *valueChecker) text(key string) (string, bool) {
	text, ok := v.value[key].(string)
	if !ok {
		v.problem(v.path+"."+key, "not a text")
	}
	return text, ok
}

func (v *valueChecker) number(key string, low, high float64) (float64, bool) {
	return v.within(v.path+"."+key, v.value[key], low, high)
}

func (v *valueChecker) integer(key string, low, high float64) (float64, bool) {
	return v.whole(v.path+"."+key, v.value[key], low, high)
}

// whole returns a whole number, which may be written as 3.0, that has limits.
func (c *checker) whole(path string, value any, low, high float64) (float64, bool) {
	f, ok := c.within(path, value, low, high)
	if ok && !isWhole(f) {
		c.problem(path, "%v is not a whole number", f)
		return 0, false
	}
	return f, ok
}

// isWhole reports whether a number is one that an int can hold exactly.
func isWhole(f float64) bool { return f == math.Trunc(f) && math.Abs(f) <= math.MaxInt32 }

// epsilon is by how much a number may miss its limits: what is calculated from
// pixels is not exact.
const epsilon = 1e-6

// within returns a number that has limits.
func (c *checker) within(path string, value any, low, high float64) (float64, bool) {
	n, ok := value.(json.Number)
	if !ok {
		c.problem(path, "not a number")
		return 0, false
	}
	f := number(n)
	switch {
	case math.IsInf(f, 0):
		c.problem(path, "%v is too large", n)
	case f >= low-epsilon && f <= high+epsilon:
		return f, true
	case math.IsInf(high, 1):
		c.problem(path, "%v is less than %v", n, low)
	case math.IsInf(low, -1):
		c.problem(path, "%v is more than %v", n, high)
	default:
		c.problem(path, "%v is not within %v and %v", n, low, high)
	}
	return 0, false
}

// number returns the nearest float64, infinite if there is none.
func number(n json.Number) float64 {
	f, _ := n.Float64() // of a number too large it is infinite, and of no other is there an error
	return f
}

// decode decodes an object. Its numbers are [json.Number].
func decode(raw json.RawMessage) (map[string]any, error) {
	var value map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if value == nil {
		return nil, errors.New("null")
	}
	return value, nil
}
