package labelstudiotest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// file is one that was uploaded.
type file struct {
	id, project, user int64
	name              string // with its folder: upload/1/0a1b2c3d-name.csv
	content           []byte
}

func (f *file) extension() string { return extension(f.name) }

// extension is that of a file's name, as Python sees it: a name that only begins
// with a dot has none.
func extension(name string) string {
	return path.Ext(strings.TrimLeft(path.Base(name), "."))
}

var extensions = strings.Fields(`.bmp .csv .flac .gif .htm .html .jpg .jpeg .json .m4a .mp3 .ogg .png .svg .tsv .txt .wav
	.xml .mp4 .webm .webp .pdf`)

// part is a file of a form.
type part struct {
	field, name string
	content     []byte
}

// parts reads the files of a form. Of those under the same name, only the last counts.
func (c *call) parts() ([]part, error) {
	_, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return nil, fail(400, "Multipart form parse error - "+err.Error())
	}
	var list []part
	count := 0
	reader := multipart.NewReader(bytes.NewReader(c.Body), params["boundary"])
	for {
		p, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fail(400, "Multipart form parse error - "+err.Error())
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return nil, fail(400, "Multipart form parse error - "+err.Error())
		}
		if p.FileName() == "" {
			continue
		}
		if count++; count > maxFiles {
			return nil, fail(500, "The number of files exceeded settings.DATA_UPLOAD_MAX_NUMBER_FILES.")
		}
		one := part{p.FormName(), p.FileName(), content}
		if i := slices.IndexFunc(list, func(other part) bool { return other.field == one.field }); i >= 0 {
			list[i] = one
			continue
		}
		list = append(list, one)
	}
}

// upload keeps a file under a name that no other has.
func (s *Server) upload(p *project, by *user, name string, content []byte) *file {
	f := &file{project: p.id, user: by.id, name: uploadName(p.id, name), content: content}
	return s.state.files.add(f, func(id int64) { f.id = id })
}

// uploadName makes a name of at most 100 characters. A longer one is cut and gets
// seven more at its end.
func uploadName(project int64, name string) string {
	name = strings.ReplaceAll(strings.TrimSpace(path.Base(name)), " ", "_")
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("-_.", r) {
			return r
		}
		return -1
	}, name)
	name = fmt.Sprintf("upload/%d/%s-%s", project, randomHex(4), name)
	if utf8.RuneCountInString(name) <= maxFileName {
		return name
	}
	ext := extension(name)
	end := "_" + randomHex(4)[1:] + ext
	root := []rune(strings.TrimSuffix(name, ext))
	return string(root[:max(maxFileName-utf8.RuneCountInString(end), 0)]) + end
}

const (
	maxFileName = 100
	maxFiles    = 100 // of a form
)

func (s *Server) loadFiles(c *call, p *project) (*loaded, error) {
	parts, err := c.parts()
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, invalid(nonField, "load_tasks: No data found in DATA or in FILES")
	}
	for _, one := range parts {
		if ext := extension(one.name); !slices.Contains(extensions, strings.ToLower(ext)) {
			return nil, invalidf(nonField, "%s extension is not supported", ext)
		}
	}
	var files []*file
	for _, one := range parts {
		files = append(files, s.upload(p, c.user, one.name, one.content))
	}
	return s.read(c, p, files)
}

// loadURL fetches what is to be imported, or reads it from the form itself.
func (s *Server) loadURL(c *call, p *project, address string) (*loaded, error) {
	if address == "" {
		return nil, invalid(nonField, `"url" is not found in request data`)
	}
	if _, err := decode([]byte(address)); err == nil {
		return s.read(c, p, []*file{s.upload(p, c.user, "inplace.json", []byte(address))})
	}
	name, content, err := s.fetch(c.ctx, address)
	if err != nil {
		return nil, invalid(nonField, err.Error())
	}
	if p, err = s.projectOf(c); err != nil { // deleted meanwhile
		return nil, err
	}
	return s.read(c, p, []*file{s.upload(p, c.user, name, content)})
}

// fetch reads an address, and returns the name that its path ends with. The server
// is unlocked meanwhile, as the address may be one of its own, or of a test that
// asks it.
func (s *Server) fetch(ctx context.Context, address string) (name string, content []byte, err error) {
	s.mu.Unlock()
	defer s.mu.Lock()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", nil, err
	}
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return "", nil, err
	}
	content, err = io.ReadAll(resp.Body)
	return path.Base(resp.Request.URL.Path), content, errors.Join(err, resp.Body.Close())
}

