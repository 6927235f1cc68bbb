package wire

import (
	"bytes"
	"encoding/json"
)

// Encode returns v as JSON. Unlike [json.Marshal] it leaves characters that
// matter to HTML only as they are, so that raw JSON keeps its text.
func Encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
