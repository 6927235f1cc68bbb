package labelstudiotest

import (
	"bytes"
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

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// file is one that was uploaded.
type file struct {
	id, project, user int64
	name              string // with its folder: upload/1/0a1b2c3d-name.csv
	content           []byte
}

func (f *file) extension() string { return path.Ext(f.name) }

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

func uploadName(project int64, name string) string {
	return fmt.Sprintf("upload/%d/%s-%s", project, randomHex(4), strings.ReplaceAll(path.Base(name), " ", "_"))
}

func (s *Server) loadFiles(c *call, p *project) (*loaded, error) {
	parts, err := c.parts()
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, invalid(nonField, "load_tasks: No data found in DATA or in FILES")
	}
	for _, one := range parts {
		if ext := path.Ext(one.name); !slices.Contains(extensions, strings.ToLower(ext)) {
			return nil, invalidf(nonField, "%s extension is not supported", ext)
		}
	}
	var files []*file
	for _, one := range parts {
		files = append(files, s.upload(p, c.user, one.name, one.content))
	}
	return s.read(p, files, true)
}

// loadURL fetches what is to be imported, or reads it from the form itself.
func (s *Server) loadURL(c *call, p *project, address string) (*loaded, error) {
	if address == "" {
		return nil, invalid(nonField, `"url" is not found in request data`)
	}
	if _, err := decode([]byte(address)); err == nil {
		return s.read(p, []*file{s.upload(p, c.user, "inplace.json", []byte(address))}, true)
	}
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(address)
	if err != nil {
		return nil, invalid(nonField, err.Error())
	}
	content, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, invalid(nonField, err.Error())
	}
	return s.read(p, []*file{s.upload(p, c.user, path.Base(resp.Request.URL.Path), content)}, true)
}

// read makes tasks of files.
func (s *Server) read(p *project, files []*file, asList bool) (*loaded, error) {
	in := &loaded{files: []int64{}, formats: object{}, columns: []any{}}
	var common []string
	for _, f := range files {
		items, err := p.readFile(f, asList)
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
			return nil, invalidf(nonField, "You're trying to import inconsistent data:\nuploading %s with data key(s) %s, clashes with "+
				"data key(s) found from other files:\n\"%s\"", f.name, strings.Join(keys, ","), strings.Join(common, ","))
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

func (p *project) readFile(f *file, asList bool) ([]object, error) {
	ext := f.extension()
	switch {
	case ext == ".csv" && asList:
		first, _, _ := bytes.Cut(f.content, []byte("\n"))
		if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
			return readTable(f.content, ';')
		}
		return readTable(f.content, ',')
	case ext == ".tsv" && asList:
		return readTable(f.content, '\t')
	case ext == ".txt" && asList:
		var items []object
		for line := range strings.Lines(string(f.content)) {
			items = append(items, nameless(strings.TrimRight(line, "\r\n")))
		}
		return items, nil
	case ext == ".json":
		return readJSON(f.content)
	}
	config, err := labelconfig.Parse(p.config())
	if err != nil || len(config.Objects) > 1 {
		return nil, errors.New("Your label config has more than one data key and direct file upload supports only " + //nolint:staticcheck // in the server's words
			"one data key. To import data with multiple data keys, use a JSON or CSV file.")
	}
	if ext == ".html" || ext == ".htm" || ext == ".xml" {
		return []object{nameless(string(f.content))}, nil
	}
	return []object{nameless("/data/" + f.name)}, nil
}

// nameless is a task of one value whose name the label config knows.
func nameless(value string) object { return object{{"data", object{{undefinedKey, value}}}} }

func readJSON(content []byte) ([]object, error) {
	value, err := decode(content)
	if err != nil {
		return nil, err
	}
	if o, ok := value.(object); ok {
		value = []any{o}
	}
	list, ok := value.([]any)
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