// read makes tasks of files.
func (s *Server) read(c *call, p *project, files []*file) (*loaded, error) {
	in := &loaded{files: []int64{}, formats: object{}, columns: []any{}}
	var common []string
	for _, f := range files {
		items, err := p.readFile(f)
		if errors.Is(err, errOddLines) || errors.Is(err, errHalf) {
			return nil, s.unknown(c.Operation+" of "+err.Error(), c)
		}
		if err != nil {
			return nil, invalidf(nonField, "Failed to parse input file %s: %v", path.Base(f.name), err)
		}
		for _, item := range items {
			in.items = append(in.items, item.with("file_upload_id", f.id))
		}
		ext := f.extension()
		in.table = in.table || ext == ".csv" || ext == ".tsv" || ext == ".txt"
		in.files = append(in.files, f.id)
		n, _ := in.formats.integer(ext)
		in.formats = in.formats.with(ext, n+1)
		if len(items) == 0 {
			continue
		}
		var keys []string
		data, _ := items[0].get("data")
		for _, m := range data.(object) {
			keys = append(keys, m.key)
		}
		if common == nil {
			common = keys
			continue
		}
		both := slices.DeleteFunc(slices.Clone(common), func(key string) bool { return !slices.Contains(keys, key) })
		if len(both) == 0 {
			return nil, clash(f.name, keys, common)
		}
		common = both
	}
	for _, key := range common {
		in.columns = append(in.columns, key)
	}
	if len(in.items) == 0 {
		return nil, invalid(nonField, "load_tasks: No tasks added")
	}
	return in, nil
}

// clash refuses files that have no property in common.
func clash(name string, keys, before []string) error {
	given, known := strings.Join(keys, ","), strings.Join(before, ",")
	reason := fmt.Sprintf("uploading tabular data from \"%s\" with data key(s) \"%s\", clashes with data key(s) found from other files:\n\"%s\"", name, given, known)
	switch {
	case given == undefinedKey:
		reason = fmt.Sprintf("uploading a single file %s clashes with data key(s) found from other files:\n\"%s\"", name, known)
	case known == undefinedKey:
		reason = fmt.Sprintf("uploading tabular data from %s with data key(s) %s, clashes with other raw binary files (images, audios, etc.)", name, given)
	}
	return invalid(nonField, "You're trying to import inconsistent data:\n"+reason)
}

func (p *project) readFile(f *file) ([]object, error) {
	ext := f.extension()
	switch ext {
	case ".csv":
		first, _, _ := bytes.Cut(f.content, []byte("\n"))
		if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
			return readTable(f.content, ';')
		}
		return readTable(f.content, ',')
	case ".tsv":
		return readTable(f.content, '\t')
	case ".txt":
		return readLines(f.content)
	case ".json":
		return readJSON(f.content)
	}
	config, err := labelconfig.Parse(p.config())
	if err != nil || len(config.Objects) > 1 {
		return nil, errors.New("Your label config has more than one data key and direct file upload supports only " + //nolint:staticcheck // in the server's words
			"one data key. To import data with multiple data keys, use a JSON or CSV file.")
	}
	if ext == ".html" || ext == ".htm" || ext == ".xml" {
		if err := asUTF8(f.content); err != nil {
			return nil, err
		}
		return []object{nameless(string(f.content))}, nil
	}
	return []object{nameless("/data/" + f.name)}, nil
}

// nameless is a task of one value whose name the label config knows.
func nameless(value string) object { return object{{"data", object{{undefinedKey, value}}}} }

// readLines makes a task of each line, whichever of the characters that Python
// knows ends it.
func readLines(content []byte) ([]object, error) {
	if err := asUTF8(content); err != nil {
		return nil, err
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	var items []object
	for text != "" {
		end := strings.IndexAny(text, "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029")
		if end < 0 {
			return append(items, nameless(text)), nil
		}
		items = append(items, nameless(text[:end]))
		_, size := utf8.DecodeRuneInString(text[end:])
		text = text[end+size:]
	}
	return items, nil
}

func readJSON(content []byte) ([]object, error) {
	if err := asUTF8(content); err != nil {
		return nil, err
	}
	value, err := decode(content)
	if errors.Is(err, errHalf) {
		return nil, err
	}
	if err != nil {
		return nil, errors.New("Expected object or value") //nolint:staticcheck // in the server's words
	}
	if o, ok := value.(object); ok {
		value = []any{o}
	}
	list, ok := value.([]any)
	if text, isText := value.(string); isText && text != "" {
		list, ok = []any{text}, true // each character, the first of which fails
	}
	if !ok {
		return nil, fmt.Errorf("'%s' object is not iterable", pythonType(value))
	}
	var items []object
	for _, item := range list {
		o, ok := item.(object)
		if !ok {
			return nil, fmt.Errorf("'%s' object has no attribute 'get'", pythonType(item))
		}
		data, _ := o.get("data")
		if data == nil || data == "" {
			o = object{{"data", o}}
		}
		if data, _ := o.get("data"); pythonType(data) != "dict" {
			return nil, errors.New("Task item should be dict")
		}
		items = append(items, o)
	}
	return items, nil
}
