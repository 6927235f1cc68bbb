package labelconfig

import (
	"regexp"
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
)

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

var xmlDeclaration = regexp.MustCompile(`^<\?xml\s+version\s*=\s*("[\w.-]*"|'[\w.-]*')` +
	`(\s+encoding\s*=\s*("[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?` +
	`(\s+standalone\s*=\s*("(yes|no)"|'(yes|no)'))?\s*\?>`)

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
