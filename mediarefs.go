package labelstudio

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// mediaKind says how a file is asked for.
type mediaKind int

const (
	uploadedMedia mediaKind = iota // by its name: 1/0a1b2c3d-cat.png
	storedMedia                    // uploaded, by its path: upload/1/0a1b2c3d-cat.png
	localMedia                     // by its path below the root of local storages
	cloudMedia                     // by its URI
	linkMedia                      // by its URI, from another server
)

// mediaKey stands for a URI: of many URIs it is smaller.
type mediaKey [16]byte

// mediaRef is a file that a task refers to.
type mediaRef struct {
	uri  string // as it stands in the data
	task int64
	kind mediaKind
	at   string // what the server knows the file by; of a link the path, if it may be asked for
	key  mediaKey
}

// refs finds the files that the tasks in a file refer to, as often as they do.
func (m *mediaRun) refs(tasks string) iter.Seq2[mediaRef, error] {
	type task struct {
		ID   int64           `json:"id"`
		Data json.RawMessage `json:"data"`
	}
	return func(yield func(mediaRef, error) bool) {
		file, err := os.Open(tasks)
		if err != nil {
			yield(mediaRef{}, err)
			return
		}
		defer func() { _ = file.Close() }() // it was only read
		for task, err := range elements[task](file, m.core.limits.element, decodeOptions) {
			if err != nil {
				yield(mediaRef{}, err)
				return
			}
			for text, err := range textsOf(task.Data) {
				if err != nil {
					yield(mediaRef{}, err)
					return
				}
				for ref := range m.core.base.mediaIn(text) {
					ref.task = task.ID
					if !yield(ref, nil) {
						return
					}
				}
			}
		}
	}
}

// textsOf yields the texts in a JSON document, without the keys of objects.
func textsOf(data json.RawMessage) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		decoder := jsontext.NewDecoder(bytes.NewReader(data), decodeOptions)
		for {
			token, err := decoder.ReadToken()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield("", err)
				return
			}
			in, count := decoder.StackIndex(decoder.StackDepth())
			isKey := in == '{' && count%2 == 1
			if token.Kind() == '"' && !isKey && !yield(token.String(), nil) {
				return
			}
		}
	}
}

// quotedURI finds what may be a URI in HTML.
var quotedURI = regexp.MustCompile(`"(?:(?:s3|gs|azure-blob|https?)://|/)[^"<>\n]+"|'(?:(?:s3|gs|azure-blob|https?)://|/)[^'<>\n]+'`)

// mediaIn finds the files that a text refers to: the one that the whole text
// is, or else those in quotes. Links in quotes are left out: most of them lead
// to pages.
func (b *baseURL) mediaIn(text string) iter.Seq[mediaRef] {
	return func(yield func(mediaRef) bool) {
		if !strings.Contains(text, "/") {
			return
		}
		if ref, ok := b.mediaOf(strings.TrimSpace(text)); ok {
			yield(ref)
			return
		}
		for { // one by one: all at once take fifty times the text
			match := quotedURI.FindStringIndex(text)
			if match == nil {
				return
			}
			ref, ok := b.mediaOf(text[match[0]+1 : match[1]-1])
			if ok && ref.kind != linkMedia && !yield(ref) {
				return
			}
			text = text[match[1]:]
		}
	}
}

// mediaOf tells what a URI refers to, and whether that may be a file.
func (b *baseURL) mediaOf(uri string) (ref mediaRef, ok bool) {
	ref = mediaRef{uri: uri}
	scheme, rest, _ := strings.Cut(uri, ":")
	switch {
	case strings.ContainsAny(uri, "\r\n"):
		return ref, false
	case strings.HasPrefix(uri, "/"):
		at, query, _ := strings.Cut(uri, "?")
		ok = b.ownMedia(&ref, at, query)
	case scheme == "s3" || scheme == "gs" || scheme == "azure-blob":
		bucket, key, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "/")
		ref.kind, ref.at = cloudMedia, uri
		ok = strings.HasPrefix(rest, "//") && bucket != "" && key != ""
	case scheme == "http" || scheme == "https":
		u, err := url.Parse(uri)
		if err != nil || u.Host == "" || strings.ContainsAny(uri, " \t") {
			return ref, false
		}
		if ok = originOf(u) == b.origin && b.ownMedia(&ref, u.EscapedPath(), u.RawQuery); !ok {
			ref.kind, ok = linkMedia, true
			if originOf(u) != b.origin { // else a page, to which no token may go
				ref.at = cmp.Or(u.Path, "/")
			}
		}
	}
	if ok {
		sum := sha256.Sum256([]byte(uri))
		ref.key = mediaKey(sum[:])
	}
	return ref, ok
}

// ownMedia tells which file of the server a path and query ask for.
func (b *baseURL) ownMedia(ref *mediaRef, at, query string) bool {
	if below, ok := strings.CutPrefix(at, b.prefix); ok && strings.HasPrefix(below, "/") {
		at = below
	}
	if name, ok := strings.CutPrefix(at, "/data/upload/"); ok {
		ref.kind, ref.at = uploadedMedia, name
		if unescaped, err := url.PathUnescape(name); err == nil {
			ref.at = unescaped
		}
		return name != ""
	}
	parameter := ""
	switch strings.TrimSuffix(at, "/") {
	case "/data/local-files":
		ref.kind, parameter = localMedia, "d"
	case "/storage-data/uploaded":
		ref.kind, parameter = storedMedia, "filepath"
	default:
		return false
	}
	values, _ := url.ParseQuery(query) // what is wrong there is another parameter
	if all := values[parameter]; len(all) > 0 {
		ref.at = all[len(all)-1] // as the server takes it
	}
	return ref.at != ""
}

// uploadPrefix is what the server puts before the names of uploaded files.
var uploadPrefix = regexp.MustCompile(`^[0-9a-f]{8}-`)

// name returns the name of the file as far as the URI tells; it may be empty.
func (r *mediaRef) name() string {
	name := safeName(r.at)
	if r.kind == uploadedMedia || r.kind == storedMedia {
		if bare := uploadPrefix.ReplaceAllLiteralString(name, ""); bare != "" {
			return bare
		}
	}
	return name
}

var plainSuffix = regexp.MustCompile(`^\.[A-Za-z0-9]{1,10}$`)

// localName returns the name under which the file is saved. It depends on the
// URI alone, so that it is the same in each export, and no two have the same.
func (r *mediaRef) localName() string {
	const longest = 80 // in bytes, of the part that is for people
	name := r.name()
	suffix := path.Ext(name)
	if !plainSuffix.MatchString(suffix) {
		suffix = ""
	}
	if name = cut(strings.TrimSuffix(name, suffix), longest); name != "" {
		name += "-"
	}
	return name + hex.EncodeToString(r.key[:8]) + suffix
}
