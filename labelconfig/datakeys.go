package labelconfig

import (
	"slices"
	"strings"
)

// DataKey is a key of a task's data that a label config reads.
type DataKey struct {
	// Key is as the config has it, without the $: "text", "page.title" or
	// "images[{{idx}}].url".
	Key string
	// Path is where the value is in the data: [text], [page title], [images].
	Path []string
	// Item is where the value is in each item of the list at Path, for a key of
	// a Repeater: [url], or nothing if the items are the values.
	Item []string
	// Required is false if the server imports tasks that lack the key. The
	// editor then shows nothing, or an error, in its place.
	Required bool
	// Types are what the value can be. They are about the list if the key is of
	// a Repeater.
	Types []Type
	// URL says that a string is the address of what is shown.
	URL bool
	// Uses are the tags that read it. The last one, or the last Video if there
	// is one, says what the types are.
	Uses []Use
}

// Use is an attribute of a tag that reads a key of the data.
type Use struct {
	Tag       string // "Text"
	Name      string // of the tag, "" for one without
	Attribute string // "value"
}

// Type is a type of JSON.
type Type string

// The types of JSON.
const (
	TypeString  Type = "string"
	TypeNumber  Type = "number"
	TypeBoolean Type = "boolean"
	TypeList    Type = "list"
	TypeObject  Type = "object"
	TypeNull    Type = "null"
)

// importTypes is what the server imports for a tag: a boolean wherever it takes
// a number, and strings only for any other tag.
var importTypes = map[string][]Type{
	"Text":              {TypeString, TypeNumber, TypeBoolean, TypeList},
	"Header":            {TypeString, TypeNumber, TypeBoolean},
	"Image":             {TypeString, TypeList},
	"Paragraphs":        {TypeList, TypeString},
	"Chat":              {TypeList, TypeString},
	"Table":             {TypeObject, TypeList, TypeString},
	"TimeSeries":        {TypeObject, TypeList, TypeString},
	"TimeSeriesChannel": {TypeObject, TypeList, TypeString},
	"List":              {TypeList, TypeString},
	"Choices":           {TypeString, TypeList},
	"PolygonLabels":     {TypeString, TypeList},
	"Labels":            {TypeString, TypeList},
	"BrushLabels":       {TypeString, TypeList},
	"EllipseLabels":     {TypeString, TypeList},
	"HyperTextLabels":   {TypeString, TypeList},
	"KeyPointLabels":    {TypeString, TypeList},
	"ParagraphLabels":   {TypeString, TypeList},
	"RectangleLabels":   {TypeString, TypeList},
	"TimeSeriesLabels":  {TypeString, TypeList},
	"Taxonomy":          {TypeString, TypeList, TypeNull},
	"Ranker":            {TypeList, TypeString},
}

// DataKeys returns the keys of a task's data that the config reads, in the order
// of the XML.
//
// Those that the server asks for when it imports are what stands in value of a
// tag with a name, below the root: $text, or the first variable in "about $text".
// It asks for nothing else, neither valueList, nor the value of a Header without
// a name.
func (c *Config) DataKeys() []DataKey {
	if c == nil {
		return nil
	}
	return slices.Clone(c.keys)
}

// addKeys notes the keys that an element reads.
func (b *builder) addKeys(n *node) {
	for _, a := range n.attrs {
		if !slices.Contains([]string{"value", "valueList", "on", "data", "audioUrl"}, a.name) {
			continue
		}
		if name, ok := variable(a.value); ok {
			b.addKey(n, a.name, name)
		}
	}
}

// variable is the name of the variable in an attribute.
func variable(value string) (name string, ok bool) {
	if len(value) > 1 && value[0] == '$' {
		return value[1:], true
	}
	for {
		if _, value, ok = strings.Cut(value, "$"); !ok {
			return "", false
		}
		end := strings.IndexFunc(value, func(c rune) bool { return !isWord(c) })
		if end < 0 {
			end = len(value)
		}
		if end > 0 {
			return value[:end], true
		}
	}
}

func (b *builder) addKey(n *node, attribute, name string) {
	i, known := b.keyAt[name]
	if !known {
		list, item, _ := strings.Cut(name, "[")
		_, item, _ = strings.Cut(item, "]")
		b.keys = append(b.keys, DataKey{Key: name, Path: strings.Split(list, ".")})
		i = len(b.keys) - 1
		b.keyAt[name] = i
		item, _, _ = strings.Cut(item, "[") // of lists in lists only the outer one
		if item = strings.TrimPrefix(item, "."); item != "" {
			b.keys[i].Item = strings.Split(item, ".")
		}
	}
	key := &b.keys[i]
	key.Uses = append(key.Uses, Use{n.tag, n.attr("name"), attribute})

	required := attribute == "value" && n.attr("name") != "" && n.parent != nil
	if key.Required && (!required || b.videos[name]) {
		return // others have said what it must be
	}
	b.videos[name] = required && n.tag == "Video"
	key.Required = required
	key.Types = types(n, attribute, name)
	key.URL = isURLOf(n, attribute)
}

// decisive is the use that says what the types are.
func (k DataKey) decisive() Use {
	decisive := k.Uses[len(k.Uses)-1]
	for _, use := range k.Uses {
		asks := use.Attribute == "value" && use.Name != ""
		if k.Required && asks && (use.Tag == "Video" || decisive.Tag != "Video") {
			decisive = use
		}
	}
	return decisive
}

func types(n *node, attribute, name string) []Type {
	switch {
	case strings.Contains(name, "["), attribute == "on", attribute == "valueList":
		return []Type{TypeList}
	case attribute == "data":
		return []Type{TypeString, TypeNumber, TypeBoolean, TypeList, TypeObject, TypeNull}
	case importTypes[n.tag] != nil:
		return slices.Clone(importTypes[n.tag])
	case attribute == "value" && n.attr("name") == "":
		return []Type{TypeString, TypeNumber, TypeBoolean} // a text, as in a Header
	}
	return []Type{TypeString}
}

func isURLOf(n *node, attribute string) bool {
	switch n.tag {
	case "Image", "Audio", "AudioPlus", "Video", "Pdf":
		return true
	case "TimeSeries":
		return n.attr("valueType") != "json"
	}
	return n.attr("valueType") == "url" || attribute == "audioUrl"
}
