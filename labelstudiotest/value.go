package labelstudiotest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A JSON value is nil, a bool, a number, a string, a []any or an object. Unlike
// with encoding/json, objects keep the order of their keys and numbers their
// digits, as they do on the real server.
type (
	object []member
	member struct {
		key   string
		value any
	}
	number string // as Python writes it
)

func (o object) get(key string) (value any, ok bool) {
	for _, m := range o {
		if m.key == key {
			return m.value, true
		}
	}
	return nil, false
}

func (o object) has(key string) bool {
	_, ok := o.get(key)
	return ok
}

// text returns a string, or "" for anything else.
func (o object) text(key string) string {
	value, _ := o.get(key)
	s, _ := value.(string)
	return s
}

// flag returns a bool, or false for anything else.
func (o object) flag(key string) bool {
	value, _ := o.get(key)
	b, _ := value.(bool)
	return b
}

// integer returns an integer, if there is one.
func (o object) integer(key string) (n int64, ok bool) {
	value, _ := o.get(key)
	return asInt(value)
}

// with returns a copy in which key has a value.
func (o object) with(key string, value any) object {
	copied := append(make(object, 0, len(o)+1), o...)
	for i := range copied {
		if copied[i].key == key {
			copied[i].value = value
			return copied
		}
	}
	return append(copied, member{key, value})
}

// pick returns a copy with the keys that keep wants.
func (o object) pick(keep func(key string) bool) object {
	picked := object{}
	for _, m := range o {
		if keep(m.key) {
			picked = append(picked, m)
		}
	}
	return picked
}

// without returns a copy that lacks some keys.
func (o object) without(keys ...string) object {
	return o.pick(func(key string) bool {
		for _, k := range keys {
			if k == key {
				return false
			}
		}
		return true
	})
}

func asInt(value any) (int64, bool) {
	switch v := value.(type) {
	case int64:
		return v, true
	case number:
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func asFloat(value any) (float64, bool) {
	switch v := value.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case number:
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err == nil
	}
	return 0, false
}

// finite says whether a value has numbers only that JSON can have.
func finite(value any) bool {
	switch v := value.(type) {
	case float64:
		return !math.IsInf(v, 0)
	case number:
		f, _ := asFloat(v)
		return !math.IsInf(f, 0) || !strings.ContainsAny(string(v), ".eE")
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !finite(item) })
	case object:
		return !slices.ContainsFunc(v, func(m member) bool { return !finite(m.value) })
	}
	return true
}

// asUTF8 refuses bytes that are no UTF-8, in Python's words.
func asUTF8(text []byte) error {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r != utf8.RuneError || size > 1 {
			i += size
			continue
		}
		reason := "invalid continuation byte"
		switch {
		case text[i] < 0xc2 || text[i] > 0xf4:
			reason = "invalid start byte"
		case !utf8.FullRune(text[i:]):
			reason = "unexpected end of data"
		}
		return fmt.Errorf("'utf-8' codec can't decode byte 0x%02x in position %d: %s", text[i], i, reason)
	}
	return nil
}

// errHalf is of what the real server takes in and then breaks on.
var errHalf = errors.New("a text with half of a surrogate pair")

// halved says whether an escape of JSON is one half of a surrogate pair.
func halved(text []byte) bool {
	escape := func(i int) uint64 {
		if i+6 > len(text) || text[i] != '\\' || text[i+1] != 'u' {
			return 0
		}
		n, _ := strconv.ParseUint(string(text[i+2:i+6]), 16, 16) // or else 0
		return n
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		switch escape(i) >> 10 {
		case 0xd800 >> 10:
			if escape(i+6)>>10 != 0xdc00>>10 {
				return true
			}
			i += 11
		case 0xdc00 >> 10:
			return true
		default:
			i++
		}
	}
	return false
}

// decode reads one JSON value and nothing else.
func decode(text []byte) (any, error) {
	if err := asUTF8(text); err != nil {
		return nil, err
	}
	if halved(text) {
		return nil, errHalf
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := decodeNext(decoder)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one JSON value")
	}
	return value, nil
}

func decodeNext(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Number:
		return pythonNumber(string(v)), nil
	case json.Delim:
		if v == '[' {
			return decodeArray(decoder)
		}
		return decodeObject(decoder)
	}
	return token, nil
}

func decodeArray(decoder *json.Decoder) (any, error) {
	list := []any{}
	for decoder.More() {
		value, err := decodeNext(decoder)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := decoder.Token()
	return list, err
}

func decodeObject(decoder *json.Decoder) (any, error) {
	o := object{}
	seen := map[string]int{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		value, err := decodeNext(decoder)
		if err != nil {
			return nil, err
		}
		if at, again := seen[key]; again {
			o[at].value = value
			continue
		}
		seen[key] = len(o)
		o = append(o, member{key, value})
	}
	_, err := decoder.Token()
	return o, err
}

// empty says whether a value is one that Python takes for false.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case object:
		return len(v) == 0
	}
	f, ok := asFloat(value)
	return ok && f == 0
}
