package labelconfig

import (
	"encoding/xml"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The server reads a label config with expat, and once more with libxml2.
// encoding/xml is more lenient than both: it takes several roots, the same
// attribute twice, undeclared prefixes, a declaration anywhere, references to
// what is no character. So this is a reader of its own, of XML without a
// doctype, which the server forbids.

const (
	maxDepth = 256   // of elements in elements, libxml2's limit
	maxName  = 50000 // bytes, libxml2's limit

	xmlURI   = "http://www.w3.org/XML/1998/namespace"
	xmlnsURI = "http://www.w3.org/2000/xmlns/"
)

// node is an element. Comments and processing instructions are left out, as
// the server leaves them out.
type node struct {
	tag      string // {URI}name if it is in a namespace
	attrs    []attr
	text     strings.Builder // up to the first element in it
	tail     strings.Builder // from its end to the next element or its parent's end
	parent   *node
	children []*node
	offset   int // where it starts

	rawTag   string            // as written, which the end tag must be, too
	prefixes map[string]string // the namespaces that it declares, nil for none
}

type attr struct{ name, value string }

// attr returns the value of an attribute, "" if the element has none.
func (n *node) attr(name string) string {
	value, _ := n.lookup(name)
	return value
}

func (n *node) lookup(name string) (string, bool) {
	for _, a := range n.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// all calls f for an element and all below it, in the order of the XML.
func (n *node) all(f func(*node)) {
	f(n)
	for _, child := range n.children {
		child.all(f)
	}
}

// path is View/Choices[2] for the second Choices of the root.
func (n *node) path() string {
	if n.parent == nil {
		return n.tag
	}
	same := slices.DeleteFunc(slices.Clone(n.parent.children), func(other *node) bool { return other.tag != n.tag })
	path := n.parent.path() + "/" + n.tag
	if len(same) > 1 {
		path += "[" + strconv.Itoa(slices.Index(same, n)+1) + "]"
	}
	return path
}

// document is what a label config is read into.
type document struct {
	src  string
	root *node
	// crash is the first thing that expat takes and at which the server fails
	// later.
	crash *Error
}

// problem is an error at an offset.
func (d *document) problem(kind Kind, offset int, reason string) *Error {
	before := d.src[:offset]
	return &Error{
		Kind:   kind,
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1,
		Reason: reason,
	}
}

type reader struct {
	document
	pos   int
	open  *node           // nil before and after the root
	depth int             // of open, 1 for the root
	seen  map[string]bool // the attributes of an element
	ids   map[string]bool // values of xml:id
}

func read(config string) (*document, *Error) {
	r := &reader{document: document{src: config}, seen: map[string]bool{}, ids: map[string]bool{}}
	if err := r.read(); err != nil {
		return nil, err
	}
	return &r.document, nil
}

func (r *reader) fail(offset int, reason string) *Error { return r.problem(KindSyntax, offset, reason) }

func (r *reader) crashes(offset int, reason string) {
	if r.crash == nil {
		r.crash = r.problem(KindCrash, offset, reason)
	}
}

func (r *reader) read() *Error {
	// The server trims what Python takes for white space.
	r.pos = len(r.src) - len(strings.TrimLeftFunc(r.src, isPythonSpace))
	r.src = strings.TrimRightFunc(r.src, isPythonSpace)
	if r.pos >= len(r.src) {
		return r.fail(0, "it is empty: write at least <View></View>")
	}
	if err := r.characters(); err != nil {
		return err
	}
	if namesEncoding.MatchString(r.src[r.pos:]) {
		r.crashes(r.pos, "the XML declaration names an encoding: leave that out")
	}
	r.skip("\ufeff")
	if err := r.declaration(); err != nil {
		return err
	}
	for r.pos < len(r.src) {
		if err := r.next(); err != nil {
			return err
		}
	}
	switch {
	case r.open != nil:
		return r.fail(r.open.offset, "<"+r.open.rawTag+"> is not closed")
	case r.root == nil:
		return r.fail(len(r.src), "there is no element")
	}
	return nil
}

// characters refuses what may not be in XML at all.
func (r *reader) characters() *Error {
	for i, c := range r.src[r.pos:] {
		i += r.pos
		switch {
		case c == utf8.RuneError && !strings.HasPrefix(r.src[i:], "\ufffd"):
			return r.fail(i, "it is not UTF-8")
		case !isXMLChar(c):
			return r.fail(i, "the character "+strconv.QuoteRune(c)+" can't be in XML")
		}
	}
	return nil
}

// namesEncoding is what libxml2's reader refuses in a string that is decoded
// already.
var namesEncoding = regexp.MustCompile(`^<\?xml[^>]+\sencoding\s*=\s*["'][^"']*["']`)

var xmlVersion = regexp.MustCompile(`^.1\.[0-9]*.$`)

// declaration reads the XML declaration, which can only be at the start.
func (r *reader) declaration() *Error {
	rest, ok := strings.CutPrefix(r.src[r.pos:], "<?xml")
	if !ok || rest == "" || !isSpace(rest[0]) {
		return nil
	}
	match := xmlDeclaration.FindStringSubmatch(r.src[r.pos:])
	if match == nil {
		return r.fail(r.pos, "the XML declaration is malformed: leave it out")
	}
	if !xmlVersion.MatchString(match[1]) {
		r.crashes(r.pos, "the XML version is "+match[1]+": leave the declaration out")
	}
	r.pos += len(match[0])
	return nil
}

// next reads one piece: a tag, a text, a comment and so on.
func (r *reader) next() *Error {
	rest := r.src[r.pos:]
	switch {
	case rest[0] != '<':
		return r.characterData()
	case strings.HasPrefix(rest, "<!--"):
		return r.comment()
	case strings.HasPrefix(rest, "<![CDATA[") && r.open != nil:
		return r.cdata()
	case strings.HasPrefix(rest, "<?"):
		return r.instruction()
	case strings.HasPrefix(rest, "<!DOCTYPE"):
		return r.fail(r.pos, "the server forbids a DOCTYPE: leave it out")
	case strings.HasPrefix(rest, "</"):
		return r.endTag()
	default:
		return r.startTag()
	}
}

func (r *reader) characterData() *Error {
	start, rest := r.pos, r.src[r.pos:]
	if end := strings.IndexByte(rest, '<'); end >= 0 {
		rest = rest[:end]
	}
	r.pos += len(rest)
	if r.open == nil {
		if i := strings.IndexFunc(rest, func(c rune) bool { return c > ' ' }); i >= 0 {
			return r.fail(start+i, "there is text outside of the root element")
		}
		return nil
	}
	if i := strings.Index(rest, "]]>"); i >= 0 {
		return r.fail(start+i, "]]> stands in a text: write ]]&gt;")
	}
	text, err := r.unescape(rest, start, newlines)
	if err != nil {
		return err
	}
	r.add(text)
	return nil
}

// add puts text where it belongs, behind the last element that has ended.
func (r *reader) add(text string) {
	if n := len(r.open.children); n > 0 {
		r.open.children[n-1].tail.WriteString(text)
	} else {
		r.open.text.WriteString(text)
	}
}

func (r *reader) comment() *Error {
	start := r.pos
	end := strings.Index(r.src[start+4:], "--")
	if end < 0 {
		return r.fail(start, "the comment is not closed")
	}
	r.pos = start + 4 + end + 2
	if !r.skip(">") {
		return r.fail(r.pos-2, "-- stands in a comment")
	}
	return nil
}

func (r *reader) cdata() *Error {
	start := r.pos + len("<![CDATA[")
	end := strings.Index(r.src[start:], "]]>")
	if end < 0 {
		return r.fail(r.pos, "the CDATA section is not closed")
	}
	r.add(newlines.Replace(r.src[start : start+end]))
	r.pos = start + end + 3
	return nil
}

// pseudoAttribute is what libxml2's reader takes for an attribute of a processing
// instruction.
var pseudoAttribute = regexp.MustCompile(`\s([\pL\pN_]+)\s*=\s*(?:'([^']*)'|"([^"]*)")`)

// named reports whether a processing instruction has the attribute name. The
// last one counts.
func named(instruction string) bool {
	value := ""
	for _, match := range pseudoAttribute.FindAllStringSubmatch(instruction, -1) {
		if match[1] == "name" {
			value = match[2] + match[3]
		}
	}
	return value != ""
}

func (r *reader) instruction() *Error {
	start := r.pos
	r.pos += 2
	target := r.scanName()
	end := strings.Index(r.src[r.pos:], "?>")
	if !isName(target) || strings.Contains(target, ":") || end < 0 || end > 0 && !isSpace(r.src[r.pos]) {
		return r.fail(start, "the processing instruction is malformed: leave it out")
	}
	if strings.EqualFold(target, "xml") {
		return r.fail(start, "the XML declaration is not at the start")
	}
	// The server takes it for a tag, and it has no tag's name.
	if r.open != nil && named(r.src[r.pos:r.pos+end]) {
		r.crashes(start, "a processing instruction says name=: leave it out")
	}
	r.pos += end + 2
	return nil
}

func (r *reader) endTag() *Error {
	start := r.pos
	r.pos += 2
	name := r.scanName()
	r.space()
	if !r.skip(">") {
		return r.fail(start, "the end tag is malformed")
	}
	switch {
	case r.open == nil:
		return r.fail(start, "</"+name+"> closes nothing")
	case r.open.rawTag != name:
		return r.fail(start, "</"+name+"> closes <"+r.open.rawTag+">")
	}
	r.open = r.open.parent
	r.depth--
	return nil
}

func (r *reader) startTag() *Error {
	start := r.pos
	r.pos++
	tag := r.scanName()
	if len(tag) > maxName {
		r.crashes(start, "the name of the tag is too long")
	}
	if !isName(tag) {
		return r.fail(start, "< begins no tag: write &lt; for the character")
	}
	if r.root != nil && r.open == nil {
		return r.fail(start, "there is a second root element: put both into one <View>")
	}
	element := &node{parent: r.open, offset: start, rawTag: tag}
	closed, err := r.attributes(element)
	if err != nil {
		return err
	}
	if err := r.namespaces(element); err != nil {
		return err
	}
	if r.open == nil {
		r.root = element
	} else {
		r.open.children = append(r.open.children, element)
	}
	// No part of the server reads more, so all that follows can descend.
	if r.depth == maxDepth {
		return r.problem(KindCrash, start, "there are more than "+strconv.Itoa(maxDepth)+" elements in each other")
	}
	if !closed {
		r.open = element
		r.depth++
	}
	return nil
}

// attributes reads the rest of a start tag, and whether it closes itself.
func (r *reader) attributes(element *node) (closed bool, err *Error) {
	clear(r.seen)
	for {
		spaced := r.space()
		switch {
		case r.skip("/>"):
			return true, nil
		case r.skip(">"):
			return false, nil
		case r.pos == len(r.src):
			return false, r.fail(element.offset, "the tag <"+element.rawTag+" is not closed")
		}
		start := r.pos
		name := r.scanName()
		if !isName(name) || !spaced {
			return false, r.fail(start, "the tag <"+element.rawTag+" has a malformed attribute")
		}
		if len(name) > maxName {
			r.crashes(start, "the name of the attribute is too long")
		}
		if r.seen[name] {
			return false, r.fail(start, "<"+element.rawTag+"> has the attribute "+name+" twice")
		}
		r.seen[name] = true
		value, err := r.attributeValue(name)
		if err != nil {
			return false, err
		}
		element.attrs = append(element.attrs, attr{name, value})
	}
}

func (r *reader) attributeValue(name string) (string, *Error) {
	start := r.pos
	r.space()
	if !r.skip("=") {
		return "", r.fail(start, "the attribute "+name+" has no value")
	}
	r.space()
	if r.pos == len(r.src) || r.src[r.pos] != '"' && r.src[r.pos] != '\'' {
		return "", r.fail(start, "the value of the attribute "+name+" is not in quotes")
	}
	value := r.src[r.pos+1:]
	end := strings.IndexByte(value, r.src[r.pos])
	if end < 0 {
		return "", r.fail(start, "the value of the attribute "+name+" is not closed")
	}
	value = value[:end]
	if i := strings.IndexByte(value, '<'); i >= 0 {
		return "", r.fail(r.pos+1+i, "< stands in the attribute "+name+": write &lt;")
	}
	r.pos += end + 2
	return r.unescape(value, r.pos-1-end, spaces)
}

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

// skip goes past a string if it is next.
func (r *reader) skip(s string) bool {
	if !strings.HasPrefix(r.src[r.pos:], s) {
		return false
	}
	r.pos += len(s)
	return true
}

// space goes past white space and reports whether there was any.
func (r *reader) space() bool {
	start := r.pos
	for r.pos < len(r.src) && isSpace(r.src[r.pos]) {
		r.pos++
	}
	return r.pos > start
}

// scanName goes past what looks like a name; isName says whether it is one.
func (r *reader) scanName() string {
	start := r.pos
	for r.pos < len(r.src) && (isNameByte(r.src[r.pos]) || r.src[r.pos] >= utf8.RuneSelf) {
		r.pos++
	}
	return r.src[start:r.pos]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_:-.", c) >= 0
}

// isName reports whether a string that scanName returned is a name with at most
// one prefix.
func isName(s string) bool {
	prefix, local, prefixed := strings.Cut(s, ":")
	return isPlainName(prefix) && (!prefixed || isPlainName(local))
}

func isPlainName(s string) bool {
	if s == "" || s[0] == '-' || s[0] == '.' || '0' <= s[0] && s[0] <= '9' {
		return false
	}
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
		} else if s[i] == ':' || !isNameByte(s[i]) {
			return false
		}
	}
	if ascii {
		return true
	}
	// encoding/xml has the table of letters that expat has.
	_, err := xml.NewDecoder(strings.NewReader("<" + s + "/>")).RawToken()
	return err == nil
}

