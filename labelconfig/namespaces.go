package labelconfig

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	xmlURI   = "http://www.w3.org/XML/1998/namespace"
	xmlnsURI = "http://www.w3.org/2000/xmlns/"
)

// namespaces puts the namespaces into the names of an element and its
// attributes, and takes their declarations away.
func (r *reader) namespaces(element *node) *Error {
	for _, a := range element.attrs {
		prefix, declares := declaredPrefix(a.name)
		if !declares {
			continue
		}
		if badNamespace(prefix, a.value) {
			return r.fail(element.offset, a.name+" can't be declared so")
		}
		if !isURI(a.value) {
			r.crashes(element.offset, a.name+" is no valid URI")
		}
		if element.prefixes == nil {
			element.prefixes = map[string]string{}
		}
		element.prefixes[prefix] = a.value
	}
	element.attrs = slices.DeleteFunc(element.attrs, func(a attr) bool {
		_, declares := declaredPrefix(a.name)
		return declares
	})

	var err *Error
	if element.tag, err = r.expand(element, element.rawTag); err != nil {
		return err
	}
	clear(r.seen)
	for i := range element.attrs {
		a := &element.attrs[i]
		if strings.Contains(a.name, ":") { // an attribute is never in the default namespace
			if a.name, err = r.expand(element, a.name); err != nil {
				return err
			}
		}
		if r.seen[a.name] {
			return r.fail(element.offset, "<"+element.rawTag+"> has the attribute "+a.name+" twice")
		}
		r.seen[a.name] = true
		if a.name == xmlID {
			r.id(element, a.value)
		}
	}
	return nil
}

const xmlID = "{" + xmlURI + "}id"

// id checks what libxml2 asks of xml:id.
func (r *reader) id(element *node, id string) {
	if r.ids[id] || !isPlainName(strings.Trim(id, " ")) {
		r.crashes(element.offset, "xml:id is used twice, or is no name")
	}
	r.ids[id] = true
}

// declaredPrefix is the prefix that an attribute declares, "" for the default
// namespace.
func declaredPrefix(name string) (prefix string, declares bool) {
	if name == "xmlns" {
		return "", true
	}
	return strings.CutPrefix(name, "xmlns:")
}

func badNamespace(prefix, uri string) bool {
	return prefix == "xmlns" || uri == xmlnsURI ||
		(prefix == "xml") != (uri == xmlURI) ||
		prefix != "" && uri == "" || strings.Contains(uri, "}")
}

var uriCharacters = regexp.MustCompile(`^([\w\-.~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$`)

// isURI reports whether libxml2 takes a string for a URI. It is stricter in rare
// cases, such as an address of IPv6.
func isURI(s string) bool {
	_, err := url.Parse(s)
	return err == nil && uriCharacters.MatchString(s)
}

// expand replaces the prefix of a name by its namespace.
func (r *reader) expand(element *node, name string) (string, *Error) {
	prefix, local, ok := strings.Cut(name, ":")
	if !ok {
		prefix, local = "", name
	}
	if prefix == "xml" {
		return "{" + xmlURI + "}" + local, nil
	}
	for n := element; n != nil; n = n.parent {
		if uri, ok := n.prefixes[prefix]; ok {
			if uri == "" {
				return local, nil
			}
			return "{" + uri + "}" + local, nil
		}
	}
	if prefix != "" {
		return "", r.fail(element.offset, "the prefix of "+name+" is not declared")
	}
	return local, nil
}
