// Package jsondiff tells whether a document is still itself after it was decoded
// and encoded again. It is for tests.
package jsondiff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Differences lists where kept is not what was sent: keys, nulls and integers
// must be the same, other numbers have the same value, and date-times be the
// same instant.
func Differences(sent, kept []byte) ([]string, error) {
	a, err := decode(sent)
	if err != nil {
		return nil, fmt.Errorf("what was sent: %w", err)
	}
	b, err := decode(kept)
	if err != nil {
		return nil, fmt.Errorf("what was kept: %w", err)
	}
	return compare("", a, b), nil
}

func decode(document []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	return value, decoder.Decode(&value)
}

func compare(at string, a, b any) (list []string) {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok {
			break
		}
		keys := maps.Clone(a)
		maps.Copy(keys, b)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			x, sent := a[key]
			y, kept := b[key]
			if sent != kept {
				list = append(list, fmt.Sprintf("%s.%s: sent %v, kept %v", at, key, sent, kept))
				continue
			}
			list = append(list, compare(at+"."+key, x, y)...)
		}
		return list
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			break
		}
		for i := range a {
			list = append(list, compare(fmt.Sprintf("%s[%d]", at, i), a[i], b[i])...)
		}
		return list
	case json.Number:
		if b, ok := b.(json.Number); ok && sameNumber(a.String(), b.String()) {
			return nil
		}
	case string:
		if b, ok := b.(string); ok && (a == b || sameInstant(a, b)) {
			return nil
		}
	default:
		if a == b {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: %v became %v", at, a, b)}
}

// sameNumber compares integers digit by digit, others by their value.
func sameNumber(a, b string) bool {
	if a == b || !strings.ContainsAny(a, ".eE") {
		return a == b
	}
	x, ok := new(big.Rat).SetString(a)
	y, okToo := new(big.Rat).SetString(b)
	return ok && okToo && x.Cmp(y) == 0
}

func sameInstant(a, b string) bool {
	x, err := time.Parse(time.RFC3339Nano, a)
	y, errToo := time.Parse(time.RFC3339Nano, b)
	return err == nil && errToo == nil && x.Equal(y)
}