// isXMLChar reports whether XML can hold a character, written or by reference.
func isXMLChar(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || ' ' <= c && c < 0xd800 || 0xe000 <= c && c < 0xfffe ||
		0x10000 <= c && c <= utf8.MaxRune
}

// What becomes of white space in texts and in attributes.
var (
	newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	spaces   = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ")
)

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

// unescape resolves the references of a text or attribute that begins at an
// offset.
func (r *reader) unescape(raw string, offset int, whiteSpace *strings.Replacer) (string, *Error) {
	var text strings.Builder
	for {
		before, after, found := strings.Cut(raw, "&")
		if !found && text.Len() == 0 {
			return whiteSpace.Replace(raw), nil
		}
		text.WriteString(whiteSpace.Replace(before))
		if !found {
			return text.String(), nil
		}
		offset += len(before)
		name, rest, found := strings.Cut(after, ";")
		char, ok := reference(name)
		if !found || !ok {
			return "", r.fail(offset, "& begins no known reference: write &amp; for the character")
		}
		text.WriteString(char)
		offset += len("&") + len(name) + len(";")
		raw = rest
	}
}

// reference is what the name between & and ; stands for.
func reference(name string) (string, bool) {
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		char, ok := entities[name]
		return char, ok
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	digits = strings.TrimLeft(digits, "0")
	c, err := strconv.ParseUint(digits, base, 31)
	return string(rune(c)), err == nil && isXMLChar(rune(c))
}
