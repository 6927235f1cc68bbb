package labelstudio

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"unicode"
)

// Download is a file that the server sends. Read it to its end and close it;
// closing early ends the transfer. An error while reading means that the file
// is not whole.
type Download struct {
	io.ReadCloser

	// Name is the server's name for the file, made safe: without folders, without
	// characters that a file system may not take or that hide how it ends, and
	// neither hidden nor a device. It may be empty.
	Name string
	// ContentType is the type that the server gives, which is not always one
	// that is registered: "application/.csv".
	ContentType string
	// Size is the length in bytes, or -1 if the server doesn't tell.
	Size int64

	proof    Proof   // what an end without an error shows
	brokeOff bool    // when it was saved: another try may get it whole
	limits   *limits // of the client; nil for the default
	setBy    string  // what set limits.download, if not [WithMaxDownload]
}

func newDownload(body io.ReadCloser, res *http.Response, limits limits) *Download {
	d := &Download{
		limits:      &limits,
		ReadCloser:  body,
		Name:        fileName(res.Header),
		ContentType: res.Header.Get("Content-Type"),
		Size:        pieceOf(res).size,
	}
	if d.Size >= 0 {
		d.ReadCloser, d.proof = &wholeBody{body, d.Size}, ProofLength
	}
	return d
}

// wholeBody is a body of known length. It ends with an error if it is shorter,
// as when a part of a file came where all of it was asked for.
type wholeBody struct {
	io.ReadCloser
	left int64
}

func (b *wholeBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left > 0 && errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// fileName takes the name from Content-Disposition or else from the header
// "filename", which the server sends beside it.
func fileName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if name := plainName(params["filename"]); err == nil && name != "" {
		return name
	}
	return plainName(h.Get("Filename"))
}

// safeName returns the last part of a path with the characters that some file
// system gives a meaning replaced, and those that turn the direction of writing, or
// nothing if nothing is left.
func safeName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Bidi_Control, unicode.Zl, unicode.Zp) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	const longest = 200 // in bytes; most file systems take 255
	// Windows drops these at the end, and a name of dots alone is a folder.
	return strings.TrimRight(cut(name, longest), ". ")
}

// plainName is safeName for a file that has nothing else in its name. A dot in
// front, which hides a file, is taken off.
func plainName(name string) string {
	if name = strings.TrimLeft(safeName(name), ". "); device.MatchString(name) {
		return "_" + name
	}
	return name
}

// device is a name that is no file on Windows, whatever suffix it has.
var device = regexp.MustCompile(`(?i)^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)`)
