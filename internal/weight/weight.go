// Package weight estimates what a text takes in memory when it is decoded: a list
// of empty objects takes some hundred times its bytes.
package weight

import "bytes"

// Most is how many times its limit in bytes a text may weigh.
const Most = 8

// What is counted beside the bytes: an object becomes a struct of some hundred
// bytes, an item an interface, a text or a pointer, and a list that grows is there
// twice for a moment.
const (
	Object = 1024
	Item   = 64
)

// JSON is what a part of a JSON document weighs.
func JSON(p []byte) int64 {
	lists := bytes.Count(p, []byte("["))
	return int64(len(p) + Object*bytes.Count(p, []byte("{")) + Item*(lists+bytes.Count(p, []byte(","))))
}

// Table is what a part of a table weighs, whatever separates its values.
func Table(p []byte) int64 {
	values := bytes.Count(p, []byte(",")) + bytes.Count(p, []byte(";")) + bytes.Count(p, []byte("\t"))
	return int64(len(p) + Item*values)
}
