package labelstudiotest

import (
	"cmp"
	"slices"
	"strings"
)

func (f *file) show() object {
	return object{{"id", f.id}, {"file", f.name}, {"size", len(f.content)}}
}

// listFiles lists the caller's own files, and none unless all of them are asked
// for, or some by their ids.
func listFiles(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	whole, err := c.flag("all", false)
	if err != nil {
		return nil, err
	}
	var ids []int64
	if text := c.Query.Get("ids"); text != "" {
		value, err := decode([]byte(text))
		if err != nil {
			return nil, fail(500, "Expected object or value")
		}
		list, ok := value.([]any)
		if !ok {
			return nil, failf(500, "'%s' object is not iterable", pythonType(value))
		}
		ids = idsOf(list)
	}
	list := []object{}
	for f := range s.state.files.all() {
		if f.project == p.id && f.user == c.user.id && (whole || slices.Contains(ids, f.id)) {
			list = append(list, f.show())
		}
	}
	return asJSON(200, list), nil
}

// idsOf reads a list of ids. What is no number is an id that nothing has.
func idsOf(list []any) []int64 {
	ids := make([]int64, len(list))
	for i, item := range list {
		ids[i], _ = asInt(item)
	}
	return ids
}

// deleteFiles deletes all of them if none are named.
func deleteFiles(s *Server, c *call) (*answer, error) {
	p, err := s.projectOf(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	value, _ := body.get("file_upload_ids")
	if value == nil {
		return asJSON(200, object{{"deleted", s.removeFiles(func(f *file) bool { return f.project == p.id })}}), nil
	}
	list, ok := value.([]any)
	if !ok {
		return nil, fail(500, `"file_upload_ids" parameter must be a list of integers`)
	}
	for _, item := range list {
		if _, reason := readInteger(item); reason != "" {
			return nil, failf(500, "Field 'id' expected a number but got %s.", repr(item))
		}
	}
	ids := idsOf(list)
	return asJSON(200, object{{"deleted", s.removeFiles(func(f *file) bool { return f.project == p.id && slices.Contains(ids, f.id) })}}), nil
}

func (s *Server) removeFiles(is func(*file) bool) int {
	removed := s.state.files.removeWhere(is)
	for t := range s.state.tasks.all() {
		if s.state.files.get(t.file) == nil {
			t.file = 0
		}
	}
	return removed
}

func (s *Server) fileOf(c *call) (*file, error) {
	f := s.state.files.get(c.id(0))
	if f == nil {
		return nil, notFound("FileUpload")
	}
	return f, nil
}

func getFile(s *Server, c *call) (*answer, error) {
	f, err := s.fileOf(c)
	if err != nil {
		return nil, err
	}
	return asJSON(200, f.show()), nil
}

func deleteFile(s *Server, c *call) (*answer, error) {
	f, err := s.fileOf(c)
	if err != nil {
		return nil, err
	}
	s.removeFiles(func(other *file) bool { return other == f })
	return asJSON(204, noBody), nil
}

func updateFile(s *Server, c *call) (*answer, error) {
	f, err := s.fileOf(c)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(c.Header.Get("Content-Type"), "multipart/form-data") {
		return asJSON(200, f.show()), nil
	}
	parts, err := c.parts()
	if err != nil {
		return nil, err
	}
	for _, one := range parts {
		if one.field != "file" {
			continue
		}
		if len(one.content) == 0 {
			return nil, invalid("file", "The submitted file is empty.")
		}
		f.name, f.content = uploadName(f.project, one.name), one.content
	}
	return asJSON(200, f.show()), nil
}

// contentTypes are by extension.
var contentTypes = map[string]string{
	".bmp": "image/bmp", ".csv": "text/csv", ".flac": "audio/x-flac", ".gif": "image/gif", ".htm": "text/html", ".html": "text/html",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".json": "application/json", ".m4a": "audio/mp4", ".mp3": "audio/mpeg",
	".mp4": "video/mp4", ".ogg": "audio/ogg", ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml",
	".tsv": "text/tab-separated-values", ".txt": "text/plain", ".wav": "audio/x-wav", ".webm": "video/webm", ".webp": "image/webp",
	".xml": "text/xml",
}

func downloadFile(s *Server, c *call) (*answer, error) {
	for f := range s.state.files.all() {
		if f.name == "upload/"+c.params[0] {
			kind := contentTypes[strings.ToLower(f.extension())]
			a := ranged(c, f.content)
			a.header.Set("Content-Type", cmp.Or(kind, "application/octet-stream"))
			return a, nil
		}
	}
	return nil, fail(500, "'NoneType' object has no attribute 'has_permission'")
}
