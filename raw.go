package labelstudio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// Raw encodes v as JSON, for the fields whose content is free. Unlike
// [json.Marshal] it leaves <, > and & as they are.
func Raw(v any) (json.RawMessage, error) { return wire.Encode(v) }

// RawMap decodes a JSON object. Its numbers are [json.Number], which keeps all
// of their digits.
func RawMap(raw json.RawMessage) (map[string]any, error) {
	var m map[string]any
	if err := RawInto(raw, &m); err != nil {
		return nil, err
	}
	return m, nil
}

// RawInto decodes the one JSON document in raw into dst, as [json.Unmarshal]
// does, but numbers that land in an empty interface are [json.Number]. An empty
// raw, the JSON null and anything after the document are errors.
func RawInto(raw json.RawMessage, dst any) error {
	err := decodeJSON(bytes.NewReader(raw), dst)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errNull):
		return errors.New("labelstudio: the raw JSON is null: look at it before decoding")
	case len(bytes.TrimSpace(raw)) == 0:
		return errors.New("labelstudio: the raw JSON is empty: look at it before decoding")
	}
	return fmt.Errorf("labelstudio: decoding raw JSON: %w", err)
}
